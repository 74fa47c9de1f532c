"""Contests: many people at once on one draft, and exactly one of them wins (promise P1)."""

import threading

import pytest
from sqlalchemy import select, update

from storage.log import Event, append, entries, faults
from storage.steps import move
from storage.tables import drafts
from tests.storage.contest import STORES, contest
from tests.storage.stored import a_step, bind, later, refreshed, save


@pytest.fixture
def stored(store):
    """A draft that waits."""
    bind(store)
    return save(store)


def test_move_has_one_winner_among_many(store, stored):
    """Of sixty-four people at once on one reading of a draft, exactly one moves it."""

    def guarded(mine):
        with mine.write() as transaction:
            move(transaction, stored, a_step(stored))

    assert contest(store.url, guarded) == 1
    assert refreshed(store, stored).revision == 1


def test_reading_before_writing_has_many_winners(store, stored):
    """The same contest with "read, see that nobody moved it, write" is lost, so that the test above can go red."""
    together = threading.Barrier(STORES)

    def unguarded(mine):
        with mine.read() as transaction:
            revision = transaction.execute(select(drafts.c.revision).where(drafts.c.id == stored.id)).scalar_one()
        together.wait(10)
        with mine.write() as transaction:
            transaction.execute(update(drafts).where(drafts.c.id == stored.id).values(revision=revision + 1))

    assert contest(store.url, unguarded, STORES) == STORES


def test_log_of_one_incident_takes_many_writers(store):
    """Entries of many writers at once become one chain without a gap, listed in full by the global stream."""

    def tell(mine):
        with mine.write() as transaction:
            append(transaction, Event("INC-1042", "told", "x", later(1)))

    assert contest(store.url, tell, 24) == 24
    with store.read() as transaction:
        assert [entry.seq for entry in entries(transaction, "INC-1042")] == [*range(1, 25)]
        assert list(faults(transaction)) == []
