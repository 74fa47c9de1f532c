"""Workaround slots: how ready a workaround is for each affected capability (mission M2, M12)."""

from collections.abc import Iterable, Iterator

from profiles.codes import FieldClass, HoldReason, RecordKind, Section
from profiles.tables import Capability, ReadinessCode
from transforms.model.holds import HeldSlot, Slot
from transforms.model.package import Coded
from transforms.model.records import WorkaroundRecord
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
    absent = tables.profile.readiness.none_recorded
    reasons = [problem for source in expected if (problem := tables.problems[source])] + list(unusable(observed))
    rows = [f"capability:{capability.id}"]
    outcome: Coded | HeldSlot
    if reasons:
        outcome = barred(reasons, observed)
    elif observed:
        outcome = _least_ready(tables.readiness_codes[o.row.code] for o in observed if o.row)
    elif absent:
        outcome, rows = _least_ready([tables.readiness_codes[absent.code]]), [*rows, absent.id]
    else:
        outcome = barred([HoldReason.UNMAPPED_VALUE], ())
    return Slot(
        id=f"workaround/{capability.id}",
        key=f"workaround/{capability.id}",
        section=Section.WORKAROUND,
        capability=capability.id,
        outcome=outcome,
        origin=origin("workaround: least ready of those tracked", observed, rows, expected),
    )


def _least_ready(codes: Iterable[ReadinessCode]) -> Coded:
    """Several workarounds for one capability: the customer is told of the least ready, so that nothing is promised."""
    least = min(codes, key=lambda code: code.rank)
    return Coded(code=least.code, words=least.label, rank=least.rank)
