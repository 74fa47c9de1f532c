"""The log: hash-chained entries per incident, and one global stream over all of them (promise P8).

An entry's hash covers its stream, number, kind, subject, payload digest, time, the act that made it and the hash
before: a plain chain, which an auditor checks without any secret. Appending moves the chain's head by compare-and-set
inside the caller's transaction, and signs it there (Ed25519): an entry exists exactly when what it tells happened, and
whoever can only write to the database cannot end a chain otherwise. An act is used once.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

import orjson
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from sqlalchemy import insert, select, update

from profiles.codes import LogKind
from profiles.frozen import Digest, Frozen, replace
from storage.sealing import SealedError
from storage.store import StoreError, Transaction
from storage.tables import log_entries, log_heads, log_payloads
from transforms.model.canonical import canonical, digest
from transforms.publish.manifest import key_id

GLOBAL: Final = "global"
NOTHING: Final = "0" * 64


class ChainMovedError(Exception):
    """The chain moved under this transaction; the whole transaction is tried again."""


class ActUsedError(Exception):
    """The log tells of this act already; nothing is done by it a second time."""


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened: in which incident, what, to what, when, and what there is to say of it."""

    stream: str
    kind: LogKind
    subject: str
    at: datetime
    payload: dict[str, Any] = field(default_factory=dict)


class Entry(Frozen):
    """One link as it is checked: what the hash covers, and the hash."""

    stream: str
    seq: int
    kind: str
    subject: str
    payload_digest: Digest
    at: datetime
    act: str | None = None
    previous: Digest
    hash: Digest

    def recomputed(self) -> Digest:
        """What the hash must be."""
        return digest(self.model_dump(mode="json", exclude={"hash"}))


def append(transaction: Transaction, event: Event) -> Digest:
    """Add one entry to the incident's stream and its hash to the global one; returns the entry's hash.

    `ActUsedError` when an earlier transaction wrote an entry by the same act.
    """
    _use_act(transaction)
    own = _link(transaction, event)
    subject, told = f"{event.stream}/{own.seq}", {"entry": own.hash}
    _link(transaction, Event(stream=GLOBAL, kind=event.kind, subject=subject, at=event.at, payload=told))
    transaction.notes.append((event.kind, event.subject))
    return own.hash


def _use_act(transaction: Transaction) -> None:
    if transaction.act is None or transaction.act_is_new:
        return
    used = select(log_entries.c.id).where(log_entries.c.act == transaction.act).limit(1)
    if transaction.execute(used).first() is not None:
        raise ActUsedError(transaction.act)
    transaction.act_is_new = True


def _link(transaction: Transaction, event: Event) -> Entry:
    seq, previous = _head(transaction, event.stream)
    entry = Entry(
        stream=event.stream,
        seq=seq + 1,
        kind=event.kind,
        subject=event.subject,
        payload_digest=digest(event.payload),
        at=event.at,
        act=transaction.act,
        previous=previous,
        hash=NOTHING,
    )
    entry = replace(entry, hash=entry.recomputed())
    transaction.execute(insert(log_entries).values(**entry.model_dump()))
    sealed = transaction.seal(event.payload, f"log/{entry.stream}/{entry.seq}")
    transaction.execute(insert(log_payloads).values(stream=entry.stream, seq=entry.seq, sealed=sealed))
    end = update(log_heads).where(log_heads.c.stream == entry.stream, log_heads.c.seq == seq)
    if transaction.execute(end.values(seq=entry.seq, hash=entry.hash, **_signed(transaction, entry))).rowcount != 1:
        raise ChainMovedError(entry.stream)
    return entry


def _signed(transaction: Transaction, entry: Entry) -> dict[str, str]:
    """The head's signature and the id of its key."""
    if transaction.signing is None:
        raise StoreError("this program was started without BRIDGEPKG_SIGNING_KEY, so it can append nothing to the log")
    signature = transaction.signing.sign(_stated(entry.stream, entry.seq, entry.hash))
    return {"key": key_id(transaction.signing.public_key()), "signature": signature.hex()}


def _stated(stream: str, seq: int, end: str) -> bytes:
    """What the signature of a head is over; its first line keeps it from passing for anything else."""
    return b"bridgepkg.log-head/1\n" + canonical({"stream": stream, "seq": seq, "hash": end})


def _head(transaction: Transaction, stream: str) -> tuple[int, str]:
    """The end of a chain, locked until the transaction ends; a new chain starts at nothing."""
    transaction.insert_new(log_heads, {"stream": stream, "seq": 0, "hash": NOTHING, "key": "", "signature": ""})
    row = transaction.execute(select(log_heads).where(log_heads.c.stream == stream).with_for_update()).one()
    return row.seq, row.hash


def entries(transaction: Transaction, stream: str) -> Iterator[Entry]:
    """The entries of one stream in order."""
    found = select(log_entries).where(log_entries.c.stream == stream).order_by(log_entries.c.seq)
    for row in transaction.execute(found):
        yield Entry.model_validate({name: getattr(row, name) for name in Entry.model_fields})


