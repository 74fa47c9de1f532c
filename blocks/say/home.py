"""The Home tab: what waits for one person, and why there is nothing on it."""

from datetime import datetime
from typing import Final

from blocks.words import duration_words, role_words

OUTSIDE: Final = "There is nothing here for you: this tab is for full members of the home workspace."
UNKNOWN: Final = "Slack did not tell me who you are; please open this tab again."
NO_ROLE: Final = "You have no role here. Whoever maintains bridgepkg.yaml can give you one."
MUST_LOOK: Final = "it may be visible to the customer, and somebody must look"


def must_decide(code: str, role: str) -> str:
    """An exception that blocks the draft waits for this role."""
    return f"{code} blocks it, and {role_words(role)} decides"


def must_approve(role: str) -> str:
    """The draft waits for the person's approval in this role."""
    return f"waits for your approval as {role_words(role)}"


def since(at: datetime, now: datetime) -> str:
    """Since when a draft waits, and for how long."""
    minutes = max(0, int((now - at).total_seconds() // 60))
    return f"{at:%H:%M} UTC ({duration_words(minutes)})"


def task(draft: str, wanted: str, waiting: str) -> str:
    """One line of what waits for somebody."""
    return f"{draft}: {wanted}, since {waiting}."


def one_draft(label: str, incident: str, number: int) -> str:
    """Which draft waits."""
    return f"{label} · {incident}, draft {number}"
