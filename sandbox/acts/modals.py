"""Filling, submitting and closing modals."""

from collections.abc import Mapping
from typing import Any

from sandbox.acts import payloads
from sandbox.acts.rules import active_user, visible_view
from sandbox.blockkit.inputs import chosen, elements, is_empty
from sandbox.delivery.courier import Courier
from sandbox.delivery.envelope import Envelope, EnvelopeKind, NotAckedError
from sandbox.documents import JsonObject
from sandbox.errors import ImpossibleActError, SlackError
from sandbox.methods.views import checked_view
from sandbox.model.views import View, ViewKind
from sandbox.model.workspace import Workspace

REQUIRED = "Please complete this required field."
TOO_LONG = "Please enter no more than {} characters."
TOO_SHORT = "Please enter at least {} characters."


class Modals:
    """A person with a modal in front of them."""

    def __init__(self, workspace: Workspace, courier: Courier) -> None:
        self._workspace = workspace
        self._courier = courier

    async def submit(self, user: str, view_id: str, values: Mapping[str, Any]) -> JsonObject:
        """Enter values, press submit, and do what the app's response_action says.

        `values` is keyed by block_id or action_id; an option is given by its value. What is not named keeps what it
        had. The client itself refuses a required input that is empty, and then the app hears nothing.
        """
        with self._workspace.lock:
            view = self._modal(user, view_id)
            enter(view, values)
            self._workspace.feed.touch()
            refused = view.errors = _refused_by_client(view)
            if refused:
                return {"ok": False, "acked": False, "error": "incomplete", "errors": refused}
            payload = payloads.interaction(self._workspace, "view_submission", user)
            payload |= {"trigger_id": self._workspace.tickets.trigger(user, view.id), "response_urls": []}
            payload["view"] = self._workspace.shapes.view(view, view.state)
        try:
            envelope = Envelope(EnvelopeKind.INTERACTIVE, payload, accepts_response=True)
            ack = await self._courier.deliver(envelope)
        except NotAckedError as error:
            return {"ok": False, "acked": False, "error": error.outcome.value}
        return self._follow(view, ack.payload)

    async def close(self, user: str, view_id: str) -> JsonObject:
        """Cancel the visible modal; the app hears of it only when it asked to (`notify_on_close`)."""
        with self._workspace.lock:
            view = self._modal(user, view_id)
            clears = bool(view.content.get("clear_on_close"))
            closed = self._workspace.views.clear(user) if clears else [view]
            self._workspace.views.close(view)
            self._workspace.feed.touch()
            told = [self._closed(one, is_cleared=clears) for one in closed if one.content.get("notify_on_close")]
        for payload in told:
            try:
                await self._courier.deliver(Envelope(EnvelopeKind.INTERACTIVE, payload))
            except NotAckedError as error:
                return {"ok": True, "acked": False, "error": error.outcome.value}
        return {"ok": True, "acked": bool(told)}

    def _modal(self, user: str, view_id: str) -> View:
        active_user(self._workspace, user)
        view = visible_view(self._workspace, user, view_id)
        if view.kind is not ViewKind.MODAL:
            raise ImpossibleActError("a Home tab cannot be submitted or closed")
        return view

    def _closed(self, view: View, *, is_cleared: bool) -> JsonObject:
        payload = payloads.interaction(self._workspace, "view_closed", view.user)
        return payload | {"view": self._workspace.shapes.view(view, view.state), "is_cleared": is_cleared}

    def _follow(self, view: View, ack: JsonObject) -> JsonObject:
        action = ack.get("response_action")
        with self._workspace.lock:
            try:
                shown = self._act(view, action, ack)
            except SlackError as error:
                # The person reads "We had some trouble connecting"; the reason is for the app's developer.
                return {"ok": False, "acked": True, "error": "invalid_response_action", "detail": error.body()}
            self._workspace.feed.touch()
        return {"ok": True, "acked": True, "response_action": action, **shown}

    def _act(self, view: View, action: str | None, ack: JsonObject) -> JsonObject:
        views = self._workspace.views
        if action == "errors":
            view.errors = _checked_errors(view, ack.get("errors"))
            return {"errors": view.errors}
        if action == "update":
            views.replace(view, checked_view(ack.get("view"), ViewKind.MODAL), None)
        elif action == "push":
            views.push(view.user, checked_view(ack.get("view"), ViewKind.MODAL))
        elif action == "clear":
            views.clear(view.user)
        elif action is None:
            views.close(view)
        else:
            raise SlackError("unknown_response_action")
        return {}


def enter(view: View, values: Mapping[str, Any]) -> None:
    """Enter values in the inputs of a view; ImpossibleActError for an input or option that is not there."""
    for name, value in values.items():
        found = [(block, element) for block, element in elements(view.blocks) if _is_named(block, element, name)]
        if not found:
            raise ImpossibleActError(f"the view has no input {name!r}")
        block, element = found[0]
        view.state.setdefault(block["block_id"], {})[element["action_id"]] = chosen(element, value)


def _is_named(block: JsonObject, element: JsonObject, name: str) -> bool:
    return name in {block["block_id"], element["action_id"]}


def _refused_by_client(view: View) -> dict[str, str]:
    """What the client itself does not submit, by block_id."""
    inputs = [block for block in view.blocks if block["type"] == "input"]
    found = {
        block["block_id"]: _complaint(block, element, view.state[block["block_id"]][element["action_id"]])
        for block, element in elements(inputs)
    }
    return {block_id: complaint for block_id, complaint in found.items() if complaint}


def _complaint(block: JsonObject, element: JsonObject, held: JsonObject) -> str | None:
    if is_empty(held):
        return None if block.get("optional") else REQUIRED
    typed = held.get("value") or ""
    if len(typed) > element.get("max_length", len(typed)):
        return TOO_LONG.format(element["max_length"])
    if len(typed) < element.get("min_length", 0):
        return TOO_SHORT.format(element["min_length"])
    return None


def _checked_errors(view: View, errors: Any) -> dict[str, str]:
    """Errors may only name input blocks; anything else breaks the modal."""
    inputs = {block["block_id"] for block in view.blocks if block["type"] == "input"}
    if not isinstance(errors, dict) or not errors or not set(errors) <= inputs:
        raise SlackError("errors_must_name_input_blocks")
    return {str(key): str(value) for key, value in errors.items()}
