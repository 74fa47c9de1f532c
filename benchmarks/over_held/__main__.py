"""What is told of what may be told, over the sample and over public incidents: a table, or `--json`.

`make over-held` runs it; `ARGS="--json"` prints the same as JSON, with a line for every record.
"""

import argparse
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

import orjson

from benchmarks.over_held.figure import (
    LEAST,
    SAME,
    OwnSample,
    Played,
    all_played,
    changed_messages,
    interval,
    own_sample,
    summed,
)
from benchmarks.over_held.judging import Standing
from benchmarks.over_held.records import Incident, incidents
from benchmarks.over_held.storm import Noise, Storm, noisy_estate, storm
from benchmarks.over_held.tallies import Tally
from benchmarks.over_held.traps import RUNS, SEED
from tests.builders import SHARED_DATA

FILE: Final = SHARED_DATA / "incidents" / "incidents.jsonl"
WHAT_COUNTS: Final = """\
A cell is an entitled capability in an entitled region in one version. It may be told when its primary was read, whole
and fresh, speaks of it in words that a table maps, no rule restricts it, and no other primary and no fresh check says
otherwise. Told means that its state is shown. Everything else is held, and stands below by reason. A version is a draft
that went out, its waivable exceptions waived. Better than the truth: a state shown that is milder than the truth of
that moment, without any tolerance, or "operational" in a cell that may not be told. A false stop: an exception that
stops a draft although no reading and no truth stands behind it. No dwell: the share without cells that are held because
they have been good for less than the profile's own dwell time."""


@dataclass(frozen=True)
class Report:
    """Everything that was counted."""

    records: tuple[Incident, ...]
    left_out: dict[str, int]
    found: list[Played]
    sample: OwnSample
    weather: Storm
    noise: Noise

    def of(self, run: str) -> list[Played]:
        """One run of every record."""
        return [one for one in self.found if one.run == run]

    @property
    def runs(self) -> tuple[str, ...]:
        """The runs, where there are records."""
        return tuple(RUNS) if self.records else ()

    @property
    def kept(self) -> bool:
        """Whether what the design asks for is kept: enough is told without traps, and nowhere too much."""
        shares = [self.sample.told / self.sample.counting, *(summed(self.of(run)).share for run in self.runs[:1])]
        enough = [share >= LEAST for share in shares]
        return all(enough) and not any(summed(self.of(run)).better for run in self.runs) and not self.sample.better


def main() -> int:
    """Print the table or JSON; 1 where what the design asks for is not kept."""
    parser = argparse.ArgumentParser(prog="over-held", description=__doc__)
    parser.add_argument("--json", action="store_true", help="print JSON instead of the table")
    parser.add_argument("--records", type=int, help="only so many records, the first of the file")
    given = parser.parse_args()
    if not FILE.is_file():
        what = "so only the sample and the storm are counted; lay the shared data beside the project"
        print(f"{FILE}: not there, {what}", file=sys.stderr)
    records, left_out = incidents(FILE) if FILE.is_file() else ((), {})
    records = records[: given.records]
    report = Report(records, left_out, list(all_played(records)), own_sample(), storm(), noisy_estate())
    if given.json:
        print(orjson.dumps(data(report), option=orjson.OPT_INDENT_2).decode())
    else:
        print("\n".join(table(report)))
    return 0 if report.kept else 1


