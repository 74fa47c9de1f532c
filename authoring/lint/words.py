"""Wording that must not stand in a profile: promises, causes and blame, secrets, and words that tell why or what."""

import re
from collections import Counter
from collections.abc import Iterator
from typing import Any, Final

from authoring.lint.spots import LintFinding, error, warning
from profiles.codes import HoldReason
from profiles.consistency import Path
from profiles.frozen import Frozen
from profiles.models import Profile
from profiles.safetext import Phrase, SafeText
from transforms.publish.message import Message
from transforms.scan.leakscan import Suspicion, commitments, scan
from transforms.scan.lexicon import Lexicon
from transforms.scan.views import folded

TELLING: Final = re.compile(
    r"\b(?:secur\w*|exploit\w*|vulnerab\w*|attack\w*|breach\w*|compromis\w*|intru\w*|malware|ransom\w*|hack\w*|threat\w*|"
    r"cve|zero.day|embargo\w*|confidential\w*|restricted|classified|"
    r"legal\w*|lawyers?|counsel|litigat\w*|lawsuit\w*|regulat\w*|complian\w*|privileged|"
    r"vendors?|suppliers?|third.part\w*|subprocessors?|partners?|"
    r"conflict\w*|disagree\w*|contradict\w*|stale|outdated|unmapped|unavailable|sources?|feeds?)\b"
)
"""Words that tell a reader what is behind a hold: which kind of reason, or which kind of thing."""

SENSITIVE: Final = (
    HoldReason.EXPLOITABILITY_RESTRICTED,
    HoldReason.SECURITY_REVIEW_PENDING,
    HoldReason.LEGAL_REVIEW_PENDING,
)
"""Reasons that a customer must not be able to tell from an ordinary review."""


def words(profile: Profile) -> Iterator[LintFinding]:
    """Every approved text that may not be said, with its place."""
    never = {folded(row.words): row.id for row in profile.never}
    for path, text in worded(profile, ()):
        yield from _spoken(path, text, never)
    yield from _telling(profile)
    yield from _alone(profile)


def worded(value: Any, path: Path) -> Iterator[tuple[Path, str]]:
    """Every approved text anywhere inside a profile, with its path in the document."""
    if isinstance(value, SafeText | Phrase):
        yield path, str(value)
    elif isinstance(value, Frozen):
        for name, field in type(value).model_fields.items():
            yield from worded(getattr(value, name), (*path, field.alias or name))
    elif isinstance(value, tuple):
        for index, item in enumerate(value):
            yield from worded(item, (*path, index))


def _spoken(path: Path, text: str, never: dict[str, str]) -> Iterator[LintFinding]:
    message = Message(text=text, blocks=())
    for found in dict.fromkeys(commitments(message, frozenset(never))):
        yield _commitment(path, found, never)
    for kind in dict.fromkeys(found.kind for found in scan(message, Lexicon({}))):
        yield error(
            "secret-wording",
            path,
            f"this wording looks like it holds a {kind}; a release with it would be stopped",
            "write it without",
        )


def _commitment(path: Path, found: Suspicion, never: dict[str, str]) -> LintFinding:
    if rule := never.get(found.term):
        return error(
            "never-wording",
            path,
            f'"{found.term}" must never be said, by {rule}',
            f"word it otherwise, or remove {rule}",
        )
    return error(
        "commitment-wording",
        path,
        f'"{found.term}" promises, explains or blames; a package stops before that',
        "say only what the state is and when more will be said",
    )


def _telling(profile: Profile) -> Iterator[LintFinding]:
    for index, row in enumerate(profile.reasons):
        for word in TELLING.findall(folded(str(row.wording)))[:1]:
            yield error(
                "telling-reason",
                ("reasons", index, "wording"),
                f'"{word}" tells the customer why something is held ({row.reason})',
                "use words that fit any reason, such as: under review",
            )
    for index, category in enumerate(profile.categories):
        for word in TELLING.findall(folded(str(category.label)))[:1]:
            yield error(
                "telling-category",
                ("categories", index, "label"),
                f'the label of category {category.id} says "{word}", which tells what is held',
                "use a label that fits many things, such as: technical detail",
            )


def _alone(profile: Profile) -> Iterator[LintFinding]:
    """Neutral words that stand for one sensitive reason alone tell it to whoever has seen two holds."""
    counted = Counter(str(row.wording) for row in profile.reasons)
    for index, row in enumerate(profile.reasons):
        if row.reason in SENSITIVE and counted[str(row.wording)] == 1:
            yield warning(
                "reason-alone",
                ("reasons", index, "wording"),
                f"only {row.reason} reads like this, so that the customer can learn what it means",
                "use the wording of another reason",
            )
