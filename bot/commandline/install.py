"""`init` and `doctor`: from nothing to a bot that runs."""

import sys
from pathlib import Path

import click

from bot.commandline.doctor import all_ok, examine
from bot.commandline.keys import key_lines
from bot.commandline.output import JSON_HELP, at_terminal, print_json, print_table, waiting
from bot.commandline.starter import NEXT, start
from bot.process.exits import EXIT_NO


@click.command("init")
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False), default=Path())
def init(folder: Path) -> None:
    """Write a first configuration, profile, app manifest and keys into FOLDER, and say what comes next."""
    for written in start(folder, key_lines()[0]):
        click.echo(f"wrote {written}")
    click.echo("\nNext:")
    for number, line in enumerate(NEXT, 1):
        click.echo(f"  {number}. {line}")


@click.command()
@click.option("--json", "as_json", is_flag=True, help=JSON_HELP)
def doctor(*, as_json: bool) -> None:
    """Check tokens, scopes, channels, roles, sources, database, keys and profiles, and say how to fix each."""
    with waiting("Examining"):
        findings = list(examine())
    if as_json or not at_terminal():
        print_json([{"subject": f.subject, "ok": f.ok, "says": f.says} for f in findings])
    else:
        rows = [("ok" if f.ok else "FIX", f.subject, f.says) for f in findings]
        print_table(("", "What", "What there is to say"), rows)
    if not all_ok(findings):
        sys.exit(EXIT_NO)
