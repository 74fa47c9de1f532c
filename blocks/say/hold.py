"""Holding a part of a draft, ending a hold, and deciding an exception."""

from datetime import datetime
from typing import Final

from blocks.say import case
from blocks.say.recorded import unrecorded

NO_UPDATE: Final = unrecorded("There is no draft of an update here; `/bridgepkg draft` makes one.")
ALL_HELD: Final = "Everything in this draft is already held."
CHOOSE: Final = unrecorded("Choose at least one field and a reason.")
NOT_HELD: Final = unrecorded("Nobody holds that field.")
NOT_BLOCKING: Final = unrecorded("That exception no longer blocks this draft.")


def closed(at: datetime) -> str:
    """In a closed bridge there is nothing to hold."""
    return unrecorded(case.closed(at))


def never_waived(exception: str) -> str:
    """An exception that no role may decide."""
    return unrecorded(f"Nobody can decide that away: {exception}. Fix it and draft again.")


def recorded(drafted: str) -> str:
    """A decision was recorded, and what became of the draft that it made."""
    return f"Recorded. {drafted}"


def held(name: str, fields: int) -> str:
    """Why a draft was replaced, on its card."""
    return f"{name} held {'1 field' if fields == 1 else f'{fields} fields'}"


def ended(name: str) -> str:
    """Why a draft was replaced, on its card."""
    return f"{name} ended a hold"


def explained(name: str, why: str) -> str:
    """Why a draft was replaced, on its card: a hold whose cause could not be found any more may end."""
    what = "was solved" if why == "solved" else "moved elsewhere"
    return f"{name} said that what was held {what}"


def decided(name: str, code: str) -> str:
    """Why a draft was replaced, on its card."""
    return f"{name} decided {code}"
