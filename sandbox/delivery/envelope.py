"""What is carried to the app, how it answers, and the log of it."""

import asyncio
import time
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from typing import Protocol

from sandbox.documents import JsonObject
from sandbox.ids import Clock


class EnvelopeKind(StrEnum):
    """The three kinds of request that Slack sends, by their Socket Mode names."""

    COMMAND = "slash_commands"
    INTERACTIVE = "interactive"
    EVENT = "events_api"


class Mode(StrEnum):
    """How requests reach the app."""

    SOCKET = "socket"
    HTTP = "http"


class Outcome(StrEnum):
    """How one attempt ended, by the words that Slack shows to the person."""

    ACKED = "acked"
    OPERATION_TIMEOUT = "operation_timeout"
    DISPATCH_FAILED = "dispatch_failed"


class Drop(StrEnum):
    """When the connection is torn down under a delivery."""

    BEFORE_ACK = "before_ack"
    AFTER_ACK = "after_ack"


@dataclass(frozen=True)
class Envelope:
    """One request to the app. Only commands and view submissions may be answered with a payload."""

    kind: EnvelopeKind
    payload: JsonObject
    accepts_response: bool = False
    retry_attempt: int = 0
    retry_reason: str = ""
    drop: Drop | None = None

    @property
    def channel(self) -> str | None:
        """The channel that it is about, if any."""
        event = self.payload.get("event", {})
        places = (
            self.payload.get("channel_id"),
            self.payload.get("channel", {}).get("id"),
            event.get("channel"),
            event.get("item", {}).get("channel"),
        )
        return next((place for place in places if isinstance(place, str)), None)


@dataclass(frozen=True)
class Ack:
    """The app's answer: an empty payload means received."""

    payload: JsonObject = field(default_factory=dict)


class NotAckedError(Exception):
    """The app did not answer properly within three seconds, or could not be reached."""

    def __init__(self, outcome: Outcome, *, retry: bool = True) -> None:
        super().__init__(outcome.value)
        self.outcome = outcome
        self.retry = retry


class Carrier(Protocol):
    """A way to the app."""

    async def carry(self, envelope: Envelope, seconds: float) -> Ack:
        """Send and wait for the answer; NotAckedError when there is none within the time."""


@dataclass(frozen=True)
class Delivery:
    """One attempt, as the log keeps it; `at` is when it ended."""

    seq: int
    kind: EnvelopeKind
    payload: JsonObject
    retry_attempt: int
    outcome: Outcome
    ack: JsonObject
    fault: str | None = None
    at: float = 0.0

    def as_json(self) -> JsonObject:
        """The attempt as a JSON document."""
        return asdict(self)


@dataclass(frozen=True)
class Timing:
    """Slack's times in seconds; tests shorten them.

    Events are retried at once, after a minute and after five. A connection that was asked to leave is closed after
    `leave`, as it is by Slack about ten seconds after its warning. `ping` is how often WebSockets are pinged: the SDK's
    client notices only between two frames that it was closed, so short pings make it close quickly.
    """

    ack: float = 3.0
    retries: tuple[float, ...] = (0.0, 60.0, 300.0)
    leave: float = 10.0
    ping: float = 1.0
    stamp: Clock = time.time
    """The time that a signed request names; the machine's, but for an app that lives on another clock."""


async def answer_within(future: "asyncio.Future[Ack]", seconds: float) -> Ack:
    """Wait for an answer; NotAckedError `operation_timeout` when it does not come in time."""
    done, _ = await asyncio.wait([future], timeout=seconds)
    if not done:
        raise NotAckedError(Outcome.OPERATION_TIMEOUT)
    return future.result()
