"""Withdraw: one person of any reviewing role takes the message back at once (promise P11).

None of the freshness or audience guards stand in the way; it is logged, and every gate is told.
"""

from blocks.withdraw import withdraw_form
from bot.access import Action, refuse
from bot.app import Bot
from bot.people import Insider
from bot.workflows.case import Case, case_by_binding, read_case
from bot.workflows.draft import draw_cards
from bot.workflows.effects import Answer, Effect, Show, answer_only, draw_bridge, refused, tell, told
from storage.drafts import StoredDraft, draft_by_id, drafts_of, move
from storage.log import Event, append
from storage.store import Transaction
from transforms.review import Refusal, Released, Withdrawn


def show_withdraw_form(bot: Bot, channel: str, draft: str, asker: Insider) -> Effect:
    """The form that asks once for the reason."""
    found = _standing(bot, channel, draft, asker)
    if not isinstance(found, tuple):
        return found
    case, stored = found
    return answer_only(Show(withdraw_form(stored.draft, stored.id, case.binding.channel)))


def withdraw(bot: Bot, channel: str, draft: str, reason: str, asker: Insider) -> Effect:
    """Take back what stands in the bridge: the draft named, or the latest release."""
    found = _standing(bot, channel, draft, asker)
    if not isinstance(found, tuple):
        return found
    case, stored = found
    if not isinstance(stored.state, Released):
        return answer_only(told("Nothing stands in the bridge."))
    state = Withdrawn(released=stored.state, by=asker.person, at=bot.now(), reason=reason.strip()[:500])
    return lambda transaction: _write(transaction, case, stored, state, asker)


def _standing(bot: Bot, channel: str, draft: str, asker: Insider) -> tuple[Case, StoredDraft] | Effect:
    """The message that stands in the bridge, or the answer that none does or that this person may not."""
    with bot.store.read() as transaction:
        named = draft_by_id(transaction, draft) if draft else None
        case = case_by_binding(bot, transaction, named.binding) if named else read_case(bot, transaction, channel)
        if isinstance(case, Refusal):
            return answer_only(told(case.sentence))
        standing = drafts_of(transaction, case.binding.id, "released")
    if refusal := refuse(Action.WITHDRAW, asker.roles):
        return refused(refusal, case.binding.incident, asker.person, bot.now())
    if not standing:
        return answer_only(told("Nothing stands in the bridge that could be withdrawn."))
    if named and named.id != standing[-1].id:
        return answer_only(told("That message does not stand in the bridge any more. Nothing was recorded."))
    return case, standing[-1]


def _write(transaction: Transaction, case: Case, stored: StoredDraft, state: Withdrawn, asker: Insider) -> Answer:
    move(transaction, stored, state)
    payload = {"by": asker.person.user, "reason": state.reason}
    append(transaction, Event(case.binding.incident, "withdrawn", stored.id, state.at, payload))
    draw_bridge(transaction, stored.id, state.at)
    draw_cards(transaction, case, stored.id, stored.draft.kind, state.at)
    _tell_gates(transaction, case, stored, state, asker.name)
    return told("Withdrawn: the customer now reads only the notice.")


def _tell_gates(transaction: Transaction, case: Case, stored: StoredDraft, state: Withdrawn, name: str) -> None:
    at, reason = state.at, state.reason or "no reason given"
    what = f"Version {stored.draft.version}" if stored.draft.version else "The acknowledgement"
    text = f"{what} for {case.audience.label} was withdrawn by {name} at {at:%H:%M} UTC: {reason}."
    for role in case.profile.gates_for(stored.draft.kind):
        tell(transaction, f"{stored.id}/{role}", {"binding": case.binding.id, "role": role, "text": text}, at)
