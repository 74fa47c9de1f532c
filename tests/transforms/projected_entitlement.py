"""The allowed projection's part about what was bought, written without the core's functions.

`world` answers the questions of `tests.transforms.projection.World`.
"""

from typing import Any

from profiles.codes import FieldClass, HoldReason, RecordKind
from profiles.tables import Capability


def entitled(world: Any) -> HoldReason | tuple[list[Capability], set[tuple[str, str]], set[FieldClass]]:
    """Capabilities, cells and permitted fields of the account, or why nobody can say."""
    mine = [r for r in world.of(RecordKind.ENTITLEMENT) if r.account == world.audience.account]
    inside = {source.name for source in world.profile.sources if source.kind is RecordKind.ENTITLEMENT}
    if not mine or {r.ref.source for r in mine} - inside:
        return HoldReason.SOURCE_UNAVAILABLE
    if problems := world.problems(RecordKind.ENTITLEMENT):
        return problems[0][1]
    if any(world.too_old(r.ref.source, r.ref.observed_at) for r in mine):
        return HoldReason.SOURCE_STALE
    tiers = [_tier(world, record) for record in mine]
    if None in tiers:
        return HoldReason.UNMAPPED_VALUE
    cells = {cell for record in mine for cell in _bought(world, record)}
    for tier in tiers:
        cells = {(c, r) for c, r in cells if tier.capabilities is None or c in tier.capabilities}
        cells = {(c, r) for c, r in cells if tier.regions is None or r in tier.regions}
    capabilities = [c for c in world.profile.capabilities if c.id in {name for name, _ in cells}]
    if not any(region in c.regions for c in capabilities for name, region in cells if name == c.id):
        return HoldReason.UNMAPPED_VALUE
    return capabilities, cells, set.intersection(*(set(tier.permitted) for tier in tiers))


def _tier(world: Any, record: Any) -> Any:
    tiers = [t for t in world.profile.tiers if (t.source, t.value) == (record.ref.source, record.tier)]
    own = [t for t in tiers if t.account == record.account] or [t for t in tiers if t.account is None]
    return own[0] if own else None


def _bought(world: Any, record: Any) -> set[tuple[str, str]]:
    """One contract's products in its own regions; several contracts add up."""
    source = record.ref.source
    products, regions = {(source, name) for name in record.products}, {(source, name) for name in record.regions}
    return {
        (c.id, r.id)
        for c in world.profile.capabilities
        for r in world.profile.regions
        if {(p.source, p.key) for p in c.products} & products and {(m.source, m.key) for m in r.members} & regions
    }
