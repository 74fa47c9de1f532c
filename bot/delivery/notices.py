"""Notices: a released message is drawn again under, or as, one of the profile's fixed notices, from the latest state.

None of them is decided again: their words were approved with the profile. All pass the guards of a first release, but
for a withdrawal, which waits for nothing (promises P9, P11). No stored byte is drawn that the signed manifest does not
vouch for; a withdrawal then takes the words of the configured profile.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from bot.app import Bot
from bot.slack.errors import NotDoneError, RefusedChannelError
from bot.workflows.case import BoundBridge, bound_bridge, closed_at
from profiles.models import Profile
from storage.drafts import StoreAlteredError, StoredDraft, draft_by_id, last_released, profile_of
from storage.shown import Outward, begin_edit, settle_edit
from transforms.diff import tells_less
from transforms.model.approvals import Refusal
from transforms.model.canonical import digest
from transforms.model.lifecycle import Released, Superseded, Withdrawn
from transforms.publish.amendment import Amendment, NotReleasedError
from transforms.publish.manifest import NotVerifiedError, ReleaseStatement, verify

logger = logging.getLogger("bridgepkg.work")


@dataclass(frozen=True, slots=True)
class PostedMessage:
    """A message in the bridge, and the profile whose notices were approved with it."""

    case: BoundBridge
    stored: StoredDraft
    profile: Profile


def deliver_notice(bot: Bot, draft: str) -> None:
    """Draw a released message as it stands now; the message is never posted again.

    `StoreAlteredError` when what is stored is not what was released.
    """
    with bot.store.read() as transaction:
        stored = draft_by_id(transaction, draft)
        case = bound_bridge(bot, transaction, stored.bridge_case) if stored else None
    if stored is None or case is None or isinstance(case, Refusal):
        return
    match stored.state:
        case Withdrawn(released=Released(ts=ts) as released, at=at) if ts:
            _take_back(bot, case, stored, released, at)
        case Superseded(released=Released(ts=ts)) as superseded if ts:
            standing = _standing(bot, case, stored)
            _amend(bot, standing, lambda: _replaced(bot, standing, superseded))
        case Released(ts=ts) as released if ts:
            standing = _standing(bot, case, stored)
            with bot.store.read() as transaction:
                closed = closed_at(transaction, case.bridge_case)
            _amend(bot, standing, lambda: _current(standing, released, closed, bot.now()))


def _take_back(bot: Bot, case: BoundBridge, stored: StoredDraft, released: Released, at: datetime) -> None:
    """The withdrawal's notice, whatever became of the database: what it does not prove comes from the configuration."""
    audience, profile = case.audience, case.profile
    try:
        audience = _proved(bot, case, stored).audience
        with bot.store.read() as transaction:
            profile = profile_of(transaction, stored)
    except StoreAlteredError as problem:
        logger.error("%s; the withdrawal is drawn all the same", problem)  # noqa: TRY400 -- one line
    _edit(bot, stored, Amendment.withdrawn(audience, released, profile, at))


def _standing(bot: Bot, case: BoundBridge, stored: StoredDraft) -> PostedMessage:
    """What may be drawn of a released message."""
    _proved(bot, case, stored)
    with bot.store.read() as transaction:
        return PostedMessage(case, stored, profile_of(transaction, stored))


def _proved(bot: Bot, case: BoundBridge, stored: StoredDraft) -> ReleaseStatement:
    """What was signed when this draft was posted, if everything that is drawn from the stored draft is the same."""
    signed, draft = _signed(bot, stored), stored.draft
    pairs = (
        (signed.incident, case.bridge_case.incident),
        (signed.audience, draft.audience),
        (signed.audience.bridge, case.bridge_case.bridge),
        ((signed.kind, signed.draft), (draft.kind, stored.number)),
        (signed.message, draft.message.digest),
        (signed.package, digest(draft.package)),
        (signed.profile_digest, draft.profile_digest),
    )
    if any(stated != found for stated, found in pairs):
        raise _altered(stored, "it is not what its signed manifest states")
    return signed


def _signed(bot: Bot, stored: StoredDraft) -> ReleaseStatement:
    """What was signed when this draft was posted."""
    if stored.manifest is None:
        raise _altered(stored, "its signed manifest is gone")
    try:
        return verify(stored.manifest, bot.signing.public_key())
    except NotVerifiedError as problem:
        raise _altered(stored, str(problem)) from problem


def _altered(stored: StoredDraft, what: str) -> StoreAlteredError:
    return StoreAlteredError(
        f"released draft {stored.number} was altered in the database, or signed with another key: {what}; restore the "
        "database from a backup, or set BRIDGEPKG_SIGNING_KEY to the key that signed it"
    )


def _amend(bot: Bot, standing: PostedMessage, made: Callable[[], Amendment]) -> None:
    if reason := bot.bridge.refusal(standing.stored.draft.audience):
        raise RefusedChannelError(reason)
    try:
        amendment = made()
    except NotReleasedError as problem:
        raise _altered(standing.stored, str(problem)) from problem
    _edit(bot, standing.stored, amendment)


def _edit(bot: Bot, stored: StoredDraft, amendment: Amendment) -> None:
    """The one call. The journal has it before, and learns after it what the bridge shows, if that is known."""
    with bot.store.write() as transaction:
        edit = begin_edit(transaction, stored, amendment.ts, amendment.message.digest, bot.now())
    outcome = Outward.UNCLEAR
    try:
        bot.bridge.amend(amendment)
        outcome = Outward.SHOWN
    except NotDoneError:
        outcome = Outward.REFUSED
        raise
    finally:
        if edit:
            with bot.store.write() as transaction:
                settle_edit(transaction, edit, outcome, bot.now())


def _current(standing: PostedMessage, released: Released, closed: datetime | None, now: datetime) -> Amendment:
    """The message that the customer relies on: under a notice when the bridge is closed or the update late, or bare."""
    draft, profile = standing.stored.draft, standing.profile
    if closed:
        return Amendment.closed(draft, released, profile, closed)
    if draft.package.next_update <= now:
        return Amendment.overdue(draft, released, profile)
    return Amendment.bare(draft, released)


def _replaced(bot: Bot, standing: PostedMessage, state: Superseded) -> Amendment:
    with bot.store.read() as transaction:
        newer, address = last_released(transaction, standing.stored.bridge_case), None
    if newer and isinstance(newer.state, Released) and newer.state.ts:
        address = bot.bridge.permalink(newer.state.attempt.channel, newer.state.ts)
    draft = standing.stored.draft
    narrowed = newer is not None and tells_less(draft.package, newer.draft.package)
    return Amendment.replaced(draft, state, standing.case.profile, address, narrowed=narrowed)
