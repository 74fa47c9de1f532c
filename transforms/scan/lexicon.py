"""The lexicon: every term withheld in the evidence that could give something away, each with where it came from.

Native keys, names, identifiers and phrases of all records; not the words that approved wording says anyway, not times,
not generic words. What a reviewer is told of a term is its origin, never the term (promise P2).
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from profiles.codes import RecordKind
from profiles.frozen import Frozen
from profiles.safetext import Phrase, SafeText
from transforms.model.evidence import Evidence
from transforms.model.records import (
    DependencyRecord,
    EntitlementRecord,
    HealthRecord,
    Record,
    SecurityNoteRecord,
    WorkaroundRecord,
)
from transforms.scan.generic import GENERIC
from transforms.scan.spellings import written
from transforms.scan.views import folded

SHORTEST: Final = 4
LONGEST: Final = 80
LONGEST_NAME: Final = 4
"""A withheld text of at most so many words is a name, and each of its words may give it away."""

PHRASE_WORDS: Final = 5
"""A run of so many words of a withheld text is as telling as the whole."""

MOST_PHRASES: Final = 40
"""Phrases taken of one text, spread over it: enough to find a copied sentence, bounded for a long one."""

_TOKEN: Final = re.compile(r"[^\s,;()\[\]{}<>\"'|]+")
_INSIDE: Final = re.compile(r"[0-9._/:@\\#-]")
_FIRST: Final = re.compile(r"[\w.+-]+(?=@)|(?=[\w-]*[\d-])[a-zA-Z][\w-]*(?=\.[\w-]+\.[a-zA-Z])")
"""Who stands before the sign of an e-mail address; before a domain, what looks like a host (`sgn-07`)."""

_WORD: Final = re.compile(r"[^\W_]+")
_TIME: Final = re.compile(
    r"\d{4}-\d\d-\d\d(?:[t ]\d\d(?::\d\d){0,2}(?:\.\d+)?(?:z|[+-]\d\d:?\d\d)?)?"
    r"|\d{1,2}:\d\d(?::\d\d)?(?:\.\d+)?z?|\d{1,2}\.\d+z"
)
"""A date, a time of day, both, or the seconds of one that was cut at its colons (ISO 8601)."""

_NUMBER: Final = re.compile(r"(?!1[5-9]\d{8}(?!\d)|1[5-9]\d{11}(?!\d)|20\d\d[01]\d[0-3]\d)[\d ()+-]*\d{3,}[\d ()+-]*$")
_ADDRESS: Final = re.compile(r"\d{1,3}(?:\.\d{1,3}){3}(?::\d{1,5}|/\d{1,2})?$")
FEWEST_DIGITS: Final = 7
"""Shorter numbers are counts; so are seconds since 1970 and dates, which our own text holds as well."""
_EDGES: Final = " .,:;!?'\"()[]{}<>*_~`"

KEY: Final = "a native key"
NAME: Final = "a native name"
NATIVE: Final = frozenset({KEY, NAME})
"""Origins of terms that count even when they are a word that everybody uses: a component may be called gateway."""

KIND_WORDS: Final = {
    RecordKind.INCIDENT: "an incident record",
    RecordKind.HEALTH: "a health record",
    RecordKind.ENTITLEMENT: "an entitlement record",
    RecordKind.WORKAROUND: "a workaround record",
    RecordKind.DEPENDENCY: "the dependency map",
    RecordKind.SECURITY_NOTE: "a security note",
    RecordKind.TIMELINE: "the timeline",
}


@dataclass(frozen=True)
class Lexicon:
    """Folded terms with their origins, such as `a name in a security note`."""

    origins: Mapping[str, str]

    @classmethod
    def of(cls, terms: Iterable[str]) -> "Lexicon":
        """A lexicon of terms without a particular origin."""
        return cls({folded(form).strip(_EDGES): "what is withheld" for term in terms for form in written(term)})

    @cached_property
    def terms(self) -> frozenset[str]:
        """The terms alone: what an index is made of, and kept by."""
        return frozenset(self.origins)

    def __len__(self) -> int:
        return len(self.origins)


def lexicon(evidence: Evidence, approved: Iterable[SafeText]) -> Lexicon:
    """The lexicon of the evidence, without terms made only of words that approved wording says anyway."""
    spoken = {word for text in approved for word in _WORD.findall(folded(str(text)))}
    origins: dict[str, str] = {}
    for record in evidence.with_silence:
        for raw, what in _written(record):
            term = folded(raw).strip(_EDGES)
            if _telling(term, spoken) and (what in NATIVE or term not in GENERIC):
                origins.setdefault(term, f"{what} in {KIND_WORDS[record.kind]}")
    return Lexicon(origins)


def _telling(term: str, spoken: set[str]) -> bool:
    """Whether a term says more than a time, a number, or our own words."""
    if not SHORTEST <= len(term) <= LONGEST or _TIME.fullmatch(term):
        return False
    if not any(c.isalpha() for c in term):
        return bool(_ADDRESS.match(term) or (_NUMBER.match(term) and sum(map(str.isdigit, term)) >= FEWEST_DIGITS))
    return not spoken.issuperset(_WORD.findall(term))


def _written(record: Record) -> Iterator[tuple[str, str]]:
    for text, what in _terms(record):
        yield from ((form, what) for form in written(text))


def _terms(record: Record) -> Iterator[tuple[str, str]]:
    yield record.ref.key, KEY
    yield from ((name, NAME) for name in _named(record))
    for withheld in record.withheld:
        what = f"a {withheld.name.replace('-', ' ')}"
        yield withheld.text, what
        yield from ((found, what) for found in _of_text(withheld.text))
        if len(words := withheld.text.split()) <= LONGEST_NAME:
            yield from ((word, what) for word in words if word[:1].isupper())
    for text in record.unmapped:
        yield from ((found, "an unmapped value") for found in ((text,) if " " in text else ()))
        yield from ((found, "an unmapped value") for found in _of_text(text))


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


def _of_text(text: str) -> Iterator[str]:
    """Identifiers, whatever stands inside a reference (`component:default/edge-signer`), and phrases."""
    for token in _TOKEN.findall(text):
        bare = token.strip(_EDGES)
        if _INSIDE.search(bare):
            yield bare
            if first := _FIRST.match(bare):
                yield first[0]
            if "/" in bare or ":" in bare:
                yield from (part for part in re.split(r"[/:@?=&]+", bare) if _INSIDE.search(part))
    yield from _phrases(text)


def _phrases(text: str) -> Iterator[str]:
    words = text.split()
    if len(words) <= PHRASE_WORDS:
        return
    starts = range(len(words) - PHRASE_WORDS + 1)
    for start in starts[:: max(1, len(starts) // MOST_PHRASES)]:
        yield " ".join(words[start : start + PHRASE_WORDS])


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
