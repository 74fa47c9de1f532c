"""One person's screen: the open channel, its lines, the panel beside it, and the cast for those inside."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from sandbox.acts.sight import cast, sees_least, view_of
from sandbox.blockkit.inputs import initial_state
from sandbox.documents import JsonObject
from sandbox.model.reading import NOTHING
from sandbox.model.workspace import Workspace
from sandbox.page.reader import Reader

HOME = "home"


@dataclass(frozen=True)
class Asked:
    """What the address names. `mark` is how far was read when the channel was opened: the line "New" stays there."""

    user: str
    channel: str | None = None
    thread: str | None = None
    show: str | None = None
    mark: str | None = None


@dataclass(frozen=True)
class Line:
    """One line of a channel: `day`, `new`, or a `message`."""

    kind: str
    key: str
    text: str = ""
    message: JsonObject | None = None


@dataclass(frozen=True)
class Member:
    """Someone of the cast."""

    id: str
    name: str
    title: str
    is_outsider: bool


@dataclass(frozen=True)
class Screen:
    """Everything that the templates draw. Nothing in it is beyond the person's view, but the cast for those inside."""

    view: JsonObject
    reader: Reader
    here: JsonObject | None
    mark: str
    lines: tuple[Line, ...]
    thread: tuple[Line, ...]
    shows_home: bool
    is_bare: bool
    app_name: str
    cast: tuple[Member, ...]

    @property
    def thread_ts(self) -> str | None:
        """The message whose thread is open."""
        parent = self.thread[0].message if self.thread else None
        return parent["ts"] if parent else None

    @property
    def newest(self) -> str:
        """The timestamp up to which an open channel shows everything."""
        shown = [line.message["ts"] for line in self.lines if line.message]
        return str(shown[-1]) if shown else NOTHING

    @property
    def modal(self) -> JsonObject | None:
        """The modal in front of the person."""
        return self.view["modals"][-1] if self.view["modals"] else None

    @property
    def channel_groups(self) -> list[tuple[str, list[JsonObject]]]:
        """The channels under their headings."""
        rooms = [one for one in self.view["channels"] if not one["is_im"]]
        direct = [one for one in self.view["channels"] if one["is_im"]]
        return [(heading, found) for heading, found in (("Channels", rooms), ("Direct messages", direct)) if found]

    @property
    def members(self) -> list[JsonObject]:
        """Who is in the open channel."""
        return [self.view["people"][member] for member in self.here["members"]] if self.here else []

    @property
    def partners(self) -> list[str]:
        """The other organisations in the open channel."""
        teams = {one["team"] for one in self.members if not one["is_bot"]} - {self.view["user"]["team"]}
        return sorted(teams) or ["another organisation"]

    @property
    def elsewhere(self) -> int:
        """How many unread messages are in other channels."""
        return sum(one["unread"] for one in self.view["channels"] if one is not self.here)


def screen_of(workspace: Workspace, asked: Asked) -> Screen:
    """The screen of a person; SlackError `user_not_found` for somebody who is not there."""
    view = view_of(workspace, asked.user)
    is_bare = sees_least(workspace, asked.user)
    here = _open_channel(view, asked.channel or workspace.reading.last_channel(asked.user))
    reader = Reader.of(view, workspace.clock())
    mark = asked.mark or (here["read"] if here else NOTHING)
    return Screen(
        view=view,
        reader=reader,
        here=here,
        mark=mark,
        lines=tuple(_lines(here, reader, mark)) if here else (),
        thread=tuple(_thread(here, asked.thread)) if here and asked.thread else (),
        shows_home=asked.show == HOME and view["command"] is not None and here is not None,
        is_bare=is_bare,
        app_name=workspace.directory.app.name,
        cast=() if is_bare else tuple(_cast(workspace)),
    )


def _open_channel(view: JsonObject, wanted: str | None) -> JsonObject | None:
    """The wanted channel if the person sees it, else their first one; a wrong id is not even repeated."""
    channels: list[JsonObject] = view["channels"]
    return next((one for one in channels if one["id"] == wanted), channels[0] if channels else None)


def _lines(channel: JsonObject, reader: Reader, mark: str) -> Iterator[Line]:
    shown = [*channel["messages"], *(one for one in channel["ephemerals"] if not one.get("thread_ts"))]
    day, is_marked = "", False
    for message in sorted(shown, key=lambda one: float(one["ts"])):
        if (today := reader.day(message["ts"])) != day:
            day = today
            yield Line("day", f"day-{day}", day)
        if not is_marked and _is_news(message, mark, reader.user):
            is_marked = True
            yield Line("new", "new")
        yield _message_line(message)


def _is_news(message: JsonObject, mark: str, user: str) -> bool:
    return mark != NOTHING and float(message["ts"]) > float(mark) and message["user"] != user


def _thread(channel: JsonObject, ts: str) -> Iterator[Line]:
    parent = next((one for one in channel["messages"] if one["ts"] == ts), None)
    if parent is None:
        return
    yield replace(_message_line({**parent, "replies": []}), key=f"t-{ts}")
    whispered = [one for one in channel["ephemerals"] if one.get("thread_ts") == ts]
    for reply in sorted([*parent["replies"], *whispered], key=lambda one: float(one["ts"])):
        line = _message_line(reply)
        yield replace(line, key=f"t-{reply['ts']}")


def _message_line(message: JsonObject) -> Line:
    blocks = message.get("blocks") or []
    return Line("message", f"m-{message['ts']}", message={**message, "values": initial_state(blocks, {})})


def _cast(workspace: Workspace) -> Iterator[Member]:
    for one in cast(workspace):
        yield Member(one["id"], one["real_name"], one["title"], one["is_outsider"])
