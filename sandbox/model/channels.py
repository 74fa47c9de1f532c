"""Conversations: who is in them, who may read them, and what the app can see."""

from dataclasses import dataclass

from sandbox.errors import SlackError
from sandbox.ids import new_id
from sandbox.model.directory import Directory
from sandbox.seed import Channel, Seed


@dataclass(frozen=True)
class Readers:
    """Who could read a channel at one moment, split by organisation."""

    inside: tuple[str, ...] = ()
    outside: tuple[str, ...] = ()


class Channels:
    """The conversations of the workspace. Records are frozen; a change replaces one."""

    def __init__(self, seed: Seed, directory: Directory) -> None:
        self._directory = directory
        self._bot = seed.app.bot_user_id
        self._records = {channel.id: channel for channel in seed.channels}

    def all(self) -> tuple[Channel, ...]:
        """Every conversation, in the order of their making."""
        return tuple(self._records.values())

    def get(self, channel_id: str) -> Channel:
        """The channel with this id; SlackError `channel_not_found` when there is none."""
        if channel_id not in self._records:
            raise SlackError("channel_not_found")
        return self._records[channel_id]

    def change(self, channel_id: str, **changes: object) -> Channel:
        """Replace some fields of a channel; ValueError when a field or value does not exist."""
        record = Channel.model_validate({**self.get(channel_id).model_dump(), **changes})
        self._records[channel_id] = record
        return record

    def add(self, channel: Channel) -> Channel:
        """Make a channel."""
        self._records[channel.id] = channel
        return channel

    def rename_id(self, old_id: str, new_id: str) -> None:
        """Give a channel another id, as Slack does when a private channel becomes shared."""
        channel = self.get(old_id)
        del self._records[old_id]
        self._records[new_id] = channel.model_copy(update={"id": new_id})

    def visible(self, channel_id: str) -> Channel:
        """A channel that the app can see: a private one without it does not exist for it."""
        channel = self.get(channel_id)
        if (channel.is_private or channel.is_im) and self._bot not in channel.members:
            raise SlackError("channel_not_found")
        return channel

    def joined(self, channel_id: str) -> Channel:
        """A channel that the app is in; SlackError `not_in_channel` for a public one without it."""
        channel = self.visible(channel_id)
        if self._bot not in channel.members:
            raise SlackError("not_in_channel")
        return channel

    def seen_by_app(self) -> tuple[Channel, ...]:
        """Every channel that the app can see."""
        return tuple(
            channel
            for channel in self.all()
            if not (channel.is_private or channel.is_im) or self._bot in channel.members
        )

    def of_person(self, user_id: str) -> tuple[Channel, ...]:
        """The channels that a person is in and can see."""
        return tuple(channel for channel in self.all() if self.is_seen_by(channel, user_id))

    def is_seen_by(self, channel: Channel, user_id: str) -> bool:
        """Whether a person sees a channel: a member does, an outsider only while their team is connected."""
        if user_id not in channel.members:
            return False
        team = self._directory.user(user_id).team_id
        return not self._directory.is_outsider(user_id) or channel.is_im or team in channel.connected_team_ids

    def readers(self, channel: Channel) -> Readers:
        """Who can read the channel now, without bots."""
        people = [member for member in channel.members if not self._directory.user(member).is_bot]
        outside = self._directory.outsiders(people)
        return Readers(inside=tuple(member for member in people if member not in outside), outside=outside)

    def direct_message(self, user_id: str) -> Channel:
        """The direct message between the app and a person, made when there is none."""
        self._directory.user(user_id)
        for channel in self.all():
            if channel.is_im and channel.user == user_id:
                return channel
        made = Channel(id=new_id("D0"), name="", is_im=True, user=user_id, members=(user_id, self._bot))
        return self.add(made)

    def is_stranger(self, user_id: str) -> bool:
        """Whether an outsider shares no channel that the app can see: only then does Slack call them a stranger."""
        return self._directory.is_outsider(user_id) and not any(
            user_id in channel.members for channel in self.seen_by_app()
        )
