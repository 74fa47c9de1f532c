"""What a workspace starts with: frozen descriptions, from Python or from JSON."""

from collections.abc import Iterable
from importlib import resources
from typing import Self

from pydantic import BaseModel, ConfigDict, model_validator

# What the bot asks for in its manifest; a test that needs a missing scope gives fewer.
DEFAULT_SCOPES = (
    "commands",
    "chat:write",
    "channels:read",
    "groups:read",
    "users:read",
    "usergroups:read",
    "channels:history",
    "groups:history",
    "reactions:read",
    "im:write",
)
DEFAULT_EVENTS = (
    "app_home_opened",
    "channel_shared",
    "channel_unshared",
    "channel_id_changed",
    "channel_archive",
    "group_archive",
    "channel_unarchive",
    "group_unarchive",
    "member_joined_channel",
    "member_left_channel",
    "user_change",
    "subteam_members_changed",
    "reaction_added",
    "reaction_removed",
)


class Described(BaseModel):
    """Frozen data that refuses unknown fields, so that a misspelt seed is an error."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Team(Described):
    """A workspace: ours, or one that is connected through a shared channel."""

    id: str
    name: str
    domain: str
    enterprise_id: str | None = None


class App(Described):
    """The one app that is installed, with the secrets that its bot is started with."""

    app_id: str = "A0SANDBOX1"
    name: str = "bridgepkg"
    bot_id: str = "B0SANDBOX1"
    bot_user_id: str = "U0BRIDGEPKG"
    bot_token: str = "xoxb-sandbox-bot-token"  # noqa: S105 -- opens nothing but the sandbox
    app_token: str = "xapp-1-sandbox-app-token"  # noqa: S105
    signing_secret: str = "sandbox-signing-secret"  # noqa: S105
    verification_token: str = "sandbox-verification"  # noqa: S105
    scopes: tuple[str, ...] = DEFAULT_SCOPES
    app_token_scopes: tuple[str, ...] = ("connections:write",)
    events: tuple[str, ...] = DEFAULT_EVENTS
    command: str = "/bridgepkg"


class User(Described):
    """A person or bot of any team. Whether someone is a stranger is computed, as it depends on the channels."""

    id: str
    name: str
    team_id: str
    real_name: str = ""
    title: str = ""
    is_restricted: bool = False
    is_ultra_restricted: bool = False
    is_bot: bool = False
    is_workflow_bot: bool = False
    is_connector_bot: bool = False
    deleted: bool = False
    tz: str = "Etc/UTC"


class UserGroup(Described):
    """A user group such as @security."""

    id: str
    handle: str
    name: str = ""
    user_ids: tuple[str, ...] = ()


class Channel(Described):
    """A conversation. `connected_team_ids` are the outside teams that share it; `user` is for direct messages."""

    id: str
    name: str
    is_private: bool = False
    is_im: bool = False
    user: str | None = None
    is_ext_shared: bool = False
    is_pending_ext_shared: bool = False
    is_org_shared: bool = False
    is_archived: bool = False
    is_frozen: bool = False
    is_read_only: bool = False
    connected_team_ids: tuple[str, ...] = ()
    pending_connected_team_ids: tuple[str, ...] = ()
    members: tuple[str, ...] = ()
    topic: str = ""
    purpose: str = ""


class Seed(Described):
    """A whole workspace before anything happens. Raises ValueError when it names someone who is not in it."""

    team: Team
    app: App = App()
    users: tuple[User, ...] = ()
    teams: tuple[Team, ...] = ()
    groups: tuple[UserGroup, ...] = ()
    channels: tuple[Channel, ...] = ()
    edit_window_seconds: int | None = None

    @model_validator(mode="after")
    def _names_only_who_exists(self) -> Self:
        people = {user.id for user in self.users} | {self.app.bot_user_id}
        teams = {self.team.id} | {team.id for team in self.teams}
        _refuse_unknown("team", (user.team_id for user in self.users), teams)
        _refuse_unknown("user", (member for channel in self.channels for member in channel.members), people)
        _refuse_unknown("user", (member for group in self.groups for member in group.user_ids), people)
        _refuse_unknown("team", (team for channel in self.channels for team in channel.connected_team_ids), teams)
        return self

    @classmethod
    def sample(cls) -> Self:
        """The workspace of the demonstration: one incident, its people, and the channel shared with the customer."""
        return cls.model_validate_json(resources.files(__package__).joinpath("sample.json").read_text("utf-8"))


def _refuse_unknown(what: str, named: Iterable[str], known: set[str]) -> None:
    unknown = sorted(set(named) - known)
    if unknown:
        raise ValueError(f"unknown {what}: {', '.join(unknown)}")
