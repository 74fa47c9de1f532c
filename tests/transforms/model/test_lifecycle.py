"""The life of a draft: state × step in full, and states, approvals and steps that cannot be wrong (P1, P6)."""

from dataclasses import FrozenInstanceError
from itertools import product
from typing import Any, get_args

import pytest
from pydantic import TypeAdapter, ValidationError

from profiles.codes import LogKind
from profiles.models import Gate
from tests.builders import AT, rebuilt
from tests.lives import (
    ANA,
    DIGEST,
    GATES,
    JO,
    KIM,
    OTHER,
    ROLES,
    SAM,
    life,
    make_approvals,
    make_decision,
    make_waiting,
)
from transforms.model.approvals import Approvals, Attempt, Located, Sighted, missing
from transforms.model.lifecycle import (
    LEGAL,
    Approved,
    HeldBack,
    IllegalStepError,
    Released,
    ReviewState,
    Step,
    Waiting,
    released_in,
)
from transforms.review import NOT_WAITING

STATES = life()
OPEN = {"waiting", "held-back", "approved", "not-posted"}
TABLE = {
    ("waiting", "waiting"),
    ("waiting", "approved"),
    ("waiting", "held-back"),
    ("approved", "approved"),
    ("approved", "held-back"),
    ("approved", "posting"),
    ("posting", "released"),
    ("posting", "approved"),
    ("posting", "ambiguous"),
    ("ambiguous", "released"),
    ("ambiguous", "not-posted"),
    ("ambiguous", "withdrawn"),
    ("released", "superseded"),
    ("released", "withdrawn"),
    ("superseded", "withdrawn"),
    *((name, "replaced") for name in OPEN),
    *((name, "not-posted") for name in OPEN - {"not-posted"}),
}
"""Every step that there may be, written a second time."""

ATTEMPT = Attempt(id="b" * 32, channel="C0ACME", started_at=AT)
SEEN, FOUND = Sighted(by=KIM), Located(ts="1.5", how="found")
WAITS = make_waiting(make_decision(), make_decision("security", SAM))
STEPS: dict[str, tuple[Any, LogKind, str]] = {
    "approve": (lambda s: s.approve(make_decision("account_leadership", ANA)), LogKind.APPROVED, "approved"),
    "hold": (lambda s: s.hold(make_decision("legal", JO, answer="hold")), LogKind.HELD, "held-back"),
    "replace": (lambda s: s.replace(9, "drafted again"), LogKind.VOIDED, "replaced"),
    "end": (lambda s: s.end("closed"), LogKind.NOT_POSTED, "not-posted"),
    "delay": (lambda s: s.delay("archived"), LogKind.NOT_POSTED, "approved"),
    "post": (lambda s: s.post(ATTEMPT), LogKind.POSTING, "posting"),
    "stand": (lambda s: s.stand(FOUND, AT), LogKind.RELEASED, "released"),
    "refuse": (lambda s: s.refuse("not_in_channel"), LogKind.NOT_POSTED, "approved"),
    "lose": (lambda s: s.lose("no answer"), LogKind.AMBIGUOUS, "ambiguous"),
    "absent": (lambda s: s.absent("Kim looked"), LogKind.ABSENT, "not-posted"),
    "supersede": (lambda s: s.supersede(4, AT), LogKind.SUPERSEDED, "superseded"),
    "withdraw": (
        lambda s: s.withdraw(FOUND, KIM, AT, "leak") if s.state == "ambiguous" else s.withdraw(KIM, AT, "leak"),
        LogKind.WITHDRAWN,
        "withdrawn",
    ),
}
OWNED = {
    "waiting": {"approve", "hold", "replace", "end"},
    "held-back": {"replace", "end"},
    "approved": {"hold", "replace", "end", "delay", "post"},
    "posting": {"stand", "refuse", "lose"},
    "ambiguous": {"stand", "absent", "withdraw"},
    "released": {"supersede", "withdraw"},
    "not-posted": {"replace", "end"},
    "superseded": {"withdraw"},
    "replaced": set(),
    "withdrawn": set(),
}
"""The steps that each state has."""


def test_every_state_is_known() -> None:
    """The tables speak of every state of the union."""
    names = {get_args(state.model_fields["state"].annotation)[0] for state in get_args(get_args(ReviewState)[0])}
    assert names == set(STATES) == set(OWNED)
    assert set(LEGAL) == {type(state) for state in STATES.values()}
    assert set(NOT_WAITING) == set(LEGAL) - {Waiting}


