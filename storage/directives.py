"""What people decided that shapes builds: kept sealed, ended but never deleted."""

from datetime import datetime
from typing import Any

from sqlalchemy import insert, select, update

from profiles.estate import Estate
from profiles.frozen import Frozen
from storage.store import Transaction
from storage.tables import directives
from transforms.model.directives import Directives, EndedHold, FieldHold, Placing, Waiver

Decided = FieldHold | Waiver | Placing | EndedHold
KINDS: dict[type[Decided], str] = {FieldHold: "hold", Waiver: "waiver", Placing: "placing", EndedHold: "ended-hold"}


class StandingPlacing(Frozen):
    """A placing with its row, and the number that it has among all of its case: one that ended is not given again."""

    id: str
    number: int
    placing: Placing


def add_directive(transaction: Transaction, directive_id: str, bridge_case: str, value: Decided) -> None:
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


def standing_placings(transaction: Transaction, bridge_case: str) -> tuple[StandingPlacing, ...]:
    """Every placing of a case that was not ended, oldest first."""
    rows = _rows(transaction, bridge_case, KINDS[Placing], ended=True)
    return tuple(
        StandingPlacing(id=row.id, number=number, placing=Placing.model_validate_json(_open(transaction, row)))
        for number, row in enumerate(rows, 1)
        if row.ended_at is None
    )


def end_placing(transaction: Transaction, directive_id: str, at: datetime) -> bool:
    """End one placing; false when it had ended already."""
    standing = (directives.c.id == directive_id) & directives.c.ended_at.is_(None)
    return bool(transaction.execute(update(directives).where(standing).values(ended_at=at)).rowcount)


def directives_of(
    transaction: Transaction, bridge_case: str, approved_profiles: tuple[str, ...], estate: Estate | None = None
) -> Directives:
    """Everything that holds now for a case, oldest first, with what the installer approved."""
    opened = [(row.kind, _open(transaction, row)) for row in _rows(transaction, bridge_case, *KINDS.values())]
    return Directives(
        holds=tuple(FieldHold.model_validate_json(content) for kind, content in opened if kind == KINDS[FieldHold]),
        waivers=tuple(Waiver.model_validate_json(content) for kind, content in opened if kind == KINDS[Waiver]),
        approved_profiles=approved_profiles,
        placings=tuple(Placing.model_validate_json(content) for kind, content in opened if kind == KINDS[Placing]),
        ended_holds=tuple(
            EndedHold.model_validate_json(content) for kind, content in opened if kind == KINDS[EndedHold]
        ),
        estate=estate,
    )


def _holds(transaction: Transaction, bridge_case: str) -> list[tuple[Any, FieldHold]]:
    rows = _rows(transaction, bridge_case, KINDS[FieldHold])
    return [(row, FieldHold.model_validate_json(_open(transaction, row))) for row in rows]


def _rows(transaction: Transaction, bridge_case: str, *kinds: str, ended: bool = False) -> list[Any]:
    """The rows of these kinds that stand, oldest first; those that were ended only where that is asked."""
    mine = (directives.c.bridge_case == bridge_case) & directives.c.kind.in_(kinds)
    mine = mine if ended else mine & directives.c.ended_at.is_(None)
    return list(transaction.execute(select(directives).where(mine).order_by(directives.c.at, directives.c.id)))


def _open(transaction: Transaction, row: Any) -> bytes:
    return transaction.unseal(row.sealed, f"directive/{row.id}")
