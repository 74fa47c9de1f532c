"""What tests of the storage layer put into a database: a case, drafts, and the time at which they do it."""

from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from functools import cache

from storage.cases import BridgeCase, add_case
from storage.drafts import NewDraft, StoredDraft, draft_by_id, save_draft
from tests.builders import (
    INCIDENT,
    make_directives,
    make_field_hold,
    make_person,
    rebuilt,
)
from tests.lives import force, life
from tests.transforms.dossiers import make_result
from transforms.model.approvals import Decision
from transforms.model.canonical import bridge_key
from transforms.model.history import History
from transforms.model.lifecycle import ReviewState, Step
from transforms.publish.dossier import BuildResult

NOW = datetime(2026, 3, 12, 14, 30, tzinfo=UTC)
BRIDGE_CASE = "b" * 32
INCIDENT_KEY = "ef" * 32


class UndoneError(Exception):
    """Ends a transaction that must leave no trace."""


@contextmanager
def undone(store):
    """A transaction that is rolled back in the end."""
    with suppress(UndoneError), store.write() as transaction:
        yield transaction
        raise UndoneError


def later(seconds: float) -> datetime:
    """So many seconds after the test began."""
    return NOW + timedelta(seconds=seconds)


def opaque(number: int) -> str:
    """An id of 128 bits."""
    return f"{number:032x}"


def make_bridge_case(**changes) -> BridgeCase:
    """The incident of the default world, bound to Acme's bridge."""
    defaults = {
        "id": BRIDGE_CASE,
        "incident": INCIDENT,
        "bridge": "acme",
        "channel": "C0INC1042",
        "state": "open",
        "opened_by": make_person(),
        "opened_at": NOW,
        "override": False,
        "drafts": 0,
        "incident_key": INCIDENT_KEY,
        "history": History(digest_key=bridge_key(INCIDENT_KEY, "acme")),
    }
    made = BridgeCase(**defaults | changes)
    return rebuilt(made, history=History(digest_key=made.digest_key))


@cache
def make_built(number: int = 1) -> BuildResult:
    """A draft of the default world with a person's hold, so that everything that may be sealed is in it."""
    directives = make_directives(holds=(make_field_hold("workaround/payments-api"),))
    return make_result(directives=directives, number=number)


def make_decision(role: str = "security", user: str = "U0SAM", answer: str = "approve") -> Decision:
    """One person's answer on the default draft."""
    digest = make_built().draft.release_digest
    return Decision(answer=answer, person=make_person(user), role=role, digest=digest, at=NOW)


def in_state(state: str, attempt: str = "a" * 32) -> ReviewState:
    """A review state of the default draft, by its name."""
    return life(make_built().draft.release_digest, attempt=attempt)[state]


def forced(store, stored: StoredDraft, state: str, attempt: str = "a" * 32) -> StoredDraft:
    """The draft in another state, written past the life cycle."""
    with store.write() as transaction:
        force(transaction, stored, in_state(state, attempt))
    return refreshed(store, stored)


def a_step(stored: StoredDraft) -> Step:
    """A step that any draft that waits can take."""
    return stored.state.replace(by_draft=9, why="a newer draft")


def bind(store, **changes) -> BridgeCase:
    """Store a case."""
    bridge_case = make_bridge_case(**changes)
    with store.write() as transaction:
        add_case(transaction, bridge_case)
    return bridge_case


def save(store, number: int = 1, state: str = "waiting") -> StoredDraft:
    """Store a draft of the case in some state, and read it back."""
    new = NewDraft(
        id=opaque(number),
        bridge_case=BRIDGE_CASE,
        prior=None,
        state=in_state(state),
        drafter=make_person(),
        created_at=later(number),
    )
    with store.write() as transaction:
        save_draft(transaction, new, make_built(number))
    with store.read() as transaction:
        stored = draft_by_id(transaction, new.id)
    assert stored is not None
    return stored


def refreshed(store, stored: StoredDraft) -> StoredDraft:
    """The draft as it stands now."""
    with store.read() as transaction:
        found = draft_by_id(transaction, stored.id)
    assert found is not None
    return found
