"""Puts each mutant into the core or the shell and runs the tests that should find it: `make mutants`."""

# ruff: noqa: T201 -- a command prints

import sys
from concurrent.futures import ThreadPoolExecutor

from tests.bot.shell_mutants import MUTANTS as OF_SHELL
from tests.transforms.leak_mutants import MUTANTS as LEAKS
from tests.transforms.mutant import Mutant
from tests.transforms.mutated import Run, run, source_of


class NotOnceError(Exception):
    """The text that a mutant replaces does not stand exactly once in its module; the table is out of date."""


def mutated(mutant: Mutant, source: str) -> str:
    """The source with the change in it."""
    if source.count(mutant.old) != 1:
        raise NotOnceError(f"{mutant.name}: {source.count(mutant.old)} times in {mutant.module}: {mutant.old!r}")
    return source.replace(mutant.old, mutant.new)


def tried(mutant: Mutant) -> Run:
    """Run the mutant's tests until the first one fails."""
    return run(mutant.module, mutated(mutant, source_of(mutant.module).read_text()), mutant.tests)


def main(names: list[str]) -> int:
    """Try all mutants, or those whose names hold a given word; 1 when one survives."""
    chosen = [mutant for mutant in (*LEAKS, *OF_SHELL) if not names or any(word in mutant.name for word in names)]
    killed = 0
    with ThreadPoolExecutor(max_workers=2) as pool:
        for mutant, outcome in zip(chosen, pool.map(tried, chosen), strict=True):
            said = f"killed    {outcome.killer}" if outcome.killer else f"SURVIVED  {outcome.output[-400:]}"
            print(f"{mutant.name:62} {said}", flush=True)
            killed += outcome.killer is not None
    print(f"{killed} of {len(chosen)} killed")
    return 0 if killed == len(chosen) else 1


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
