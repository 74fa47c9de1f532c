"""Decisions: kept for a digest of a case, once for each person, gate and answer, and read back as they were given."""

import pytest
from sqlalchemy.exc import IntegrityError

from storage.decisions import decisions_on, record_decision
from tests.builders import rebuilt
from tests.storage.stored import BRIDGE_CASE, later, make_decision

ACT, LATER_ACT = "d" * 32, "e" * 32


def recorded(transaction, *given) -> list:
    """What is kept of these decisions about the default draft."""
    for decision in given:
        record_decision(transaction, BRIDGE_CASE, decision)
    return decisions_on(transaction, BRIDGE_CASE, given[0].digest)


def test_decisions_are_read_back_whole_for_exactly_one_digest(bound):
    """With act, reason and expiry, in their order; those on other bytes or of another case are not among them."""
    first = rebuilt(make_decision(), act=ACT, reason="as agreed", until=later(60))
    second, elsewhere = make_decision("legal", "U0JO"), rebuilt(make_decision("legal", "U0KIM"), digest="f" * 64)
    with bound.write() as transaction:
        assert recorded(transaction, first, second, elsewhere) == [first, second]
        assert decisions_on(transaction, "c" * 32, first.digest) == []


def test_every_act_is_kept(bound):
    """The same answer of the same person by a later act is another decision: nothing is written over."""
    first = rebuilt(make_decision(), act=ACT)
    given = [first, rebuilt(first, answer="hold", act=LATER_ACT), rebuilt(first, act="f" * 32, at=later(9))]
    with bound.write() as transaction:
        assert recorded(transaction, *given) == given


def test_one_act_decides_once_at_a_gate(bound):
    """The database itself refuses a second decision of one act there; at another gate the act may decide too."""
    first = rebuilt(make_decision(), act=ACT)
    with bound.write() as transaction:
        assert recorded(transaction, first, rebuilt(first, role="legal")) == [first, rebuilt(first, role="legal")]
    with pytest.raises(IntegrityError), bound.write() as transaction:
        record_decision(transaction, BRIDGE_CASE, rebuilt(first, answer="hold"))
