"""Which incident and bridge is meant, what there is none of, and what is over."""

from collections.abc import Iterable
from datetime import datetime
from typing import Final

from blocks.say.recorded import unrecorded
from blocks.words import list_words

NOT_OPEN: Final = "No incident is open in this channel. Open one first: `/bridgepkg open KEY BRIDGE`."
UNKNOWN_DRAFT: Final = "I do not know this draft; it may belong to another installation."


def other_bridges(bridge: str, here: Iterable[str]) -> str:
    """The bridge that somebody named is not one of this channel's."""
    return f"Bridge {bridge} is not open in this channel; it has {list_words(here)}."


def choose_bridge(bridges: Iterable[str]) -> str:
    """More than one bridge could be meant."""
    return f"This incident has several bridges: name {list_words(bridges, 'or')}."


def bridge_gone(bridge: str) -> str:
    """A bridge left the configuration."""
    return f"Bridge {bridge} is no longer in bridgepkg.yaml; put it back to go on."


def closed(at: datetime) -> str:
    """Why nothing is drafted or held in a closed bridge."""
    return f"This bridge was closed at {at:%H:%M} UTC; `/bridgepkg reopen` opens it again."


def stale_card(number: int, newer: int, at: datetime | None) -> str:
    """Which draft took the place of the one that was answered, and when, where that is known."""
    when = f" at {at:%H:%M} UTC" if at else ""
    return unrecorded(f"That was about draft {number}; draft {newer} replaced it{when}.")
