"""Rule 6: the same traps for every record, each a run of its own; what is random, a printed seed chooses."""

import dataclasses
import random
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from typing import Final

from benchmarks.over_held.chain import KIM, Stage
from benchmarks.over_held.records import Window
from benchmarks.over_held.world import CUSTOMERS, SOURCES, World
from profiles.codes import INCIDENT_COMMAND, Side
from profiles.frozen import replace
from transforms.model.directives import Placing
from transforms.model.evidence import Evidence
from transforms.model.records import (
    ClearedWording,
    EntitlementRecord,
    HealthRecord,
    Record,
    SecurityNoteRecord,
    SourceRef,
    Tag,
)

SEED: Final = 20261127
WATCHED_EVERY: Final = timedelta(minutes=5)
WATCHED_BEFORE: Final = timedelta(minutes=30)
"""Readings between stages: the last half hour before each is enough for an all-clear."""

BATCH: Final = (Tag(name="team", value="batch"),)
WORDING: Final = "One supporting part of the service is affected."

Trap = Callable[[World, random.Random], tuple[World, list[Stage]]]


def plain(world: World, _rng: random.Random) -> tuple[World, list[Stage]]:
    """The stages as they are: one reading for each version."""
    return world, [Stage(world.evidence(at)) for at in world.stages]


def watched(world: World, _rng: random.Random) -> tuple[World, list[Stage]]:
    """The sources are also read every five minutes between the versions."""
    stages, before = [], None
    for at in world.stages:
        first = max(before, at - WATCHED_BEFORE) if before else at - WATCHED_BEFORE
        count = int((at - first) / WATCHED_EVERY)
        moments = [at - number * WATCHED_EVERY for number in range(count, 0, -1)]
        stages.append(Stage(world.evidence(at), tuple(world.evidence(one) for one in moments if one > first)))
        before = at
    return world, stages


def followed_up(world: World, rng: random.Random) -> tuple[World, list[Stage]]:
    """Three versions more after the last stage, each when the update is due that the customer was promised."""
    return plain(dataclasses.replace(world, more=_due(world)), rng)


def followed_up_watched(world: World, rng: random.Random) -> tuple[World, list[Stage]]:
    """The same, and the sources are also read every five minutes."""
    return watched(dataclasses.replace(world, more=_due(world)), rng)


def _due(world: World) -> tuple[datetime, ...]:
    every = min(code.next_update for code in world.profile.status.codes)
    return tuple(world.stages[-1] + timedelta(minutes=every * number) for number in (1, 2, 3))


def one_source_stale(world: World, rng: random.Random) -> tuple[World, list[Stage]]:
    """From a random stage on one source stands still, since longer than the profile lets it be old."""
    source, first = rng.choice(SOURCES), rng.choice(world.stages)
    limit = next(one.max_age_at_build for one in world.profile.sources if one.name == source)
    still = world.evidence(first - timedelta(minutes=limit + 1))

    def frozen(evidence: Evidence) -> Evidence:
        health = replace(still.health_of[source], fetched_at=evidence.at)
        sources = tuple(health if one.source == source else one for one in evidence.sources)
        kept = [record for record in evidence.records if record.ref.source != source]
        return replace(
            evidence, sources=sources, records=(*kept, *(r for r in still.records if r.ref.source == source))
        )

    return world, _from(world, first, frozen)


def page_says_normal(world: World, _rng: random.Random) -> tuple[World, list[Stage]]:
    """The page stays green whatever the alerts say."""

    def green(record: Record) -> Record:
        if isinstance(record, HealthRecord) and record.side is Side.CUSTOMER:
            return replace(record, status="operational")
        return record

    return world, [Stage(_each(world.evidence(at), green)) for at in world.stages]


def unmapped_label(world: World, rng: random.Random) -> tuple[World, list[Stage]]:
    """From a random stage on an alert of an unknown component fires; incident command places it after one version."""
    first = rng.choice(world.stages)
    place = Placing(source="alertmanager", tags=BATCH, by=KIM, role=INCIDENT_COMMAND, at=first)

    def stage(at: datetime) -> Stage:
        evidence = world.evidence(at)
        if at < first:
            return Stage(evidence)
        more = strange_alert("nobody-knows", at, first - timedelta(minutes=6), region="r1")
        return Stage(replace(evidence, records=(*evidence.records, more)), placings=(place,) if at > first else ())

    return world, [stage(at) for at in world.stages]


