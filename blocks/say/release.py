"""Releasing: what became of it, and what is missing."""

from collections.abc import Iterable
from typing import Final

from blocks.words import list_words, role_words

NOTHING_TO_RELEASE: Final = "Nothing is approved and unposted here; `/bridgepkg draft` makes the next draft."
BLOCKED: Final = "An open exception blocks it: see `/bridgepkg exceptions`."


def checked_again(number: int) -> str:
    """An approved draft is on its way."""
    return f"Draft {number} is being checked again; it posts if nothing is in the way."


def approvals_missing(roles: Iterable[str]) -> str:
    """A draft that somebody wants to release waits for these roles."""
    return f"It posts by itself after the last approval. Missing: {list_words(map(role_words, roles))}."


def not_posted(problem: str) -> str:
    """Why an approved draft is not posted, on its card: a problem that has no end of its own."""
    return f"Not posted: {problem}."


def refused(sentence: str) -> str:
    """Why an approved draft is not posted, on its card: a whole sentence of the gateway."""
    return f"Not posted: {sentence}"
