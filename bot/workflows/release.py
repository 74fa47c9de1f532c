"""Release: everything checked again, then one post at most, and an unclear answer is never sent again (P1, P6, P13).

Approved → Posting (durable, with the signed manifest) → the one call → Released; back to Approved when Slack surely
refused; else a look-up by the attempt id, and then Ambiguous. Whoever finds a draft in Posting only looks, never posts.
"""

import logging
import time
from dataclasses import dataclass
from typing import Final, Literal

from bot.app import Bot
from bot.slack.api import NotDoneError, UnclearError
from bot.slack.gateway import ApprovedPost
from bot.workflows.case import Case, case_by_binding
from bot.workflows.draft import Replacement, draw_cards, void
from bot.workflows.effects import draw_bridge, tell
from bot.workflows.recheck import SOON, Changed, Passed, Postponed, recheck
from profiles.codes import DraftKind, RegisterCode
from storage.drafts import MovedError, StoreAlteredError, StoredDraft, draft_by_id, drafts_of, last_released, move
from storage.log import ChainMovedError, Event, append
from storage.queues import Claimed, hold_fence
from storage.store import CollisionError, Transaction
from transforms.model.canonical import digest
from transforms.publish.dossier import release_of
from transforms.publish.manifest import Supersedes, sign
from transforms.publish.message import reads_the_same
from transforms.review import (
    Ambiguous,
    Approved,
    NotPosted,
    Posting,
    Refusal,
    Released,
    Replaced,
    Superseded,
)

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
        case = case_by_binding(bot, transaction, stored.binding) if stored else None
    if stored is None or case is None or isinstance(case, Refusal):
        return FINISHED
    if isinstance(stored.state, Posting):
        locate_post(bot, case, stored, "the process stopped while posting")
    if not isinstance(stored.state, Approved):
        return FINISHED
    match _rechecked(bot, case, stored):
        case Passed() as passed:
            return _post(bot, case, _begin(bot, case, stored, claimed, passed))
        case Postponed(why=why, again_after=seconds):
            with bot.store.write() as transaction:
                _return_to_approved(transaction, case, stored, why, bot)
            return Outcome(seconds, why)
        case Changed(redraft=redraft):
            with bot.store.write() as transaction:
                redraft(transaction)
    return FINISHED


def _rechecked(bot: Bot, case: Case, stored: StoredDraft) -> Passed | Postponed | Changed:
    """The recheck; a database that was altered stops the release, and the card says so."""
    try:
        return recheck(bot, case, stored)
    except StoreAlteredError as problem:
        return Postponed(f"Not posted: {problem}.")


def _begin(bot: Bot, case: Case, stored: StoredDraft, claimed: Claimed, passed: Passed) -> StoredDraft:
    """The durable mark before the call: state, attempt and signed manifest, only while this worker's fence holds."""
    approvals = stored.state.approvals if isinstance(stored.state, Approved) else ()
    prior = case.released if stored.draft.kind is DraftKind.UPDATE else None
    supersedes = None
    if prior and prior.manifest and prior.draft.version:
        supersedes = Supersedes(version=prior.draft.version, manifest=digest(prior.manifest))
    stated = release_of(passed.built, passed.sealed, approvals, supersedes, passed.evidence)
    posting = Posting(
        digest=stored.draft.release_digest,
        approvals=approvals,
        attempt=bot.new_id(),
        channel=case.audience.channel,
        started_at=bot.now(),
    )
    with bot.store.write() as transaction:
        hold_fence(transaction, claimed, bot.now())
        moved = move(transaction, stored, posting, sign(stated, bot.signing))
        payload = {"attempt": posting.attempt, "digest": posting.digest}
        append(transaction, Event(case.binding.incident, "posting", stored.id, posting.started_at, payload))
        _same_prior(transaction, case, stored)
    return moved


def _same_prior(transaction: Transaction, case: Case, stored: StoredDraft) -> None:
    """Nobody withdrew or released a version since the recheck; read after the log's head is ours, so nobody can now."""
    now = last_released(transaction, case.binding.id)
    versions = [(last.id, last.revision) if last else None for last in (case.released, now)]
    if stored.draft.version and versions[0] != versions[1]:
        raise MovedError(f"draft {stored.number}")


def _post(bot: Bot, case: Case, stored: StoredDraft) -> Outcome:
    """The one call, and what its answer means."""
    attempt = _attempt(stored)
    try:
        ts = bot.bridge.release(ApprovedPost(stored.draft.message, case.audience, attempt))
    except NotDoneError as problem:
        passing = problem.error in {"ratelimited", "connection_refused"}
        with bot.store.write() as transaction:
            _return_to_approved(transaction, case, stored, f"Not posted: {problem}.", bot)
        return Outcome(float(problem.retry_after or SOON), str(problem)) if passing else FINISHED
    except UnclearError as problem:
        locate_post(bot, case, stored, str(problem))
        return FINISHED
    confirm_released(bot, case, stored, ts, "answered")
    return FINISHED


def _attempt(stored: StoredDraft) -> str:
    return stored.state.attempt if isinstance(stored.state, Posting | Ambiguous | Released) else ""


def _return_to_approved(transaction: Transaction, case: Case, stored: StoredDraft, problem: str, bot: Bot) -> None:
    """Surely not posted: the approvals stand, and the card says what is in the way."""
    if not isinstance(stored.state, Approved | Posting):
        return
    approved = Approved(
        kind=stored.draft.kind,
        digest=stored.state.digest,
        drafter=stored.drafter,
        approvals=stored.state.approvals,
        problem=problem,
    )
    if approved != stored.state:
        move(transaction, stored, approved)
        append(transaction, Event(case.binding.incident, "not-posted", stored.id, bot.now(), {"why": problem}))
        draw_cards(transaction, case, stored.id, stored.draft.kind, bot.now())


