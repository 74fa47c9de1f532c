"""Closing a bridge and opening it again."""

from datetime import datetime
from typing import Final

REOPENED: Final = "Reopened. Next: `/bridgepkg draft`."
ALREADY_OPEN: Final = "The bridge is already open."
BECAUSE_CLOSED: Final = "the bridge was closed"
"""Why an open draft ends, on its card."""

_ANYWAY: Final = "or close anyway: `/bridgepkg close anyway`."


def not_over(title: str) -> str:
    """The customer still reads of an outage in this message."""
    return f"{title} does not say that the incident is over. Release an update that does, {_ANYWAY}"


def owes_an_update(title: str) -> str:
    """The customer last read that this message was withdrawn and that another one follows."""
    return f"{title} was withdrawn, and its notice promises another message. Release it, {_ANYWAY}"


def closed_by(name: str, label: str, at: datetime) -> str:
    """Who closed which bridge, for the incident's channel."""
    return f"{name} closed the bridge to {label} at {at:%H:%M} UTC."


def closed(*, noticed: bool) -> str:
    """The bridge is closed; `noticed` where a message that stands in it now says so."""
    says = "the last message says so now" if noticed else "no message needs to say so"
    return f"Closed: {says}, and nothing is drafted here until `/bridgepkg reopen`."
