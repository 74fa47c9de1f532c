"""The views of the scan one by one: what each takes away, exactly."""

import re
import shutil
import subprocess
import sys
import unicodedata
from string import ascii_lowercase

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tests.builders import REPOSITORY, SHARED_DATA
from tests.transforms.scan.test_leakscan import kinds
from transforms.publish.message import Message
from transforms.scan.confusables import LOOKALIKES, UNICODE
from transforms.scan.lexicon import Lexicon
from transforms.scan.views import (
    AROUND,
    around,
    changed,
    compact,
    fold_classes,
    folded,
    has_single_letters,
    lookalike,
    reversed_and_rot13,
    signs_as_letters,
    strip_hidden,
    suspicious_tokens,
    unmarked,
    words,
)

TERM = "edge-signer"
INDEX = Lexicon.of((TERM,))


@pytest.mark.parametrize(
    ("view", "text", "read"),
    [
        (folded, "Ｅdge\u200b-Si\u0301gner", "edge-signer"),
        (folded, "edge-\nsigner", "edgesigner"),
        (folded, "A\x00b\tC\x7f\x1fd", "ab\tcd"),
        (lookalike, "еdgе", "edge"),
        (lookalike, "\U0001f1e6\U0001f150\U0001f170", "aaa"),
        (lookalike, "\U0001f1ff\U0001f169\U0001f189", "zzz"),
        (fold_classes, "i1|!l 0o 3e 4a@ 5s$ 7t+ 8b6 9g 2z rn vv", "lllll oo ee aaa sss ttt bbb gg zz m w"),
        (fold_classes, "é1", "él"),
        (words, "pay_edge,  (pay-edge)\npay.edge", "pay edge pay edge pay edge"),
        (words, "pay·edge_é", "pay edge é"),
        (unmarked, "*e*_dge_ <https://x.y|edge> ~s~ :regional_indicator_e: x", "edge edge s e x"),
        (unmarked, "pay_edge", "pay_edge"),
        (compact, "e d-g_e!", "edge"),
        (suspicious_tokens, "plain words c2VjcmV0cw== and (quoted), X9-1 here", "; c2VjcmV0cw== ; X9-1 ;"),
        (suspicious_tokens, " ".join(["plain"] * 40) + " X1", "; X1"),
    ],
)
def test_view_reads(view, text, read) -> None:
    """Each view of a text, in full."""
    assert view(text) == read


def test_turned_views_are_backwards_and_rot13() -> None:
    """The alphabet both ways, in ASCII and beside other letters."""
    assert reversed_and_rot13("abc xyz") == ("zyx cba", "nop klm")
    assert reversed_and_rot13("é abz") == ("zba é", "é nom")
    assert reversed_and_rot13("`{é") == ("é{`", "`{é")
    assert reversed_and_rot13("`{") == ("{`", "`{")


def whole_words(text: str, start: int, end: int) -> str:
    """By hand: the characters from start to end, and those up to the space before and behind them."""
    start, end = max(0, start), min(end, len(text))
    while start > 0 and text[start - 1] != " ":
        start -= 1
    while end < len(text) and text[end] != " ":
        end += 1
    return text[start : end + 1]


def shared(one: str, other: str) -> int:
    """How many characters both begin with, one after the other."""
    return next((n for n, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))


LONG_TEXTS = st.lists(st.sampled_from(["far", "c0st", "w" * 40, "x" * 130, ""]), max_size=60).map(" ".join)


@given(
    LONG_TEXTS, st.sampled_from(["", "$", "a$", "!b"]), LONG_TEXTS, st.sampled_from(["", " x!", "$", " "]), LONG_TEXTS
)
def test_part_around_signs_is_from_the_first_to_the_last(before, first, between, last, after) -> None:
    """With the longest term on either side, and whole words; nothing without a sign."""
    text = before + first + between + last + after
    places = [place for place, c in enumerate(text) if c in "$!"]
    expected = whole_words(text, places[0] - AROUND, places[-1] + AROUND) if places else ""
    assert around(text, ("!", "$")) == expected


@given(LONG_TEXTS, st.text("ab ", max_size=30), st.text("ab ", max_size=30), LONG_TEXTS)
@example("w " * 400, "", "w " * 100, "z " * 400)
def test_part_that_reads_differently_is_all_that_differs(before, one, other, after) -> None:
    """From the first difference to the last, with the longest term on either side, and whole words."""
    text, reading = before + one + after, before + other + after
    same = shared(text, reading)
    tail = min(shared(text[::-1], reading[::-1]), min(len(text), len(reading)) - same)
    expected = whole_words(reading, same - AROUND, len(reading) - tail + AROUND) if text != reading else ""
    assert changed(text, reading) == expected


@pytest.mark.parametrize(
    ("text", "holds"),
    [
        ("a b c", True),
        ("see a b c now", True),
        ("a b", False),
        ("ab c d", False),
        ("1 2 3", True),
        ("é", True),
        ("", False),
    ],
)
def test_single_letters_after_one_another_are_seen(text, holds) -> None:
    """Three make a word that is spelled out; beyond ASCII it is always looked for."""
    assert has_single_letters(text) == holds


