"""`profile lint` and `profile diff`: for people who write profiles, at their desk and in their CI."""

import sys
from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path

import click
import orjson

from authoring.changes import EvidenceChanges, ProfileMove, evidence_changes, profile_moves
from authoring.linter import Finding, has_errors, lint
from authoring.trial import Trial
from blocks.words import field_words
from bot.commandline.dossiers import File, Moment
from bot.commandline.lint_inputs import configured_trial, filled_roles, read_configuration, sealed_trial
from bot.commandline.output import JSON_HELP, at_terminal, print_json, print_table, waiting
from bot.process.exits import EXIT_NO
from bot.settings import config_path
from profiles.documents import read_document
from profiles.frozen import Frozen
from profiles.loader import find_profile, load_profile
from profiles.models import Profile
from transforms.model.canonical import digest

HERE = click.Path(path_type=Path)


@click.command("lint")
@click.argument("names", metavar="FILE...", nargs=-1, required=True)
@click.option("--dossier", type=File, metavar="FILE", help="Compare tables with the evidence sealed in this dossier.")
@click.option(
    "--config",
    "--sources",
    "where",
    type=HERE,
    metavar="CONFIG",
    help="Check who fills the gates in this bridgepkg.yaml.",
)
@click.option("--incident", metavar="KEY", help="With --config: read its sources for this incident and compare tables.")
@click.option("--bridge", metavar="NAME", help="With --incident: the bridge, where the configuration has several.")
@click.option("--at", type=Moment(), metavar="TIME", help="With --incident: as of this moment instead of now.")
@click.option("--json", "as_json", is_flag=True, help=JSON_HELP)
def lint_profiles(
    names: tuple[str, ...],
    *,
    dossier: Path | None,
    where: Path | None,
    incident: str | None,
    bridge: str | None,
    at: datetime | None,
    as_json: bool,
) -> None:
    """Say what to fix in profiles, with file, line and column. Exit 1 if anything of it is an error.

    FILE is a path ending in .yaml or a shipped profile's name. Findings may quote raw values of the evidence, so they
    are for people who may read it.
    """
    if incident and not where:
        raise click.UsageError("--incident reads the sources of a configuration; name it with --config")
    if incident and dossier:
        raise click.UsageError("--dossier and --incident both give the evidence; keep one")
    deployment = read_configuration(where) if where else None
    trial = sealed_trial(dossier) if dossier else None
    if deployment and incident:
        with waiting("Reading the sources"):
            trial = configured_trial(deployment, incident, bridge, at)
    roles = filled_roles(deployment.config) if deployment else None
    paths = [find_profile(name, Path.cwd()) for name in names]
    shown = {path: _shown(path) for path in paths}
    found = [finding for path in paths for finding in lint(read_document(path), shown[path], trial, roles, path)]
    _print_findings(found, paths, shown, as_json=as_json)
    if has_errors(found):
        sys.exit(EXIT_NO)


def _shown(path: Path) -> str:
    """The path from here where it lies below, as editors and CI expect it."""
    return str(path.relative_to(Path.cwd()) if path.is_relative_to(Path.cwd()) else path)


def _print_findings(found: list[Finding], paths: list[Path], shown: dict[Path, str], *, as_json: bool) -> None:
    if as_json:
        print_json([_plain(finding) for finding in found])
    elif at_terminal() and found:
        rows = [(f.severity, f"{f.file}:{f.line}:{f.column}", f.code, f"{f.sentence}; {f.fix}") for f in found]
        print_table(("", "Where", "Code", "What, and how to fix it"), rows)
    else:
        for finding in found:
            click.echo(str(finding))
    for path in paths:
        if not as_json and not any(finding.file == shown[path] for finding in found):
            click.echo(f"{shown[path]}: nothing to fix; once it is read, its digest is {digest(load_profile(path))}")


def _plain(value: Frozen) -> object:
    return orjson.loads(value.model_dump_json())


@click.command("diff")
@click.argument("old")
@click.argument("new")
@click.option("--dossier", type=File, metavar="FILE", help="Build both on the evidence sealed in this dossier.")
@click.option("--incident", metavar="KEY", help="Build both on what the configured sources say of this incident.")
@click.option("--bridge", metavar="NAME", help="With --incident: the bridge, where the configuration has several.")
@click.option("--at", type=Moment(), metavar="TIME", help="With --incident: as of this moment instead of now.")
@click.option("--json", "as_json", is_flag=True, help=JSON_HELP)
def diff_profiles(
    old: str,
    new: str,
    *,
    dossier: Path | None,
    incident: str | None,
    bridge: str | None,
    at: datetime | None,
    as_json: bool,
) -> None:
    """Say what a change of a profile changes; on the evidence, what a customer reads otherwise. Exit 1 if any.

    OLD and NEW are paths ending in .yaml or names of shipped profiles.
    """
    if incident and dossier:
        raise click.UsageError("--dossier and --incident both give the evidence; keep one")
    before, after = (load_profile(find_profile(name, Path.cwd())) for name in (old, new))
    trial = _trial(dossier, incident, bridge, at)
    moves = profile_moves(before, after)
    changed = evidence_changes(before, after, trial) if trial else None
    if as_json:
        print_json({"profile": [_plain(m) for m in moves], "evidence": _plain(changed) if changed else None})
    else:
        _print_moves(moves)
        if changed:
            _print_changes(changed, after)
    if moves:
        sys.exit(EXIT_NO)


def _trial(dossier: Path | None, incident: str | None, bridge: str | None, at: datetime | None) -> Trial | None:
    if dossier:
        return sealed_trial(dossier)
    if incident:
        with waiting("Reading the sources"):
            return configured_trial(read_configuration(config_path()), incident, bridge, at)
    return None


def _print_moves(moves: Sequence[ProfileMove]) -> None:
    click.echo("In the profile")
    rows = [(m.area, m.where, m.move, _value(m.before), _value(m.after)) for m in moves]
    _print_rows(("About", "Where", "What", "Before", "After"), rows)


def _print_changes(changed: EvidenceChanges, profile: Profile) -> None:
    click.echo("\nFor the customer, on this evidence")
    places = [
        (field_words(p.place, profile), p.outcome.replace("-", " "), _value(p.before), _value(p.after))
        for p in changed.places
    ]
    _print_rows(("Place", "What", "Before", "After"), places)
    click.echo("\nIn the message")
    _print_lines([line for move in changed.lines for line in _lines(move.before, move.after)])
    click.echo("\nFor the people who approve")
    _print_rows(("Exception", "What"), [(e.entry, f"{e.move}{', blocks' * e.blocks}") for e in changed.exceptions])


def _lines(before: Sequence[str], after: Sequence[str]) -> Iterator[str]:
    yield from (f"- {line}" for line in before if line)
    yield from (f"+ {line}" for line in after if line)


def _print_lines(lines: Sequence[str]) -> None:
    for line in lines or ("nothing",):
        click.echo(f"  {line}")


def _print_rows(columns: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    if at_terminal() and rows:
        print_table(columns, rows)
    else:
        _print_lines([" · ".join(filter(None, row)) for row in rows])


def _value(value: object) -> str:
    return "" if value is None else str(value)
