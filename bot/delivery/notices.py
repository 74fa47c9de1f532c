"""Notices: a released message is drawn again under, or as, one of the profile's fixed notices, from the latest state.

None of them is decided anew: their words were approved with the profile. All pass the guards of a first release, but
for a withdrawal, which waits for nothing (promises P9, P11).
"""

from dataclasses import dataclass
from datetime import datetime

from bot.app import Bot
from bot.slack.gateway import RefusedChannelError
from bot.workflows.case import Case, case_by_binding
from profiles.models import Profile
from profiles.safetext import SafeText
from storage.drafts import StoredDraft, draft_by_id, profile_of
from transforms.publish.message import Message, closed_message, overdue_message, replaced_message, withdrawn_message
from transforms.review import Refusal, Released, Superseded, Withdrawn


@dataclass(frozen=True, slots=True)
class PostedMessage:
    """A message in the bridge with its case, and the profile whose notices were approved with it."""

    case: Case
    stored: StoredDraft
    profile: Profile


def deliver_notice(bot: Bot, draft: str) -> None:
    """Draw a released message as it stands now; the message is never posted again."""
    with bot.store.read() as transaction:
        stored = draft_by_id(transaction, draft)
        case = case_by_binding(bot, transaction, stored.binding) if stored else None
        profile = profile_of(transaction, stored) if stored else None
    if stored is None or profile is None or case is None or isinstance(case, Refusal):
        return
    standing = PostedMessage(case, stored, profile)
    match stored.state:
        case Withdrawn(released=Released(ts=ts), at=at) if ts:
            account = stored.draft.package.account
            bot.bridge.amend(stored.draft.audience, ts, withdrawn_message(account, profile, _clock(at)))
        case Superseded(released=Released(ts=ts)) as superseded if ts:
            _amend(bot, standing, ts, _replaced(bot, standing, superseded))
        case Released(ts=ts) if ts:
            _amend(bot, standing, ts, _current(standing, bot.now()))


def _amend(bot: Bot, standing: PostedMessage, ts: str, message: Message) -> None:
    if reason := bot.bridge.refusal(standing.stored.draft.audience):
        raise RefusedChannelError(reason)
    bot.bridge.amend(standing.stored.draft.audience, ts, message)


def _current(standing: PostedMessage, now: datetime) -> Message:
    """The message that the customer relies on: under a notice when the bridge is closed or the update late, or bare."""
    draft, profile = standing.stored.draft, standing.profile
    if closed := standing.case.closed_at:
        return closed_message(draft.message, draft.package.account, profile, _clock(closed))
    if draft.package.next_update <= now:
        due = SafeText.of_clock(draft.package.next_update, draft.package.as_of)
        return overdue_message(draft.message, profile, due)
    return draft.message


def _replaced(bot: Bot, standing: PostedMessage, state: Superseded) -> Message:
    newer, address = standing.case.released, None
    if newer and isinstance(newer.state, Released) and newer.state.ts:
        address = bot.bridge.permalink(newer.state.channel, newer.state.ts)
    version, at = SafeText.of_number(state.by_version), _clock(state.at)
    return replaced_message(standing.stored.draft.message, standing.case.profile, version, at, address)


def _clock(moment: datetime) -> SafeText:
    return SafeText.of_clock(moment, moment)
