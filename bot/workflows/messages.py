"""What the outbox can be asked to send: a closed union, each message with its target, its priority and its patience.

A message names what to draw, not the drawing; only an answer carries its own words. What waits under one target waits
once, and is sent one after the other. Kind and target are bound into the seal of the stored row (`storage.queues`), so
that a row cannot be made to stand for another (promise P16).
"""

import math
from abc import abstractmethod
from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any, ClassVar, Final, Literal

import orjson
from pydantic import Field, TypeAdapter

from blocks.drawing import Block
from profiles.frozen import Frozen
from storage import queues
from storage.store import Transaction
from transforms.model.directives import Person

RETRY_FOREVER: Final = math.inf
"""For what waits as long as Slack is away: a card that asks for a decision, a notice or a withdrawal that must stand in
the bridge, and what every gate is told. An answer to somebody who has gone on is given up."""

MOST_ATTEMPTS: Final = 8


class _Message(Frozen):
    """One thing to send. `priority`: low ones go first. `patience`: after how many attempts it is given up."""

    priority: ClassVar[int] = 1
    patience: ClassVar[float] = MOST_ATTEMPTS

    @property
    @abstractmethod
    def target(self) -> str:
        """What waits at most once, and of which one is sent at a time."""


class DrawCards(_Message):
    """Every card of one case whose review moved since the card was drawn."""

    kind: Literal["draw-cards"] = "draw-cards"
    bridge_case: str
    priority: ClassVar[int] = 2
    patience: ClassVar[float] = RETRY_FOREVER

    @property
    def target(self) -> str:
        """The case."""
        return f"cards/{self.bridge_case}"


class _InBridge(_Message):
    """A message that stands in the bridge.

    Amendment and withdrawal share its target, so that neither overtakes the other: whichever is sent draws the latest
    state.
    """

    draft: str
    priority: ClassVar[int] = 0
    patience: ClassVar[float] = RETRY_FOREVER

    @property
    def target(self) -> str:
        """The message in the bridge."""
        return f"bridge/{self.draft}"


class Amend(_InBridge):
    """A released message, drawn again as it stands now: bare, or under one of the profile's notices."""

    kind: Literal["amend"] = "amend"


class TakeDown(_InBridge):
    """A released message is taken back: the withdrawal's notice takes its place (promise P11)."""

    kind: Literal["take-down"] = "take-down"


class Release(_Message):
    """An approved draft, released by whoever claims the row."""

    kind: Literal["release"] = "release"
    draft: str
    priority: ClassVar[int] = 0

    @property
    def target(self) -> str:
        """The draft."""
        return f"release/{self.draft}"


class Answer(_Message):
    """What only the asking person reads, through the response URL where Slack gave one."""

    kind: Literal["answer"] = "answer"
    request: str
    channel: str
    user: str
    response_url: str
    text: str
    blocks: tuple[Block, ...]
    harmless: bool

    @property
    def target(self) -> str:
        """The request that it answers."""
        return f"answer/{self.request}"


class FillModal(_Message):
    """The view for the modal that was opened for a request; `text` says the same beside it, if the modal is gone."""

    kind: Literal["fill-modal"] = "fill-modal"
    request: str
    channel: str
    user: str
    view: Block
    text: str

    @property
    def target(self) -> str:
        """The request that it answers."""
        return f"modal/{self.request}"


class Tell(_Message):
    """A sentence for a role's review channel, or without a role for the incident's own; `about` names it once."""

    kind: Literal["tell"] = "tell"
    about: str
    bridge_case: str
    role: str
    text: str
    patience: ClassVar[float] = RETRY_FOREVER

    @property
    def target(self) -> str:
        """What is told."""
        return f"tell/{self.about}"


class Notify(_Message):
    """A line under a gate's card that was drawn for a newer draft in the place of an older one: it asks again."""

    kind: Literal["notify"] = "notify"
    draft: str
    role: str
    priority: ClassVar[int] = 3
    patience: ClassVar[float] = RETRY_FOREVER

    @property
    def target(self) -> str:
        """The gate of the draft."""
        return f"notify/{self.draft}/{self.role}"


class EndProgress(_Message):
    """What came of a reading, in the place of its progress."""

    kind: Literal["end-progress"] = "end-progress"
    request: str
    text: str
    patience: ClassVar[float] = RETRY_FOREVER

    @property
    def target(self) -> str:
        """The message that showed the reading."""
        return progress_target(self.request)


class DrawHome(_Message):
    """Somebody's Home tab."""

    kind: Literal["draw-home"] = "draw-home"
    person: Person

    @property
    def target(self) -> str:
        """The person."""
        return f"home/{self.person.team}/{self.person.user}"


Message = DrawCards | Notify | Amend | TakeDown | Release | Answer | FillModal | Tell | EndProgress | DrawHome
_message: Final[TypeAdapter[Message]] = TypeAdapter(Annotated[Message, Field(discriminator="kind")])


def enqueue(transaction: Transaction, message: Message, due_at: datetime) -> None:
    """Have a message sent from `due_at` on; one that waits under the same target is only pulled forward."""
    content = message.model_dump(mode="json")
    queues.enqueue(transaction, queues.OutboxMessage(message.kind, message.target, content, due_at, message.priority))


def read_message(content: Mapping[str, Any]) -> Message:
    """The message of a stored row; pydantic's `ValidationError` when a different version of the app wrote it."""
    return _message.validate_json(orjson.dumps(content))


def progress_target(request: str) -> str:
    """The name under which the message that shows a reading is kept."""
    return f"progress/{request}"
