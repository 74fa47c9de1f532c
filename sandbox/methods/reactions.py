"""The reactions.* methods."""

from sandbox.documents import JsonObject
from sandbox.errors import SlackError
from sandbox.methods.call import ApiCall
from sandbox.model.messages import Message


def get(call: ApiCall) -> JsonObject:
    """reactions.get of a message."""
    channel = call.workspace.channels.joined(call.need("channel"))
    message = call.workspace.messages.find(channel.id, call.need("timestamp"))
    return {"type": "message", "channel": channel.id, "message": call.workspace.shapes.message(message)}


def add(call: ApiCall) -> JsonObject:
    """reactions.add by the app."""
    channel = call.workspace.channels.joined(call.need("channel"))
    message = call.workspace.messages.find(channel.id, call.need("timestamp"))
    _react(message, call.need("name"), call.workspace.directory.app.bot_user_id)
    call.workspace.feed.touch()
    return {}


def _react(message: Message, name: str, user: str) -> None:
    users = message.reactions.setdefault(name, [])
    if user in users:
        raise SlackError("already_reacted")
    users.append(user)
