"""The log: entries exist exactly when what they tell happened, and every tampering is found (promise P8)."""

import json
from contextlib import closing
from datetime import UTC, datetime

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import delete, func, insert, select, update

from profiles.codes import LogKind
from storage.log import GLOBAL, NOTHING, ActUsedError, Event, append, entries, faults, payload
from storage.store import Store, StoreError
from storage.tables import log_entries, log_heads, log_payloads
from tests.databases import KEYS, SIGNING
from tests.storage.stored import NOW, later, opaque, undone
from transforms.model.canonical import digest

A, B = "INC-1042", "INC-2000"


@pytest.fixture(scope="module")
def chained(kept_store):
    """Four entries of one incident and three of another, mixed; tests leave them as they are."""
    with kept_store.write() as transaction:
        for number, stream in enumerate((A, B, A, A, B, A, B), 1):
            told = {"number": number, "by": "U0KIM"}
            append(transaction, Event(stream, f"kind-{number}", f"subject-{number}", later(number), told))
    assert found(kept_store) == []
    return kept_store


def found(store) -> list[str]:
    """What `audit verify` would find."""
    with store.read() as transaction:
        return list(faults(transaction))


def tamper(store, *statements) -> list[str]:
    """Change the database behind the program's back, see what is found then, and put it back."""
    with undone(store) as transaction:
        for statement in statements:
            if isinstance(statement, str):
                transaction.connection.exec_driver_sql(statement)
            else:
                transaction.execute(statement)
        return list(faults(transaction))


def entry_of(stream, seq):
    """The row of one entry, as the condition of a statement."""
    return (log_entries.c.stream == stream) & (log_entries.c.seq == seq)


def row_of(store, stream, seq) -> dict:
    """The columns of one entry without its row id."""
    with store.read() as transaction:
        row = transaction.execute(select(log_entries).where(entry_of(stream, seq))).mappings().one()
    return {name: value for name, value in row.items() if name != "id"}


def rehashed(values: dict) -> dict:
    """An entry with the hash that it must have: what a forger who knows the rule would write."""
    covered = {name: value for name, value in values.items() if name != "hash"}
    at = values["at"].astimezone(UTC).isoformat().replace("+00:00", "Z")
    return {**values, "hash": digest({**covered, "at": at})}


def test_append_chains_each_incident_and_all_of_them(chained):
    """Each stream counts from one, each entry names the hash before, and the global stream lists every entry."""
    with chained.read() as transaction:
        mine, every = list(entries(transaction, A)), list(entries(transaction, GLOBAL))
    assert [entry.seq for entry in mine] == [1, 2, 3, 4]
    assert [entry.previous for entry in mine] == [NOTHING, *(entry.hash for entry in mine[:-1])]
    assert [entry.kind for entry in mine] == ["kind-1", "kind-3", "kind-4", "kind-6"]
    assert [e.subject for e in every] == [f"{A}/1", f"{B}/1", f"{A}/2", f"{A}/3", f"{B}/2", f"{A}/4", f"{B}/3"]
    assert [e.payload_digest for e in every if e.subject.startswith(A)] == [digest({"entry": e.hash}) for e in mine]


def test_append_rolls_back_with_what_it_tells(store):
    """An entry of a transaction that fails does not exist, and the chain goes on without a gap."""
    with undone(store) as transaction:
        append(transaction, Event(A, "lost", "x", later(9)))
    with store.write() as transaction:
        append(transaction, Event(A, "kept", "x", later(9)))
    assert row_of(store, A, 1)["kind"] == "kept"
    assert found(store) == []


def test_rehashing_is_the_rule_of_the_log(chained):
    """The forger of these tests hashes as the log does; otherwise they would prove nothing."""
    for stream, seq in ((A, 2), (GLOBAL, 5)):
        row = row_of(chained, stream, seq)
        assert rehashed(row) == row


COLUMNS = {
    "stream": "INC-9999",
    "seq": 70,
    "kind": "other",
    "subject": "other",
    "payload_digest": "1" * 64,
    "at": datetime(2020, 1, 1, tzinfo=UTC),
    "act": "a" * 32,
    "previous": "2" * 64,
    "hash": "3" * 64,
}


def test_every_column_is_under_the_test_of_alteration():
    """A column that is added to the log gets a case here."""
    assert set(COLUMNS) == {column.name for column in log_entries.columns} - {"id"}


