"""Who may mark a checkpoint, where no directory can be asked.

By user ids of the configuration, or by the export's own list of its people. Of a person whom neither names, nobody can
say which roles they fill; that is not filling none.
"""

from collections.abc import Callable, Iterable
from typing import Any, Final

from profiles.frozen import Frozen, Role

RolesOf = Callable[[str], tuple[Role, ...] | None]
"""The roles of a user by id: empty for somebody who fills none or does not count, none where it cannot be said."""

_NOT_COUNTED: Final = (
    "deleted",
    "is_bot",
    "is_restricted",
    "is_ultra_restricted",
    "is_stranger",
    "is_workflow_bot",
    "is_connector_bot",
)


class RoleIds(Frozen):
    """Who fills a role, by the ids of users and of user groups."""

    role: Role
    users: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()


class Roster(Frozen):
    """The roles of the house as its configuration names them, and the workspaces whose full members count."""

    teams: tuple[str, ...] = ()
    roles: tuple[RoleIds, ...] = ()

    def roles_of(self, user: str) -> tuple[Role, ...] | None:
        """By user ids alone: somebody who is named nowhere may still be in a group that only Slack knows."""
        named = tuple(sorted(one.role for one in self.roles if user in one.users))
        return named or (None if any(one.groups for one in self.roles) else ())

    def roles_by(self, users: Iterable[Any], groups: Iterable[Any]) -> RolesOf:
        """By an export that names its users and who is in which group; a user whom it does not name stays unknown."""
        known = {user["id"]: user for user in users if isinstance(user, dict) and isinstance(user.get("id"), str)}
        members = {
            group["id"]: _ids(group.get("users")) for group in groups if isinstance(group, dict) and "id" in group
        }

        def roles_of(user: str) -> tuple[Role, ...] | None:
            if user not in known:
                return self.roles_of(user)
            if not self._counts(known[user]):
                return ()
            answers = {one.role: _fills(user, one, members) for one in self.roles}
            has = tuple(sorted(role for role, answer in answers.items() if answer))
            return has or (None if None in answers.values() else ())

        return roles_of

    def _counts(self, user: dict[str, Any]) -> bool:
        """Whether somebody is a full member of the home, as far as the export says."""
        return user.get("team_id") in self.teams and not any(user.get(flag) for flag in _NOT_COUNTED)


def _fills(user: str, role: RoleIds, members: dict[str, frozenset[str]]) -> bool | None:
    """Whether a user fills a role; none when only a group that the export leaves out can tell."""
    if user in role.users or any(user in members.get(group, ()) for group in role.groups):
        return True
    return False if all(group in members for group in role.groups) else None


def _ids(users: Any) -> frozenset[str]:
    return frozenset(user for user in users if isinstance(user, str)) if isinstance(users, list) else frozenset()


def roles_together(users: Iterable[Any], missing: int, roles_of: RolesOf) -> tuple[Role, ...] | None:
    """The roles of all who marked one thing; none where somebody is unknown and nobody is known to fill one."""
    answers = [roles_of(user) if isinstance(user, str) else None for user in users] + [None] * missing
    found = tuple(sorted({role for answer in answers for role in answer or ()}))
    return found or (None if None in answers or not answers else ())
