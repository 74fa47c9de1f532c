"""Drafting: what became of it, and why there is no draft."""

from datetime import datetime
from typing import Final

from transforms.publish.draft import Draft

DRAFTED_AGAIN: Final = "drafted again"
"""Why a draft was replaced, on its card."""


def version_is_out(version: int | None) -> str:
    """There is nothing left to acknowledge."""
    return f"Version {version} is out already; draft the next update instead."


def replaced_by_version(version: int) -> str:
    """Why an acknowledgement was replaced, on its card."""
    return f"version {version} is out"


def blocked(what: str) -> str:
    """A new draft that nobody can approve yet."""
    return f"{what} is there, but something blocks it: see `/bridgepkg exceptions`."


def with_reviewers(what: str, gates: int) -> str:
    """A new draft that is being reviewed."""
    reviewers = "1 reviewer" if gates == 1 else f"{gates} reviewers"
    return f"{what} is with {reviewers}. `/bridgepkg status` says who is waited for."


def stays(what: str, at: datetime, next_step: str) -> str:
    """A draft was asked for, and the open one still says what the sources say."""
    return f"{what} stays: the sources, read again at {at:%H:%M} UTC, say the same. {next_step}"


ACKNOWLEDGED: Final = "The acknowledgement is out already, as of this minute; draft the next update instead."
BLOCKED: Final = "Something blocks it: see `/bridgepkg exceptions`."
APPROVED_BY_ALL: Final = "Every gate has approved it, so it is being checked again; it posts if nothing is in the way."


def waits(approvals: int) -> str:
    """What a draft that stays waits for."""
    given = {0: "", 1: "Its approval stands. "}.get(approvals, f"Its {approvals} approvals stand. ")
    return f"{given}`/bridgepkg status` says who is waited for."


def titled(draft: Draft, number: int) -> str:
    """What was drafted, and for whom: an incident may have several bridges."""
    what = f"Draft {number} of version {draft.version}" if draft.version else "The acknowledgement"
    return f"{what} for {draft.audience.label}"
