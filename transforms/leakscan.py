"""The second net: a scan of the final bytes for anything that was withheld, and for language that must never leave.

The scan alters nothing. What it finds becomes a blocking register entry that says where and of which kind (promise P2,
P10). The first net is the type `SafeText`.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import Final

import ahocorasick_rs

from profiles.frozen import Frozen
from profiles.safetext import INVISIBLE, Phrase, SafeText
from transforms.bundle import Bundle
from transforms.message import Message, block_texts
from transforms.records import (
    DependencyRecord,
    EntitlementRecord,
    HealthRecord,
    Record,
    SecurityNoteRecord,
    WorkaroundRecord,
)

SHORTEST_TERM: Final = 4
SHORTEST_COMPACT: Final = 8
LONGEST_TERM: Final = 80
LONGEST_NAME: Final = 3
"""A withheld text of at most so many words is a name, and each of its words may give it away."""

_TOKEN: Final = re.compile(r"[^\s,;()\[\]{}<>\"'|]+")
_INSIDE: Final = re.compile(r"[0-9._/:@-]")
_NOT_ALNUM: Final = re.compile(r"[\W_]+")
_WORD: Final = re.compile(r"[^\W_]+")
_TIMESTAMP: Final = re.compile(r"\d{4}-\d\d-\d\d(?:t|$)")
_EDGES: Final = " .,:;!?'\"()[]"

PATTERNS: Final[dict[str, re.Pattern[str]]] = {
    "vulnerability id": re.compile(r"\b(?:cve-\d{4}-\d{4,}|ghsa(?:-[0-9a-z]{4}){3})\b"),
    "e-mail address": re.compile(r"\b[\w.+-]+@[\w-]+\.[\w.-]+\b"),
    "address": re.compile(r"(?<![\d.])(?:\d{1,3}\.){3}\d{1,3}(?![\d.])"),
    "web address": re.compile(r"\b[a-z][a-z0-9+.-]*://"),
    "access key": re.compile(r"\b(?:akia[0-9a-z]{16}|xox[abpr]-[0-9a-z-]{10,}|gh[pousr]_[0-9a-z]{36,})\b"),
    "private key": re.compile(r"-----begin [a-z ]*private key-----"),
    "token": re.compile(r"\beyj[0-9a-z_-]{10,}\.[0-9a-z_-]{10,}\."),
}
"""Secrets and personal data that never belong in a package, by kind; matched on normalised text."""

COMMITMENT: Final = re.compile(
    r"\b(?:credits?|refunds?|compensat\w*|reimburs\w*|guarant\w*|promis\w*|commit(?:s|ted|ment\w*)?|sla|slas|penalt\w*|"
    r"liab\w*|root cause|caused by|because of|due to|our fault|fault of|responsible for|breach\w*|attack\w*|exploit\w*|"
    r"vulnerab\w*|compromis\w*|hack\w*|will be (?:fixed|restored|resolved))\b"
)
"""Credits, commitments, remedies, cause and blame: the package stops before all of them (promise P10)."""


class Suspicion(Frozen):
    """One finding: where in the message, what kind of thing, and the term as the scan normalises it."""

    where: str
    kind: str
    term: str


def scan(message: Message, terms: frozenset[str]) -> tuple[Suspicion, ...]:
    """Every withheld term and every secret or personal pattern in any string of the message."""
    return tuple(finding for where, text in _strings(message) for finding in _scan_text(where, text, terms))


def commitments(message: Message) -> tuple[Suspicion, ...]:
    """Every phrase that would promise, explain or blame."""
    return tuple(
        Suspicion(where=where, kind="commitment", term=found[0])
        for where, text in _strings(message)
        for found in COMMITMENT.finditer(normal(text))
    )


def _strings(message: Message) -> Iterator[tuple[str, str]]:
    yield "text", message.text
    for block in message.blocks:
        for text in block_texts([block]):
            yield str(block.get("block_id", "block")), text


def _scan_text(where: str, text: str, terms: frozenset[str]) -> Iterator[Suspicion]:
    plain = normal(text)
    found = set(_index(terms).find(plain))
    yield from (Suspicion(where=where, kind="withheld term", term=term) for term in sorted(found))
    for kind, pattern in PATTERNS.items():
        yield from (Suspicion(where=where, kind=kind, term=match[0]) for match in pattern.finditer(plain))


def normal(text: str) -> str:
    """The view in which terms are compared: compatibility forms and letter case folded, invisible characters gone."""
    folded = INVISIBLE.sub("", unicodedata.normalize("NFKC", text)).casefold()
    visible = (c for c in folded if unicodedata.category(c) not in {"Cf", "Mn"})
    return unicodedata.normalize("NFKC", "".join(visible))


def spaced(text: str) -> str:
    """Words with one space between them, so that `pay edge` and `pay_edge` do not hide `pay-edge`."""
    return _NOT_ALNUM.sub(" ", text).strip()


def compact(text: str) -> str:
    """Letters and digits only, so that spaces and punctuation inside a name do not hide it."""
    return _NOT_ALNUM.sub("", text)


class _Index:
    """Terms as two automata: word by word, at word boundaries, and compacted for the longer ones."""

    def __init__(self, terms: frozenset[str]) -> None:
        self._by_words = {spaced(term): term for term in sorted(terms)}
        self._words = list(self._by_words)
        self._squeezed = sorted({c for term in terms if len(c := compact(term)) >= SHORTEST_COMPACT})
        self._words_search = ahocorasick_rs.AhoCorasick(self._words)
        self._squeezed_search = ahocorasick_rs.AhoCorasick(self._squeezed)

    def find(self, plain: str) -> Iterator[str]:
        words = spaced(plain)
        for index, start, end in self._words_search.find_matches_as_indexes(words, overlapping=True):
            if _stands_alone(words, start, end):
                yield self._by_words[self._words[index]]
        for index, _, _ in self._squeezed_search.find_matches_as_indexes(compact(plain), overlapping=True):
            yield self._squeezed[index]


@lru_cache(maxsize=8)
def _index(terms: frozenset[str]) -> _Index:
    return _Index(terms)


def _stands_alone(text: str, start: int, end: int) -> bool:
    before, after = text[start - 1 : start], text[end : end + 1]
    return not (before.isalnum() and text[start].isalnum()) and not (after.isalnum() and text[end - 1].isalnum())


def lexicon(bundle: Bundle, approved: Iterable[SafeText]) -> frozenset[str]:
    """The terms withheld in this bundle, without those made only of words that approved wording says anyway."""
    spoken = {word for text in approved for word in _WORD.findall(normal(str(text)))}
    terms = {normal(term).strip(_EDGES) for record in bundle.with_silence for term in _terms(record)}
    return frozenset(term for term in terms if _telling(term) and not spoken.issuperset(_WORD.findall(term)))


def _telling(term: str) -> bool:
    fits = SHORTEST_TERM <= len(term) <= LONGEST_TERM
    return fits and any(c.isalpha() for c in term) and not _TIMESTAMP.match(term)


def _terms(record: Record) -> Iterator[str]:
    """Native keys and names as they are; names inside withheld texts; identifiers and phrases of everything else."""
    yield record.ref.key
    yield from _named(record)
    for withheld in record.withheld:
        yield from _terms_of_text(withheld.text)
        if len(words := withheld.text.split()) <= LONGEST_NAME:
            yield from words
    for text in record.unmapped:
        yield from _terms_of_text(text)


def _terms_of_text(text: str) -> Iterator[str]:
    if " " in text:
        yield text
    yield from (found for found in _TOKEN.findall(text) if _INSIDE.search(found.strip(_EDGES)))


def _named(record: Record) -> Iterator[str]:
    match record:
        case HealthRecord():
            yield from filter(None, (record.component, record.region))
        case WorkaroundRecord():
            yield record.component
        case DependencyRecord():
            yield from (record.component, *record.depends_on)
        case SecurityNoteRecord():
            yield from record.subjects
        case EntitlementRecord():
            yield from (record.account, *record.products, *record.regions)
        case _:
            return


def wording(value: object) -> Iterator[SafeText]:
    """Every approved text anywhere inside a frozen value, such as a profile."""
    if isinstance(value, SafeText):
        yield value
    elif isinstance(value, Phrase):
        yield value.template
    elif isinstance(value, Frozen):
        for name in type(value).model_fields:
            yield from wording(getattr(value, name))
    elif isinstance(value, tuple):
        for item in value:
            yield from wording(item)
