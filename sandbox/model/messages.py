"""Messages, threads, reactions and ephemerals."""

from dataclasses import dataclass, field
from typing import Any

from sandbox.documents import JsonObject
from sandbox.errors import SlackError
from sandbox.ids import Stamps


@dataclass(frozen=True)
class Version:
    """What a message said at one time; a click may come from a client that still shows an old one."""

    text: str
    blocks: tuple[JsonObject, ...]


@dataclass
class Message:
    """One message of a channel. `sent_with` keeps the arguments that change how Slack would show it (unfurl, parse)."""

    channel: str
    ts: str
    user: str
    text: str
    blocks: list[JsonObject] = field(default_factory=list)
    by_app: bool = False
    thread_ts: str | None = None
    broadcast: bool = False
    metadata: JsonObject | None = None
    edited_at: str | None = None
    is_tombstone: bool = False
    reactions: dict[str, list[str]] = field(default_factory=dict)
    sent_with: JsonObject = field(default_factory=dict)
    versions: list[Version] = field(default_factory=list)

    @property
    def in_channel(self) -> bool:
        """Whether it stands in the channel itself rather than only in a thread."""
        return self.thread_ts is None or self.thread_ts == self.ts or self.broadcast


@dataclass
class Ephemeral:
    """A message that one person sees, and only that person."""

    channel: str
    ts: str
    user: str
    text: str
    blocks: list[JsonObject] = field(default_factory=list)
    thread_ts: str | None = None


class Messages:
    """What was said in every channel, by channel id and timestamp."""

    def __init__(self, stamps: Stamps) -> None:
        self._stamps = stamps
        self._messages: dict[str, dict[str, Message]] = {}
        self._ephemerals: dict[str, dict[str, Ephemeral]] = {}

    def post(self, channel: str, user: str, text: str, **rest: Any) -> Message:
        """Add a message with a new timestamp."""
        message = Message(channel, self._stamps.next(), user, text, **rest)
        self._messages.setdefault(channel, {})[message.ts] = message
        return message

    def whisper(self, channel: str, user: str, text: str, **rest: Any) -> Ephemeral:
        """Add a message for one person."""
        ephemeral = Ephemeral(channel, self._stamps.next(), user, text, **rest)
        self._ephemerals.setdefault(channel, {})[ephemeral.ts] = ephemeral
        return ephemeral

    def find(self, channel: str, ts: str) -> Message:
        """The message at this timestamp; SlackError `message_not_found` when there is none."""
        message = self._messages.get(channel, {}).get(ts)
        if message is None:
            raise SlackError("message_not_found")
        return message

    def find_ephemeral(self, channel: str, ts: str) -> Ephemeral | None:
        """The ephemeral at this timestamp, if it is still shown."""
        return self._ephemerals.get(channel, {}).get(ts)

    def rewrite(self, message: Message, text: str, blocks: list[JsonObject]) -> None:
        """Edit a message. Slack shows the "(edited)" mark only when there are no blocks."""
        message.versions.append(Version(message.text, tuple(message.blocks)))
        message.text, message.blocks = text, blocks
        message.edited_at = None if blocks else self._stamps.next()

    def remove(self, message: Message) -> None:
        """Delete a message; one with replies leaves a tombstone so that its thread stays."""
        if self.replies(message.channel, message.ts):
            message.text, message.blocks, message.is_tombstone = "This message was deleted.", [], True
        else:
            del self._messages[message.channel][message.ts]

    def hide(self, ephemeral: Ephemeral) -> None:
        """Take an ephemeral away."""
        self._ephemerals[ephemeral.channel].pop(ephemeral.ts, None)

    def in_channel(self, channel: str) -> list[Message]:
        """The channel's messages, oldest first, without replies that stayed in their thread."""
        return [message for message in self._messages.get(channel, {}).values() if message.in_channel]

    def everything(self, channel: str) -> list[Message]:
        """All messages of a channel, replies included, oldest first."""
        return list(self._messages.get(channel, {}).values())

    def replies(self, channel: str, thread_ts: str) -> list[Message]:
        """The replies to a message, oldest first."""
        return [
            message
            for message in self._messages.get(channel, {}).values()
            if message.thread_ts == thread_ts and message.ts != thread_ts
        ]

    def whispers(self, channel: str, user: str) -> list[Ephemeral]:
        """The ephemerals that one person sees in a channel, oldest first."""
        return [ephemeral for ephemeral in self._ephemerals.get(channel, {}).values() if ephemeral.user == user]

    def move(self, old_channel: str, new_channel: str) -> None:
        """Carry everything over when a channel gets another id."""
        self._messages[new_channel] = self._messages.pop(old_channel, {})
        self._ephemerals[new_channel] = self._ephemerals.pop(old_channel, {})
        for message in self._messages[new_channel].values():
            message.channel = new_channel
        for ephemeral in self._ephemerals[new_channel].values():
            ephemeral.channel = new_channel
