"""What one act costs: files entered, statements and calls to Slack, for a draft, approvals, a release, a withdrawal.

`make statements` prints the table; `ARGS=--json` prints the same as JSON. A bot works by itself on the sample incident,
on SQLite, until nothing is left to be done; statements are counted without BEGIN and COMMIT, with the worker's last
look into both empty queues. Only counts are printed, because they are the same on every machine; they must not grow
with the number of versions.
"""

import argparse
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from types import FrameType
from typing import Any, Final

import orjson
from sqlalchemy import event

from blocks.ids import ActionId
from bot.delivery.outbox import deliver_next
from bot.process.work import work_next
from bot.workflows import progress
from tests.bot.steps import Steps, stepped
from tests.databases import sqlite_url

VERSIONS: Final = (1, 2, 5, 20)
OURS: Final = ("bot", "blocks", "storage", "transforms", "profiles")
ROOT: Final = Path(__file__).parents[1]
FIRST, SECOND, LAST = "U0SAM", "U0KIM", "U0ANA"
"""Who pass the three gates."""


@dataclass(frozen=True, slots=True)
class Cost:
    """What one act cost at one version; `files` is 0 where they were not counted, because counting them is slow."""

    version: int
    act: str
    files: int
    statements: int
    calls: int


@dataclass
class Meter:
    """Counts what the bot does while it is on."""

    steps: Steps
    count_files: bool
    statements: list[str] = field(default_factory=list)
    entered: set[str] = field(default_factory=set)

    def note(self, _connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        """A statement is about to run."""
        if not statement.startswith(("BEGIN", "COMMIT", "ROLLBACK")):
            self.statements.append(statement)

    def enter(self, frame: FrameType, event_name: str, _argument: Any) -> None:
        """A function is called; `sys.setprofile` calls this for everything."""
        if event_name == "call":
            self.entered.add(frame.f_code.co_filename)

    @property
    def files(self) -> int:
        """How many of our files were entered."""
        paths = (Path(name) for name in self.entered if name.startswith(str(ROOT)))
        return sum(path.relative_to(ROOT).parts[0] in OURS for path in paths)

    @contextmanager
    def on(self) -> Iterator[None]:
        """Count while the block runs."""
        engine = self.steps.bot.store.engine
        self.statements.clear()
        self.entered.clear()
        event.listen(engine, "before_cursor_execute", self.note)
        if self.count_files:
            threading.setprofile(self.enter)
            sys.setprofile(self.enter)
        try:
            yield
        finally:
            sys.setprofile(None)
            threading.setprofile(None)
            event.remove(engine, "before_cursor_execute", self.note)


def finish(steps: Steps) -> None:
    """Work every request, then send every row, until nothing is left."""
    for step in (work_next, deliver_next):
        while step(steps.bot, steps.name):
            pass


def costs(steps: Steps, versions: tuple[int, ...], *, count_files: bool = False) -> Iterator[Cost]:
    """Release one version after the other, and give what each act cost at these; the last of them is withdrawn."""
    meter = Meter(steps, count_files)
    for version in range(1, max(versions) + 1):
        told = list(_acts(steps, meter, version, last=version == max(versions)))
        if version in versions:
            yield from told


def _acts(steps: Steps, meter: Meter, version: int, *, last: bool) -> Iterator[Cost]:
    def measured(act: str, ask: Callable[[], None]) -> Cost:
        ask()
        calls = len(steps.sandbox.calls())
        with meter.on():
            finish(steps)
        return Cost(version, act, meter.files, len(meter.statements), len(steps.sandbox.calls()) - calls)

    steps.lay_out(1)
    yield measured("draft", lambda: steps.command(SECOND, "draft"))
    newest = steps.newest()
    yield measured("approval", lambda: steps.click(FIRST, ActionId.REVIEW_APPROVE, newest))
    steps.click(SECOND, ActionId.REVIEW_APPROVE, newest)
    finish(steps)
    yield measured("last approval and release", lambda: steps.click(LAST, ActionId.REVIEW_APPROVE, newest))
    steps.now(newest, "released")
    yield measured("status", lambda: steps.command(SECOND, "status"))
    if last:
        yield measured("withdrawal", lambda: steps.command(FIRST, "withdraw wrong wording"))
        steps.now(newest, "withdrawn")


def main() -> None:
    """Print what each act costs."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true", help="print JSON")
    parser.add_argument("--versions", default=",".join(map(str, VERSIONS)), help="at which versions, such as 1,5,50")
    parser.add_argument("--no-files", action="store_true", help="do not count files, which is slow")
    options = parser.parse_args()
    progress.SLOW_SECONDS = 60.0  # type: ignore[misc]  # a slow machine would show readings that others do not
    versions = tuple(int(number) for number in options.versions.split(","))
    with tempfile.TemporaryDirectory() as folder, stepped(sqlite_url(Path(folder)), Path(folder)) as steps:
        found = list(costs(steps, versions, count_files=not options.no_files))
    if options.json:
        print(orjson.dumps([asdict(cost) for cost in found], option=orjson.OPT_INDENT_2).decode())
        return
    print(f"{'version':>7}  {'act':<26}{'files':>6}{'statements':>12}{'Slack calls':>13}")
    for cost in found:
        print(f"{cost.version:>7}  {cost.act:<26}{cost.files or '':>6}{cost.statements:>12}{cost.calls:>13}")


if __name__ == "__main__":
    main()