@pytest.mark.parametrize(("before", "after"), list(product(STATES, STATES)))
def test_step_is_legal_or_raises_and_changes_nothing(before, after) -> None:
    """One table of legal steps: each of the hundred pairs either makes a step or raises, and no state is touched."""
    first, second = STATES[before], STATES[after]
    kept = first.model_dump_json(), second.model_dump_json()
    if (before, after) in TABLE:
        assert Step(first, second, LogKind.RELEASED).after is second
    else:
        with pytest.raises(IllegalStepError, match=f"{type(first).__name__} cannot become {type(second).__name__}"):
            Step(first, second, LogKind.RELEASED)
    assert (first.model_dump_json(), second.model_dump_json()) == kept


@pytest.mark.parametrize(("name", "step"), list(product(STATES, STEPS)))
def test_states_own_their_steps(name, step) -> None:
    """A state has exactly the steps that leave it; each tells the log what it is."""
    state = WAITS if name == "waiting" else STATES[name]
    take, event, after = STEPS[step]
    if step not in OWNED[name]:
        assert not hasattr(state, step)
    elif (name, after) in TABLE:
        made = take(state)
        assert (made.before, made.event, made.after.state) == (state, event, after)
    else:
        with pytest.raises(IllegalStepError):
            take(state)


def test_step_cannot_be_turned_into_another() -> None:
    """What was checked stays as it was checked."""
    with pytest.raises(FrozenInstanceError):
        STATES["released"].supersede(4, AT).after = STATES["waiting"]


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"decisions": ()}, "not every gate is approved"),
        ({"decisions": make_approvals().decisions[:2]}, "not every gate is approved"),
        ({"digest": OTHER}, "not every decision approves these bytes"),
        ({"digest": "0" * 64}, "not every decision approves these bytes"),
        ({"gates": (*GATES, Gate(role="legal"))}, "not every gate is approved"),
        ({"gates": (Gate(role="security", quorum=2), *GATES[2:])}, "not every gate is approved"),
        ({"gates": GATES[:1], "decisions": make_approvals().decisions[:1]}, "the drafter alone approved it"),
        ({"gates": ()}, "at least 1 item"),
    ],
)
def test_approvals_that_are_not_complete_cannot_be_made(changes, why) -> None:
    """Every gate, its quorum, one digest, and not the drafter alone."""
    with pytest.raises(ValidationError, match=why):
        Approvals(**dict(make_approvals()) | changes)


@pytest.mark.parametrize("people", [(KIM, KIM, ANA), (KIM, SAM, SAM), (KIM, KIM, KIM)])
def test_approvals_of_one_person_twice_cannot_be_made(people) -> None:
    """Three gates need three people."""
    with pytest.raises(ValidationError, match="by a different person"):
        make_approvals(people=people)


def test_hold_is_no_approval() -> None:
    """A hold among the decisions makes them none."""
    held = (*make_approvals().decisions[:2], make_decision("account_leadership", ANA, answer="hold"))
    assert missing(GATES, held, DIGEST, KIM) == "not every decision approves these bytes"


def test_approval_expires() -> None:
    """One approval that holds until a moment ends all of them then, and for good."""
    until = (*make_approvals().decisions[:2], make_decision("account_leadership", ANA, until=AT))
    bounded = Approvals(digest=DIGEST, drafter=KIM, gates=GATES, decisions=until)
    assert (bounded.expired(AT), make_approvals().expired(AT)) == (True, False)
    assert [bounded.expired(AT.replace(year=AT.year + years)) for years in (-1, 1)] == [False, True]


def test_released_without_complete_approvals_cannot_be_made() -> None:
    """What once was stored and taken for the last version: a release that nobody approved."""
    document = STATES["released"].model_dump(mode="json")
    for damage in ({"decisions": []}, {"digest": "f" * 64}, {"gates": []}):
        broken = document | {"approvals": document["approvals"] | damage}
        with pytest.raises(ValidationError):
            TypeAdapter(ReviewState).validate_python(broken, strict=False)
    with pytest.raises(ValidationError):
        Released(approvals=(), attempt=ATTEMPT, where=FOUND, at=AT)


