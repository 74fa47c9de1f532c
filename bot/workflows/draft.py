"""`draft` and `ack`: read the sources, build, store the draft and ask every gate. A revised draft asks again.

A draft that is asked for while one is open, and would differ from it in nothing but its times, leaves that one in its
place with its approvals, on the newer reading (promise P13, decision 0010).
"""

import dataclasses
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from blocks import say
from bot.app import Bot
from bot.intake.requests import Request
from bot.metrics import BUILD_SECONDS
from bot.slack.errors import LookupFailedError
from bot.slack.people import Insider
from bot.sources.read import read_evidence
from bot.workflows.advance import advance
from bot.workflows.case import BoundBridge, Case, find_case, whole_case
from bot.workflows.effects import (
    Answer,
    Effect,
    answer_only,
    draw_cards,
    hand_cards_over,
    notify,
    reply,
    start_release,
)
from bot.workflows.facts import facts_of, renewed_facts
from bot.workflows.progress import Progress, hand_over_to_card
from bot.workflows.validity import left, prior_moved
from profiles.codes import DraftKind, LogKind
from profiles.frozen import to_minute
from storage.cases import keep_history, next_draft_number
from storage.drafts import (
    MovedError,
    NewDraft,
    StoredDraft,
    built_of,
    current_drafts,
    draft_by_id,
    drafts_of,
    renew_draft,
    save_draft,
)
from storage.log import Event, append
from storage.store import Transaction
from transforms.build import build, build_acknowledgement
from transforms.history import follow
from transforms.model.approvals import Refusal
from transforms.model.directives import Directives, Person
from transforms.model.evidence import Evidence, SourceHealth, evidence_id
from transforms.model.history import History, with_holds
from transforms.model.lifecycle import Approved, Open, Released, Waiting
from transforms.model.package import Package
from transforms.publish.dossier import BuildResult
from transforms.publish.draft import Draft
from transforms.renew import renewed, says_the_same

Building = Callable[[Case], "Built"]


@dataclass(frozen=True, slots=True)
class Built:
    """One build: what it stands on beside the profile, its draft, and the history that the next draft follows."""

    evidence: Evidence
    history: History
    directives: Directives
    draft: Draft
    next_history: History | None = None


@dataclass(frozen=True, slots=True)
class DraftReason:
    """In whose name a draft is made, why it replaces an open one, and the request that asked for it, if one did."""

    drafter: Person
    why: str
    request: str = ""


@dataclass(frozen=True, slots=True)
class Replacement:
    """What takes the place of an open draft: its number, why, and when."""

    number: int
    why: str
    at: datetime


OPEN_STATES = ("waiting", "held-back", "approved", "not-posted")
"""States in which a newer draft takes a draft's place."""


def draft_next(bot: Bot, request: Request, asker: Insider) -> Effect:
    """Another draft of the kind whose card was clicked."""
    with bot.store.read() as transaction:
        named = draft_by_id(transaction, request.meant.draft)
    again = draft_acknowledgement if named and named.draft.kind is DraftKind.ACKNOWLEDGEMENT else draft_update
    return again(bot, request, asker)


def draft_update(bot: Bot, request: Request, asker: Insider) -> Effect:
    """A draft of the next update from what the sources say now; slow sources are seen to arrive."""
    with bot.store.read() as transaction:
        case = find_case(bot, transaction, request.meant)
    if isinstance(case, Refusal):
        return answer_only(reply(case.sentence))
    if problem := in_the_way(case):
        return answer_only(reply(problem))
    with Progress(bot, case, request.id) as progress:
        evidence = read_now(bot, case, bot.now(), progress.arrived)
    return store_update(bot, case, evidence, DraftReason(asker.person, say.draft.DRAFTED_AGAIN, request.id))


def draft_acknowledgement(bot: Bot, request: Request, asker: Insider) -> Effect:
    """A draft of the first ten minutes' notice: it reads no source, so that it is there at once (promise P12)."""
    with bot.store.read() as transaction:
        case = find_case(bot, transaction, request.meant)
    if isinstance(case, Refusal):
        return answer_only(reply(case.sentence))
    if problem := in_the_way(case) or _said_already(case, bot.now()):
        return answer_only(reply(problem))
    return store_acknowledgement(bot, case, DraftReason(asker.person, say.draft.DRAFTED_AGAIN))


def _said_already(case: Case, now: datetime) -> str | None:
    """Why nothing is acknowledged any more: an update is out, or an acknowledgement of this very minute."""
    if case.released:
        return say.draft.version_is_out(case.released.draft.version)
    last = case.acknowledgement
    stands = last and isinstance(last.state, Released) and last.draft.package.as_of == to_minute(now)
    return say.draft.ACKNOWLEDGED if stands else None


