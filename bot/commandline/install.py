"""`init` and `doctor`: from nothing to a bot that runs."""

import sys
from pathlib import Path

import click
import orjson
from rich.console import Console
from rich.table import Table

from bot.commandline.keys import key_lines
from bot.doctor import Finding, all_well, examine
from bot.starter import NEXT, start

NO = 1


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
@click.option("--json", "as_json", is_flag=True, help="Print data instead of a table.")
def doctor(*, as_json: bool) -> None:
    """Check tokens, scopes, channels, roles, sources, database, keys and profiles, and say how to mend each."""
    findings = list(examine())
    if as_json or not sys.stdout.isatty():
        rows = [{"subject": f.subject, "well": f.well, "says": f.says} for f in findings]
        sys.stdout.buffer.write(orjson.dumps(rows, option=orjson.OPT_INDENT_2) + b"\n")
    else:
        _print(findings)
    if not all_well(findings):
        sys.exit(NO)


def _print(findings: list[Finding]) -> None:
    table = Table(box=None, pad_edge=False)
    table.add_column("")
    table.add_column("What")
    table.add_column("What there is to say")
    for finding in findings:
        table.add_row("ok" if finding.well else "[red]mend[/red]", finding.subject, finding.says)
    Console().print(table)
