"""The allowed projection, written a second time: all the evidence on which a customer's bytes may depend (promise P2).

Per slot: what the tables map it to, the minute since when, entitlement, disposition and reason, and the last release.
It uses the types of the core and none of its functions. Where it and `build` disagree, one of them is wrong.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from profiles.codes import FieldClass, HoldReason, RecordKind, Side, SourceState
from profiles.models import Profile
from profiles.tables import Capability
from tests.transforms.projected_all_clear import watched
from tests.transforms.projected_details import details
from tests.transforms.projected_entitlement import entitled
from tests.transforms.projected_progress import start, timeline, workarounds
from tests.transforms.projected_unplaced import placed_by_people, unplaced
from transforms.model.audience import Audience
from transforms.model.directives import Directives
from transforms.model.evidence import Evidence
from transforms.model.history import History
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
    changed_at: datetime | None
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
        history: History,
    ) -> None:
        self.history = history
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

    def ahead(self, changed_at: datetime | None) -> bool:
        """Whether a state began after the as-of, by more than clocks may differ."""
        return changed_at is not None and changed_at - self.evidence.at > timedelta(minutes=2)

    def said(self) -> list[Seen]:
        """Everything said about components, silence included."""
        return list(said(self))

    def incomplete(self, source: str) -> bool:
        """Whether a source was read, but not whole."""
        return source in self.health and self.health[source].state is SourceState.INCOMPLETE

    def problem(self, source: str) -> HoldReason | None:
        """Why a whole source may not be used."""
        health = self.health.get(source)
        read = health and health.state in {SourceState.READ, SourceState.INCOMPLETE}
        if health is None or not read or health.observed_at is None:
            return HoldReason.SOURCE_UNAVAILABLE
        return HoldReason.SOURCE_STALE if self.too_old(source, health.observed_at) else None

    def problems(self, kind: RecordKind) -> list[tuple[str, HoldReason]]:
        """The unusable sources of one kind."""
        of_kind = [source.name for source in self.profile.sources if source.kind is kind]
        return [(name, problem) for name in of_kind if (problem := self.problem(name))]

    def hiding(self, kind: RecordKind) -> set[HoldReason]:
        """Why something of a kind may exist that nobody read: a source away, not whole, or with an item nowhere."""
        names = {source.name for source in self.profile.sources if source.kind is kind}
        found = {problem for _, problem in self.problems(kind)}
        usable = {name for name in names if not self.problem(name)}
        found |= {HoldReason.SOURCE_INCOMPLETE for name in usable if self.incomplete(name)}
        nowhere = {one.source for one in unplaced(self)} & usable
        found |= {HoldReason.UNPLACED_EVIDENCE for name in nowhere if not self.incomplete(name)}
        return found


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
    scope = entitled(world)
    if isinstance(scope, HoldReason):
        return {"status/held": ("entitlement", frozenset({scope}))}
    capabilities, cells, permitted = scope
    status = {
        f"status/{c.id}/{r.id}": (f"status/{c.id}", watched(world, c, r.id, _cell(world, c, r.id, permitted)))
        for c in capabilities
        for r in world.profile.regions
        if r.id in c.regions and (c.id, r.id) in cells
    }
    hit = {
        slot.split("/")[1]
        for slot, (_, outcome) in status.items()
        if isinstance(outcome, frozenset) or outcome[0] != _calm(world.profile)
    }
    affected = [c for c in capabilities if c.id in hit]
    slots = dict(status)
    if FieldClass.WORKAROUND in permitted:
        slots |= dict(workarounds(world, affected))
    if FieldClass.TIMELINE in permitted:
        slots |= dict(timeline(world))
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


def said(world: World) -> Iterator[Seen]:
    """Everything said about components: outright, and by silence within its proof."""
    listed: set[tuple[str, str, str | None]] = set()
    for r in world.of(RecordKind.HEALTH):
        listed.add((r.ref.source, r.component, r.region))
        yield Seen(r.ref.source, r.component, r.region, r.status, r.side, start(r.ref), r.ref.observed_at)
    for health in world.evidence.sources:
        cover = health.coverage
        if cover is None or not cover.signs or health.state is not SourceState.READ:
            continue
        for cell in cover.cells:
            relies = {tag.name: tag.value for tag in cell.scope} | ({"region": cell.region} if cell.region else {})
            vouching = [s.ref for s in cover.signs if all(relies.get(tag.name) == tag.value for tag in s.scope)]
            if vouching and (health.source, cell.component, cell.region) not in listed:
                beat = max(vouching, key=lambda ref: ref.observed_at)
                value, side = cover.silent_status, cover.side
                yield Seen(beat.source, cell.component, cell.region, value, side, start(beat), beat.observed_at)


def _here(world: World, capability: Capability, region: str) -> list[tuple[Seen, str | None]]:
    """What is said of a cell, without what no table places; what people placed where nobody says could be any."""
    buckets = {(m.source, m.key): r.id for r in world.profile.regions for m in r.members}
    wanted = {(k.source, k.key): k.region for k in capability.components}
    found = [
        (seen, wanted[seen.source, seen.component] or buckets.get((seen.source, seen.region or "")))
        for seen in said(world)
        if (seen.source, seen.component) in wanted
    ]
    found = [(seen, place) for seen, place in found if place == region]
    for item, where, capabilities in placed_by_people(world):
        if capability.id in capabilities and where in (region, None):
            status, ref = getattr(item, "status", None) or "no status", item.ref
            seen = Seen(ref.source, "placed", None, status, Side.INTERNAL, start(ref), ref.observed_at)
            found.append((seen, where))
    checks = {(k.source, k.key) for k in capability.components if _is_check(world, k)}
    old = [(s, p) for s, p in found if (s.source, s.component) in checks and world.too_old(s.source, s.observed_at)]
    return [one for one in found if one not in old]


def _is_check(world: World, key: Any) -> bool:
    return (key.counts_as or world.sources[key.source].counts_as) == "check"


def _cell(world: World, capability: Capability, region: str, permitted: tuple[FieldClass, ...]) -> Any:
    here = _here(world, capability, region)
    rows = {(row.source, row.value): row.code for row in world.profile.status.rows}
    reasons: set[HoldReason] = set()
    for seen, _ in here:
        if world.too_old(seen.source, seen.observed_at):
            reasons.add(HoldReason.SOURCE_STALE)
        if world.ahead(seen.changed_at):
            reasons.add(HoldReason.SOURCE_CONFLICT)
        if (seen.source, seen.value) not in rows:
            reasons.add(HoldReason.UNMAPPED_VALUE)
    mapped = [(seen, rows[seen.source, seen.value]) for seen, _ in here if (seen.source, seen.value) in rows]
    fresh = [(seen, code) for seen, code in mapped if not world.too_old(seen.source, seen.observed_at)]
    verdict = _verdict(world, fresh)
    reasons |= {verdict} if isinstance(verdict, HoldReason) else set()
    worst = (
        not isinstance(verdict, HoldReason) and verdict == max(world.profile.status.codes, key=lambda c: c.rank).code
    )
    gaps = set(_gaps(world, capability, region, [seen for seen, _ in here]))
    reasons |= gaps - ({HoldReason.SOURCE_INCOMPLETE} if worst else set())
    if not worst and _contradicted(world, capability, region, verdict):
        reasons.add(HoldReason.UNPLACED_EVIDENCE)
    return frozenset(reasons) if reasons else _shown(world, mapped, verdict, permitted)


def _gaps(world: World, capability: Capability, region: str, here: list[Seen]) -> Iterator[HoldReason]:
    """Each primary must be heard in every region of the bucket that it runs in."""
    anywhere = {(seen.source, seen.component) for seen in here}
    exactly = {(seen.source, seen.component, seen.region) for seen in here}
    expected = [
        k
        for k in capability.components
        if world.sources[k.source].kind is RecordKind.HEALTH and k.region in (None, region) and not _is_check(world, k)
    ]
    for key in expected:
        natives = [] if key.region else _natives(world, key, region)
        heard = all((key.source, key.key, native) in exactly for native in natives)
        heard = heard if natives else (key.source, key.key) in anywhere
        if problem := world.problem(key.source):
            yield problem
        elif world.incomplete(key.source):
            yield HoldReason.SOURCE_INCOMPLETE
        elif not heard:
            yield HoldReason.SOURCE_UNAVAILABLE
    if not expected:
        yield HoldReason.SOURCE_UNAVAILABLE


def _natives(world: World, key: Any, region: str) -> list[str]:
    members = [m.key for r in world.profile.regions if r.id == region for m in r.members if m.source == key.source]
    health = world.health.get(key.source)
    cells = [c for c in health.coverage.cells if c.component == key.key] if health and health.coverage else None
    if key.runs_in:
        return [m for m in members if m in key.runs_in]
    return [m for m in members if m in {c.region for c in cells}] if cells else members


def _contradicted(world: World, capability: Capability, region: str, verdict: Any) -> bool:
    """One bit for each region, and one for each capability whose component is known and whose region is not."""
    unknown = isinstance(verdict, HoldReason) or not verdict
    ranks = {(row.source, row.value): _rank(world, row.code) for row in world.profile.status.rows}
    worst = max(code.rank for code in world.profile.status.codes)
    return any(
        one.item.kind is RecordKind.HEALTH
        and one.region in (region, None)
        and (not one.capabilities or capability.id in one.capabilities)
        and (unknown or _rank(world, verdict) < ranks.get((one.source, getattr(one.item, "status", "")), worst))
        for one in unplaced(world)
    )


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
    began = [seen.changed_at for seen in inside]
    if None in began or not _rank(world, code) or FieldClass.SINCE not in permitted:
        return code, None
    return code, min(world.evidence.at, *began).replace(second=0, microsecond=0)
