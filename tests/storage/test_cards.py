"""Where drawn messages stand, and leases of periodic jobs."""

from datetime import timedelta

from storage.cards import CardRecord, become, begin_again, card_drawn, card_of, cards_of, prepare_card, take_lease
from storage.drafts import MovedError
from tests.storage.contest import contest
from tests.storage.stored import NOW, later, opaque

MINUTE = timedelta(seconds=60)


def prepare(store, target="card/1/security", channel="C1", attempt=1) -> CardRecord:
    """Note that a card is about to be posted."""
    with store.write() as transaction:
        return prepare_card(transaction, target, channel, opaque(attempt))


def test_first_note_of_a_card_wins(store):
    """A card is posted under one attempt in one channel, whoever prepares it again: so it can be found."""
    first = prepare(store)
    assert first == CardRecord(target="card/1/security", channel="C1", ts=None, attempt=opaque(1), drawn="")
    assert prepare(store, channel="C2", attempt=2) == first


def test_drawn_card_is_remembered(store):
    """Where a card stands and what it shows last; a target that was never prepared has none."""
    prepare(store)
    with store.write() as transaction:
        card_drawn(transaction, "card/1/security", "1.5", "d" * 64)
    with store.read() as transaction:
        found = card_of(transaction, "card/1/security")
        assert card_of(transaction, "card/2/security") is None
    assert (found.ts, found.drawn, found.attempt) == ("1.5", "d" * 64, opaque(1))


def test_cards_are_found_together(store):
    """Exactly those that are asked for and there, by target."""
    for target in ("card/1/security", "card/1/incident_command", "card/11/security", "card/2/security"):
        prepare(store, target)
    wanted = ("card/1/security", "card/1/incident_command", "card/3/security", "card/%")
    with store.read() as transaction:
        found = cards_of(transaction, wanted)
        assert (sorted(found), cards_of(transaction, ())) == (["card/1/incident_command", "card/1/security"], {})
    assert {target: card.target for target, card in found.items()} == {target: target for target in found}


def lease(store, owner, seconds=0.0) -> bool:
    """Whether this worker gets the job."""
    with store.write() as transaction:
        return take_lease(transaction, "watch", owner, later(seconds), MINUTE)


def test_lease_is_one_workers_until_it_ends(store):
    """Who has a job keeps it and may prolong it; another gets it after its end, and other jobs are free."""
    had = [lease(store, owner, at) for owner, at in (("one", 0), ("two", 1), ("one", 30), ("two", 89), ("two", 91))]
    assert had == [True, False, True, False, True]
    assert not lease(store, "one", 92)
    with store.write() as transaction:
        assert take_lease(transaction, "another job", "one", NOW, MINUTE)


def test_lease_has_one_winner_among_many(store):
    """Of many replicas that wake at once one does the job, the first time and after a lease that ended."""
    workers = iter(range(99))
    for at in (0, 61):

        def take(mine, at=at):
            with mine.write() as transaction:
                if not take_lease(transaction, "watch", f"worker {next(workers)}", later(at), MINUTE):
                    raise MovedError

        assert contest(store.url, take, 16) == 1


def test_message_becomes_that_of_another_target(store):
    """It stands under the new name alone; where there is none, nothing does."""
    with store.write() as transaction:
        prepare_card(transaction, "card/1/security", "C0REVSEC", opaque(1))
        assert become(transaction, "card/1/security", "card/2/security")
        assert not become(transaction, "card/1/legal", "card/2/legal")
        assert card_of(transaction, "card/1/security") is None
        assert card_of(transaction, "card/2/security").attempt == opaque(1)


def test_lost_message_is_begun_again_by_one(store):
    """Under another attempt and in its channel; whoever read the lost one too comes too late."""
    with store.write() as transaction:
        lost = prepare_card(transaction, "card/1/security", "C0REVSEC", opaque(1))
        card_drawn(transaction, "card/1/security", "1.1", "seen")
        for attempt in (2, 3):
            begin_again(transaction, lost, "C0OTHER", opaque(attempt))
        assert card_of(transaction, "card/1/security") == CardRecord(
            target="card/1/security", channel="C0OTHER", ts=None, attempt=opaque(2), drawn=""
        )
