"""The conversations.* methods."""

from collections.abc import Iterable

from sandbox.documents import JsonObject
from sandbox.errors import SlackError
from sandbox.methods.call import ApiCall, invalid_arguments
from sandbox.methods.pages import page
from sandbox.methods.scopes import HISTORY, READ
from sandbox.model.messages import Message
from sandbox.seed import Channel

MOST_MESSAGES = 999
MOST_ITEMS = 1000


def info(call: ApiCall) -> JsonObject:
    """conversations.info; the number of members only when asked for."""
    channel = call.visible_channel(READ)
    shape = call.workspace.shapes.channel(channel)
    return {"channel": shape | ({"num_members": len(channel.members)} if call.flag("include_num_members") else {})}


def members(call: ApiCall) -> JsonObject:
    """conversations.members, page by page. Guests and outsiders are in it, the app too."""
    channel = call.visible_channel(READ)
    shown, following = page(channel.members, call.number("limit", 100, MOST_ITEMS), call.text("cursor"))
    return {"members": shown, "response_metadata": {"next_cursor": following}}


def list_(call: ApiCall) -> JsonObject:
    """conversations.list: public channels unless other types are named."""
    wanted = set((call.text("types") or "public_channel").split(","))
    for channel_type, scope in (("public_channel", "channels:read"), ("private_channel", "groups:read")):
        if channel_type in wanted:
            call.need_scope(scope)
    seen = [channel for channel in call.workspace.channels.seen_by_app() if _type_of(channel) in wanted]
    if call.flag("exclude_archived"):
        seen = [channel for channel in seen if not channel.is_archived]
    shown, following = page(seen, call.number("limit", 100, MOST_ITEMS), call.text("cursor"))
    shapes = [call.workspace.shapes.channel(channel) | {"num_members": len(channel.members)} for channel in shown]
    return {"channels": shapes, "response_metadata": {"next_cursor": following}}


def open_(call: ApiCall) -> JsonObject:
    """conversations.open: a direct message with one person."""
    users = (call.text("users") or "").split(",")
    if users == [""]:
        raise invalid_arguments("missing required field: users")
    if len(users) > 1:
        raise SlackError("method_not_supported_for_channel_type")
    channel = call.workspace.channels.direct_message(users[0])
    return {"channel": {"id": channel.id}, "no_op": True, "already_open": True}


def history(call: ApiCall) -> JsonObject:
    """conversations.history: newest first, without replies that stayed in their thread."""
    channel = call.joined_channel(HISTORY)
    found = _within(call, reversed(call.workspace.messages.in_channel(channel.id)))
    return _messages(call, found) | {"pin_count": 0}


def replies(call: ApiCall) -> JsonObject:
    """conversations.replies: the parent, then its replies, oldest first."""
    channel = call.joined_channel(HISTORY)
    messages = call.workspace.messages
    try:
        named = messages.find(channel.id, call.need("ts"))
    except SlackError:
        raise SlackError("thread_not_found") from None
    root = messages.find(channel.id, named.thread_ts or named.ts)
    return _messages(call, [root, *_within(call, messages.replies(channel.id, root.ts))])


def _messages(call: ApiCall, found: list[Message]) -> JsonObject:
    shown, following = page(found, call.number("limit", 100, MOST_MESSAGES), call.text("cursor"))
    with_metadata = call.flag("include_all_metadata")
    shapes = [call.workspace.shapes.message(message, with_metadata=with_metadata) for message in shown]
    more = {"response_metadata": {"next_cursor": following}} if following else {}
    return {"messages": shapes, "has_more": bool(following), **more}


def _within(call: ApiCall, messages: Iterable[Message]) -> list[Message]:
    """The messages between `oldest` and `latest`; the ends themselves only with `inclusive`."""
    try:
        oldest, latest = (float(call.text(name) or default) for name, default in (("oldest", 0), ("latest", "inf")))
    except ValueError:
        raise SlackError("invalid_ts_oldest") from None
    inclusive = call.flag("inclusive")
    return [
        message
        for message in messages
        if oldest < float(message.ts) < latest or (inclusive and float(message.ts) in {oldest, latest})
    ]


def _type_of(channel: Channel) -> str:
    return "im" if channel.is_im else "private_channel" if channel.is_private else "public_channel"
