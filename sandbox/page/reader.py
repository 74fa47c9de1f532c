"""What text, names and times say to one person: resolved with nothing but what that person can see."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, tzinfo
from urllib.parse import urlencode

from sandbox.documents import JsonObject
from sandbox.page.emoji import EMOJI
from sandbox.page.moments import clock, formatted, in_full, in_words, local, zone_of
from sandbox.page.mrkdwn import Code, Link, Mention, Moment, Node, Styled, Words, is_address, parse, unescape

ARCHIVES = re.compile(r"https://[a-z0-9-]+\.slack\.com/archives/([A-Z0-9]+)/p(\d{10})(\d{6})(?:\?.*)?")
EMOJI_NAME = re.compile(r":([a-z0-9_+-]{1,60}):")
HIDDEN_CHANNEL = "private-channel"


@dataclass(frozen=True)
class Time:
    """A time on the screen: what stands there, what it says in full, and for machines."""

    shown: str
    full: str
    machine: str


@dataclass(frozen=True)
class Reader:
    """One person's eyes. `people` and `channels` are those of their own view."""

    user: str
    people: JsonObject
    channels: JsonObject
    zone: tzinfo
    now: datetime

    @classmethod
    def of(cls, view: JsonObject, now: float) -> "Reader":
        """The reader of a person's view at a moment."""
        zone = zone_of(view["user"]["tz"])
        names = {channel["id"]: channel["name"] for channel in view["channels"]}
        return cls(view["user"]["id"], view["people"], names, zone, datetime.fromtimestamp(now, zone))

    def nodes(self, text: JsonObject) -> tuple[Node, ...]:
        """A text object as a tree; plain text is words alone."""
        if text["type"] == "mrkdwn":
            return parse(text["text"], verbatim=bool(text.get("verbatim")))
        return (Words(self.plain(text)),)

    def message_nodes(self, message: JsonObject) -> tuple[Node, ...]:
        """The text of a message without blocks."""
        return parse(message["text"], verbatim=message.get("parse") == "none")

    def plain(self, text: JsonObject) -> str:
        """A plain_text object as it reads."""
        words = unescape(text["text"])
        return EMOJI_NAME.sub(lambda name: EMOJI.get(name[1], name[0]), words) if text.get("emoji") else words

    def person(self, user_id: str) -> str:
        """A person's name; those whom the reader cannot know stay unknown."""
        known = self.people.get(user_id)
        return str(known["name"]) if known else "unknown"

    def names(self, user_ids: Iterable[str]) -> str:
        """Several people by name."""
        return ", ".join(map(self.person, user_ids))

    def emoji(self, name: str) -> str:
        """An emoji by its name, or `:name:`."""
        return EMOJI.get(name, f":{name}:")

    def channel(self, channel_id: str) -> str:
        """A channel's name; one that the reader is not in has none."""
        return str(self.channels.get(channel_id, HIDDEN_CHANNEL))

    def to_channel(self, channel_id: str, **more: str) -> str:
        """The address of a channel on this page."""
        return f"/?{urlencode({'as': self.user, 'channel': channel_id, **more})}"

    def target(self, url: str) -> str:
        """Where a link leads: a message of this workspace opens here, as in every Slack client."""
        found = ARCHIVES.fullmatch(url)
        if found and found[1] in self.channels:
            return f"{self.to_channel(found[1])}#m-{found[2]}.{found[3]}"
        return url if is_address(url) else ""

    def moment(self, node: Moment) -> Time:
        """A date token in the reader's zone, or its fallback for a time that no calendar has."""
        at = local(node.at, self.zone)
        if at is None:
            return Time(node.fallback, node.fallback, "")
        return Time(formatted(node.form, at, self.now), node.fallback or in_full(at), at.isoformat())

    def time(self, ts: str) -> Time:
        """The time beside a message's author."""
        at = datetime.fromtimestamp(float(ts), self.zone)
        return Time(clock(at), f"{in_full(at)} ({self.zone})", at.isoformat(timespec="seconds"))

    def date(self, leaf: JsonObject) -> Time:
        """The date element of a rich text."""
        return self.moment(Moment(int(leaf["timestamp"]), leaf["format"], leaf.get("fallback", "")))

    def clock(self, at: float) -> str:
        """A time of day, to the second."""
        return clock(datetime.fromtimestamp(at, self.zone), seconds=True)

    @property
    def place(self) -> str:
        """The zone as people say it: `New York`."""
        return str(self.zone).rpartition("/")[2].replace("_", " ")

    def time_now(self) -> str:
        """The time of day where this person is."""
        return clock(self.now)

    def day(self, ts: str) -> str:
        """The day of a message, in words."""
        return in_words(datetime.fromtimestamp(float(ts), self.zone), self.now)

    def first_line(self, message: JsonObject) -> str:
        """The beginning of a message in plain words, to be announced."""
        line = message["text"].partition("\n")[0]
        return "".join(_spoken(self, parse(line)))[:200]


def _spoken(reader: Reader, nodes: tuple[Node, ...]) -> Iterator[str]:
    for node in nodes:
        match node:
            case Styled(parts=parts):
                yield from _spoken(reader, parts)
            case Moment():
                yield reader.moment(node).shown
            case Mention(label=label) | Link(label=label):
                yield label
            case Words(text=text) | Code(text=text):
                yield text
