"""Slack's text markup to a tree of words, and nothing else (docs.slack.dev/messaging/formatting-message-text). Pure.

What a token says is kept apart from how it is shown: `<@U…>` becomes a Mention, and who that is, the reader knows.
Whatever is not understood stays the text that it is. The work grows with the length of the text, even a hostile one.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby
from typing import ClassVar, TypeAlias
from urllib.parse import urlsplit

from sandbox.page.emoji import EMOJI


@dataclass(frozen=True, slots=True)
class Words:
    """Text to be shown letter by letter."""

    text: str
    kind: ClassVar[str] = "words"


@dataclass(frozen=True, slots=True)
class Styled:
    """Parts in one style: `bold`, `italic`, `strike` or `quote`."""

    style: str
    parts: "tuple[Node, ...]"
    kind: ClassVar[str] = "styled"


@dataclass(frozen=True, slots=True)
class Code:
    """Code, in a line or as a block of its own."""

    text: str
    is_block: bool = False
    kind: ClassVar[str] = "code"


@dataclass(frozen=True, slots=True)
class Link:
    """A link to an http or https address."""

    url: str
    label: str
    kind: ClassVar[str] = "link"


@dataclass(frozen=True, slots=True)
class Mention:
    """A `person`, `channel`, `group` or `broadcast` (here, channel, everyone) by its id, with the sender's label."""

    what: str
    id: str
    label: str = ""
    kind: ClassVar[str] = "mention"


@dataclass(frozen=True, slots=True)
class Moment:
    """A time that each reader sees in their own zone; `form` holds Slack's date tokens."""

    at: int
    form: str
    fallback: str
    url: str = ""
    kind: ClassVar[str] = "moment"


Node: TypeAlias = Words | Styled | Code | Link | Mention | Moment


@dataclass(frozen=True, slots=True)
class _Mark:
    """An asterisk, underscore or tilde that may begin or end a style, judged by its neighbours."""

    character: str
    opens: bool
    closes: bool


_Token: TypeAlias = Node | _Mark

STYLES = {"*": "bold", "_": "italic", "~": "strike"}
SCHEMES = frozenset({"http", "https"})
BROADCASTS = frozenset({"here", "channel", "everyone"})

_PREFORMATTED = re.compile(r"```(.+?)```", re.DOTALL)
_QUOTED = re.compile(r"(?:>|&gt;) ?")
_TOKEN = re.compile(
    r"`(?P<code>[^`\n]+)`|<(?P<reference>[^<>\n]+)>|(?P<mark>[*_~])"
    r"|:(?P<emoji>[a-z0-9_+-]{1,60}):|(?P<url>https?://[^\s<>|`*]+)"
)
_PERSON = re.compile(r"@([UW][A-Z0-9]+)")
_CHANNEL = re.compile(r"#([CGD][A-Z0-9]+)")
_GROUP = re.compile(r"!subteam\^(S[A-Z0-9]+)")
_DATE = re.compile(r"!date\^(-?\d{1,12})\^([^^|]+)(?:\^([^|]+))?")
_ENTITY = re.compile(r"&(lt|gt|amp);")
_ENTITIES = {"lt": "<", "gt": ">", "amp": "&"}
_ENDS_A_SENTENCE = ".,;:!?)'\"_~"


def unescape(text: str) -> str:
    """The text without Slack's three entities; nothing else is an entity for Slack."""
    return _ENTITY.sub(lambda found: _ENTITIES[found[1]], text)


def parse(text: str, *, verbatim: bool = False) -> tuple[Node, ...]:
    """The tree of a text. With `verbatim`, addresses that stand there without `<…>` stay text."""
    nodes: list[Node] = []
    end = 0
    for found in _PREFORMATTED.finditer(text):
        nodes += _lines(text[end : found.start()].removesuffix("\n"), verbatim=verbatim)
        nodes.append(Code(unescape(found[1].strip("\n")), is_block=True))
        end = found.end() + text.startswith("\n", found.end())
    return _merged([*nodes, *_lines(text[end:], verbatim=verbatim)])


def _lines(text: str, *, verbatim: bool) -> Iterator[Node]:
    """Styles end with their line; lines that begin with `>` are a quote, a block of its own."""
    quoted: list[Node] = []
    for index, line in enumerate(text.split("\n")):
        found = _QUOTED.match(line)
        if not found and quoted:
            yield Styled("quote", _merged(quoted))
            quoted = []
        elif index and not found:
            yield Words("\n")
        if found:
            quoted += [Words("\n")] if quoted else []
            quoted += _styled(_tokens(line[found.end() :], verbatim=verbatim))
        else:
            yield from _styled(_tokens(line, verbatim=verbatim))
    if quoted:
        yield Styled("quote", _merged(quoted))


