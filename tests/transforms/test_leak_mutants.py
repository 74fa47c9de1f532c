"""P2: the tests find leaks. A sample of the mutants here, all of them in the long run and by `make mutants`."""

import pytest

from tests.transforms.leak_mutants import MUTANTS
from tests.transforms.mutant import Mutant
from tests.transforms.mutated import source_of
from tests.transforms.mutation import NotOnceError, mutated, tried

SAMPLE = {
    "a clearance survives a change of what it cleared",
    "the lexicon forgets people",
    "a suspicion repeats the secret",
    "what is withheld can be guessed from the annex's digest",
}


def chosen() -> list:
    """Every mutant; those that are no sample only in the long run."""
    torture = pytest.mark.torture
    return [pytest.param(m, id=m.name.replace(" ", "-"), marks=() if m.name in SAMPLE else torture) for m in MUTANTS]


@pytest.mark.parametrize("mutant", chosen())
def test_leak_mutant_is_killed(mutant) -> None:
    """With this leak in the core, a test fails; a leak that no test sees would be ours."""
    outcome = tried(mutant)
    assert outcome.killer, outcome.output


def test_leak_mutants_are_forty_five_that_fit_the_source() -> None:
    """Each replaces what stands once and leaves a program; the table does not quietly fall behind the core."""
    assert (len(MUTANTS), len({mutant.name for mutant in MUTANTS})) == (45, 45)
    assert {mutant.name for mutant in MUTANTS} >= SAMPLE
    for mutant in MUTANTS:
        compile(mutated(mutant, source_of(mutant.module).read_text()), mutant.module, "exec")


def test_leak_mutant_that_fits_no_longer_says_so() -> None:
    """A line that moved away is an error with the name of its mutant."""
    with pytest.raises(NotOnceError, match=r"^gone: 0 times in transforms\.build"):
        mutated(Mutant("gone", "transforms.build", "no such line", "", ()), "x = 1\n")
