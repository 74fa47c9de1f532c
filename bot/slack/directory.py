"""The directory of people as a port: what is known of a user and of a user group, and how old that may be.

It is filled by look-ups at Slack that are kept for a minute (Slack: users.info, usergroups.users.list).
"""

from http.client import HTTPException
from typing import Any, Final, Protocol

from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError, SlackClientError

from bot.clock import Clock
from bot.slack.errors import LookupFailedError
from bot.slack.kept import Kept

KEPT_SECONDS: Final = 60.0
GROUP_METHOD: Final = "usergroups.users.list"
GONE: Final = "no_such_subteam"


class Directory(Protocol):
    """Knows people. `LookupFailedError` when it does not know, or only from too long ago."""

    def known(self, user: str, max_age: float) -> dict[str, Any]:
        """What is known of a user since at most so many seconds; 0 asks again."""

    def group(self, group: str, max_age: float) -> frozenset[str]:
        """Who is in a user group, known since at most so many seconds."""


class LookUps:
    """A directory that asks Slack, and keeps each answer for a minute."""

    def __init__(self, client: WebClient, clock: Clock) -> None:
        self._client = client
        self._users: Kept[dict[str, Any]] = Kept(clock, KEPT_SECONDS)
        self._groups: Kept[frozenset[str]] = Kept(clock, KEPT_SECONDS)

    def known(self, user: str, max_age: float) -> dict[str, Any]:
        """What Slack says of a user."""
        return self._users.get(user, lambda: self._ask("users.info", {"user": user}, "user"), max_age)

    def group(self, group: str, max_age: float) -> frozenset[str]:
        """Who is in a user group; one that is gone is empty, nothing more (Slack: no_such_subteam)."""
        return self._groups.get(group, lambda: self._members(group), max_age)

    def _members(self, group: str) -> frozenset[str]:
        try:
            return frozenset(self._ask(GROUP_METHOD, {"usergroup": group}, "users"))
        except LookupFailedError as problem:
            answer = problem.__cause__
            if isinstance(answer, SlackApiError) and _error(answer) == GONE:
                return frozenset()
            raise

    def _ask(self, method: str, arguments: dict[str, str], wanted: str) -> Any:
        try:
            found = self._client.api_call(method, params=arguments)[wanted]
        except (SlackClientError, HTTPException, OSError, ValueError) as problem:
            raise LookupFailedError(method) from problem
        if not isinstance(found, dict | list):
            raise LookupFailedError(method)
        return found


def _error(problem: SlackApiError) -> str:
    data = problem.response.data
    return str(data.get("error")) if isinstance(data, dict) else ""
