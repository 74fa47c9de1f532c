"""What people decided that shapes builds: kept sealed, ended but never deleted."""

from datetime import datetime
from typing import Any

from sqlalchemy import insert, select, update

from storage.store import Transaction
from storage.tables import directives
from transforms.model.directives import Directives, FieldHold, Waiver

KINDS: dict[type[FieldHold] | type[Waiver], str] = {FieldHold: "hold", Waiver: "waiver"}


def add_directive(transaction: Transaction, directive_id: str, bridge_case: str, value: FieldHold | Waiver) -> None:
    """Store one decision of a person."""
    transaction.execute(
        insert(directives).values(
            id=directive_id,
            bridge_case=bridge_case,
            kind=KINDS[type(value)],
            sealed=transaction.seal(value, f"directive/{directive_id}"),
            at=value.at,
        )
    )


def end_hold(transaction: Transaction, bridge_case: str, target: str, at: datetime) -> int:
    """End every person's hold on a field; returns how many there were."""
    ended = [row.id for row, hold in _holds(transaction, bridge_case) if hold.target == target]
    transaction.execute(update(directives).where(directives.c.id.in_(ended)).values(ended_at=at))
    return len(ended)


def directives_of(transaction: Transaction, bridge_case: str, approved_profiles: tuple[str, ...]) -> Directives:
    """Everything that holds now for a case, oldest first, with the profiles approved by configuration."""
    opened = [(row.kind, _open(transaction, row)) for row in _rows(transaction, bridge_case, *KINDS.values())]
    return Directives(
        holds=tuple(FieldHold.model_validate_json(content) for kind, content in opened if kind == KINDS[FieldHold]),
        waivers=tuple(Waiver.model_validate_json(content) for kind, content in opened if kind == KINDS[Waiver]),
        approved_profiles=approved_profiles,
    )


def _holds(transaction: Transaction, bridge_case: str) -> list[tuple[Any, FieldHold]]:
    rows = _rows(transaction, bridge_case, KINDS[FieldHold])
    return [(row, FieldHold.model_validate_json(_open(transaction, row))) for row in rows]


def _rows(transaction: Transaction, bridge_case: str, *kinds: str) -> list[Any]:
    mine = (directives.c.bridge_case == bridge_case) & directives.c.kind.in_(kinds) & directives.c.ended_at.is_(None)
    return list(transaction.execute(select(directives).where(mine).order_by(directives.c.at, directives.c.id)))


def _open(transaction: Transaction, row: Any) -> bytes:
    return transaction.unseal(row.sealed, f"directive/{row.id}")
