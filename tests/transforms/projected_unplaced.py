"""The allowed projection's part about trouble that no table places, written without the core's functions.

`world` answers the questions of `tests.transforms.projection.World`.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from profiles.codes import RecordKind
from transforms.model.records import Tag


def unplaced(world: Any) -> list["Nowhere"]:
    """Trouble that neither a table, nor the estate, nor a person places."""
    return [one for one in nowhere(world) if not _placings(world, one.item)]


def placed_by_people(world: Any) -> list[tuple[Any, str | None, set[str]]]:
    """Each item that people placed, its region, and the capabilities that they named."""
    found = ((one, {p.capability for p in _placings(world, one.item)} - {None}) for one in nowhere(world))
    return [(one.item, one.region, capabilities) for one, capabilities in found if capabilities]


def _placings(world: Any, item: Any) -> list[Any]:
    component = getattr(item, "component", None)
    tags = set(item.tags) or {Tag(name="component" if component else "key", value=component or item.ref.key)}
    known = {None, *(c.id for c in world.profile.capabilities)}
    return [
        p
        for p in world.directives.placings
        if p.source == item.ref.source and set(p.tags) <= tags and p.capability in known
    ]


@dataclass(frozen=True)
class Nowhere:
    """An item of trouble without a place: its region if a table knows it, and the capabilities of its component."""

    item: Any
    region: str | None
    capabilities: frozenset[str]

    @property
    def source(self) -> str:
        """Who says it."""
        return self.item.ref.source


def nowhere(world: Any) -> Iterator[Nowhere]:
    """Everything that says that something is wrong and that no table places."""
    buckets = {(m.source, m.key): r.id for r in world.profile.regions for m in r.members}
    calm = next(code.code for code in world.profile.status.codes if code.rank == 0)
    good = {(r.source, r.value) for r in world.profile.status.rows if r.code == calm}
    for item in world.evidence.unplaced:
        if item.ref.source in world.sources and (item.ref.source, item.status) not in good:
            yield Nowhere(item, buckets.get((item.ref.source, item.region)), frozenset())
    homes, (parts, _) = _homes(world), _estate(world)
    for record in world.of(RecordKind.WORKAROUND):
        key = (record.ref.source, record.component)
        if record.ref.source in world.sources and key not in homes and key not in parts:
            yield Nowhere(record, None, frozenset())
    yield from _strange(world, good, buckets)


def _homes(world: Any) -> dict[tuple[str, str], list[Any]]:
    homes: dict[tuple[str, str], list[Any]] = {}
    for capability in world.profile.capabilities:
        for key in capability.components:
            homes.setdefault((key.source, key.key), []).append((capability.id, key.region))
    return homes


def _estate(world: Any) -> tuple[set, set]:
    estate = world.directives.estate
    if estate is None:
        return set(), set()
    return {(k.source, k.key) for k in estate.components}, {(k.source, k.key) for k in estate.regions}


def _strange(world: Any, good: set, buckets: dict) -> Iterator[Nowhere]:
    homes, (parts, places) = _homes(world), _estate(world)
    for record in world.of(RecordKind.HEALTH):
        source, key = record.ref.source, (record.ref.source, record.component)
        region = buckets.get((source, record.region or ""))
        if source not in world.sources or (source, record.status) in good:
            continue
        if region is None and (source, record.region) in places:
            continue
        rests = frozenset(name for name, own in homes.get(key, ()) if own is None)
        if key not in homes and key not in parts:
            yield Nowhere(record, region, frozenset())
        elif region is None and rests:
            yield Nowhere(record, None, rests)
