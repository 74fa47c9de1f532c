"""What became of every cell of every version: counted by run and record, never by choosing."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import pairwise
from typing import Any, Final

from benchmarks.over_held.chain import WAITING, Told, Version
from benchmarks.over_held.judging import Standing
from benchmarks.over_held.world import World
from profiles.codes import RegisterCode
from transforms.model.package import Coded, Package

TOLD: Final = "told"
AGREES: Final = frozenset({RegisterCode.TIMING_DISAGREEMENT, RegisterCode.SOURCE_CONFLICT})
"""Entries that stand where something that was read says otherwise."""


@dataclass
class Tally:
    """The counts of one run; tallies add up."""

    versions: int = 0
    released: int = 0
    unscoped: int = 0
    cells: Counter[tuple[str, str]] = field(default_factory=Counter)
    customers: Counter[tuple[str, str]] = field(default_factory=Counter)
    accounts: Counter[tuple[str, str]] = field(default_factory=Counter)
    minutes: Counter[str] = field(default_factory=Counter)
    stops: Counter[tuple[str, str]] = field(default_factory=Counter)
    better: list[str] = field(default_factory=list)
    messages: list[str] = field(default_factory=list)

    def add(self, other: "Tally") -> None:
        """Another run's counts as well."""
        for name, value in vars(self).items():
            setattr(self, name, value + getattr(other, name))

    @property
    def counting(self) -> int:
        """The cells that may be told: the denominator."""
        return sum(count for (standing, _), count in self.cells.items() if standing == Standing.COUNTS)

    @property
    def told(self) -> int:
        """Those of them that are told: the numerator."""
        return self.cells[Standing.COUNTS, TOLD]

    @property
    def share(self) -> float:
        """Told of those that may be told."""
        return self.told / self.counting if self.counting else 1.0

    @property
    def dwelling(self) -> int:
        """Those that the profile itself lets wait: it says for how long all must be good before an all-clear."""
        return sum(
            n for (standing, why), n in self.cells.items() if standing == Standing.COUNTS and " less than" in why
        )

    @property
    def false_stops(self) -> int:
        """Entries that stop a draft although nothing stands behind them."""
        return sum(count for (_, kind), count in self.stops.items() if kind == "false")

    def data(self) -> dict[str, Any]:
        """As JSON data."""
        return {
            "versions": self.versions,
            "released": self.released,
            "versions_without_entitlement": self.unscoped,
            "may_be_told": self.counting,
            "told": self.told,
            "share": round(self.share, 4),
            "cells": _nested(self.cells),
            "by_customer": _nested(self.customers),
            "by_account": _nested(self.accounts),
            "cell_minutes": dict(self.minutes),
            "stops": _nested(self.stops),
            "better_than_truth": self.better,
        }


def _nested(counts: Counter[tuple[str, str]]) -> dict[str, dict[str, int]]:
    found: dict[str, dict[str, int]] = {}
    for (first, second), count in sorted(counts.items()):
        found.setdefault(str(first), {})[str(second)] = count
    return found


def tally(world: World, customer: str, versions: Iterable[Version], *, entitlement_moves: bool = False) -> Tally:
    """What became of one customer's bridge of one record."""
    lived, counts = list(versions), Tally()
    for version in lived:
        _count_cells(counts, world, customer, version)
        counts.messages.append(version.draft.message.digest)
    _count_minutes(counts, world, [version for version in lived if version.released])
    _count_stops(counts, world, lived, entitlement_moves=entitlement_moves)
    return counts


