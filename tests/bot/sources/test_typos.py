"""P14: a misspelt expression is a line that names it, or changes nothing; it is never a better word to the customer."""

from pathlib import Path
from typing import Any

import pytest

from bot.sources.presets import load_preset
from bot.sources.read import Sources, read_evidence
from profiles.codes import Section, SourceState
from profiles.frozen import replace
from tests.bot.sources.typos import typos, write
from tests.builders import INCIDENT, STAGES, lay_out, make_draft, sample_deployment, stage_clock
from transforms.model.evidence import Evidence
from transforms.model.package import Coded
from transforms.publish.draft import Draft

SOURCES = tuple(sample_deployment().config.sources.items())
AT = stage_clock(STAGES[1])


def evidence(folder: Path, source: str, preset: str) -> Evidence:
    """The sample's second stage with another preset for one source; nothing is remembered of an earlier mapping."""
    load_preset.cache_clear()
    changed = tuple(
        (name, replace(one, preset=str(folder / preset) if name == source and preset.endswith(".yaml") else one.preset))
        for name, one in SOURCES
    )
    sources: Sources = replace(sample_deployment().sources, folder=folder, by_name=changed)
    return read_evidence(sources, INCIDENT, at=AT)


def facts(read: Evidence, source: str) -> tuple[Any, ...]:
    """What is said of one source, but for what stays inside anyway."""
    inside = {"tags", "withheld", "unmapped"}
    records = [r.model_dump(exclude=inside) for r in (*read.records, *read.unplaced) if r.ref.source == source]
    return records, read.health_of[source].coverage, read.health_of[source].state


def telling(problem: str) -> bool:
    """Whether a line names the mapping with its place, or what was looked for."""
    return "own.yaml:" in problem or "export" in problem


@pytest.mark.parametrize("source", [name for name, _ in SOURCES])
def test_typo_in_an_expression_is_told_or_changes_nothing(source, tmp_path) -> None:
    """Each name of each expression in turn, over the sample's exports, down to the customer's words."""
    folder, preset = lay_out(tmp_path, STAGES[1]), dict(SOURCES)[source].preset
    whole = evidence(folder, source, preset)
    plain, silent, good_news = make_draft(whole), [], []
    for typo, mapping in typos(preset):
        read = evidence(folder, source, write(tmp_path, mapping))
        health = read.health_of[source]
        same = facts(read, source) == facts(whole, source)
        if health.state is SourceState.READ and not same and not read.unplaced:
            silent.append(typo)
        if health.problem and not telling(health.problem):
            silent.append(f"{typo}: {health.problem}")
        if not same and (told := improvement(plain, make_draft(read))):
            good_news.append(f"{typo}: {told} [{health.state} {health.problem}]")
    assert (silent, good_news) == ([], [])


def improvement(before: Draft, after: Draft) -> list[str]:
    """Every hold that is gone, and every outward field that says something better, or for the first time.

    Where nothing at all is told, because nobody knows what was bought, there is nothing to hold either.
    """
    says = any(isinstance(field.value, Coded) for field in after.package.fields)
    gone = {hold.key for hold in before.holds} - {hold.key for hold in after.holds} if says else set()
    told = {field.id: field.value for field in before.package.fields if isinstance(field.value, Coded)}
    return [
        *(f"{key} is held no more" for key in sorted(gone)),
        *(
            f"{field.id} says {field.value.words}"
            for field in after.package.fields
            if isinstance(field.value, Coded) and better(field.section, told.get(field.id), field.value)
        ),
    ]


def better(section: Section, before: Coded | None, after: Coded) -> bool:
    """Whether a value says more than was said: of a status a lower rank is better, of everything else a higher one.

    That there is no workaround yet is no good news beside a state that is no longer told.
    """
    if before is None:
        return section is not Section.WORKAROUND or after.rank > 0
    return after.rank < before.rank if section is Section.STATUS else after.rank > before.rank
