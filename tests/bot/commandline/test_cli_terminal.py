"""The command line as a person meets it: tables and progress at a terminal, plain lines in a pipe, help, completion."""

import base64
import json
import os
import pty
import re
import shutil
import subprocess
import sys
from pathlib import Path

import click
import pytest

from bot.commandline.cli import COMMANDS, cli
from tests.bot.shell import DRAFT, make_place, make_run
from tests.builders import EXAMPLE
from tests.databases import KEYS
from tests.databases import SIGNING as LOG_SIGNING

ROOT = EXAMPLE.parent.parent
MARKS = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")
BASH = shutil.which("bash")


@pytest.fixture
def place(tmp_path, monkeypatch):
    """A folder with the sample's configuration, keys, and three dossiers of which the last was altered."""
    folder = make_place(tmp_path, monkeypatch)
    piped(*DRAFT, "--out", "one.json")
    text = (folder / "one.json").read_text()
    (folder / "two.json").write_text(text)
    (folder / "bad.json").write_text(text.replace("Acme Corp: ", "Acme Korp: "))
    return folder


@pytest.fixture
def run(capsys, monkeypatch):
    """Runs the command line in this process: exit code, standard output, standard error."""
    return make_run(capsys, monkeypatch)


def environment(**more):
    """What a command needs beside its folder."""
    return os.environ | {"PYTHONPATH": str(ROOT), "COLUMNS": "120", "TERM": "xterm"} | more


def piped(*arguments, **more):
    """Exit code, standard output and standard error of a command whose output a program reads."""
    command = [sys.executable, "-m", "bot.commandline.cli", *map(str, arguments)]
    done = subprocess.run(command, capture_output=True, text=True, env=environment(**more), check=False)
    return done.returncode, done.stdout, done.stderr


def at_terminal(*arguments, **more):
    """Exit code and everything that a person at a terminal sees, without colours."""
    ours, theirs = pty.openpty()
    command = [sys.executable, "-m", "bot.commandline.cli", *map(str, arguments)]
    with subprocess.Popen(command, stdout=theirs, stderr=theirs, env=environment(**more)) as process:
        os.close(theirs)
        shown = b""
        try:
            while part := os.read(ours, 65536):
                shown += part
        except OSError:
            pass  # the other end is closed: Linux tells it so
    os.close(ours)
    return process.returncode, MARKS.sub("", shown.decode()).replace("\r\n", "\n")


def test_many_dossiers_are_a_table_at_a_terminal(place):
    """A bar while it works, then a row for each, and the exit code of the worst."""
    code, shown = at_terminal("verify", "one.json", "two.json", "bad.json")
    assert code == 1
    assert "Verifying" in shown
    assert [line.rstrip() for line in shown.splitlines()][-4:] == [
        "    Dossier   Says",
        "ok  one.json  draft, intact",
        "ok  two.json  draft, intact",
        "NO  bad.json  altered: message, release digest",
    ]


def test_many_dossiers_are_lines_in_a_pipe(place):
    """One line for each, nothing beside, and what cannot be read does not hide the others."""
    lines = "one.json: draft, intact\nbad.json: altered: message, release digest\n"
    assert piped("verify", "one.json", "bad.json") == (1, lines, "")
    problem = "bridgepkg: none.json: cannot be read (No such file or directory); check the path\n"
    assert piped("verify", "one.json", "none.json", "bad.json") == (2, lines, problem)


@pytest.mark.parametrize("command", ["verify", "replay"])
def test_checks_are_data_when_asked(place, command):
    """`--json` says of each dossier whether it is well, and why not."""
    code, out, err = piped(command, "--json", "one.json", "bad.json", "none.json")
    found = json.loads(out)
    assert (code, err) == (2, "")
    assert [(row["dossier"], row["ok"]) for row in found] == [
        ("one.json", True),
        ("bad.json", False),
        ("none.json", None),
    ]


def test_draft_at_a_terminal_shows_what_the_customer_would_read(place):
    """The message, what is held and by whom it is resolved, and how to go on; no JSON."""
    code, shown = at_terminal(*DRAFT)
    assert code == 0
    assert "Update 1 · 14:20 UTC" in shown
    assert re.search(r"^H1 +Reporting workaround +unmapped-value +Incident command *$", shown, re.MULTILINE)
    assert shown.rstrip().endswith("Keep it with --out FILE; print the dossier with --json.")
    assert '"schema"' not in shown
    assert '"schema"' in at_terminal(*DRAFT, "--json")[1]


