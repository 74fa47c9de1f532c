"""Acting as a person of the workspace, from any process: a small client of the sandbox's people API."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import httpx

from sandbox.documents import JsonObject
from sandbox.errors import ImpossibleActError
from sandbox.tls import tls_context

NOT_FOUND = 404
SECONDS = 30.0


@dataclass(frozen=True)
class Outcome:
    """What a person learns from an act. `error` is Slack's word, such as `operation_timeout`."""

    ok: bool
    acked: bool = False
    error: str | None = None
    errors: Mapping[str, str] = field(default_factory=dict)
    confirm: JsonObject | None = None
    ts: str | None = None
    response_action: str | None = None
    detail: Any = None


class Person:
    """Someone in front of their Slack client. Acts that no client offers raise ImpossibleActError."""

    def __init__(self, url: str, user_id: str) -> None:
        self.user_id = user_id
        self._url = f"{url.rstrip('/')}/_people/{user_id}"

    def view(self) -> JsonObject:
        """Everything that this person sees."""
        return _json(_ask("GET", f"{self._url}/view"))

    def channels(self) -> list[str]:
        """The ids of the channels that this person sees."""
        return [channel["id"] for channel in self.view()["channels"]]

    def messages(self, channel: str) -> list[JsonObject]:
        """The messages of a channel, oldest first."""
        return list(self._channel(channel)["messages"])

    def ephemerals(self, channel: str) -> list[JsonObject]:
        """The messages of a channel that only this person sees, oldest first."""
        return list(self._channel(channel)["ephemerals"])

    def modal(self) -> JsonObject | None:
        """The modal in front of this person, if any."""
        modals = self.view()["modals"]
        return modals[-1] if modals else None

    def home(self) -> JsonObject | None:
        """The app's Home tab as this person sees it."""
        found: JsonObject | None = self.view()["home"]
        return found

    def say(self, channel: str, text: str, thread_ts: str | None = None) -> Outcome:
        """Type into a channel; text that begins with the app's command runs it and waits for the ack."""
        return self._act("say", channel=channel, text=text, thread_ts=thread_ts)

    def click(
        self,
        action_id: str,
        *,
        channel: str | None = None,
        message_ts: str | None = None,
        view_id: str | None = None,
        block_id: str | None = None,
        confirmed: bool = False,
        value: str | None = None,
        selected: Any = None,
    ) -> Outcome:
        """Click an element of a message or view. `value` forges its value, `selected` chooses in a menu.

        With a channel alone it is the newest message there that has the element.
        """
        where = {"channel": channel, "message_ts": message_ts, "view_id": view_id, "block_id": block_id}
        what = {"action_id": action_id, "confirmed": confirmed, "value": value, "selected": selected}
        return self._act("click", **where, **what)

    def submit(self, view_id: str, values: Mapping[str, Any] | None = None) -> Outcome:
        """Enter values by block_id or action_id and submit; what is not named keeps what it had."""
        return self._act("submit", view_id=view_id, values=dict(values or {}))

    def close(self, view_id: str) -> Outcome:
        """Cancel a modal."""
        return self._act("close", view_id=view_id)

    def react(self, channel: str, ts: str, name: str, *, remove: bool = False) -> Outcome:
        """Add an emoji reaction, or take it back."""
        return self._act("react", channel=channel, ts=ts, name=name, remove=remove)

    def open_home(self) -> Outcome:
        """Open the app's Home tab."""
        return self._act("open_home")

    def _channel(self, channel: str) -> JsonObject:
        for shown in self.view()["channels"]:
            if shown["id"] == channel:
                return dict(shown)
        raise ImpossibleActError(f"{self.user_id} does not see {channel}")

    def _act(self, act: str, **body: Any) -> Outcome:
        return Outcome(**_json(_ask("POST", f"{self._url}/{act}", json=body)))

    def __repr__(self) -> str:
        return f"Person({self.user_id})"


def cast(url: str) -> list[JsonObject]:
    """The people of a running sandbox."""
    found: list[JsonObject] = _ask("GET", f"{url.rstrip('/')}/_people").json()
    return found


def wait_for_change(url: str, since: int, timeout: float = 10.0) -> int:
    """Wait until the change counter of a running sandbox is past `since`; the counter as it is then."""
    query = {"since": since, "timeout": timeout}
    answer = _ask("GET", f"{url.rstrip('/')}/_sandbox/changes", params=query, timeout=timeout + SECONDS)
    return int(answer.json()["seq"])


def _ask(method: str, url: str, *, timeout: float = SECONDS, **rest: Any) -> httpx.Response:
    # No proxy between us and this machine; and without the shared context each request would read all certificates.
    with httpx.Client(timeout=timeout, trust_env=False, verify=tls_context()) as client:
        return client.request(method, url, **rest)


def _json(answer: httpx.Response) -> JsonObject:
    document: JsonObject = answer.json()
    if answer.status_code == NOT_FOUND:
        raise ImpossibleActError(document.get("detail") or document.get("error"))
    answer.raise_for_status()
    return document
