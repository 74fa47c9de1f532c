"""P2: the evasion suite of the benchmarks as a test, and every confusable and every hidden character of Unicode."""

import re
import unicodedata

import pytest

from benchmarks.clean import clean_lines
from benchmarks.disguises import FAMILIES
from benchmarks.evasion import FOUND, HELD, MISSED, false_holds, refused, summary, trials
from benchmarks.planted import CLASSES
from tests.builders import SHARED_DATA
from transforms.publish.message import Message
from transforms.scan.leakscan import scan
from transforms.scan.lexicon import Lexicon

CONFUSABLES = SHARED_DATA / "unicode" / "confusables-13.0.0.txt"
IGNORABLE = (
    *range(0x115F, 0x1161),
    *range(0x17B4, 0x17B6),
    *range(0x180B, 0x1810),
    *range(0x2060, 0x2070),
    *range(0xFE00, 0xFE10),
    *range(0xFFF0, 0xFFF9),
    *range(0x1BCA0, 0x1BCA4),
    *range(0x1D173, 0x1D17B),
    *range(0xE0000, 0xE1000),
    0x34F,
    0x61C,
    0x3164,
    0xFFA0,
)
"""Default_Ignorable_Code_Point of Unicode, assigned or not."""


def stopped(text: str, terms: Lexicon) -> bool:
    """Whether a message that says this is found, or cannot be said in approved wording."""
    return bool(scan(Message(text=f"see {text} now", blocks=()), terms)) or refused(text)


def test_evasion_suite_is_stopped_in_every_family_and_stops_hardly_a_clean_line() -> None:
    """1,480 trials: 98 % found or held, 100 % of the Unicode ones; of 5,000 clean lines at most 1 % stopped."""
    tried = list(trials())
    total = summary(tried, false_holds())
    assert (len(FAMILIES), len(CLASSES), len(tried)) == (37, 8, 1480)
    assert (len(clean_lines()) >= 5000, total.kept) == (True, True), total
    assert {trial.outcome for trial in tried} <= {FOUND, HELD, MISSED}


def test_evasion_disguises_are_disguises() -> None:
    """Nearly every trial writes its term otherwise than it stands; a suite of plain texts would say nothing."""
    disguised = [
        family.disguise(term, number) != term
        for family in FAMILIES
        for terms in CLASSES.values()
        for number, term in enumerate(terms)
    ]
    assert sum(disguised) / len(disguised) > 0.95


def confusables() -> dict[str, set[str]]:
    """What looks like an ASCII letter or digit, or like a few of them: by what it looks like."""
    found: dict[str, set[str]] = {}
    for line in CONFUSABLES.read_text("utf-8-sig").splitlines():
        if row := re.match(r"([0-9A-F]+) ;\t([0-9A-F ]+) ;", line):
            source, target = chr(int(row[1], 16)), "".join(chr(int(code, 16)) for code in row[2].split())
            like = unicodedata.normalize("NFKC", target).casefold()
            if re.fullmatch(r"[a-z0-9]{1,3}", like) and not source.isascii():
                found.setdefault(like, set()).add(source)
    return found


@pytest.mark.skipif(not CONFUSABLES.is_file(), reason="Unicode's table lies beside the repository")
def test_scan_finds_or_refuses_every_confusable() -> None:
    """Each character of Unicode's table in the place of the letters that it looks like, within a name."""
    table = confusables()
    missed = []
    for like, sources in table.items():
        terms = Lexicon.of([f"unit-{like}-7x"])
        missed += [source for source in sources if not stopped(f"unit-{source}-7x", terms)]
    assert sum(map(len, table.values())) > 1300
    assert [f"U+{ord(source):04X}" for source in missed] == []


def test_scan_finds_or_refuses_every_format_and_hidden_character() -> None:
    """Each one between the letters of a name: formats, marks, controls, and what renderers ignore."""
    terms = Lexicon.of(["edge-signer"])
    hidden = {code for code in range(0x110000) if unicodedata.category(chr(code)) in {"Cf", "Mn", "Me", "Cc"}}
    characters = [chr(code) for code in sorted(hidden | set(IGNORABLE))]
    assert len(characters) > 5900
    assert [f"U+{ord(c):04X}" for c in characters if not stopped(c.join("edge-signer"), terms)] == []