def table(report: Report) -> Iterator[str]:
    """Everything for people, a line at a time."""
    records, sample = report.records, report.sample
    yield WHAT_COUNTS
    yield f"\nseed {SEED}, commit {commit()}"
    windows, uniform = sum(len(one.windows) for one in records), sum(one.uniform for one in records)
    left_out = "; ".join(f"{number} {why}" for why, number in report.left_out.items())
    yield f"records replayed: {len(records)}; left out: {left_out or 'none'}"
    yield f"windows of trouble: {windows}, {uniform} of them uniform, so no figure is given for single capabilities"
    rest = f"{'95 % by record':>18}{'no dwell':>10}{'better':>8}{'false stops':>13}"
    yield f"\n{'run':24}{'versions':>9}{'may tell':>9}{'told':>6}{'share':>7}{rest}"
    shown = f"{sample.told / sample.counting:>7.1%}{'':18}{'':10}{sample.better:>8}"
    yield f"{'sample, its own stages':24}{5:>9}{sample.counting:>9}{sample.told:>6}{shown}"
    yield from (_line(run, report.of(run)) for run in report.runs)
    for run in report.runs:
        yield f"\n{run}"
        yield from _details(summed(report.of(run)))
        if run in SAME:
            yield f"  messages that differ from the run without a trap: {changed_messages(report.found, run)}"
    yield f"\nsample, its own stages: {_cells(sample.cells)}"
    yield from ("", *report.weather.lines(), *report.noise.lines())
    kept = "yes" if report.kept else "NO"
    yield f"\nat least {LEAST:.0%} told without traps, and nothing better than the truth: {kept}"


def _line(run: str, mine: list[Played]) -> str:
    whole, (low, high) = summed(mine), interval(mine)
    without = whole.told / max(1, whole.counting - whole.dwelling)
    counted = f"{run:24}{whole.versions:>9}{whole.counting:>9}{whole.told:>6}{whole.share:>7.1%}"
    return counted + f"{f'{low:.1%} to {high:.1%}':>18}{without:>10.1%}{len(whole.better):>8}{whole.false_stops:>13}"


def _details(whole: Tally) -> Iterator[str]:
    counts = whole.data()
    yield f"  all cells: {_cells(whole.cells)}"
    yield f"  may be told, by customer: {_nested(counts['by_customer'])}"
    yield f"  may be told, by how the account knows: {_nested(counts['by_account'])}"
    yield "  cell-minutes: " + ", ".join(f"{what} {count}" for what, count in whole.minutes.most_common())
    stops = ", ".join(f"{name} {kind} {count}" for (name, kind), count in whole.stops.most_common())
    yield f"  exceptions that stopped a draft: {stops or 'none'}"
    held_back, blind = whole.versions - whole.released, whole.unscoped
    yield f"  versions not released: {held_back}; versions in which nobody can say what was bought: {blind}"
    yield from (f"  BETTER THAN THE TRUTH: {one}" for one in whole.better)


def _cells(cells: Any) -> str:
    counted = sorted(cells.items(), key=lambda one: (one[0][0] != Standing.COUNTS, -one[1]))
    return "; ".join(f"{standing}: {outcome} {count}" for (standing, outcome), count in counted)


def _nested(counts: dict[str, dict[str, int]]) -> str:
    return "; ".join(f"{name}: " + ", ".join(f"{what} {n}" for what, n in one.items()) for name, one in counts.items())


def data(report: Report) -> dict[str, Any]:
    """Everything as JSON data."""
    runs = {}
    for run in report.runs:
        mine = report.of(run)
        differ = {"messages_changed": changed_messages(report.found, run)} if run in SAME else {}
        each = {one.incident: {"may_be_told": one.tally.counting, "told": one.tally.told} for one in mine}
        runs[run] = summed(mine).data() | {"interval": interval(mine), "by_record": each} | differ
    sample = report.sample
    return {
        "what_counts": WHAT_COUNTS,
        "seed": SEED,
        "commit": commit(),
        "kept": report.kept,
        "records": len(report.records),
        "left_out": report.left_out,
        "sample": {"may_be_told": sample.counting, "told": sample.told, "better_than_primary": sample.better},
        "runs": runs,
        "storm": report.weather.data(),
        "noisy_estate": report.noise.data(),
    }


def commit() -> str:
    """The commit that was measured."""
    run = subprocess.run(["git", "rev-parse", "--short", "HEAD"], capture_output=True, text=True, check=False)  # noqa: S607
    return run.stdout.strip() or "unknown"


if __name__ == "__main__":
    raise SystemExit(main())
