"""Runs tests against a program in which one module is replaced by a mutant's source; nothing of ours on disk changes.

As a pytest plugin (`-p tests.transforms.mutated`) it loads the named module from the other file, before anything
imports it, in whichever thread. A process that a test starts has the module as it is on disk.
"""

import importlib.machinery
import importlib.util
import os
import re
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from types import CodeType, ModuleType
from typing import Final

ROOT: Final = Path(__file__).parents[2]
REPLACED: Final = "BRIDGEPKG_MUTANT"
"""Names the module and the file of its source, `transforms.build=/tmp/x.py`."""

LONGEST: Final = 300
LARGEST: Final = 4 << 30
"""Bytes; a mutant may loop and fill the memory."""

KILLED: Final = re.compile(r"^FAILED (tests/.+?)(?: - .*)?$", re.MULTILINE)
LINES: Final = ("-x", "-q", "--no-header", "--tb=line")


def source_of(module: str) -> Path:
    """The file of a module of ours."""
    return ROOT / Path(*module.split(".")).with_suffix(".py")


class _Loader(importlib.machinery.SourceFileLoader):
    """Compiles the other source under the module's own path, and never takes bytecode from a cache."""

    other: Path

    def get_code(self, fullname: str) -> CodeType:
        return compile(self.other.read_text(), self.get_filename(fullname), "exec")


class _Finder:
    """Finds the one module that is replaced."""

    def __init__(self, module: str, other: Path) -> None:
        self.module, self.other = module, other

    def find_spec(
        self, name: str, _path: Sequence[str] | None, _target: ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        """The module with our loader; none for any other."""
        if name != self.module:
            return None
        file = str(source_of(self.module))
        loader = _Loader(name, file)
        loader.other = self.other
        return importlib.util.spec_from_file_location(name, file, loader=loader)


if replaced := os.environ.get(REPLACED):
    resource.setrlimit(resource.RLIMIT_AS, (LARGEST, LARGEST))
    sys.meta_path.insert(0, _Finder(replaced.partition("=")[0], Path(replaced.partition("=")[2])))


@dataclass(frozen=True)
class Run:
    """What became of one mutant: the test that failed first, or none; whether its core could be loaded at all."""

    killer: str | None
    loaded: bool
    seconds: float
    output: str


def run(module: str, source: str, tests: Sequence[str], python: str = sys.executable, seconds: int = LONGEST) -> Run:
    """Run these tests in a process of their own against the source given, until the first one fails."""
    started = time.monotonic()
    with tempfile.NamedTemporaryFile("w", suffix=".py") as other:
        other.write(source)
        other.flush()
        words = [python, "-m", "pytest", "-p", "no:cacheprovider", "-p", "tests.transforms.mutated", *LINES]
        env = os.environ | {REPLACED: f"{module}={other.name}"}
        try:
            ran = subprocess.run(
                [*words, *tests], cwd=ROOT, env=env, capture_output=True, text=True, timeout=seconds, check=False
            )
        except subprocess.TimeoutExpired:
            return Run(f"{seconds} seconds", True, time.monotonic() - started, "")
    output = ran.stdout + ran.stderr
    # An error while collecting would kill every mutant and show nothing; only a test that fails counts.
    killers = KILLED.findall(ran.stdout)
    return Run(next(iter(killers), None), bool(killers) or ran.returncode == 0, time.monotonic() - started, output)
