"""`source try`: what a mapping makes of one export, before anybody depends on it."""

import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click

from bot.clock import SYSTEM_CLOCK
from bot.commandline.output import JSON_HELP, at_terminal, print_json, print_table
from bot.commandline.verdicts import source_names, value_of, verdict
from bot.process.exits import EXIT_NO
from bot.sources.file import read_exports
from bot.sources.mapping import Mapped
from bot.sources.presets import SHIPPED, Preset, load_preset, places_of
from bot.sources.read import Asked, FileSource, Sources, map_export, read_source, unheard
from profiles.loader import find_profile, load_profile
from profiles.models import Profile
from transforms.model.records import Record


@dataclass(frozen=True, slots=True)
class Trial:
    """One export through one mapping, and the profile that would read it."""

    mapped: Mapped
    preset: Preset
    name: str
    near: Path
    profile: Profile | None
    source: str

    @property
    def problems(self) -> list[str]:
        """Why the source would not be whole."""
        return [*unheard(self.mapped, self.name, self.near), *self.mapped.problems]

    def said_of(self, record: Record) -> str:
        """What the profile makes of a record."""
        return verdict(record, self.profile, self.source) if self.profile else ""


@click.group()
def source() -> None:
    """Try a source's export and its mapping."""


@source.command("try")
@click.argument("file", type=click.Path(path_type=Path))
@click.argument("preset")
@click.option("--profile", "profile_name", help="A shipped profile, or a path ending in .yaml, that would read it.")
@click.option("--incident", default="", help="The incident for which it is read, as its system spells it.")
@click.option("--as", "named", help="The source's name in the profile; by default that of the preset.")
@click.option("--json", "as_json", is_flag=True, help=JSON_HELP)
def try_source(
    file: Path, preset: str, profile_name: str | None, incident: str, named: str | None, *, as_json: bool
) -> None:
    """Show what becomes of every item of FILE through PRESET, a shipped mapping or a path ending in .yaml."""
    near = Path.cwd()
    loaded = load_preset(preset, near)
    profile = load_profile(find_profile(profile_name, near)) if profile_name else None
    known = source_names(profile, loaded.kind, preset) if profile else ()
    name = named or next(iter(known), "source")
    chosen = FileSource(connector="file", preset=preset, path=file.name)
    sources = Sources(folder=file.parent, presets=near, by_name=())
    mapped = map_export(name, chosen, read_exports(file), sources, Asked(incident, SYSTEM_CLOCK.now()))
    trial = Trial(mapped, loaded, preset, near, profile, name)
    if as_json or not at_terminal():
        print_json(_data(trial))
    else:
        _print(trial)
    if trial.problems or mapped.unplaced:
        sys.exit(EXIT_NO)


@source.command("which")
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--incident", default="", help="The incident for which they are read, as its system spells it.")
@click.option("--json", "as_json", is_flag=True, help=JSON_HELP)
def which(files: tuple[Path, ...], incident: str, *, as_json: bool) -> None:
    """Show what each shipped mapping makes of FILES: read right, or refused with what each is."""
    presets = sorted(path.stem for path in SHIPPED.glob("*.yaml"))
    rows = [_said(file, preset, incident) for file in files for preset in presets]
    if as_json or not at_terminal():
        print_json(rows)
        return
    columns = ("File", "Preset", "State", "Items", "Placed", "Unplaced", "What there is to say")
    print_table(columns, [[str(value) for value in row.values()] for row in rows])


def _said(file: Path, preset: str, incident: str) -> dict[str, Any]:
    """What one mapping makes of one file, in a line."""
    chosen = FileSource(connector="file", preset=preset, path=file.name)
    sources = Sources(folder=file.parent, presets=SHIPPED, by_name=())
    health = read_source("source", chosen, sources, Asked(incident, SYSTEM_CLOCK.now())).health
    counts = {"items": health.tally.items, "placed": health.tally.placed, "unplaced": health.tally.unplaced}
    return {"file": file.name, "preset": preset, "state": health.state, **counts, "says": health.problem}


def _records(trial: Trial) -> list[dict[str, Any]]:
    return [
        {
            "key": record.ref.key,
            "about": getattr(record, "component", getattr(record, "account", None)),
            "region": getattr(record, "region", None),
            "value": value_of(record),
            "changed_at": record.ref.changed_at.isoformat() if record.ref.changed_at else None,
            "profile": trial.said_of(record),
        }
        for record in trial.mapped.records
    ]


def _expressions(trial: Trial) -> list[dict[str, Any]]:
    counts, places = trial.mapped.search.counts, places_of(trial.name, trial.near)
    return [
        {
            "name": ".".join(steps),
            "place": places[steps],
            "expression": text,
            "found": counts[text].found,
            "asked": counts[text].asked,
        }
        for steps, text in trial.preset.expressions()
        if text in counts
    ]


def _data(trial: Trial) -> dict[str, Any]:
    return {
        "kind": trial.preset.kind,
        "whole": not trial.problems,
        "problems": trial.problems,
        "items": trial.mapped.tally.model_dump(mode="json"),
        "records": _records(trial),
        "unplaced": [{"item": item, "why": why} for item, why in trial.mapped.why],
        "signs": [
            {"key": sign.ref.key, "observed_at": sign.ref.observed_at.isoformat(), "scope": _scope(sign.scope)}
            for sign in trial.mapped.signs
        ],
        "expressions": _expressions(trial),
    }


def _scope(tags: Any) -> dict[str, str]:
    return {tag.name: tag.value for tag in tags}


def _print(trial: Trial) -> None:
    tally = trial.mapped.tally
    ignored = ", ".join(f"{one.items} ignored ({one.rule})" for one in tally.ignored)
    counted = f"{tally.items} items: {tally.placed} placed, {tally.elsewhere} elsewhere, {tally.unplaced} unplaced"
    click.echo(f"{trial.preset.kind}: {counted}{', ' if ignored else ''}{ignored}")
    click.echo("whole" if not trial.problems else "not whole:")
    for problem in trial.problems:
        click.echo(f"  {problem}")
    rows = [[str(value or "") for value in record.values()] for record in _records(trial)]
    _section("Records", ("Key", "About", "Region", "Value", "Since", "In the profile"), rows)
    _section("Unplaced", ("Item", "Why"), [[str(item), why] for item, why in trial.mapped.why])
    signs = [[sign.ref.key, sign.ref.observed_at.isoformat(), str(_scope(sign.scope))] for sign in trial.mapped.signs]
    _section("Signs of life", ("Key", "Confirmed", "Scope"), signs)
    found = [[one["place"], one["name"], f"{one['found']} of {one['asked']}"] for one in _expressions(trial)]
    _section("Expressions", ("Place", "Name", "Found"), found)


def _section(title: str, columns: tuple[str, ...], rows: list[list[str]]) -> None:
    if rows:
        click.echo(f"\n{title}")
        print_table(columns, rows)
