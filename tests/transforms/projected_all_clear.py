"""The allowed projection's part about good news after bad news, written without the core's functions (promise P17).

`world` answers the questions of `tests.transforms.projection.World`.
"""

from datetime import timedelta
from typing import Any

from profiles.codes import HoldReason, IncidentState, RecordKind, Side
from profiles.tables import Capability


def _calm(world: Any) -> str:
    return next(code.code for code in world.profile.status.codes if code.rank == 0)


def watched(world: Any, capability: Capability, region: str, outcome: Any) -> Any:
    """What becomes of good news in a cell of which a version said worse (promise P17)."""
    rule, cell = world.profile.all_clear, (capability.id, region)
    told = {(c.capability, c.region) for c in world.history.told_worse}
    if rule is None or cell not in told or isinstance(outcome, frozenset) or outcome[0] != _calm(world):
        return outcome
    good = {(c.capability, c.region): c.since for c in world.history.good}
    since = good.get(cell, world.evidence.at)
    if world.evidence.at - since < timedelta(minutes=rule.dwell):
        return frozenset({HoldReason.TIMING_DISAGREEMENT})
    if _resolved(world) and all(_well(world, k) for k in _health_keys(world, capability, region)):
        return outcome
    return rule.code, since.replace(second=0, microsecond=0)


def _resolved(world: Any) -> bool:
    states = {(r.source, r.value): r.state for r in world.profile.incident.rows}
    records = [r for r in world.of(RecordKind.INCIDENT) if r.ref.source in world.sources]
    inside = [r for r in records if r.side is Side.INTERNAL]
    over = all(states.get((r.ref.source, r.status)) is IncidentState.RESOLVED for r in records)
    return bool(inside) and over and not world.problems(RecordKind.INCIDENT)


def _health_keys(world: Any, capability: Capability, region: str) -> list[Any]:
    keys = (k for k in capability.components if world.sources[k.source].kind is RecordKind.HEALTH)
    return [k for k in keys if k.region in (None, region)]


def _well(world: Any, key: Any) -> bool:
    good = {(r.source, r.value) for r in world.profile.status.rows if r.code == _calm(world)}
    return any(
        (seen.source, seen.component) == (key.source, key.key)
        and (seen.source, seen.value) in good
        and not world.too_old(seen.source, seen.observed_at)
        for seen in world.said()
    )
