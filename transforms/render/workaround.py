"""Workaround slots: how ready a workaround is for each affected capability (mission M2, M12; promise P14)."""

from collections.abc import Iterable, Iterator

from profiles.codes import FieldClass, HoldReason, RecordKind, Section
from profiles.tables import Capability, ReadinessCode
from transforms.model.holds import HeldSlot, Slot
from transforms.model.package import Coded
from transforms.model.records import WorkaroundRecord
from transforms.render.disclosure import withheld_cell
from transforms.render.entitlement import Scope
from transforms.render.tables import Observed, Tables, barred, origin, unusable


def workaround_slots(tables: Tables, scope: Scope, capabilities: frozenset[str]) -> Iterator[Slot]:
    """The readiness of each affected capability that a tracker of this profile follows."""
    if FieldClass.WORKAROUND not in scope.permitted:
        return
    trackers = {source.name for source in tables.of_kind(RecordKind.WORKAROUND)}
    records = tables.evidence.of(WorkaroundRecord)
    for capability in scope.capabilities:
        keys = {(k.source, k.key) for k in capability.components if k.source in trackers}
        if capability.id in capabilities and keys:
            joined = [r for r in records if (r.ref.source, r.component) in keys]
            observed = [tables.observe(r, r.readiness, tables.readiness, None) for r in joined]
            yield _workaround_slot(tables, capability, sorted({source for source, _ in keys}), observed)


def _workaround_slot(tables: Tables, capability: Capability, expected: list[str], observed: list[Observed]) -> Slot:
    """1. What disclosure rules withhold, 2. what cannot be used, 3. what may be missing; else the least ready told."""
    withheld = withheld_cell(tables, (o.record for o in observed))  # 1
    reasons = [*(withheld.reasons if withheld else ())]
    reasons += [problem for source in expected if (problem := tables.problems[source])] + list(unusable(observed))  # 2
    told = _told(tables, observed)
    reasons += list(_unheard(tables, capability, expected, told, silent=not observed))  # 3
    none = tables.profile.readiness.none_recorded
    outcome: Coded | HeldSlot
    rows = [f"capability:{capability.id}", *(withheld.rows if withheld else ())]
    rows += [none.id] if none and told and not observed else []
    if reasons or told is None:
        outcome = barred(reasons or [HoldReason.UNMAPPED_VALUE], observed, role=withheld.role if withheld else None)
    else:
        outcome = Coded(code=told.code, words=told.label, rank=told.rank)
    return Slot(
        id=f"workaround/{capability.id}",
        key=f"workaround/{capability.id}",
        section=Section.WORKAROUND,
        capability=capability.id,
        outcome=outcome,
        origin=origin("workaround: least ready of those tracked", observed, rows, expected),
    )


def _told(tables: Tables, observed: list[Observed]) -> ReadinessCode | None:
    """Several workarounds for one capability: the customer is told of the least ready, so that nothing is promised.

    Where a tracker lists none, what the profile says of that.
    """
    codes = [tables.readiness_codes[o.row.code] for o in observed if o.row]
    none = tables.profile.readiness.none_recorded
    if not observed and none:
        codes = [tables.readiness_codes[none.code]]
    return min(codes, key=lambda code: code.rank, default=None)


def _unheard(
    tables: Tables, capability: Capability, expected: Iterable[str], told: ReadinessCode | None, *, silent: bool
) -> Iterator[HoldReason]:
    """What the tracker may know and did not tell. The least ready of all codes, once read, cannot become less ready."""
    least = told is not None and not silent and told.rank == min(code.rank for code in tables.readiness_codes.values())
    if not least and any(source in tables.incomplete for source in expected):
        yield HoldReason.SOURCE_INCOMPLETE
    trouble = (one for one in tables.sorted.unplaced if one.kind is RecordKind.WORKAROUND)
    if silent and any(one.could_contradict(capability.id) for one in trouble):
        yield HoldReason.UNPLACED_EVIDENCE
