"""Review: one person's answer on exactly one digest. The last approval starts the release."""

from bot.access import Action, refuse, refuse_role
from bot.app import Bot
from bot.people import Insider
from bot.requests import ActionRequest
from bot.workflows.case import Case, case_by_binding
from bot.workflows.draft import draw_cards
from bot.workflows.effects import Answer, Effect, answer_only, refused, start_release, told
from storage.drafts import StoredDraft, draft_by_id, latest_draft, move, record_decision
from storage.log import Event, append
from storage.store import Transaction
from transforms.review import Approved, Decision, HeldBack, Refusal, Replaced, Waiting, decide

UNKNOWN = "I do not know this draft; it may belong to another installation. Nothing was recorded."


def approve(bot: Bot, request: ActionRequest, asker: Insider) -> Effect:
    """Count an approval in the gate's role, if the person fills it and the card is the latest."""
    refusal = refuse_role(request.reference.about, asker.roles)
    return _decide(bot, request, asker, "approve", refusal)


def hold_all(bot: Bot, request: ActionRequest, asker: Insider) -> Effect:
    """Hold a whole draft: any reviewing role may."""
    return _decide(bot, request, asker, "hold", refuse(Action.HOLD, asker.roles))


def _decide(bot: Bot, request: ActionRequest, asker: Insider, answer: str, refusal: Refusal | None) -> Effect:
    with bot.store.read() as transaction:
        stored = draft_by_id(transaction, request.reference.draft)
        case = case_by_binding(bot, transaction, stored.binding) if stored else None
    if stored is None or case is None or isinstance(case, Refusal):
        return answer_only(told(UNKNOWN))
    if refusal:
        return refused(refusal, case.binding.incident, asker.person, bot.now())
    role = request.reference.about if request.reference.about in asker.roles else min(asker.roles)
    decision = Decision.model_validate(
        {
            "answer": answer,
            "person": asker.person,
            "role": role,
            "digest": request.reference.digest or "0" * 64,
            "at": bot.now(),
        }
    )
    return lambda transaction: _write(transaction, case, request.reference.draft, decision)


def _write(transaction: Transaction, case: Case, draft: str, decision: Decision) -> Answer:
    """The decision, its new state and what follows, or the reason why it does not count."""
    stored = draft_by_id(transaction, draft)
    if stored is None:
        return told(UNKNOWN)
    state = decide(stored.state, decision)
    if isinstance(state, Refusal):
        reason = _newest(transaction, stored, state)
        return refused(reason, case.binding.incident, decision.person, decision.at)(transaction)
    if not record_decision(transaction, stored, decision):
        twice = Refusal(code="decided-already", sentence="You have answered this already. Nothing was recorded.")
        return refused(twice, case.binding.incident, decision.person, decision.at)(transaction)
    move(transaction, stored, state)
    payload = {"role": decision.role, "by": decision.person.user, "digest": decision.digest}
    kind = "approved" if decision.answer == "approve" else "held"
    append(transaction, Event(case.binding.incident, kind, draft, decision.at, payload))
    draw_cards(transaction, case, draft, stored.draft.kind, decision.at)
    if isinstance(state, Approved):
        start_release(transaction, draft, decision.at)
    return told(_recorded(state, case))


def _newest(transaction: Transaction, stored: StoredDraft, refusal: Refusal) -> Refusal:
    """For an outdated card, which draft took its place and when."""
    if not isinstance(stored.state, Replaced):
        return refusal
    newest = latest_draft(transaction, stored.binding, stored.draft.kind)
    when = f" at {newest.created_at:%H:%M} UTC" if newest else ""
    sentence = (
        f"This card shows draft {stored.number}; draft {stored.state.by_draft} replaced it{when}. Nothing was recorded."
    )
    return Refusal(code="stale-card", sentence=sentence)


def _recorded(state: Waiting | Approved | HeldBack, case: Case) -> str:
    match state:
        case Waiting(open_gates=gates):
            return f"Recorded. It posts when {' and '.join(role.replace('_', ' ') for role in gates)} also approve."
        case Approved():
            return f"Recorded, and that was the last one: it posts to {case.audience.label} now."
    return "Recorded. Nothing of this draft leaves; draft again when it is mended."
