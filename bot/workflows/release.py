"""Release: everything checked again, then one post at most, and an unclear answer is never sent again (P1, P6, P13).

Approved → Posting (durable, with the signed manifest) → the one call → Released; back to Approved when Slack surely
refused; else a look-up by the attempt id, and then Ambiguous. Whoever finds a draft in Posting only looks, never posts.
"""

import logging
from dataclasses import dataclass
from typing import Final

from blocks import say
from bot.app import Bot
from bot.slack.errors import NotDoneError, UnclearError
from bot.slack.gateway import ApprovedPost
from bot.workflows.advance import advance
from bot.workflows.case import BoundBridge, Case, bound_bridge, with_drafts
from bot.workflows.draft import Replacement, void
from bot.workflows.effects import named, tell
from bot.workflows.recheck import SOON, Changed, Passed, Postponed, recheck
from profiles.codes import DraftKind, LogKind, RegisterCode
from storage.drafts import MovedError, StoreAlteredError, StoredDraft, draft_by_id, last_released, readable_drafts
from storage.log import ChainMovedError, Event, append
from storage.queues import Claimed, hold_fence
from storage.shown import found_after_all
from storage.store import CollisionError, Transaction
from transforms.model.approvals import Attempt, Located
from transforms.model.canonical import digest
from transforms.model.lifecycle import Ambiguous, Approved, NotPosted, Posting, Released, Replaced, Step
from transforms.publish.dossier import release_of
from transforms.publish.manifest import Supersedes, sign
from transforms.publish.message import reads_the_same

logger = logging.getLogger("bridgepkg.work")

LOOKS: Final = (0.0, 0.5, 2.0, 5.0)
"""Seconds before each look for a message whose fate is unclear."""

LOOK_SECONDS: Final = 10.0
"""No further look begins after this: when Slack does not answer at all, a person is to know within a minute."""

MOST_TRIES: Final = 5


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a release row: finished, or to be tried again after so many seconds."""

    again_after: float | None = None
    problem: str = ""


FINISHED: Final = Outcome()


def release(bot: Bot, claimed: Claimed) -> Outcome:
    """Carry one approved draft as far as it goes now."""
    with bot.store.read() as transaction:
        stored = draft_by_id(transaction, str(claimed.content["draft"]))
        bridge = bound_bridge(bot, transaction, stored.bridge_case) if stored else None
    if stored is None or not isinstance(bridge, BoundBridge):
        return FINISHED
    match stored.state:
        case Posting() as posting:
            locate_post(bot, bridge, stored, posting, say.bridge.PROCESS_STOPPED)
        case Approved() as approved:
            return _release(bot, bridge, stored, approved, claimed)
    return FINISHED


def _release(bot: Bot, bridge: BoundBridge, stored: StoredDraft, approved: Approved, claimed: Claimed) -> Outcome:
    match _rechecked(bot, bridge, stored, again=claimed.attempts > 0):
        case Passed() as passed:
            attempt = Attempt(id=bot.new_id(), channel=bridge.audience.channel, started_at=bot.now())
            step = approved.post(attempt)
            return _post(bot, bridge, _begin(bot, claimed, stored, step, passed), step.after)
        case Postponed(why=why, again_after=seconds):
            if why != approved.problem:
                with bot.store.write() as transaction:
                    advance(transaction, bridge, stored, approved.delay(why), bot.now())
            return Outcome(seconds, why)
        case Changed(redraft=redraft):
            with bot.store.write() as transaction:
                redraft(transaction)
    return FINISHED


def _rechecked(bot: Bot, bridge: BoundBridge, stored: StoredDraft, *, again: bool) -> Passed | Postponed | Changed:
    """The recheck; whatever was altered of the case in the database stops the release, and the card says so."""
    try:
        with bot.store.read() as transaction:
            case = with_drafts(bot, transaction, bridge)
        return recheck(bot, case, stored, again=again)
    except StoreAlteredError as problem:
        return Postponed(say.release.not_posted(str(problem)))


def _begin(bot: Bot, claimed: Claimed, stored: StoredDraft, step: Step[Posting], passed: Passed) -> StoredDraft:
    """The durable mark before the call: state, attempt and signed manifest, only while this worker's fence holds."""
    case = passed.case
    prior = case.released if stored.draft.kind is DraftKind.UPDATE else None
    supersedes = None
    if prior and prior.manifest and prior.draft.version:
        supersedes = Supersedes(version=prior.draft.version, manifest=digest(prior.manifest))
    stated = release_of(passed.built, passed.sealed, step.after.given, supersedes, passed.reading)
    with bot.store.write() as transaction:
        hold_fence(transaction, claimed, bot.now())
        signed, at = sign(stated, bot.signing), step.after.attempt.started_at
        moved = advance(transaction, case, stored, step, at, manifest=signed)
        _same_prior(transaction, case, stored)
    return moved


def _same_prior(transaction: Transaction, case: Case, stored: StoredDraft) -> None:
    """Nobody withdrew or released a version since the recheck; read after the log's head is ours, so nobody can now."""
    now = last_released(transaction, case.bridge_case.id)
    versions = [(last.id, last.revision) if last else None for last in (case.released, now)]
    if stored.draft.version and versions[0] != versions[1]:
        raise MovedError(f"draft {stored.number}")


