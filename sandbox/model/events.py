"""The Events API bodies of what happens in the workspace (docs.slack.dev/reference/events)."""

from sandbox.documents import JsonObject
from sandbox.model.messages import Message
from sandbox.seed import Channel, UserGroup


def reaction(kind: str, user: str, name: str, message: Message) -> JsonObject:
    """`reaction_added` or `reaction_removed`; it carries no trigger id."""
    item = {"type": "message", "channel": message.channel, "ts": message.ts}
    return {"type": kind, "user": user, "reaction": name, "item": item, "item_user": message.user}


def member(kind: str, user: str, channel: Channel, team: str) -> JsonObject:
    """`member_joined_channel` or `member_left_channel`. Private channels count as type G."""
    channel_type = "G" if channel.is_private else "C"
    return {"type": kind, "user": user, "channel": channel.id, "channel_type": channel_type, "team": team}


def shared(channel: Channel, team: str) -> JsonObject:
    """`channel_shared`: an outside team has accepted."""
    return {"type": "channel_shared", "connected_team_id": team, "channel": channel.id}


def unshared(channel: Channel, team: str) -> JsonObject:
    """`channel_unshared`: an outside team has left."""
    return {
        "type": "channel_unshared",
        "previously_connected_team_id": team,
        "channel": channel.id,
        "is_ext_shared": channel.is_ext_shared,
    }


def archive(channel: Channel, user: str) -> JsonObject:
    """`channel_archive`, `channel_unarchive`, or their `group_` names for private channels."""
    noun = "group" if channel.is_private else "channel"
    verb = "archive" if channel.is_archived else "unarchive"
    return {"type": f"{noun}_{verb}", "channel": channel.id, "user": user}


def channel_id_changed(old_id: str, new_id: str) -> JsonObject:
    """`channel_id_changed`."""
    return {"type": "channel_id_changed", "old_channel_id": old_id, "new_channel_id": new_id}


def user_change(user: JsonObject) -> JsonObject:
    """`user_change`, with the user as `users.info` shows them."""
    return {"type": "user_change", "user": user}


def subteam_members_changed(before: UserGroup, after: UserGroup, team: str, now: int) -> JsonObject:
    """`subteam_members_changed`. Slack sends the counts as strings."""
    added = [user for user in after.user_ids if user not in before.user_ids]
    removed = [user for user in before.user_ids if user not in after.user_ids]
    return {
        "type": "subteam_members_changed",
        "subteam_id": after.id,
        "team_id": team,
        "date_previous_update": now,
        "date_update": now,
        "added_users": added,
        "added_users_count": str(len(added)),
        "removed_users": removed,
        "removed_users_count": str(len(removed)),
    }


def app_home_opened(user: str, channel: str, view: JsonObject | None) -> JsonObject:
    """`app_home_opened`, with the view that the person sees, if the app has published one."""
    event: JsonObject = {"type": "app_home_opened", "user": user, "channel": channel, "tab": "home"}
    return event | ({"view": view} if view else {})
