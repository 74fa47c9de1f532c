"""The profile linter: everything that an author should fix before somebody approves the digest, each with its place.

A document that is no profile at all gives every fault of its shape; one of the right shape, every fault of the whole;
one that is whole, what the checks of `profiles.lint` find. With evidence or with the people of a configuration given,
the profile is compared with them as well. What it takes from the shipped one is named, because people approve that too.
"""

from collections.abc import Iterable, Iterator
from itertools import groupby
from pathlib import Path
from typing import Any, Final, Self

import orjson
from pydantic import ConfigDict, ValidationError, model_validator

from authoring.lint.coverage import coverage
from authoring.lint.gates import Roles, gates
from authoring.lint.limits import limits
from authoring.lint.reach import reach
from authoring.lint.restricted import restricted
from authoring.lint.spots import LintFinding, Severity, advice, error, warning
from authoring.lint.truth import truth
from authoring.lint.words import words
from authoring.trial import Trial
from profiles.consistency import Problem, consistency_errors
from profiles.documents import Path_, fault_of, load_yaml, nearest
from profiles.frozen import Frozen
from profiles.loader import completed_document
from profiles.models import Profile
from profiles.upgrade import OLDER, Completed


class Finding(Frozen):
    """One thing to fix: its code, how much it matters, where it stands, one sentence, and how to fix it."""

    code: str
    severity: Severity
    file: str
    line: int
    column: int
    sentence: str
    fix: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}: {self.severity} {self.code}: {self.sentence}; {self.fix}"


class _Parts(Profile):
    """A profile whose parts are checked, but not yet whether they fit together."""

    model_config = ConfigDict(title="bridgepkg profile")

    @model_validator(mode="after")
    def _is_whole(self) -> Self:
        return self


FIXES: Final = {
    "not-listed": "list it, or correct its spelling",
    "missing-wording": "add a row with neutral words, such as: under review",
    "missing-rule": "add a row that says whether it blocks, and which role decides",
    "no-commitments": "list those that promise, explain or blame in that language, or correct languages",
    "no-unaffected": "give the code that means unaffected the rank 0",
    "no-status": "add status to permitted",
    "required-not-permitted": "permit it as well, or do not require it",
}
"""How to fix what keeps a profile from being whole."""


def lint(
    content: bytes, name: str, trial: Trial | None = None, roles: Roles | None = None, file: Path | None = None
) -> tuple[Finding, ...]:
    """What there is to fix in this document, in its order; `DocumentError` when it is not YAML at all.

    `file` is where it stands, for the rule file that it may name beside it.
    """
    data, places = load_yaml(content, name)
    document = completed_document(data, places, file or Path(name))
    spots = (*_taken(data, document), *_spots(document.data, trial, roles))
    return tuple(dict.fromkeys(sorted((_placed(spot, places, name) for spot in spots), key=_order)))


def _taken(data: Any, document: Completed) -> Iterator[LintFinding]:
    """What stands in the shipped profile alone: it counts, and whoever approves this one approves it too."""
    if isinstance(data, dict) and data.get("schema") == OLDER:
        yield advice(
            "older-schema",
            ("schema",),
            f"this profile is written for {OLDER}; what that lacks is taken from the shipped profile",
            "write the newer schema once what was taken is written out",
        )
    found = warning if isinstance(data, dict) and not _speaks_english(data) else advice
    for part, taken in groupby(sorted(document.taken), key=lambda path: path[0]):
        names = ", ".join(".".join(path) for path in taken)
        yield found(
            "taken-from-shipped",
            (part,),
            f"not written here, so that what ships with bridgepkg counts: {names}",
            "read it in profiles/customer-bridge.yaml, and write it here if it should say something else",
        )


SHIPPED_LANGUAGE: Final = "en"


def _speaks_english(data: dict[str, Any]) -> bool:
    """Whether the shipped words are in a language of this profile; else a message would speak two."""
    return SHIPPED_LANGUAGE in data.get("languages", [SHIPPED_LANGUAGE])


def has_errors(findings: Iterable[Finding]) -> bool:
    """Whether something must be fixed."""
    return any(finding.severity is Severity.ERROR for finding in findings)


def _spots(data: Any, trial: Trial | None, roles: Roles | None) -> Iterator[LintFinding]:
    try:
        profile = _Parts.model_validate_json(orjson.dumps(data))
    except ValidationError as problem:
        yield from _shape(problem)
        return
    if problems := consistency_errors(profile):
        yield from map(_of_the_whole, problems)
        return
    for check in (reach, restricted, words, limits, truth):
        yield from check(profile)
    yield from gates(profile, roles)
    if trial is not None:
        yield from coverage(profile, trial.evidence, trial.audience.account)


def _shape(problem: ValidationError) -> Iterator[LintFinding]:
    for fault in problem.errors(include_url=False, include_context=False):
        sentence, _, fix = fault_of(fault).partition("; ")
        yield error("no-profile", tuple(fault["loc"]), sentence, fix or "see docs/profile.schema.json for what fits")


def _of_the_whole(problem: Problem) -> LintFinding:
    return error(problem.code, problem.path, problem.what, problem.fix or FIXES[problem.code])


def _placed(spot: LintFinding, places: dict[Path_, tuple[int, int]], name: str) -> Finding:
    line, column = nearest(spot.path, places)
    return Finding(
        code=spot.code,
        severity=spot.severity,
        file=name,
        line=line,
        column=column,
        sentence=spot.sentence,
        fix=spot.fix,
    )


def _order(finding: Finding) -> tuple[int, int, str, str]:
    return finding.line, finding.column, finding.code, finding.sentence
