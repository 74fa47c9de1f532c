"""P1, P6, P9: the tests notice a shell that posts too much. One mutant here, all of them by `make mutants`."""

import pytest

from tests.bot.shell_mutants import MUTANTS
from tests.transforms.mutated import ROOT, source_of
from tests.transforms.mutation import mutated, tried

SAMPLE = "the bridge takes a draft under approvals of another"


def chosen() -> list:
    """Every mutant; all but one start a whole bot, and so belong to the long run."""
    torture = pytest.mark.torture
    return [pytest.param(m, id=m.name.replace(" ", "-"), marks=() if m.name == SAMPLE else torture) for m in MUTANTS]


@pytest.mark.parametrize("mutant", chosen())
def test_shell_mutant_is_killed(mutant) -> None:
    """With this change in the shell, its test fails."""
    outcome = tried(mutant)
    assert outcome.killer, outcome.output


def test_shell_mutants_fit_the_source_and_name_a_test() -> None:
    """Each replaces what stands once and leaves a program, and the test that should see it is there."""
    assert len({mutant.name for mutant in MUTANTS}) == len(MUTANTS)
    for mutant in MUTANTS:
        compile(mutated(mutant, source_of(mutant.module).read_text()), mutant.module, "exec")
        for test in mutant.tests:
            file, _, name = test.partition("::")
            assert f"def {name.partition('[')[0] or 'test_'}" in (ROOT / file).read_text()
