"""Slack's text markup: what it means, what stays text, and that hostile text costs no more than other text."""

import json
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sandbox.page.mrkdwn import Code, Link, Mention, Moment, Styled, Words, is_address, parse, unescape

NAUGHTY = Path(__file__).parents[3] / "shared" / "data" / "blns" / "blns.json"

MEANT = {
    "*bold*": (Styled("bold", (Words("bold"),)),),
    "_it_ and ~st~": (Styled("italic", (Words("it"),)), Words(" and "), Styled("strike", (Words("st"),))),
    "*a _b_ c*": (Styled("bold", (Words("a "), Styled("italic", (Words("b"),)), Words(" c"))),),
    "`*code*`": (Code("*code*"),),
    "a\n```\n*x*\n```\nb": (Words("a"), Code("*x*", is_block=True), Words("b")),
    "<https://a.b/c?d=1&amp;e=2|see *it*>": (Link("https://a.b/c?d=1&e=2", "see *it*"),),
    "<http://a.b>": (Link("http://a.b", "http://a.b"),),
    "*<https://a.b|x>*": (Styled("bold", (Link("https://a.b", "x"),)),),
    "<@U0KIM> <@W0KIM|kim>": (Mention("person", "U0KIM"), Words(" "), Mention("person", "W0KIM", "kim")),
    "<#C0ACME|x>": (Mention("channel", "C0ACME", "x"),),
    "<!subteam^S0SEC|@sec>": (Mention("group", "S0SEC", "@sec"),),
    "<!here> <!channel|@channel>": (
        Mention("broadcast", "here"),
        Words(" "),
        Mention("broadcast", "channel", "@channel"),
    ),
    "<!date^5^{time} &amp; on|fb>": (Moment(5, "{time} & on", "fb"),),
    "<!date^5^{time}^https://a.b|fb>": (Moment(5, "{time}", "fb", "https://a.b"),),
    "<!date^5^{time}^javascript:x|fb>": (Moment(5, "{time}", "fb", ""),),
    "&gt; a\n> b\nc": (Styled("quote", (Words("a\nb"),)), Words("c")),
    "a\nb": (Words("a\nb"),),
    ":warning: :nothing_known:": (Words("⚠️ :nothing_known:"),),
    "see https://a.b/c_d, or": (Words("see "), Link("https://a.b/c_d", "https://a.b/c_d"), Words(", or")),
}
LITERAL = {
    "snake_case_name": "snake_case_name",
    "2*3*4": "2*3*4",
    "* not bold *": "* not bold *",
    "*": "*",
    "**": "**",
    "*over\nlines*": "*over\nlines*",
    "`": "`",
    "&lt;@U0KIM&gt;": "<@U0KIM>",
    "&amp;lt;b&amp;gt;": "&lt;b&gt;",
    "&quot;&#60;": "&quot;&#60;",
    "<javascript:alert(1)|click>": "<javascript:alert(1)|click>",
    "<JaVaScRiPt:alert(1)>": "<JaVaScRiPt:alert(1)>",
    "<data:text/html,x|y>": "<data:text/html,x|y>",
    "<mailto:a@b.c|mail>": "<mailto:a@b.c|mail>",
    "<//evil.example|y>": "<//evil.example|y>",
    "<https:evil|y>": "<https:evil|y>",
    "<https://a b|y>": "<https://a b|y>",
    "<http://[|y>": "<http://[|y>",
    "<script>alert(1)</script>": "<script>alert(1)</script>",
    "<!unknown>": "<!unknown>",
    "<@kim>": "<@kim>",
    "<#general>": "<#general>",
    "<>": "<>",
    "< https://a.b>": "< https://a.b>",
}
HOSTILE = (
    "*",
    "*a ",
    "<",
    "`",
    "```",
    "*_~",
    "*a_b~ ",
    " *a* _b_",
    "> \n",
    "https://",
    ":a:",
    "<@U0",
    "&gt;",
    "\n",
    "~_*x*_~ ",
)


@pytest.mark.parametrize("text", MEANT)
def test_markup_means_what_slack_means(text):
    """Every form that the bot or a person may send becomes its node."""
    assert parse(text) == MEANT[text]


@pytest.mark.parametrize("text", LITERAL)
def test_what_is_no_markup_stays_text(text):
    """Forged tags, other schemes, marks inside words: shown letter by letter."""
    assert parse(text) == (Words(LITERAL[text]),)


def test_verbatim_leaves_bare_addresses_alone():
    """Only `<…>` is a link then; the rest of the markup still works."""
    assert parse("https://a.b *x*", verbatim=True) == (Words("https://a.b "), Styled("bold", (Words("x"),)))
    assert parse("<https://a.b>", verbatim=True) == (Link("https://a.b", "https://a.b"),)


@pytest.mark.parametrize("piece", HOSTILE)
def test_hostile_text_is_parsed_in_no_time(piece):
    """A long text made of nothing but openings: what grows with the square would take a minute."""
    text = (piece * 20_000)[:20_000]
    began = time.thread_time()
    parse(text)
    assert time.thread_time() - began < 3


def spoken(nodes):
    """All words of a tree, and the kinds of things in it."""
    for node in nodes:
        match node:
            case Styled(parts=parts):
                yield from spoken(parts)
            case Words(text=text) | Code(text=text):
                yield text
            case Link(url=url):
                assert is_address(url)
                yield url
            case _:
                yield ""


@given(st.text(alphabet="ab *_~`<>|@#!&;:/.\n\\ht psU0C^{}", max_size=60))
def test_any_text_gives_a_tree(text):
    """Nothing breaks it, and only addresses become links."""
    assert all(isinstance(words, str) for words in spoken(parse(text)))


@given(st.text(max_size=80))
def test_escaped_text_is_shown_as_it_was(text):
    """What was escaped as Slack asks, and holds no marks, reads as before."""
    plain = text.translate({ord(mark): "." for mark in "*_~`:\r"}).replace("http", "").lstrip(">").replace("\n>", "\n")
    escaped = plain.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    assert "".join(spoken(parse(escaped))) == plain
    assert unescape(escaped) == plain


@pytest.mark.skipif(not NAUGHTY.exists(), reason="the list of naughty strings is not beside this checkout")
def test_naughty_strings_stay_text():
    """The big list of naughty strings: no tree has a link to anything but http and https."""
    for text in json.loads(NAUGHTY.read_text(encoding="utf-8")):
        assert all(isinstance(words, str) for words in spoken(parse(text))), text
