"""`close` and `reopen`: the incident is over, and the last message says so under the profile's fixed notice.

History and withdrawal stay as they are. Nothing is drafted for a closed bridge until somebody opens it again.
"""

from blocks import say
from bot.app import Bot
from bot.intake.requests import Request
from bot.slack.people import Insider
from bot.workflows.advance import advance
from bot.workflows.case import Case, find_case
from bot.workflows.draft import OPEN_STATES
from bot.workflows.effects import Answer, Effect, draw_bridge, reply, tell
from profiles.codes import LogKind
from storage.cases import CLOSED, OPEN, move_case
from storage.drafts import MovedError, StoredDraft, drafts_of, profile_of
from storage.log import Event, append
from storage.store import Transaction
from transforms.model.approvals import Refusal
from transforms.model.lifecycle import NotPosted, Open, Released, Withdrawn
from transforms.model.package import Coded, Package


def close(bot: Bot, request: Request, asker: Insider) -> Effect:
    """Close a bridge once the customer has read that it is over, or `anyway`."""

    def write(transaction: Transaction) -> Answer:
        case = find_case(bot, transaction, request.meant)
        if isinstance(case, Refusal):
            return reply(case.sentence)
        if case.closed_at:
            return reply(say.case.closed(case.closed_at))
        if case.unclear:
            return reply(say.bridge.unclear(case.unclear.number))
        last = _last(transaction, case)
        if last and not request.words and not _says_all_is_well(transaction, last):
            return reply(_not_over(last))
        return _close(bot, transaction, case, last, asker)

    return write


def _last(transaction: Transaction, case: Case) -> StoredDraft | None:
    """The message that the customer read last: what stands, or what was withdrawn."""
    return next(reversed(drafts_of(transaction, case.bridge_case.id, "released", "withdrawn")), None)


def _says_all_is_well(transaction: Transaction, last: StoredDraft) -> bool:
    package = last.draft.package
    if not (isinstance(last.state, Released) and isinstance(package, Package) and isinstance(package.overall, Coded)):
        return False
    well = {code.code for code in profile_of(transaction, last).status.codes if code.rank == 0}
    return package.overall.code in well


def _not_over(last: StoredDraft) -> str:
    title = last.draft.title.capitalize()
    return say.close.owes_an_update(title) if isinstance(last.state, Withdrawn) else say.close.not_over(title)


def _close(bot: Bot, transaction: Transaction, case: Case, last: StoredDraft | None, asker: Insider) -> Answer:
    at = bot.now()
    if not move_case(transaction, case.bridge_case.id, OPEN, CLOSED):
        raise MovedError(case.bridge_case.id)
    kept = [hold.annex for hold in last.draft.holds] if last else []
    payload = {"by": asker.person.user, "last": last.id if last else None, "annexes_kept": kept}
    append(transaction, Event(case.bridge_case.incident, LogKind.CLOSED, case.bridge_case.id, at, payload))
    for stored in drafts_of(transaction, case.bridge_case.id, *OPEN_STATES):
        if isinstance(stored.state, Open) and not isinstance(stored.state, NotPosted):
            advance(transaction, case, stored, stored.state.end(say.close.BECAUSE_CLOSED), at)
    if last:
        draw_bridge(transaction, last.id, at)
    text = say.close.closed_by(asker.name, str(case.audience.label), at)
    tell(transaction, f"closed/{bot.new_id()}", {"bridge_case": case.bridge_case.id, "role": "", "text": text}, at)
    return reply(say.close.closed(noticed=last is not None and isinstance(last.state, Released)))


def reopen(bot: Bot, request: Request, asker: Insider) -> Effect:
    """Open a closed bridge again: the last message loses its notice, and drafting goes on."""

    def write(transaction: Transaction) -> Answer:
        case = find_case(bot, transaction, request.meant, CLOSED)
        if isinstance(case, Refusal):
            return reply(case.sentence)
        at = bot.now()
        if not move_case(transaction, case.bridge_case.id, CLOSED, OPEN):
            return reply(say.close.ALREADY_OPEN)
        append(
            transaction,
            Event(case.bridge_case.incident, LogKind.REOPENED, case.bridge_case.id, at, {"by": asker.person.user}),
        )
        if last := _last(transaction, case):
            draw_bridge(transaction, last.id, at)
        return reply(say.close.REOPENED)

    return write