def test_approved_by_a_hold_and_held_by_an_approval_cannot_be_made() -> None:
    """An approval is an approval, and a hold a hold."""
    with pytest.raises(ValidationError):
        Approved(digest=DIGEST, approvals=make_decision(answer="hold"))
    with pytest.raises(ValidationError, match="held back by a hold"):
        HeldBack(digest=DIGEST, by=make_decision())


@pytest.mark.parametrize(
    ("approvals", "changes"),
    [
        ((), {"gates": ()}),
        ((make_decision(), make_decision("security", KIM)), {}),
        ((make_decision(digest=OTHER),), {}),
        ((make_decision(digest="0" * 64),), {}),
        ((make_decision(answer="hold"),), {}),
        ((make_decision("legal", JO),), {}),
        (make_approvals().decisions, {}),
    ],
)
def test_waiting_that_does_not_wait_cannot_be_made(approvals, changes) -> None:
    """Without gates, with a doubled person, other bytes, a hold, a foreign role, or with nothing left to wait for."""
    with pytest.raises(ValidationError):
        make_waiting(*approvals, **changes)


@pytest.mark.parametrize("waiting", [make_waiting(blocking=("leak-suspected:text",)), make_waiting(make_decision())])
def test_state_itself_refuses_an_approval_that_does_not_count(waiting) -> None:
    """Whoever calls the step past the review's rules gets no further."""
    with pytest.raises(IllegalStepError):
        waiting.approve(make_decision(person=JO))


@pytest.mark.parametrize("digest", ["", "1" * 63, "G" * 64, "1" * 64 + "\n"])
def test_decision_needs_the_digest_that_it_judged(digest) -> None:
    """A decision cannot be made without naming whole bytes."""
    with pytest.raises(ValidationError):
        make_decision(digest=digest)


@pytest.mark.parametrize("ts", ["", "1", "now", "1.2.3"])
def test_place_of_a_message_is_a_timestamp_or_a_witness(ts) -> None:
    """A message stands where Slack says, or somebody saw it; nothing stands for "nowhere"."""
    with pytest.raises(ValidationError):
        Located(ts=ts, how="found")


def test_attempt_names_its_channel() -> None:
    """Where a post was begun is never unknown."""
    assert Attempt(id="b" * 32, channel="C", started_at=AT).channel == "C"
    with pytest.raises(ValidationError):
        Attempt(id="b" * 32, channel="", started_at=AT)


def test_reason_of_a_decision_has_at_most_500_characters() -> None:
    """Longer ones are refused."""
    assert len(make_decision(answer="hold", reason="x" * 500).reason) == 500
    with pytest.raises(ValidationError):
        make_decision(answer="hold", reason="x" * 501)


@pytest.mark.parametrize("state", ["posting", "ambiguous"])
@pytest.mark.parametrize(
    ("where", "told"),
    [
        (Located(ts="1.5", how="answered"), ("1.5", "answered")),
        (FOUND, ("1.5", "found")),
        (SEEN, ("", "seen")),
    ],
)
def test_release_tells_the_log_where_it_stands_and_who_knows(state, where, told) -> None:
    """Slack answered, the message was found, or a person saw it, and then nobody knows its timestamp."""
    step = STATES[state].stand(where, AT)
    assert step.payload == {"ts": told[0], "digest": DIGEST, "how": told[1]}
    assert step.after.ts == (told[0] or None)


def test_release_is_known_through_its_end() -> None:
    """How a draft came to stand in the bridge is told also once it was replaced or taken back."""
    told = {name for name, state in STATES.items() if released_in(state) == STATES["released"]}
    assert told == {"released", "superseded", "withdrawn"}
    assert {name for name, state in STATES.items() if released_in(state) is None} == set(STATES) - told


def test_states_survive_storage() -> None:
    """Each state is read back as what it was written."""
    adapter: TypeAdapter[Any] = TypeAdapter(ReviewState)
    for state in STATES.values():
        assert adapter.validate_json(adapter.dump_json(state)) == state
    with pytest.raises(ValidationError):
        adapter.validate_json(rebuilt(STATES["released"]).model_dump_json().replace("released", "approved"))


def test_roles_are_those_of_the_gates() -> None:
    """The builder's gates are the shipped ones."""
    assert tuple(gate.role for gate in GATES) == ROLES
