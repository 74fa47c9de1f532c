"""What disclosure rules match, compared without any record: which rule decides before another can, and which overlap.

A rule matches where every condition holds, each by any of its values. So a rule is the union of its `Case`s, one value
for each condition, and a rule never decides when rules before it match all of its cases.
"""

from collections.abc import Iterable, Iterator
from fnmatch import fnmatchcase
from functools import lru_cache
from itertools import product
from math import prod
from typing import Final, NamedTuple

from profiles.codes import RecordKind, Tlp
from profiles.disclosure import AllowRule, DisclosureRule, GeneraliseRule, Match, WithholdRule

MOST_CASES: Final = 5_000
"""A rule of more cases than this is compared as a whole with one rule at a time."""


class Case(NamedTuple):
    """One value of each condition of a rule; none where the rule asks nothing."""

    name: str | None
    glob: str | None
    label: str | None
    sensitivity: str | None
    tlp: Tlp | None


@lru_cache(maxsize=1024)
def cases(match: Match) -> tuple[Case, ...]:
    """The cases that make up a match. A note always has one of the five TLP labels; none when there are too many."""
    any_label: tuple[Tlp | None, ...] = tuple(Tlp) if match.kind is RecordKind.SECURITY_NOTE else (None,)
    conditions = (match.names or (None,), match.globs or (None,), match.labels or (None,), match.sensitivity or (None,))
    labels = match.tlp or any_label
    if prod(map(len, conditions)) * len(labels) > MOST_CASES:
        return ()
    return tuple(Case(*values, tlp) for values in product(*conditions) for tlp in labels)


def covers(match: Match, case: Case) -> bool:
    """Whether a match holds for every record of a case."""
    return (
        (not match.names or case.name in match.names or _literal(case.glob) in match.names)
        and (not match.globs or any(_within(case, glob) for glob in match.globs))
        and (not match.labels or case.label in match.labels)
        and (not match.sensitivity or case.sensitivity in match.sensitivity)
        and (not match.tlp or case.tlp in match.tlp)
    )


def _literal(glob: str | None) -> str | None:
    return None if glob is None or set(glob) & set("*?") else glob


def _within(case: Case, glob: str) -> bool:
    if case.name is not None and fnmatchcase(case.name, glob):
        return True
    return case.glob is not None and glob_within(case.glob, glob)


def glob_within(narrow: str, wide: str) -> bool:
    """Whether every name that `narrow` matches is matched by `wide` (says no where it cannot tell)."""
    one, run = "\0", "\0" * (len(wide) + 1)
    samples = (narrow.replace("?", one).replace("*", many) for many in ("", run))
    return all(fnmatchcase(sample, wide) for sample in samples)


def globs_meet(first: str, second: str) -> bool:
    """Whether some name is matched by both globs."""
    reached = {(0, 0)}
    pending = [(0, 0)]
    while pending:
        i, j = pending.pop()
        for place in _steps(first, i, second, j):
            if place not in reached:
                reached.add(place)
                pending.append(place)
    return (len(first), len(second)) in reached


def _steps(first: str, i: int, second: str, j: int) -> Iterator[tuple[int, int]]:
    a, b = first[i : i + 1], second[j : j + 1]
    if a == "*":
        yield i + 1, j
    if b == "*":
        yield i, j + 1
    if a == "*" and b:
        yield i, j + 1
    if b == "*" and a:
        yield i + 1, j
    if a and b and (a == b or "?" in {a, b}):
        yield i + 1, j + 1


def decided_before(rules: Iterable[DisclosureRule], case: Case, kind: RecordKind) -> list[DisclosureRule]:
    """The rules that match every record of a case; the first of them decides it."""
    return [rule for rule in rules if rule.match.kind is kind and covers(rule.match, case)]


def open_cases(rules: tuple[DisclosureRule, ...], index: int) -> list[Case]:
    """The cases of a rule that no earlier rule decides; one that is too large for cases counts as open."""
    match = rules[index].match
    found = cases(match)
    if not found:
        return [Case(None, None, None, None, None)]
    return [case for case in found if not decided_before(rules[:index], case, match.kind)]


def overlap(first: Match, second: Match) -> bool:
    """Whether one record could match both by its name, where both ask for names, and nothing else parts them."""
    if first.kind is not second.kind or not _named(first) or not _named(second):
        return False
    return (
        _meet(first.sensitivity, second.sensitivity)
        and _meet(first.tlp, second.tlp)
        and any(_fits_all(name, first, second) for name in (*first.names, *second.names))
    ) or (
        not (first.names or second.names)
        and _meet(first.sensitivity, second.sensitivity)
        and _meet(first.tlp, second.tlp)
        and any(globs_meet(a, b) for a in first.globs for b in second.globs)
    )


def _named(match: Match) -> bool:
    return bool(match.names or match.globs)


def _meet(first: tuple[str, ...], second: tuple[str, ...]) -> bool:
    return not first or not second or bool(set(first) & set(second))


def _fits_all(name: str, *matches: Match) -> bool:
    return all(
        (not match.names or name in match.names)
        and (not match.globs or any(fnmatchcase(name, glob) for glob in match.globs))
        for match in matches
    )


def outcome(rule: DisclosureRule) -> tuple[object, ...]:
    """What becomes of a record by this rule, without the rule's own name."""
    match rule:
        case AllowRule():
            return (rule.then,)
        case GeneraliseRule():
            return (rule.then, rule.category, rule.wording)
        case WithholdRule():
            return (rule.then, rule.category, rule.reason, rule.role)
