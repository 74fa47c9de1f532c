"""Every sentence that the bot says to people inside, by feature: workflows decide, this package speaks, tests import.

What a card, a list or a form says stands with its drawing; what an operator reads stands where it is logged.
"""

from blocks.say import (
    access,
    bridge,
    card,
    case,
    close,
    commands,
    draft,
    hold,
    home,
    opening,
    place,
    read,
    recheck,
    release,
    requests,
    review,
    watch,
    withdraw,
)
from blocks.say.recorded import NOTHING_RECORDED, unrecorded

__all__ = [
    "NOTHING_RECORDED",
    "access",
    "bridge",
    "card",
    "case",
    "close",
    "commands",
    "draft",
    "hold",
    "home",
    "opening",
    "place",
    "read",
    "recheck",
    "release",
    "requests",
    "review",
    "unrecorded",
    "watch",
    "withdraw",
]
