"""Withdrawing a message: what became of it, and why there is nothing to take back."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from blocks.say.recorded import unrecorded
from blocks.words import list_words

WITHDRAWN: Final = "Withdrawn: the fixed notice takes its place now, and every gate is told."
BY_HAND: Final = "Recorded, but I cannot edit that message: delete it in the bridge channel by hand, now."
NOTHING_THERE: Final = "There is nothing in the bridge to withdraw."


def already_withdrawn(title: str, at: datetime) -> str:
    """The last message was taken back before."""
    return f"{title} was already withdrawn at {at:%H:%M} UTC. An earlier version is withdrawn from its own card."


def no_such_version(version: int, known: Sequence[int]) -> str:
    """The version that somebody named is not in the bridge, and which ones are."""
    instead = f"; what can be withdrawn: version {list_words(map(str, known), 'or')}" if known else ""
    return unrecorded(f"There is no version {version} in the bridge{instead}.")


def altered(problem: str) -> str:
    """The message that is meant cannot be read any more."""
    return (
        f"Nothing was withdrawn: {problem}. Delete the message in the bridge by hand, now; an earlier version is "
        "withdrawn by its number."
    )


def told(what: str, name: str, at: datetime, reason: str) -> str:
    """Who took what back and why, for every gate."""
    why = reason or "no reason given"
    return f"{what} was withdrawn by {name} at {at:%H:%M} UTC: {why}."
