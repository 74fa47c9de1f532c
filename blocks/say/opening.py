"""Opening: what was tied together, and why it cannot be."""

from collections.abc import Iterable
from typing import Final

from blocks.words import list_words

DIRECT_MESSAGE: Final = "Open it in the incident's own channel: nobody else reads a direct message."
READERS_UNKNOWN: Final = "Slack did not tell me who reads this channel; please try again."


def opened(incident: str, label: str) -> str:
    """The bridge is open, and what to do next."""
    return (
        f"{incident} is open here for {label}. Next: `/bridgepkg ack` to tell the customer that you are on it, "
        "then `/bridgepkg draft`."
    )


def already_open(incident: str, label: str) -> str:
    """The same was opened before."""
    return f"{incident} is already open here for {label}."


def closed_here(incident: str) -> str:
    """It was opened here before, and closed."""
    return f"{incident} was closed here; `/bridgepkg reopen` opens it again."


def channel_taken(incident: str, bridge: str) -> str:
    """Another incident has this channel."""
    return f"This channel is tied to {incident} and bridge {bridge}; use another channel."


def incident_elsewhere(incident: str, channel: str, label: str) -> str:
    """The incident has another channel."""
    return f"{incident} is handled in another channel (id {channel}); open {label} there."


def unknown_bridge(bridge: str, known: Iterable[str]) -> str:
    """The configuration does not have this bridge."""
    return f"I do not know a bridge {bridge}; bridgepkg.yaml has {list_words(known)}."


def key_too_long(longest: int) -> str:
    """No incident has such a key."""
    return f"An incident's key has at most {longest} characters; check its spelling in the incident source."


def unknown_incident(incident: str) -> str:
    """The incident source was read and does not have it."""
    return f"There is no incident {incident} in the incident source; check its spelling there."


def severity_unknown(incident: str, bridge: str) -> str:
    """The incident source was not read; somebody may answer for the severity."""
    unread = "The incident source could not be read, so I cannot see whether this is severity one."
    return f"{unread} {_override(incident, bridge)}"


def too_mild(incident: str, bridge: str, severity: str, allowed: Iterable[str]) -> str:
    """The incident is declared less severe than the profile asks for; somebody may open it nevertheless."""
    return f"{incident} is {severity}, and {_packages(allowed)} {_override(incident, bridge)}"


def readers_problem(channel: str, problem: str) -> str:
    """Why nothing could be posted to the bridge channel."""
    return f"Bridge channel {channel}: {problem}."


def _packages(allowed: Iterable[str]) -> str:
    return f"this profile packages {list_words(allowed, 'or')} only."


def _override(incident: str, bridge: str) -> str:
    return f"`/bridgepkg open {incident} {bridge} override` opens it in your name."
