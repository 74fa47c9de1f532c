"""Mutation testing: a random sample of cosmic-ray's mutants, and which of them the tests kill.

`make mutation` tries a sample of all of `transforms/`; `ARGS="views secrets --sample 60 --seed 7"` tries some modules,
`ARGS="lifecycle gateway bot.workflows.release --each 15"` as many of each, of the shell too. A mutant of the core runs
the tests of its own module first, then the others of the core; one of the shell its own alone. A mutant that cannot
even be imported shows nothing and is not counted. Cosmic-ray names the changes and makes them; nothing on disk is
changed.
"""

import argparse
import difflib
import random
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
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
LIFE: Final = ("lifecycle", "approvals")
OWN: Final = {
    **dict.fromkeys(SCAN, OF_THE_SCAN),
    "findings": ("validate", "entitlement", "lineage"),
    "tables": ("status", "workaround"),
    **dict.fromkeys(("compose", "slots", "package", "build"), ("status", "holds", "lineage")),
    "sentences": ("message",),
    "disclosure": ("disclosure", "disclosure_rules", "clearance"),
    "draft": ("release_digest",),
    "register": ("validate",),
    **dict.fromkeys(LIFE, ("lifecycle", "review", "amendment")),
}
"""Where a module's promises are tested when no test bears its name."""

ALONE: Final = {*SCAN, *LIFE}
"""Modules that the other tests of the core have nothing to do with."""

SHELL: Final = {
    "bot.slack.gateway": (
        "slack/test_approved_post",
        "slack/test_gateway",
        "slack/test_bridge_guests",
        "slack/test_internal_channels",
        "workflows/test_release",
        "delivery/test_outbox",
    ),
    "bot.workflows.recheck": (
        "workflows/test_rechecked",
        "workflows/test_recheck",
        "workflows/test_prior_withdrawn",
        "workflows/test_release",
    ),
    "bot.workflows.release": ("workflows/test_recheck", "workflows/test_release", "test_faults", "test_races"),
}
"""The same for modules of the shell, cheapest first; another one has the tests that bear its name."""

ON_SQLITE: Final = ("-k", "not postgres")
"""Each mutant of the shell would start a Postgres of its own."""

LONG: Final = {"replay", "naughty_strings", "noninterference_long", "leak_mutants", "evasion"}
LONGEST: Final = 120
"""Seconds until a mutant counts as one that never ends; its tests take a quarter of it."""

DATA: Final = {"confusables"}
"""A table of characters, tested as a whole against Unicode's."""


def module_named(name: str) -> str:
    """The dotted name of a module, by its last part too: in the core or `SHELL`; of two, the one of the later stage."""
    core = (dotted(path) for path in sorted((ROOT / "transforms").rglob("*.py"), reverse=True))
    known = [name] if "." in name else [module for module in (*core, *SHELL) if module.endswith(f".{name}")]
    if not known or not source_of(known[0]).is_file():
        raise argparse.ArgumentTypeError(f"there is no module {name}; name one of the shell by its dotted path")
    return known[0]


def dotted(path: Path) -> str:
    """The dotted name of the module in a file."""
    return ".".join(path.relative_to(ROOT).with_suffix("").parts)


@dataclass(frozen=True)
class Mutation:
    """One change that cosmic-ray can make to a module, by its dotted name."""

    module: str
    operator: str
    occurrence: int

    @property
    def source(self) -> str:
        """The module's source with the change in it."""
        source = source_of(self.module).read_text()
        return mutate_code(source, get_operator(self.operator)(), self.occurrence) or source

    @property
    def change(self) -> str:
        """The lines that differ."""
        ours = source_of(self.module).read_text().splitlines()
        lines = difflib.unified_diff(ours, self.source.splitlines(), n=0, lineterm="")
        return "\n".join(f"    {line}" for line in lines if line[:1] in "+-" and line[:3] not in {"+++", "---"})


def mutations(modules: Sequence[str]) -> Iterator[Mutation]:
    """Every change that cosmic-ray's operators can make to these modules."""
    for module in modules:
        nodes = list(ast_nodes(get_ast(source_of(module).read_text())))
        for name in operator_names():
            # Operators with arguments replace variables by ones that the author names; there are none.
            if (kind := get_operator(name)) and not kind.arguments():
                count = sum(len(list(kind().mutation_positions(node))) for node in nodes)
                yield from (Mutation(module, name, occurrence) for occurrence in range(count))


