"""The pieces of every view: what they escape, where they cut, and what they say about what does not fit."""

import pytest

from blocks.drawing import (
    FALLBACK,
    MOST_BLOCKS,
    TOTAL,
    button,
    clip,
    clip_escaped,
    confirm,
    drawing,
    lead,
    lines,
    link,
    modal,
    option,
    plain,
    sentence,
    small,
    unescape,
)
from sandbox.blockkit.check import message_problems, total_text, view_problems
from tests.blocks.hostile import HOSTILE, naughty
from tests.blocks.rules import assert_message, assert_text_tells, said
from transforms.publish.message import escape


@pytest.mark.parametrize("make", [plain, small, lead], ids=lambda make: make.__name__)
def test_text_block_bears_hostile_values(make):
    """Whatever a line says, Slack takes it and reads no markup in it."""
    for foreign in HOSTILE:
        assert_message(drawing("text", [make(foreign)]))


@pytest.mark.parametrize("make", [sentence, lambda text: lines(text, [text, text])], ids=["sentence", "lines"])
def test_answer_bears_hostile_and_naughty_values(make):
    """An answer made of foreign words forges nothing, in its blocks and in its text."""
    for foreign in (*HOSTILE, *naughty()):
        if foreign.strip():
            assert_message(make(foreign))


def test_button_bears_hostile_words():
    """Labels, questions and choices of foreign words stay within Slack's limits."""
    for foreign in HOSTILE:
        asked = confirm(foreign, foreign, foreign, foreign)
        row = {"type": "actions", "elements": [button(foreign, "hold_clear", "C0||x|", confirm=asked)]}
        menu = {"type": "multi_static_select", "action_id": "fields", "options": [option(foreign, "status/x")]}
        asking = {"type": "input", "label": {"type": "plain_text", "text": "What"}, "element": menu}
        assert message_problems([row, asking]) == []
        view = modal(foreign, [plain(foreign), asking], callback="hold_form", submit=foreign or "Hold")
        assert view_problems(view) == []


def test_link_is_one_token():
    """An address or words with marks in them cannot end the link early."""
    made = link("a > b | c", "https://x.example/?a=1&b=<2>")["elements"][0]["text"]
    assert made == "<https://x.example/?a=1&amp;b=&lt;2&gt;|a &gt; b | c>"


def test_lead_is_bold_to_its_end():
    """Marks that would end the bold are dropped, line breaks become spaces; other letters stay."""
    assert lead("INC_1042 *x* ~y~ `z`\nnext")["text"]["text"] == "*INC_1042 x y z next*"


def test_drawing_says_what_does_not_fit():
    """Too many blocks or too much text ends in a line that counts what was left out."""
    many = drawing("text", [plain(f"line {n}") for n in range(MOST_BLOCKS + 5)])
    long = drawing("text", [plain("x" * 2900) for _ in range(6)])
    assert [list(said(drawn.blocks))[-1] for drawn in (many, long)] == [
        "… and 6 more parts that do not fit into one message.",
        "… and 2 more parts that do not fit into one message.",
    ]
    assert (len(many.blocks), total_text(list(long.blocks)) <= TOTAL) == (MOST_BLOCKS, True)


def test_view_says_what_does_not_fit():
    """A modal with hundreds of blocks is cut with a line that says so."""
    view = modal("Details", [plain("x" * 2900) for _ in range(300)], callback="details")
    assert view_problems(view) == []
    assert list(said(view["blocks"]))[-1] == "… and 221 more parts that do not fit into one view."


def test_lines_tell_the_same_as_text():
    """Every line is in the text and in the blocks, letter by letter."""
    drawn = lines("Title & more", [f"line {n} <of> many & *more*" for n in range(40)])
    assert_text_tells(drawn)
    assert list(said(drawn.blocks)) == ["Title & more", *(f"line {n} <of> many & more" for n in range(40))]


@pytest.mark.parametrize("length", range(3890, 3912))
def test_text_is_never_cut_inside_an_entity(length):
    """However long a text is, no half of an entity stays at its end."""
    text = clip_escaped(escape("x" * length + "<&>" * 20), FALLBACK)
    assert len(text) <= FALLBACK
    assert unescape(text).rstrip("…").strip("<&>x") == ""


def test_clip_keeps_what_fits():
    """A text at its limit stays whole; one above ends with an ellipsis within the limit."""
    assert (clip("abcde", 5), clip("abcdef", 5)) == ("abcde", "abcd…")


def test_empty_rows_are_no_blocks():
    """A row without buttons is left out, and an empty text becomes a dash, because Slack refuses both."""
    assert (drawing("text", [{}, plain("")]).blocks[0]["text"]["text"], len(drawing("t", [{}]).blocks)) == ("–", 0)
