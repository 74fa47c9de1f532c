"""The views of the scan one by one: what each takes away, exactly."""

import base64
import re

import pytest

from tests.transforms.test_leakscan import kinds
from transforms.decodings import decodings
from transforms.leakscan import scan
from transforms.lexicon import Lexicon
from transforms.message import Message
from transforms.secrets import gitleaks_rules, translate
from transforms.views import AROUND, around, changed, classed, folded, lookalike, odd, squeezed, turned, unmarked, words

TERM = "edge-signer"
INDEX = Lexicon.of((TERM,))


def decoded(text: str) -> set[str]:
    """Everything that a text could be decoded to."""
    return set(decodings(text, odd(text)))


@pytest.mark.parametrize(
    ("view", "text", "read"),
    [
        (folded, "Ｅdge\u200b-Si\u0301gner", "edge-signer"),
        (folded, "edge-\nsigner", "edgesigner"),
        (folded, "A\x00b\tC", "ab\tc"),
        (lookalike, "еdgе", "edge"),
        (lookalike, "\U0001f1e6\U0001f150\U0001f170", "aaa"),
        (lookalike, "\U0001f1ff\U0001f169\U0001f189", "zzz"),
        (classed, "i1|!l 0o 3e 4a@ 5s$ 7t+ 8b6 9g 2z rn vv", "lllll oo ee aaa sss ttt bbb gg zz m w"),
        (classed, "é1", "él"),
        (words, "pay_edge,  (pay-edge)\npay.edge", "pay edge pay edge pay edge"),
        (words, "pay·edge_é", "pay edge é"),
        (unmarked, "*e*_dge_ <https://x.y|edge> ~s~ :regional_indicator_e: x", "edge edge s ex"),
        (unmarked, "pay_edge", "pay_edge"),
        (squeezed, "e d-g_e!", "edge"),
        (odd, "plain words c2VjcmV0cw== and (quoted), X9-1 here", "; c2VjcmV0cw== ; X9-1 ;"),
        (odd, " ".join(["plain"] * 40) + " X1", "; X1"),
    ],
)
def test_view_reads(view, text, read) -> None:
    """Each view of a text, in full."""
    assert view(text) == read


def test_turned_views_are_backwards_and_rot13() -> None:
    """The alphabet both ways, in ASCII and beside other letters."""
    assert turned("abc xyz") == ("zyx cba", "nop klm")
    assert turned("é abz") == ("zba é", "é nom")


def test_parts_of_a_text_keep_whole_words() -> None:
    """Around a sign, or around what reads differently, up to the spaces beyond the longest term."""
    far = "far " * AROUND
    assert around(f"{far}c0st$ {far}", ("$",)).count("far") < 2 * (AROUND // 4 + 2)
    assert "c0st$" in around(f"{far}c0st$ {far}", ("$", "!"))
    assert around(f"one! {'x' * 300} two", ("!",)) == f"one! {'x' * 300} "
    assert around("nothing here", ("$",)) == ""
    assert changed("same", "same") == ""
    assert changed(f"{far}edge {far}", f"{far}EDGE {far}").strip().startswith("far")
    assert "EDGE" in changed(f"{far}edge {far}", f"{far}EDGE {far}")


@pytest.mark.parametrize(
    "text",
    [
        "xn--edge-signer-",
        "&#101;dge-signer",
        "%65dge-signer",
        "=65dge-signer",
        r"\x65dge-signer",
        r"\u0065dge-signer",
        r"\145dge-signer",
        "edge-U+0073igner",
        TERM.encode().hex(),
        " ".join(str(ord(c)) for c in TERM),
        " ".join(f"{ord(c):08b}" for c in TERM),
        base64.b64encode(TERM.encode()).decode(),
        base64.b32encode(TERM.encode()).decode(),
        base64.b64encode(base64.b64encode(TERM.encode())).decode(),
        base64.b64encode(TERM.encode().hex().encode()).decode(),
        "".join(chr(0xE0000 + ord(c)) for c in TERM),
    ],
)
def test_decodings_read_what_a_reader_could_decode(text) -> None:
    """Each way to write a name otherwise, and one inside another."""
    assert any(TERM in reading.lower() for reading in decoded(text)), decoded(text)
    assert "withheld term" in {found.kind for found in scan(Message(text=f"see {text} there", blocks=()), INDEX)}


def test_third_layer_is_not_decoded() -> None:
    """Two layers are what a person undoes; the third ends the work."""
    text = TERM
    for _ in range(3):
        text = base64.b64encode(text.encode()).decode()
    assert not any(TERM in reading for reading in decoded(text))


@pytest.mark.parametrize("value", ["10ffff", "110000", "d800", "dfff", "ffffffff"])
def test_escapes_beyond_unicode_are_left_out(value) -> None:
    """An escape of no character ends nothing."""
    assert not any("\ud800" <= c <= "\udfff" for reading in decoded(rf"\U{value:0>8} edge") for c in reading)


@pytest.mark.parametrize("key", ["alt_text", "text", "type_of", "url", "value", "verbatim", "zz"])
def test_scan_reads_every_string_of_a_block_whatever_its_key(key) -> None:
    """Slack may show any of them, today or tomorrow; only the type of a block is no text."""
    hidden = Message(text="all is well", blocks=({"type": "section", "block_id": "b", "x": [{key: f"see {TERM}"}]},))
    assert kinds(hidden, INDEX) == {"withheld term"}


@pytest.mark.parametrize(
    ("pattern", "text", "found"),
    [
        (r"a(?i)b", "aB", True),
        (r"a(?i)b", "AB", False),
        (r"(?:x(?i)y)z", "xYz", True),
        (r"(?:x(?i)y)z", "xYZ", False),
        (r"[(](?i)b", "(B", True),
        (r"[)](?i)b[(]c", ")B(C", True),
        (r"\((?i)b\)c", "(B)C", True),
        (r"(a)(?i)b|c", "aB", True),
        (r"[[:alnum:]]+\z", "ab1", True),
        (r"[[:alnum:]]+\z", "ab1\n", False),
    ],
)
def test_rules_of_re2_mean_the_same_here(pattern, text, found) -> None:
    """Flags hold from where they stand to the end of their group, and brackets in classes open no group."""
    assert bool(re.compile(translate(pattern)).match(text)) == found
    rules = gitleaks_rules(f"[[rules]]\nid = 'r'\nregex = '''{pattern}'''\n")
    assert bool([*rules.find(f"{text}")]) == bool(re.search(translate(pattern), text))
