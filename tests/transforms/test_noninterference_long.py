"""P2 in the long run: 200,000 pairs of worlds that the customer must not be able to tell apart."""

from random import Random

import pytest

from tests.transforms.elsewhere import elsewhere
from tests.transforms.test_noninterference import MUTANTS, allowed, outward
from tests.transforms.worlds import make_case

WORLDS = 13_340
CHUNK = 290
FIRST = 1_000_000
PAIRS = MUTANTS * (MUTANTS + 1) // 2
"""A world and its mutants, each with each."""


def differing(seeds: range) -> list[tuple[int, int]]:
    """The world and mutant of every pair that reads differently though the projection is the same."""
    found = []
    for seed in seeds:
        case = make_case(seed)
        expected, projection = outward(case), allowed(case)
        for number in range(MUTANTS):
            mutant = elsewhere(case, Random(number))  # noqa: S311
            assert allowed(mutant) == projection, (seed, number)
            found += [(seed, number)] if outward(mutant) != expected else []
    return found


CHUNKS = [range(FIRST + start, FIRST + start + CHUNK) for start in range(0, WORLDS, CHUNK)]


@pytest.mark.torture
@pytest.mark.parametrize("seeds", CHUNKS, ids=lambda seeds: str(seeds.start))
def test_outward_bytes_do_not_move_in_any_of_200_000_pairs(seeds, record_property) -> None:
    """Worlds that no other test draws, each with five that differ only outside of the projection."""
    assert len(CHUNKS) * CHUNK * PAIRS >= 200_000
    record_property("tried", len(seeds) * PAIRS)
    assert differing(seeds) == []
