"""The allowed projection, written a second time: all the evidence on which a customer's bytes may depend (promise P2).

Per slot: what the tables map it to, the minute since when, entitlement, disposition and reason, and the last release.
It uses the types of the core and none of its functions. Where it and `build` disagree, one of them is wrong.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from profiles.codes import FieldClass, HoldReason, RecordKind, Side, SourceState
from profiles.models import Profile
from profiles.tables import Capability
from tests.transforms.projected_details import details
from transforms.model.audience import Audience
from transforms.model.directives import Directives
from transforms.model.evidence import Evidence
from transforms.model.package import Package

SERIOUSNESS = tuple(HoldReason)
Slots = dict[str, tuple[str, Any]]
"""Each slot's hold key, and either the shown ("code", minute) or the set of reasons that bar it."""


@dataclass(frozen=True)
class Seen:
    """One statement about one component: said outright, or by the silence of a source that lists what is broken."""

    source: str
    component: str
    region: str | None
    value: str
    side: Side
    changed_at: datetime
    observed_at: datetime


class World:
    """The inputs of one build, and the questions that the projection asks of them."""

    def __init__(
        self,
        evidence: Evidence,
        audience: Audience,
        profile: Profile,
        prior: Package | None,
        directives: Directives,
    ) -> None:
        self.evidence, self.audience, self.profile = evidence, audience, profile
        self.prior, self.directives = prior, directives
        self.sources = {source.name: source for source in profile.sources}
        self.health = {health.source: health for health in evidence.sources}

    def of(self, kind: RecordKind) -> list[Any]:
        """The records of one kind."""
        return [record for record in self.evidence.records if record.kind is kind]

    def too_old(self, source: str, observed_at: datetime) -> bool:
        """Whether evidence of this age may not be used in a build."""
        return self.evidence.at - observed_at > timedelta(minutes=self.sources[source].max_age_at_build)

    def ahead(self, changed_at: datetime) -> bool:
        """Whether a state began after the as-of, by more than clocks may differ."""
        return changed_at - self.evidence.at > timedelta(minutes=2)

    def problem(self, source: str) -> HoldReason | None:
        """Why a whole source may not be used."""
        health = self.health.get(source)
        if health is None or health.state is not SourceState.READ or health.observed_at is None:
            return HoldReason.SOURCE_UNAVAILABLE
        return HoldReason.SOURCE_STALE if self.too_old(source, health.observed_at) else None

    def problems(self, kind: RecordKind) -> list[tuple[str, HoldReason]]:
        """The unusable sources of one kind."""
        of_kind = [source.name for source in self.profile.sources if source.kind is kind]
        return [(name, problem) for name in of_kind if (problem := self.problem(name))]


def project(world: World) -> tuple:
    """Everything that may shape the customer's bytes, as one value that can be compared and hashed."""
    minute = world.evidence.at.replace(second=0, microsecond=0)
    last = world.prior.model_dump_json() if world.prior else None
    found = dispositions(world)
    shown = tuple(sorted(found.items()))
    worse = tuple(slot for slot, told in sorted(found.items()) if told[0] == "held" and _is_worse(world, slot))
    return world.profile.version, str(world.audience.label), minute, last, shown, worse


def dispositions(world: World) -> dict[str, Any]:
    """Each slot's disposition: the code and minute shown, or the key of its hold with that hold's reason."""
    slots = _with_people(_slots(world), world.directives)
    barred: dict[str, set[HoldReason]] = {}
    for key, outcome in slots.values():
        if isinstance(outcome, frozenset):
            barred.setdefault(key, set()).update(outcome)
    reason = {key: min(reasons, key=SERIOUSNESS.index) for key, reasons in barred.items()}
    told = {slot.split("/")[1] for slot, (_, out) in slots.items() if _is_told(slot, out)}
    return {
        slot: ("held", key, reason[key]) if isinstance(outcome, frozenset) else ("shown", *outcome)
        for slot, (key, outcome) in slots.items()
        if not (slot.startswith("workaround/") and slot.split("/")[1] not in told)
    }


