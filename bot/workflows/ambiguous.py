"""The two answers to "it may be visible": a named person has seen the message, or has looked and it is not there."""

from bot.access import Action, refuse
from bot.app import Bot
from bot.intake.requests import ActionRequest
from bot.slack.people import Insider
from bot.workflows.case import Case, case_by_binding
from bot.workflows.draft import draw_cards
from bot.workflows.effects import Answer, Effect, answer_only, refused, reply
from bot.workflows.release import find, write_released
from bot.workflows.review import UNKNOWN
from storage.drafts import StoredDraft, draft_by_id, move
from storage.log import Event, append
from storage.store import Transaction
from transforms.review import Ambiguous, NotPosted, Refusal, Released


def answer_ambiguous(bot: Bot, request: ActionRequest, asker: Insider, *, seen: bool) -> Effect:
    """Settle an unclear post by what a person saw; the message is never sent again."""
    with bot.store.read() as transaction:
        stored = draft_by_id(transaction, request.reference.draft)
        case = case_by_binding(bot, transaction, stored.binding) if stored else None
    if stored is None or case is None or isinstance(case, Refusal):
        return answer_only(reply(UNKNOWN))
    if refusal := refuse(Action.LOOK, asker.roles, asker.unknown):
        return refused(refusal, case.binding.incident, asker.person, bot.now())
    if not isinstance(stored.state, Ambiguous):
        return answer_only(reply("That was answered already. Nothing was recorded."))
    ts = find(bot, stored)
    state = _released(bot, stored.state, ts, asker) if ts or seen else _not_posted(stored.state, asker)
    return lambda transaction: _write(transaction, bot, case, stored, state)


def _released(bot: Bot, state: Ambiguous, ts: str | None, asker: Insider) -> Released:
    return Released(
        digest=state.digest,
        approvals=state.approvals,
        attempt=state.attempt,
        channel=state.channel,
        ts=ts or "",
        at=bot.now(),
        how="found" if ts else "seen",
        seen_by=asker.person,
    )


def _not_posted(state: Ambiguous, asker: Insider) -> NotPosted:
    return NotPosted(digest=state.digest, approvals=state.approvals, why=f"{asker.name} looked and it was not there")


def _write(transaction: Transaction, bot: Bot, case: Case, stored: StoredDraft, state: Released | NotPosted) -> Answer:
    if isinstance(state, Released):
        write_released(transaction, case, stored, state)
        return reply("Recorded: it is released." if state.ts else "Recorded: you saw it. I cannot edit it later.")
    move(transaction, stored, state)
    append(transaction, Event(case.binding.incident, "absent", stored.id, bot.now(), {"why": state.why}))
    draw_cards(transaction, case, stored.id, stored.draft.kind, bot.now())
    return reply("Recorded: it was not posted. Draft again to go on; the old message is never sent again.")