def _post(bot: Bot, case: BoundBridge, stored: StoredDraft, posting: Posting) -> Outcome:
    """The one call, and what its answer means."""
    try:
        ts = bot.bridge.release(ApprovedPost(stored.draft, posting))
    except NotDoneError as problem:
        passing = problem.error in {"ratelimited", "connection_refused"}
        with bot.store.write() as transaction:
            advance(transaction, case, stored, posting.refuse(say.release.not_posted(str(problem))), bot.now())
        return Outcome(float(problem.retry_after or SOON), str(problem)) if passing else FINISHED
    except UnclearError as problem:
        locate_post(bot, case, stored, posting, str(problem))
        return FINISHED
    confirm_released(bot, case, stored, posting.stand(Located(ts=ts, how="answered"), bot.now()))
    return FINISHED


def locate_post(bot: Bot, case: BoundBridge, stored: StoredDraft, posting: Posting, why: str) -> None:
    """Look for the message by its attempt id; not found proves nothing, so then a person must look."""
    began = bot.clock.monotonic()
    for pause in LOOKS:
        bot.clock.sleep(pause)
        if ts := find(bot, posting.attempt):
            confirm_released(bot, case, stored, posting.stand(Located(ts=ts, how="found"), bot.now()))
            return
        if bot.clock.monotonic() - began > LOOK_SECONDS:
            break
    with bot.store.write() as transaction:
        advance(transaction, case, stored, posting.lose(why), bot.now(), code=RegisterCode.AMBIGUOUS_POST)


def find(bot: Bot, attempt: Attempt) -> str | None:
    """The timestamp of the message that an attempt posted, if it can be seen."""
    try:
        found = bot.bridge.find(attempt.channel, attempt.id, attempt.started_at)
    except (NotDoneError, UnclearError):
        return None
    return str(found["ts"]) if found else None


def confirm_released(bot: Bot, case: BoundBridge, stored: StoredDraft, step: Step[Released]) -> None:
    """The message stands: the version is released, what stood before is superseded, and everybody's card says so."""
    _write_down(bot, case, stored, step.after)
    if step.after.ts:
        _read_back(bot, case, stored, step.after.ts)


def _write_down(bot: Bot, case: BoundBridge, stored: StoredDraft, released: Released) -> None:
    """An answer in hand is written down whatever moved meanwhile: an older version, or this draft elsewhere."""
    for _ in range(MOST_TRIES):
        try:
            with bot.store.write() as transaction:
                current = draft_by_id(transaction, stored.id)
                if current and isinstance(current.state, Posting | Ambiguous):
                    step = current.state.stand(released.where, released.at)
                    write_released(transaction, case, current, step)
                elif current and isinstance(current.state, NotPosted | Replaced):
                    _appeared(transaction, case, current, released)
        except (MovedError, ChainMovedError, CollisionError):
            continue
        return
    raise MovedError(f"draft {stored.number}")


def _appeared(transaction: Transaction, case: BoundBridge, stored: StoredDraft, released: Released) -> None:
    """Somebody answered that the message was not there while the call was still under way: it is there."""
    payload = {"attempt": released.attempt.id, "ts": released.ts}
    append(transaction, Event(case.bridge_case.incident, LogKind.APPEARED, stored.id, released.at, payload))
    found_after_all(transaction, stored, released.ts, released.at)
    text = say.bridge.appeared(named(stored))
    for role in case.profile.gates_for(stored.draft.kind):
        content = {"bridge_case": case.bridge_case.id, "role": role, "text": text}
        tell(transaction, f"appeared/{stored.id}/{role}", content, released.at)


def write_released(transaction: Transaction, case: BoundBridge, stored: StoredDraft, step: Step[Released]) -> None:
    """The release, what it supersedes, and the acknowledgement that it overtakes, in one transaction.

    The message stands already, so a row of another draft that was altered keeps nothing from being written down.
    """
    version, at = stored.draft.version, step.after.at
    advance(transaction, case, stored, step, at, version=version)
    if version is None:
        return
    for old in readable_drafts(transaction, case.bridge_case.id, "released").drafts:
        if old.id != stored.id and isinstance(old.state, Released):
            advance(transaction, case, old, old.state.supersede(version, at), at)
    newer = Replacement(stored.number, say.draft.replaced_by_version(version), at)
    for waiting in readable_drafts(transaction, case.bridge_case.id, "waiting", "held-back", "approved").drafts:
        if waiting.draft.kind is DraftKind.ACKNOWLEDGEMENT:
            void(transaction, case, waiting, newer)


def _read_back(bot: Bot, case: BoundBridge, stored: StoredDraft, ts: str) -> None:
    """Compare what Slack shows with what was approved; a difference is told, never sent again."""
    try:
        found = bot.bridge.read_back(case.audience.channel, ts)
    except (NotDoneError, UnclearError):
        return
    if found and reads_the_same(stored.draft.message, found.get("text", ""), found.get("blocks", ())):
        return
    with bot.store.write() as transaction:
        payload = {"ts": ts, "found": found is not None}
        event = Event(case.bridge_case.incident, LogKind.READBACK_DIFFERS, stored.id, bot.now(), payload)
        append(transaction, event)
