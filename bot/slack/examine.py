"""What can be asked of Slack about the bot itself: its workspace, its scopes and its app-level token."""

from dataclasses import dataclass
from typing import Any, Self

from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError, SlackClientError

from bot.clock import Clock
from bot.settings import Config
from bot.slack.api import open_client
from bot.slack.connect import Slack, connect
from bot.slack.errors import NotDoneError
from profiles.errors import UserFixableError


@dataclass(frozen=True, slots=True)
class Identity:
    """Which workspace the token is of, and the scopes that Slack lists for it; none where it lists none."""

    team: str
    scopes: frozenset[str]


class Examination:
    """Asks with the client of the environment. `UserFixableError` says what Slack refused."""

    def __init__(self, client: WebClient) -> None:
        self._client = client

    @classmethod
    def of_environment(cls) -> Self:
        """The Slack of the environment."""
        return cls(open_client())

    def identity(self) -> Identity:
        """Who the token makes us."""
        try:
            answer = self._client.api_call("auth.test")
        except (SlackApiError, SlackClientError, OSError, ValueError) as problem:
            raise UserFixableError(_refused(problem)) from problem
        headers: Any = answer.headers
        given = str(headers.get("x-oauth-scopes") or headers.get("X-OAuth-Scopes") or "")
        return Identity(
            str(answer.get("team_id")), frozenset(part.strip() for part in given.split(",") if part.strip())
        )

    def open_connection(self, app_token: str) -> None:
        """Nothing, when the app-level token opens Socket Mode connections."""
        try:
            self._client.apps_connections_open(app_token=app_token)
        except (SlackApiError, SlackClientError, OSError) as problem:
            raise UserFixableError(f"{_refused(problem)}; the app-level token needs connections:write") from problem

    def connect(self, config: Config, clock: Clock) -> Slack:
        """What the bot would do with the same client."""
        return connect(self._client, config, clock)


def _refused(problem: Exception) -> str:
    error = problem.response.get("error") if isinstance(problem, SlackApiError) else None
    return str(NotDoneError(str(error))) if error else "Slack does not answer; check the network and SLACK_API_URL"
