"""Decisions: kept for a digest of a case, once for each person, gate and answer, and read back as they were given."""

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


def test_same_answer_given_again_takes_the_place_of_the_first(bound):
    """So that each person has one at a gate, by the act that counts; another answer, gate or person is another."""
    given = [
        rebuilt(make_decision(gate, user, answer), act=ACT)
        for gate, user, answer in (
            ("security", "U0SAM", "approve"),
            ("security", "U0SAM", "hold"),
            ("legal", "U0SAM", "hold"),
            ("security", "U0JO", "approve"),
        )
    ]
    again = rebuilt(given[0], act=LATER_ACT, at=later(9))
    with bound.write() as transaction:
        assert recorded(transaction, *given, again) == [again, *given[1:]]
