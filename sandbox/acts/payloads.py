"""The payloads of commands and interactions, as Slack sends them (docs.slack.dev/reference/interaction-payloads)."""

from sandbox.blockkit.inputs import State
from sandbox.documents import JsonObject
from sandbox.model.messages import Ephemeral, Message
from sandbox.model.views import View
from sandbox.model.workspace import Workspace
from sandbox.seed import Channel


def channel_name(channel: Channel) -> str:
    """The name that payloads give a channel: Slack hides those of private ones and of direct messages."""
    return "directmessage" if channel.is_im else "privategroup" if channel.is_private else channel.name


def command(workspace: Workspace, user_id: str, channel: Channel, text: str, response_url: str) -> JsonObject:
    """A slash command. It carries no team of the person: only members of the home team can type one."""
    app, home = workspace.directory.app, workspace.directory.home
    user = workspace.directory.user(user_id)
    enterprise = {"enterprise_id": home.enterprise_id, "enterprise_name": home.name} if home.enterprise_id else {}
    return {
        "token": app.verification_token,
        "team_id": home.id,
        "team_domain": home.domain,
        **enterprise,
        "channel_id": channel.id,
        "channel_name": channel_name(channel),
        "user_id": user.id,
        "user_name": user.name,
        "command": app.command,
        "text": text,
        "api_app_id": app.app_id,
        "is_enterprise_install": "false",
        "response_url": response_url,
        "trigger_id": workspace.tickets.trigger(user_id),
    }


def interaction(workspace: Workspace, kind: str, user_id: str) -> JsonObject:
    """What all interaction payloads share. `team` is ours, `user.team_id` the person's own."""
    home = workspace.directory.home
    enterprise = {"id": home.enterprise_id, "name": home.name} if home.enterprise_id else None
    return {
        "type": kind,
        "team": workspace.shapes.team(),
        "user": workspace.shapes.actor(user_id),
        "api_app_id": workspace.directory.app.app_id,
        "token": workspace.directory.app.verification_token,
        "enterprise": enterprise,
        "is_enterprise_install": False,
    }


def on_message(
    workspace: Workspace, shown: Message | Ephemeral, action: JsonObject, state: State, reply: JsonObject
) -> JsonObject:
    """The part of `block_actions` that says which message was clicked; an ephemeral is not carried along."""
    channel = workspace.channels.get(shown.channel)
    is_ephemeral = isinstance(shown, Ephemeral)
    container = {"type": "message", "message_ts": shown.ts, "channel_id": channel.id, "is_ephemeral": is_ephemeral}
    if shown.thread_ts:
        container["thread_ts"] = shown.thread_ts
    carried = {} if isinstance(shown, Ephemeral) else {"message": workspace.shapes.message(shown)}
    return {
        "container": container,
        "channel": {"id": channel.id, "name": channel_name(channel)},
        **carried,
        "state": {"values": state},
        "actions": [action],
        **reply,
    }


def on_view(workspace: Workspace, view: View, action: JsonObject) -> JsonObject:
    """The part of `block_actions` that says which view was clicked, with everything entered in it so far."""
    return {
        "container": {"type": "view", "view_id": view.id},
        "view": workspace.shapes.view(view, view.state),
        "actions": [action],
    }
