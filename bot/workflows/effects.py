"""What a workflow gives back: one write transaction to run, and an answer for the person who asked."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime

from blocks import say
from blocks.drawing import Block, Drawing, sentence
from bot.app import Bot
from bot.intake.requests import Request
from bot.slack.people import Insider
from bot.workflows.messages import Amend, DrawCards, DrawHome, Notify, Release, TakeDown, Tell, enqueue
from profiles.codes import LogKind
from storage.cards import become
from storage.drafts import StoredDraft
from storage.log import Event, append
from storage.store import Transaction
from transforms.model.approvals import Refusal
from transforms.model.directives import Person


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer that only the asking person sees. A harmless one says nothing internal and may be seen anywhere."""

    drawing: Drawing
    harmless: bool = False


@dataclass(frozen=True, slots=True)
class OpenModal:
    """A modal for the asking person, in the place of the loading one."""

    view: Block = field(default_factory=dict)


Answer = Reply | OpenModal | None
Effect = Callable[[Transaction], Answer]
Workflow = Callable[[Bot, Request, Insider], Effect]
"""What every request comes to: whoever asks is known, and nothing is written before the effect runs."""


def named(stored: StoredDraft) -> str:
    """Which message is meant, for whoever reads of many: version, account and incident."""
    draft = stored.draft
    return say.bridge.named(draft.title, str(draft.audience.label), draft.incident)


def answer_only(answer: Answer) -> Effect:
    """An effect that writes nothing."""
    return lambda _transaction: answer


def reply(text: str) -> Reply:
    """One sentence as an answer."""
    return Reply(sentence(text))


def refused(refusal: Refusal, incident: str = "", person: Person | None = None, at: datetime | None = None) -> Effect:
    """A refusal with its reason. On a decision it is logged too: who tried what (pattern: log overrides)."""

    def write(transaction: Transaction) -> Answer:
        if incident and person and at:
            tried = {"code": refusal.code, "team": person.team, "user": person.user}
            append(transaction, Event(incident, LogKind.REFUSED, refusal.code, at, tried))
        else:
            transaction.notes.append((LogKind.REFUSED, refusal.code))
        return reply(refusal.sentence)

    return write


def card_target(draft: str, role: str) -> str:
    """The name under which a gate's card is kept."""
    return f"card/{draft}/{role}"


def hand_cards_over(transaction: Transaction, old: str, new: str, roles: Iterable[str]) -> list[str]:
    """Give a draft the cards of the one that it replaces, for these roles; those of them that have one."""
    return [role for role in roles if become(transaction, card_target(old, role), card_target(new, role))]


def draw_cards(transaction: Transaction, bridge_case: str, at: datetime) -> None:
    """Have every card of a case drawn whose review moved."""
    enqueue(transaction, DrawCards(bridge_case=bridge_case), at)


def notify(transaction: Transaction, draft: str, role: str, at: datetime) -> None:
    """Have a gate told that its card asks again: an edit makes no sound."""
    enqueue(transaction, Notify(draft=draft, role=role), at)


def draw_bridge(transaction: Transaction, draft: str, at: datetime) -> None:
    """Have a released message drawn again as it stands now."""
    enqueue(transaction, Amend(draft=draft), at)


def take_down(transaction: Transaction, draft: str, at: datetime) -> None:
    """Have the withdrawal's notice take the place of a released message."""
    enqueue(transaction, TakeDown(draft=draft), at)


def start_release(transaction: Transaction, draft: str, at: datetime) -> None:
    """Have an approved draft released by whoever claims the row."""
    enqueue(transaction, Release(draft=draft), at)


def draw_home(transaction: Transaction, person: Person, at: datetime) -> None:
    """Have somebody's Home tab drawn from the latest state."""
    enqueue(transaction, DrawHome(person=person), at)


def tell(transaction: Transaction, about: str, content: dict[str, str], at: datetime) -> None:
    """Have a sentence posted into a role's review channel: `content` gives bridge_case, role and text."""
    told = Tell(about=about, bridge_case=content["bridge_case"], role=content["role"], text=content["text"])
    enqueue(transaction, told, at)
