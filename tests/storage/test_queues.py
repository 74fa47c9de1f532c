"""Inbox and outbox: nothing twice, lanes in order, claims that end, and the newest state said once."""

import pytest
from sqlalchemy import select, update

from storage.queues import (
    LEASE,
    FenceError,
    OutboxMessage,
    Request,
    claim_message,
    claim_request,
    enqueue,
    finish_message,
    finish_request,
    hold_fence,
    receive,
    release_claims,
    retry_later,
    waiting,
)
from storage.tables import inbox, outbox
from tests.canaries import assert_no_canary
from tests.storage.stored import NOW, later, opaque

CONTENT = {"kind": "slack", "body": {"text": "the note of Quentin Oduya"}}


def ask(store, number, lane="C1", **changes) -> bool:
    """Receive a request; whether it was new."""
    request = {"id": opaque(number), "lane": lane, "content": CONTENT, "received_at": NOW}
    with store.write() as transaction:
        return receive(transaction, Request(**request | changes))


def take(store, owner="one", now=NOW):
    """Claim a request."""
    with store.write() as transaction:
        return claim_request(transaction, owner, now)


def finish(store, claimed) -> None:
    """Mark a request as worked."""
    with store.write() as transaction:
        finish_request(transaction, claimed)


def tell(store, target="card/1", **changes) -> None:
    """Have something said."""
    saying = {"kind": "card", "target": target, "content": {"draft": target}, "due_at": NOW}
    with store.write() as transaction:
        enqueue(transaction, OutboxMessage(**saying | changes))


def speak(store, owner="one", now=NOW):
    """Claim something to say."""
    with store.write() as transaction:
        return claim_message(transaction, owner, now)


def said(store, claimed, problem="") -> None:
    """Mark something as said, or as given up."""
    with store.write() as transaction:
        finish_message(transaction, claimed, problem)


def put_off(store, claimed, due_at, problem="slow down") -> None:
    """Say something later."""
    with store.write() as transaction:
        retry_later(transaction, claimed, due_at, problem)


def seqs(store) -> list[int]:
    """The numbers of the outbox's rows, in their order."""
    with store.read() as transaction:
        return list(transaction.execute(select(outbox.c.seq).order_by(outbox.c.seq)).scalars())


def states(store, table=outbox) -> list[str]:
    """The state of each row, oldest first."""
    with store.read() as transaction:
        return list(transaction.execute(select(table.c.state).order_by(table.c.seq)).scalars())


def test_request_is_received_once(store):
    """A second delivery with one key is no second request; without a key nothing is taken for a repetition."""
    new = [ask(store, number, dedupe=key) for number, key in enumerate(("t/1", "t/1", "t/2", None, None), 1)]
    assert new == [True, False, True, True, True]
    assert states(store, inbox) == ["new"] * 4


def test_request_comes_back_as_it_was_received(store):
    """Content and id are those of the row; the content lies sealed."""
    ask(store, 1)
    with store.read() as transaction:
        assert_no_canary(str(dict(transaction.execute(select(inbox)).mappings().one())), ["Quentin Oduya"])
    claimed = take(store)
    assert (claimed.id, claimed.lane, claimed.kind, claimed.content) == (opaque(1), "C1", "slack", CONTENT)


def test_lane_is_worked_one_after_the_other(store):
    """A request waits for the older ones of its lane, and for no other lane."""
    for number, lane in enumerate(("C1", "C1", "C2", "C1"), 1):
        ask(store, number, lane)
    first, other = take(store), take(store)
    assert [first.id, other.id, take(store)] == [opaque(1), opaque(3), None]
    finish(store, first)
    second = take(store)
    assert (second.id, take(store)) == (opaque(2), None)
    finish(store, second)
    assert take(store).id == opaque(4)


def test_claim_ends_and_the_zombie_is_refused(store):
    """After the lease another worker has the row; whoever had it before can finish nothing any more."""
    ask(store, 1)
    zombie = take(store)
    assert take(store, "two", NOW + LEASE) is None
    taken = take(store, "two", NOW + LEASE * 1.01)
    assert (taken.id, taken.fence) == (zombie.id, zombie.fence + 1)
    with pytest.raises(FenceError):
        finish(store, zombie)
    finish(store, taken)
    with pytest.raises(FenceError):
        finish(store, taken)
    assert states(store, inbox) == ["done"]


