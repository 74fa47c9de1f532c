"""What one account may and must be shown: capabilities, regions and kinds of field (mission M5)."""

from collections.abc import Iterable, Iterator
from typing import Literal

from profiles.codes import FieldClass, HoldReason, RecordKind
from profiles.frozen import Frozen, Time
from profiles.models import Profile
from profiles.tables import Capability, ProfileSource, Region, TierRow
from transforms.model.audience import Audience
from transforms.model.evidence import Evidence, source_problem, stale
from transforms.model.lineage import Origin, distinct
from transforms.model.records import EntitlementRecord

Cells = frozenset[tuple[str, str]]
"""Capabilities in regions, by id."""


class Scope(Frozen):
    """The entitled part of the profile, in the profile's own order. `outside` counts what is not in audience.

    `cells` are what was bought where: one contract's products in its regions, all contracts added up. `update_minutes`
    is the interval of updates that a contract asks for.
    """

    capabilities: tuple[Capability, ...]
    regions: tuple[Region, ...]
    cells: Cells
    permitted: frozenset[FieldClass]
    required: frozenset[FieldClass]
    required_capabilities: frozenset[str] = frozenset()
    required_regions: frozenset[str] = frozenset()
    update_minutes: int | None = None
    outside: int
    origin: Origin

    def covers(self, capability: Capability, region: Region) -> bool:
        """Whether the account bought this capability in this region, and it is offered there."""
        return region.id in capability.regions and (capability.id, region.id) in self.cells


class NoScope(Frozen):
    """Why nobody can say what this account may see: then nothing of the state is shown (promise P9)."""

    reason: HoldReason
    origin: Origin


Contracts = tuple[EntitlementRecord, ...]


def entitle(evidence: Evidence, audience: Audience, profile: Profile) -> Scope | NoScope:
    """The scope of the audience's account, or the reason why there is none.

    1. Contracts that are deleted, not yet valid or no longer valid give nothing. 2. Those of one source add up; two
    sources must come to the same. 3. A tier that no row maps, or a kind of field that does not exist, is not guessed.
    """
    sources = [source for source in profile.sources if source.kind is RecordKind.ENTITLEMENT]
    records = tuple(r for r in evidence.of(EntitlementRecord) if r.account == audience.account)
    if reason := _unusable(evidence, sources, records):
        return NoScope(reason=reason, origin=_origin(records, (), sources))
    valid = tuple(record for record in records if _is_valid(record, evidence.at))  # 1
    by_source = {source.name: tuple(r for r in valid if r.ref.source == source.name) for source in sources}
    said = [(_cells(profile, of), {r.tier for r in of}) for of in by_source.values() if of]
    if any(one != said[0] for one in said):  # 2
        return NoScope(reason=HoldReason.SOURCE_CONFLICT, origin=_origin(records, (), sources))
    tiers = [_tier(profile, record) for record in valid]
    rows = tuple(dict.fromkeys(tier for tier in tiers if tier))
    origin = _origin(records, tuple(tier.id for tier in rows), sources)
    if not valid or None in tiers or not _field_classes_exist(valid):  # 3
        return NoScope(reason=HoldReason.UNMAPPED_VALUE, origin=origin)
    scope = _scope(profile, valid, rows, origin)
    if not any(scope.covers(c, region) for c in scope.capabilities for region in scope.regions):
        return NoScope(reason=HoldReason.UNMAPPED_VALUE, origin=scope.origin)
    return scope


def _is_valid(record: EntitlementRecord, at: Time) -> bool:
    begun = record.valid_from is None or record.valid_from <= at
    ended = record.valid_until is not None and record.valid_until <= at
    return begun and not ended and not record.deleted


def _field_classes_exist(records: Contracts) -> bool:
    named = {name for r in records for name in (*(r.permitted or ()), *(r.required or ()))}
    return named <= set(FieldClass)


def _cells(profile: Profile, records: Contracts) -> Cells:
    """Each contract's own products in its own regions."""
    return frozenset(
        (capability.id, region.id)
        for record in records
        for capability in profile.capabilities
        if any(p.source == record.ref.source and p.key in record.products for p in capability.products)
        for region in profile.regions
        if any(m.source == record.ref.source and m.key in record.regions for m in region.members)
    )


def _tier(profile: Profile, record: EntitlementRecord) -> TierRow | None:
    """The account's own row before its tier's."""
    rows = {(row.source, row.value, row.account): row for row in profile.tiers}
    place = (record.ref.source, record.tier)
    return rows.get((*place, record.account)) or rows.get((*place, None))


def _unusable(evidence: Evidence, sources: list[ProfileSource], records: Contracts) -> HoldReason | None:
    by_name = {source.name: source for source in sources}
    if not records or any(record.ref.source not in by_name for record in records):
        return HoldReason.SOURCE_UNAVAILABLE
    if problem := next(filter(None, (source_problem(evidence, source) for source in sources)), None):
        return problem
    old = any(stale(evidence, by_name[record.ref.source], record.ref.observed_at) for record in records)
    return HoldReason.SOURCE_STALE if old else None


def _scope(profile: Profile, records: Contracts, tiers: tuple[TierRow, ...], origin: Origin) -> Scope:
    """Of several tiers, a field is permitted where all permit it, and required where one requires it."""
    cells = frozenset(
        (capability, region)
        for capability, region in _cells(profile, records)
        if all(tier.capabilities is None or capability in tier.capabilities for tier in tiers)
        and all(tier.regions is None or region in tier.regions for tier in tiers)
    )
    capabilities = tuple(c for c in profile.capabilities if c.id in {capability for capability, _ in cells})
    permitted = frozenset.intersection(*(frozenset(tier.permitted) for tier in tiers), *_named(records, "permitted"))
    required = frozenset.union(*(frozenset(tier.required) for tier in tiers), *_named(records, "required"))
    return Scope(
        capabilities=capabilities,
        regions=tuple(r for r in profile.regions if r.id in {region for _, region in cells}),
        cells=cells,
        permitted=permitted,
        required=required,
        required_capabilities=frozenset(name for tier in tiers for name in tier.required_capabilities),
        required_regions=frozenset(name for tier in tiers for name in tier.required_regions),
        update_minutes=min((r.update_minutes for r in records if r.update_minutes), default=None),
        outside=len(profile.capabilities) - len(capabilities),
        origin=origin,
    )


def _named(records: Contracts, what: Literal["permitted", "required"]) -> Iterator[frozenset[FieldClass]]:
    """The kinds of field that contracts themselves permit or require, where they say so."""
    for record in records:
        names: tuple[str, ...] | None = getattr(record, what)
        if names is not None:
            yield frozenset(map(FieldClass, names))


def _origin(records: Contracts, rows: tuple[str, ...], sources: Iterable[ProfileSource]) -> Origin:
    spoke = {record.ref.source for record in records}
    silent = tuple(sorted({source.name for source in sources} - spoke))
    return Origin(
        rule="entitlement: tier of the account", rows=rows, refs=distinct(r.ref for r in records), silent=silent
    )
