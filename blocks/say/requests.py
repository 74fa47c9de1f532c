"""Requests that came to nothing, whatever they asked for."""

from typing import Final

from blocks.say.recorded import unrecorded

OLD_BUTTON: Final = "This button belongs to an older version of the app. Please use a command instead."
CONTESTED: Final = "Several people acted at the same moment; nothing was recorded. Try again."
LOADING: Final = "One moment…"
FORM_NOT_OPENED: Final = "The form could not be opened; please try again."


def failed(reference: str) -> str:
    """Our own fault, with what an operator finds in the log."""
    return f"Something went wrong on my side; nothing was recorded. Reference {reference}."


def to_fix(problem: str) -> str:
    """What a person can fix, in the problem's own words."""
    return unrecorded(f"{problem[:1].upper()}{problem[1:]}.")