def latest(transaction: Transaction, stream: str, kind: str, subject: str) -> Entry | None:
    """The last entry of this kind about this subject; none when it never happened."""
    about = (log_entries.c.stream == stream) & (log_entries.c.kind == kind) & (log_entries.c.subject == subject)
    found = select(log_entries).where(about).order_by(log_entries.c.seq.desc()).limit(1)
    row = transaction.execute(found).one_or_none()
    return Entry.model_validate({name: getattr(row, name) for name in Entry.model_fields}) if row else None


def payload(transaction: Transaction, stream: str, seq: int) -> bytes | None:
    """What an entry says; none once retention has purged it."""
    mine = (log_payloads.c.stream == stream) & (log_payloads.c.seq == seq)
    row = transaction.execute(select(log_payloads.c.sealed).where(mine)).one_or_none()
    return transaction.unseal(row.sealed, f"log/{stream}/{seq}") if row else None


def faults(transaction: Transaction, public: Ed25519PublicKey | None = None) -> Iterator[str]:
    """Every place where the log does not hold: altered, dropped, reordered, cut off, or with another payload.

    With the public key of this installation the signed ends of the chains are checked as well.
    """
    heads = {row.stream: row for row in transaction.execute(select(log_heads))}
    streams = transaction.execute(select(log_entries.c.stream).distinct()).scalars()
    for stream in sorted({*heads, *streams}):
        yield from _unchained(transaction, stream, heads.get(stream))
        if public and stream in heads and not _is_signed(heads[stream], public):
            yield f"{stream}: its end is not signed with this installation's key"
    yield from _unlisted(transaction)
    yield from _misquoted(transaction)


def _unchained(transaction: Transaction, stream: str, head: Any) -> Iterator[str]:
    """Where one stream does not follow from its beginning to its head."""
    previous, number = NOTHING, 0
    for entry in _readable(transaction, stream):
        if entry is None:
            yield f"{stream}/{number + 1}: is no entry"
            continue
        number += 1
        if entry.seq != number or entry.previous != previous:
            yield f"{stream}/{entry.seq}: does not follow {stream}/{number - 1}"
        if entry.hash != entry.recomputed():
            yield f"{stream}/{entry.seq}: was altered"
        previous, number = entry.hash, entry.seq
    if head is None or (head.seq, head.hash) != (number, previous):
        yield f"{stream}: ends at {number}, but its head says otherwise"


def _is_signed(head: Any, public: Ed25519PublicKey) -> bool:
    try:
        public.verify(bytes.fromhex(head.signature), _stated(head.stream, head.seq, head.hash))
    except (InvalidSignature, ValueError):
        return False
    return bool(head.key == key_id(public))


def _unlisted(transaction: Transaction) -> Iterator[str]:
    """Entries of incidents that the global stream does not list, or lists differently or twice."""
    listed: dict[str, str] = {}
    for entry in filter(None, _readable(transaction, GLOBAL)):
        if entry.subject in listed:
            yield f"{GLOBAL}/{entry.seq}: lists {entry.subject} again"
        listed[entry.subject] = entry.payload_digest
    own = select(log_entries.c.stream, log_entries.c.seq, log_entries.c.hash).where(log_entries.c.stream != GLOBAL)
    for row in transaction.execute(own):
        place = f"{row.stream}/{row.seq}"
        if listed.pop(place, None) != digest({"entry": row.hash}):
            yield f"{place}: the global stream tells of another entry"
    yield from (f"{place}: is in the global stream, but gone from its own" for place in listed)


def _misquoted(transaction: Transaction) -> Iterator[str]:
    """Payloads that are not what their entry was made with; one that retention has purged is none."""
    stated = select(log_entries.c.stream, log_entries.c.seq, log_entries.c.payload_digest)
    digests = {(row.stream, row.seq): row.payload_digest for row in transaction.execute(stated)}
    for row in transaction.execute(
        select(log_payloads.c.stream, log_payloads.c.seq).order_by(*log_payloads.primary_key)
    ):
        place = (row.stream, row.seq)
        if place not in digests:
            yield f"{row.stream}/{row.seq}: a payload without its entry"
            continue
        try:
            said = orjson.loads(payload(transaction, *place) or b"")
        except (SealedError, ValueError):
            yield f"{row.stream}/{row.seq}: its payload does not open"
            continue
        if digest(said) != digests[place]:
            yield f"{row.stream}/{row.seq}: its payload was altered"


def _readable(transaction: Transaction, stream: str) -> Iterator[Entry | None]:
    """The entries of one stream in order, with none in the place of a row that nobody can read."""
    found = select(log_entries).where(log_entries.c.stream == stream).order_by(log_entries.c.seq)
    rows = transaction.execute(found)
    while True:
        try:
            row = rows.fetchone()
            if row is None:
                return
            yield Entry.model_validate({name: getattr(row, name) for name in Entry.model_fields})
        except ValueError:
            yield None
