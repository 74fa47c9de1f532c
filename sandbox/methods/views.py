"""The views.* methods: modals and the Home tab."""

import json

from sandbox.blockkit.check import view_problems
from sandbox.blockkit.defaults import stored_view
from sandbox.blockkit.limits import LIMITS
from sandbox.documents import JsonObject
from sandbox.errors import SlackError
from sandbox.methods.call import ApiCall, invalid_arguments
from sandbox.model.channels import Readers
from sandbox.model.views import View, ViewKind


def open_(call: ApiCall) -> JsonObject:
    """views.open: exchange a trigger id for a modal. A bad view leaves the trigger usable: it is checked first."""
    content = _content(call, ViewKind.MODAL)
    trigger = call.workspace.tickets.exchange(call.need("trigger_id"))
    return _shown(call, call.workspace.views.open(trigger.user, content))


def push(call: ApiCall) -> JsonObject:
    """views.push: one more modal on the stack of the person who clicked in it."""
    content = _content(call, ViewKind.MODAL)
    trigger = call.workspace.tickets.exchange(call.need("trigger_id"))
    return _shown(call, call.workspace.views.push(trigger.user, content))


def update(call: ApiCall) -> JsonObject:
    """views.update by view_id or external_id; with `hash` only if nobody else has changed the view."""
    view_id, external_id = call.text("view_id"), call.text("external_id")
    if view_id is None and external_id is None:
        raise invalid_arguments("missing required field: view_id")
    view = call.workspace.views.find(view_id, external_id)
    content = _content(call, view.kind)
    return _shown(call, call.workspace.views.replace(view, content, call.text("hash")))


def publish(call: ApiCall) -> JsonObject:
    """views.publish: a person's Home tab."""
    user = call.workspace.directory.user(call.need("user_id"))
    content = _content(call, ViewKind.HOME)
    return _shown(call, call.workspace.views.publish(user.id, content, call.text("hash")))


def checked_view(view: object, kind: ViewKind) -> JsonObject:
    """A view as Slack would store it; SlackError with what is wrong otherwise."""
    if len(json.dumps(view).encode()) > LIMITS["view bytes"]:
        raise SlackError("view_too_large")
    problems = view_problems(view)
    if problems or not isinstance(view, dict):
        raise invalid_arguments(*(str(problem) for problem in problems))
    if view["type"] != kind.value:
        raise invalid_arguments(f"must be a valid enum value [json-pointer:/view/type]: {kind.value}")
    return stored_view(view)


def _content(call: ApiCall, kind: ViewKind) -> JsonObject:
    call.need("view")
    return checked_view(call.document("view", "invalid_arguments"), kind)


def _shown(call: ApiCall, view: View) -> JsonObject:
    outside = call.workspace.directory.is_outsider(view.user)
    call.readers = Readers(outside=(view.user,)) if outside else Readers(inside=(view.user,))
    call.workspace.feed.touch()
    return {"view": call.workspace.shapes.view(view)}
