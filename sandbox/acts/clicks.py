"""What people click: buttons, menus, reactions, the Home tab."""

from dataclasses import dataclass
from typing import Any

from sandbox.acts import payloads
from sandbox.acts.rules import active_user, newest_with, visible_message, visible_view
from sandbox.blockkit.inputs import INPUTS, chosen, find_element, initial_state, offered
from sandbox.delivery.courier import Courier
from sandbox.delivery.envelope import Envelope, EnvelopeKind, NotAckedError
from sandbox.documents import JsonObject
from sandbox.errors import ImpossibleActError
from sandbox.model import events
from sandbox.model.messages import Ephemeral, Message
from sandbox.model.tickets import ReplyKind
from sandbox.model.views import View
from sandbox.model.workspace import Workspace

Surface = Message | Ephemeral | View
Found = tuple[JsonObject, JsonObject]


@dataclass(frozen=True)
class Click:
    """One click. `value` forges the value or the whole button, as a tampered client would; `selected` is for menus.

    Without `message_ts` it is on the newest message of the channel that has the element.
    """

    action_id: str
    channel: str | None = None
    message_ts: str | None = None
    view_id: str | None = None
    block_id: str | None = None
    confirmed: bool = False
    value: str | None = None
    selected: Any = None


class Clicks:
    """Clicking on messages and views."""

    def __init__(self, workspace: Workspace, courier: Courier, base_url: str) -> None:
        self._workspace = workspace
        self._courier = courier
        self._base_url = base_url

    async def click(self, user: str, click: Click) -> JsonObject:
        """Click, and wait for the app's ack. A confirm dialog is answered by clicking again with `confirmed`."""
        with self._workspace.lock:
            active_user(self._workspace, user)
            surface = self._surface(user, click)
            block, element = _element(surface, click)
            if element.get("confirm") and not click.confirmed:
                return {"ok": False, "acked": False, "error": "confirmation_needed", "confirm": element["confirm"]}
            payload = self._payload(user, surface, self._action(block, element, click))
        try:
            await self._courier.deliver(Envelope(EnvelopeKind.INTERACTIVE, payload))
        except NotAckedError as error:
            return {"ok": False, "acked": False, "error": error.outcome.value}
        return {"ok": True, "acked": True}

    def react(self, user: str, channel: str, ts: str, name: str, *, remove: bool = False) -> JsonObject:
        """Add or take back an emoji reaction."""
        with self._workspace.lock:
            active_user(self._workspace, user)
            message = visible_message(self._workspace, user, channel, ts)
            if not isinstance(message, Message):
                raise ImpossibleActError("nobody can react to an ephemeral message")
            users = message.reactions.setdefault(name, [])
            if (user in users) is not remove:
                return {"ok": False, "error": "no_reaction" if remove else "already_reacted"}
            if remove:
                users.remove(user)
            else:
                users.append(user)
            message.reactions = {key: held for key, held in message.reactions.items() if held}
            kind = "reaction_removed" if remove else "reaction_added"
            self._workspace.announce(events.reaction(kind, user, name, message), channel)
        return {"ok": True}

    def open_home(self, user: str) -> JsonObject:
        """Open the app's Home tab."""
        with self._workspace.lock:
            active_user(self._workspace, user)
            channel = self._workspace.channels.direct_message(user)
            home = self._workspace.views.home(user)
            view = self._workspace.shapes.view(home, home.state) if home else None
            self._workspace.announce(events.app_home_opened(user, channel.id, view), channel.id)
        return {"ok": True}

    def _surface(self, user: str, click: Click) -> Surface:
        if click.view_id:
            return visible_view(self._workspace, user, click.view_id)
        if click.channel and click.message_ts:
            return visible_message(self._workspace, user, click.channel, click.message_ts)
        if click.channel:
            return newest_with(self._workspace, user, click.channel, click.action_id)
        raise ImpossibleActError("a click is on a message (channel, message_ts) or on a view (view_id)")

    def _action(self, block: JsonObject, element: JsonObject, click: Click) -> JsonObject:
        kept = {key: held for key, held in element.items() if key not in {"confirm", "options", "option_groups"}}
        action = {**kept, "block_id": block["block_id"], "action_ts": self._workspace.stamps.next()}
        if click.value is not None:
            action["value"] = click.value
        if click.selected is not None:
            action |= _selection(element, click.selected)
        return action

    def _payload(self, user: str, surface: Surface, action: JsonObject) -> JsonObject:
        base = payloads.interaction(self._workspace, "block_actions", user)
        if isinstance(surface, View):
            _enter(surface, action)
            base["trigger_id"] = self._workspace.tickets.trigger(user, surface.id)
            return base | payloads.on_view(self._workspace, surface, action)
        base["trigger_id"] = self._workspace.tickets.trigger(user)
        state = initial_state(surface.blocks, {})
        if action["type"] in INPUTS and action["block_id"] in state:
            state[action["block_id"]][action["action_id"]] = _held(action)
        return base | payloads.on_message(self._workspace, surface, action, state, self._reply_to(user, surface))

    def _reply_to(self, user: str, shown: Message | Ephemeral) -> JsonObject:
        path = self._workspace.tickets.reply(
            ReplyKind.ACTION,
            shown.channel,
            user,
            original_ts=shown.ts,
            original_is_ephemeral=isinstance(shown, Ephemeral),
            thread_ts=shown.thread_ts,
        )
        return {"response_url": self._base_url + path}


def _element(surface: Surface, click: Click) -> Found:
    found = find_element(surface.blocks, click.action_id, click.block_id)
    if found is None and click.value is not None and isinstance(surface, Message):
        found = _from_old_copy(surface, click) or _forged(surface, click)
    if found is None:
        raise ImpossibleActError(f"nothing there has the action_id {click.action_id!r}")
    return found


def _from_old_copy(message: Message, click: Click) -> Found | None:
    for version in reversed(message.versions):
        found = find_element(version.blocks, click.action_id, click.block_id)
        if found:
            return found
    return None


def _forged(message: Message, click: Click) -> Found | None:
    """A button that was never there, as a tampered client would send it; only on a message that is named."""
    if click.message_ts is None:
        return None
    text = {"type": "plain_text", "text": click.action_id, "emoji": True}
    block_id = click.block_id or (message.blocks[0]["block_id"] if message.blocks else "forged")
    return {"block_id": block_id}, {"type": "button", "action_id": click.action_id, "text": text}


def _selection(element: JsonObject, selected: Any) -> JsonObject:
    if element["type"] == "overflow":
        options = [option for option in offered(element) if option["value"] == selected]
        if not options:
            raise ImpossibleActError(f"{element['action_id']} offers no option {selected!r}")
        return {"selected_option": options[0]}
    return {key: held for key, held in chosen(element, selected).items() if key != "type"}


def _held(action: JsonObject) -> JsonObject:
    key = INPUTS[action["type"]].value_key
    return {"type": action["type"], key: action.get(key)}


def _enter(view: View, action: JsonObject) -> None:
    """What is chosen in a view is kept in it, and goes along when it is submitted."""
    if action["type"] in INPUTS:
        view.state.setdefault(action["block_id"], {})[action["action_id"]] = _held(action)
