"""Inbox and outbox: durable rows, claimed with a fence for a limited time.

Inbox rows of one lane (one incident) are worked one after the other; outbox rows of one target are sent one after the
other, and a target waits at most once, so that a drawing is made from the latest state. On Postgres many workers claim
side by side with FOR UPDATE SKIP LOCKED; on SQLite the write lock orders them.
"""

import logging
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from urllib.parse import quote

import orjson
from sqlalchemy import BindParameter, Select, Table, and_, bindparam, exists, func, or_, select, update
from sqlalchemy.exc import IntegrityError

from storage.sealing import SealedError
from storage.store import Transaction
from storage.tables import IS_UNFINISHED, IS_UNSENT, IS_WAITING, inbox, outbox

logger = logging.getLogger("bridgepkg.store")

LEASE: Final = timedelta(seconds=30)
"""How long a claim holds without an answer; then another worker may take the row, and the old fence is void."""


class FenceError(Exception):
    """The claim ran out and another worker has the row; this worker's result is dropped."""


@dataclass(frozen=True, slots=True)
class Claimed:
    """A row that this worker may finish while its fence is the newest; `received_at` is when a request came."""

    seq: int
    fence: int
    lane: str
    kind: str
    content: dict[str, Any]
    attempts: int = 0
    id: str = ""
    received_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Request:
    """What listen commits: lane, content and when it came; `dedupe` is set where Slack may deliver it again."""

    id: str
    lane: str
    content: Mapping[str, Any]
    received_at: datetime
    dedupe: str | None = None


def receive(transaction: Transaction, request: Request) -> bool:
    """Commit one request; false when it was delivered before (same dedupe key). A lane commits in its order."""
    transaction.advisory_lock(f"inbox/{request.lane}")
    values = {
        "id": request.id,
        "lane": request.lane,
        "dedupe": request.dedupe,
        "sealed": transaction.seal(request.content, f"inbox/{request.id}"),
        "received_at": request.received_at,
        "state": "new",
        "fence": 0,
    }
    return transaction.insert_new(inbox, values, index_elements=["dedupe"])


def claim_request(transaction: Transaction, owner: str, now: datetime) -> Claimed | None:
    """The oldest request whose lane has no older unfinished one."""
    for row in _claims(transaction, inbox, NEXT_REQUEST, owner, now):
        content = _opened(transaction, row, f"inbox/{row.id}")
        if content is not None:
            return Claimed(
                seq=row.seq,
                fence=row.fence,
                lane=row.lane,
                kind=content["kind"],
                content=content,
                id=row.id,
                received_at=row.received_at,
            )
    return None


def finish_request(transaction: Transaction, claimed: Claimed) -> None:
    """Mark a request as worked, in the transaction that holds its effects; `FenceError` when the claim ran out."""
    _finish(transaction, inbox, claimed, {"state": "done", "owner": None})


@dataclass(frozen=True, slots=True)
class OutboxMessage:
    """One thing to say: its kind, the target that waits at most once, and what to draw. Low priorities go first."""

    kind: str
    target: str
    content: Mapping[str, Any]
    due_at: datetime
    priority: int = 1


def enqueue(transaction: Transaction, saying: OutboxMessage) -> None:
    """Put one thing to say into the outbox; a target that waits already is not repeated, but pulled forward.

    Touching the waiting row locks it, so that nobody draws it from the state before this transaction.
    """
    values = {
        "kind": saying.kind,
        "target": saying.target,
        "priority": saying.priority,
        "sealed": transaction.seal(saying.content, _outbox_place(saying.kind, saying.target)),
        "due_at": saying.due_at,
        "state": "new",
        "attempts": 0,
        "fence": 0,
        "problem": "",
    }
    transaction.upsert_earliest(outbox, values, "due_at", index_elements=["target"], index_where=IS_WAITING)


def _outbox_place(kind: str, target: str) -> str:
    """What an outbox row is sealed for: a row whose kind or target was edited does not open (promise P16)."""
    return f"outbox/{quote(kind, safe='')}/{target}"


def claim_message(transaction: Transaction, owner: str, now: datetime) -> Claimed | None:
    """The most urgent due row, oldest first, whose target nobody is sending."""
    for row in _claims(transaction, outbox, NEXT_MESSAGE, owner, now):
        content = _opened(transaction, row, _outbox_place(row.kind, row.target))
        if content is not None:
            tried = row.attempts
            return Claimed(row.seq, row.fence, lane=row.target, kind=row.kind, content=content, attempts=tried)
    return None


def finish_message(transaction: Transaction, claimed: Claimed, problem: str = "") -> None:
    """Mark a row as said, or as given up with the problem; `FenceError` when the claim ran out."""
    _finish(transaction, outbox, claimed, {"state": "failed" if problem else "done", "problem": problem[:500]})


