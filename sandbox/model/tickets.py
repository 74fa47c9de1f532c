"""Short-lived permissions that Slack hands out: trigger ids, response URLs, Socket Mode links."""

import secrets
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sandbox.errors import SlackError
from sandbox.ids import Clock, new_id

RESPONSE_URL_USES = 5
RESPONSE_URL_SECONDS = 30 * 60
TRIGGER_SECONDS = 3.0


@dataclass
class Trigger:
    """A trigger id: opens one view for one person within three seconds. `view_id` is the modal that it came from."""

    id: str
    user: str
    issued_at: float
    view_id: str | None = None
    used: bool = False


class ReplyKind(StrEnum):
    """Which of Slack's two kinds of response URL it is."""

    COMMAND = "commands"
    ACTION = "actions"


@dataclass
class ReplyTicket:
    """A response URL: where its answers go, and what "original" means for it."""

    id: str
    kind: ReplyKind
    channel: str
    user: str
    issued_at: float
    original_ts: str | None = None
    original_is_ephemeral: bool = False
    thread_ts: str | None = None
    uses: int = 0


class Tickets:
    """Issues and redeems permissions; the clock decides what has expired."""

    def __init__(self, clock: Clock, team_id: str) -> None:
        self._clock = clock
        self._team_id = team_id
        self._triggers: dict[str, Trigger] = {}
        self._replies: dict[str, ReplyTicket] = {}
        self._links: set[str] = set()

    def trigger(self, user: str, view_id: str | None = None) -> str:
        """A new trigger id for a person who has just done something."""
        now = self._clock()
        made = Trigger(f"{int(now * 1000)}.{new_id('', 10)}.{secrets.token_hex(16)}", user, now, view_id)
        self._triggers[made.id] = made
        return made.id

    def exchange(self, trigger_id: str) -> Trigger:
        """Use up a trigger id; SlackError by Slack's names when it is unknown, used or older than three seconds."""
        trigger = self._triggers.get(trigger_id)
        if trigger is None:
            raise SlackError("invalid_trigger_id")
        if trigger.used:
            raise SlackError("exchanged_trigger_id")
        if self._clock() - trigger.issued_at > TRIGGER_SECONDS:
            raise SlackError("expired_trigger_id")
        trigger.used = True
        return trigger

    def reply(self, kind: ReplyKind, channel: str, user: str, **rest: Any) -> str:
        """A new response URL's path, such as `/commands/T0HOME/123/abc`."""
        key = f"{self._team_id}/{new_id('', 12)}/{secrets.token_urlsafe(18)}"
        self._replies[key] = ReplyTicket(key, kind, channel, user, self._clock(), **rest)
        return f"/{kind.value}/{key}"

    def peek(self, path: str) -> ReplyTicket:
        """The ticket behind a response URL's path, without using it: the ack itself costs none of the five uses."""
        return self._replies[path.removeprefix("/").partition("/")[2]]

    def redeem(self, key: str) -> ReplyTicket:
        """Use a response URL once; SlackError `expired_url` after 30 minutes and `used_url` after five uses."""
        ticket = self._replies.get(key)
        if ticket is None:
            raise SlackError("no_service", status=404)
        if self._clock() - ticket.issued_at > RESPONSE_URL_SECONDS:
            raise SlackError("expired_url", status=404)
        if ticket.uses >= RESPONSE_URL_USES:
            raise SlackError("used_url", status=404)
        ticket.uses += 1
        return ticket

    def link(self) -> str:
        """A new single-use ticket for one Socket Mode connection."""
        made = secrets.token_hex(16)
        self._links.add(made)
        return made

    def take_link(self, link: str) -> bool:
        """Use up a Socket Mode ticket; False when it is unknown or used."""
        if link not in self._links:
            return False
        self._links.remove(link)
        return True
