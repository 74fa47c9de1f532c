"""Calls to Slack's Web API: its client, and what each answer means. Only `bot/slack/` and `bot/intake/` hold a client.

The default client of slack_sdk sends a post again when the connection drops after Slack accepted it; ours has no retry
handlers and never sends twice by itself.
"""

import re
from http.client import HTTPException
from typing import Any, Final

from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError, SlackClientError

from bot.settings import read_environment
from bot.slack.errors import RATE_LIMITED, NotDoneError, UnclearError

SECONDS: Final = 20
UNCLEAR: Final = frozenset(
    {"fatal_error", "internal_error", "service_unavailable", "request_timeout", "team_added_to_org"}
)
NAME: Final = re.compile(r"[a-z0-9_]+")
"""How Slack spells its errors. slack_sdk puts a sentence there when the answer was no JSON, and then nobody knows."""

FIRST_SERVER_ERROR: Final = 500
TOO_MANY_REQUESTS: Final = 429


def make_client(token: str, base_url: str, seconds: int = SECONDS) -> WebClient:
    """A client that never retries by itself."""
    return WebClient(token=token, base_url=base_url, timeout=seconds, retry_handlers=[])


def open_client() -> WebClient:
    """A client of the Slack of the environment."""
    environment = read_environment()
    return make_client(environment.required("SLACK_BOT_TOKEN"), environment.SLACK_API_URL)


def call(client: WebClient, method: str, arguments: dict[str, Any]) -> dict[str, Any]:
    """The answer of one call; `NotDoneError` when it surely was not done, `UnclearError` when nobody can say."""
    try:
        answer = client.api_call(method, **_encoded(method, arguments)).data
    except SlackApiError as problem:
        raise _api_error(problem) from problem
    except ConnectionRefusedError as problem:
        raise NotDoneError("connection_refused") from problem
    except (SlackClientError, HTTPException, OSError, ValueError) as problem:
        raise _connection_error(problem) from problem
    if not isinstance(answer, dict) or answer.get("ok") is not True:
        raise UnclearError(f"Slack's answer to {method} could not be read")
    return answer


def _encoded(method: str, arguments: dict[str, Any]) -> dict[str, Any]:
    """Slack takes JSON for methods that write; those that read want form parameters."""
    writes = method.startswith(("chat.", "views.")) and method != "chat.getPermalink"
    return {"json": arguments} if writes else {"params": arguments}


def _api_error(problem: SlackApiError) -> NotDoneError | UnclearError:
    response = problem.response
    data = response.data if isinstance(response.data, dict) else {}
    error = data.get("error")
    if response.status_code == TOO_MANY_REQUESTS or error == RATE_LIMITED:
        return NotDoneError(RATE_LIMITED, _seconds(response.headers.get("Retry-After")))
    named = isinstance(error, str) and NAME.fullmatch(error) is not None
    if not named or error in UNCLEAR or response.status_code >= FIRST_SERVER_ERROR:
        return UnclearError(f"Slack answered {response.status_code} without a clear result")
    return NotDoneError(str(error))


def _connection_error(problem: Exception) -> NotDoneError | UnclearError:
    reason = getattr(problem, "reason", problem)
    if isinstance(reason, ConnectionRefusedError) or "getaddrinfo" in str(reason) or "Name or service" in str(reason):
        return NotDoneError("connection_refused")
    return UnclearError("Slack did not answer, or the connection broke")


def _seconds(value: Any) -> int:
    text = str(value[0] if isinstance(value, list) and value else value or "")
    return int(text) if text.isdigit() else 1
