"""Timeline slots: the first time of each checkpoint (mission M2)."""

from collections.abc import Iterable, Iterator

from profiles.codes import FieldClass, RecordKind, Section
from profiles.frozen import to_minute
from transforms.model.holds import HeldSlot, Slot
from transforms.model.package import Coded
from transforms.model.records import TimelineRecord
from transforms.render.entitlement import Scope
from transforms.render.tables import Observed, Tables, barred, origin, unusable


def timeline_slots(tables: Tables, scope: Scope) -> Iterator[Slot]:
    """The first time of each checkpoint up to the moment read, and one held slot for whatever may not be shown."""
    if FieldClass.TIMELINE not in scope.permitted:
        return
    expected = [source.name for source in tables.of_kind(RecordKind.TIMELINE)]
    inside = [r for r in tables.evidence.of(TimelineRecord) if r.ref.source in expected]
    past = [r for r in inside if r.ref.changed_at and r.ref.changed_at <= tables.evidence.at]
    observed = [tables.observe(r, r.checkpoint, tables.checkpoints, None) for r in past]
    problems = [problem for source in expected if (problem := tables.problems[source])]
    reasons = problems + list(unusable(observed))
    if reasons:
        outcome = barred(reasons, [o for o in observed if o.stale or not o.row])
        yield _timeline_slot("held", outcome, observed, expected)
    if not problems:
        yield from _checkpoints(tables, [o for o in observed if not o.stale])


def _checkpoints(tables: Tables, observed: list[Observed]) -> Iterator[Slot]:
    for rank, code in enumerate(tables.profile.checkpoints.codes):
        matching = [o for o in observed if o.row and o.row.code == code.code]
        if matching:
            first = min(at for o in matching if (at := o.record.ref.changed_at))
            outcome = Coded(code=code.code, words=code.label, rank=rank, at=to_minute(first))
            yield _timeline_slot(code.code, outcome, matching, ())


def _timeline_slot(name: str, outcome: Coded | HeldSlot, observed: list[Observed], expected: Iterable[str]) -> Slot:
    return Slot(
        id=f"timeline/{name}",
        key="timeline",
        section=Section.TIMELINE,
        outcome=outcome,
        origin=origin("timeline: first time of each checkpoint", observed, (), expected),
    )
