"""What a check says: a fault with its path in the document. The linter turns the path into line and column."""

from enum import StrEnum
from typing import NamedTuple

from profiles.consistency import Path


class Severity(StrEnum):
    """How much a finding matters: an error must be fixed, a warning read, advice may be left."""

    ERROR = "error"
    WARNING = "warning"
    ADVICE = "advice"


class LintFinding(NamedTuple):
    """One finding before it has a place: its code, how much it matters, its path, one sentence, and how to fix it."""

    code: str
    severity: Severity
    path: Path
    sentence: str
    fix: str


def error(code: str, path: Path, sentence: str, fix: str) -> LintFinding:
    """A fault that must be fixed before anybody approves the profile."""
    return LintFinding(code, Severity.ERROR, path, sentence, fix)


def warning(code: str, path: Path, sentence: str, fix: str) -> LintFinding:
    """Something that is hardly meant."""
    return LintFinding(code, Severity.WARNING, path, sentence, fix)


def advice(code: str, path: Path, sentence: str, fix: str) -> LintFinding:
    """Something that a reader would rather see said."""
    return LintFinding(code, Severity.ADVICE, path, sentence, fix)