def _is_told(slot: str, outcome: Any) -> bool:
    """Whether a cell's state is told; where none of a capability is, a workaround is not spoken of."""
    return slot.startswith("status/") and not isinstance(outcome, frozenset)


def _is_worse(world: World, slot: str) -> bool:
    """Whether what is said of a held cell is worse than what was last told of it: then that is not told again."""
    last = next((field.value for field in world.prior.fields if field.id == slot), None) if world.prior else None
    code = getattr(last, "code", None) or getattr(getattr(last, "last", None), "code", None)
    section, name, region = (*slot.split("/"), "", "")[:3]
    known = {c.code: c.rank for c in world.profile.status.codes}
    if section != "status" or code not in known:
        return False
    capability = next(c for c in world.profile.capabilities if c.id == name)
    rows = {(row.source, row.value): row.code for row in world.profile.status.rows}
    said = [rows.get((seen.source, seen.value)) for seen, _ in _here(world, capability, region)]
    return max((known[one] for one in said if one), default=0) > known[code]


def _slots(world: World) -> Slots:
    scope = _entitlement(world)
    if isinstance(scope, HoldReason):
        return {"status/held": ("entitlement", frozenset({scope}))}
    capabilities, regions, permitted = scope
    status = {
        f"status/{c.id}/{region}": (f"status/{c.id}", _cell(world, c, region, permitted))
        for c in capabilities
        for region in regions
        if region in c.regions
    }
    hit = {
        slot.split("/")[1]
        for slot, (_, outcome) in status.items()
        if isinstance(outcome, frozenset) or outcome[0] != _calm(world.profile)
    }
    affected = [c for c in capabilities if c.id in hit]
    slots = dict(status)
    if FieldClass.WORKAROUND in permitted:
        slots |= dict(_workarounds(world, affected))
    if FieldClass.TIMELINE in permitted:
        slots |= dict(_timeline(world))
    return slots | dict(details(world, capabilities, affected))


def _calm(profile: Profile) -> str:
    return next(code.code for code in profile.status.codes if code.rank == 0)


def _with_people(slots: Slots, directives: Directives) -> Slots:
    found = dict(slots)
    for slot, (key, outcome) in slots.items():
        if slot == "status/held":
            continue
        targets = {slot, key, *(slot.rsplit("/", count)[0] for count in range(1, slot.count("/") + 1))}
        reasons = {hold.reason for hold in directives.holds if hold.target in targets}
        if reasons:
            found[slot] = (key, (outcome if isinstance(outcome, frozenset) else frozenset()) | reasons)
    return found


def _entitlement(world: World) -> HoldReason | tuple[list[Capability], list[str], tuple[FieldClass, ...]]:
    mine = [r for r in world.of(RecordKind.ENTITLEMENT) if r.account == world.audience.account]
    inside = {source.name for source in world.profile.sources if source.kind is RecordKind.ENTITLEMENT}
    if not mine or {r.ref.source for r in mine} - inside:
        return HoldReason.SOURCE_UNAVAILABLE
    if problems := world.problems(RecordKind.ENTITLEMENT):
        return problems[0][1]
    if any(world.too_old(r.ref.source, r.ref.observed_at) for r in mine):
        return HoldReason.SOURCE_STALE
    if len({(r.tier, frozenset(r.products), frozenset(r.regions)) for r in mine}) > 1:
        return HoldReason.SOURCE_CONFLICT
    tiers = [t for t in world.profile.tiers if (t.source, t.value) == (mine[0].ref.source, mine[0].tier)]
    tiers = [t for t in tiers if t.account == mine[0].account] or [t for t in tiers if t.account is None]
    bought = {(r.ref.source, product) for r in mine for product in r.products}
    placed = {(r.ref.source, region) for r in mine for region in r.regions}
    capabilities = [c for c in world.profile.capabilities if {(p.source, p.key) for p in c.products} & bought]
    regions = [r.id for r in world.profile.regions if {(m.source, m.key) for m in r.members} & placed]
    for tier in tiers[:1]:
        capabilities = [c for c in capabilities if tier.capabilities is None or c.id in tier.capabilities]
        regions = [r for r in regions if tier.regions is None or r in tier.regions]
    if not tiers or not any(region in c.regions for c in capabilities for region in regions):
        return HoldReason.UNMAPPED_VALUE
    return capabilities, regions, tiers[0].permitted


