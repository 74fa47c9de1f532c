"""What people ask, as types: the payloads of Slack that the inbox keeps, read once and checked.

Who the person is stays a claim until `bot.people` has looked it up. In a shared channel the team of a click is ours
even when an outside user clicks; theirs is `user.team_id` (Slack: block_actions payload). The outer `team_id` of an
event is theirs.
"""

from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from pydantic import ValidationError

from blocks.drawing import unescape
from blocks.ids import COMMAND, Reference
from bot.intake.commands import NotUnderstood, Typed, parse
from transforms.model.directives import Person


class UnreadableError(Exception):
    """The payload has not the shape that Slack documents."""


@dataclass(frozen=True, slots=True)
class Meant:
    """What somebody means: a draft, or an incident by its channel and, where it has several, one of its bridges."""

    channel: str
    bridge: str = ""
    draft: str = ""


@dataclass(frozen=True, slots=True)
class Request:
    """What every request has: its inbox id, who claims to ask, where, and how to answer."""

    id: str
    person: Person
    channel: str
    received_at: datetime
    response_url: str = ""

    @property
    def meant(self) -> Meant:
        """What the request is about."""
        return Meant(self.channel)

    @property
    def words(self) -> tuple[str, ...]:
        """What was typed after the command; a click and a form have none."""
        return ()


@dataclass(frozen=True, slots=True)
class CommandRequest(Request):
    """A typed command, or why the text is none."""

    typed: Typed | NotUnderstood = field(default_factory=lambda: Typed("menu"))

    @property
    def meant(self) -> Meant:
        """The incident of the channel, and the bridge that was named."""
        return Meant(self.channel, self.typed.bridge if isinstance(self.typed, Typed) else "")

    @property
    def words(self) -> tuple[str, ...]:
        """What was typed after the command and its bridge."""
        return self.typed.words if isinstance(self.typed, Typed) else ()


@dataclass(frozen=True, slots=True)
class _Referring(Request):
    """A request that carries what it is about: `about` is a role, a field or an exception."""

    reference: Reference = field(default_factory=lambda: Reference(""))

    @property
    def meant(self) -> Meant:
        """The draft or the bridge of the button or form."""
        return Meant(self.reference.lane, self.reference.bridge, self.reference.draft)


@dataclass(frozen=True, slots=True)
class ActionRequest(_Referring):
    """A click."""

    action: str = ""
    message_ts: str = ""


@dataclass(frozen=True, slots=True)
class SubmissionRequest(_Referring):
    """A modal that was sent off: `values` by action id, each a text or a tuple of choices."""

    callback: str = ""
    values: dict[str, str | tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class EventRequest(Request):
    """Something that happened in the workspace."""

    event: dict[str, Any] = field(default_factory=dict)


AnyRequest = CommandRequest | ActionRequest | SubmissionRequest | EventRequest


def lane_of(body: dict[str, Any]) -> str:
    """The incident's channel that a payload belongs to, as far as it can be told without looking anything up."""
    if body.get("command"):
        return str(body.get("channel_id", ""))
    if actions := body.get("actions"):
        return Reference.read(str(actions[0].get("value", ""))).lane or _channel(body)
    if view := body.get("view"):
        return Reference.read(str(view.get("private_metadata", ""))).lane
    event = body.get("event", {})
    return str(event.get("channel") or event.get("channel_id") or event.get("user") or "")


def dedupe_key(body: dict[str, Any]) -> str | None:
    """What is the same when Slack delivers a request twice."""
    if body.get("event_id"):
        return f"event/{body['event_id']}"
    if trigger := body.get("trigger_id"):
        return f"trigger/{trigger}"
    return None


def read_request(
    request_id: str, body: dict[str, Any], received_at: datetime, bridges: Collection[str] = ()
) -> AnyRequest:
    """The typed request, where these bridges can be named; `UnreadableError` for a payload of another shape."""
    try:
        if body.get("command"):
            return _command(request_id, body, received_at, bridges)
        kind = body.get("type")
        return _READERS[str(kind)](request_id, body, received_at)
    except (KeyError, IndexError, TypeError, AttributeError, ValidationError) as problem:
        raise UnreadableError(f"no command, click, form or event: {type(problem).__name__}") from problem


def _command(request_id: str, body: dict[str, Any], at: datetime, bridges: Collection[str]) -> CommandRequest:
    if body["command"] != COMMAND:
        raise UnreadableError("another command")
    return CommandRequest(
        id=request_id,
        person=Person(team=body["team_id"], user=body["user_id"]),
        channel=body["channel_id"],
        received_at=at,
        response_url=body.get("response_url") or "",
        typed=parse(unescape(body.get("text") or ""), bridges),
    )


def _action(request_id: str, body: dict[str, Any], at: datetime) -> ActionRequest:
    action = body["actions"][0]
    return ActionRequest(
        id=request_id,
        person=_person(body),
        channel=_channel(body),
        received_at=at,
        response_url=body.get("response_url") or "",
        action=action["action_id"],
        reference=Reference.read(str(action.get("value", ""))),
        message_ts=str((body.get("container") or {}).get("message_ts") or ""),
    )


def _submission(request_id: str, body: dict[str, Any], at: datetime) -> SubmissionRequest:
    view = body["view"]
    reference = Reference.read(view.get("private_metadata") or "")
    inputs = {action: value for block in view["state"]["values"].values() for action, value in block.items()}
    return SubmissionRequest(
        id=request_id,
        person=_person(body),
        channel=reference.about or reference.lane,
        received_at=at,
        callback=view["callback_id"],
        reference=reference,
        values={action: _value(value) for action, value in inputs.items()},
    )


def _event(request_id: str, body: dict[str, Any], at: datetime) -> EventRequest:
    event = body["event"]
    return EventRequest(
        id=request_id,
        person=Person(team=_team_of_actor(body, event), user=event.get("user") or "U0"),
        channel=str(event.get("channel") or ""),
        received_at=at,
        event=event,
    )


_READERS: Final[dict[str, Callable[[str, dict[str, Any], datetime], AnyRequest]]] = {
    "block_actions": _action,
    "view_submission": _submission,
    "event_callback": _event,
}


def _person(body: dict[str, Any]) -> Person:
    user = body["user"]
    # An org-wide installation names no workspace, only its enterprise.
    team = user.get("team_id") or (body.get("team") or body["enterprise"])["id"]
    return Person(team=team, user=user["id"])


def _team_of_actor(body: dict[str, Any], event: dict[str, Any]) -> str:
    """The organisation of whoever acted; in Slack Connect the event may say it, else the outer team is theirs."""
    told: str = event.get("user_team") or event.get("source_team") or body.get("team_id") or body["enterprise_id"]
    return told


def _channel(body: dict[str, Any]) -> str:
    return str((body.get("channel") or {}).get("id") or (body.get("container") or {}).get("channel_id") or "")


def _value(value: dict[str, Any]) -> str | tuple[str, ...]:
    if "selected_options" in value:
        return tuple(option["value"] for option in value["selected_options"])
    if value.get("selected_option"):
        return str(value["selected_option"]["value"])
    return str(value.get("value") or "")
