"""Which events the app gets: those it subscribed to, has the scope for, and may see."""

from collections.abc import Mapping
from types import MappingProxyType

from sandbox.documents import JsonObject
from sandbox.ids import new_id
from sandbox.model.workspace import Workspace

# Scopes as on Slack's event pages; one of them is enough. An event without any, or that is not listed, needs none.
EVENT_SCOPES: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "app_home_opened": (),
        "reaction_added": ("reactions:read",),
        "reaction_removed": ("reactions:read",),
        "member_joined_channel": ("channels:read", "groups:read"),
        "member_left_channel": ("channels:read", "groups:read"),
        "channel_shared": ("channels:read", "groups:read"),
        "channel_unshared": ("channels:read", "groups:read"),
        "channel_archive": ("channels:read",),
        "channel_unarchive": ("channels:read",),
        "group_archive": ("groups:read",),
        "group_unarchive": ("groups:read",),
        "channel_id_changed": ("channels:read", "groups:read"),
        "user_change": ("users:read",),
        "subteam_members_changed": ("usergroups:read",),
    }
)
ONLY_INSIDE = frozenset({"reaction_added", "reaction_removed"})


def is_wanted(workspace: Workspace, event: JsonObject, channel: str | None) -> bool:
    """Whether Slack would send this event to the app."""
    kind = event["type"]
    scopes = EVENT_SCOPES.get(kind, ())
    has_scope = not scopes or bool(set(scopes) & set(workspace.scopes))
    return kind in workspace.directory.app.events and has_scope and _is_visible(workspace, kind, channel)


def event_payload(workspace: Workspace, event: JsonObject, channel: str | None) -> JsonObject:
    """The outer document of an event."""
    app, home = workspace.directory.app, workspace.directory.home
    authorization = {"enterprise_id": home.enterprise_id, "team_id": home.id, "user_id": app.bot_user_id}
    shared = channel is not None and workspace.channels.get(channel).is_ext_shared
    return {
        "token": app.verification_token,
        "team_id": home.id,
        "context_team_id": home.id,
        "context_enterprise_id": home.enterprise_id,
        "api_app_id": app.app_id,
        "event": {**event, "event_ts": workspace.stamps.next()},
        "type": "event_callback",
        "event_id": new_id("Ev0"),
        "event_time": int(workspace.clock()),
        "authorizations": [{**authorization, "is_bot": True, "is_enterprise_install": False}],
        "is_ext_shared_channel": shared,
        "event_context": new_id("4-"),
    }


def _is_visible(workspace: Workspace, kind: str, channel: str | None) -> bool:
    if channel is None:
        return True
    found = workspace.channels.get(channel)
    joined = workspace.directory.app.bot_user_id in found.members
    return joined or (kind not in ONLY_INSIDE and not (found.is_private or found.is_im))
