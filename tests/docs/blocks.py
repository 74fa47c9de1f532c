"""The fenced blocks of the docs: shell that people copy, and what it prints; and a place where the shell can run.

A block `sh` runs. `sh by-hand` is only parsed: it needs a network, a browser or a Slack workspace, or never ends. A
`text` block right after it is what it prints: its lines come in this order, and `…` stands for anything.
"""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from textwrap import dedent

ROOT = Path(__file__).parents[2]
PAGES = (ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").glob("*.md")))
FENCE = re.compile(r"^( *)```(\S*) ?([^\n]*)\n(.*?)^\1```$", re.MULTILINE | re.DOTALL)
SECONDS = 300


@dataclass(frozen=True)
class Block:
    """One fenced block: its language, what is said of it, and its text."""

    language: str
    note: str
    text: str


def blocks(page: Path) -> list[Block]:
    """The blocks of a page, in order."""
    found = FENCE.findall(page.read_text(encoding="utf-8"))
    return [Block(language, note, dedent(text)) for _, language, note, text in found]


def scripts(page: Path) -> Iterator[tuple[str, str]]:
    """Each block of shell that runs, with what it is said to print."""
    found = blocks(page)
    for block, after in zip(found, [*found[1:], Block("", "", "")], strict=False):
        if block.language == "sh" and block.note != "by-hand":
            yield block.text, after.text if after.language == "text" else ""


def clone(folder: Path) -> Path:
    """A fresh clone with what is in the work tree, and a `.venv/bin/bridgepkg` that runs the clone's own code."""
    kept = ["git", "ls-files", "--cached", "--others", "--exclude-standard"]
    names = subprocess.run(kept, cwd=ROOT, capture_output=True, text=True, check=True, timeout=SECONDS).stdout
    for name in names.splitlines():
        if (ROOT / name).is_symlink():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).symlink_to((ROOT / name).readlink())
        elif (ROOT / name).is_file() and not name.endswith(".png"):
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_bytes((ROOT / name).read_bytes())
    command = folder / ".venv" / "bin" / "bridgepkg"
    command.parent.mkdir(parents=True)
    command.write_text(f'#!/bin/sh\nPYTHONPATH="{folder}" exec "{sys.executable}" -m bot.commandline.cli "$@"\n')
    command.chmod(0o755)
    return folder


def run(page: Path, folder: Path) -> list[tuple[str, str]]:
    """Run the page's shell in one go in a folder; what each block printed, and what it is said to print."""
    wanted = list(scripts(page))
    marked = "\n".join(f"{script}\necho; echo '=== {number}'" for number, (script, _) in enumerate(wanted))
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("BRIDGEPKG_", "SLACK_", "DATA"))}
    done = subprocess.run(
        ["bash", "-euc", marked],
        cwd=folder,
        env=clean,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
        timeout=SECONDS,
    )
    assert done.returncode == 0, f"{page.name}: {done.stdout[-3000:]}"
    printed = re.split(r"^=== \d+\n", done.stdout, flags=re.MULTILINE)
    return [(out, said) for out, (_, said) in zip(printed, wanted, strict=False)]


def missing(printed: str, said: str) -> list[str]:
    """The lines that were to be printed and were not, in their order; `…` stands for anything."""
    left, lost = printed, []
    for line in filter(str.strip, said.splitlines()):
        pattern = re.compile(".*".join(map(re.escape, line.strip().split("…"))))
        found = pattern.search(left)
        if found is None:
            lost.append(line)
        else:
            left = left[found.end() :]
    return lost
