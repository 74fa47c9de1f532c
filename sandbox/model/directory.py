"""Who exists: teams, users and user groups."""

from collections.abc import Iterable

from sandbox.errors import SlackError
from sandbox.seed import Seed, Team, User, UserGroup


class Directory:
    """Users of every team, and the groups of ours. Records are frozen; a change replaces one."""

    def __init__(self, seed: Seed) -> None:
        self.home = seed.team
        self.app = seed.app
        self.teams = {team.id: team for team in (seed.team, *seed.teams)}
        self.users = {user.id: user for user in (_bot_user(seed), *seed.users)}
        self.groups = {group.id: group for group in seed.groups}

    def user(self, user_id: str) -> User:
        """The user with this id; SlackError `user_not_found` when there is none."""
        if user_id not in self.users:
            raise SlackError("user_not_found")
        return self.users[user_id]

    def group(self, group_id: str) -> UserGroup:
        """The user group with this id; SlackError `no_such_subteam` when there is none."""
        if group_id not in self.groups:
            raise SlackError("no_such_subteam")
        return self.groups[group_id]

    def team_of(self, user: User) -> Team:
        """The team of a user."""
        return self.teams[user.team_id]

    def is_outsider(self, user_id: str) -> bool:
        """Whether the user belongs to another organisation: on Enterprise Grid a sister workspace is inside."""
        team = self.team_of(self.user(user_id))
        same_enterprise = team.enterprise_id is not None and team.enterprise_id == self.home.enterprise_id
        return team.id != self.home.id and not same_enterprise

    def outsiders(self, user_ids: Iterable[str]) -> tuple[str, ...]:
        """Those of the users who belong to another organisation."""
        return tuple(user_id for user_id in user_ids if self.is_outsider(user_id))


def _bot_user(seed: Seed) -> User:
    return User(
        id=seed.app.bot_user_id,
        name=seed.app.name,
        real_name=seed.app.name,
        team_id=seed.team.id,
        is_bot=True,
    )
