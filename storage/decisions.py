"""Decisions: what a person answered at a gate, on exactly one release digest of a bridge case (promise P1).

A decision is of words, not of a draft: whichever draft of the case has the same release digest, it stands for that.
"""

from sqlalchemy import insert, select

from storage.store import Transaction
from storage.tables import decisions
from transforms.model.approvals import Decision
from transforms.model.directives import Person


def record_decision(transaction: Transaction, bridge_case: str, decision: Decision) -> None:
    """Keep a decision. One act gives one at a gate; a later act of the same person is kept beside it.

    Whether it counts at all is the draft's state to say (`transforms.review`), by compare-and-set in this transaction.
    """
    values = {
        **decision.model_dump(include={"digest", "answer", "act", "reason", "at", "until"}),
        "bridge_case": bridge_case,
        "gate": decision.role,
        "team": decision.person.team,
        "user": decision.person.user,
    }
    transaction.execute(insert(decisions).values(**values))


def decisions_on(transaction: Transaction, bridge_case: str, digest: str) -> list[Decision]:
    """Everything that was decided about one release digest of a case, oldest first."""
    mine = (decisions.c.bridge_case == bridge_case) & (decisions.c.digest == digest)
    rows = transaction.execute(select(decisions).where(mine).order_by(decisions.c.id))
    return [
        Decision(
            answer=row.answer,
            person=Person(team=row.team, user=row.user),
            role=row.gate,
            digest=row.digest,
            at=row.at,
            act=row.act,
            reason=row.reason,
            until=row.until,
        )
        for row in rows
    ]