def _tokens(line: str, *, verbatim: bool) -> list[_Token]:
    tokens: list[_Token] = []
    end = 0
    for found in _TOKEN.finditer(line):
        tokens += _words(line[end : found.start()])
        tokens += _token(line, found, verbatim=verbatim)
        end = found.end()
    return tokens + list(_words(line[end:]))


def _words(text: str) -> Iterator[Words]:
    if text:
        yield Words(unescape(text))


def _token(line: str, found: re.Match[str], *, verbatim: bool) -> Iterator[_Token]:
    match found.lastgroup:
        case "code":
            yield Code(unescape(found["code"]))
        case "reference":
            yield _reference(found["reference"])
        case "mark":
            yield _mark(line, found.start())
        case "emoji":
            yield Words(EMOJI.get(found["emoji"], found[0]))
        case _ if verbatim:
            yield Words(unescape(found[0]))
        case _:
            yield from _bare_link(found[0])


def _mark(line: str, at: int) -> _Mark:
    before, after = line[at - 1 : at], line[at + 1 : at + 2]
    opens = not before.isalnum() and bool(after.strip()) and after != line[at]
    closes = bool(before.strip()) and not after.isalnum()
    return _Mark(line[at], opens, closes)


def _bare_link(raw: str) -> Iterator[Node]:
    address = raw.rstrip(_ENDS_A_SENTENCE)
    url = unescape(address)
    yield Link(url, url) if is_address(url) else Words(url)
    yield from _words(raw[len(address) :])


def _reference(inside: str) -> Node:
    target, _, label = inside.partition("|")
    words = unescape(label)
    if person := _PERSON.fullmatch(target):
        return Mention("person", person[1], words)
    if channel := _CHANNEL.fullmatch(target):
        return Mention("channel", channel[1], words)
    if group := _GROUP.fullmatch(target):
        return Mention("group", group[1], words)
    if date := _DATE.fullmatch(target):
        return _moment(date, words)
    if target.removeprefix("!") in BROADCASTS and target.startswith("!"):
        return Mention("broadcast", target[1:], words)
    url = unescape(target)
    return Link(url, words or url) if is_address(url) else Words(f"<{unescape(inside)}>")


def _moment(date: re.Match[str], fallback: str) -> Moment:
    url = unescape(date[3] or "")
    return Moment(int(date[1]), unescape(date[2]), fallback, url if is_address(url) else "")


def is_address(url: str) -> bool:
    """Whether a link may lead there: http or https, with a host, and no character that is none of an address."""
    if any(character.isspace() or not character.isprintable() for character in url):
        return False
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    return parts.scheme in SCHEMES and bool(parts.netloc)


def _styled(tokens: list[_Token], active: frozenset[str] = frozenset()) -> list[Node]:
    """Pair the marks. A style does not nest in itself, so the depth is at most three."""
    nodes: list[Node] = []
    hopeless = set(active)
    index = 0
    while index < len(tokens):
        token = tokens[index]
        end = _end(tokens, index, hopeless) if isinstance(token, _Mark) else None
        if not isinstance(token, _Mark):
            nodes.append(token)
        elif end is None:
            nodes.append(Words(token.character))
        else:
            inside = _styled(tokens[index + 1 : end], active | {token.character})
            nodes.append(Styled(STYLES[token.character], _merged(inside)))
            index = end
        index += 1
    return nodes


def _merged(nodes: Iterable[Node]) -> tuple[Node, ...]:
    """Neighbouring words as one, and none that are empty."""
    merged: list[Node] = []
    for is_words, run in groupby(nodes, lambda node: isinstance(node, Words)):
        found = list(run)
        joined = Words("".join(node.text for node in found if isinstance(node, Words)))
        merged += found if not is_words else [joined] if joined.text else []
    return tuple(merged)


def _end(tokens: list[_Token], start: int, hopeless: set[str]) -> int | None:
    """The mark that closes the one at `start`; a search that failed once is not repeated behind it."""
    opening = tokens[start]
    if not isinstance(opening, _Mark) or not opening.opens or opening.character in hopeless:
        return None
    for index in range(start + 2, len(tokens)):
        token = tokens[index]
        if isinstance(token, _Mark) and token.character == opening.character and token.closes:
            return index
    hopeless.add(opening.character)
    return None
