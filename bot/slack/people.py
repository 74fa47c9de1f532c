"""Who somebody is: by what the directory knows of them, fail closed (promise P9).

Only full members of the home workspaces count. Guests, bots, deactivated and outside users, and everybody who cannot be
looked up, are nobody. Roles come from configured users and user groups; what is known may be a minute old, and inside a
release no older than the release. A group that Slack does not answer for leaves its roles unknown, which is not having
them: who holds a role by other means is not locked out.
"""

from dataclasses import dataclass
from typing import Any, Self

from blocks import say
from bot.clock import Clock
from bot.settings import Config, RoleMembers
from bot.slack.directory import GROUP_METHOD, KEPT_SECONDS, Directory
from bot.slack.errors import LookupFailedError
from transforms.model.approvals import Refusal
from transforms.model.directives import Person


@dataclass(frozen=True, slots=True)
class Insider:
    """A full member of the home, with their roles and whether they may read restricted names."""

    person: Person
    name: str
    roles: frozenset[str]
    cleared: bool
    unknown: frozenset[str] = frozenset()
    """Roles of which Slack did not say whether the person has them: they have not, and a refusal says why."""


class People:
    """Tells who people are. `fresh()` gives one that believes nothing older than itself, for the check of a release."""

    def __init__(self, directory: Directory, config: Config, clock: Clock, since: float | None = None) -> None:
        self.config = config
        self._directory, self._clock, self._since = directory, clock, since

    def fresh(self, seconds: float = 0.0) -> Self:
        """The same people, of whom only what is looked up from now on counts, or was in the last so many seconds."""
        return type(self)(self._directory, self.config, self._clock, self._clock.monotonic() - seconds)

    def _max_age(self) -> float:
        return KEPT_SECONDS if self._since is None else self._clock.monotonic() - self._since

    def identify(self, person: Person) -> Insider | Refusal:
        """The insider, or why this person is nobody here."""
        try:
            user = self.user(person.user)
            if reason := self.outside(user, person.team):
                return Refusal(code="not-inside", sentence=say.unrecorded(reason))
        except LookupFailedError:
            return Refusal(code="look-up-failed", sentence=say.access.WHO_UNKNOWN)
        # A command names the workspace it was typed in, a click the person's own: one person must not count as two.
        known = Person(team=str(user.get("team_id") or person.team), user=person.user)
        roles, unknown = self.roles(person.user)
        cleared = bool(roles & set(self.config.cleared_roles))
        return Insider(person=known, name=display_name(user), roles=roles, cleared=cleared, unknown=unknown)

    def user(self, user_id: str) -> dict[str, Any]:
        """What Slack says of a user; `LookupFailedError` when it says nothing."""
        return self._directory.known(user_id, self._max_age())

    def outside(self, user: dict[str, Any], claimed_team: str = "") -> str | None:
        """Why a user does not count as inside, in one sentence; none for a full member of the home."""
        home = self.config.home
        team = str(user.get("team_id") or "")
        at_home = team in home.teams or (
            home.enterprise is not None and user.get("enterprise_user", {}).get("enterprise_id") == home.enterprise
        )
        if not at_home or (claimed_team and claimed_team not in {team, *home.teams, home.enterprise or ""}):
            return say.access.OUTSIDE
        flags = (
            "deleted",
            "is_bot",
            "is_restricted",
            "is_ultra_restricted",
            "is_stranger",
            "is_workflow_bot",
            "is_connector_bot",
        )
        if set_flags := [flag for flag in flags if user.get(flag)]:
            kind = {"deleted": "Deactivated users", "is_restricted": "Guests", "is_ultra_restricted": "Guests"}
            return say.access.never_counts(kind.get(set_flags[0], "Bots and outside users"))
        return None

    def roles(self, user_id: str) -> tuple[frozenset[str], frozenset[str]]:
        """The roles of a user by configuration, and those of which Slack does not say whether they have them."""
        found = {role: self._has(user_id, role) for role in self.config.roles}
        has = frozenset(role for role, answer in found.items() if answer)
        return has, frozenset(role for role, answer in found.items() if answer is None)

    def members(self, role: str) -> frozenset[str]:
        """The user ids that fill a role."""
        members = self.config.roles.get(role, RoleMembers())
        grouped = (self._directory.group(group, self._max_age()) for group in members.groups)
        return frozenset({*members.users, *members.deputies}).union(*grouped)

    def marks_as(self, user_id: str) -> tuple[str, ...] | None:
        """The roles in which a user may mark a checkpoint, for `bot.sources`; none when Slack does not say.

        Guests, bots and everybody from outside fill none, whatever a group says.
        """
        try:
            if self.outside(self.user(user_id)):
                return ()
        except LookupFailedError:
            return None
        roles, unknown = self.roles(user_id)
        return tuple(sorted(roles)) or (None if unknown else ())

    def fills(self, person: Person, role: str) -> bool:
        """Whether a full member of the home fills this role now; `LookupFailedError` when Slack does not say."""
        if self.outside(self.user(person.user), person.team):
            return False
        answer = self._has(person.user, role)
        if answer is None:
            raise LookupFailedError(GROUP_METHOD)
        return answer

    def _has(self, user_id: str, role: str) -> bool | None:
        """Whether a user is named, is a deputy or in one of a role's groups; none when only a silent group can tell."""
        members = self.config.roles.get(role, RoleMembers())
        if user_id in {*members.users, *members.deputies}:
            return True
        answers = {self._in_group(user_id, group) for group in members.groups}
        if True in answers:
            return True
        return None if None in answers else False

    def _in_group(self, user_id: str, group: str) -> bool | None:
        try:
            return user_id in self._directory.group(group, self._max_age())
        except LookupFailedError:
            return None

    def name(self, person: Person) -> str:
        """How a person is called; their id when Slack does not say."""
        try:
            return display_name(self.user(person.user))
        except LookupFailedError:
            return person.user


def display_name(user: dict[str, Any]) -> str:
    """The first word of a person's name, as colleagues say it."""
    full = str(user.get("real_name") or user.get("name") or user.get("id") or "somebody")
    return full.split(maxsplit=1)[0]
