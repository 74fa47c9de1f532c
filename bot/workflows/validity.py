"""Validity: why approvals of a draft stand no longer, whatever its bytes say. Asked at release, and before it stays."""

from collections.abc import Iterable

from blocks import say
from bot.app import Bot
from bot.slack.people import People
from bot.workflows.case import Case
from profiles.codes import LogKind
from storage.drafts import StoredDraft
from storage.log import latest
from transforms.model.approvals import Decision
from transforms.model.lifecycle import Withdrawn


def prior_moved(bot: Bot, case: Case, stored: StoredDraft) -> str | None:
    """Whether the version that an update was compared with is no longer what stood when it was drafted."""
    last = case.released
    if not stored.draft.version:
        return None
    if stored.prior != (last.id if last else None):
        return say.recheck.ANOTHER_VERSION
    if last and _withdrawn_since(bot, last, stored):
        return say.recheck.prior_withdrawn(last.draft.version)
    return None


def _withdrawn_since(bot: Bot, last: StoredDraft, stored: StoredDraft) -> bool:
    """The log tells the order: two processes may write with clocks that differ."""
    if not isinstance(last.state, Withdrawn):
        return False
    with bot.store.read() as transaction:
        taken = latest(transaction, stored.draft.incident, LogKind.WITHDRAWN, last.id)
        drafted = latest(transaction, stored.draft.incident, LogKind.DRAFTED, stored.id)
    return taken is None or drafted is None or taken.seq > drafted.seq


def left(people: People, decisions: Iterable[Decision]) -> str | None:
    """Whether one of those who approved does not fill the role now."""
    gone = (one.role for one in decisions if not people.fills(one.person, one.role))
    return next((say.recheck.left_role(role) for role in gone), None)