def entitlement_changed(world: World, rng: random.Random) -> tuple[World, list[Stage]]:
    """From a random stage on the first customer has one capability less, and the second one more."""
    first, parts = rng.choice(world.stages), tuple(world.parts.values())
    now = {CUSTOMERS[0]: parts[1:], CUSTOMERS[1]: parts[:3]}
    changed = {world.audiences[name].account: products for name, products in now.items()}

    def signed(record: Record) -> Record:
        if isinstance(record, EntitlementRecord) and record.account in changed:
            return replace(record, products=changed[record.account])
        return record

    return world, _from(world, first, lambda evidence: _each(evidence, signed))


def clearance_narrowed(world: World, rng: random.Random) -> tuple[World, list[Stage]]:
    """Words that security cleared for a note hold until a random stage."""
    first = rng.choice(world.stages)

    def cleared(record: Record) -> Record:
        if isinstance(record, SecurityNoteRecord):
            words = ClearedWording(wording=WORDING, revision=record.ref.revision, until=first)
            return replace(record, cleared=words)
        return record

    return world, [Stage(_each(world.evidence(at), cleared)) for at in world.stages]


def duplicates(world: World, _rng: random.Random) -> tuple[World, list[Stage]]:
    """Every record is delivered twice, the second time under another key."""

    def twice(evidence: Evidence) -> Evidence:
        again = (replace(r, ref=replace(r.ref, key=f"{r.ref.key}-again")) for r in evidence.records)
        return replace(evidence, records=(*evidence.records, *again))

    return world, [Stage(twice(world.evidence(at))) for at in world.stages]


def reordering(world: World, rng: random.Random) -> tuple[World, list[Stage]]:
    """Sources and records arrive in any order."""

    def shuffled(evidence: Evidence) -> Evidence:
        records, sources = list(evidence.records), list(evidence.sources)
        rng.shuffle(records)
        rng.shuffle(sources)
        return replace(evidence, records=tuple(records), sources=tuple(sources))

    return world, [Stage(shuffled(world.evidence(at))) for at in world.stages]


def burst(world: World, rng: random.Random) -> tuple[World, list[Stage]]:
    """At a random stage five versions within a minute."""
    at = rng.choice(world.stages)
    many = dataclasses.replace(world, more=tuple(at + timedelta(seconds=10 * number) for number in range(1, 5)))
    return plain(many, rng)


def relapse(world: World, rng: random.Random) -> tuple[World, list[Stage]]:
    """Ten minutes after it ended, the first trouble is back for twenty; a version before, during and after."""
    ended = max(window.ends for window in world.incident.windows)
    first = world.incident.windows[0]
    back, over = ended + timedelta(minutes=10), ended + timedelta(minutes=30)
    windows = (*world.incident.windows, Window(first.capability, first.region, first.state, back, over, "relapse"))
    more = tuple(
        moment
        for moment in (back - timedelta(minutes=2), back + timedelta(minutes=3), over, over + timedelta(minutes=20))
    )
    return plain(World(dataclasses.replace(world.incident, windows=windows), more), rng)


RUNS: Final[dict[str, Trap]] = {
    "stages alone": plain,
    "watched between stages": watched,
    "promised updates after": followed_up,
    "the same, and watched": followed_up_watched,
    "one source stale": one_source_stale,
    "page says normal": page_says_normal,
    "one unmapped label": unmapped_label,
    "entitlement changed": entitlement_changed,
    "clearance narrowed": clearance_narrowed,
    "duplicates": duplicates,
    "reordering": reordering,
    "burst within a minute": burst,
    "relapse": relapse,
}
"""The run without any trap first; each trap is that run with one thing changed."""


def strange_alert(name: str, at: datetime, began: datetime, region: str | None = None) -> HealthRecord:
    """A critical alert of a component that no table knows, with a team's label and nothing else."""
    ref = SourceRef(
        source="alertmanager", key=f"fp-{name}", revision="r-1", changed_at=began, observed_at=at, fetched_at=at
    )
    return HealthRecord(ref=ref, tags=BATCH, side=Side.INTERNAL, component=name, region=region, status="critical")


def _from(world: World, first: datetime, change: Callable[[Evidence], Evidence]) -> list[Stage]:
    read = [(at, world.evidence(at)) for at in world.stages]
    return [Stage(change(evidence) if at >= first else evidence) for at, evidence in read]


def _each(evidence: Evidence, change: Callable[[Record], Record]) -> Evidence:
    changed: Iterable[Record] = map(change, evidence.records)
    return replace(evidence, records=tuple(changed))
