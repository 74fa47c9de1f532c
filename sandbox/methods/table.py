"""Every Web API method of the sandbox: what runs it, which scopes and token it needs, and how often it may be called.

Scopes and tiers are those of Slack's method pages; a method of which several scopes are named needs one of them, and
looks at the conversation itself for the one that counts.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import Enum, StrEnum

from sandbox.documents import JsonObject
from sandbox.methods import app, chat, conversations, directory, reactions, views
from sandbox.methods.call import ApiCall
from sandbox.methods.scopes import HISTORY, READ


class TokenKind(StrEnum):
    """Which token came with a call."""

    BOT = "bot"
    APP = "app"
    ABSENT = "absent"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Rate:
    """So many calls in so many seconds. `per_channel` counts every conversation by itself."""

    calls: int
    seconds: float
    per_channel: bool = False


class Tier(Enum):
    """Slack's rate tiers, and the special one of chat.postMessage: one a second per channel, short bursts allowed."""

    TIER_1 = Rate(1, 60)
    TIER_2 = Rate(20, 60)
    TIER_3 = Rate(50, 60)
    TIER_4 = Rate(100, 60)
    POSTING = Rate(3, 3, per_channel=True)
    OPEN = Rate(600, 60)


@dataclass(frozen=True)
class Method:
    """One row of the table."""

    run: Callable[[ApiCall], JsonObject]
    tier: Tier
    scopes: tuple[str, ...] = ()
    token: TokenKind = TokenKind.BOT


WRITE = ("chat:write",)
USERS = ("users:read",)
GROUPS = ("usergroups:read",)

METHODS: Mapping[str, Method] = {
    "api.test": Method(app.api_test, Tier.TIER_4, token=TokenKind.ABSENT),
    "auth.test": Method(app.auth_test, Tier.OPEN),
    "apps.connections.open": Method(app.connections_open, Tier.TIER_2, ("connections:write",), TokenKind.APP),
    "chat.postMessage": Method(chat.post_message, Tier.POSTING, WRITE),
    "chat.postEphemeral": Method(chat.post_ephemeral, Tier.TIER_4, WRITE),
    "chat.update": Method(chat.update, Tier.TIER_3, WRITE),
    "chat.delete": Method(chat.delete, Tier.TIER_3, WRITE),
    "chat.getPermalink": Method(chat.get_permalink, Tier.OPEN),
    "conversations.info": Method(conversations.info, Tier.TIER_3, READ.any_of),
    "conversations.members": Method(conversations.members, Tier.TIER_4, READ.any_of),
    "conversations.list": Method(conversations.list_, Tier.TIER_2, READ.any_of),
    "conversations.open": Method(conversations.open_, Tier.TIER_3, ("im:write", "channels:manage", "groups:write")),
    "conversations.history": Method(conversations.history, Tier.TIER_3, HISTORY.any_of),
    "conversations.replies": Method(conversations.replies, Tier.TIER_3, HISTORY.any_of),
    "users.info": Method(directory.user_info, Tier.TIER_4, USERS),
    "users.list": Method(directory.user_list, Tier.TIER_2, USERS),
    "users.conversations": Method(directory.user_conversations, Tier.TIER_3, READ.any_of),
    "usergroups.list": Method(directory.usergroup_list, Tier.TIER_2, GROUPS),
    "usergroups.users.list": Method(directory.usergroup_users, Tier.TIER_2, GROUPS),
    "bots.info": Method(directory.bot_info, Tier.TIER_3, USERS),
    "team.info": Method(directory.team_info, Tier.TIER_3, ("team:read",)),
    "reactions.get": Method(reactions.get, Tier.TIER_3, ("reactions:read",)),
    "reactions.add": Method(reactions.add, Tier.TIER_3, ("reactions:write",)),
    "views.open": Method(views.open_, Tier.TIER_4),
    "views.push": Method(views.push, Tier.TIER_4),
    "views.update": Method(views.update, Tier.TIER_4),
    "views.publish": Method(views.publish, Tier.TIER_4),
}
