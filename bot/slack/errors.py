"""What became of a call to Slack, as the one question that matters afterwards: surely not done, or unclear?"""

from typing import Final

from profiles.errors import UserFixableError

RATE_LIMITED: Final = "ratelimited"


class NotDoneError(UserFixableError):
    """Slack surely did not do it. `error` is Slack's word; `retry_after` seconds, where Slack said so."""

    def __init__(self, error: str, retry_after: int | None = None) -> None:
        self.error, self.retry_after = error, retry_after
        super().__init__(WORDS.get(error, f"Slack refused: {error.replace('_', ' ')}"))

    @property
    def is_rate_limit(self) -> bool:
        """Whether Slack only asks for patience."""
        return self.error == RATE_LIMITED


class UnclearError(UserFixableError):
    """Slack may have done it: the connection broke, timed out, or the answer was none."""


class LookupFailedError(Exception):
    """Slack did not say who somebody is; then nothing is done in their name."""


class RefusedChannelError(UserFixableError):
    """The channel's readers are not who they should be; nothing was posted."""


WORDS: Final = {
    "not_in_channel": "I am not in that channel; invite me there",
    "channel_not_found": "I cannot see that channel; invite me there, or correct its id in bridgepkg.yaml",
    "is_archived": "that channel is archived; unarchive it or open the bridge in another",
    "restricted_action": "a workspace setting keeps me from posting there; ask a workspace admin",
    "restricted_action_read_only_channel": "that channel is read-only; ask a workspace admin",
    "ekm_access_denied": "the workspace's key management refused; ask a workspace admin",
    "msg_too_long": "the message is too long for Slack",
    "msg_blocks_too_long": "the message is too long for Slack",
    "invalid_blocks": "Slack does not accept the message's form",
    "token_revoked": "my token was revoked; install the app again and set SLACK_BOT_TOKEN",
    "account_inactive": "my token is inactive; install the app again and set SLACK_BOT_TOKEN",
    "invalid_auth": "my token is not valid; set SLACK_BOT_TOKEN",
    "missing_scope": "my token lacks a scope; install the app again with app_manifest.yaml",
    "ratelimited": "Slack asked me to slow down; I will try again",
}
"""Slack's errors that a person must see, in words that say how to fix."""
