"""Status slots: each entitled capability in each entitled region (mission M2, M12)."""

from collections.abc import Iterable, Iterator
from datetime import datetime

from profiles.codes import FieldClass, HoldReason, RecordKind, Section, Side
from profiles.frozen import to_minute
from profiles.tables import Capability, Region
from transforms.model.holds import Slot
from transforms.model.package import Coded
from transforms.model.records import HealthRecord
from transforms.render.agreement import Verdict, agree
from transforms.render.entitlement import Scope
from transforms.render.tables import Observed, Tables, barred, origin, unusable


def affected(status: Iterable[Slot]) -> frozenset[str]:
    """The capabilities with a cell that is held or anything but unaffected."""
    return frozenset(
        slot.capability
        for slot in status
        if slot.capability and not (isinstance(slot.outcome, Coded) and slot.outcome.rank == 0)
    )


def status_slots(tables: Tables, scope: Scope) -> Iterator[Slot]:
    """One slot for each entitled capability in each entitled region where it is offered."""
    by_component = _health_by_component(tables)
    for capability in scope.capabilities:
        observed = list(_observed_health(tables, capability, by_component))
        for region in scope.regions:
            if region.id in capability.regions:
                yield _status_slot(tables, scope, capability, region, observed)


def _health_by_component(tables: Tables) -> dict[tuple[str, str], list[HealthRecord]]:
    found: dict[tuple[str, str], list[HealthRecord]] = {}
    for record in tables.evidence.of(HealthRecord):
        found.setdefault((record.ref.source, record.component), []).append(record)
    return found


def _observed_health(
    tables: Tables, capability: Capability, by_component: dict[tuple[str, str], list[HealthRecord]]
) -> Iterator[Observed]:
    for key in capability.components:
        for record in by_component.get((key.source, key.key), ()):
            region = key.region or tables.regions.get((record.ref.source, record.region or ""))
            yield tables.observe(record, record.status, tables.status, region)


def _status_slot(
    tables: Tables, scope: Scope, capability: Capability, region: Region, observed: list[Observed]
) -> Slot:
    # A record whose region no table knows could be any region, so it counts in each.
    here = [o for o in observed if o.region in (region.id, None)]
    expected = {
        (key.source, key.key)
        for key in capability.components
        if tables.sources[key.source].kind is RecordKind.HEALTH and key.region in (None, region.id)
    }
    verdict = agree(tables, here)
    reasons = [*_missing(tables, expected, here), *unusable(here), *_unplaced(here), *verdict.reasons]
    shows_since = FieldClass.SINCE in scope.permitted
    outcome = barred(reasons, here) if reasons else _shown(tables, here, verdict, shows_since=shows_since)
    rows = (f"capability:{capability.id}", f"region:{region.id}", *verdict.rows)
    return Slot(
        id=f"status/{capability.id}/{region.id}",
        key=f"status/{capability.id}",
        section=Section.STATUS,
        capability=capability.id,
        region=region.id,
        outcome=outcome,
        settled=() if reasons else verdict.settled,
        settled_from=() if reasons else verdict.settled_from,
        origin=origin("status: worst of agreeing sources", here, rows, {source for source, _ in expected}),
    )


def _missing(tables: Tables, expected: set[tuple[str, str]], here: list[Observed]) -> Iterator[HoldReason]:
    """Each component must be spoken of by its source: a component that is not listed is not a healthy one."""
    present = {(o.record.ref.source, o.record.component) for o in here if isinstance(o.record, HealthRecord)}
    for source, component in sorted(expected):
        if problem := tables.problems[source]:
            yield problem
        elif (source, component) not in present:
            yield HoldReason.SOURCE_UNAVAILABLE
    if not expected:
        yield HoldReason.SOURCE_UNAVAILABLE


def _unplaced(here: Iterable[Observed]) -> Iterator[HoldReason]:
    if any(o.region is None for o in here):
        yield HoldReason.UNMAPPED_VALUE


def _shown(tables: Tables, here: list[Observed], verdict: Verdict, *, shows_since: bool) -> Coded:
    """The agreed status; `at` is when the state behind it began: inside where anybody inside says so."""
    if verdict.code is None:
        raise ValueError("a cell with nothing to show is held")
    ranked = [(tables.status_codes[o.row.code].rank, o.record) for o in here if o.row]
    bad = [r for rank, r in ranked if rank >= verdict.code.rank and isinstance(r, HealthRecord)]
    internal = [record for record in bad if record.side is Side.INTERNAL]
    code, since = verdict.code, _since(tables, internal or bad)
    at = to_minute(since) if since and code.rank > 0 and shows_since else None
    return Coded(code=code.code, words=code.label, rank=code.rank, at=at)


def _since(tables: Tables, behind: Iterable[HealthRecord]) -> datetime | None:
    """When the state behind these records began; none where one of them does not say so: it could be the first."""
    began = [record.ref.changed_at for record in behind]
    known = [at for at in began if at]
    return min(tables.evidence.at, *known) if known and len(known) == len(began) else None
