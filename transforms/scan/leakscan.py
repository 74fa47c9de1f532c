"""The second net: a scan of the final bytes for anything that was withheld, and for language that must never leave.

The scan alters nothing. What it finds becomes a blocking register entry that says where and why, without the term
(promise P2, P10). The first net is the type `SafeText`. A scan that fails is itself a finding, never silence.
"""

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import Any, Final, NamedTuple

import ahocorasick_rs

from profiles.models import Profile
from transforms.model.canonical import strings
from transforms.publish.message import Message
from transforms.scan.decodings import decodings
from transforms.scan.lexicon import Lexicon
from transforms.scan.listed import listed
from transforms.scan.secrets import OWN, Rules
from transforms.scan.spellings import spellings
from transforms.scan.views import (
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

SHORTEST_SQUEEZED: Final = 8
"""Shorter terms without their punctuation are parts of other words too often; they must begin and end with words."""

SHORTEST_JOINED: Final = 4

LARGEST_MESSAGE: Final = 60_000
"""Characters beyond which a message is no message, and is not scanned but refused."""

TYPES: Final = frozenset({"type"})
IDS: Final = TYPES | {"block_id"}
"""Keys under which nothing stands that a customer reads."""

OWN_RULES: Final = Rules(OWN)
NO_RULES: Final = Rules(())


class Suspicion(NamedTuple):
    """One finding: where in the message, what kind of thing, the term for the evidence that a waiver binds, and why."""

    where: str
    kind: str
    term: str
    why: str = ""


def scan(message: Message, terms: Lexicon, more: Rules = NO_RULES) -> tuple[Suspicion, ...]:
    """Every withheld term and every secret or personal datum in any string of the message, or why it cannot be said.

    `more` are rules beside our own, which may tell capitals from small letters.
    """
    if sum(len(text) for _, text in leaves(message)) > LARGEST_MESSAGE:
        return (Suspicion(where="message", kind="text too large to scan", term="too-large"),)
    try:
        # Most are seen in several views.
        return tuple(dict.fromkeys(_scanned(message, terms, more)))
    except Exception as problem:  # noqa: BLE001 -- whatever failed, nobody has looked: that must stop the release
        return (Suspicion(where="message", kind="text that could not be scanned", term=type(problem).__name__),)


def _scanned(message: Message, terms: Lexicon, more: Rules) -> Iterator[Suspicion]:
    index = _index(terms.terms)
    for where, text in leaves(message):
        for reading, rest in _readings(text):
            plain = folded(reading)
            yield from (_withheld(where, term, terms) for term in index.find(plain))
            yield from (Suspicion(where, kind, value) for kind, value in OWN_RULES.find(plain, folded(rest)))
            if more:
                yield from (Suspicion(where, kind, value) for kind, value in more.find(strip_hidden(reading), rest))
    # What is cut into pieces over blocks is whole again here.
    whole = " ".join(text for block in message.blocks for text in strings(block, IDS))
    for term in index.find_squeezed(words(lookalike(folded(whole)))) if whole else ():
        yield _withheld("blocks", term, terms)


def _withheld(where: str, term: str, terms: Lexicon) -> Suspicion:
    return Suspicion(where, "withheld term", term, terms.origins[term])


def _readings(text: str) -> Iterator[tuple[str, str]]:
    """Each way of reading a text, and what is odd in it."""
    rest = suspicious_tokens(text)
    yield text, rest
    others = (*(() if text.isascii() else (changed(text, lookalike(text)),)), changed(text, unmarked(text)))
    for other in dict.fromkeys((*others, *decodings(text, rest))):
        if other:
            yield other, suspicious_tokens(other)


def commitments(message: Message, profile: Profile) -> tuple[Suspicion, ...]:
    """Every phrase that would promise, explain or blame in any language of the profile, and every phrase it forbids.

    A text is searched for the words of all languages, whichever it is written in (promise P10).
    """
    never = frozenset(folded(row.words) for row in profile.never)
    return tuple(
        Suspicion(where=where, kind="commitment", term=term)
        for where, text in leaves(message)
        for term in _promising(text, profile.committing, never)
    )


def _promising(text: str, committing: tuple[str, ...], never: frozenset[str]) -> Iterator[str]:
    yield from listed(text, committing)
    if never:
        yield from _index(never).find(folded(unmarked(text)))


def leaves(message: Message) -> Iterator[tuple[str, str]]:
    """Every string that leaves, with its place: the text, and whatever stands under any key of any block."""
    yield "text", message.text
    for block in message.blocks:
        place = str(block.get("block_id", "block"))
        yield from ((place, text) for text in strings(block, TYPES))


_EDGES: Final = (b"", b" ")


def _automaton(terms: list[str]) -> Any:
    """Over bytes, which needs no map from bytes to characters; a match of UTF-8 begins and ends with characters."""
    return ahocorasick_rs.BytesAhoCorasick([term.encode() for term in terms])


class _Index:
    """Terms as automata: word by word at boundaries, squeezed for the longer ones, and as letters spelled out."""

    def __init__(self, terms: frozenset[str]) -> None:
        found = [(term, _shapes(term)) for term in sorted(terms)]
        # What stands itself among the terms comes last, and so is told as itself.
        ranked = [(shapes[rank], term) for rank in range(_RANKS) for term, shapes in found]
        self._by_words = {shape: term for shapes, term in ranked for shape in shapes.words}
        self._by_squeezed = {shape: term for shapes, term in ranked for shape in shapes.squeezed}
        self._by_joined = {shape: term for shapes, term in ranked for shape in shapes.joined}
        self._spelled = {_whole(term): term for term, _ in found}
        self._words, self._squeezed = list(self._by_words), list(self._by_squeezed)
        self._joined = list(self._by_joined)
        self._words_search, self._squeezed_search, self._joined_search = map(
            _automaton, (self._words, self._squeezed, self._joined)
        )

    def find(self, plain: str) -> Iterator[str]:
        """The terms in a folded text, in every view."""
        looks = lookalike(plain)
        view = words(looks)
        classes = fold_classes(view)
        for reading in filter(None, (view, classes, signs_as_letters(looks))):
            yield from self._find_words(reading)
        yield from self._find_spelled(view)
        yield from self._find_joined(view)
        yield from self._find_squeezed(classes)

    def _find_words(self, text: str) -> Iterator[str]:
        data = text.encode()
        for index, start, end in self._words_search.find_matches_as_indexes(data, overlapping=True):
            if data[start - 1 : start] in _EDGES and data[end : end + 1] in _EDGES:
                yield self._by_words[self._words[index]]

    def find_squeezed(self, view: str) -> Iterator[str]:
        """The longer terms without their punctuation, forwards, backwards and in ROT13."""
        yield from self._find_squeezed(fold_classes(view))

    def _find_squeezed(self, classes: str) -> Iterator[str]:
        shape = classes.encode().translate(None, b" ")
        for index, _, _ in self._squeezed_search.find_matches_as_indexes(shape, overlapping=True):
            yield self._by_squeezed[self._squeezed[index]]

    def _find_joined(self, view: str) -> Iterator[str]:
        """The shorter ones that are no plain word, cut in other places: `in c 1042`; they begin and end with words."""
        matches = self._joined_search.find_matches_as_indexes(view.encode().translate(None, b" "), overlapping=True)
        for shape in dict.fromkeys(self._joined[index] for index, _, _ in matches):
            if re.search(rf"(?<![^ ]){' ?'.join(shape)}(?![^ ])", view):
                yield self._by_joined[shape]

    def _find_spelled(self, view: str) -> Iterator[str]:
        """Letters one by one, `s g n - 0 7`: a whole run is a term, or holds one of the longer ones."""
        if not has_single_letters(view):
            return
        for run in _SPELLED.finditer(view):
            shape = fold_classes(run[0].replace(" ", ""))
            if shape in self._spelled:
                yield self._spelled[shape]


def _joined(term: str) -> str:
    """A shorter term of several parts, or with digits, without what stands between them; else nothing."""
    view = words(lookalike(term))
    shape = view.replace(" ", "")
    several = " " in view or any(c.isdigit() for c in shape)
    return shape if several and SHORTEST_JOINED <= len(shape) < SHORTEST_SQUEEZED else ""


_SPELLED: Final = re.compile(r"(?<![^ ])[^ ](?: [^ ]){2,}(?![^ ])")


_RANKS: Final = 3
"""A term turned, spelled otherwise, and as it stands."""

MOST_SHAPES: Final = 16_384


class _Shapes(NamedTuple):
    """What is looked for of one form of a term: in words, squeezed when it is long, joined when it is short."""

    words: tuple[str, ...]
    squeezed: tuple[str, ...]
    joined: tuple[str, ...]


@lru_cache(maxsize=MOST_SHAPES)
def _shapes(term: str) -> tuple[_Shapes, ...]:
    """Those of a term by rank; remembered, because the next export withholds nearly the same terms."""
    # A name backwards or in ROT13 is looked for as such in the text as it stands: one pass instead of three.
    backwards = [other for view in _views_of(term) for other in reversed_and_rot13(words(view))]
    return _Shapes(tuple(backwards), _long(backwards), ()), _shaped([*spellings(term)]), _shaped([term])


def _shaped(forms: list[str]) -> _Shapes:
    seen = tuple(words(view) for form in forms for view in _views_of(form))
    return _Shapes(seen, _long(forms), tuple(filter(None, map(_joined, forms))))


def _long(forms: list[str]) -> tuple[str, ...]:
    return tuple(shape for shape in map(_whole, forms) if len(shape) >= SHORTEST_SQUEEZED)


def _whole(form: str) -> str:
    """Classes of letters and digits alone."""
    return compact(fold_classes(words(lookalike(form))))


def _views_of(term: str) -> Iterable[str]:
    looks = lookalike(term)
    return dict.fromkeys((term, looks, fold_classes(looks)))


@lru_cache(maxsize=8)
def _index(terms: frozenset[str]) -> _Index:
    return _Index(terms)
