"""P1: a draft is approved only by every gate, by distinct people, on exactly one release digest."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from profiles.models import Gate
from tests.builders import make_person
from tests.lives import ANA, DIGEST, GATES, JO, KIM, OTHER, ROLES, SAM, life, make_decision, make_waiting
from transforms.model.approvals import Refusal, missing
from transforms.model.lifecycle import Approved, HeldBack, ReviewState, Waiting
from transforms.review import NOT_WAITING, decide

FIRST, SECOND, THIRD = make_decision(), make_decision("security", SAM), make_decision("account_leadership", ANA)
DECIDED = {name: state for name, state in life().items() if name != "waiting"}
ONE = (Gate(role="account_leadership"),)


def after(found):
    """The state that an answer that counts leads to."""
    assert not isinstance(found, Refusal), found
    return found.after


@pytest.mark.parametrize("state", DECIDED)
@pytest.mark.parametrize("answer", ["approve", "hold"])
@pytest.mark.parametrize("digest", [DIGEST, OTHER])
def test_review_takes_no_decision_once_it_is_over(state, answer, digest) -> None:
    """In every other state each answer is refused, with what became of the draft; an approved one can be held."""
    decision = make_decision(answer=answer, digest=digest)
    found = decide(DECIDED[state], decision)
    if (state, answer, digest) == ("approved", "hold", DIGEST):
        assert after(found) == HeldBack(digest=DIGEST, decisions=DECIDED["approved"].given, by=decision)
    else:
        sentence = f"{NOT_WAITING[type(DECIDED[state])]} Nothing was recorded."
        assert found == Refusal(code="not-waiting", sentence=sentence)


@pytest.mark.parametrize(
    ("waiting", "decision", "code"),
    [
        (make_waiting(), make_decision(digest=OTHER), "stale-card"),
        (make_waiting(), make_decision(answer="hold", digest=OTHER), "stale-card"),
        (make_waiting(blocking=("leak-suspected:text",)), FIRST, "blocked"),
        (make_waiting(), make_decision("legal", JO), "no-such-gate"),
        (make_waiting(FIRST), make_decision(person=JO), "already-approved"),
        (make_waiting(FIRST), FIRST, "already-approved"),
        (make_waiting(FIRST), make_decision("security", KIM), "same-person"),
        (make_waiting(gates=ONE), make_decision("account_leadership", KIM), "own-draft"),
    ],
)
def test_review_refuses_an_answer_that_does_not_count(waiting, decision, code) -> None:
    """Each refusal has its own code and one or two sentences for the person who asked."""
    found = decide(waiting, decision)
    assert isinstance(found, Refusal)
    assert (found.code, found.sentence.endswith(".")) == (code, True)


def test_review_moves_gate_by_gate_to_approved() -> None:
    """Two approvals leave it waiting for the third; the third approves, and keeps all three."""
    one = after(decide(make_waiting(), FIRST))
    two = after(decide(one, SECOND))
    assert (one, two) == (make_waiting(FIRST), make_waiting(FIRST, SECOND))
    assert (one.open_gates, two.open_gates) == (("security", "account_leadership"), ("account_leadership",))
    assert after(decide(two, THIRD)) == DECIDED["approved"]


def test_review_of_a_quorum_waits_for_as_many_people() -> None:
    """A gate that asks for two people is open after one, and each of them is somebody else."""
    waiting = make_waiting(gates=(Gate(role="security", quorum=2), Gate(role="legal")))
    one = after(decide(waiting, SECOND))
    assert (one.open_gates, one.left_after("security")) == (("security", "legal"), ("legal",))
    assert decide(one, make_decision("security", SAM)).code == "same-person"
    two = after(decide(one, make_decision("security", JO)))
    assert (two.open_gates, decide(two, make_decision("security", ANA)).code) == (("legal",), "already-approved")
    assert isinstance(after(decide(two, make_decision("legal", ANA))), Approved)


def test_review_is_not_reopened_by_one_person_more() -> None:
    """A gate that is passed stays passed, whoever else would approve in its role."""
    assert make_waiting(FIRST).left_after("incident_command") == ("security", "account_leadership")


def test_review_is_held_by_one_person_whatever_was_approved_or_blocks() -> None:
    """A hold counts from anybody whom the shell lets act, in any role, and keeps the approvals for the record."""
    hold = make_decision("legal", JO, answer="hold")
    for waiting in (make_waiting(), make_waiting(FIRST, SECOND), make_waiting(blocking=("source-conflict:x",))):
        assert after(decide(waiting, hold)) == HeldBack(digest=DIGEST, decisions=waiting.approvals, by=hold)


def test_review_lets_the_drafter_fill_one_gate_of_several() -> None:
    """Kim drafted: one gate may be his while others fill the rest, and the only gate of a notice may not."""
    assert isinstance(after(decide(make_waiting(), FIRST)), Waiting)
    assert isinstance(after(decide(make_waiting(gates=ONE), THIRD)), Approved)


def test_review_tells_people_of_two_workspaces_apart() -> None:
    """A person is a workspace and a user; the same user id elsewhere is somebody else."""
    namesake = make_decision("security", make_person("U0KIM", "T0OTHER"))
    assert after(decide(make_waiting(FIRST), namesake)) == make_waiting(FIRST, namesake)


@settings(max_examples=300)
@given(
    st.lists(
        st.builds(
            make_decision,
            st.sampled_from((*ROLES, "legal")),
            st.sampled_from((KIM, SAM, ANA, JO)),
            answer=st.sampled_from(("approve",) * 9 + ("hold",)),
            digest=st.sampled_from((DIGEST,) * 9 + (OTHER,)),
        ),
        max_size=12,
    ),
    st.sampled_from((GATES, GATES[:2], GATES[2:])),
    st.sampled_from(((), (), ("leak-suspected:text",))),
)
def test_review_is_approved_only_by_every_gate_distinct_people_and_one_digest(decisions, gates, blocking) -> None:
    """Whatever is clicked in whatever order: approved means all gates, one person each, these bytes, nothing open."""
    state: ReviewState = make_waiting(gates=gates, blocking=blocking)
    for decision in decisions:
        found = decide(state, decision)
        state = state if isinstance(found, Refusal) else found.after
    given_ = state.given
    assert len({approval.person for approval in given_}) == len(given_)
    assert {approval.digest for approval in given_} <= {DIGEST}
    assert {approval.answer for approval in given_} <= {"approve"}
    whole = missing(gates, given_, DIGEST, KIM) is None and not blocking
    assert whole == isinstance(state, Approved) or isinstance(state, HeldBack)


@pytest.mark.parametrize("answer", ["approve", "hold"])
@pytest.mark.parametrize("digest", ["0" * 64, "1" * 63 + "0", "1" * 63 + "2", "f" * 64])
def test_decision_on_any_other_digest_is_refused(digest, answer) -> None:
    """Whichever way a digest differs, the decision was made on other bytes."""
    decided = decide(make_waiting(), make_decision(digest=digest, answer=answer))
    assert isinstance(decided, Refusal)
    assert decided.code == "stale-card"


def test_drafter_is_known_by_who_they_are() -> None:
    """The same person from another look-up is the same person."""
    alone = make_waiting(gates=(Gate(role="incident_command"),), drafter=make_person("U0KIM"))
    decided = decide(alone, make_decision(person=make_person("U0KIM")))
    assert isinstance(decided, Refusal)
    assert decided.code == "own-draft"
