"""Cases: an incident, its channel and its bridges, tied together once (M17)."""

import pytest
from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError

from storage.cases import add_case, case_by_id, cases_of, cases_of_channel, incident_of, next_draft_number
from storage.sealing import SealedError
from storage.store import CollisionError
from storage.tables import bridge_cases, incidents
from tests.builders import rebuilt
from tests.storage.stored import BRIDGE_CASE, bind, later, make_bridge_case, opaque, undone
from transforms.model.history import History, HoldAge


def test_case_is_found_by_channel_incident_and_id(store):
    """What was opened is read back equal, by each way of asking, and nothing is found under other names."""
    case = bind(store)
    with store.read() as transaction:
        found = [
            cases_of_channel(transaction, "C0INC1042"),
            cases_of(transaction, "INC-1042"),
            [case_by_id(transaction, BRIDGE_CASE)],
        ]
        others = [cases_of_channel(transaction, "C0ACME"), cases_of(transaction, "INC-1")]
        assert case_by_id(transaction, opaque(1)) is None
        names = [incident_of(transaction, "", name) for name in ("C0INC1042", BRIDGE_CASE, "C0ACME")]
    assert (found, others, names) == ([[case]] * 3, [[], []], ["INC-1042", "INC-1042", None])


def test_cases_of_an_incident_share_its_channel_and_come_oldest_first(store):
    """One incident may have several bridges, all in the channel where it is worked."""
    second = bind(store, id=opaque(2), bridge="globex", opened_at=later(2))
    first = bind(store, opened_at=later(1))
    other = bind(store, id=opaque(3), incident="INC-7", channel="C0OTHER", opened_at=later(3))
    with store.read() as transaction:
        assert cases_of(transaction, "INC-1042") == cases_of_channel(transaction, "C0INC1042") == [first, second]
        assert cases_of(transaction) == [first, second, other]


def test_bridges_of_an_incident_have_keys_of_their_own(store):
    """Both are derived from the key that the first one made; a digest under one is nothing under the other."""
    acme = bind(store)
    bind(store, id=opaque(2), bridge="globex", incident_key="99" * 32)
    with store.read() as transaction:
        first, second = cases_of(transaction, "INC-1042")
    assert (first.incident_key, second.incident_key) == (acme.incident_key,) * 2
    assert len({first.digest_key, second.digest_key, acme.incident_key}) == 3
    assert second.history == History(digest_key=second.digest_key)


def test_channel_and_bridge_are_taken_once(store):
    """The database itself refuses a second incident in a channel, and a second case of a bridge."""
    bind(store)
    with pytest.raises(IntegrityError), store.write() as transaction:
        add_case(transaction, make_bridge_case(id=opaque(2), incident="INC-7", bridge="globex"))
    with pytest.raises(IntegrityError), store.write() as transaction:
        add_case(transaction, make_bridge_case(id=opaque(2)))
    with pytest.raises(CollisionError), store.write() as transaction:
        add_case(transaction, make_bridge_case(id=opaque(2), bridge="globex", channel="C0NEW"))


def test_draft_numbers_are_given_once(store):
    """Each build takes the next number; a transaction that fails gives its number back."""
    bind(store)
    with store.write() as transaction:
        given = [next_draft_number(transaction, BRIDGE_CASE) for _ in range(3)]
    with undone(store) as transaction:
        next_draft_number(transaction, BRIDGE_CASE)
    with store.write() as transaction:
        given.append(next_draft_number(transaction, BRIDGE_CASE))
    assert given == [1, 2, 3, 4]


def test_history_follows_its_case_and_no_other(store):
    """What the next draft follows is kept without the last release, sealed for this case alone."""
    bind(store)
    other = bind(store, id=opaque(2), bridge="globex")
    seen = HoldAge(key="status/payments-api", since=later(0))
    with store.write() as transaction:
        before = case_by_id(transaction, BRIDGE_CASE).history
        next_draft_number(transaction, BRIDGE_CASE, rebuilt(before, holds=(seen,)))
    with store.read() as transaction:
        assert case_by_id(transaction, BRIDGE_CASE).history == rebuilt(before, holds=(seen,))
        assert case_by_id(transaction, other.id).history.holds == ()
        sealed = transaction.execute(
            select(bridge_cases.c.history).where(bridge_cases.c.id == BRIDGE_CASE)
        ).scalar_one()
    with store.write() as transaction:
        transaction.execute(update(bridge_cases).where(bridge_cases.c.id == other.id).values(history=sealed))
    with store.read() as transaction, pytest.raises(SealedError):
        case_by_id(transaction, other.id)


def test_digest_key_is_sealed_for_its_incident(store):
    """The incident's key is not in the clear, and does not open in another incident's row."""
    bind(store)
    other = bind(store, id=opaque(2), incident="INC-7", channel="C0OTHER", incident_key="cd" * 32)
    with store.read() as transaction:
        sealed = transaction.execute(select(incidents.c.sealed).where(incidents.c.key == "INC-1042")).scalar_one()
    assert set(sealed) == {"key", "nonce", "ciphertext"}
    with store.write() as transaction:
        transaction.execute(update(incidents).where(incidents.c.key == "INC-7").values(sealed=sealed))
    with store.read() as transaction, pytest.raises(SealedError):
        case_by_id(transaction, other.id)
