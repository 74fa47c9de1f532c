"""Status slots: each entitled capability in each entitled region (mission M2, M12; promise P14)."""

from collections.abc import Iterable, Iterator
from datetime import datetime

from profiles.codes import FieldClass, HoldReason, Section, Side
from profiles.frozen import Name, to_minute
from profiles.tables import Capability, Region, StatusCode
from transforms.model.holds import Slot
from transforms.model.package import Coded
from transforms.model.records import HealthRecord, WorkaroundRecord
from transforms.render.agreement import Verdict, agree
from transforms.render.disclosure import withheld_cell
from transforms.render.entitlement import Scope
from transforms.render.heard import Expected, counts_as_check, expected, unheard
from transforms.render.tables import Observed, Tables, barred, origin, unusable
from transforms.render.unplaced import Trouble


def affected(status: Iterable[Slot]) -> frozenset[str]:
    """The capabilities with a cell that is held or anything but unaffected."""
    return frozenset(
        slot.capability
        for slot in status
        if slot.capability and not (isinstance(slot.outcome, Coded) and slot.outcome.rank == 0)
    )


def status_slots(tables: Tables, scope: Scope) -> Iterator[Slot]:
    """One slot for each entitled cell: a capability in a region where it is offered."""
    by_component = _health_by_component(tables)
    for capability in scope.capabilities:
        observed = list(_observed_health(tables, capability, by_component))
        for region in scope.regions:
            if scope.covers(capability, region):
                yield _status_slot(tables, scope, capability, region, observed)


def _health_by_component(tables: Tables) -> dict[tuple[str, str], list[HealthRecord]]:
    found: dict[tuple[str, str], list[HealthRecord]] = {}
    for record in tables.evidence.of(HealthRecord):
        found.setdefault((record.ref.source, record.component), []).append(record)
    return found


def _observed_health(
    tables: Tables, capability: Capability, by_component: dict[tuple[str, str], list[HealthRecord]]
) -> Iterator[Observed]:
    """What tables and people place to a capability. A record whose region neither knows is unplaced, and bars."""
    for key in capability.components:
        for record in by_component.get((key.source, key.key), ()):
            if region := key.region or tables.regions.get((record.ref.source, record.region or "")):
                check = counts_as_check(tables, key)
                yield tables.observe(record, record.status, tables.status, region, check=check)
    for placed in tables.sorted.placed:
        if placed.placing.capability == capability.id:
            yield tables.observe(placed.record, placed.record.status, tables.status, placed.trouble.region)


def _status_slot(
    tables: Tables, scope: Scope, capability: Capability, region: Region, observed: list[Observed]
) -> Slot:
    """One cell.

    1. What is said of it here, without checks that are too old; 2. what the sources come to together; 3. why it may not
    be told; 4. the outcome with its origin.
    """
    here = [o for o in observed if o.region in (region.id, None) and not (o.check and o.stale)]  # 1
    wanted = expected(tables, capability, region.id)
    verdict = agree(tables, [o for o in here if not o.stale])  # 2
    contradicted = _contradicted(tables, capability.id, region.id, verdict.code)
    reasons = list(_reasons(tables, wanted, here, verdict, contradicted=contradicted))  # 3
    withheld = withheld_cell(tables, (o.record for o in here))
    reasons = [*withheld.reasons, *reasons] if withheld else reasons
    shown = None if reasons else _shown(here, verdict.code, tables, shows_since=FieldClass.SINCE in scope.permitted)
    rows = (f"capability:{capability.id}", f"region:{region.id}", *verdict.rows, *(withheld.rows if withheld else ()))
    return Slot(  # 4
        id=f"status/{capability.id}/{region.id}",
        key=f"status/{capability.id}",
        section=Section.STATUS,
        capability=capability.id,
        region=region.id,
        outcome=shown or barred(reasons, here, role=withheld.role if withheld else None, said=verdict.said),
        settled=verdict.settled if shown else (),
        settled_from=verdict.settled_from if shown else (),
        origin=origin("status: worst of agreeing sources", here, rows, {one.source for one in wanted}),
    )


def _reasons(
    tables: Tables, wanted: tuple[Expected, ...], here: list[Observed], verdict: Verdict, *, contradicted: bool
) -> Iterator[HoldReason]:
    """Why a cell may not be told.

    What is only not heard, or not placed, cannot make the worst of states any better: then that is told all the same.
    """
    worst = verdict.code is not None and verdict.code.rank == max(code.rank for code in tables.status_codes.values())
    for reason in unheard(tables, wanted, here):
        if not (worst and reason is HoldReason.SOURCE_INCOMPLETE):
            yield reason
    yield from unusable(here)
    yield from verdict.reasons
    if contradicted and not worst:
        yield HoldReason.UNPLACED_EVIDENCE


def _contradicted(tables: Tables, capability: Name, region: Name, code: StatusCode | None) -> bool:
    """Whether unplaced trouble could mean that this cell is worse than it would read."""
    return any(
        trouble.could_contradict(capability, region) and (code is None or code.rank < _severity(tables, trouble))
        for trouble in tables.sorted.unplaced
        if trouble.bars_health
    )


def _severity(tables: Tables, trouble: Trouble) -> int:
    """How bad it is by its own status; one that no table maps could be the worst."""
    status = "" if isinstance(trouble.item, WorkaroundRecord) else trouble.item.status or ""
    row = tables.status.get((trouble.source, status))
    return tables.status_codes[row.code].rank if row else max(code.rank for code in tables.status_codes.values())


def _shown(here: list[Observed], code: StatusCode | None, tables: Tables, *, shows_since: bool) -> Coded:
    """The agreed status; `at` is when the state behind it began: inside where anybody inside says so."""
    if code is None:
        raise ValueError("a cell with nothing to show is held")
    bad = [o for o in here if o.row and tables.status_codes[o.row.code].rank >= code.rank]
    internal = [o for o in bad if isinstance(o.record, HealthRecord) and o.record.side is Side.INTERNAL]
    since = _since(tables, internal or bad)
    at = to_minute(since) if since and code.rank > 0 and shows_since else None
    return Coded(code=code.code, words=code.label, rank=code.rank, at=at)


def _since(tables: Tables, behind: Iterable[Observed]) -> datetime | None:
    """When the state behind these records began; none where one of them does not say so: it could be the first."""
    began = [o.since for o in behind]
    known = [at for at in began if at]
    return min(tables.evidence.at, *known) if known and len(known) == len(began) else None
