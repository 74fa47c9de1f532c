"""The long runs: `make torture` runs every test marked torture, goes on where it stopped, and prints a table.

What passed at a commit is remembered in `.torture/<commit>/passed.jsonl` and not run again there; a tree with changes
counts as a commit of its own. A test says how much it tried by its parameter `seeds` or `rounds`, or by the property
`tried`; else it tried one thing. Zero failures in n trials supports at most "under 3/n".
"""

# ruff: noqa: T201 -- a command prints

import hashlib
import json
import os
import subprocess
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[1]
DONE = "BRIDGEPKG_TORTURE_DONE"
RESULTS = "BRIDGEPKG_TORTURE_RESULTS"


def _git(*words: str) -> str:
    return subprocess.run(["git", *words], cwd=ROOT, capture_output=True, text=True, check=False).stdout.strip()


def commit() -> str:
    """The commit that is tried, with a mark of its own for what was changed since."""
    changes = _git("diff", "HEAD")
    mark = f"-{hashlib.sha256(changes.encode()).hexdigest()[:6]}" if changes else ""
    return (_git("rev-parse", "--short", "HEAD") or "unknown") + mark


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out what passed before at this commit."""
    path = os.environ.get(DONE)
    done = {row["test"] for row in rows(Path(path)) if row["outcome"] == "passed"} if path else set()
    config.hook.pytest_deselected(items=[item for item in items if item.nodeid in done])
    items[:] = [item for item in items if item.nodeid not in done]


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Say how much a test tries, as far as its parameters tell."""
    parameters = getattr(item, "callspec", None)
    for value in (parameters.params.get(name) for name in ("seeds", "rounds")) if parameters else ():
        if isinstance(value, range):
            item.user_properties += [("tried", len(value)), ("seed", f"{value.start}–{value.stop - 1}")]
        elif isinstance(value, int):
            item.user_properties.append(("tried", value))


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    """Write down each result as it comes, in the process that hears of all."""
    path = os.environ.get(RESULTS)
    if not path or "PYTEST_XDIST_WORKER" in os.environ or (report.when != "call" and not report.failed):
        return
    said = dict(report.user_properties)
    row = {
        "test": report.nodeid,
        "outcome": report.outcome,
        "tried": said.get("tried", 1),
        "seed": said.get("seed", "in the test"),
        "seconds": round(report.duration, 2),
    }
    with Path(path).open("a") as file:
        file.write(json.dumps(row, ensure_ascii=False) + "\n")


def rows(path: Path) -> list[dict[str, Any]]:
    """The results so far, the last of each test."""
    lines = path.read_text().splitlines() if path.is_file() else []
    return list({row["test"]: row for row in map(json.loads, lines)}.values())


def summary(found: Iterable[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """One row for each test function: tried, failed, seeds, seconds, and what a run without failure supports."""
    tests: dict[str, list[dict[str, Any]]] = {}
    for row in found:
        tests.setdefault(row["test"].split("[")[0], []).append(row)
    for name, mine in sorted(tests.items()):
        tried = sum(row["tried"] for row in mine)
        failed = [row["test"] for row in mine if row["outcome"] == "failed"]
        seeds = sorted(row["seed"] for row in mine)
        yield {
            "test": name.removeprefix("tests/"),
            "tried": tried,
            "failed": len(failed),
            "seed": seeds[0] if len(set(seeds)) == 1 else f"{seeds[0].split('–')[0]}–{seeds[-1].split('–')[-1]}",
            "seconds": round(sum(row["seconds"] for row in mine), 1),
            "failures": failed,
        }


def main(words: list[str]) -> int:
    """Run what is left, then print and write the table of everything that ran at this commit."""
    tried = commit()
    folder = ROOT / ".torture" / tried
    folder.mkdir(parents=True, exist_ok=True)
    results = folder / "passed.jsonl"
    before = folder / "before.jsonl"
    # A copy, so that every worker leaves out the same tests while results are being added.
    before.write_text(results.read_text() if results.is_file() else "")
    os.environ |= {DONE: str(before), RESULTS: str(results)}
    run = ["-m", "pytest", "-m", "torture", "-p", "tests.torture", "-n", "2", "--dist", "worksteal", *words]
    code = subprocess.run([sys.executable, *run], cwd=ROOT, check=False).returncode
    table = list(summary(rows(results)))
    report = folder / "report.json"
    report.write_text(json.dumps({"commit": tried, "tests": table}, indent=2, ensure_ascii=False))
    print(f"\n{'tried':>9}{'failed':>8}{'seconds':>10}  seed, test (commit {tried})")
    for row in table:
        print(f"{row['tried']:>9}{row['failed']:>8}{row['seconds']:>10}  {row['seed']}, {row['test']}")
    print(f"as JSON: {report.relative_to(ROOT)}")
    return 0 if code in {0, 5} and not any(row["failed"] for row in table) else 1


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
