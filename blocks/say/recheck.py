"""The recheck before a release: why approvals are void, and why an approved draft is not posted yet."""

from typing import Final

from blocks.words import role_words

NOT_WHAT_WAS_APPROVED: Final = "the stored draft is not what was approved"
NEVER_GIVEN: Final = "an approval of it was never given"
AUDIENCE_CHANGED: Final = "the audience in the configuration changed"
PROFILE_CHANGED: Final = "the profile changed or is no longer approved"
ANOTHER_VERSION: Final = "another version was released after it was drafted"
UPDATE_OVERDUE: Final = "its next update would be overdue already"
WORDING_EXPIRED: Final = "wording in it is no longer cleared"
APPROVAL_EXPIRED: Final = "an approval has expired"
BLOCKED_SINCE: Final = "something that blocks came up after the approvals"
SOURCES_CHANGED: Final = "what the sources say changed after the approvals"

APPROVERS_UNKNOWN: Final = "Not posted yet: Slack does not tell me who the approvers are. I try again."
READERS_UNKNOWN: Final = "Not posted yet: Slack does not answer who is in the bridge channel. I try again."


def prior_withdrawn(version: int | None) -> str:
    """The version that was compared with was taken back since."""
    return f"version {version}, which it follows, was withdrawn after it was drafted"


def left_role(role: str) -> str:
    """One who approved could not approve now."""
    return f"an approver no longer fills the role {role_words(role)}"


def too_old(sources: int) -> str:
    """What was read is older than the profile allows at release."""
    return f"the evidence of {'1 source' if sources == 1 else f'{sources} sources'} became too old to release on"


def unclear_first(number: int) -> str:
    """Another draft may be visible; nothing is posted before that is known."""
    return f"Draft {number} may be visible already; that must be answered first."
