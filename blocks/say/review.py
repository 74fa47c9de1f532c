"""Reviewing: what a decision came to, and why it does not count."""

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Final

from blocks.say.case import UNKNOWN_DRAFT
from blocks.say.recorded import unrecorded
from blocks.words import list_words, role_words

UNKNOWN: Final = unrecorded(UNKNOWN_DRAFT)
NO_SUCH_GATE: Final = unrecorded("This draft does not ask for an approval in that role.")
HELD: Final = "Recorded. Nothing of this draft leaves. Draft again once the reason for the hold is gone."
YOU: Final = "You"
SOMEBODY: Final = "Somebody"


def already_approved(who: str, at: datetime) -> str:
    """By whom and when a gate was approved, for the second click on it."""
    return unrecorded(f"{who} approved this already, at {at:%H:%M} UTC.")


def waits_for(gates: Iterable[str], given: Collection[str]) -> str:
    """The approval counts, and others are still open, some of which have some of their approvals."""
    left = [f"another person of {role_words(role)}" if role in given else role_words(role) for role in gates]
    return f"Recorded. It posts when {list_words(left)} also {'approves' if len(left) == 1 else 'approve'}."


def last_approval(label: str) -> str:
    """The approval counts, and no other is open."""
    return f"Recorded, and that was the last one: it posts to {label} now."
