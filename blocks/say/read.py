"""Reading: what there is not, and how answers are titled."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Final

NO_DRAFT: Final = "There is no draft here yet; `/bridgepkg draft` makes one."
NOTHING_POSTED: Final = "Nothing has been posted to the bridge yet."
NOTHING_RELEASED: Final = "No version has been released yet."
NO_SUCH_VERSION: Final = "That version is not in the bridge's history; `/bridgepkg history` lists what was shared."
ONE_VERSION: Final = "Only one version has been released, so there is nothing to compare."

MENU: Final[Mapping[str, str]] = {
    "ack": "Acknowledge first",
    "draft": "Draft the next update",
    "diff": "What changed",
    "holds": "What is held",
}
"""The menu's buttons, by the command that each stands for."""


def no_such_field(number: int, field: str, known: Iterable[str]) -> str:
    """A draft has no such field, and those that it has."""
    return f"Draft {number} has no field {field}. It has: {', '.join(known)}."


def no_such_draft(wanted: str, newest: int) -> str:
    """There is no draft of this number."""
    return f"There is no draft {wanted}; the newest is draft {newest}."


def manifest_not_verified(problem: str) -> str:
    """The stored manifest was not signed with this installation's key."""
    return f"The manifest does not verify with this installation's key ({problem})."


def compared(label: str, old: tuple[int | None, datetime], new: tuple[int | None, datetime]) -> str:
    """The title of a comparison: two versions, each with the time that it is as of."""
    return f"{label} · version {old[0]} → version {new[0]} · {old[1]:%H:%M} → {new[1]:%H:%M} UTC"
