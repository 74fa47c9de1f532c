"""Why somebody may not do something."""

from collections.abc import Iterable
from typing import Final

from blocks.say.recorded import unrecorded
from blocks.words import list_words, role_words

OUTSIDE: Final = "Only members of the home workspace can do this."
WHO_UNKNOWN: Final = unrecorded("Slack did not tell me who you are; please try again.")


def never_counts(kind: str) -> str:
    """Users of this kind do not count, whatever roles are configured for them."""
    return f"{kind} cannot do this."


def wrong_role(wanted: Iterable[str], roles: Iterable[str]) -> str:
    """Which roles may do it, and which ones the person has."""
    have = [role_words(role) for role in roles]
    are = f"you are {list_words(have)}" if have else "you have no role here"
    return unrecorded(f"Only {list_words(map(role_words, wanted), 'or')} can do this; {are}.")


def roles_unknown(roles: Iterable[str]) -> str:
    """Slack was asked whether the person has one of these roles, and gave no answer."""
    which = list_words(map(role_words, roles), "or")
    return unrecorded(f"Slack did not tell me whether you are {which}; please try again.")
