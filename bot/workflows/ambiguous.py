"""The two answers to "it may be visible": a named person has seen the message, or has looked and it is not there."""

from datetime import datetime

from blocks import say
from bot.access import Action, refuse
from bot.app import Bot
from bot.intake.requests import ActionRequest
from bot.slack.people import Insider
from bot.workflows.advance import advance
from bot.workflows.case import BoundBridge, bound_bridge
from bot.workflows.effects import Answer, Effect, answer_only, refused, reply
from bot.workflows.release import find, write_released
from storage.drafts import StoredDraft, draft_by_id
from storage.store import Transaction
from transforms.model.approvals import Located, Refusal, Sighted
from transforms.model.lifecycle import Ambiguous, NotPosted, Released, Step


def answer_seen(bot: Bot, request: ActionRequest, asker: Insider) -> Effect:
    """Somebody sees the message in the bridge: it is released."""
    return _answered(bot, request, asker, seen=True)


def answer_absent(bot: Bot, request: ActionRequest, asker: Insider) -> Effect:
    """Somebody looked and does not see it: it was not posted, unless it is found after all."""
    return _answered(bot, request, asker, seen=False)


def _answered(bot: Bot, request: ActionRequest, asker: Insider, *, seen: bool) -> Effect:
    """Settle an unclear post by what a person saw; the message is never sent again."""
    with bot.store.read() as transaction:
        stored = draft_by_id(transaction, request.reference.draft)
        case = bound_bridge(bot, transaction, stored.bridge_case) if stored else None
    if stored is None or case is None or isinstance(case, Refusal):
        return answer_only(reply(say.review.UNKNOWN))
    if refusal := refuse(Action.LOOK, asker.roles, asker.unknown):
        return refused(refusal, case.bridge_case.incident, asker.person, bot.now())
    if not isinstance(stored.state, Ambiguous):
        return answer_only(reply(say.bridge.ALREADY_ANSWERED))
    ts = find(bot, stored.state.attempt)
    if not ts and not seen:
        absent = stored.state.absent(say.bridge.looked(asker.name))
        return lambda transaction: _absent(transaction, case, stored, absent, bot.now())
    where = Located(ts=ts, how="found") if ts else Sighted(by=asker.person)
    step = stored.state.stand(where, bot.now())
    return lambda transaction: _seen(transaction, case, stored, step)


def _seen(transaction: Transaction, case: BoundBridge, stored: StoredDraft, step: Step[Released]) -> Answer:
    write_released(transaction, case, stored, step)
    return reply(say.bridge.RELEASED if step.after.ts else say.bridge.SEEN_ONLY)


def _absent(
    transaction: Transaction, case: BoundBridge, stored: StoredDraft, step: Step[NotPosted], at: datetime
) -> Answer:
    advance(transaction, case, stored, step, at)
    return reply(say.bridge.NOT_POSTED)