@pytest.mark.parametrize(
    ("text", "read"),
    [("c3r7!f!ca73", "certlflcate"), ("pay c0st$ now", "pay costs now"), ("plain c0st", ""), ("a|b", "alb")],
)
def test_signs_are_read_as_letters_only_where_there_are_any(text, read) -> None:
    """`!`, `|`, `@`, `$` and `+` may stand for letters; numbers alone are read elsewhere."""
    assert signs_as_letters(text) == read


@pytest.mark.parametrize(
    ("text", "read"), [("PAY-٣٣१", "PAY-331"), ("aーb一c", "a-b-c"), ("ＡＢ", "AB"), ("É\x00", "E")]
)
def test_bare_text_keeps_its_case(text, read) -> None:
    """Digits of any script are ours, letters that are strokes are dashes, marks and controls are gone."""
    assert strip_hidden(text) == read


CONFUSABLES = SHARED_DATA / "unicode" / f"confusables-{UNICODE}.txt"


@pytest.mark.skipif(not CONFUSABLES.exists(), reason="Unicode's data file is not beside the project")
def test_table_of_lookalikes_is_that_of_the_unicode_version_that_it_names(tmp_path) -> None:
    """What tools/make-confusables makes of Unicode's own file is what ships, to the byte."""
    (tmp_path / "tools").mkdir()
    (tmp_path / "transforms" / "scan").mkdir(parents=True)
    tool = shutil.copy(REPOSITORY / "tools" / "make-confusables", tmp_path / "tools")
    subprocess.run([sys.executable, tool, CONFUSABLES], check=True)
    shipped = REPOSITORY / "transforms" / "scan" / "confusables.json"
    assert (tmp_path / "transforms" / "scan" / "confusables.json").read_bytes() == shipped.read_bytes()


def test_table_of_lookalikes_names_its_unicode_version() -> None:
    """A table without its version cannot be compared with a newer one."""
    assert re.fullmatch(r"\d+\.\d+\.\d+", UNICODE)
    assert {like for like in LOOKALIKES if not re.fullmatch("[a-z0-9]{1,3}", like)} == set()


NAMED_AFTER = re.compile(r"LATIN (?!.*WITH SMALL)[A-Z ]*LETTER (?:[A-Z-]{2,} )*([A-Z])(?: WITH .*)?")
DRAWN_OTHERWISE = {"\u019c": "w", "\u026f": "w", "\u01b2": "u", "\u028b": "u", "\u1d8c": "y", "\u1e9d": "f"}
DRAWN_OTHERWISE |= {"\u025c": "3", "\ua7ab": "3"}
"""Unicode's confusables say what these look like: a turned m, a v with a hook, an open e."""


def test_every_latin_letter_reads_as_the_one_it_is_named_after() -> None:
    """Small capitals, turned and open ones, with strokes, hooks and accents, in all of Unicode."""
    letters = [(chr(code), NAMED_AFTER.fullmatch(unicodedata.name(chr(code), ""))) for code in range(0x80, 0x110000)]
    named = {letter: found[1].lower() for letter, found in letters if found}
    assert len(named) > 900
    read = {letter: lookalike(folded(letter)) for letter in named}
    assert {x: read[x] for x in named if not read[x].startswith(named[x])} == DRAWN_OTHERWISE


def test_every_letter_of_other_alphabets_of_letters_reads_as_itself() -> None:
    """Circled, squared, regional, wide and mathematical letters; each of the 26, in small and in capitals."""
    for first in (0x1F1E6, 0x1F150, 0x1F170, 0x1F130, 0x24B6, 0x24D0, 0xFF21, 0xFF41, 0x1D400, 0x1D5D4):
        read = "".join(lookalike(folded(chr(first + place))) for place in range(26))
        assert read == ascii_lowercase, hex(first)


@pytest.mark.parametrize(
    ("text", "seen"),
    [
        ("<https://x.y|edge>-signer", "edge-signer"),
        ("<@U0SAM> edge", "@U0SAM edge"),
        ("<!date^1^{date}^x|edge>", "edge"),
        ("e~d~g`e`", "edge"),
        ("_edge_", "edge"),
        ("pay_edge _x", "payedge x"),
        ("a_b _", "ab "),
        ("a_b_c", "a_b_c"),
        (":regional_indicator_e: :regionalindicatord:g", "edg"),
        ("a < b > c", "a  b  c"),
        (":alphabet-white-e::alphabet-yellow-d: :one::zero:", "ed10"),
        (":nine: lives", "9 lives"),
        ("\x1b[31medge[0m-[1;32msigner [a] [1] [12]", "edge-signer [a]  "),
    ],
)
def test_markup_is_read_as_slack_shows_it(text, seen) -> None:
    """Links and dates by their labels, emphasis gone, an underscore inside of a word kept by itself."""
    assert unmarked(text) == seen


@pytest.mark.parametrize("key", ["alt_text", "text", "type_of", "url", "value", "verbatim", "zz"])
def test_scan_reads_every_string_of_a_block_whatever_its_key(key) -> None:
    """Slack may show any of them, today or tomorrow; only the type of a block is no text."""
    hidden = Message(text="all is well", blocks=({"type": "section", "block_id": "b", "x": [{key: f"see {TERM}"}]},))
    assert kinds(hidden, INDEX) == {"withheld term"}
