"""Slack's JSON for users, channels, messages and views, as the Web API and payloads carry it."""

from collections.abc import Iterable

from sandbox.blockkit.inputs import State
from sandbox.documents import JsonObject, compact
from sandbox.model.channels import Channels
from sandbox.model.directory import Directory
from sandbox.model.messages import Ephemeral, Message, Messages
from sandbox.model.views import View, ViewKind
from sandbox.seed import Channel, User, UserGroup

CREATED = 1700000000


class Shapes:
    """Turns records into Slack's documents."""

    def __init__(self, directory: Directory, channels: Channels, messages: Messages) -> None:
        self._directory = directory
        self._channels = channels
        self._messages = messages
        self._app = directory.app
        self._home = directory.home

    def team(self) -> JsonObject:
        """Our workspace, as payloads name it."""
        return compact({"id": self._home.id, "domain": self._home.domain, "enterprise_id": self._home.enterprise_id})

    def actor(self, user_id: str) -> JsonObject:
        """A person in an interaction payload: `team_id` is theirs, also when they come from outside."""
        user = self._directory.user(user_id)
        return {"id": user.id, "username": user.name, "name": user.name, "team_id": user.team_id}

    def user(self, user: User) -> JsonObject:
        """A user as `users.info` shows them; outsiders carry `is_stranger` only when it is true, as in Slack."""
        shape: JsonObject = {
            "id": user.id,
            "team_id": user.team_id,
            "name": user.name,
            "deleted": user.deleted,
            "real_name": user.real_name or user.name,
            "tz": user.tz,
            "profile": {
                "title": user.title,
                "real_name": user.real_name or user.name,
                "display_name": user.name,
                "team": user.team_id,
            },
            "is_bot": user.is_bot,
            "is_app_user": False,
            "updated": CREATED,
        }
        if not user.deleted:
            shape |= {"is_admin": False, "is_owner": False, "is_restricted": user.is_restricted}
            shape |= {"is_ultra_restricted": user.is_ultra_restricted}
        flags = {"is_workflow_bot": user.is_workflow_bot, "is_connector_bot": user.is_connector_bot}
        flags["is_stranger"] = self._channels.is_stranger(user.id)
        return shape | self._enterprise_user(user) | {name: True for name, value in flags.items() if value}

    def group(self, group: UserGroup) -> JsonObject:
        """A user group as `usergroups.list` shows it."""
        return {
            "id": group.id,
            "team_id": self._home.id,
            "is_usergroup": True,
            "name": group.name or group.handle,
            "handle": group.handle,
            "is_external": False,
            "date_create": CREATED,
            "date_update": CREATED,
            "date_delete": 0,
            "user_count": len(group.user_ids),
            "users": list(group.user_ids),
        }

    def channel(self, channel: Channel) -> JsonObject:
        """A conversation as `conversations.info` shows it."""
        shape = {
            "id": channel.id,
            "created": CREATED,
            "is_archived": channel.is_archived,
            "is_im": channel.is_im,
            "is_org_shared": channel.is_org_shared,
            "context_team_id": self._home.id,
            "updated": CREATED * 1000,
        }
        if channel.is_im:
            return shape | {"user": channel.user, "is_user_deleted": False, "priority": 0}
        return shape | self._named_channel(channel)

    def message(self, message: Message, *, with_metadata: bool = False) -> JsonObject:
        """A message as history shows it; metadata only when asked for (`include_all_metadata`)."""
        shape: JsonObject = {"user": message.user, "type": "message", "ts": message.ts}
        shape |= self._app_author() if message.by_app else {}
        shape |= {"text": message.text, "team": self._directory.user(message.user).team_id}
        if message.is_tombstone:
            shape |= {"subtype": "tombstone", "hidden": True, "user": "USLACKBOT"}
        if message.edited_at:
            shape["edited"] = {"user": self._author_id(message), "ts": message.edited_at}
        if message.blocks:
            shape["blocks"] = message.blocks
        if message.reactions:
            shape["reactions"] = self.reactions(message)
        if with_metadata and message.metadata:
            shape["metadata"] = message.metadata
        return shape | self._thread(message)

    def ephemeral(self, ephemeral: Ephemeral) -> JsonObject:
        """An ephemeral as its reader's client shows it."""
        shape: JsonObject = {"type": "message", "ts": ephemeral.ts, "is_ephemeral": True, "text": ephemeral.text}
        shape |= self._app_author() | {"user": self._app.bot_user_id}
        return compact(shape | {"blocks": ephemeral.blocks or None, "thread_ts": ephemeral.thread_ts})

    def reactions(self, message: Message) -> list[JsonObject]:
        """The reactions of a message."""
        return [{"name": name, "users": list(users), "count": len(users)} for name, users in message.reactions.items()]

    def view(self, view: View, state: State | None = None) -> JsonObject:
        """A view as `views.open` answers it; with `state` as interaction payloads carry it."""
        content = view.content
        shape: JsonObject = {
            "id": view.id,
            "team_id": self._home.id,
            "type": view.kind.value,
            "blocks": view.blocks,
            "private_metadata": content.get("private_metadata") or "",
            "callback_id": content.get("callback_id") or "",
            "state": {"values": state or {}},
            "hash": view.hash,
            "title": content.get("title") or {"type": "plain_text", "text": "View Title", "emoji": True},
            "clear_on_close": bool(content.get("clear_on_close")),
            "notify_on_close": bool(content.get("notify_on_close")),
            "close": content.get("close"),
            "submit": content.get("submit"),
            "previous_view_id": view.previous_id,
            "root_view_id": view.root_id,
            "app_id": self._app.app_id,
            "external_id": view.external_id,
            "app_installed_team_id": self._home.id,
            "bot_id": self._app.bot_id,
        }
        return shape | ({"submit_disabled": False} if view.kind is ViewKind.MODAL else {})

    def bot_profile(self) -> JsonObject:
        """The app as the author of a message."""
        return {
            "id": self._app.bot_id,
            "app_id": self._app.app_id,
            "user_id": self._app.bot_user_id,
            "name": self._app.name,
            "icons": {},
            "deleted": False,
            "updated": CREATED,
            "team_id": self._home.id,
        }

    def _app_author(self) -> JsonObject:
        return {"bot_id": self._app.bot_id, "app_id": self._app.app_id, "bot_profile": self.bot_profile()}

    def _author_id(self, message: Message) -> str:
        return self._app.bot_id if message.by_app else message.user

    def _thread(self, message: Message) -> JsonObject:
        replies = self._messages.replies(message.channel, message.ts)
        if not replies:
            parent = {"parent_user_id": self._parent_author(message)} if message.thread_ts else {}
            subtype = {"subtype": "thread_broadcast"} if message.broadcast else {}
            return compact({"thread_ts": message.thread_ts}) | parent | subtype
        authors = _distinct(reply.user for reply in replies)
        return {
            "thread_ts": message.ts,
            "reply_count": len(replies),
            "reply_users_count": len(authors),
            "latest_reply": replies[-1].ts,
            "reply_users": authors,
            "is_locked": False,
            "subscribed": False,
        }

    def _parent_author(self, message: Message) -> str:
        return self._messages.find(message.channel, message.thread_ts or message.ts).user

    def _enterprise_user(self, user: User) -> JsonObject:
        enterprise = self._directory.team_of(user).enterprise_id
        if enterprise is None:
            return {}
        return {"enterprise_user": {"id": user.id, "enterprise_id": enterprise, "teams": [user.team_id]}}

    def _named_channel(self, channel: Channel) -> JsonObject:
        shared_with = [self._home.id, *channel.connected_team_ids]
        return {
            "name": channel.name,
            "name_normalized": channel.name,
            "is_channel": True,
            "is_group": False,
            "is_mpim": False,
            "is_private": channel.is_private,
            "is_general": channel.name == "general",
            "is_shared": channel.is_ext_shared or channel.is_org_shared,
            "is_ext_shared": channel.is_ext_shared,
            "is_pending_ext_shared": channel.is_pending_ext_shared,
            "is_frozen": channel.is_frozen,
            "is_read_only": channel.is_read_only,
            "pending_shared": [],
            "shared_team_ids": shared_with,
            "internal_team_ids": [],
            "connected_team_ids": list(channel.connected_team_ids),
            "pending_connected_team_ids": list(channel.pending_connected_team_ids),
            "is_member": self._app.bot_user_id in channel.members,
            "topic": {"value": channel.topic, "creator": "", "last_set": 0},
            "purpose": {"value": channel.purpose, "creator": "", "last_set": 0},
        }


def _distinct(names: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(names))
