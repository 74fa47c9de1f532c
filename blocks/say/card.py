"""What a card says of a draft beside its message: what changed since the draft before, and how old its sources are."""

from typing import Final

from blocks.words import duration_words, role_words, value_words
from transforms.model.holds import Hold
from transforms.model.package import FieldValue

MOVED: Final = "This card has moved to the channel that is configured for it now."
ONLY_TIMES_CHANGED: Final = "nothing but the times"


def missing(what: str, role: str, problem: str) -> str:
    """A gate is waited for, and cannot see its card."""
    return (
        f"{what} waits for {role_words(role)}, whose card cannot be shown: {problem.rstrip('.')}. "
        "Once that is fixed, `/bridgepkg draft` shows it."
    )


def void(number: int, why: str) -> str:
    """Why the draft before is not the one to approve any more."""
    return f"draft {number} is void: {why}"


def reads_differently(what: str, before: FieldValue | None, after: FieldValue | None) -> str:
    """A field that reads differently now."""
    return f"{what}: {value_words(before)} → {value_words(after)}"


def now_held(hold: Hold) -> str:
    """What was shown before, or was not there."""
    return f"now held: {hold.what} (H{hold.number})"


def no_longer_held(hold: Hold) -> str:
    """What the draft before held."""
    return f"no longer held: {hold.what}"


def held_for_another_reason(hold: Hold) -> str:
    """What both drafts hold."""
    return f"{hold.what}: held for another reason ({hold.reason})"


def decided(code: str) -> str:
    """An exception that somebody decided since the draft before."""
    return f"decided: {code}"


def sources_read(read: int, total: int) -> str:
    """How many sources were read."""
    return f"Sources {read} of {total}"


def source_ages(read: int, total: int, minutes: int, kind: str) -> str:
    """The same, with the age and the kind of the oldest one that counts."""
    return f"{sources_read(read, total)}, oldest {duration_words(minutes)} ({kind}) · scanned"