def draft_again(bot: Bot, case: Case, stored: StoredDraft, why: str) -> Effect:
    """The same kind of draft from what is known now, in the name of whoever drafted the old one."""
    if stored.draft.kind is DraftKind.ACKNOWLEDGEMENT:
        return store_acknowledgement(bot, case, DraftReason(stored.drafter, why))
    return store_update(bot, case, read_now(bot, case, bot.now()), DraftReason(stored.drafter, why))


def store_acknowledgement(bot: Bot, case: Case, reason: DraftReason) -> Effect:
    """Build an acknowledgement and store it in the place of the open one."""
    evidence = Evidence(incident=case.bridge_case.incident, at=bot.now(), sources=(), records=())

    def built(current: Case) -> Built:
        plain = Directives(approved_profiles=current.directives.approved_profiles)
        history = current.bridge_case.history
        draft = build_acknowledgement(evidence, case.audience, case.profile, history, plain)
        return Built(evidence, history, plain, draft)

    return _store(bot, case, reason, built)


def read_now(
    bot: Bot, case: Case, at: datetime, arrived: Callable[[SourceHealth], None] = lambda _health: None
) -> Evidence:
    """What the sources say now about the case's incident, as of a moment; `arrived` hears of each."""
    sources, key, roles_of = bot.deployment.sources, case.bridge_case.incident, bot.people.marks_as
    return read_evidence(sources, key, at=at, fetched_at=bot.now(), arrived=arrived, roles_of=roles_of)


def store_update(bot: Bot, case: Case, evidence: Evidence, reason: DraftReason) -> Effect:
    """Build an update on the evidence and store it in the place of the open draft."""

    @BUILD_SECONDS.time()
    def built(current: Case) -> Built:
        package = current.released.draft.package if current.released else None
        last = package if isinstance(package, Package) else None
        history = follow(
            current.bridge_case.history,
            last,
            evidence,
            audience=case.audience,
            profile=case.profile,
            directives=current.directives,
        )
        draft = build(evidence, case.audience, case.profile, history, current.directives)
        after = with_holds(history, draft.holds, draft.annexes, evidence.at)
        return Built(evidence, history, current.directives, draft, after)

    return _store(bot, case, reason, built)


def _store(bot: Bot, case: Case, reason: DraftReason, building: Building) -> Effect:
    """The build runs before the transaction; inside it, once more if something was decided or released meanwhile."""
    early = building(case)
    if reason.request and case.update and isinstance(case.update.state, Waiting | Approved):
        if why := _no_longer_valid(bot, case, case.update):
            reason = dataclasses.replace(reason, why=why)
        elif kept := _keep(bot, case, case.update, early):
            return kept

    def write(transaction: Transaction) -> Answer:
        current = whole_case(bot, transaction, case.bridge_case.id)
        if isinstance(current, Refusal):
            return reply(current.sentence)
        if problem := in_the_way(current):
            return reply(problem)
        if early.draft.kind is DraftKind.ACKNOWLEDGEMENT and (problem := _said_already(current, bot.now())):
            return reply(problem)
        made = early if _stands_on(case, current) else building(current)
        number = next_draft_number(transaction, case.bridge_case.id, made.next_history)
        built = _result(number, current, made)
        new = _save(bot, transaction, current, built, reason)
        _require_unmoved(transaction, current)
        _replace(transaction, current, Replacement(number, reason.why, new.created_at), new, made.draft.kind)
        hand_over_to_card(bot, transaction, current, reason.request, new.id)
        draw_cards(transaction, case.bridge_case.id, new.created_at)
        return reply(_asked(built))

    return write


def _require_unmoved(transaction: Transaction, case: Case) -> None:
    """Nothing was posted, released or withdrawn since the case was read; `MovedError` else.

    Read after the log's head is ours, so that nobody can do it now: on Postgres a transaction sees what others commit.
    """
    now = current_drafts(transaction, case.bridge_case.id)
    standing = [(case.released, case.unclear), (now.released, now.unclear)]
    before, after = ([(one.id, one.revision) if one else None for one in pair] for pair in standing)
    if before != after:
        raise MovedError(f"incident {case.bridge_case.incident}")


def _no_longer_valid(bot: Bot, case: Case, stored: StoredDraft) -> str | None:
    """Why an open draft would be void when it is released; what Slack does not say now is left to the release."""
    if why := prior_moved(bot, case, stored):
        return why
    try:
        return left(bot.people, stored.state.given)
    except LookupFailedError:
        return None