def locate_post(bot: Bot, case: Case, stored: StoredDraft, why: str) -> None:
    """Look for the message by its attempt id; not found proves nothing, so then a person must look."""
    if not isinstance(stored.state, Posting):
        return
    began = time.monotonic()
    for pause in LOOKS:
        time.sleep(pause)
        if ts := find(bot, stored):
            confirm_released(bot, case, stored, ts, "found")
            return
        if time.monotonic() - began > LOOK_SECONDS:
            break
    state = stored.state
    ambiguous = Ambiguous(
        digest=state.digest,
        approvals=state.approvals,
        attempt=state.attempt,
        channel=state.channel,
        started_at=state.started_at,
        why=why,
    )
    with bot.store.write() as transaction:
        move(transaction, stored, ambiguous)
        payload = {"attempt": state.attempt, "why": why, "code": RegisterCode.AMBIGUOUS_POST}
        append(transaction, Event(case.binding.incident, "ambiguous", stored.id, bot.now(), payload))
        draw_cards(transaction, case, stored.id, stored.draft.kind, bot.now())


def find(bot: Bot, stored: StoredDraft) -> str | None:
    """The timestamp of the posted message, if it can be seen."""
    if not isinstance(stored.state, Posting | Ambiguous):
        return None
    try:
        found = bot.bridge.find(stored.state.channel, stored.state.attempt, stored.state.started_at)
    except (NotDoneError, UnclearError):
        return None
    return str(found["ts"]) if found else None


def confirm_released(bot: Bot, case: Case, stored: StoredDraft, ts: str, how: Literal["answered", "found"]) -> None:
    """The message stands: the version is released, what stood before is superseded, and everybody's card says so."""
    if not isinstance(stored.state, Posting | Ambiguous):
        return
    released = Released(
        digest=stored.state.digest,
        approvals=stored.state.approvals,
        attempt=stored.state.attempt,
        channel=stored.state.channel,
        ts=ts,
        at=bot.now(),
        how=how,
    )
    _write_down(bot, case, stored, released)
    if ts:
        _read_back(bot, case, stored, ts)


def _write_down(bot: Bot, case: Case, stored: StoredDraft, released: Released) -> None:
    """An answer in hand is written down whatever moved meanwhile: an older version, or this draft elsewhere."""
    for _ in range(MOST_TRIES):
        try:
            with bot.store.write() as transaction:
                current = draft_by_id(transaction, stored.id)
                if current and isinstance(current.state, Posting | Ambiguous):
                    write_released(transaction, case, current, released)
                elif current and isinstance(current.state, NotPosted | Replaced):
                    _appeared(transaction, case, current, released)
        except (MovedError, ChainMovedError, CollisionError):
            continue
        return
    raise MovedError(f"draft {stored.number}")


def _appeared(transaction: Transaction, case: Case, stored: StoredDraft, released: Released) -> None:
    """Somebody answered that the message was not there while the call was still under way: it is there."""
    payload = {"attempt": released.attempt, "ts": released.ts}
    append(transaction, Event(case.binding.incident, "appeared", stored.id, released.at, payload))
    text = f"Draft {stored.number} appeared in the bridge after somebody had looked for it; delete it there by hand."
    for role in case.profile.gates_for(stored.draft.kind):
        content = {"binding": case.binding.id, "role": role, "text": text}
        tell(transaction, f"appeared/{stored.id}/{role}", content, released.at)


def write_released(transaction: Transaction, case: Case, stored: StoredDraft, released: Released) -> None:
    """State, log, supersession and cards of a release, in one transaction."""
    move(transaction, stored, released)
    version = stored.draft.version
    payload = {"version": version, "ts": released.ts, "digest": released.digest, "how": released.how}
    append(transaction, Event(case.binding.incident, "released", stored.id, released.at, payload))
    draw_cards(transaction, case, stored.id, stored.draft.kind, released.at)
    if version is None:
        return
    for old in drafts_of(transaction, case.binding.id, "released"):
        if old.id != stored.id and isinstance(old.state, Released):
            move(transaction, old, Superseded(released=old.state, by_version=version, at=released.at))
            append(transaction, Event(case.binding.incident, "superseded", old.id, released.at, {"by": version}))
            draw_bridge(transaction, old.id, released.at)
            draw_cards(transaction, case, old.id, old.draft.kind, released.at)
    newer = Replacement(stored.number, f"version {version} is out", released.at)
    for waiting in drafts_of(transaction, case.binding.id, "waiting", "held-back", "approved"):
        if waiting.draft.kind is DraftKind.ACKNOWLEDGEMENT:
            void(transaction, case, waiting, newer)


def _read_back(bot: Bot, case: Case, stored: StoredDraft, ts: str) -> None:
    """Compare what Slack shows with what was approved; a difference is told, never sent again."""
    try:
        found = bot.bridge.read_back(case.audience.channel, ts)
    except (NotDoneError, UnclearError):
        return
    if found and reads_the_same(stored.draft.message, found.get("text", ""), found.get("blocks", ())):
        return
    with bot.store.write() as transaction:
        payload = {"ts": ts, "found": found is not None}
        event = Event(case.binding.incident, RegisterCode.READBACK_DIFFERS, stored.id, bot.now(), payload)
        append(transaction, event)
        draw_cards(transaction, case, stored.id, stored.draft.kind, bot.now())