def test_export_at_a_terminal_lists_the_drafts(sqlite_stage):
    """A row for each draft; in a pipe the whole document."""
    stage = sqlite_stage
    stage.released()
    stage.command("U0KIM", "draft")
    sealing = base64.b64encode(dict(KEYS.by_id)["test"]).decode()
    keys = {
        "BRIDGEPKG_SEALING_KEYS": f"test:{sealing}",
        "BRIDGEPKG_SIGNING_KEY": base64.b64encode(LOG_SIGNING.private_bytes_raw()).decode(),
    }
    here = keys | {"DATABASE_URL": stage.bot.store.url}
    code, shown = at_terminal("export", "--incident", "INC-1042", **here)
    rows = [line.split() for line in shown.splitlines() if line.startswith("acme")]
    assert (code, [row[:4] for row in rows]) == (0, [["acme", "1", "1", "released"], ["acme", "2", "2", "waiting"]])
    assert "--out FILE" in shown
    code, out, err = piped("export", "--incident", "INC-1042", **here)
    assert (code, err, len(json.loads(out)[0]["drafts"])) == (0, "", 2)
    assert piped("audit", "verify", "--json", **here)[:2] == (0, '{\n  "holds": true,\n  "faults": []\n}\n')


def test_table_shows_marks_letter_by_letter(place):
    """What a file is called never becomes a colour or a link."""
    name = "[red]one[/red].json"
    (place / name.replace("/", "_")).write_text((place / "one.json").read_text())
    assert "[red]one[_red].json" in at_terminal("verify", "one.json", name.replace("/", "_"))[1]


def commands(group=cli, path=()):
    """Every command with the words that lead to it."""
    context = click.Context(group)
    for name in group.list_commands(context):
        found = group.get_command(context, name)
        yield (*path, name), found
        if isinstance(found, click.Group):
            yield from commands(found, (*path, name))


def test_every_command_and_option_says_what_it_does(run):
    """`--help` answers everywhere, and no option is left without a word."""
    known = dict(commands())
    assert {words[0] for words in known} == {*COMMANDS}
    for words, command in known.items():
        code, out, err = run(*words, "--help")
        assert (code, err, command.help is not None) == (0, "", True), words
        options = [each for each in command.params if isinstance(each, click.Option)]
        assert [o.name for o in options if not (o.help or o.show_default or isinstance(o.type, click.Choice))] == [], (
            words
        )
        assert out.startswith(f"Usage: bridgepkg {' '.join(words)} ")


def test_bare_command_shows_its_help(run):
    """Whoever types the name alone wants to know what there is."""
    for words in ((), ("db",)):
        code, out, err = run(*words)
        assert (code, err) == (0, "")
        assert len(out.splitlines()) > 5


@pytest.mark.parametrize(
    ("arguments", "where"),
    [
        (("draft",), "See bridgepkg draft --help."),
        (("profile", "digst"), "Did you mean 'digest'? See bridgepkg profile --help."),
        (("xyzzy",), "See bridgepkg --help."),
        (("run", "--mode", "carrier"), "is not one of 'socket', 'http'. See bridgepkg run --help."),
    ],
)
def test_command_typed_wrongly_says_where_to_look(arguments, where, run):
    """One line that ends in the next step."""
    code, out, err = run(*arguments)
    assert (code, out, err.count("\n")) == (2, "", 1)
    assert err.endswith(f"{where}\n")


def test_completion_is_for_each_shell(run, monkeypatch):
    """By name, or the shell that one is in; another is refused with what there is."""
    for shell in ("bash", "zsh", "fish"):
        assert "_BRIDGEPKG_COMPLETE" in run("completion", shell)[1]
        monkeypatch.setenv("SHELL", f"/usr/bin/{shell}")
        assert run("completion")[1] == run("completion", shell)[1]
    monkeypatch.setenv("SHELL", "/bin/tcsh")
    assert run("completion") == (
        2,
        "",
        "bridgepkg: I cannot tell your shell; name one of bash, zsh, fish. See bridgepkg completion --help.\n",
    )


@pytest.mark.skipif(BASH is None, reason="there is no bash here")
def test_completion_completes_in_bash():
    """What the script teaches works: commands, and the options of one."""
    ask = 'eval "$(bridgepkg completion bash)"; COMP_WORDS=({}); COMP_CWORD={}; _bridgepkg_completion bridgepkg; echo'
    path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
    for words, at, expected in (
        ("bridgepkg d", 1, "demo draft diff doctor db"),
        ("bridgepkg audit v", 2, "verify"),
        ("bridgepkg export --f", 2, "--format"),
    ):
        script = f'{ask.format(words, at)} "${{COMPREPLY[@]}}"'
        done = subprocess.run(
            [BASH, "-c", script], capture_output=True, text=True, env=environment(PATH=path), check=True
        )
        assert done.stdout.split() == expected.split()
