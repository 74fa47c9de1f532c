"""The evasion suite: 37 families of disguise × 8 classes of withheld terms × 5, and what is found, held, or missed.

`make evasion` prints the table, `--json` the same as JSON. Each trial is a real message in which one term of a real
evidence stands in disguise, in one of its places, and goes through the real scan; what the scan misses counts as held
where `SafeText` refuses the characters, because then it cannot have come from approved wording. The same scan then
reads thousands of clean lines.
"""

import argparse
import subprocess
from collections import Counter
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from functools import cache
from typing import Final

import orjson
from pydantic import TypeAdapter, ValidationError

from benchmarks.clean import clean_lines
from benchmarks.disguises import FAMILIES, Family
from benchmarks.planted import CLASSES, planted_lexicon
from profiles.safetext import SafeText
from tests.transforms.dossiers import make_acknowledgement
from transforms.publish.message import Message, section
from transforms.scan.leakscan import scan

LEAST_FOUND: Final = 0.98
MOST_FALSE: Final = 0.01
FOUND, HELD, MISSED = "found", "held", "missed"
OUTCOMES: Final = (FOUND, HELD, MISSED)
_SAFE: Final = TypeAdapter(SafeText)


@dataclass(frozen=True)
class Trial:
    """One term in one disguise, and what became of it."""

    family: str
    unicode: bool
    kind: str
    term: str
    disguised: str
    outcome: str


@dataclass(frozen=True)
class Summary:
    """The totals, as a machine reads them. `stopped` is the share that was found or held."""

    trials: int
    found: int
    held: int
    missed: int
    stopped: float
    unicode_trials: int
    unicode_stopped: float
    clean_lines: int
    false_holds: int
    false_share: float
    commit: str

    @property
    def kept(self) -> bool:
        """Whether what the reference asks for is kept."""
        return self.stopped >= LEAST_FOUND and self.unicode_stopped == 1 and self.false_share <= MOST_FALSE


def trials() -> Iterator[Trial]:
    """Every family with every class and term."""
    for family in FAMILIES:
        for kind, terms in CLASSES.items():
            for number, term in enumerate(terms):
                yield _tried(family, kind, term, number)


def _tried(family: Family, kind: str, term: str, number: int) -> Trial:
    disguised = family.disguise(term, number)
    message = with_text(f"Acme Corp: see {disguised} now.", number)
    outcome = FOUND if scan(message, planted_lexicon()) else HELD if refused(disguised) else MISSED
    return Trial(family.name, family.unicode, kind, term, disguised, outcome)


def with_text(text: str, place: int) -> Message:
    """A real acknowledgement with this text more: in its text, a section, a context, an alternative text, or both."""
    message = _clean_message()
    extra = {
        1: section("bridge-x", text),
        2: {"type": "context", "block_id": "bridge-x", "elements": [{"type": "mrkdwn", "text": text}]},
        3: {"type": "image", "block_id": "bridge-x", "image_url": "", "alt_text": text},
        4: section("bridge-x", text),
    }.get(place % 5)
    shown = f"{message.text}\n\n{text}" if place % 5 in {0, 4} else message.text
    return Message(text=shown, blocks=(*message.blocks, extra) if extra else message.blocks)


@cache
def _clean_message() -> Message:
    message = make_acknowledgement().message
    assert not scan(message, planted_lexicon()), "the message is not clean before anything is planted"
    return message


def refused(text: str) -> bool:
    """Whether the outward list of code points refuses the text."""
    try:
        _SAFE.validate_json(orjson.dumps(text))
    except ValidationError:
        return True
    return False


def false_holds() -> tuple[str, ...]:
    """The clean lines that the scan stops."""
    return tuple(
        line
        for line in clean_lines()
        if scan(Message(text=line, blocks=(section("bridge-x", line),)), planted_lexicon())
    )


def summary(tried: list[Trial], stopped: tuple[str, ...]) -> Summary:
    """The totals of all trials and clean lines."""
    outcomes = Counter(trial.outcome for trial in tried)
    hidden = [trial for trial in tried if trial.unicode]
    lines = len(clean_lines())
    return Summary(
        trials=len(tried),
        found=outcomes[FOUND],
        held=outcomes[HELD],
        missed=outcomes[MISSED],
        stopped=1 - outcomes[MISSED] / len(tried),
        unicode_trials=len(hidden),
        unicode_stopped=sum(trial.outcome != MISSED for trial in hidden) / len(hidden),
        clean_lines=lines,
        false_holds=len(stopped),
        false_share=len(stopped) / lines,
        commit=_commit(),
    )


def _commit() -> str:
    run = subprocess.run(["git", "rev-parse", "--short", "HEAD"], capture_output=True, text=True, check=False)  # noqa: S607
    return run.stdout.strip() or "unknown"


def table(tried: list[Trial]) -> Iterator[str]:
    """One line for each family: stopped of tried for each class, then found, held and missed."""
    kinds = list(CLASSES)
    yield f"{'family':42}" + "".join(f"{kind[:9]:>10}" for kind in kinds) + "".join(f"{o:>8}" for o in OUTCOMES)
    for family in FAMILIES:
        mine = [trial for trial in tried if trial.family == family.name]
        cells = [[trial.outcome != MISSED for trial in mine if trial.kind == kind] for kind in kinds]
        totals = [sum(trial.outcome == outcome for trial in mine) for outcome in OUTCOMES]
        shown = "".join(f"{f'{sum(cell)}/{len(cell)}':>10}" for cell in cells) + "".join(f"{n:>8}" for n in totals)
        yield f"{family.name + (' (Unicode)' if family.unicode else ''):42}" + shown


def main() -> int:
    """Print the table or JSON; 1 where what the reference asks for is not kept."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true", help="print JSON instead of the table")
    as_json = parser.parse_args().json
    tried, stopped = list(trials()), false_holds()
    total = summary(tried, stopped)
    if as_json:
        data = {"summary": asdict(total), "trials": [asdict(t) for t in tried], "false_holds": stopped}
        print(orjson.dumps(data, option=orjson.OPT_INDENT_2).decode())
    else:
        print("\n".join(table(tried)))
        print("\n".join(f"missed: {t.family}: {t.term} as {t.disguised!a}" for t in tried if t.outcome == MISSED))
        print("\n".join(f"false hold: {line}" for line in stopped))
        print("\n".join(f"{name.replace('_', ' ')}: {value}" for name, value in asdict(total).items()))
    return 0 if total.kept else 1


if __name__ == "__main__":
    raise SystemExit(main())
