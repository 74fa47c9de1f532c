"""Bindings: incident, internal channel and bridge, tied together by `open`; nothing is built without one (M17)."""

from datetime import datetime
from typing import Any, Final

import orjson
from sqlalchemy import insert, or_, select, update

from profiles.frozen import Frozen
from storage.store import Transaction
from storage.tables import bindings, drafts
from transforms.model.directives import Person
from transforms.model.history import History

OPEN: Final = "open"
CLOSED: Final = "closed"


class BindingRecord(Frozen):
    """One binding. `digest_key` is the incident's own key for keyed digests, sealed at rest."""

    id: str
    incident: str
    bridge: str
    channel: str
    state: str
    opened_by: Person
    opened_at: datetime
    override: bool
    drafts: int
    digest_key: str
    history: History


def add_binding(transaction: Transaction, binding: BindingRecord) -> None:
    """Store a new binding; whether channel or incident are taken is asked before, in the same transaction."""
    values = binding.model_dump(exclude={"opened_by", "digest_key", "history"})
    transaction.execute(
        insert(bindings).values(
            **values,
            opened_by_team=binding.opened_by.team,
            opened_by_user=binding.opened_by.user,
            sealed=transaction.seal({"digest_key": binding.digest_key}, f"binding/{binding.id}"),
        )
    )


def binding_of_channel(transaction: Transaction, channel: str) -> BindingRecord | None:
    """The binding of an internal channel."""
    return _one(transaction, bindings.c.channel == channel)


def binding_by_id(transaction: Transaction, binding: str) -> BindingRecord | None:
    """The binding with this id."""
    return _one(transaction, bindings.c.id == binding)


def binding_of_incident(transaction: Transaction, incident: str, bridge: str) -> BindingRecord | None:
    """The binding of an incident to a bridge."""
    return _one(transaction, (bindings.c.incident == incident) & (bindings.c.bridge == bridge))


def incident_of(transaction: Transaction, name: str) -> str | None:
    """The incident that an internal channel, a binding or a draft belongs to, by whichever of them has this name."""
    drafted = select(drafts.c.binding).where(drafts.c.id == name)
    named = or_(bindings.c.channel == name, bindings.c.id == name, bindings.c.id.in_(drafted))
    found: str | None = transaction.execute(select(bindings.c.incident).where(named)).scalars().first()
    return found


def bindings_of(transaction: Transaction, incident: str | None = None) -> list[BindingRecord]:
    """Every binding of an incident, or of all, oldest first."""
    found = select(bindings).order_by(bindings.c.opened_at)
    rows = transaction.execute(found.where(bindings.c.incident == incident) if incident else found)
    return [_record(transaction, row) for row in rows]


def next_draft_number(transaction: Transaction, binding: str, history: History | None = None) -> int:
    """The number of the draft that was built now; numbers are given once and may have gaps.

    `history` is what the next draft follows. The last release is not kept in it: that stands among the drafts.
    """
    values: dict[str, Any] = {"drafts": bindings.c.drafts + 1}
    if history:
        kept = history.model_copy(update={"last": None})
        values["history"] = transaction.seal(kept, f"history/{binding}")
    moved = update(bindings).where(bindings.c.id == binding).values(**values)
    number: int = transaction.execute(moved.returning(bindings.c.drafts)).scalar_one()
    return number


def move_binding(transaction: Transaction, binding: str, before: str, after: str) -> bool:
    """Compare-and-set of a binding's state; false when it was in another."""
    mine = (bindings.c.id == binding) & (bindings.c.state == before)
    return bool(transaction.execute(update(bindings).where(mine).values(state=after)).rowcount == 1)


def _one(transaction: Transaction, fitting: Any) -> BindingRecord | None:
    row = transaction.execute(select(bindings).where(fitting)).one_or_none()
    return _record(transaction, row) if row else None


def _history(transaction: Transaction, row: Any) -> History | None:
    return History.model_validate_json(transaction.unseal(row.history, f"history/{row.id}")) if row.history else None


def _record(transaction: Transaction, row: Any) -> BindingRecord:
    key: str = orjson.loads(transaction.unseal(row.sealed, f"binding/{row.id}"))["digest_key"]
    return BindingRecord(
        id=row.id,
        incident=row.incident,
        bridge=row.bridge,
        channel=row.channel,
        state=row.state,
        opened_by=Person(team=row.opened_by_team, user=row.opened_by_user),
        opened_at=row.opened_at,
        override=row.override,
        drafts=row.drafts,
        digest_key=key,
        history=_history(transaction, row) or History(digest_key=key),
    )
