"""P2: the customer's bytes depend on the allowed projection and on nothing else."""

from random import Random

import orjson
from hypothesis import given, settings

from tests.transforms.elsewhere import elsewhere
from tests.transforms.projection import World, dispositions, project
from tests.transforms.worlds import Case, cases, rebuild
from transforms.model.package import Coded

WORLDS = 140
MUTANTS = 5
MEETINGS = 350


def outward(case: Case) -> bytes:
    """Every byte that could reach the customer, their lengths, and the numbers of the holds."""
    draft = rebuild(case)
    message, package = draft.message.model_dump(mode="json"), draft.package.model_dump(mode="json")
    lengths = [len(draft.message.text), *map(len, map(orjson.dumps, draft.message.blocks))]
    numbers = [(hold.number, hold.key, hold.since) for hold in draft.holds]
    return orjson.dumps([message, package, draft.package.digest, draft.message.digest, lengths, numbers])


def world_of(case: Case) -> World:
    """The questions that the projection asks."""
    return World(case.evidence, case.audience, case.profile, case.prior, case.directives, case.history)


def allowed(case: Case) -> tuple:
    """All of a case on which those bytes may depend."""
    return project(world_of(case))


@settings(max_examples=WORLDS)
@given(cases())
def test_outward_bytes_do_not_move_with_what_lies_outside_the_projection(case) -> None:
    """Other texts, names, ids, revisions, order, times, notes and numbers of withheld records change no byte.

    Each world and its mutants are fifteen pairs that the customer cannot tell apart: 2,100 pairs.
    """
    expected = outward(case)
    for seed in range(MUTANTS):
        rng = Random(seed)  # noqa: S311
        mutant = elsewhere(case, rng)
        assert allowed(mutant) == allowed(case)
        assert outward(mutant) == expected


def test_outward_bytes_agree_in_worlds_whose_projections_agree() -> None:
    """Whatever two drawn worlds differ in: while their projections are equal, the customer reads the same bytes."""
    seen: dict[tuple, bytes] = {}
    agreeing = []

    @settings(max_examples=MEETINGS)
    @given(cases())
    def compare(case: Case) -> None:
        agreeing.append(allowed(case) in seen)
        read = outward(case)
        assert seen.setdefault(allowed(case), read) == read

    compare()
    assert sum(agreeing) > MEETINGS / 7, "too few of the drawn worlds agree for this test to say anything"


@settings(max_examples=WORLDS)
@given(cases())
def test_every_slot_is_disposed_of_as_the_written_projection_says(case) -> None:
    """The projection, written without the core's functions, foretells each field's code, minute or hold reason."""
    draft = rebuild(case)
    held = {hold.number: ("held", hold.key, hold.reason) for hold in draft.holds}
    values = {field.id: field.value for field in draft.package.fields}
    found = {
        name: ("shown", value.code, value.at) if isinstance(value, Coded) else held[value.number]
        for name, value in values.items()
    }
    details = {hold.key: held[hold.number] for hold in draft.holds if hold.key.startswith("detail/")}
    for key in sorted({detail.id.rpartition("/")[0] for detail in draft.package.details}):
        words = (str(detail.value.words) for detail in draft.package.details if detail.id.startswith(f"{key}/"))
        details[f"{key}/words"] = ("shown", "words", tuple(sorted(words)))
    foretold = dispositions(world_of(case))
    # Words that a person held stand behind their category's one placeholder.
    plain = {key.removesuffix("/words") if it[0] == "held" else key: it for key, it in foretold.items()}
    assert found | details == plain
