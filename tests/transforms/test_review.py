"""P1: a draft is approved only by every gate, by distinct people, on exactly one release digest."""

from typing import get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from profiles.codes import DraftKind
from tests.builders import AT, make_person, rebuilt
from transforms.review import (
    NOT_WAITING,
    Ambiguous,
    Approved,
    Decision,
    HeldBack,
    NotPosted,
    Posting,
    Refusal,
    Released,
    Replaced,
    ReviewState,
    Superseded,
    Waiting,
    Withdrawn,
    decide,
)

GATES = ("incident_command", "security", "account_leadership")
DIGEST, OTHER = "1" * 64, "2" * 64
KIM, SAM, ANA, JO = (make_person(user) for user in ("U0KIM", "U0SAM", "U0ANA", "U0JO"))
ATTEMPT = "a" * 32


def make_decision(role: str = "incident_command", person=KIM, **changes) -> Decision:
    """One approval of the digest that is shown."""
    defaults = {"answer": "approve", "person": person, "role": role, "digest": DIGEST, "at": AT}
    return Decision(**defaults | changes)


def make_waiting(*approvals: Decision, **changes) -> Waiting:
    """A draft of three gates, drafted by Kim, with these approvals."""
    defaults = {"kind": DraftKind.UPDATE, "digest": DIGEST, "drafter": KIM, "gates": GATES, "approvals": approvals}
    return Waiting(**defaults | changes)


FIRST, SECOND, THIRD = make_decision(), make_decision("security", SAM), make_decision("account_leadership", ANA)
ALL = (FIRST, SECOND, THIRD)
POSTED = {"digest": DIGEST, "approvals": ALL, "attempt": ATTEMPT, "channel": "C0ACME"}
RELEASED = Released(**POSTED, ts="1.2", at=AT, how="answered")
DECIDED: dict[str, ReviewState] = {
    "held-back": HeldBack(digest=DIGEST, approvals=(), by=make_decision(answer="hold")),
    "replaced": Replaced(digest=DIGEST, by_draft=8, why="a newer draft"),
    "approved": Approved(kind=DraftKind.UPDATE, digest=DIGEST, drafter=KIM, approvals=ALL),
    "posting": Posting(**POSTED, started_at=AT),
    "ambiguous": Ambiguous(**POSTED, started_at=AT, why="no answer"),
    "released": RELEASED,
    "not-posted": NotPosted(digest=DIGEST, approvals=ALL, why="refused"),
    "superseded": Superseded(released=RELEASED, by_version=4, at=AT),
    "withdrawn": Withdrawn(released=RELEASED, by=KIM, at=AT, reason="leak"),
}


def test_review_every_state_is_known() -> None:
    """The tables below speak of every state of the union, and each has its sentence."""
    names = {get_args(state.model_fields["state"].annotation)[0] for state in get_args(get_args(ReviewState)[0])}
    assert names == {"waiting", *DECIDED}
    assert set(NOT_WAITING) == set(DECIDED)


@pytest.mark.parametrize("state", DECIDED)
@pytest.mark.parametrize("answer", ["approve", "hold"])
@pytest.mark.parametrize("digest", [DIGEST, OTHER])
def test_review_takes_no_decision_once_it_is_over(state, answer, digest) -> None:
    """In every other state each answer is refused, with what became of the draft; an approved one can be held."""
    decision = make_decision(answer=answer, digest=digest)
    if (state, answer, digest) == ("approved", "hold", DIGEST):
        expected = HeldBack(digest=DIGEST, approvals=ALL, by=decision)
    else:
        expected = Refusal(code="not-waiting", sentence=f"{NOT_WAITING[state]} Nothing was recorded.")
    assert decide(DECIDED[state], decision) == expected


@pytest.mark.parametrize(
    ("waiting", "decision", "code"),
    [
        (make_waiting(), make_decision(digest=OTHER), "stale-card"),
        (make_waiting(), make_decision(answer="hold", digest=OTHER), "stale-card"),
        (make_waiting(blocking=("leak-suspected:text",)), FIRST, "blocked"),
        (make_waiting(), make_decision("legal", JO), "no-such-gate"),
        (make_waiting(gates=()), FIRST, "no-such-gate"),
        (make_waiting(FIRST), make_decision(person=JO), "already-approved"),
        (make_waiting(FIRST), FIRST, "already-approved"),
        (make_waiting(FIRST), make_decision("security", KIM), "same-person"),
        (make_waiting(gates=("account_leadership",)), make_decision("account_leadership", KIM), "own-draft"),
    ],
)
def test_review_refuses_an_answer_that_does_not_count(waiting, decision, code) -> None:
    """Each refusal has its own code and one or two sentences for the person who asked."""
    found = decide(waiting, decision)
    assert isinstance(found, Refusal)
    assert (found.code, found.sentence.endswith(".")) == (code, True)