def test_work_of_a_zombie_is_undone(store):
    """What a zombie wrote in the same transaction as its finish does not stay."""
    ask(store, 1)
    zombie = take(store)
    take(store, "two", NOW + LEASE * 2)

    def work():
        with store.write() as transaction:
            enqueue(transaction, OutboxMessage("answer", "answer/1", {}, NOW))
            finish_request(transaction, zombie)

    with pytest.raises(FenceError):
        work()
    assert states(store) == []


def test_restarted_worker_frees_only_its_own_claims(store):
    """A restart does not wait for the lease of its predecessor, and touches nobody else's."""
    for number in (1, 2):
        ask(store, number, f"C{number}")
        tell(store, f"card/{number}")
    mine, theirs = take(store, "one"), take(store, "two")
    my_saying, _ = speak(store, "one"), speak(store, "two")
    with store.write() as transaction:
        release_claims(transaction, "one")
    assert (take(store, "one").id, take(store, "one")) == (mine.id, None)
    assert (speak(store, "one").lane, speak(store, "one")) == (my_saying.lane, None)
    finish(store, theirs)


def test_request_that_does_not_open_stops_only_its_own_lane(store, caplog):
    """A row that was altered, or whose key is gone, is said to wait and tried after its lease; others are worked."""
    for number, lane in enumerate(("C1", "C1", "C2"), 1):
        ask(store, number, lane)
    with store.write() as transaction:
        mine = inbox.c.id == opaque(1)
        seq, sealed = transaction.execute(select(inbox.c.seq, inbox.c.sealed).where(mine)).one()
        transaction.execute(update(inbox).where(mine).values(sealed={**sealed, "key": "gone"}))
    assert (take(store).id, take(store)) == (opaque(3), None)
    said = "sealed with key gone, which is not in BRIDGEPKG_SEALING_KEYS; add it there"
    assert [record.getMessage() for record in caplog.records] == [f"row {seq} waits: {said}"]
    with store.write() as transaction:
        transaction.execute(update(inbox).where(mine).values(sealed=sealed))
    assert take(store, now=NOW + LEASE * 1.01).id == opaque(1)


def test_saying_that_does_not_open_stops_only_its_own_target(store, caplog):
    """A row of the outbox that was altered waits, and the others are sent."""
    tell(store, "a")
    tell(store, "b")
    with store.write() as transaction:
        sealed = select(outbox.c.sealed).where(outbox.c.target == "b").scalar_subquery()
        transaction.execute(update(outbox).where(outbox.c.target == "a").values(sealed=sealed))
    assert (speak(store).lane, speak(store)) == ("b", None)
    assert [record.levelname for record in caplog.records] == ["ERROR"]


def edit(store, seq: int, **values) -> None:
    """Change a row of the outbox as somebody with the database alone could."""
    with store.write() as transaction:
        transaction.execute(update(outbox).where(outbox.c.seq == seq).values(**values))


@pytest.mark.parametrize(
    "values",
    [
        {"kind": "take-down"},
        {"target": "bridge/2"},
        {"target": "tell/1", "kind": "tell"},
        {"kind": "amend/bridge", "target": "1"},
    ],
)
def test_row_made_to_stand_for_another_is_never_sent(store, caplog, values):
    """Kind and target are sealed with the content: an edited row does not open, is reported, stops no other (P16)."""
    tell(store, "bridge/1", kind="amend")
    tell(store, "bridge/3", kind="amend")
    first, second = seqs(store)
    edit(store, first, **values)
    assert (speak(store).seq, speak(store)) == (second, None)
    unopened = f"row {first} waits: the sealed part does not open with its key: it was altered or moved"
    assert [record.getMessage() for record in caplog.records] == [unopened]


