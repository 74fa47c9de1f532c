"""Secrets and personal data by their form: what a rule is, and a short set of our own.

Rules are data. A rule is tried only where one of its keywords stands, so that two hundred of them cost next to nothing.
Our own forms are tested constants and stay with Python's `re`; those that a profile brings are read in `gitleaks`.
"""

import math
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from itertools import accumulate, chain
from string import ascii_lowercase
from typing import TYPE_CHECKING, Any, Final

import ahocorasick_rs

from transforms.scan.views import suspicious_tokens

if TYPE_CHECKING:
    import re2

    Pattern = re.Pattern[str] | re2.Pattern
    Match = re.Match[str] | re2.Match

LONGEST_INPUT: Final = 200_000


@dataclass(frozen=True)
class Rule:
    """One form of secret. `entropy` is the least Shannon entropy in bits; `allowed` are values that are none.

    `within` narrows the text to the runs in which the form can stand at all; many rules share one. `before` is how many
    characters before its keyword a match may begin; where it is not given, the whole text is searched. `hint` is how
    a match without a keyword begins, in an odd word.
    """

    id: str
    pattern: "Pattern"
    keywords: tuple[str, ...] = ()
    entropy: float = 0.0
    group: int = 0
    allowed: tuple["Pattern", ...] = ()
    stopwords: tuple[str, ...] = ()
    within: re.Pattern[str] | None = None
    before: int | None = None
    hint: re.Pattern[str] | None = None
    accept: Callable[[str], bool] | None = field(default=None, compare=False)

    def found_in(self, text: str) -> Iterator[str]:
        """Every value in the text that has this form."""
        return self._values(self.pattern.finditer(text))

    def found_at(self, text: str, keyword: int) -> Iterator[str]:
        """Every value of this form around its keyword at this place."""
        if not self.before:
            return self._values(filter(None, (self.pattern.match(text, keyword),)))
        # Such forms hold no spaces: they lie in the one word around their keyword.
        start = max(keyword - self.before, text.rfind(" ", 0, keyword) + 1)
        end = text.find(" ", keyword)
        return self._values(self.pattern.finditer(text, start, end if end >= 0 else len(text)))

    def found_by_hint(self, text: str, rest: str) -> Iterator[str]:
        """Every value of this form where the hint stands in one of the odd words, or anywhere without a hint."""
        if self.hint is None:
            return self.found_in(text)
        hints = dict.fromkeys(self.hint.findall(rest))
        return (value for hint in hints for place in _places(hint, text) for value in self.found_at(text, place))

    def _values(self, matches: "Iterable[Match]") -> Iterator[str]:
        for match in matches:
            # As gitleaks does: the group that the rule names, else the first group, else the whole is the secret.
            value = match.group(self.group) if self.group else next(filter(None, match.groups()), match[0])
            if self._counts(match[0], value):
                yield value

    def _counts(self, whole: str, value: str) -> bool:
        if self.entropy and entropy(value) < self.entropy:
            return False
        return not self._is_allowed(whole, value) and (self.accept is None or self.accept(value))

    def _is_allowed(self, whole: str, value: str) -> bool:
        if not (self.stopwords or self.allowed):
            return False
        if any(word in value.lower() for word in self.stopwords):
            return True
        return any(pattern.search(value) or pattern.search(whole) for pattern in self.allowed)


def _places(part: str, text: str) -> Iterator[int]:
    place = text.find(part)
    while place >= 0:
        yield place
        place = text.find(part, place + 1)


_IBAN: Final = re.compile(r"[a-z]{2}\d{2}")
_BEGINNING: Final = re.compile(rf"\b{_IBAN.pattern}")


def entropy(text: str) -> float:
    """Shannon entropy in bits for each character."""
    counts = Counter(text).values()
    return -sum(n / len(text) * math.log2(n / len(text)) for n in counts) if text else 0.0


_DOUBLED: Final = str.maketrans("0123456789", "0246813579")
"""A doubled digit, its two digits added."""


_LETTERS: Final = str.maketrans({letter: str(int(letter, 36)) for letter in ascii_lowercase})
"""A letter as the number that ISO 13616 gives it: 10 for a, 35 for z."""