def test_review_moves_gate_by_gate_to_approved() -> None:
    """Two approvals leave it waiting for the third; the third approves, and keeps all three."""
    one = decide(make_waiting(), FIRST)
    two = decide(one, SECOND)
    assert (one, two) == (make_waiting(FIRST), make_waiting(FIRST, SECOND))
    assert (one.open_gates, two.open_gates) == (("security", "account_leadership"), ("account_leadership",))
    assert decide(two, THIRD) == DECIDED["approved"]


def test_review_is_held_by_one_person_whatever_was_approved_or_blocks() -> None:
    """A hold counts from anybody whom the shell lets act, in any role, and keeps the approvals for the record."""
    hold = make_decision("legal", JO, answer="hold")
    for waiting in (make_waiting(), make_waiting(FIRST, SECOND), make_waiting(blocking=("source-conflict:x",))):
        assert decide(waiting, hold) == HeldBack(digest=DIGEST, approvals=waiting.approvals, by=hold)


def test_review_lets_the_drafter_fill_one_gate_of_several() -> None:
    """Kim drafted: one gate may be his while others fill the rest, and the only gate of a notice may not."""
    assert isinstance(decide(make_waiting(), FIRST), Waiting)
    notice = make_waiting(gates=("account_leadership",), kind=DraftKind.ACKNOWLEDGEMENT)
    assert isinstance(decide(notice, THIRD), Approved)


def test_review_tells_people_of_two_workspaces_apart() -> None:
    """A person is a workspace and a user; the same user id elsewhere is somebody else."""
    namesake = make_decision("security", make_person("U0KIM", "T0OTHER"))
    assert decide(make_waiting(FIRST), namesake) == make_waiting(FIRST, namesake)


@settings(max_examples=300)
@given(
    st.lists(
        st.builds(
            make_decision,
            st.sampled_from((*GATES, "legal")),
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
        state = state if isinstance(found, Refusal) else found
    approvals = getattr(state, "approvals", ())
    assert len({approval.person for approval in approvals}) == len(approvals)
    assert {approval.digest for approval in approvals} <= {DIGEST}
    assert {approval.answer for approval in approvals} <= {"approve"}
    whole = sorted(approval.role for approval in approvals) == sorted(gates) and not blocking
    assert whole == isinstance(state, Approved) or isinstance(state, HeldBack)


@pytest.mark.parametrize("digest", ["", "1" * 63, "G" * 64, "1" * 64 + "\n"])
def test_review_has_no_decision_without_the_digest_that_it_judged(digest) -> None:
    """A decision cannot be made without naming whole bytes."""
    with pytest.raises(ValidationError):
        make_decision(digest=digest)


def test_review_states_survive_storage() -> None:
    """Each state is read back as what it was written."""
    adapter = TypeAdapter(ReviewState)
    for state in (make_waiting(FIRST), *DECIDED.values()):
        assert adapter.validate_json(adapter.dump_json(state)) == state
    with pytest.raises(ValidationError):
        adapter.validate_json(rebuilt(RELEASED).model_dump_json().replace("released", "approved"))


@pytest.mark.parametrize("answer", ["approve", "hold"])
@pytest.mark.parametrize("digest", ["0" * 64, "1" * 63 + "0", "1" * 63 + "2", "f" * 64])
def test_decision_on_any_other_digest_is_refused(digest, answer) -> None:
    """Whichever way a digest differs, the decision was made on other bytes."""
    decided = decide(make_waiting(), make_decision(digest=digest, answer=answer))
    assert isinstance(decided, Refusal)
    assert decided.code == "stale-card"


def test_drafter_is_known_by_who_they_are() -> None:
    """The same person from another look-up is the same person."""
    alone = make_waiting(gates=("incident_command",), drafter=make_person("U0KIM"))
    decided = decide(alone, make_decision(person=make_person("U0KIM")))
    assert isinstance(decided, Refusal)
    assert decided.code == "own-draft"