def _said(world: World) -> Iterator[Seen]:
    listed: set[tuple[str, str, str | None]] = set()
    for r in world.of(RecordKind.HEALTH):
        listed.add((r.ref.source, r.component, r.region))
        yield Seen(r.ref.source, r.component, r.region, r.status, r.side, r.ref.changed_at, r.ref.observed_at)
    for health in world.evidence.sources:
        cover = health.coverage
        if cover is None or not cover.signs or health.state is not SourceState.READ:
            continue
        beat = cover.signs[0].ref
        for cell in cover.cells:
            if (health.source, cell.component, cell.region) not in listed:
                value, side = cover.silent_status, cover.side
                yield Seen(beat.source, cell.component, cell.region, value, side, beat.changed_at, beat.observed_at)


def _here(world: World, capability: Capability, region: str) -> list[tuple[Seen, str | None]]:
    """What is said of a cell, and where; what names no known region could be about any."""
    buckets = {(m.source, m.key): r.id for r in world.profile.regions for m in r.members}
    wanted = {(k.source, k.key): k.region for k in capability.components}
    found = [
        (seen, wanted[seen.source, seen.component] or buckets.get((seen.source, seen.region or "")))
        for seen in _said(world)
        if (seen.source, seen.component) in wanted
    ]
    return [(seen, place) for seen, place in found if place in (region, None)]


def _cell(world: World, capability: Capability, region: str, permitted: tuple[FieldClass, ...]) -> Any:
    wanted = {(k.source, k.key): k.region for k in capability.components}
    here = _here(world, capability, region)
    reasons = set(_gaps(world, wanted, region, {(seen.source, seen.component) for seen, _ in here}))
    rows = {(row.source, row.value): row.code for row in world.profile.status.rows}
    for seen, place in here:
        if world.too_old(seen.source, seen.observed_at):
            reasons.add(HoldReason.SOURCE_STALE)
        if world.ahead(seen.changed_at):
            reasons.add(HoldReason.SOURCE_CONFLICT)
        if place is None or (seen.source, seen.value) not in rows:
            reasons.add(HoldReason.UNMAPPED_VALUE)
    mapped = [(seen, rows[seen.source, seen.value]) for seen, _ in here if (seen.source, seen.value) in rows]
    verdict = _verdict(world, mapped)
    reasons |= {verdict} if isinstance(verdict, HoldReason) else set()
    return frozenset(reasons) if reasons else _shown(world, mapped, verdict, permitted)


def _gaps(world: World, wanted: dict, region: str, present: set[tuple[str, str]]) -> Iterator[HoldReason]:
    expected = [
        (source, key)
        for (source, key), place in wanted.items()
        if world.sources[source].kind is RecordKind.HEALTH and place in (None, region)
    ]
    for source, key in expected:
        if problem := world.problem(source):
            yield problem
        elif (source, key) not in present:
            yield HoldReason.SOURCE_UNAVAILABLE
    if not expected:
        yield HoldReason.SOURCE_UNAVAILABLE


def _rank(world: World, code: str) -> int:
    return next(c.rank for c in world.profile.status.codes if c.code == code)


