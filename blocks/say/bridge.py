"""Messages in the bridge of which it is not clear whether or how they can be seen, and what people saw there."""

from typing import Final

from blocks.say.recorded import unrecorded

ALREADY_ANSWERED: Final = unrecorded("This has already been answered.")
RELEASED: Final = "Recorded: it is released."
SEEN_ONLY: Final = "Recorded: you saw it. I cannot edit it later."
NOT_POSTED: Final = "Recorded: it was not posted. Draft again to go on; the old message is never sent again."
DELETE_BY_HAND: Final = "If you see it there, delete it by hand at once."
PROCESS_STOPPED: Final = "the process stopped while posting"
"""Why a post is unclear, on the card."""


def unclear(number: int) -> str:
    """What must be answered before anything else can happen in the bridge."""
    return (
        f"Draft {number} may be visible to the customer already. Look at the bridge and answer its card first; "
        "until then nothing else goes out."
    )


def looked(name: str) -> str:
    """Why a draft counts as not posted, on the card."""
    return f"{name} looked and it was not there"


def appeared(what: str) -> str:
    """A message that somebody had looked for in vain is there after all."""
    return f"{what} appeared in the bridge after somebody had looked for it; delete it there by hand."


def unchanged(what: str, problem: str, *, by_hand: bool) -> str:
    """A notice or a withdrawal cannot be shown in the bridge; `by_hand` where somebody has to act on it there."""
    text = f"{what} could not be changed in the bridge, where it may still read as before: {problem.rstrip('.')}."
    return f"{text} Look there, and correct or delete it by hand, now." if by_hand else text


def named(title: str, account: str, incident: str) -> str:
    """Which message is meant, for a channel in which many incidents are reviewed."""
    return f"{title[:1].upper()}{title[1:]} for {account} ({incident})"
