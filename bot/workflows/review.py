"""Review: one person's answer on exactly one digest. The last approval starts the release."""

import re
from dataclasses import dataclass
from typing import Final

from blocks import say
from bot.access import refuse_role
from bot.app import Bot
from bot.intake.requests import ActionRequest
from bot.slack.people import Insider
from bot.workflows.advance import advance
from bot.workflows.case import Case, stale_card, whole_case
from bot.workflows.effects import Answer, Effect, answer_only, refused, reply
from storage.decisions import record_decision
from storage.drafts import StoredDraft, draft_by_id, drafts_of
from storage.store import Transaction
from transforms.model.approvals import Decision, Refusal
from transforms.model.lifecycle import Approved, HeldBack, Replaced, ReviewState, Waiting
from transforms.review import decide

NO_DIGEST: Final = "0" * 64
"""Stands for whatever a button carried that is no digest; it agrees with no draft."""


def approve(bot: Bot, request: ActionRequest, asker: Insider) -> Effect:
    """Count an approval in the gate's role, if the person fills it and the card is the latest."""
    return _decide(bot, request, asker, "approve")


def hold_all(bot: Bot, request: ActionRequest, asker: Insider) -> Effect:
    """Hold a whole draft: any reviewing role may."""
    return _decide(bot, request, asker, "hold")


def _decide(bot: Bot, request: ActionRequest, asker: Insider, answer: str) -> Effect:
    with bot.store.read() as transaction:
        stored = draft_by_id(transaction, request.reference.draft)
        case = whole_case(bot, transaction, stored.bridge_case) if stored else None
    if stored is None or case is None or isinstance(case, Refusal):
        return answer_only(reply(say.review.UNKNOWN))
    if answer == "approve" and (refusal := _not_theirs(case, stored, request.reference.about, asker)):
        return refused(refusal, case.bridge_case.incident, asker.person, bot.now())
    role = request.reference.about if request.reference.about in asker.roles else min(asker.roles)
    shown = request.reference.digest
    decision = Decision.model_validate(
        {
            "answer": answer,
            "person": asker.person,
            "role": role,
            "digest": shown if re.fullmatch(r"[0-9a-f]{64}", shown) else NO_DIGEST,
            "at": bot.now(),
            "act": request.id,
        }
    )
    given = _given(stored.state, role)
    first = bot.people.name(given.person) if given else say.review.SOMEBODY
    return lambda transaction: _write(transaction, case, RecordedDecision(stored.id, decision, asker.name, first))


def _not_theirs(case: Case, stored: StoredDraft, role: str, asker: Insider) -> Refusal | None:
    """Why a gate is not this person's to pass, if it is not."""
    if role not in case.profile.gates_for(stored.draft.kind):
        return Refusal(code="no-such-gate", sentence=say.review.NO_SUCH_GATE)
    return refuse_role(role, asker.roles, asker.unknown)


def _given(state: ReviewState, role: str) -> Decision | None:
    """The approval that a gate has already."""
    return next((approval for approval in state.given if approval.role == role), None)


@dataclass(frozen=True, slots=True)
class RecordedDecision:
    """One person's decision on a draft, their name, and who passed that gate before them."""

    draft: str
    decision: Decision
    name: str
    first: str


def _write(transaction: Transaction, case: Case, given: RecordedDecision) -> Answer:
    """The decision, its new state and what follows, or the reason why it does not count."""
    decision = given.decision
    stored = _shown(transaction, case, given)
    if stored is None:
        return reply(say.review.UNKNOWN)
    step = decide(stored.state, decision)
    if isinstance(step, Refusal):
        reason = stale_card(transaction, stored) or _twice(stored, decision, given.first) or step
        return refused(reason, case.bridge_case.incident, decision.person, decision.at)(transaction)
    record_decision(transaction, case.bridge_case.id, decision)
    advance(transaction, case, stored, step, decision.at, name=given.name)
    return reply(_recorded(step.after, case))


def _shown(transaction: Transaction, case: Case, given: RecordedDecision) -> StoredDraft | None:
    """The draft that was answered; where another has taken its place and reads the same to the byte, that one."""
    stored = draft_by_id(transaction, given.draft)
    if stored is None or not isinstance(stored.state, Replaced):
        return stored
    waiting = drafts_of(transaction, case.bridge_case.id, "waiting", "approved")
    return next((draft for draft in waiting if draft.draft.release_digest == given.decision.digest), stored)


def _twice(stored: StoredDraft, decision: Decision, first: str) -> Refusal | None:
    """By whom and when a gate was approved, for the second click on it."""
    given = _given(stored.state, decision.role)
    if given is None or decision.answer != "approve" or not isinstance(stored.state, Waiting):
        return None
    who = say.review.YOU if given.person == decision.person else first
    return Refusal(code="already-approved", sentence=say.review.already_approved(who, given.at))


def _recorded(state: Waiting | Approved | HeldBack, case: Case) -> str:
    match state:
        case Waiting(open_gates=gates, approvals=approvals):
            return say.review.waits_for(gates, {approval.role for approval in approvals})
        case Approved():
            return say.review.last_approval(str(case.audience.label))
    return say.review.HELD
