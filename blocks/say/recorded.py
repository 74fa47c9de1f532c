"""How a refusal ends, so that nobody wonders whether their click counted."""

from typing import Final

NOTHING_RECORDED: Final = "Nothing was recorded."


def unrecorded(reason: str) -> str:
    """A reason, and that nothing was recorded."""
    return f"{reason} {NOTHING_RECORDED}"
