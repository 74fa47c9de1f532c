"""Bindings: an incident, a channel and a bridge, tied together once (M17)."""

import pytest
from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError

from storage.bindings import (
    add_binding,
    binding_by_id,
    binding_of_channel,
    binding_of_incident,
    bindings_of,
    next_draft_number,
)
from storage.sealing import SealedError
from storage.tables import bindings
from tests.storage.stored import BINDING, bind, later, make_binding, opaque, undone


def test_binding_is_found_by_channel_incident_and_id(store):
    """What was bound is read back equal, by each way of asking, and nothing is found under other names."""
    binding = bind(store)
    with store.read() as transaction:
        found = [
            binding_of_channel(transaction, "C0INC1042"),
            binding_of_incident(transaction, "INC-1042", "acme"),
            binding_by_id(transaction, BINDING),
        ]
        others = [
            binding_of_channel(transaction, "C0ACME"),
            binding_of_incident(transaction, "INC-1042", "globex"),
            binding_by_id(transaction, opaque(1)),
        ]
    assert (found, others) == ([binding] * 3, [None] * 3)


def test_bindings_of_an_incident_come_oldest_first(store):
    """One incident may have several bridges, each in its own channel."""
    second = bind(store, id=opaque(2), bridge="globex", channel="C0GLOBEX", opened_at=later(2))
    first = bind(store, opened_at=later(1))
    other = bind(store, id=opaque(3), incident="INC-7", channel="C0OTHER", opened_at=later(3))
    with store.read() as transaction:
        assert bindings_of(transaction, "INC-1042") == [first, second]
        assert bindings_of(transaction) == [first, second, other]


@pytest.mark.parametrize("taken", [{"channel": "C0NEW"}, {"incident": "INC-7", "bridge": "globex"}])
def test_channel_and_bridge_are_bound_once(store, taken):
    """The database itself refuses a second binding of a channel, and of an incident to a bridge."""
    bind(store)
    with pytest.raises(IntegrityError), store.write() as transaction:
        add_binding(transaction, make_binding(id=opaque(2), **taken))


def test_draft_numbers_are_given_once(store):
    """Each build takes the next number; a transaction that fails gives its number back."""
    bind(store)
    with store.write() as transaction:
        given = [next_draft_number(transaction, BINDING) for _ in range(3)]
    with undone(store) as transaction:
        next_draft_number(transaction, BINDING)
    with store.write() as transaction:
        given.append(next_draft_number(transaction, BINDING))
    assert given == [1, 2, 3, 4]


def test_digest_key_is_sealed_for_its_binding(store):
    """The incident's digest key is not in the clear, and does not open in another binding's row."""
    bind(store)
    other = bind(store, id=opaque(2), incident="INC-7", channel="C0OTHER", digest_key="cd" * 32)
    with store.read() as transaction:
        sealed = transaction.execute(select(bindings.c.sealed).where(bindings.c.id == BINDING)).scalar_one()
    assert set(sealed) == {"key", "nonce", "ciphertext"}
    with store.write() as transaction:
        transaction.execute(update(bindings).where(bindings.c.id == other.id).values(sealed=sealed))
    with store.read() as transaction, pytest.raises(SealedError):
        binding_by_id(transaction, other.id)