def _count_cells(counts: Tally, world: World, customer: str, version: Version) -> None:
    counts.versions += 1
    counts.released += version.released
    counts.unscoped += not version.cells
    for cell in version.cells:
        outcome = _outcome(world, cell, version)
        counts.cells[cell.judged.standing, outcome] += 1
        if cell.judged.standing is Standing.COUNTS:
            counts.customers[customer, outcome] += 1
            counts.accounts[world.known_by.get((cell.capability, cell.region), "calm"), outcome] += 1
        truth = world.rank(cell.capability, cell.region, version.at)
        unheard = cell.rank == 0 and cell.judged.standing is not Standing.COUNTS
        if cell.rank is not None and (unheard or cell.rank < truth):
            counts.better.append(f"{world.incident.id} {customer} {version.at:%H:%M} {cell.capability} {cell.region}")
    if _claims_all_is_well(version) and any(world.rank(c.capability, c.region, version.at) for c in version.cells):
        counts.better.append(f"{world.incident.id} {customer} {version.at:%H:%M} overall")


def _outcome(world: World, cell: Told, version: Version) -> str:
    """Told, or the reason why not; of one that waits for the all-clear, whether the profile's dwell time is over."""
    if cell.reason != WAITING:
        return cell.reason or TOLD
    since, rule = world.good_since(cell.capability, cell.region, version.at), world.profile.all_clear
    if since is None or rule is None:
        return f"{WAITING}, though it was never worse"
    young = version.at - since < timedelta(minutes=rule.dwell)
    return f"{WAITING}, good for {'less' if young else 'more'} than {rule.dwell} minutes"


def _claims_all_is_well(version: Version) -> bool:
    package = version.draft.package
    return isinstance(package, Package) and isinstance(package.overall, Coded) and package.overall.rank == 0


def _count_minutes(counts: Tally, world: World, released: list[Version]) -> None:
    """How long each cell stood as it was told, until the next version; of the last version nobody knows."""
    for version, following in pairwise(released):
        minutes = int((following.at - version.at) / timedelta(minutes=1))
        for cell in version.cells:
            counts.minutes[_outcome(world, cell, version)] += minutes
            if cell.confirming:
                counts.minutes["being confirmed"] += minutes


def _count_stops(counts: Tally, world: World, lived: list[Version], *, entitlement_moves: bool) -> None:
    told: dict[tuple[str, str], int] = {}
    for version in lived:
        for entry in version.stopped_by:
            stands = _stands(entry, version, world, told) or (
                entitlement_moves and entry.startswith(RegisterCode.ENTITLEMENT_CHANGED)
            )
            code, _, about = entry.partition(":")
            subject = about if about.startswith("incident") else about.split("/")[0]
            counts.stops[f"{code}:{subject}", "stands" if stands else "false"] += 1
        if version.released:
            told |= {(c.capability, c.region): c.rank for c in version.cells if c.rank is not None}


def _stands(entry: str, version: Version, world: World, told: dict[tuple[str, str], int]) -> bool:
    """Whether something stands behind an entry, judged from the reading and the truth.

    1. A disagreement, where a cell of it is disputed; of the incident, where it ever was of this customer. 2. A held
    field, where one of its cells may not be told. 3. A material change, where it is worse than was told. 4. Evidence
    that nobody placed, where the trap put it. Nothing else should stop a draft.
    """
    code, _, about = entry.partition(":")
    mine = [cell for cell in version.cells if f"{about}/".startswith(f"status/{cell.capability}/")]
    if code in AGREES and about.startswith("incident"):  # 1
        return any(world.was_worse(c.capability, c.region, version.at) for c in version.cells)
    if code in AGREES or code == RegisterCode.REQUIRED_FIELD_HELD:  # 1, 2
        return not mine or any(cell.reason and cell.judged.standing is not Standing.COUNTS for cell in mine)
    if code == RegisterCode.MATERIAL_CHANGE:  # 3
        cells = [(c.capability, c.region) for c in mine if about == f"status/{c.capability}/{c.region}"]
        return any(world.rank(*cell, version.at) > told.get(cell, 0) for cell in cells)
    return code in {RegisterCode.UNPLACED_EVIDENCE, RegisterCode.CLEARANCE_NARROWED}  # 4
