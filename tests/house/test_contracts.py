"""Each import contract holds, and is shown to fail when it is broken."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PACKAGES = ("demo", "sandbox", "bot", "authoring", "blocks", "storage", "transforms", "profiles")
BREAKS = {
    "layers": ("transforms/diff.py", "import bot.intake.commands"),
    "wings of the bot": ("bot/workflows/close.py", "import bot.delivery.cards"),
    "stages of the core": ("transforms/render/status.py", "import transforms.publish.message"),
    "what a profile is": ("profiles/codes.py", "import profiles.models"),
    "only two wings speak Slack": ("bot/workflows/close.py", "import slack_sdk"),
    "only two wings hold a client": ("bot/workflows/close.py", "import bot.slack.api"),
    "only the root connects to Slack": ("bot/delivery/cards.py", "import bot.slack.connect"),
    "the bot has no other way out": ("bot/slack/gateway.py", "import httpx"),
    "only its doors open sockets or programs": ("bot/process/work.py", "import socket"),
    "only the shell reaches a network": ("blocks/diff.py", "import httpx"),
    "only storage knows tables": ("bot/intake/commands.py", "import sqlmodel"),
    "the core does no input, output, clock or chance": ("transforms/diff.py", "import random"),
    "the sandbox knows Slack, not the bot": ("sandbox/ids.py", "import transforms.diff"),
}


def lint(folder):
    """Run import-linter on a copy of the packages."""
    command = [sys.executable, "-c", "from importlinter.cli import lint_imports_command as c; c()", "--no-cache"]
    environment = {"PYTHONPATH": str(folder), "PATH": "", "COLUMNS": "200"}
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    return done.returncode, done.stdout + done.stderr


@pytest.fixture(scope="module")
def copied(tmp_path_factory):
    """The packages and the contracts, apart from the checkout."""
    folder = tmp_path_factory.mktemp("house")
    for package in PACKAGES:
        shutil.copytree(ROOT / package, folder / package, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", folder)
    return folder


def test_contracts_hold(copied):
    """Every contract is kept by the code as it is."""
    code, said = lint(copied)
    assert code == 0, said


@pytest.mark.parametrize("name", BREAKS)
def test_contract_fails_when_it_is_broken(copied, name):
    """One forbidden import breaks exactly the contract that forbids it."""
    file, line = BREAKS[name]
    path = copied / file
    before = path.read_text()
    path.write_text(f"{before}\n{line}\n")
    try:
        code, said = lint(copied)
    finally:
        path.write_text(before)
    assert code == 1, said
    assert f"{name} BROKEN" in said
