"""Several workers on one database: every row once, no lane twice at a time, and nothing lost between transactions."""

import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import select, text

from storage.queues import (
    OutboxMessage,
    Request,
    claim_message,
    claim_request,
    enqueue,
    finish_message,
    finish_request,
    receive,
    retry_later,
)
from storage.store import Store
from storage.tables import inbox, outbox
from tests.databases import KEYS, SIGNING
from tests.storage.stored import NOW, later, opaque

LANES, ROWS, WORKERS = ("C1", "C2", "C3"), 45, 5

only_postgres = pytest.mark.parametrize("shared_store", ["postgres"], indirect=True)


class Watch:
    """What several workers do, and where two did the same at once."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.active: Counter[str] = Counter()
        self.worked: list[str] = []
        self.clashes: list[str] = []

    def begin(self, lane) -> None:
        """A worker has a row of this lane."""
        with self.lock:
            self.active[lane] += 1
            if self.active[lane] > 1:
                self.clashes.append(lane)

    def end(self, lane, row) -> None:
        """It is about to finish it."""
        with self.lock:
            self.active[lane] -= 1
            self.worked.append(row)


def at_once(url, work) -> None:
    """Run a worker's loop in several threads, each with a store of its own, until every one has ended."""
    stores = [Store(url, KEYS, SIGNING) for _ in range(WORKERS)]
    with ThreadPoolExecutor(WORKERS) as pool:
        list(pool.map(work, stores, range(WORKERS)))
    for store in stores:
        store.close()


def test_workers_share_the_inbox(store):
    """Every request is worked once, in the order of its lane, and no lane by two workers at a time."""
    watch, left = Watch(), threading.Semaphore(ROWS)
    for number in range(ROWS):
        with store.write() as transaction:
            receive(transaction, Request(opaque(number), LANES[number % 3], {"kind": "slack"}, NOW))

    def work(mine, number):
        while len(watch.worked) < ROWS:
            with mine.write() as transaction:
                claimed = claim_request(transaction, f"worker {number}", NOW)
            if claimed is None:
                continue
            watch.begin(claimed.lane)
            left.acquire(timeout=1)
            watch.end(claimed.lane, claimed.id)
            with mine.write() as transaction:
                finish_request(transaction, claimed)

    at_once(store.url, work)
    assert (watch.clashes, sorted(watch.worked)) == ([], [opaque(number) for number in range(ROWS)])
    for lane in range(3):
        mine = [row for row in watch.worked if int(row, 16) % 3 == lane]
        assert mine == sorted(mine)


def test_workers_share_the_outbox(store):
    """Targets that are asked for again and again are sent by one worker at a time, and the last asking is sent."""
    watch = Watch()
    for number in range(9):
        with store.write() as transaction:
            enqueue(transaction, OutboxMessage("card", LANES[number % 3], {}, NOW))

    def work(mine, number):
        for again in range(6):
            with mine.write() as transaction:
                claimed = claim_message(transaction, f"worker {number}", NOW)
            if claimed is None:
                continue
            watch.begin(claimed.lane)
            with mine.write() as transaction:
                enqueue(transaction, OutboxMessage("card", LANES[(number + again) % 3], {}, NOW))
            watch.end(claimed.lane, claimed.lane)
            with mine.write() as transaction:
                finish_message(transaction, claimed)

    at_once(store.url, work)
    assert watch.clashes == []
    with store.write() as transaction:
        while claimed := claim_message(transaction, "last", NOW):
            finish_message(transaction, claimed)
        assert set(transaction.execute(select(outbox.c.state)).scalars()) == {"done"}


def blocked(store) -> bool:
    """Whether a transaction waits for a lock."""
    with store.read() as transaction:
        waits = text(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
        )
        return bool(transaction.execute(waits).scalar_one())


def meanwhile(store, write):
    """Run a write in another thread until it waits for a lock, or is done; the thread."""
    thread = threading.Thread(target=write)
    thread.start()
    deadline = time.monotonic() + 10
    while thread.is_alive() and not blocked(store):
        assert time.monotonic() < deadline
    return thread


def ask(store, number) -> None:
    """Receive a request of one lane."""
    with store.write() as transaction:
        receive(transaction, Request(opaque(number), "C1", {"kind": "slack"}, NOW))


@only_postgres
def test_lane_commits_in_its_order(store):
    """A younger request of a lane is not there before an older one, even if that one is slow to commit."""
    with store.write() as transaction:
        receive(transaction, Request(opaque(1), "C1", {"kind": "slack"}, NOW))
        thread = meanwhile(store, lambda: ask(store, 2))
        with store.read() as reading:
            assert list(reading.execute(select(inbox.c.id)).scalars()) == []
    thread.join(10)
    with store.read() as reading:
        assert list(reading.execute(select(inbox.c.id).order_by(inbox.c.seq)).scalars()) == [opaque(1), opaque(2)]


@only_postgres
def test_target_is_not_drawn_from_before_the_change(store):
    """Who is about to change what a waiting row draws keeps it from being sent until the change is there."""
    with store.write() as transaction:
        enqueue(transaction, OutboxMessage("card", "card/1", {}, NOW))
    with store.write() as transaction:
        enqueue(transaction, OutboxMessage("card", "card/1", {}, NOW))
        with store.write() as other:
            assert claim_message(other, "two", NOW) is None
    with store.write() as transaction:
        assert claim_message(transaction, "two", NOW).lane == "card/1"


@only_postgres
def test_target_waits_again_when_it_was_just_claimed(store):
    """A change that meets a row in the moment of its claim gets a row of its own."""
    with store.write() as transaction:
        enqueue(transaction, OutboxMessage("card", "card/1", {}, NOW))

    def change():
        with store.write() as transaction:
            enqueue(transaction, OutboxMessage("card", "card/1", {}, NOW))

    with store.write() as transaction:
        claimed = claim_message(transaction, "one", NOW)
        thread = meanwhile(store, change)
    thread.join(10)
    with store.write() as transaction:
        finish_message(transaction, claimed)
        assert claim_message(transaction, "one", NOW).seq > claimed.seq


@only_postgres
def test_saying_put_off_gives_way_to_one_in_the_making(store):
    """A row that is put off while another transaction asks for its target again ends, and that one does the work."""
    with store.write() as transaction:
        enqueue(transaction, OutboxMessage("card", "card/1", {}, NOW))
    with store.write() as transaction:
        claimed = claim_message(transaction, "one", NOW)

    def put_off():
        with store.write() as transaction:
            retry_later(transaction, claimed, later(60), "slow down")

    with store.write() as transaction:
        enqueue(transaction, OutboxMessage("card", "card/1", {}, NOW))
        thread = meanwhile(store, put_off)
    thread.join(10)
    with store.read() as reading:
        assert list(reading.execute(select(outbox.c.state).order_by(outbox.c.seq)).scalars()) == ["done", "new"]