def tests_for(module: str) -> list[str]:
    """The tests of the module first, then those of the core; for some, and for the shell, its own alone."""
    stem = module.rpartition(".")[2]
    if not module.startswith("transforms."):
        return [*_tests_of_shell(module), *ON_SQLITE]
    named = {path.stem.removeprefix("test_"): str(path.relative_to(ROOT)) for path in TESTS.rglob("test_*.py")}
    first = [named[name] for name in OWN.get(stem, (stem,)) if name in named]
    rest = () if stem in ALONE else (path for name, path in sorted(named.items()) if name not in LONG)
    return list(dict.fromkeys((*first, *rest)))


def _tests_of_shell(module: str) -> list[str]:
    """The files that are declared for a module of the shell; else the one at the same place under `tests/`."""
    folder, _, stem = module.replace(".", "/").rpartition("/")
    files = [f"tests/bot/{name}.py" for name in SHELL.get(module, ())] or [f"tests/{folder}/test_{stem}.py"]
    if missing := [name for name in files if not (ROOT / name).is_file()]:
        raise SystemExit(f"{module} has no tests of its own: there is no {missing[0]}")
    return files


def tried(mutation: Mutation) -> Run:
    """What the tests say of this mutant."""
    return run(mutation.module, mutation.source, tests_for(mutation.module), PYTHON, LONGEST)


def samples(options: argparse.Namespace) -> Iterator[list[Mutation]]:
    """The mutants to try: some of all modules together, or of each module all, in the order of chance."""
    chance, modules = random.Random(options.seed), options.modules or _modules()  # noqa: S311 -- a sample, no secret
    for group in [[module] for module in modules] if options.each else [modules]:
        found = list(mutations(group))
        yield chance.sample(found, len(found) if options.each else min(options.sample, len(found)))


def outcomes(pool: ThreadPoolExecutor, sample: list[Mutation], wanted: int) -> Iterator[tuple[Mutation, Run]]:
    """Try mutants in their order until so many could be loaded, or none is left."""
    while sample and wanted > 0:
        batch, sample = sample[:wanted], sample[wanted:]
        for mutation, outcome in zip(batch, pool.map(tried, batch), strict=True):
            wanted -= outcome.loaded
            yield mutation, outcome


def _require_sound(modules: Sequence[str]) -> None:
    """Tests of the shell start a whole bot: where they fail or take too long unchanged, a mutant would show nothing."""
    for module in modules:
        if not module.startswith("transforms."):
            outcome = run(module, source_of(module).read_text(), tests_for(module), PYTHON, LONGEST)
            if outcome.killer or not outcome.loaded:
                raise SystemExit(f"{module} fails its tests as it stands: {outcome.killer or outcome.output[-400:]}")


def main() -> int:
    """Print each survivor with its change, and the share of those killed; 1 below 85 in a hundred."""
    options = _options()
    _require_sound(options.modules)
    killed = counted = tries = 0
    with ThreadPoolExecutor(max_workers=2) as pool:
        for sample in samples(options):
            for mutation, outcome in outcomes(pool, sample, options.each or options.sample):
                tries, counted = tries + 1, counted + outcome.loaded
                killed += outcome.killer is not None
                _tell(mutation, outcome)
    share = killed / counted if counted else 1.0
    print(f"{killed} of {counted} killed, {share:.0%}; {tries - counted} could not be loaded")
    return 0 if share >= 0.85 else 1  # noqa: PLR2004 -- the least that we accept


def _tell(mutation: Mutation, outcome: Run) -> None:
    said = outcome.killer or ("SURVIVED" if outcome.loaded else "cannot be loaded")
    module = mutation.module.rpartition(".")[2]
    print(f"{module:12} {mutation.operator:52} {mutation.occurrence:4} {outcome.seconds:4.0f} s  {said}", flush=True)
    if outcome.loaded and not outcome.killer:
        print(mutation.change, flush=True)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make mutation", description=__doc__.splitlines()[0])
    which = "modules of transforms/ or the shell; when none, all of transforms/"
    parser.add_argument("modules", nargs="*", metavar="MODULE", type=module_named, help=which)
    parser.add_argument("--sample", type=int, default=100, help="how many mutants to try (100)")
    parser.add_argument("--each", type=int, default=0, help="instead, how many of each module that can be loaded")
    parser.add_argument("--seed", type=int, default=1, help="which ones (1)")
    return parser.parse_args()


def _modules() -> list[str]:
    files = sorted((ROOT / "transforms").rglob("*.py"))
    return [dotted(path) for path in files if path.stem not in DATA and not path.stem.startswith("_")]


if __name__ == "__main__":
    raise SystemExit(main())