def _verdict(world: World, mapped: list[tuple[Seen, str]]) -> HoldReason | str:
    """What the cell reads as, by the profile's ways of settling; or why nobody can say."""
    rules, said = world.profile.status.conflicts, {}
    for side in Side:
        sources = {seen.source for seen, _ in mapped if seen.side is side}
        words = {s: _word(world, [(o, c) for o, c in mapped if (o.source, o.side) == (s, side)]) for s in sources}
        if len(set(words.values())) > 1 and rules.same_side == "hold":
            return HoldReason.SOURCE_CONFLICT
        if words:
            said[side] = _settle(world, words, rules.same_side)
    if len({code for _, code in said.values()}) > 1 and rules.sides == "hold":
        return HoldReason.TIMING_DISAGREEMENT
    return _settle(world, dict(said.values()), rules.sides)[1] if said else ""


def _settle(world: World, words: dict[str, str], rule: str) -> tuple[str, str]:
    if rule == "authority":
        return next((source, words[source]) for source in world.sources if source in words)
    return max(words.items(), key=lambda word: _rank(world, word[1]))


def _word(world: World, mapped: list[tuple[Seen, str]]) -> str:
    """One source's code: the worst component, or the bucket of the share that is affected if that is milder."""
    components: dict[str, int] = {}
    for seen, code in mapped:
        components[seen.component] = max(components.get(seen.component, 0), _rank(world, code))
    worst = max(components.values())
    percent = 100 * len([rank for rank in components.values() if rank]) // len(components)
    buckets = [row for row in world.profile.status.shares if row.at_least <= max(percent, 1)]
    bucket = max(buckets, key=lambda row: row.at_least).code if buckets and worst else None
    code = next(c.code for c in world.profile.status.codes if c.rank == worst)
    return bucket if bucket and _rank(world, bucket) < worst else code


def _shown(world: World, mapped: list[tuple[Seen, str]], code: str, permitted: tuple[FieldClass, ...]) -> tuple:
    bad = [seen for seen, mine in mapped if _rank(world, mine) >= _rank(world, code)]
    inside = [seen for seen in bad if seen.side is Side.INTERNAL] or bad
    since = min(world.evidence.at, *(seen.changed_at for seen in inside)).replace(second=0, microsecond=0)
    return code, since if _rank(world, code) and FieldClass.SINCE in permitted else None


def _workarounds(world: World, affected: Iterable[Capability]) -> Iterator[tuple[str, tuple[str, Any]]]:
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
        reasons |= {HoldReason.SOURCE_CONFLICT for r in mine if world.ahead(r.ref.changed_at)}
        codes = [rows.get((r.ref.source, r.readiness)) for r in mine]
        if None in codes or not (codes or table.none_recorded):
            reasons.add(HoldReason.UNMAPPED_VALUE)
        codes = codes or ([table.none_recorded.code] if table.none_recorded else [])
        slot = f"workaround/{capability.id}"
        yield slot, (slot, frozenset(reasons) if reasons else (min(codes, key=lambda code: ranks[code]), None))


def _timeline(world: World) -> Iterator[tuple[str, tuple[str, Any]]]:
    problems = world.problems(RecordKind.TIMELINE)
    inside = {source.name for source in world.profile.sources if source.kind is RecordKind.TIMELINE}
    rows = {(row.source, row.value): row.code for row in world.profile.checkpoints.rows}
    past = [
        r for r in world.of(RecordKind.TIMELINE) if r.ref.source in inside and r.ref.changed_at <= world.evidence.at
    ]
    fresh = [r for r in past if not world.too_old(r.ref.source, r.ref.observed_at)]
    reasons = {problem for _, problem in problems}
    reasons |= {HoldReason.SOURCE_STALE} if len(fresh) < len(past) else set()
    reasons |= {HoldReason.UNMAPPED_VALUE for r in past if (r.ref.source, r.checkpoint) not in rows}
    if reasons:
        yield "timeline/held", ("timeline", frozenset(reasons))
    for code in () if problems else world.profile.checkpoints.codes:
        times = [r.ref.changed_at for r in fresh if rows.get((r.ref.source, r.checkpoint)) == code.code]
        if times:
            yield f"timeline/{code.code}", ("timeline", (code.code, min(times).replace(second=0, microsecond=0)))
