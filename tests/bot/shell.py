"""The command line in this process, in a folder of its own with the sample's configuration and keys."""

import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from bot.commandline.cli import main
from tests.builders import EXAMPLE, STAGES, lay_out

SEALING = "k1:" + "a2tra2tra2tra2tra2tra2tra2tra2tra2tra2tra2s="
SIGNING = "c3Nzc3Nzc3Nzc3Nzc3Nzc3Nzc3Nzc3Nzc3Nzc3Nzc3M="
AT = "2026-03-12T14:20:00Z"
DRAFT = ("draft", "--incident", "INC-1042", "--bridge", "acme", "--at", AT)

Run = Callable[..., tuple[int, str, str]]


def make_place(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with the sample's configuration over its second stage, and keys in the environment."""
    text = (EXAMPLE / "bridgepkg.yaml").read_text().replace("sources_folder: 1-declared", "sources_folder: exports")
    (folder / "bridgepkg.yaml").write_text(text)
    lay_out(folder / "exports", STAGES[1])
    monkeypatch.chdir(folder)
    for name, value in (("BRIDGEPKG_SEALING_KEYS", SEALING), ("BRIDGEPKG_SIGNING_KEY", SIGNING)):
        monkeypatch.setenv(name, value)
    monkeypatch.delenv("BRIDGEPKG_CONFIG", raising=False)
    return folder


def make_run(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Run:
    """What runs the command line: exit code, standard output, standard error."""

    def run(*arguments: object) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["bridgepkg", *map(str, arguments)])
        with pytest.raises(SystemExit) as left:
            main()
        said = capsys.readouterr()
        return left.value.code, said.out, said.err

    return run
