"""The users.*, usergroups.*, bots.* and team.* methods."""

from sandbox.documents import JsonObject
from sandbox.errors import SlackError
from sandbox.methods.call import ApiCall
from sandbox.methods.pages import page
from sandbox.methods.scopes import READ

MOST_USERS = 1000


def user_info(call: ApiCall) -> JsonObject:
    """users.info, also of outsiders."""
    user = call.workspace.directory.user(call.need("user"))
    return {"user": call.workspace.shapes.user(user)}


def user_list(call: ApiCall) -> JsonObject:
    """users.list: our team, and outsiders who share a channel with it."""
    workspace = call.workspace
    known = [user for user in workspace.directory.users.values() if not workspace.channels.is_stranger(user.id)]
    shown, following = page(known, call.number("limit", MOST_USERS, MOST_USERS), call.text("cursor"))
    members = [workspace.shapes.user(user) for user in shown]
    return {"members": members, "cache_ts": int(workspace.clock()), "response_metadata": {"next_cursor": following}}


def usergroup_list(call: ApiCall) -> JsonObject:
    """usergroups.list; the members only when asked for."""
    shapes = [call.workspace.shapes.group(group) for group in call.workspace.directory.groups.values()]
    if not call.flag("include_users"):
        shapes = [{key: value for key, value in shape.items() if key != "users"} for shape in shapes]
    return {"usergroups": shapes}


def usergroup_users(call: ApiCall) -> JsonObject:
    """usergroups.users.list. Deactivated members are left out unless asked for."""
    group = call.workspace.directory.group(call.need("usergroup"))
    users = call.workspace.directory.users
    with_disabled = call.flag("include_disabled")
    return {"users": [user for user in group.user_ids if with_disabled or not users[user].deleted]}


def bot_info(call: ApiCall) -> JsonObject:
    """bots.info of the app."""
    if call.text("bot") not in {None, call.workspace.directory.app.bot_id}:
        raise SlackError("bot_not_found")
    return {"bot": call.workspace.shapes.bot_profile()}


def team_info(call: ApiCall) -> JsonObject:
    """team.info of our team."""
    home = call.workspace.directory.home
    if call.text("team") not in {None, home.id}:
        raise SlackError("team_not_found")
    return {"team": {**call.workspace.shapes.team(), "name": home.name, "email_domain": ""}}


def user_conversations(call: ApiCall) -> JsonObject:
    """users.conversations: the channels that the app is in."""
    call.need_scope(*READ.any_of)
    bot = call.workspace.directory.app.bot_user_id
    wanted = call.text("user") or bot
    joined = [channel for channel in call.workspace.channels.seen_by_app() if wanted in channel.members]
    shown, following = page(joined, call.number("limit", 100, MOST_USERS), call.text("cursor"))
    shapes = [call.workspace.shapes.channel(channel) for channel in shown]
    return {"channels": shapes, "response_metadata": {"next_cursor": following}}
