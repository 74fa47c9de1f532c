"""The second net: a scan of the final bytes for anything that was withheld, and for language that must never leave.

The scan alters nothing. What it finds becomes a blocking register entry that says where and why, without the term
(promise P2, P10). The first net is the type `SafeText`. A scan that fails is itself a finding, never silence.
"""

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import Any, Final

import ahocorasick_rs

from profiles.frozen import Frozen
from transforms.lexicon import Lexicon
from transforms.message import Message
from transforms.secrets import OWN, Rules
from transforms.views import classed, decodings, folded, lookalike, squeezed, turned, unmarked, words

SHORTEST_SQUEEZED: Final = 8
"""Shorter terms without their punctuation are parts of other words too often."""

LARGEST_MESSAGE: Final = 60_000
"""Characters beyond which a message is no message, and is not scanned but refused."""

OWN_RULES: Final = Rules(OWN)

COMMITMENT: Final = re.compile(
    r"\b(?:credits?|refunds?|compensat\w*|reimburs\w*|guarant\w*|promis\w*|commit(?:s|ted|ment\w*)?|sla|slas|penalt\w*|"
    r"liab\w*|root cause|caused by|because of|due to|our fault|fault of|responsible for|breach\w*|attack\w*|exploit\w*|"
    r"vulnerab\w*|compromis\w*|hack\w*|will be (?:fixed|restored|resolved))\b"
)
"""Credits, commitments, remedies, cause and blame: the package stops before all of them (promise P10)."""


class Suspicion(Frozen):
    """One finding: where in the message, what kind of thing, why, and the term for the evidence that a waiver binds."""

    where: str
    kind: str
    why: str = ""
    term: str


def scan(message: Message, terms: Lexicon, rules: Rules = OWN_RULES) -> tuple[Suspicion, ...]:
    """Every withheld term and every secret or personal datum in any string of the message, or why it cannot be said."""
    strings = list(leaves(message))
    if sum(len(text) for _, text in strings) > LARGEST_MESSAGE:
        return (Suspicion(where="message", kind="text too large to scan", term="too-large"),)
    try:
        return tuple(dict.fromkeys(_scanned(strings, terms, rules)))
    except Exception as problem:  # noqa: BLE001 -- whatever failed, nobody has looked: that must stop the release
        return (Suspicion(where="message", kind="text that could not be scanned", term=type(problem).__name__),)


def _scanned(strings: list[tuple[str, str]], terms: Lexicon, rules: Rules) -> Iterator[Suspicion]:
    index = _index(terms.terms)
    for where, text in strings:
        plain = folded(text)
        for reading in dict.fromkeys((plain, *map(folded, (unmarked(text), *decodings(text))))):
            for term in index.find(reading):
                yield Suspicion(where=where, kind="withheld term", why=terms.origins[term], term=term)
        yield from (Suspicion(where=where, kind=kind, term=value) for kind, value in rules.find(plain))
    # What is cut into pieces over blocks or lines is whole again here.
    whole = " ".join(text for where, text in strings if where != "text")
    for term in index.find_squeezed(words(lookalike(folded(whole)))):
        yield Suspicion(where="blocks", kind="withheld term", why=terms.origins[term], term=term)


def commitments(message: Message, never: frozenset[str] = frozenset()) -> tuple[Suspicion, ...]:
    """Every phrase that would promise, explain or blame, and every phrase that the profile itself forbids."""
    return tuple(
        Suspicion(where=where, kind="commitment", term=term)
        for where, text in leaves(message)
        for term in _promising(folded(unmarked(text)), never)
    )


def _promising(plain: str, never: frozenset[str]) -> Iterator[str]:
    yield from (found[0] for found in COMMITMENT.finditer(lookalike(plain)))
    if never:
        yield from _index(never).find(plain)


def leaves(message: Message) -> Iterator[tuple[str, str]]:
    """Every string that leaves, with its place: the text, and whatever stands under any key of any block."""
    yield "text", message.text
    for block in message.blocks:
        place = str(block.get("block_id", "block"))
        yield from ((place, text) for text in _strings(block))


def _strings(value: Any) -> Iterator[str]:
    pending = [value]
    while pending:
        item = pending.pop()
        if isinstance(item, str):
            yield item
        elif isinstance(item, dict):
            pending.extend(value for key, value in item.items() if key != "type")
        elif isinstance(item, list | tuple):
            pending.extend(item)


class _Index:
    """Terms as automata: word by word at boundaries, squeezed for the longer ones, and as letters spelled out."""

    def __init__(self, terms: frozenset[str]) -> None:
        self._by_words = {words(view): term for term in sorted(terms) for view in _views_of(term)}
        self._by_squeezed = {
            shape: term
            for term in sorted(terms)
            if len(shape := squeezed(classed(lookalike(term)))) >= SHORTEST_SQUEEZED
        }
        self._spelled = {squeezed(classed(lookalike(term))): term for term in sorted(terms)}
        self._words, self._squeezed = list(self._by_words), list(self._by_squeezed)
        self._words_search = ahocorasick_rs.AhoCorasick(self._words)
        self._squeezed_search = ahocorasick_rs.AhoCorasick(self._squeezed)

    def find(self, plain: str) -> Iterator[str]:
        """The terms in a folded text, in every view."""
        view = words(lookalike(plain))
        yield from self._find_words(view)
        yield from self._find_words(classed(view))
        yield from self._find_spelled(view)
        yield from self.find_squeezed(view)

    def _find_words(self, text: str) -> Iterator[str]:
        for index, start, end in self._words_search.find_matches_as_indexes(text, overlapping=True):
            if text[start - 1 : start] in {"", " "} and text[end : end + 1] in {"", " "}:
                yield self._by_words[self._words[index]]

    def find_squeezed(self, view: str) -> Iterator[str]:
        """The longer terms without their punctuation, forwards, backwards and in ROT13."""
        backwards, rotated = turned(view.replace(" ", ""))
        for text in (classed(view).replace(" ", ""), classed(backwards), classed(rotated)):
            for index, _, _ in self._squeezed_search.find_matches_as_indexes(text, overlapping=True):
                yield self._by_squeezed[self._squeezed[index]]

    def _find_spelled(self, view: str) -> Iterator[str]:
        """Letters one by one, `s g n - 0 7`: a whole run is a term, or holds one of the longer ones."""
        for run in _SPELLED.finditer(view):
            shape = classed(run[0].replace(" ", ""))
            if shape in self._spelled:
                yield self._spelled[shape]


_SPELLED: Final = re.compile(r"(?<![^ ])[^ ](?: [^ ]){2,}(?![^ ])")


def _views_of(term: str) -> Iterable[str]:
    looks = lookalike(term)
    return dict.fromkeys((term, looks, classed(looks)))


@lru_cache(maxsize=8)
def _index(terms: frozenset[str]) -> _Index:
    return _Index(terms)
