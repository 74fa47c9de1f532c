"""Lints the shipped profile after edits of its text, so that every finding has a real line and column."""

from authoring.linter import Finding, lint
from authoring.trial import Trial
from profiles.loader import SHIPPED
from tests.builders import make_audience, make_evidence, make_history
from transforms.model.evidence import Evidence
from transforms.model.package import Package

TEXT = (SHIPPED / "customer-bridge.yaml").read_text(encoding="utf-8")
NAME = "p.yaml"


def make_trial(evidence: Evidence | None = None, last: Package | None = None) -> Trial:
    """What a profile is tried on: Acme's bridge."""
    return Trial(evidence or make_evidence(), make_audience(), make_history(last))


def edited(*edits: tuple[str, str]) -> str:
    """The shipped profile with each old text replaced once by the new; an old text that is not there is a mistake."""
    text = TEXT
    for old, new in edits:
        assert old in text, old
        text = text.replace(old, new, 1)
    return text


def linted(*edits: tuple[str, str], evidence: Evidence | None = None, **seen) -> list[Finding]:
    """What the linter says of the edited profile, on this evidence where it is given."""
    trial = make_trial(evidence) if evidence else None
    return list(lint(edited(*edits).encode(), NAME, trial, **seen))


def said(*edits: tuple[str, str], **seen) -> list[tuple[str, str, str, str]]:
    """Severity, code, sentence and the text from the place on, of each finding."""
    lines = edited(*edits).splitlines()
    return [
        (str(f.severity), f.code, f.sentence, lines[f.line - 1][f.column - 1 :].strip()) for f in linted(*edits, **seen)
    ]


WARNINGS = {
    "order-decides",
    "unused-category",
    "unused-code",
    "unreachable-share",
    "repeated-tier",
    "undecided-kind",
    "reason-alone",
    "cadence-beyond-freshness",
    "too-long",
    "component-not-seen",
    "unknown-component",
    "source-not-read",
    "source-not-used",
    "all-clear-rank",
    "restored-unmarked",
    "conflict-beyond-material",
}
ADVICE = {"unknown-role", "cadence-order", "dwell-beyond-cadence", "older-schema"}
EITHER = {"taken-from-shipped", "undecided-tlp", "withheld-elsewhere", "empty-role", "unmapped-value"}
"""Codes whose severity depends on what is found; their tests name it."""


def severity_of(code: str) -> str:
    """How much a finding matters, by its code; everything that is not listed is an error."""
    return "warning" if code in WARNINGS else "advice" if code in ADVICE else "error"


def codes(*edits: tuple[str, str], **seen) -> list[str]:
    """The codes of what the linter says, each of the severity that it always has."""
    found = linted(*edits, **seen)
    assert [f for f in found if f.code not in EITHER and f.severity != severity_of(f.code)] == []
    return [finding.code for finding in found]


def rules(*extra: str) -> tuple[str, str]:
    """An edit that puts these rules, each a flow mapping, after the shipped ones."""
    return "    then: allow\n", "    then: allow\n" + "".join(f"  - {rule}\n" for rule in extra)


def only(*mine: str) -> tuple[str, str]:
    """An edit that puts these rules in the place of the shipped ones."""
    start, end = TEXT.index("  - id: DR-1"), TEXT.index("\n# Public wording of each hold reason")
    return TEXT[start:end], "".join(f"  - {rule}\n" for rule in mine)
