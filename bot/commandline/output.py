"""What commands print: tables and progress for a person at a terminal, lines or JSON for a program in a pipe."""

import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import click
import orjson
from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn
from rich.table import Table

JSON_HELP = "Print data instead of text."


def at_terminal() -> bool:
    """Whether a person reads standard output."""
    return sys.stdout.isatty()


def print_json(data: Any) -> None:
    """One JSON document on standard output."""
    sys.stdout.buffer.write(orjson.dumps(data, option=orjson.OPT_INDENT_2) + b"\n")
    sys.stdout.buffer.flush()


def print_table(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """A table as wide as the terminal; what cells hold is shown letter by letter."""
    table = Table(box=None, pad_edge=False, header_style="bold")
    for column in columns:
        table.add_column(column, overflow="fold")
    for row in rows:
        table.add_row(*map(escape, row))
    Console().print(table)


def followed(items: Sequence[Any], doing: str, step: Callable[[Any], Any]) -> Iterator[Any]:
    """Each item's result, with a bar on standard error while a person waits for many."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    console = Console(stderr=True)
    hidden = len(items) < 2 or not console.is_terminal  # noqa: PLR2004 -- one is no progress
    with Progress(*columns, console=console, transient=True, disable=hidden) as progress:
        task = progress.add_task(doing, total=len(items))
        for item in items:
            yield step(item)
            progress.advance(task)


@contextmanager
def waiting(doing: str) -> Iterator[None]:
    """A line on standard error that says what is being done, while a person waits for it."""
    console = Console(stderr=True)
    if not console.is_terminal:
        yield
        return
    with console.status(doing):
        yield


def problem_line(problem: object) -> None:
    """One line on standard error about something that could not be done."""
    click.echo(f"bridgepkg: {' '.join(str(problem).split())}", err=True)
