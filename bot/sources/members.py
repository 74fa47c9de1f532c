"""Who fills a role, for reading without Slack: by the configuration, and as an export itself names people.

A user id in the configuration is known; a group has no members there. An export of the incident's channel may hold
`users` and `usergroups` as Slack's `users.list` and `usergroups.list` give them
(https://docs.slack.dev/reference/methods/usergroups.list). Bots, guests and deactivated people fill no role.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from pydantic import Field

from bot.sources.mapped import RolesOf
from profiles.frozen import Frozen, Role

NO_MEMBER = ("deleted", "is_bot", "is_restricted", "is_ultra_restricted", "is_app_user", "is_stranger")
"""What marks somebody in `users.list` who is no full member, or no person."""


class ConfiguredRoles(Frozen):
    """The roles that each user id and each user group stands for, deputies among them."""

    users: dict[str, tuple[Role, ...]] = Field(default_factory=dict)
    groups: dict[str, tuple[Role, ...]] = Field(default_factory=dict)

    def of(self, user: str, members: Mapping[str, frozenset[str]]) -> tuple[Role, ...] | None:
        """The roles of a user; none where they have none that is known and a group could give them one."""
        through = (role for group, roles in self.groups.items() if user in members.get(group, ()) for role in roles)
        known = tuple(sorted({*self.users.get(user, ()), *through}))
        return None if not known and set(self.groups) - set(members) else known


def roles_offline(documents: Iterable[Any], roles: ConfiguredRoles) -> RolesOf:
    """Who fills what, as the configuration says and the export names its people."""
    pages = list(documents)
    people = {user.get("id"): user for user in _listed(pages, "users")}
    groups = {str(one.get("id")): frozenset(map(str, one.get("users") or ())) for one in _listed(pages, "usergroups")}

    def asked(user: str) -> tuple[Role, ...] | None:
        if any(people.get(user, {}).get(mark) for mark in NO_MEMBER):
            return ()
        return roles.of(user, groups)

    return asked


def _listed(documents: Iterable[Any], name: str) -> list[dict[str, Any]]:
    found = [document.get(name) for document in documents if isinstance(document, dict)]
    return [entry for entries in found if isinstance(entries, list) for entry in entries if isinstance(entry, dict)]
