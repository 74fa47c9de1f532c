"""Timeline slots: the first time of each checkpoint (mission M2; promises P14, P17)."""

from collections.abc import Iterable, Iterator

from profiles.codes import FieldClass, HoldReason, RecordKind, Section
from profiles.frozen import Time, to_minute
from profiles.tables import CheckpointCode
from transforms.model.holds import HeldSlot, Slot
from transforms.model.package import Coded, Package
from transforms.model.records import TimelineRecord
from transforms.render.allclear import NOT_ALL_GOOD, lacking_of_incident
from transforms.render.entitlement import Scope
from transforms.render.tables import Observed, Tables, barred, origin, unusable


def timeline_slots(tables: Tables, scope: Scope, last: Package | None, *, all_good: bool) -> Iterator[Slot]:
    """The first time of each checkpoint up to the moment read, and one held slot for whatever may not be shown.

    1. What was marked by nobody who may is no checkpoint, unless a version told it: whoever marked it could then, and
    shifts change. 2. What lies after the as-of is the next version's. 3. What
    cannot be used is held. 4. That the service is restored is told only when every side agrees.
    """
    if FieldClass.TIMELINE not in scope.permitted:
        return
    expected = [source.name for source in tables.of_kind(RecordKind.TIMELINE)]
    records = [r for r in tables.evidence.of(TimelineRecord) if r.ref.source in expected]
    seen = [tables.observe(r, r.checkpoint, tables.checkpoints, None) for r in records]
    told = _told(last)
    seen = [o for o in seen if _may_count(tables, o) or _as_told(o) in told]  # 1
    observed = [o for o in seen if o.since is None or o.since <= tables.evidence.at]  # 2
    problems = [problem for source in expected if (problem := tables.problems[source])]
    doubtful = [o for o in observed if not _is_usable(o)]  # 3
    reasons = problems + list(unusable(observed)) + list(_unknown(doubtful))
    lacking = () if all_good else (NOT_ALL_GOOD,)
    lacking = (*lacking, *lacking_of_incident(tables)) if tables.profile.all_clear else ()
    early = [o for o in observed if lacking and _says_restored(tables, o)]  # 4
    if reasons:
        yield _timeline_slot("held", barred(reasons, doubtful), observed, expected)
    elif early:
        yield _timeline_slot("held", _too_early(early, lacking), early, expected)
    if not problems:
        yield from _checkpoints(tables, [o for o in observed if _is_usable(o) and o not in early])


def _told(last: Package | None) -> set[tuple[str, Time | None]]:
    """The checkpoints of the last version, each with its minute."""
    fields = (field.value for field in last.fields if field.section is Section.TIMELINE) if last else ()
    return {(value.code, value.at) for value in fields if isinstance(value, Coded)}


def _as_told(observed: Observed) -> tuple[str, Time | None]:
    return observed.row.code if observed.row else "", to_minute(observed.since) if observed.since else None


def _may_count(tables: Tables, observed: Observed) -> bool:
    """Whether somebody who may mark it did, or nobody can say who did: then it is held, not dropped."""
    record = observed.record
    if not isinstance(record, TimelineRecord) or not record.marked or record.roles is None:
        return True
    return bool(set(record.roles) & set(tables.profile.checkpoints.marked_by))


def _is_usable(observed: Observed) -> bool:
    record = observed.record
    nobody_knows = isinstance(record, TimelineRecord) and record.marked and record.roles is None
    return not observed.stale and observed.since is not None and not nobody_knows


def _unknown(doubtful: Iterable[Observed]) -> Iterator[HoldReason]:
    """A moment without a time, or one of which nobody can say who marked it."""
    for observed in doubtful:
        if observed.since is None:
            yield HoldReason.UNMAPPED_VALUE
        elif not observed.stale:
            yield HoldReason.SOURCE_INCOMPLETE


def _says_restored(tables: Tables, observed: Observed) -> bool:
    return observed.row is not None and _code(tables, observed.row.code).restored


def _code(tables: Tables, code: str) -> CheckpointCode:
    return next(one for one in tables.profile.checkpoints.codes if one.code == code)


def _too_early(early: list[Observed], lacking: tuple[str, ...]) -> HeldSlot:
    held = barred([HoldReason.TIMING_DISAGREEMENT], early)
    return HeldSlot(reasons=held.reasons, items=held.items, lacking=lacking)


def _checkpoints(tables: Tables, observed: list[Observed]) -> Iterator[Slot]:
    for rank, code in enumerate(tables.profile.checkpoints.codes):
        matching = [o for o in observed if o.row and o.row.code == code.code]
        if matching:
            first = min(o.since for o in matching if o.since)
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