@pytest.mark.parametrize("column", COLUMNS)
@pytest.mark.parametrize("place", [(A, 1), (A, 2), (A, 4), (GLOBAL, 1), (GLOBAL, 7)])
def test_altered_column_is_found(chained, column, place):
    """One changed value anywhere in an entry, first, last or between, of an incident or of the global stream."""
    changed = update(log_entries).where(entry_of(*place)).values({column: COLUMNS[column]})
    assert tamper(chained, changed) != []


@pytest.mark.parametrize("column", ["stream", "kind", "subject", "payload_digest", "previous", "hash"])
def test_column_that_is_no_entry_is_found_in_words(chained, column):
    """Garbage in a column is named as a fault like any other, not a traceback."""
    garbage = "\u202e not \x01 a digest"
    assert tamper(chained, update(log_entries).where(entry_of(A, 2)).values({column: garbage})) != []


@pytest.mark.parametrize("kept_store", ["sqlite"], indirect=True)
def test_moment_that_cannot_be_read_is_found_in_words(chained):
    """SQLite takes any text for a time (Postgres refuses it); then the entry is named as unreadable."""
    altered = "UPDATE log SET at = 'yesterday' WHERE stream = 'INC-1042' AND seq = 2"
    assert tamper(chained, altered)[0] == "INC-1042/2: is no entry"


@pytest.mark.parametrize("kind", ["dropped", "rehashed"])
@pytest.mark.parametrize("place", [(A, 1), (A, 2), (A, 4), (GLOBAL, 1), (GLOBAL, 4), (GLOBAL, 7)])
def test_altered_or_dropped_entry_is_found(chained, kind, place):
    """A dropped entry, and one altered by somebody who knows how to hash it."""
    if kind == "dropped":
        statement = delete(log_entries).where(entry_of(*place))
    else:
        forged = rehashed({**row_of(chained, *place), "kind": "approved"})
        statement = update(log_entries).where(entry_of(*place)).values(forged)
    assert tamper(chained, statement) != []


@pytest.mark.parametrize("stream", [A, GLOBAL])
def test_reordered_entries_are_found(chained, stream):
    """Two entries that change places."""
    moved = [update(log_entries).where(entry_of(stream, a)).values(seq=b) for a, b in ((2, 99), (3, 2), (99, 3))]
    assert tamper(chained, *moved) != []


def test_entries_swapped_between_streams_are_found(chained):
    """The second entries of two incidents, each in the place of the other."""
    moved = [
        update(log_entries).where(entry_of(old, 2)).values(stream=new) for old, new in ((A, "x"), (B, A), ("x", B))
    ]
    assert tamper(chained, *moved) != []


@pytest.mark.parametrize("stream", [A, GLOBAL])
def test_inserted_entry_is_found(chained, stream):
    """A forged entry at the end, hashed and with the head moved to it; the other stream does not know it."""
    last = {A: 4, GLOBAL: 7}[stream]
    forged = {**row_of(chained, stream, last), "seq": last + 1, "kind": "approved"}
    forged = rehashed({**forged, "previous": row_of(chained, stream, last)["hash"]})
    head = update(log_heads).where(log_heads.c.stream == stream).values(seq=last + 1, hash=forged["hash"])
    assert tamper(chained, insert(log_entries).values(forged), head) != []


@pytest.mark.parametrize("head", ["as it was", "moved", "gone"])
@pytest.mark.parametrize(("stream", "kept"), [(A, 3), (A, 0), (GLOBAL, 5), (GLOBAL, 0)])
def test_cut_tail_is_found(chained, stream, kept, head):
    """Entries cut from the end, also when the head is put back to the cut or removed."""
    cut = delete(log_entries).where(log_entries.c.stream == stream, log_entries.c.seq > kept)
    mine = log_heads.c.stream == stream
    moves = {
        "as it was": (),
        "moved": (
            update(log_heads)
            .where(mine)
            .values(seq=kept, hash=row_of(chained, stream, kept)["hash"] if kept else NOTHING),
        ),
        "gone": (delete(log_heads).where(mine),),
    }
    assert tamper(chained, cut, *moves[head]) != []


@pytest.mark.parametrize("values", [{"seq": 3}, {"hash": "4" * 64}, {"stream": "INC-9"}])
def test_altered_head_is_found(chained, values):
    """The head of a chain cannot be moved alone."""
    assert tamper(chained, update(log_heads).where(log_heads.c.stream == A).values(values)) != []


def payload_of(stream, seq):
    """The payload of one entry, as the condition of a statement."""
    return (log_payloads.c.stream == stream) & (log_payloads.c.seq == seq)


