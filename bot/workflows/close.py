"""`close` and `reopen`: the incident is over, and the last message says so under the profile's fixed notice.

History and withdrawal stay as they are. Nothing is drafted for a closed bridge until somebody opens it again.
"""

from bot.app import Bot
from bot.intake.requests import Request
from bot.slack.people import Insider
from bot.workflows.advance import advance
from bot.workflows.case import Case, closed_sentence, find_case
from bot.workflows.draft import OPEN_STATES, unclear_sentence
from bot.workflows.effects import Answer, Effect, draw_bridge, reply, tell
from profiles.codes import LogKind
from storage.cases import CLOSED, OPEN, move_case
from storage.drafts import MovedError, StoredDraft, drafts_of, profile_of
from storage.log import Event, append
from storage.store import Transaction
from transforms.model.approvals import Refusal
from transforms.model.lifecycle import NotPosted, Open, Released, Withdrawn
from transforms.model.package import Coded, Package

WHY = "the bridge was closed"


def close(bot: Bot, request: Request, asker: Insider) -> Effect:
    """Close a bridge once the customer has read that it is over, or `anyway`."""

    def write(transaction: Transaction) -> Answer:
        case = find_case(bot, transaction, request.meant)
        if isinstance(case, Refusal):
            return reply(case.sentence)
        if case.closed_at:
            return reply(closed_sentence(case.closed_at))
        if case.unclear:
            return reply(unclear_sentence(case.unclear))
        last = _last(transaction, case)
        if last and not request.words and not _says_all_is_well(transaction, last):
            return reply(_not_over(last))
        return _close(bot, transaction, case, last, asker)

    return write


def _last(transaction: Transaction, case: Case) -> StoredDraft | None:
    """The message that the customer read last: what stands, or what was withdrawn."""
    return next(reversed(drafts_of(transaction, case.binding.id, "released", "withdrawn")), None)


def _says_all_is_well(transaction: Transaction, last: StoredDraft) -> bool:
    package = last.draft.package
    if not (isinstance(last.state, Released) and isinstance(package, Package) and isinstance(package.overall, Coded)):
        return False
    well = {code.code for code in profile_of(transaction, last).status.codes if code.rank == 0}
    return package.overall.code in well


def _not_over(last: StoredDraft) -> str:
    what = f"Version {last.draft.version}" if last.draft.version else "The acknowledgement"
    reads = (
        "was withdrawn, and promised another" if isinstance(last.state, Withdrawn) else "does not say that it is over"
    )
    return f"{what} {reads}. Release an update that does, or close all the same: `/bridgepkg close anyway`."


def _close(bot: Bot, transaction: Transaction, case: Case, last: StoredDraft | None, asker: Insider) -> Answer:
    at = bot.now()
    if not move_case(transaction, case.binding.id, OPEN, CLOSED):
        raise MovedError(case.binding.id)
    kept = [hold.annex for hold in last.draft.holds] if last else []
    payload = {"by": asker.person.user, "last": last.id if last else None, "annexes_kept": kept}
    append(transaction, Event(case.binding.incident, LogKind.CLOSED, case.binding.id, at, payload))
    for stored in drafts_of(transaction, case.binding.id, *OPEN_STATES):
        if isinstance(stored.state, Open) and not isinstance(stored.state, NotPosted):
            advance(transaction, case, stored, stored.state.end(WHY), at)
    if last:
        draw_bridge(transaction, last.id, at)
    text = f"{asker.name} closed the bridge to {case.audience.label} at {at:%H:%M} UTC."
    tell(transaction, f"closed/{bot.new_id()}", {"binding": case.binding.id, "role": "", "text": text}, at)
    says = "the last message says so now" if last and isinstance(last.state, Released) else "no message needs to say so"
    return reply(f"Closed: {says}, and nothing is drafted here until `/bridgepkg reopen`.")


def reopen(bot: Bot, request: Request, asker: Insider) -> Effect:
    """Open a closed bridge again: the last message loses its notice, and drafting goes on."""

    def write(transaction: Transaction) -> Answer:
        case = find_case(bot, transaction, request.meant, CLOSED)
        if isinstance(case, Refusal):
            return reply(case.sentence)
        at = bot.now()
        if not move_case(transaction, case.binding.id, CLOSED, OPEN):
            return reply("The bridge is open already.")
        append(
            transaction, Event(case.binding.incident, LogKind.REOPENED, case.binding.id, at, {"by": asker.person.user})
        )
        if last := _last(transaction, case):
            draw_bridge(transaction, last.id, at)
        return reply("Open again. Next: `/bridgepkg draft`.")

    return write
