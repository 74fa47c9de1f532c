"""Whether a profile is whole: nothing twice, nothing dangling, nothing missing, each fault with its place.

The types refuse a profile that is not; the linter lists every fault. Both read this one table of what must hold.
"""

from collections.abc import Iterable, Iterator
from typing import Any, Final, NamedTuple

from profiles.codes import FieldClass, HoldReason, RegisterCode
from profiles.frozen import Frozen

Path = tuple[str | int, ...]


class Problem(NamedTuple):
    """One fault: its code, its path in the document, what is wrong, and how to fix it."""

    code: str
    path: Path
    what: str
    fix: str

    def __str__(self) -> str:
        return f"{self.what}; {self.fix}" if self.fix else self.what


def consistency_errors(profile: Frozen) -> tuple[Problem, ...]:
    """Every fault of the whole, in the order of the checks."""
    return (*_duplicates(profile), *_dangling(profile), *_incomplete(profile))


def parts(value: Any, pattern: str) -> Iterator[tuple[Path, Any]]:
    """Every part that a pattern such as `capabilities.*.components.*` names, with its path; none where it is absent."""
    found: list[tuple[Path, Any]] = [((), value)]
    for step in pattern.split("."):
        if step == "*":
            found = [((*path, index), item) for path, whole in found for index, item in enumerate(whole or ())]
        else:
            found = [((*path, step.rstrip("_")), getattr(whole, step, None)) for path, whole in found]
    return ((path, part) for path, part in found if part is not None)


_ROWS: Final = ("status.rows.*", "readiness.rows.*", "checkpoints.rows.*")
_IDS: Final = (*_ROWS, "incident.rows.*", "status.shares.*", "tiers.*", "disclosure.*", "never.*")

UNIQUE: Final[tuple[tuple[str, tuple[str, ...], str], ...]] = (
    ("source", ("sources.*",), "name"),
    ("region", ("regions.*",), "id"),
    ("capability", ("capabilities.*",), "id"),
    ("capability label", ("capabilities.*",), "label"),
    ("region label", ("regions.*",), "label"),
    ("row or rule id", _IDS, "id"),
    ("status value", ("status.rows.*",), "source value"),
    ("readiness value", ("readiness.rows.*",), "source value"),
    ("checkpoint value", ("checkpoints.rows.*",), "source value"),
    ("incident value", ("incident.rows.*",), "source value"),
    ("tier value", ("tiers.*",), "source value account"),
    ("status code", ("status.codes.*",), "code"),
    ("status rank", ("status.codes.*",), "rank"),
    ("status share", ("status.shares.*",), "at_least"),
    ("readiness code", ("readiness.codes.*",), "code"),
    ("readiness rank", ("readiness.codes.*",), "rank"),
    ("checkpoint code", ("checkpoints.codes.*",), "code"),
    ("region member", ("regions.*.members.*",), "source key"),
    ("component", ("capabilities.*.components.*",), "source key"),
    ("product", ("capabilities.*.products.*",), "source key"),
    ("category", ("categories.*",), "id"),
    ("language of commitments", ("commitments.*",), "language"),
    ("reason", ("reasons.*",), "reason"),
    ("register code", ("register_.*",), "code"),
    ("gate", ("gates.*",), "role"),
)
"""What must be unique, where it stands and by which of its values, so that a look-up has one answer."""


def _duplicates(profile: Frozen) -> Iterator[Problem]:
    for what, patterns, names in UNIQUE:
        seen: set[object] = set()
        for path, part in _all(profile, patterns):
            values = tuple(getattr(part, name) for name in names.split())
            value = values[0] if len(values) == 1 else values
            if value in seen:
                yield Problem("duplicate-value", path, f"duplicate {what} {value}", "remove one")
            seen.add(value)


