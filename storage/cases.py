"""Incidents and their bridge cases, tied together by `open`; nothing is built without them (mission M17).

An incident is worked in one channel and has one sealed key. Each of its bridges is a case of its own: drafted, decided,
released, withdrawn and closed apart, with a digest key of its own that is derived from the incident's.
"""

from datetime import datetime
from typing import Any, Final, Literal

import orjson
from sqlalchemy import insert, or_, select, update

from profiles.frozen import Frozen, replace
from storage.store import CollisionError, Transaction
from storage.tables import bridge_cases, drafts, incidents
from transforms.model.canonical import bridge_key
from transforms.model.directives import Person
from transforms.model.history import History

OPEN: Final = "open"
CLOSED: Final = "closed"


class BridgeCase(Frozen):
    """One bridge of one incident. `incident_key` is the incident's own key for keyed digests, sealed at rest."""

    id: str
    incident: str
    channel: str
    kind: Literal["live", "drill"] = "live"
    bridge: str
    state: str
    opened_by: Person
    opened_at: datetime
    override: bool
    drafts: int
    incident_key: str
    history: History

    @property
    def digest_key(self) -> str:
        """The bridge's own key: what two customers hold cannot be compared."""
        return bridge_key(self.incident_key, self.bridge)


def add_case(transaction: Transaction, case: BridgeCase) -> None:
    """Store a new case, and its incident unless it is there; whether either is taken is asked before.

    The key of an incident is made once: a second bridge gets its own from that.
    """
    incident = {
        "key": case.incident,
        "channel": case.channel,
        "kind": case.kind,
        "opened_at": case.opened_at,
        "sealed": transaction.seal({"digest_key": case.incident_key}, f"incident/{case.incident}"),
    }
    if not transaction.insert_new(incidents, incident, index_elements=["key"]):
        _same_channel(transaction, case)
    values = case.model_dump(include={"id", "incident", "bridge", "state", "opened_at", "override", "drafts"})
    by = {"opened_by_team": case.opened_by.team, "opened_by_user": case.opened_by.user}
    transaction.execute(insert(bridge_cases).values(**values, **by))


def _same_channel(transaction: Transaction, case: BridgeCase) -> None:
    """Whoever opened the incident elsewhere at the same moment was first; `CollisionError` has it asked again."""
    known = transaction.execute(select(incidents.c.channel).where(incidents.c.key == case.incident)).scalar_one()
    if known != case.channel:
        raise CollisionError


def cases_of_channel(transaction: Transaction, channel: str) -> list[BridgeCase]:
    """The cases of the incident that is worked in an internal channel, oldest first."""
    return _found(transaction, incidents.c.channel == channel)


def case_by_id(transaction: Transaction, case: str) -> BridgeCase | None:
    """The case with this id."""
    return next(iter(_found(transaction, bridge_cases.c.id == case)), None)


def cases_of(transaction: Transaction, incident: str | None = None) -> list[BridgeCase]:
    """Every case of an incident, or of all, oldest first."""
    return _found(transaction, bridge_cases.c.incident == incident if incident else None)


def incident_of(transaction: Transaction, *names: str) -> str | None:
    """The incident of an internal channel, a case or a draft: of the first of these names that is any of them."""
    found = (_incident_of(transaction, name) for name in names if name)
    return next((incident for incident in found if incident), None)


def _incident_of(transaction: Transaction, name: str) -> str | None:
    drafted = select(drafts.c.bridge_case).where(drafts.c.id == name)
    named = or_(incidents.c.channel == name, bridge_cases.c.id == name, bridge_cases.c.id.in_(drafted))
    wanted = select(incidents.c.key).join(bridge_cases).where(named)
    found: str | None = transaction.execute(wanted).scalars().first()
    return found


def next_draft_number(transaction: Transaction, case: str, history: History | None = None) -> int:
    """The number of the draft that was built now; numbers are given once and may have gaps."""
    values = {"drafts": bridge_cases.c.drafts + 1, **_sealed_history(transaction, case, history)}
    moved = update(bridge_cases).where(bridge_cases.c.id == case).values(**values)
    number: int = transaction.execute(moved.returning(bridge_cases.c.drafts)).scalar_one()
    return number


def keep_history(transaction: Transaction, case: str, history: History) -> None:
    """Keep what the next draft follows."""
    values = _sealed_history(transaction, case, history)
    transaction.execute(update(bridge_cases).where(bridge_cases.c.id == case).values(**values))


def _sealed_history(transaction: Transaction, case: str, history: History | None) -> dict[str, Any]:
    """The column of a history, if there is one. The last release is not kept in it: that stands among the drafts."""
    if history is None:
        return {}
    return {"history": transaction.seal(replace(history, last=None), f"history/{case}")}


def move_case(transaction: Transaction, case: str, before: str, after: str) -> bool:
    """Compare-and-set of a case's state; false when it was in another."""
    mine = (bridge_cases.c.id == case) & (bridge_cases.c.state == before)
    return bool(transaction.execute(update(bridge_cases).where(mine).values(state=after)).rowcount == 1)


def _found(transaction: Transaction, fitting: Any) -> list[BridgeCase]:
    found = select(bridge_cases, incidents.c.channel, incidents.c.kind, incidents.c.sealed).join(incidents)
    found = found if fitting is None else found.where(fitting)
    rows = transaction.execute(found.order_by(bridge_cases.c.opened_at, bridge_cases.c.id))
    return [_record(transaction, row) for row in rows]


def _record(transaction: Transaction, row: Any) -> BridgeCase:
    key: str = orjson.loads(transaction.unseal(row.sealed, f"incident/{row.incident}"))["digest_key"]
    return BridgeCase(
        id=row.id,
        incident=row.incident,
        channel=row.channel,
        kind=row.kind,
        bridge=row.bridge,
        state=row.state,
        opened_by=Person(team=row.opened_by_team, user=row.opened_by_user),
        opened_at=row.opened_at,
        override=row.override,
        drafts=row.drafts,
        incident_key=key,
        history=_history(transaction, row) or History(digest_key=bridge_key(key, row.bridge)),
    )


def _history(transaction: Transaction, row: Any) -> History | None:
    return History.model_validate_json(transaction.unseal(row.history, f"history/{row.id}")) if row.history else None
