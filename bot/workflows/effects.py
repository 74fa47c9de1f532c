"""What a workflow gives back: one write transaction to run, and an answer for the person who asked."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from blocks.drawing import Block, Drawing, sentence
from profiles.codes import LogKind
from storage.log import Event, append
from storage.queues import OutboxMessage, enqueue
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

CARD: Final = "card"
BRIDGE: Final = "bridge"
RELEASE: Final = "release"
ANSWER: Final = "answer"
MODAL: Final = "modal"
TELL: Final = "tell"
PROGRESS: Final = "progress"
HOME: Final = "home"


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


def draw_card(transaction: Transaction, draft: str, role: str, at: datetime) -> None:
    """Have one gate's card of a draft drawn from the latest state."""
    enqueue(transaction, OutboxMessage(CARD, card_target(draft, role), {"draft": draft, "role": role}, at, priority=2))


def card_target(draft: str, role: str) -> str:
    """The name under which a gate's card is kept."""
    return f"card/{draft}/{role}"


def draw_bridge(transaction: Transaction, draft: str, at: datetime) -> None:
    """Have a released message drawn again: with its notice, or as its withdrawal."""
    enqueue(transaction, OutboxMessage(BRIDGE, f"bridge/{draft}", {"draft": draft}, at, priority=0))


def start_release(transaction: Transaction, draft: str, at: datetime) -> None:
    """Have an approved draft released by whoever claims the row."""
    enqueue(transaction, OutboxMessage(RELEASE, f"release/{draft}", {"draft": draft}, at, priority=0))


def draw_home(transaction: Transaction, person: Person, at: datetime) -> None:
    """Have somebody's Home tab drawn from the latest state."""
    enqueue(transaction, OutboxMessage(HOME, f"home/{person.team}/{person.user}", person.model_dump(), at))


def tell(transaction: Transaction, target: str, content: dict[str, Any], at: datetime) -> None:
    """Have a sentence posted into a role's review channel."""
    enqueue(transaction, OutboxMessage(TELL, f"tell/{target}", content, at))
