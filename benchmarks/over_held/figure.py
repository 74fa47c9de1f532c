"""The figure: every run over every record, and the sample; what is told of what may be told, with its interval."""

import random
from collections.abc import Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from typing import Final

from benchmarks.over_held.chain import Stage, play
from benchmarks.over_held.judging import Standing
from benchmarks.over_held.records import Incident
from benchmarks.over_held.tallies import TOLD, Tally, tally
from benchmarks.over_held.traps import RUNS, SEED
from benchmarks.over_held.world import World
from profiles.models import Profile
from tests.builders import STAGES, sample_deployment, sample_evidence
from transforms.model.audience import Audience

LEAST: Final = 0.9
DRAWS: Final = 1000
ALONE, WATCHED = "stages alone", "watched between stages"
SAME: Final = ("duplicates", "reordering")
"""Runs whose every message must be that of the run without a trap."""


@dataclass(frozen=True)
class Played:
    """One run of one record."""

    run: str
    incident: str
    tally: Tally


def played(incident: Incident, runs: Iterable[str] = tuple(RUNS), seed: int = SEED) -> list[Played]:
    """These runs of one record, for its three customers."""
    found = []
    for run in runs:
        whole = Tally()
        world, stages = RUNS[run](World(incident), random.Random(f"{seed}:{run}:{incident.id}"))  # noqa: S311
        for customer, audience in world.audiences.items():
            lived = play(stages, audience, world.profile)
            whole.add(tally(world, customer, lived, entitlement_moves=run == "entitlement changed"))
        found.append(Played(run, incident.id, whole))
    return found


def all_played(incidents: tuple[Incident, ...], workers: int = 2) -> Iterator[Played]:
    """Every run of every record, several records at once."""
    with ProcessPoolExecutor(workers) as pool:
        for found in pool.map(played, incidents):
            yield from found


def summed(found: Iterable[Played]) -> Tally:
    """The counts of several runs together."""
    whole = Tally()
    for one in found:
        whole.add(one.tally)
    return whole


def interval(found: list[Played], seed: int = SEED) -> tuple[float, float]:
    """95 % of the shares when records are drawn again and again: the record is the cluster, not the cell."""
    rng, pairs = random.Random(seed), [(one.tally.told, one.tally.counting) for one in found]  # noqa: S311
    shares = []
    for _ in range(DRAWS):
        drawn = rng.choices(pairs, k=len(pairs))
        shares.append(sum(told for told, _ in drawn) / max(1, sum(counting for _, counting in drawn)))
    shares.sort()
    return shares[int(0.025 * DRAWS)], shares[int(0.975 * DRAWS)]


def changed_messages(found: list[Played], run: str) -> int:
    """How many messages of a run differ from those of the run without a trap."""
    plain = {one.incident: one.tally.messages for one in found if one.run == ALONE}
    mine = [(one.tally.messages, plain[one.incident]) for one in found if one.run == run]
    return sum(a != b for ours, theirs in mine for a, b in zip(ours, theirs, strict=True))


@dataclass(frozen=True)
class OwnSample:
    """The sample's own stages: cells by standing and outcome, and those told better than their primary says."""

    cells: dict[tuple[Standing, str], int]
    better: int

    @property
    def counting(self) -> int:
        """The cells that may be told."""
        return sum(count for (standing, _), count in self.cells.items() if standing is Standing.COUNTS)

    @property
    def told(self) -> int:
        """Those of them that are told."""
        return self.cells.get((Standing.COUNTS, TOLD), 0)


def own_sample() -> OwnSample:
    """The sample's five stages, one reading for each."""
    profile, audience = _sample()
    cells: dict[tuple[Standing, str], int] = {}
    better = 0
    for version in play([Stage(sample_evidence(stage)) for stage in STAGES], audience, profile):
        for cell in version.cells:
            place = (cell.judged.standing, cell.reason or TOLD)
            cells[place] = cells.get(place, 0) + 1
            better += cell.rank is not None and cell.judged.rank is not None and cell.rank < cell.judged.rank
    return OwnSample(cells, better)


def _sample() -> tuple[Profile, Audience]:
    deployment = sample_deployment()
    return deployment.profiles["acme"], deployment.audience("acme")
