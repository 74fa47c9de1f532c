"""Checks of many dossiers: a line for each in a pipe, a table at a terminal, and one exit code for all."""

import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import click

from bot.commandline.output import at_terminal, followed, print_json, print_table, problem_line
from bot.process.exits import EXIT_COULD_NOT_RUN, EXIT_NO
from profiles.errors import UserFixableError


@dataclass(frozen=True, slots=True)
class Verdict:
    """What came of one dossier. Without a verdict it could not be read at all."""

    ok: bool | None
    says: str

    @property
    def code(self) -> int:
        """The exit code that it asks for; of many the highest counts."""
        return EXIT_COULD_NOT_RUN if self.ok is None else 0 if self.ok else EXIT_NO


def check_each(dossiers: Sequence[Path], check: Callable[[Path], Verdict], doing: str, *, as_json: bool) -> None:
    """Check every dossier, print what came of it, and leave with the worst."""

    def checked(dossier: Path) -> Verdict:
        try:
            return check(dossier)
        except UserFixableError as problem:
            return Verdict(None, str(problem))

    found = [*zip(dossiers, followed(dossiers, doing, checked), strict=True)]
    if as_json:
        print_json([{"dossier": str(path), "ok": verdict.ok, "says": verdict.says} for path, verdict in found])
    elif at_terminal() and len(found) > 1:
        marks = {True: "ok", False: "NO", None: "?"}
        print_table(("", "Dossier", "Says"), [(marks[v.ok], str(path), v.says) for path, v in found])
    else:
        _print_lines(found)
    if code := max(verdict.code for _, verdict in found):
        sys.exit(code)


def _print_lines(found: Sequence[tuple[Path, Verdict]]) -> None:
    for path, verdict in found:
        if verdict.ok is None:
            problem_line(verdict.says)
        else:
            click.echo(f"{path}: {verdict.says}")
