"""The traffic between the app and Slack, one line each, for those who want to look inside."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from sandbox.delivery.envelope import Delivery, EnvelopeKind, Outcome
from sandbox.documents import JsonObject
from sandbox.model.workspace import Workspace
from sandbox.recorder import Call

MOST = 200


@dataclass(frozen=True)
class Passage:
    """One call or envelope: when, in which direction, what, about what, where, and how it ended."""

    at: float
    is_call: bool
    what: str
    about: str
    channel: str
    result: str
    is_ok: bool


def passages(workspace: Workspace, calls: Iterable[Call], deliveries: Iterable[Delivery]) -> tuple[Passage, ...]:
    """The newest traffic first."""
    names = {one.id: f"#{one.name}" if one.name else "direct message" for one in workspace.channels.all()}
    found = [_call(call, names) for call in calls] + [_delivery(delivery, names) for delivery in deliveries]
    return tuple(sorted(found, key=lambda passage: passage.at, reverse=True)[:MOST])


def _call(call: Call, names: Mapping[str, str]) -> Passage:
    channel = call.arguments.get("channel")
    result = "ok" if call.ok else str(call.response.get("error", "no answer"))
    fault = f", fault {call.fault}" if call.fault else ""
    where = names.get(channel, channel) if isinstance(channel, str) else ""
    about = call.arguments.get("user") or call.arguments.get("user_id") or ""
    return Passage(call.at, True, call.method, str(about), where, result + fault, call.ok and not call.fault)


def _delivery(delivery: Delivery, names: Mapping[str, str]) -> Passage:
    what, about = _envelope(delivery.kind, delivery.payload)
    channel = _channel(delivery.payload)
    retry = f", attempt {delivery.retry_attempt + 1}" if delivery.retry_attempt else ""
    is_ok = delivery.outcome is Outcome.ACKED
    result = f"{delivery.outcome.value}{retry}"
    return Passage(delivery.at, False, what, about, names.get(channel, channel), result, is_ok)


def _envelope(kind: EnvelopeKind, payload: JsonObject) -> tuple[str, str]:
    """What an envelope is, and what it is about."""
    if kind is EnvelopeKind.COMMAND:
        return kind.value, f"{payload['command']} {payload['text']}".strip()
    if kind is EnvelopeKind.EVENT:
        return kind.value, str(payload.get("event", {}).get("type", ""))
    actions = ", ".join(str(action.get("action_id", "")) for action in payload.get("actions", ()))
    callback = str(payload.get("view", {}).get("callback_id", ""))
    return kind.value, f"{payload['type']} {actions or callback}".strip()


def _channel(payload: JsonObject) -> str:
    held = payload.get("channel_id") or payload.get("channel", {}).get("id") or payload.get("event", {}).get("channel")
    return held if isinstance(held, str) else ""