def retry_later(transaction: Transaction, claimed: Claimed, due_at: datetime, problem: str) -> None:
    """Try a row again at `due_at`. If its target waits again meanwhile, that later row does the work."""
    values = {"state": "new", "due_at": due_at, "attempts": claimed.attempts + 1, "problem": problem[:500]}
    try:
        with transaction.connection.begin_nested():
            _finish(transaction, outbox, claimed, values)
    except IntegrityError:
        _finish(transaction, outbox, claimed, {"state": "done", "problem": problem[:500]})


def hold_fence(transaction: Transaction, claimed: Claimed, now: datetime) -> None:
    """Prolong a claim on an outbox row; `FenceError` when another worker has it."""
    _finish(transaction, outbox, claimed, {"claimed_until": now + LEASE})


def release_claims(transaction: Transaction, owner: str) -> None:
    """Free what a dead worker of the same name had claimed, so that a restart does not wait for the lease."""
    for table in (inbox, outbox):
        mine = (table.c.owner == owner) & (table.c.state == "claimed")
        transaction.execute(update(table).where(mine).values(claimed_until=None))


UNFINISHED: Final = select(func.count()).select_from(inbox).where(inbox.c.state != "done")
UNSENT: Final = select(func.count()).select_from(outbox).where(outbox.c.state.in_(("new", "claimed")))


def waiting(transaction: Transaction) -> tuple[int, int]:
    """How many requests and how many sayings are unfinished, due or not."""
    return transaction.execute(UNFINISHED).scalar_one(), transaction.execute(UNSENT).scalar_one()


@dataclass(frozen=True, slots=True)
class Backlog:
    """What one queue has unfinished: rows by kind, and since when the oldest of them has been due."""

    rows: Mapping[str, int]
    oldest: datetime | None


def inbox_backlog(transaction: Transaction) -> Backlog:
    """The unfinished requests, all of one kind, and when the oldest of them came; read by the index of them."""
    query = select(func.count(), func.min(inbox.c.received_at)).where(IS_UNFINISHED)
    rows, oldest = transaction.execute(query).one()
    return Backlog({"request": rows}, oldest)


def outbox_backlog(transaction: Transaction) -> Backlog:
    """The unsent rows by kind, and when the oldest of them was due; read by the index of states."""
    query = select(outbox.c.kind, func.count(), func.min(outbox.c.due_at)).where(IS_UNSENT).group_by(outbox.c.kind)
    found = transaction.execute(query).all()
    return Backlog({kind: rows for kind, rows, _ in found}, min((due for *_, due in found), default=None))


def _next_request() -> Select[Any]:
    """Finds the oldest request whose lane has no older unfinished one."""
    older = inbox.alias("older")
    blocked = exists().where(older.c.lane == inbox.c.lane, older.c.seq < inbox.c.seq, older.c.state != "done")
    return _next(inbox, ~blocked).order_by(inbox.c.seq)


def _next_message() -> Select[Any]:
    """Finds the most urgent due row, oldest first, whose target nobody is sending."""
    other = outbox.alias("other")
    busy = exists().where(
        other.c.target == outbox.c.target, other.c.seq < outbox.c.seq, other.c.state.in_(("new", "claimed"))
    )
    return _next(outbox, and_(outbox.c.due_at <= NOW, ~busy)).order_by(outbox.c.priority, outbox.c.seq)


def _next(table: Table, fitting: Any) -> Select[Any]:
    expired = or_(table.c.claimed_until.is_(None), table.c.claimed_until < NOW)
    claimable = or_(table.c.state == "new", and_(table.c.state == "claimed", expired))
    return select(table.c.seq).where(claimable, fitting).limit(1).with_for_update(skip_locked=True)


NOW: Final[BindParameter[Any]] = bindparam("now")
NEXT_REQUEST: Final = _next_request()
NEXT_MESSAGE: Final = _next_message()
"""Built once: a worker that has nothing to do asks both twenty times a second."""


def _claims(transaction: Transaction, table: Table, found: Select[Any], owner: str, now: datetime) -> Iterator[Any]:
    """Claim one row after the other that a statement finds, for as long as the caller wants another."""
    values = {"state": "claimed", "owner": owner, "fence": table.c.fence + 1, "claimed_until": now + LEASE}
    while (seq := transaction.execute(found, {"now": now}).scalar_one_or_none()) is not None:
        yield transaction.execute(update(table).where(table.c.seq == seq).values(**values).returning(table)).one()


def _opened(transaction: Transaction, row: Any, place: str) -> dict[str, Any] | None:
    """What a row holds; none when it does not open, and then it is tried again when its claim has run out."""
    try:
        content: dict[str, Any] = orjson.loads(transaction.unseal(row.sealed, place))
    except SealedError as problem:
        logger.error("row %s waits: %s", row.seq, problem)  # noqa: TRY400 -- one line that says how to fix it
        return None
    return content


def _finish(transaction: Transaction, table: Table, claimed: Claimed, values: dict[str, Any]) -> None:
    mine = (table.c.seq == claimed.seq) & (table.c.fence == claimed.fence) & (table.c.state == "claimed")
    if transaction.execute(update(table).where(mine).values(**values)).rowcount != 1:
        raise FenceError(claimed.lane)
