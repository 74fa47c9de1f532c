"""`release`: carry an approved draft on, when something was in the way and has been fixed."""

from blocks.words import list_words
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
    candidates = [d for d in (named, case.update, case.acknowledgement) if d and d.binding == case.binding.id]
    approved = next((d for d in candidates if isinstance(d.state, Approved)), None)
    if approved is None:
        return answer_only(reply(_missing(case)))
    return lambda transaction: _write(transaction, bot, approved)


def _write(transaction: Transaction, bot: Bot, approved: StoredDraft) -> Answer:
    start_release(transaction, approved.id, bot.now())
    return reply(f"Draft {approved.number} is checked again and posts if nothing is in the way.")


def _missing(case: Case) -> str:
    waiting = next((d.state for d in (case.update, case.acknowledgement) if d and isinstance(d.state, Waiting)), None)
    if waiting is None:
        return "Nothing is approved and unposted here; `/bridgepkg draft` makes the next draft."
    if waiting.blocking:
        return "An open exception blocks it: see `/bridgepkg exceptions`."
    gates = list_words(role.replace("_", " ") for role in waiting.open_gates)
    return f"It posts by itself after the last approval. Missing: {gates}."
