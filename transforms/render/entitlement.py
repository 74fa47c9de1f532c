"""What one account may and must be shown: capabilities, regions and kinds of field (mission M5)."""

from collections.abc import Iterable

from profiles.codes import FieldClass, HoldReason, RecordKind
from profiles.frozen import Frozen
from profiles.models import Profile
from profiles.tables import Capability, ProfileSource, Region, TierRow
from transforms.model.audience import Audience
from transforms.model.evidence import Evidence, source_problem, stale
from transforms.model.lineage import Origin, distinct
from transforms.model.records import EntitlementRecord


class Scope(Frozen):
    """The entitled part of the profile, in the profile's own order. `outside` counts what is not in audience."""

    capabilities: tuple[Capability, ...]
    regions: tuple[Region, ...]
    permitted: frozenset[FieldClass]
    required: frozenset[FieldClass]
    required_capabilities: frozenset[str] = frozenset()
    required_regions: frozenset[str] = frozenset()
    outside: int
    origin: Origin


class NoScope(Frozen):
    """Why nobody can say what this account may see: then nothing of the state is shown (promise P9)."""

    reason: HoldReason
    origin: Origin


def entitle(evidence: Evidence, audience: Audience, profile: Profile) -> Scope | NoScope:
    """The scope of the audience's account, or the reason why there is none."""
    sources = [source for source in profile.sources if source.kind is RecordKind.ENTITLEMENT]
    records = tuple(r for r in evidence.of(EntitlementRecord) if r.account == audience.account)
    if reason := _unusable(evidence, sources, records):
        return NoScope(reason=reason, origin=_origin(records, (), sources))
    if len({(record.tier, frozenset(record.products), frozenset(record.regions)) for record in records}) > 1:
        return NoScope(reason=HoldReason.SOURCE_CONFLICT, origin=_origin(records, (), sources))
    tier = _tier(profile, records[0])
    if tier is None:
        return NoScope(reason=HoldReason.UNMAPPED_VALUE, origin=_origin(records, (), sources))
    scope = _scope(profile, records, tier, sources)
    if not any(region.id in c.regions for c in scope.capabilities for region in scope.regions):
        return NoScope(reason=HoldReason.UNMAPPED_VALUE, origin=scope.origin)
    return scope


def _tier(profile: Profile, record: EntitlementRecord) -> TierRow | None:
    """The account's own row before its tier's."""
    rows = {(row.source, row.value, row.account): row for row in profile.tiers}
    place = (record.ref.source, record.tier)
    return rows.get((*place, record.account)) or rows.get((*place, None))


def _unusable(
    evidence: Evidence, sources: list[ProfileSource], records: tuple[EntitlementRecord, ...]
) -> HoldReason | None:
    by_name = {source.name: source for source in sources}
    if not records or any(record.ref.source not in by_name for record in records):
        return HoldReason.SOURCE_UNAVAILABLE
    if problem := next(filter(None, (source_problem(evidence, source) for source in sources)), None):
        return problem
    old = any(stale(evidence, by_name[record.ref.source], record.ref.observed_at) for record in records)
    return HoldReason.SOURCE_STALE if old else None


def _scope(
    profile: Profile, records: tuple[EntitlementRecord, ...], tier: TierRow, sources: list[ProfileSource]
) -> Scope:
    bought = {(record.ref.source, product) for record in records for product in record.products}
    placed = {(record.ref.source, region) for record in records for region in record.regions}
    capabilities = tuple(c for c in profile.capabilities if any((p.source, p.key) in bought for p in c.products))
    regions = tuple(r for r in profile.regions if any((m.source, m.key) in placed for m in r.members))
    capabilities = tuple(c for c in capabilities if tier.capabilities is None or c.id in tier.capabilities)
    return Scope(
        capabilities=capabilities,
        regions=tuple(r for r in regions if tier.regions is None or r.id in tier.regions),
        permitted=frozenset(tier.permitted),
        required=frozenset(tier.required),
        required_capabilities=frozenset(tier.required_capabilities),
        required_regions=frozenset(tier.required_regions),
        outside=len(profile.capabilities) - len(capabilities),
        origin=_origin(records, (tier.id,), sources),
    )


def _origin(records: tuple[EntitlementRecord, ...], rows: tuple[str, ...], sources: Iterable[ProfileSource]) -> Origin:
    spoke = {record.ref.source for record in records}
    silent = tuple(sorted({source.name for source in sources} - spoke))
    return Origin(
        rule="entitlement: tier of the account", rows=rows, refs=distinct(r.ref for r in records), silent=silent
    )
