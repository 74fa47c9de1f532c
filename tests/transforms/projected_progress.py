"""The allowed projection's part about workarounds and checkpoints, written without the core's functions.

`world` answers the questions of `tests.transforms.projection.World`.
"""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from typing import Any

from profiles.codes import HoldReason, RecordKind
from profiles.tables import Capability
from tests.transforms.projected_unplaced import unplaced


def start(ref: Any) -> datetime | None:
    """When a fact began; a time that lies after it was read is none."""
    late = ref.changed_at is not None and ref.changed_at - ref.fetched_at > timedelta(minutes=2)
    return None if late else ref.changed_at


def workarounds(world: Any, affected: Iterable[Capability]) -> Iterator[tuple[str, tuple[str, Any]]]:
    """The least ready of what is tracked for each affected capability, or why nobody can say."""
    trackers = {source.name for source in world.profile.sources if source.kind is RecordKind.WORKAROUND}
    table = world.profile.readiness
    rows = {(row.source, row.value): row.code for row in table.rows}
    ranks = {code.code: code.rank for code in table.codes}
    for capability in affected:
        keys = {(k.source, k.key) for k in capability.components if k.source in trackers}
        if not keys:
            continue
        mine = [r for r in world.of(RecordKind.WORKAROUND) if (r.ref.source, r.component) in keys]
        reasons = {problem for source, _ in keys if (problem := world.problem(source))}
        reasons |= {HoldReason.SOURCE_STALE for r in mine if world.too_old(r.ref.source, r.ref.observed_at)}
        reasons |= {HoldReason.SOURCE_CONFLICT for r in mine if world.ahead(start(r.ref))}
        codes = [rows.get((r.ref.source, r.readiness)) for r in mine]
        if None in codes or not (codes or table.none_recorded):
            reasons.add(HoldReason.UNMAPPED_VALUE)
        codes = codes or ([table.none_recorded.code] if table.none_recorded else [])
        known = [code for code in codes if code]
        least = bool(mine and known) and min(ranks[code] for code in known) == min(ranks.values())
        if not least and any(world.incomplete(source) for source, _ in keys):
            reasons.add(HoldReason.SOURCE_INCOMPLETE)
        if not mine and any(one.item.kind is RecordKind.WORKAROUND for one in unplaced(world)):
            reasons.add(HoldReason.UNPLACED_EVIDENCE)
        slot = f"workaround/{capability.id}"
        yield slot, (slot, frozenset(reasons) if reasons else (min(codes, key=lambda code: ranks[code]), None))


def timeline(world: Any) -> Iterator[tuple[str, tuple[str, Any]]]:
    """The first time of each checkpoint, and why more may not be shown."""
    problems = world.problems(RecordKind.TIMELINE)
    inside = {source.name for source in world.profile.sources if source.kind is RecordKind.TIMELINE}
    rows = {(row.source, row.value): row.code for row in world.profile.checkpoints.rows}
    mine = [r for r in world.of(RecordKind.TIMELINE) if r.ref.source in inside and _may_count(world, r, rows)]
    past = [(r, start(r.ref)) for r in mine if (start(r.ref) or world.evidence.at) <= world.evidence.at]
    fresh = [(r, at) for r, at in past if not world.too_old(r.ref.source, r.ref.observed_at)]
    reasons = {problem for _, problem in problems}
    reasons |= {HoldReason.SOURCE_STALE} if len(fresh) < len(past) else set()
    reasons |= {HoldReason.UNMAPPED_VALUE for r, at in past if at is None or (r.ref.source, r.checkpoint) not in rows}
    reasons |= {HoldReason.SOURCE_INCOMPLETE for r, at in fresh if at and r.marked and r.roles is None}
    if reasons:
        yield "timeline/held", ("timeline", frozenset(reasons))
    for code in () if problems else world.profile.checkpoints.codes:
        told = [(r, at) for r, at in fresh if at and not (r.marked and r.roles is None)]
        times = [at for r, at in told if rows.get((r.ref.source, r.checkpoint)) == code.code]
        if times:
            yield f"timeline/{code.code}", ("timeline", (code.code, min(times).replace(second=0, microsecond=0)))


def _may_count(world: Any, record: Any, rows: dict[tuple[str, str], str]) -> bool:
    """Whether somebody who may mark it did, nobody can say, or a version told it at that minute."""
    if not record.marked or record.roles is None or set(record.roles) & set(world.profile.checkpoints.marked_by):
        return True
    at, code = start(record.ref), rows.get((record.ref.source, record.checkpoint))
    told = (
        {(getattr(f.value, "code", ""), getattr(f.value, "at", None)) for f in world.prior.fields}
        if world.prior
        else set()
    )
    return (code, at and at.replace(second=0, microsecond=0)) in told
