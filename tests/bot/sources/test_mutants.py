"""P4, P9: whatever a damaged export holds, it is read, or it is malformed in one sentence; never a traceback."""

import os
import resource
import time

import pytest

from bot.sources.read import read_evidence
from profiles.codes import SourceState
from profiles.frozen import replace
from tests.bot.sources.mutants import mutant, with_bytes, with_value
from tests.bot.sources.reading import read_text
from tests.builders import (
    INCIDENT,
    STAGES,
    assert_no_canary,
    canaries,
    lay_out,
    make_draft,
    sample_deployment,
    sample_evidence,
    stage_clock,
)

CHUNK = 150
LONG_CHUNK = 1_000
MOST_MEMORY = 256 * 1024
"""KB, the unit in which the system counts the largest size of a process."""


def rounds() -> list:
    """1,500 mutants in the tests, 50,000 in the long run, in pieces that two cores share."""
    short = [range(start, start + CHUNK) for start in range(0, 1_500, CHUNK)]
    long = [range(start, start + LONG_CHUNK) for start in range(10_000, 60_000, LONG_CHUNK)]
    return [
        *(pytest.param(seeds, id=f"{seeds.start}") for seeds in short),
        *(pytest.param(seeds, id=f"{seeds.start}", marks=pytest.mark.torture) for seeds in long),
    ]


@pytest.mark.parametrize("seeds", rounds())
def test_mutant_of_a_real_payload_is_read_or_refused(seeds, tmp_path) -> None:
    """Each within a second of work and 256 MB, whole or not at all, with a sentence that says how to fix it."""
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    states = set()
    for seed in seeds:
        suffix, preset, content = mutant(seed)
        started = time.thread_time()
        health, records = read_text(tmp_path, preset, content, f"export{suffix}")
        assert time.thread_time() - started < 1, seed
        assert (health.state is SourceState.READ) == (health.problem == ""), seed
        if health.state is not SourceState.READ:
            assert ("\n" in health.problem, "; " in health.problem) == (False, True), (seed, health)
        if health.state is SourceState.MALFORMED:
            assert records == [], (seed, health)
        tally = health.tally
        ignored = sum(rule.items for rule in tally.ignored)
        assert tally.items == tally.placed + tally.elsewhere + tally.unplaced + ignored, seed
        states.add(health.state)
    assert states == {SourceState.READ, SourceState.INCOMPLETE, SourceState.MALFORMED}
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < MOST_MEMORY


@pytest.mark.parametrize("source", sorted(sample_deployment().config.sources))
def test_mutant_of_one_export_of_the_sample_makes_holds_and_moves_nothing_else_outward(source, tmp_path) -> None:
    """A draft is built whatever one export became; what could not be read is in the register, nothing of it outside."""
    from random import Random

    forbidden = canaries(sample_evidence())
    for seed in range(8):
        folder = tmp_path / str(seed)
        lay_out(folder, STAGES[1])
        path = next(p for p in folder.rglob("*.*") if sample_deployment().config.sources[source].path in str(p))
        rng = Random(seed)  # noqa: S311
        change = with_value if path.suffix == ".json" and seed % 2 else with_bytes
        path.write_bytes(change(path.read_bytes(), rng))
        os.utime(path, (stage_clock(STAGES[1]).timestamp(),) * 2)
        sources = replace(sample_deployment().sources, folder=folder)
        evidence = read_evidence(sources, INCIDENT, at=stage_clock(STAGES[1]))
        draft = make_draft(evidence)
        unread = {f"source-unavailable:source/{h.source}" for h in evidence.sources if not h.readable}
        assert unread <= {entry.id for entry in draft.register_}
        assert_no_canary(draft.message.model_dump(mode="json"), forbidden)
