"""Puts a leak into the core and runs the tests that should find it: `make mutants`, one process for each mutant.

As a pytest plugin (`-p tests.transforms.mutation`) it loads the named module with the mutant's line in place of ours,
before anything imports it. Nothing on disk is changed.
"""

# ruff: noqa: T201 -- a command prints

import importlib.machinery
import importlib.util
import os
import re
import subprocess
import sys
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from types import CodeType, ModuleType

from tests.transforms.leak_mutants import MUTANTS
from tests.transforms.mutant import Mutant

ROOT = Path(__file__).parents[2]
CHOSEN = "BRIDGEPKG_LEAK_MUTANT"
LONGEST = 300
KILLED = re.compile(r"^FAILED (tests/\S+)", re.MULTILINE)


class NotOnceError(Exception):
    """The text that a mutant replaces does not stand exactly once in its module; the table is out of date."""


def mutated(mutant: Mutant, source: str) -> str:
    """The source with the leak in it."""
    if source.count(mutant.old) != 1:
        raise NotOnceError(f"{mutant.name}: {source.count(mutant.old)} times in {mutant.module}: {mutant.old!r}")
    return source.replace(mutant.old, mutant.new)


class _Loader(importlib.machinery.SourceFileLoader):
    """Compiles the mutated source, and never takes bytecode from a cache."""

    mutant: Mutant

    def get_code(self, fullname: str) -> CodeType:
        path = self.get_filename(fullname)
        return compile(mutated(self.mutant, Path(path).read_text()), path, "exec")


class _Finder:
    """Finds the one module that is mutated."""

    def __init__(self, mutant: Mutant) -> None:
        self.mutant = mutant

    def find_spec(
        self, name: str, _path: Sequence[str] | None, _target: ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        """The module with our loader; none for any other."""
        if name != self.mutant.module:
            return None
        file = str(source_of(self.mutant))
        loader = _Loader(name, file)
        loader.mutant = self.mutant
        return importlib.util.spec_from_file_location(name, file, loader=loader)


def source_of(mutant: Mutant) -> Path:
    """The file of the module that is mutated."""
    return ROOT / Path(*mutant.module.split(".")).with_suffix(".py")


if chosen := os.environ.get(CHOSEN):
    sys.meta_path.insert(0, _Finder(next(mutant for mutant in MUTANTS if mutant.name == chosen)))


@dataclass(frozen=True)
class Outcome:
    """What became of one mutant: the test that failed first, or none."""

    mutant: Mutant
    killer: str | None
    seconds: float
    output: str


def tried(mutant: Mutant) -> Outcome:
    """Run the mutant's tests in a process of their own until the first one fails."""
    started = time.monotonic()
    words = ["-x", "-q", "-p", "no:cacheprovider", "-p", "tests.transforms.mutation", "--no-header", "--tb=line"]
    run = subprocess.run(
        [sys.executable, "-m", "pytest", *words, *mutant.tests],
        cwd=ROOT,
        env=os.environ | {CHOSEN: mutant.name},
        capture_output=True,
        text=True,
        timeout=LONGEST,
        check=False,
    )
    # An error while collecting would kill every mutant and show nothing; only a test that fails counts.
    killers = KILLED.findall(run.stdout) if run.returncode == 1 else []
    return Outcome(mutant, killers[0] if killers else None, time.monotonic() - started, run.stdout + run.stderr)


def main(names: list[str]) -> int:
    """Try all mutants, or those whose names hold a given word; 1 when one survives."""
    chosen = [mutant for mutant in MUTANTS if not names or any(word in mutant.name for word in names)]
    killed = 0
    with ThreadPoolExecutor(max_workers=2) as pool:
        for outcome in pool.map(tried, chosen):
            said = f"killed    {outcome.killer}" if outcome.killer else f"SURVIVED  {outcome.output[-400:]}"
            print(f"{outcome.mutant.name:62} {said}", flush=True)
            killed += outcome.killer is not None
    print(f"{killed} of {len(chosen)} killed")
    return 0 if killed == len(chosen) else 1


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