def luhn(digits: str) -> bool:
    """Whether digits are as many as on a payment card and pass its checksum (ISO/IEC 7812)."""
    if not 13 <= len(digits) <= 19:  # noqa: PLR2004 -- lengths of cards
        return False
    counted = (digits[-1::-2] + digits[-2::-2].translate(_DOUBLED)).encode()
    return (sum(counted) - ord("0") * len(counted)) % 10 == 0


def iban(text: str) -> bool:
    """Whether small letters and digits are the number of a bank account, with its check digits (ISO 13616)."""
    if not (15 <= len(text) <= 34 and _IBAN.match(text)):  # noqa: PLR2004 -- shortest and longest
        return False
    return int((text[4:] + text[:4]).translate(_LETTERS)) % 97 == 1


MOST_GROUPS: Final = 19
"""No such number has more groups than a card has digits; so a hostile row of them costs no more than its length."""


def _some(check: Callable[[str], bool]) -> Callable[[str], bool]:
    """Whether any run of neighbouring groups passes: an expiry date or a short word may stand beside a number."""

    def passes(text: str) -> bool:
        groups = text.replace("-", " ").split(" ")
        runs = (accumulate(groups[start : start + MOST_GROUPS]) for start in range(len(groups)))
        return any(map(check, chain.from_iterable(runs)))

    return passes


NUMBERS: Final = re.compile(r"[+(\d][\d .:()/-]{5,200}\d")
"""Runs of digits and what people write between them: addresses, cards and telephones stand in one."""

HEXES: Final = re.compile(r"[:-][0-9a-f]{1,12}(?:[:-]{1,2}[0-9a-f]{1,12}){2,10}")
"""Runs of hexadecimal groups after the first one: network addresses and unique ids stand in one."""

FIRST_GROUP: Final = 12
"""Characters before a run that may belong to it."""


def _rule(name: str, pattern: str, *, keywords: tuple[str, ...] = (), before: int | None = 0, **more: Any) -> Rule:
    return Rule(name, re.compile(pattern), keywords, before=before if keywords else None, **more)


def _octets(text: str) -> bool:
    return all(int(part) < 256 for part in text.split("."))  # noqa: PLR2004 -- a byte


OWN: Final = (
    _rule(
        "vulnerability id",
        r"\b(?:cve[- ]?\d{4}[- ]?\d{4,}|ghsa(?:-[0-9a-z]{4}){3}|cwe-\d{1,5})\b",
        keywords=("cve", "ghsa", "cwe"),
    ),
    _rule("e-mail address", r"[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63})+", keywords=("@",), before=64),
    _rule("address", r"(?<![\d.])\d{1,3}(?:\.\d{1,3}){3}(?![\d.])", within=NUMBERS, accept=_octets),
    _rule("address", r"(?<!\w)(?:[0-9a-f]{2}[:-]){5}[0-9a-f]{2}(?!\w)", within=HEXES),
    _rule("address", r"(?<!\w)(?:[0-9a-f]{1,4}:){5,7}[0-9a-f]{1,4}(?!\w)", within=HEXES),
    _rule("address", r"(?<![\w:])(?:[0-9a-f]{1,4}:){1,6}(?::[0-9a-f]{1,4}){1,6}(?![\w:])", keywords=("::",), before=30),
    _rule("web address", r"\b[a-z][a-z0-9+.-]{0,20}://\S", keywords=("://",), before=21),
    _rule(
        "host name",
        r"\b(?:[a-z0-9-]{1,63}\.){1,8}(?:internal|local|lan|corp|intra|svc|cluster)\b",
        keywords=(".internal", ".local", ".lan", ".corp", ".intra", ".svc", ".cluster"),
        before=255,
    ),
    _rule("payment card", r"(?<!\d)\d(?:[ -]?\d){12,}", within=NUMBERS, accept=_some(luhn)),
    _rule(
        "bank account",
        r"\b[a-z]{2}\d{2}(?: ?[a-z0-9]{4}){2,7}(?: ?[a-z0-9]{1,3})?\b",
        hint=_BEGINNING,
        accept=_some(iban),
    ),
    _rule("phone number", r"\+\d{1,3}[ .-]?(?:\(?\d{1,4}\)?[ .-]?){2,5}\d{2,4}(?!\w)", keywords=("+",)),
    _rule("access key", r"\b(?:akia|asia)[0-9a-z]{16}\b", keywords=("akia", "asia")),
    _rule("access key", r"\b(?:xox[abeprs]|xapp)-[0-9a-z-]{10,}", keywords=("xox", "xapp")),
    _rule(
        "access key",
        r"\bgh[pousr]_[0-9a-z]{36,}|\bgithub_pat_[0-9a-z_]{22,}",
        keywords=("ghp_", "gho_", "ghu_", "ghs_", "ghr_", "github_pat_"),
    ),
    _rule("access key", r"\bglpat-[\w-]{20,}", keywords=("glpat-",)),
    _rule("access key", r"\b(?:sk|rk|pk)_(?:live|test)_[0-9a-z]{16,}", keywords=("_live_", "_test_"), before=2),
    _rule("access key", r"\baiza[\w-]{35}\b", keywords=("aiza",)),
    _rule("token", r"\beyj[\w-]{10,}\.[\w-]{10,}\.", keywords=("eyj",)),
    _rule("private key", r"-----begin [a-z ]{0,30}private key", keywords=("-----begin",)),
    _rule(
        "password",
        r"\b(?:password|passwd|pwd|secret|api[_ -]?key|token)\b\s{0,3}[:=]\s{0,3}[^\s,;]{6,}",
        keywords=("passw", "pwd", "secret", "api key", "api_key", "api-key", "apikey", "token"),
    ),
    _rule("unique id", r"\b[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}\b", within=HEXES),
)
"""Forms matched on folded text, in which letters are small and nothing is hidden."""


