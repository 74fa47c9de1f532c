"""`release`: carry an approved draft on, when something was in the way and has been fixed."""

from blocks import say
from bot.app import Bot
from bot.intake.requests import Request
from bot.slack.people import Insider
from bot.workflows.case import Case, find_case
from bot.workflows.effects import Answer, Effect, answer_only, reply, start_release
from storage.drafts import StoredDraft, draft_by_id
from storage.store import Transaction
from transforms.model.approvals import Refusal
from transforms.model.lifecycle import Approved, Waiting


def release_now(bot: Bot, request: Request, _asker: Insider) -> Effect:
    """Start the release of an approved draft again; without the approvals there is nothing to start."""
    meant = request.meant
    with bot.store.read() as transaction:
        case = find_case(bot, transaction, meant)
        named = draft_by_id(transaction, meant.draft) if meant.draft else None
    if isinstance(case, Refusal):
        return answer_only(reply(case.sentence))
    candidates = [d for d in (named, case.update, case.acknowledgement) if d and d.bridge_case == case.bridge_case.id]
    approved = next((d for d in candidates if isinstance(d.state, Approved)), None)
    if approved is None:
        return answer_only(reply(_missing(case)))
    return lambda transaction: _write(transaction, bot, approved)


def _write(transaction: Transaction, bot: Bot, approved: StoredDraft) -> Answer:
    start_release(transaction, approved.id, bot.now())
    return reply(say.release.checked_again(approved.number))


def _missing(case: Case) -> str:
    if case.closed_at:
        return say.case.closed(case.closed_at)
    waiting = next((d.state for d in (case.update, case.acknowledgement) if d and isinstance(d.state, Waiting)), None)
    if waiting is None:
        return say.release.NOTHING_TO_RELEASE
    if waiting.blocking:
        return say.release.BLOCKED
    return say.release.approvals_missing(waiting.open_gates)
