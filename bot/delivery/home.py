"""Home: gather what waits for one person and what stands on every open bridge, when somebody opens the tab."""

from collections.abc import Iterator

from blocks import say
from blocks.answers import DraftLine, on_the_way, stands
from blocks.drawing import Block
from blocks.home import BridgeLine, Task, home_view, line_view
from bot.access import Action, refuse
from bot.app import Bot
from bot.slack.people import Insider
from bot.workflows.case import Case, case_of
from bot.workflows.effects import card_target
from bot.workflows.read import draft_lines
from storage.cards import CardRecord, card_of
from storage.cases import OPEN, cases_of
from storage.drafts import StoredDraft
from storage.store import Transaction
from transforms.model.approvals import Refusal
from transforms.model.directives import Person
from transforms.model.lifecycle import Ambiguous, Waiting


def deliver_home(bot: Bot, person: Person) -> None:
    """Publish somebody's tab from the latest state; who they are is looked up at that moment."""
    bot.internal.publish_home(person.user, _view(bot, person))


def _view(bot: Bot, person: Person) -> Block:
    asker = bot.people.identify(person)
    if isinstance(asker, Refusal):
        return line_view(say.home.UNKNOWN if asker.code == "look-up-failed" else say.home.OUTSIDE)
    if refusal := refuse(Action.READ, asker.roles, asker.unknown):
        return line_view(say.home.UNKNOWN if refusal.code == "look-up-failed" else say.home.NO_ROLE)
    with bot.store.read() as transaction:
        found = [case_of(bot, transaction, b) for b in cases_of(transaction) if b.state == OPEN]
        cases = [(case, draft_lines(transaction, case)) for case in found if not isinstance(case, Refusal)]
        wanted = [task for case, _ in cases for task in _tasks(bot, transaction, case, asker)]
    tasks = [Task(text, _address(bot, card)) for text, card in wanted]
    return home_view(tasks, [_bridge(bot, *case) for case in cases], bot.now())


def _bridge(bot: Bot, case: Case, drafts: list[DraftLine]) -> BridgeLine:
    return BridgeLine(
        account=str(case.audience.label),
        incident=case.bridge_case.incident,
        channel_name=bot.bridge.name(case.bridge_case.channel),
        stands=stands(drafts, bot.now()),
        on_the_way=tuple(text for line in drafts if (text := on_the_way(line))),
    )


def _tasks(bot: Bot, transaction: Transaction, case: Case, asker: Insider) -> Iterator[tuple[str, CardRecord | None]]:
    """What waits for this person in one case, each with the card where it is done."""
    open_drafts = [draft for draft in (case.update, case.acknowledgement, case.unclear) if draft]
    for stored in {draft.id: draft for draft in open_drafts}.values():
        what = say.home.one_draft(str(case.audience.label), case.bridge_case.incident, stored.number)
        for role, wanted in _wanted(stored, asker):
            card = card_of(transaction, card_target(stored.id, role))
            yield say.home.task(what, wanted, say.home.since(stored.created_at, bot.now())), card


def _wanted(stored: StoredDraft, asker: Insider) -> Iterator[tuple[str, str]]:
    """What a draft wants of this person, with the role whose card it is done on."""
    match stored.state:
        case Waiting(blocking=blocking) if blocking:
            for entry in stored.draft.register_:
                if entry.blocks and entry.role in asker.roles:
                    yield entry.role, say.home.must_decide(entry.code, entry.role)
        case Waiting(open_gates=gates, approvals=approvals):
            mine = [role for role in gates if role in asker.roles]
            if mine and all(approval.person != asker.person for approval in approvals):
                yield mine[0], say.home.must_approve(mine[0])
        case Ambiguous() if refuse(Action.LOOK, asker.roles, asker.unknown) is None:
            yield "", say.home.MUST_LOOK


def _address(bot: Bot, card: CardRecord | None) -> str | None:
    return bot.bridge.permalink(card.channel, card.ts) if card and card.ts else None
