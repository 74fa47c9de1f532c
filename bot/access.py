"""Who may do what: one table, default deny. Pure; who somebody is, is looked up in `bot.people`."""

from enum import StrEnum
from typing import Final

from blocks import say
from profiles.codes import (
    ACCOUNT_LEADERSHIP,
    ADMIN,
    INCIDENT_COMMAND,
    LEADERSHIP,
    LEGAL,
    SECURITY,
    SUPPORT_LEADERSHIP,
)
from transforms.model.approvals import Refusal


class Action(StrEnum):
    """Everything that a person can ask for."""

    OPEN = "open"
    DRAFT = "draft"
    READ = "read"
    HOLD = "hold"
    WITHDRAW = "withdraw"
    RELEASE = "release"
    LOOK = "look"
    PLACE = "place"


_COMMANDERS: Final = frozenset({INCIDENT_COMMAND, ADMIN})
_DRAFTERS: Final = frozenset({INCIDENT_COMMAND, SUPPORT_LEADERSHIP, ACCOUNT_LEADERSHIP})
_REVIEWERS: Final = frozenset({INCIDENT_COMMAND, SECURITY, ACCOUNT_LEADERSHIP, SUPPORT_LEADERSHIP, LEGAL})

ALLOWED: Final[dict[Action, frozenset[str]]] = {
    Action.OPEN: _COMMANDERS,
    Action.DRAFT: _DRAFTERS,
    Action.READ: _REVIEWERS | {LEADERSHIP, ADMIN},
    Action.HOLD: _REVIEWERS,
    Action.WITHDRAW: _REVIEWERS,
    Action.RELEASE: _DRAFTERS,
    Action.LOOK: _DRAFTERS,
    Action.PLACE: frozenset({INCIDENT_COMMAND}),
}
"""The roles that may do each action. Approvals and waivers ask for one role instead, the gate's or the entry's."""


def refuse(action: Action, roles: frozenset[str], unknown: frozenset[str] = frozenset()) -> Refusal | None:
    """Why somebody with these roles may not do this; none when they may. An unknown role grants nothing."""
    if roles & ALLOWED[action]:
        return None
    return _wrong_role(sorted(ALLOWED[action]), roles, unknown)


def refuse_role(role: str, roles: frozenset[str], unknown: frozenset[str] = frozenset()) -> Refusal | None:
    """Why somebody with these roles does not count in one role; none when they do."""
    return None if role in roles else _wrong_role([role], roles, unknown)


def _wrong_role(wanted: list[str], roles: frozenset[str], unknown: frozenset[str]) -> Refusal:
    if unsaid := [role for role in wanted if role in unknown]:
        return Refusal(code="look-up-failed", sentence=say.access.roles_unknown(unsaid))
    return Refusal(code="wrong-role", sentence=say.access.wrong_role(wanted, sorted(roles)))