def test_rows_whose_contents_were_exchanged_are_never_sent(store, caplog):
    """Neither of two rows says what the other was to say."""
    tell(store, "bridge/1", kind="amend")
    tell(store, "bridge/1/2", kind="amend")
    first, second = seqs(store)
    with store.read() as transaction:
        contents = {row.seq: row.sealed for row in transaction.execute(select(outbox))}
    edit(store, first, sealed=contents[second])
    edit(store, second, sealed=contents[first])
    assert speak(store) is None
    assert [record.levelname for record in caplog.records] == ["ERROR"] * 2


def test_waiting_target_is_not_repeated(store):
    """A target waits once, because it is drawn from the latest state; while it is being sent it may wait again."""
    for _ in range(3):
        tell(store)
    assert states(store) == ["new"]
    claimed = speak(store)
    tell(store)
    tell(store)
    assert states(store) == ["claimed", "new"]
    assert speak(store) is None
    said(store, claimed)
    assert speak(store).seq > claimed.seq


def test_waiting_target_is_pulled_forward(store):
    """What is asked for now does not wait for the pause of an earlier attempt; a later asking does not push it."""
    tell(store)
    put_off(store, speak(store), later(60))
    tell(store, due_at=later(5))
    tell(store, due_at=later(90))
    assert [speak(store, now=later(seconds)) is not None for seconds in (4, 5, 5)] == [False, True, False]


def test_urgent_things_are_said_first(store):
    """Low priorities go first, then the order of asking; what is not due waits."""
    for target, priority, due in (("a", 2, 0), ("b", 1, 0), ("c", 0, 9), ("d", 0, 0), ("e", 1, 0)):
        tell(store, target, priority=priority, due_at=later(due))
    assert [claimed.lane if claimed else None for claimed in (speak(store) for _ in range(5))] == [
        "d",
        "b",
        "e",
        "a",
        None,
    ]
    assert speak(store, now=later(10)).lane == "c"


def test_saying_is_tried_again_later(store):
    """A row that was put off keeps its content, counts its attempts, and comes when it is due."""
    tell(store)
    claimed = speak(store)
    put_off(store, claimed, later(5))
    assert speak(store, now=later(4)) is None
    again = speak(store, now=later(5))
    assert (again.content, again.attempts, again.fence) == ({"draft": "card/1"}, 1, claimed.fence + 1)


def test_saying_put_off_gives_way_to_a_newer_one(store):
    """When its target waits again meanwhile, the later row does the work, at once."""
    tell(store)
    claimed = speak(store)
    tell(store)
    put_off(store, claimed, later(60))
    assert states(store) == ["done", "new"]
    assert speak(store).seq > claimed.seq


def hold(store, claimed) -> None:
    """Prolong a claim."""
    with store.write() as transaction:
        hold_fence(transaction, claimed, later(40))


@pytest.mark.parametrize("end", [said, hold, lambda store, zombie: put_off(store, zombie, later(1))])
def test_zombie_of_the_outbox_is_refused(store, end):
    """Whoever lost a row can neither finish it, nor put it off, nor prolong it: a release asks before it posts."""
    tell(store)
    zombie = speak(store)
    assert speak(store, "two", NOW + LEASE * 1.01) is not None
    with pytest.raises(FenceError):
        end(store, zombie)


def test_held_fence_prolongs_a_claim(store):
    """A claim that is held counts its lease from then."""
    tell(store)
    claimed = speak(store)
    with store.write() as transaction:
        hold_fence(transaction, claimed, later(20))
    assert speak(store, "two", later(49)) is None
    assert speak(store, "two", later(51)) is not None


def test_waiting_counts_what_is_unfinished(store):
    """Requests and sayings, claimed or due later too; what is done or given up is finished."""
    for number in (1, 2, 3):
        ask(store, number, f"C{number}")
        tell(store, f"card/{number}", due_at=later(number))
    finish(store, take(store))
    take(store)
    said(store, speak(store, now=later(9)))
    said(store, speak(store, now=later(9)), "the channel is gone")
    with store.read() as transaction:
        assert waiting(transaction) == (2, 1)
    assert states(store) == ["done", "failed", "new"]