REFERENCES: Final[tuple[tuple[str, str, tuple[str, ...]], ...]] = (
    (
        "source",
        "sources.*.name",
        (
            "capabilities.*.components.*.source",
            "capabilities.*.products.*.source",
            "regions.*.members.*.source",
            *(f"{rows}.source" for rows in (*_ROWS, "incident.rows.*")),
            "tiers.*.source",
        ),
    ),
    (
        "region",
        "regions.*.id",
        (
            "capabilities.*.regions.*",
            "capabilities.*.components.*.region",
            "tiers.*.regions.*",
            "tiers.*.required_regions.*",
        ),
    ),
    ("capability", "capabilities.*.id", ("tiers.*.capabilities.*", "tiers.*.required_capabilities.*")),
)
"""Names that refer to something listed elsewhere: what, where it is listed, and where it is named."""

CODES: Final[tuple[tuple[str, tuple[str, ...]], ...]] = (
    ("status.codes.*.code", ("status.rows.*", "status.shares.*")),
    ("readiness.codes.*.code", ("readiness.rows.*", "readiness.none_recorded")),
    ("checkpoints.codes.*.code", ("checkpoints.rows.*",)),
)
"""Codes of each table, and the rows that use them."""


def _dangling(profile: Frozen) -> Iterator[Problem]:
    for what, listed, named in REFERENCES:
        known = {part for _, part in parts(profile, listed)}
        first = {name: path for path, name in reversed([*_all(profile, named)]) if name not in known}
        for name, path in reversed(first.items()):
            yield Problem("not-listed", path, f"{what} {name} is not listed under {listed.partition('.')[0]}", "")
    known = {part for _, part in parts(profile, "categories.*.id")}
    for path, rule in parts(profile, "disclosure.*"):
        if getattr(rule, "category", None) not in {*known, None}:
            yield Problem("not-listed", (*path, "category"), f"category {rule.category} of {rule.id} is not listed", "")
    for listed, rows in CODES:
        known = {part for _, part in parts(profile, listed)}
        for path, row in _all(profile, rows):
            if row.code not in known:
                yield Problem("not-listed", (*path, "code"), f"code {row.code} of row {row.id} is not in its table", "")
    statuses = {part for _, part in parts(profile, "status.codes.*.code")}
    for path, code in parts(profile, "all_clear.code"):
        if code not in statuses:
            yield Problem("not-listed", path, f"code {code} of all_clear is not in the table of status", "")


def _incomplete(profile: Frozen) -> Iterator[Problem]:
    """Closed lists that a build may need must be covered whole."""
    worded = {part for _, part in parts(profile, "reasons.*.reason")}
    for reason in HoldReason:
        if reason not in worded:
            what = f"hold reason {reason} has no public wording under reasons"
            yield Problem("missing-wording", ("reasons",), what, "")
    ruled = {part for _, part in parts(profile, "register_.*.code")}
    for code in RegisterCode:
        if code not in ruled:
            yield Problem("missing-rule", ("register",), f"register code {code} has no rule under register", "")
    if all(rank for _, rank in parts(profile, "status.codes.*.rank")):
        what = "no status code has rank 0; one must mean unaffected"
        yield Problem("no-unaffected", ("status", "codes"), what, "")
    listed = {part for _, part in parts(profile, "commitments.*.language")}
    for path, language in parts(profile, "languages.*"):
        if language not in listed:
            what = f"the wording is in {language}, but commitments has no words of {language}"
            yield Problem("no-commitments", path, what, "")
    yield from _tiers(profile)


def _tiers(profile: Frozen) -> Iterator[Problem]:
    for path, tier in parts(profile, "tiers.*"):
        if FieldClass.STATUS not in tier.permitted:
            what = f"tier {tier.id} does not permit status; without it there is no package"
            yield Problem("no-status", (*path, "permitted"), what, "")
    for path, tier in parts(profile, "tiers.*"):
        for name in tier.required:
            if name not in tier.permitted:
                what = f"tier {tier.id} requires {name} but does not permit it"
                yield Problem("required-not-permitted", (*path, "required"), what, "")


def _all(profile: Frozen, patterns: Iterable[str]) -> Iterator[tuple[Path, Any]]:
    return (found for pattern in patterns for found in parts(profile, pattern))