def _keep(bot: Bot, case: Case, stored: StoredDraft, made: Built) -> Effect | None:
    """Leave the open update in its place, on the newer reading, if it says what a draft of now would say."""
    if not says_the_same(stored.draft, made.draft):
        return None
    with bot.store.read() as transaction:
        built, _ = built_of(transaction, stored)
    newest = renewed(built, _result(stored.number, case, made), case.bridge_case.incident_key)
    if newest is None:
        return None

    def write(transaction: Transaction) -> Answer:
        current = whole_case(bot, transaction, case.bridge_case.id)
        if isinstance(current, Refusal) or in_the_way(current) or not _stands_on(case, current):
            raise MovedError(f"draft {stored.number}")
        renew_draft(transaction, stored, newest, renewed_facts(stored.facts, made.evidence, newest))
        if made.next_history:
            keep_history(transaction, case.bridge_case.id, made.next_history)
        payload = {"number": stored.number, "evidence": newest.draft.evidence_digest}
        append(transaction, Event(case.bridge_case.incident, LogKind.RENEWED, stored.id, bot.now(), payload))
        draw_cards(transaction, case.bridge_case.id, bot.now())
        return reply(_stays(transaction, stored, newest.draft, made.evidence.at))

    return write


def _stays(transaction: Transaction, stored: StoredDraft, draft: Draft, read_at: datetime) -> str:
    """What becomes of a draft that stays: one that every gate approved is tried again."""
    what = say.draft.titled(draft, stored.number)
    if isinstance(stored.state, Approved):
        start_release(transaction, stored.id, read_at)
        return say.draft.stays(what, read_at, say.draft.APPROVED_BY_ALL)
    if draft.blocking:
        return say.draft.stays(what, read_at, say.draft.BLOCKED)
    return say.draft.stays(what, read_at, say.draft.waits(len(stored.state.given)))


def _result(number: int, case: Case, made: Built) -> BuildResult:
    return BuildResult(
        number=number,
        evidence=made.evidence,
        evidence_id=evidence_id(case.bridge_case.incident_key, made.evidence),
        profile=case.profile,
        history=made.history,
        directives=made.directives,
        draft=made.draft,
    )


def _stands_on(case: Case, current: Case) -> bool:
    """Whether a build from an earlier reading of the case is still right: same decisions, same history."""
    versions = [read.released.id if read.released else None for read in (case, current)]
    histories = [read.bridge_case.history for read in (case, current)]
    return case.directives == current.directives and versions[0] == versions[1] and histories[0] == histories[1]


def _save(bot: Bot, transaction: Transaction, case: Case, built: BuildResult, reason: DraftReason) -> NewDraft:
    draft, drafter = built.draft, reason.drafter
    state = Waiting(
        digest=draft.release_digest,
        drafter=drafter,
        gates=built.profile.required_gates(draft.kind),
        blocking=draft.blocking,
    )
    prior = case.released.id if case.released and draft.kind is DraftKind.UPDATE else None
    now = bot.now()
    new = NewDraft(
        id=bot.new_id(),
        bridge_case=case.bridge_case.id,
        prior=prior,
        state=state,
        drafter=drafter,
        created_at=now,
        facts=facts_of(built, case.update, now, reason.why),
    )
    save_draft(transaction, new, built)
    payload = {"draft": new.id, "number": built.number, "digest": draft.release_digest, "by": drafter.user}
    append(transaction, Event(case.bridge_case.incident, LogKind.DRAFTED, new.id, new.created_at, payload))
    return new


def _replace(transaction: Transaction, case: Case, newer: Replacement, new: NewDraft, kind: DraftKind) -> None:
    """Void every open draft of the same kind, with its decisions; the new one takes its cards, and asks again there."""
    for old in drafts_of(transaction, case.bridge_case.id, *OPEN_STATES):
        if old.id != new.id and old.draft.kind is kind:
            void(transaction, case, old, newer)
            for role in hand_cards_over(transaction, old.id, new.id, case.profile.gates_for(kind)):
                notify(transaction, new.id, role, newer.at)


def void(transaction: Transaction, case: BoundBridge, old: StoredDraft, newer: Replacement) -> None:
    """A draft and its decisions are void."""
    if isinstance(old.state, Open):
        advance(transaction, case, old, old.state.replace(newer.number, newer.why), newer.at)


def _asked(built: BuildResult) -> str:
    what = say.draft.titled(built.draft, built.number)
    if built.draft.blocking:
        return say.draft.blocked(what)
    return say.draft.with_reviewers(what, len(built.profile.gates_for(built.draft.kind)))


def in_the_way(case: Case) -> str | None:
    """Why nothing is drafted now."""
    if case.closed_at:
        return say.case.closed(case.closed_at)
    return say.bridge.unclear(case.unclear.number) if case.unclear else None
