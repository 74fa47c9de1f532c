"""Decisions: what a person answered at a gate, on exactly one release digest of a bridge case (promise P1).

A decision is of words, not of a draft: whichever draft of the case has the same release digest, it stands for that.
"""

from sqlalchemy import and_, select, update

from storage.store import Transaction
from storage.tables import decisions
from transforms.model.approvals import Decision
from transforms.model.directives import Person


def record_decision(transaction: Transaction, bridge_case: str, decision: Decision) -> None:
    """Keep a decision. The same answer of the same person, given again by a later act, takes the place of the first.

    Whether it counts at all is the draft's state to say (`transforms.review`), by compare-and-set in this transaction.
    """
    given = {
        "bridge_case": bridge_case,
        "digest": decision.digest,
        "gate": decision.role,
        "team": decision.person.team,
        "user": decision.person.user,
        "answer": decision.answer,
    }
    told = decision.model_dump(include={"act", "reason", "at", "until"})
    if not transaction.insert_new(decisions, {**given, **told}):
        same = and_(*(decisions.c[name] == value for name, value in given.items()))
        transaction.execute(update(decisions).where(same).values(**told))


def decisions_on(transaction: Transaction, bridge_case: str, digest: str) -> list[Decision]:
    """Everything that was decided about one release digest of a case, as it was decided first."""
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
