"""The workspace: everything that exists in it, and the changes that its administrators make."""

import time
from collections.abc import Callable, Iterable

from sandbox.documents import JsonObject
from sandbox.ids import Clock, Stamps
from sandbox.model import events
from sandbox.model.channels import Channels
from sandbox.model.directory import Directory
from sandbox.model.feed import Feed
from sandbox.model.messages import Messages
from sandbox.model.reading import Reading
from sandbox.model.shapes import Shapes
from sandbox.model.tickets import Tickets
from sandbox.model.views import Views
from sandbox.seed import Channel, Seed, User

# An event's body, and the channel that the app must see to get it (None: every workspace member would know).
EventSink = Callable[[JsonObject, str | None], None]


class Workspace:
    """One workspace in memory. `lock` guards all of it; whoever changes something calls `feed.touch()`."""

    def __init__(self, seed: Seed, clock: Clock = time.time) -> None:
        self.seed = seed
        self.clock = clock
        self.feed = Feed()
        self.lock = self.feed.condition
        self.stamps = Stamps(clock)
        self.directory = Directory(seed)
        self.channels = Channels(seed, self.directory)
        self.messages = Messages(self.stamps)
        self.reading = Reading()
        self.views = Views()
        self.tickets = Tickets(clock, seed.team.id)
        self.shapes = Shapes(self.directory, self.channels, self.messages)
        self.scopes = seed.app.scopes
        self.token_revoked = False
        self._sinks: list[EventSink] = []

    def on_event(self, sink: EventSink) -> None:
        """Hand every event of the workspace to `sink`, in the thread that caused it."""
        self._sinks.append(sink)

    def announce(self, event: JsonObject, channel: str | None = None) -> None:
        """Tell the app what happened."""
        self.feed.touch()
        for sink in tuple(self._sinks):
            sink(event, channel)

    def grant(self, scopes: Iterable[str]) -> None:
        """Replace the scopes that the bot token has."""
        with self.lock:
            self.scopes = tuple(scopes)

    def revoke_token(self, *, revoked: bool = True) -> None:
        """Revoke the bot token, or let it work again."""
        with self.lock:
            self.token_revoked = revoked
            self.feed.touch()

    def join(self, channel_id: str, user_id: str) -> None:
        """Put a user, the app included, into a channel."""
        with self.lock:
            user, channel = self.directory.user(user_id), self.channels.get(channel_id)
            if user_id not in channel.members:
                channel = self.channels.change(channel_id, members=(*channel.members, user_id))
                self.announce(events.member("member_joined_channel", user_id, channel, user.team_id), channel_id)

    def leave(self, channel_id: str, user_id: str) -> None:
        """Take a user out of a channel."""
        with self.lock:
            user, channel = self.directory.user(user_id), self.channels.get(channel_id)
            if user_id in channel.members:
                left = tuple(member for member in channel.members if member != user_id)
                channel = self.channels.change(channel_id, members=left)
                self.announce(events.member("member_left_channel", user_id, channel, user.team_id), channel_id)

    def offer_share(self, channel_id: str, team_id: str) -> None:
        """Invite an outside team into a channel; until it accepts the share is pending."""
        with self.lock:
            pending = {*self.channels.get(channel_id).pending_connected_team_ids, team_id}
            self._set_sharing(channel_id, pending=pending)
            self.feed.touch()

    def share(self, channel_id: str, team_id: str) -> None:
        """Connect an outside team to a channel."""
        with self.lock:
            channel = self.channels.get(channel_id)
            pending = {*channel.pending_connected_team_ids} - {team_id}
            channel = self._set_sharing(channel_id, {*channel.connected_team_ids, team_id}, pending)
            self.announce(events.shared(channel, team_id), channel_id)

    def unshare(self, channel_id: str, team_id: str) -> None:
        """Disconnect an outside team; its people can no longer see the channel."""
        with self.lock:
            channel = self.channels.get(channel_id)
            pending = {*channel.pending_connected_team_ids} - {team_id}
            self._set_sharing(channel_id, {*channel.connected_team_ids} - {team_id}, pending)
            stay = tuple(who for who in channel.members if self.directory.user(who).team_id != team_id)
            channel = self.channels.change(channel_id, members=stay)
            self.announce(events.unshared(channel, team_id), channel_id)

    def archive(self, channel_id: str, *, archived: bool = True, by: str = "USLACKBOT") -> None:
        """Archive a channel, or bring it back."""
        with self.lock:
            channel = self.channels.change(channel_id, is_archived=archived)
            self.announce(events.archive(channel, by), channel_id)

    def change_channel_id(self, old_id: str, new_id: str) -> None:
        """Give a channel another id, with its messages."""
        with self.lock:
            self.channels.rename_id(old_id, new_id)
            self.messages.move(old_id, new_id)
            self.reading.move(old_id, new_id)
            self.announce(events.channel_id_changed(old_id, new_id), new_id)

    def add_channel(self, channel: Channel) -> None:
        """Make a channel."""
        with self.lock:
            self.channels.add(channel)
            self.feed.touch()

    def set_channel(self, channel_id: str, **changes: object) -> None:
        """Change fields of a channel for which Slack sends no event that the app listens to."""
        with self.lock:
            self.channels.change(channel_id, **changes)
            self.feed.touch()

    def add_user(self, user: User) -> None:
        """Let someone into a team."""
        with self.lock:
            self.directory.users[user.id] = user
            self.feed.touch()

    def set_user(self, user_id: str, **changes: object) -> None:
        """Change fields of a user, such as `deleted` or `is_restricted`."""
        with self.lock:
            record = User.model_validate({**self.directory.user(user_id).model_dump(), **changes})
            self.directory.users[user_id] = record
            self.announce(events.user_change(self.shapes.user(record)))

    def set_group(self, group_id: str, user_ids: Iterable[str]) -> None:
        """Replace the members of a user group."""
        with self.lock:
            before = self.directory.group(group_id)
            after = before.model_copy(update={"user_ids": tuple(user_ids)})
            self.directory.groups[group_id] = after
            now = int(self.clock())
            self.announce(events.subteam_members_changed(before, after, self.directory.home.id, now))

    def _set_sharing(
        self, channel_id: str, connected: set[str] | None = None, pending: set[str] | None = None
    ) -> Channel:
        channel = self.channels.get(channel_id)
        teams = tuple(sorted(channel.connected_team_ids if connected is None else connected))
        waiting = tuple(sorted(pending or ()))
        return self.channels.change(
            channel_id,
            connected_team_ids=teams,
            is_ext_shared=bool(teams),
            pending_connected_team_ids=waiting,
            is_pending_ext_shared=bool(waiting),
        )