def test_altered_payload_is_found(chained):
    """A payload with one changed letter, one of another entry, one sealed again by somebody who has the keys."""
    with undone(chained) as transaction:
        rows = transaction.execute(select(log_payloads).where(log_payloads.c.stream == A).order_by(log_payloads.c.seq))
        sealed = [dict(row.sealed) for row in rows]
        forged = transaction.seal({"number": 1, "by": "U0VIC"}, f"log/{A}/1")
    flipped = {**sealed[0], "ciphertext": "A" * len(sealed[0]["ciphertext"])}
    cases = {
        f"{A}/1: its payload does not open": (flipped, sealed[1]),
        f"{A}/1: its payload was altered": (forged,),
    }
    for fault, values in cases.items():
        for value in values:
            assert tamper(chained, update(log_payloads).where(payload_of(A, 1)).values(sealed=value)) == [fault]


def test_payload_column_that_is_no_sealed_value_is_found(chained):
    """A payload replaced by other JSON is named as one that does not open."""
    wrong = {"kind": "plain"}
    assert tamper(chained, update(log_payloads).where(payload_of(GLOBAL, 3)).values(sealed=wrong)) == [
        "global/3: its payload does not open"
    ]


def test_purged_payloads_keep_the_chain(chained):
    """Retention takes away what entries say, and the proof that they were there stays whole."""
    with undone(chained) as transaction:
        assert json.loads(payload(transaction, A, 2)) == {"number": 3, "by": "U0KIM"}
        transaction.execute(delete(log_payloads).where(log_payloads.c.stream == A))
        assert (payload(transaction, A, 2), payload(transaction, B, 9)) == (None, None)
        assert transaction.execute(select(func.count()).select_from(log_entries)).scalar_one() == 14
        append(transaction, Event(A, "goes-on", "x", later(20)))
        assert list(faults(transaction)) == []


def test_payload_of_no_entry_is_found(chained):
    """A payload that no entry stands for was put there by somebody else."""
    stray = insert(log_payloads).values(stream=A, seq=9, sealed={"by": "U0VIC"})
    assert tamper(chained, stray) == [f"{A}/9: a payload without its entry"]


def test_empty_log_holds(store):
    """Nothing happened yet, and nothing is wrong."""
    assert found(store) == []


def acted(store, act, kind=LogKind.DRAFTED):
    """One entry by an act."""
    with store.write(act=act) as transaction:
        append(transaction, Event("INC-1", kind, "d1", NOW))
        append(transaction, Event("INC-1", LogKind.VOIDED, "d0", NOW))


def test_act_is_used_once(store):
    """One act may write several entries, in one transaction; a second transaction by it writes nothing."""
    acted(store, opaque(1))
    with pytest.raises(ActUsedError):
        acted(store, opaque(1), LogKind.WITHDRAWN)
    acted(store, opaque(2))
    with store.read() as transaction:
        told = [(entry.kind, entry.act) for entry in entries(transaction, "INC-1")]
    one, two = opaque(1), opaque(2)
    assert told == [("drafted", one), ("voided", one), ("drafted", two), ("voided", two)]


def test_act_is_part_of_the_chain(store):
    """Whoever gives an entry another act is found."""
    acted(store, opaque(1))
    with store.write() as transaction:
        transaction.execute(update(log_entries).where(log_entries.c.seq == 1).values(act=opaque(9)))
    with store.read() as transaction:
        assert [fault for fault in faults(transaction) if fault.startswith("INC-1/1")] == ["INC-1/1: was altered"]


def test_end_of_a_chain_is_signed(store):
    """Whoever rewrites a whole chain, with right hashes, still lacks the key."""
    acted(store, None)
    with store.read() as transaction:
        assert list(faults(transaction, SIGNING.public_key())) == []
        stranger = Ed25519PrivateKey.generate().public_key()
        unsigned = [f"{stream}: its end is not signed with this installation's key" for stream in ("INC-1", GLOBAL)]
        assert list(faults(transaction, stranger)) == unsigned
    with store.write() as transaction:
        head = update(log_heads).where(log_heads.c.stream == "INC-1")
        transaction.execute(head.values(signature="00" * 64))
    with store.read() as transaction:
        assert list(faults(transaction, SIGNING.public_key())) == unsigned[:1]


def test_store_without_a_signing_key_cannot_append(store):
    """The listener has no key, and so no way into the log."""
    with closing(Store(store.url, KEYS)) as listener, pytest.raises(StoreError, match="BRIDGEPKG_SIGNING_KEY"):
        acted(listener, None)
    with store.read() as transaction:
        assert list(entries(transaction, "INC-1")) == []
