"""Everything that an approval stood on, checked again at the moment of posting (promises P1, P9, P13).

The sources are read and rendered again as of the approved moment: if no outward byte and no annex differs, the approved
bytes go out and the manifest records the newer evidence. Anything else makes a new draft that asks again.
"""

from dataclasses import dataclass
from datetime import datetime

from blocks import say
from bot.app import Bot
from bot.metrics import BUILD_SECONDS
from bot.slack.errors import LookupFailedError, NotDoneError, UnclearError
from bot.slack.people import People
from bot.workflows.case import Case
from bot.workflows.draft import draft_again, read_now
from bot.workflows.effects import Effect
from bot.workflows.validity import left, prior_moved
from profiles.codes import DraftKind
from storage.decisions import decisions_on
from storage.drafts import StoredDraft, built_of
from transforms.build import build
from transforms.model.approvals import Approvals, missing
from transforms.model.canonical import digest
from transforms.model.evidence import stale_at_release
from transforms.model.history import evidence_digest
from transforms.model.lifecycle import Approved, Posting
from transforms.publish.dossier import BuildResult, SealedInputs
from transforms.publish.draft import Draft, release_digest
from transforms.publish.manifest import EvidenceRef
from transforms.render.unplaced import without_young_trouble
from transforms.validate.findings import is_approved

SOON = 5.0
RETRY_SECONDS = 30.0
"""What was looked up of people so long ago still counts when a release is tried again. If each try asked for
everything again, three user groups could use up what Slack allows before the last has answered, for ever (P13)."""


@dataclass(frozen=True, slots=True)
class Passed:
    """Nothing is in the way: what to post in which case, and the reading of the sources on which it goes out."""

    case: Case
    built: BuildResult
    sealed: SealedInputs
    reading: EvidenceRef


@dataclass(frozen=True, slots=True)
class Postponed:
    """It cannot go out now, but the approvals stand; tried again by itself after `again_after` seconds, if given."""

    why: str
    again_after: float | None = None


@dataclass(frozen=True, slots=True)
class Changed:
    """The approvals are void; `redraft` makes the draft that asks again."""

    why: str
    redraft: Effect


def recheck(bot: Bot, case: Case, stored: StoredDraft, *, again: bool = False) -> Passed | Postponed | Changed:
    """Whether an approved draft may be posted at this moment; `again` when it was tried a moment ago."""
    if case.unclear and case.unclear.id != stored.id:
        soon = SOON if isinstance(case.unclear.state, Posting) else None
        return Postponed(say.recheck.unclear_first(case.unclear.number), soon)
    with bot.store.read() as transaction:
        built, sealed = built_of(transaction, stored)
    try:
        why = _void(bot, case, stored, built, bot.people.fresh(_still_fresh(bot, stored) if again else 0.0))
    except LookupFailedError:
        return Postponed(say.recheck.APPROVERS_UNKNOWN, SOON)
    if why:
        return Changed(why, draft_again(bot, case, stored, why))
    if postponed := _not_now(bot, case):
        return postponed
    if built.draft.kind is DraftKind.ACKNOWLEDGEMENT:
        return Passed(case, built, sealed, built.reading)
    return _reread(bot, case, stored, built, sealed)


def _still_fresh(bot: Bot, stored: StoredDraft) -> float:
    """How old an answer may be that an earlier try of this release was given: no older than its last approval."""
    since = [(bot.now() - decision.at).total_seconds() for decision in stored.state.given]
    return min(RETRY_SECONDS, max(0.0, min(since, default=0.0)))


def _void(bot: Bot, case: Case, stored: StoredDraft, built: BuildResult, people: People) -> str | None:
    """Why the approvals no longer stand, before any source is asked."""
    draft = built.draft
    if not isinstance(stored.state, Approved) or not _digests_agree(stored.state, built):
        return say.recheck.NOT_WHAT_WAS_APPROVED
    if draft.audience != case.audience:
        return say.recheck.AUDIENCE_CHANGED
    if not is_approved(draft.profile_digest, case.directives) or draft.profile_digest != digest(case.profile):
        return say.recheck.PROFILE_CHANGED
    if why := prior_moved(bot, case, stored):
        return why
    approvals = stored.state.approvals
    return _expired(draft, bot.now()) or _unfit(bot, case, approvals, built) or left(people, approvals.decisions)