class Rules:
    """Rules behind one automaton of their keywords."""

    def __init__(self, rules: Iterable[Rule]) -> None:
        self.rules = tuple(rules)
        self._always = [rule for rule in self.rules if not rule.keywords and not rule.within]
        self._within = {
            rule.within: [r for r in self.rules if r.within is rule.within] for rule in self.rules if rule.within
        }

    @cached_property
    def _by_keyword(self) -> dict[str, list[Rule]]:
        found: dict[str, list[Rule]] = {}
        for rule in self.rules:
            for keyword in rule.keywords:
                found.setdefault(keyword.lower(), []).append(rule)
        return found

    @cached_property
    def _keywords(self) -> list[str]:
        return list(self._by_keyword)

    @cached_property
    def _automaton(self) -> ahocorasick_rs.AhoCorasick:
        return ahocorasick_rs.AhoCorasick(self._keywords)

    def find(self, text: str, rest: str | None = None) -> Iterator[tuple[str, str]]:
        """The id of each rule that finds something, and what it found; `rest` is what is odd in the text, if known."""
        text = text[:LONGEST_INPUT]
        rest = suspicious_tokens(text) if rest is None else rest
        yield from ((rule.id, value) for rule, value in self._at_keywords(text))
        for rule in self._always:
            yield from ((rule.id, value) for value in rule.found_by_hint(text, rest))
        for narrow, rules in self._within.items():
            runs = [rest[max(0, run.start() - FIRST_GROUP) : run.end()] for run in narrow.finditer(rest)]
            if runs:
                yield from ((rule.id, value) for rule in rules for value in rule.found_in("\n".join(runs)))

    def _at_keywords(self, text: str) -> Iterator[tuple[Rule, str]]:
        """Around each keyword where a rule says how near it stands, else once in the whole text."""
        lowered = text.lower()
        whole: dict[Rule, None] = {}
        for index, start, _ in self._automaton.find_matches_as_indexes(lowered, overlapping=True):
            for rule in self._by_keyword[self._keywords[index]]:
                if rule.before is None or len(lowered) != len(text):
                    whole[rule] = None
                else:
                    yield from ((rule, value) for value in rule.found_at(text, start))
        yield from ((rule, value) for rule in whole for value in rule.found_in(text))

    def __len__(self) -> int:
        return len(self.rules)
