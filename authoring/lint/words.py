"""Wording that must not stand in a profile: promises, causes and blame, secrets, and words that tell why or what."""

from collections import Counter
from collections.abc import Iterator
from itertools import islice
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
from transforms.scan.listed import listed
from transforms.scan.views import folded

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
        yield from _spoken(path, text, profile, never)
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


def _spoken(path: Path, text: str, profile: Profile, never: dict[str, str]) -> Iterator[LintFinding]:
    message = Message(text=text, blocks=())
    for found in dict.fromkeys(commitments(message, profile)):
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
        for word in islice(listed(str(row.wording), profile.telling), 1):
            yield error(
                "telling-reason",
                ("reasons", index, "wording"),
                f'"{word}" tells the customer why something is held ({row.reason})',
                "use words that fit any reason, such as: under review",
            )
    for index, category in enumerate(profile.categories):
        for word in islice(listed(str(category.label), profile.telling), 1):
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
