"""Mutation testing of the core: a random sample of cosmic-ray's mutants, and which of them the tests kill.

`make mutation` tries a sample of all of `transforms/`; `ARGS="views secrets --sample 60 --seed 7"` tries some modules.
Each mutant runs the tests of its own module first, then the others of the core. A mutant that cannot even be imported
shows nothing and is not counted. Cosmic-ray names the changes and makes them; nothing on disk is changed.
"""

import argparse
import difflib
import random
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Final

from cosmic_ray.ast import ast_nodes, get_ast
from cosmic_ray.mutating import mutate_code
from cosmic_ray.plugins import get_operator, operator_names

from tests.transforms.mutated import ROOT, Run, run, source_of

PYTHON: Final = str(ROOT / ".venv/bin/python")
TESTS: Final = ROOT / "tests/transforms"
SCAN: Final = ("views", "decodings", "secrets", "gitleaks", "spellings", "lexicon", "listed", "leakscan")
OF_THE_SCAN: Final = (
    "views",
    "decodings",
    "secrets",
    "gitleaks",
    "spellings",
    "lexicon",
    "listed",
    "leakscan",
    "suspicions",
    "evasion",
    "naughty_strings",
)
OWN: Final = {
    **dict.fromkeys(SCAN, OF_THE_SCAN),
    "findings": ("validate", "entitlement", "lineage"),
    "tables": ("status", "workaround"),
    **dict.fromkeys(("compose", "slots", "package", "build"), ("status", "holds", "lineage")),
    "sentences": ("message",),
    "disclosure": ("disclosure", "disclosure_rules", "clearance"),
    "draft": ("release_digest",),
    "register": ("validate",),
}
"""Where a module's promises are tested when no test bears its name."""

LONG: Final = {"replay", "naughty_strings", "noninterference_long", "leak_mutants", "evasion"}
LONGEST: Final = 120
"""Seconds until a mutant counts as one that never ends; its tests take a quarter of it."""

DATA: Final = {"confusables"}
"""A table of characters, tested as a whole against Unicode's."""


def module_named(stem: str) -> str:
    """The dotted name of a module of the core, by its last part; of two, the one of the later stage."""
    path = next(path for path in sorted((ROOT / "transforms").rglob("*.py"), reverse=True) if path.stem == stem)
    return ".".join(path.relative_to(ROOT).with_suffix("").parts)


@dataclass(frozen=True)
class Mutation:
    """One change that cosmic-ray can make to a module of the core."""

    module: str
    operator: str
    occurrence: int

    @property
    def source(self) -> str:
        """The module's source with the change in it."""
        source = source_of(module_named(self.module)).read_text()
        return mutate_code(source, get_operator(self.operator)(), self.occurrence) or source

    @property
    def change(self) -> str:
        """The lines that differ."""
        ours = source_of(module_named(self.module)).read_text().splitlines()
        lines = difflib.unified_diff(ours, self.source.splitlines(), n=0, lineterm="")
        return "\n".join(f"    {line}" for line in lines if line[:1] in "+-" and line[:3] not in {"+++", "---"})


def mutations(modules: Sequence[str]) -> Iterator[Mutation]:
    """Every change that cosmic-ray's operators can make to these modules."""
    for module in modules:
        nodes = list(ast_nodes(get_ast(source_of(module_named(module)).read_text())))
        for name in operator_names():
            # Operators with arguments replace variables by ones that the author names; there are none.
            if (kind := get_operator(name)) and not kind.arguments():
                count = sum(len(list(kind().mutation_positions(node))) for node in nodes)
                yield from (Mutation(module, name, occurrence) for occurrence in range(count))


def tests_for(module: str) -> list[str]:
    """The tests of the module first, then those of the core; of the scan alone for a part of the scan."""
    named = {path.stem.removeprefix("test_"): str(path.relative_to(ROOT)) for path in TESTS.rglob("test_*.py")}
    first = [named[name] for name in OWN.get(module, (module,)) if name in named]
    rest = () if module in SCAN else (path for name, path in sorted(named.items()) if name not in LONG)
    return list(dict.fromkeys((*first, *rest)))


def tried(mutation: Mutation) -> Run:
    """What the tests say of this mutant."""
    return run(module_named(mutation.module), mutation.source, tests_for(mutation.module), PYTHON, LONGEST)


def main() -> int:
    """Print each survivor with its change, and the share of those killed; 1 below 85 in a hundred."""
    options = _options()
    found = list(mutations(options.modules or _modules()))
    chosen = random.Random(options.seed).sample(  # noqa: S311 -- a sample, no secret
        found, min(options.sample, len(found))
    )
    killed = counted = 0
    with ThreadPoolExecutor(max_workers=2) as pool:
        for mutation, outcome in zip(chosen, pool.map(tried, chosen), strict=True):
            counted, killed = counted + outcome.loaded, killed + (outcome.killer is not None)
            _tell(mutation, outcome)
    share = killed / counted if counted else 1.0
    print(
        f"{killed} of {counted} killed, {share:.0%}; {len(chosen) - counted} could not be loaded; {len(found)} in all"
    )
    return 0 if share >= 0.85 else 1  # noqa: PLR2004 -- the least that we accept


def _tell(mutation: Mutation, outcome: Run) -> None:
    said = outcome.killer or ("SURVIVED" if outcome.loaded else "cannot be loaded")
    print(
        f"{mutation.module:12} {mutation.operator:52} {mutation.occurrence:4} {outcome.seconds:4.0f} s  {said}",
        flush=True,
    )
    if outcome.loaded and not outcome.killer:
        print(mutation.change, flush=True)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make mutation", description=__doc__.splitlines()[0])
    parser.add_argument("modules", nargs="*", metavar="MODULE", help="modules of transforms/; all of them when none")
    parser.add_argument("--sample", type=int, default=100, help="how many mutants to try (100)")
    parser.add_argument("--seed", type=int, default=1, help="which ones (1)")
    return parser.parse_args()


def _modules() -> list[str]:
    stems = (path.stem for path in sorted((ROOT / "transforms").rglob("*.py")))
    return [stem for stem in stems if stem not in DATA and not stem.startswith("_")]


if __name__ == "__main__":
    raise SystemExit(main())
