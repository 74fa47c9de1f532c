"""What one person sees, and nothing else. Metadata of messages is for apps and is not shown."""

from collections.abc import Iterator

from sandbox.documents import JsonObject, compact
from sandbox.model.messages import Message
from sandbox.model.views import View
from sandbox.model.workspace import Workspace
from sandbox.seed import Channel, User


def cast(workspace: Workspace) -> list[JsonObject]:
    """The people one can act as."""
    return [
        {
            "id": user.id,
            "name": user.name,
            "real_name": user.real_name or user.name,
            "title": user.title,
            "team_id": user.team_id,
            "is_outsider": workspace.directory.is_outsider(user.id),
        }
        for user in workspace.directory.users.values()
        if not user.is_bot and not user.deleted
    ]


def view_of(workspace: Workspace, user_id: str) -> JsonObject:
    """Everything on one person's screen."""
    with workspace.lock:
        home = workspace.views.home(user_id)
        return {
            "user": _self(workspace, workspace.directory.user(user_id)),
            "people": {user.id: _other(workspace, user) for user in known_people(workspace, user_id)},
            "command": None if workspace.directory.is_outsider(user_id) else workspace.directory.app.command,
            "channels": [_channel(workspace, channel, user_id) for channel in workspace.channels.of_person(user_id)],
            "modals": [_view(workspace, view) for view in workspace.views.stack(user_id)],
            "home": _view(workspace, home) if home else None,
            "seq": workspace.feed.count,
        }


def known_people(workspace: Workspace, user_id: str) -> Iterator[User]:
    """Whom a person can know: everybody in their channels, and full members all of their own workspace."""
    directory = workspace.directory
    met = {member for channel in workspace.channels.of_person(user_id) for member in channel.members} | {user_id}
    knows_home = not sees_least(workspace, user_id)
    yield from (
        user
        for user in directory.users.values()
        if user.id in met or (knows_home and user.team_id == directory.home.id)
    )


def sees_least(workspace: Workspace, user_id: str) -> bool:
    """Whether it is a guest or somebody from outside: they know only who is in their channels."""
    user = workspace.directory.user(user_id)
    return user.is_restricted or user.is_ultra_restricted or workspace.directory.is_outsider(user_id)


def unread(workspace: Workspace, channel: Channel, user_id: str) -> int:
    """How many messages of others stand in a channel after what this person has read; replies count in threads."""
    mark = float(workspace.reading.mark(user_id, channel.id))
    messages = workspace.messages.in_channel(channel.id)
    return sum(float(message.ts) > mark and message.user != user_id for message in messages)


def _self(workspace: Workspace, user: User) -> JsonObject:
    team = workspace.directory.team_of(user)
    shown = user.model_dump(include={"id", "name", "real_name", "title", "team_id", "tz"})
    guest = user.is_restricted or user.is_ultra_restricted
    outside = workspace.directory.is_outsider(user.id)
    return {**shown, "team": team.name, "is_outsider": outside, "is_guest": guest}


def _other(workspace: Workspace, user: User) -> JsonObject:
    outside = workspace.directory.is_outsider(user.id)
    team = workspace.directory.team_of(user).name
    return {"name": user.real_name or user.name, "is_bot": user.is_bot, "is_outsider": outside, "team": team}


def _channel(workspace: Workspace, channel: Channel, user_id: str) -> JsonObject:
    return {
        "id": channel.id,
        "name": channel.name or workspace.directory.app.name,
        "topic": channel.topic,
        "is_private": channel.is_private,
        "is_im": channel.is_im,
        "is_ext_shared": channel.is_ext_shared,
        "is_archived": channel.is_archived,
        "members": list(channel.members),
        "read": workspace.reading.mark(user_id, channel.id),
        "unread": unread(workspace, channel, user_id),
        "messages": [_message(workspace, message) for message in workspace.messages.in_channel(channel.id)],
        "ephemerals": [
            compact({**workspace.shapes.ephemeral(whisper), "username": workspace.directory.app.name})
            for whisper in workspace.messages.whispers(channel.id, user_id)
        ],
    }


def _message(workspace: Workspace, message: Message) -> JsonObject:
    author = workspace.directory.user(message.user)
    is_parent = message.thread_ts in {None, message.ts}
    replies = workspace.messages.replies(message.channel, message.ts) if is_parent else []
    return {
        "ts": message.ts,
        "user": message.user,
        "username": author.real_name or author.name,
        "text": message.text,
        "blocks": message.blocks,
        "by_app": message.by_app,
        "edited": message.edited_at is not None,
        "is_deleted": message.is_tombstone,
        "parse": message.sent_with.get("parse"),
        "thread_ts": message.thread_ts,
        "reactions": workspace.shapes.reactions(message),
        "replies": [_message(workspace, reply) for reply in replies],
    }


def _view(workspace: Workspace, view: View) -> JsonObject:
    shape = workspace.shapes.view(view, view.state)
    shown = ("id", "type", "hash", "title", "blocks", "submit", "close", "callback_id")
    return {key: shape[key] for key in shown} | {"values": view.state, "errors": view.errors}
