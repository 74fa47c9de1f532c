"""What falls due: the reminder before a promised update, and that it is late."""

from datetime import datetime
from typing import Final

from blocks.words import duration_words

NOTHING_NEWER: Final = "Nothing newer is on its way: `/bridgepkg draft`."


def due_soon(label: str, due: datetime, minutes: int) -> str:
    """An update is due within minutes."""
    return f"The next update to {label} is due {due:%H:%M} UTC, in {duration_words(minutes)}."


def late(label: str, due: datetime, *, marked: bool) -> str:
    """A promised update is late; `marked` where the customer's message says so."""
    what = "their message says so" if marked else "I cannot edit their message, so tell them"
    return f"The update promised to {label} for {due:%H:%M} UTC is late; {what}."