def _expired(draft: Draft, now: datetime) -> str | None:
    """What in the draft was true for a time that has passed."""
    if draft.package.next_update <= now:
        return say.recheck.UPDATE_OVERDUE
    if any(entry.origin.until and entry.origin.until <= now for entry in draft.lineage):
        return say.recheck.WORDING_EXPIRED
    return None


def _digests_agree(state: Approved, built: BuildResult) -> bool:
    """The bytes at hand, recomputed, are the ones that every gate approved."""
    draft = built.draft
    recomputed = release_digest(
        message=draft.message,
        audience=draft.audience,
        schema=draft.package.schema_,
        profile_digest=digest(built.profile),
        holds=draft.holds,
        entries=draft.register_,
    )
    return {recomputed, draft.release_digest, state.digest, state.approvals.digest} == {recomputed}


def _were_given(bot: Bot, case: Case, approvals: Approvals) -> bool:
    """Every approval that the draft claims is kept as a decision on these bytes, by the same act."""
    with bot.store.read() as transaction:
        kept = decisions_on(transaction, case.bridge_case.id, approvals.digest)
    return set(approvals.decisions) <= set(kept)


def _unfit(bot: Bot, case: Case, approvals: Approvals, built: BuildResult) -> str | None:
    """Whether the gates of the profile are still passed, by decisions of distinct people that hold."""
    gates = built.profile.required_gates(built.draft.kind)
    if why := missing(gates, approvals.decisions, built.draft.release_digest, approvals.drafter):
        return why
    if approvals.expired(bot.now()):
        return say.recheck.APPROVAL_EXPIRED
    if not _were_given(bot, case, approvals):
        return say.recheck.NEVER_GIVEN
    return None


def _not_now(bot: Bot, case: Case) -> Postponed | None:
    """Why nothing can be posted to this audience at the moment."""
    try:
        reason = bot.bridge.refusal(case.audience)
    except NotDoneError as problem:
        soon = float(problem.retry_after or SOON) if _passing(problem) else None
        return Postponed(say.release.not_posted(str(problem)), soon)
    except (UnclearError, LookupFailedError):
        return Postponed(say.recheck.READERS_UNKNOWN, SOON)
    return Postponed(say.release.refused(reason)) if reason else None


def _passing(problem: NotDoneError) -> bool:
    return problem.error in {"ratelimited", "connection_refused"}


def _reread(bot: Bot, case: Case, stored: StoredDraft, built: BuildResult, sealed: SealedInputs) -> Passed | Changed:
    """Read and render again as of the approved moment, and compare what people approved.

    Unplaced trouble that is new and has not settled is the next version's.
    """
    now = bot.now()
    evidence = read_now(bot, case, built.evidence.at)
    settled = without_young_trouble(evidence, built.evidence, built.profile, case.directives, now)
    with BUILD_SECONDS.time():
        again = build(settled, case.audience, built.profile, built.history, case.directives)
    old = set(stale_at_release(evidence, built.profile, now)) & _shown_sources(built)
    if old:
        why = say.recheck.too_old(len(old))
    elif again.blocking:
        why = say.recheck.BLOCKED_SINCE
    elif again.release_digest != built.draft.release_digest:
        why = say.recheck.SOURCES_CHANGED
    else:
        return Passed(case, built, sealed, EvidenceRef(at=now, evidence=evidence_digest(evidence, built.history)))
    return Changed(why, draft_again(bot, case, stored, why))


def _shown_sources(built: BuildResult) -> set[str]:
    """The sources that stand behind something shown; a held field may rest on old evidence, because it says nothing."""
    shown = (entry for entry in built.draft.lineage if entry.disposition == "shown")
    return {ref.source for entry in shown for ref in entry.origin.refs}
