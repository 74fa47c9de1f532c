"""One clock: in the bot nothing but `bot/clock.py` asks the machine for the time or starts a thread."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
FORBIDDEN = {"time", "threading", "_thread", "multiprocessing", "sched", "concurrent"}
POOLS = {"bot/sources/read.py": ["concurrent.futures"]}
"""Reads files side by side: its threads wait for nothing that the time brings."""
MOMENTS = {"now", "utcnow", "today"}
GIVEN = ("workflows", "delivery", "slack", "sources", "access.py", "metrics.py", "settings.py")
"""What is given a clock, and never takes the machine's."""


def timeless(text: str) -> list[str]:
    """What in a module's text does not go through the clock."""
    found = []
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Import):
            found += [alias.name for alias in node.names if alias.name.partition(".")[0] in FORBIDDEN]
        elif isinstance(node, ast.ImportFrom) and node.module:
            found += [node.module] if node.module.partition(".")[0] in FORBIDDEN else []
        elif isinstance(node, ast.Attribute) and node.attr in MOMENTS:
            found += [f"{ast.unparse(node.value)}.{node.attr}"] if _is_datetime(node.value) else []
    return found


def _is_datetime(node: ast.expr) -> bool:
    return (isinstance(node, ast.Name) and node.id in {"datetime", "date"}) or (
        isinstance(node, ast.Attribute) and node.attr in {"datetime", "date"}
    )


def test_only_the_clock_knows_the_time():
    """No file of the bot but one imports `time` or `threading`, or asks `datetime` for the moment."""
    files = [path for path in (ROOT / "bot").rglob("*.py") if path != ROOT / "bot" / "clock.py"]
    found = {str(path.relative_to(ROOT)): timeless(path.read_text()) for path in files}
    assert {path: names for path, names in found.items() if names} == POOLS


def test_machines_clock_is_taken_at_the_edge_only():
    """Nothing that works for the bot names the machine's clock; it uses the one that it is given."""
    files = [path for path in (ROOT / "bot").rglob("*.py") if path.relative_to(ROOT / "bot").parts[0] in GIVEN]
    taken = ("SYSTEM_CLOCK", "SystemClock")
    assert [str(path) for path in files if any(name in path.read_text() for name in taken)] == []


@pytest.mark.parametrize(
    "line",
    [
        "import time",
        "from time import sleep",
        "import threading",
        "from concurrent.futures import ThreadPoolExecutor",
        "import datetime as d; d.datetime.now()",
        "from datetime import datetime; datetime.now()",
        "from datetime import date; date.today()",
        "def late():\n    from threading import Timer",
    ],
)
def test_other_ways_to_the_time_are_found(line):
    """The rule above sees each of them."""
    assert timeless(line) != []
