"""Which of Slack's errors pass by themselves, and which do not."""

from typing import Final

from bot.slack.errors import NotDoneError, RefusedChannelError
from storage.drafts import StoreAlteredError

OUR_FAULT: Final = frozenset({"invalid_blocks", "invalid_arguments", "msg_too_long", "msg_blocks_too_long", "no_text"})
"""Slack's errors that are our own fault: trying for ever cannot help."""

GIVE_UP: Final = frozenset(
    {
        "message_not_found",
        "cant_update_message",
        "edit_window_closed",
        "is_inactive",
        "channel_not_found",
        "is_archived",
        "restricted_action",
        "restricted_action_read_only_channel",
        "ekm_access_denied",
        "not_in_channel",
        "expired_trigger_id",
        "not_found",
        "response_url_refused",
        "user_not_in_channel",
    }
)
"""Slack's errors after which trying again cannot help."""


def is_limited(problem: Exception) -> bool:
    """Whether Slack only asks for patience."""
    return isinstance(problem, NotDoneError) and problem.is_rate_limit


def is_lasting(problem: Exception) -> bool:
    """Whether trying again cannot help."""
    if isinstance(problem, NotDoneError):
        return problem.error in GIVE_UP
    return isinstance(problem, RefusedChannelError | StoreAlteredError)
