"""`tools/set-up` says what it does, and ends with one line when it cannot, or is told to stop."""

import os
import shutil
import signal
import subprocess
import time
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PYTHON = """\
#!/bin/sh
# Stands in for Python: makes the environment of which a test is, or stays at it for ever.
case "$*" in
*"-m venv"*)
    touch started
    echo "a traceback" >&2
    {ends}
    ;;
esac
"""


@pytest.fixture
def checkout(tmp_path):
    """What set-up needs of a checkout."""
    for path in ("tools/set-up", "requirements/runtime.txt", "pyproject.toml"):
        (tmp_path / path).parent.mkdir(exist_ok=True)
        shutil.copy(ROOT / path, tmp_path / path)
    return tmp_path


def started(checkout, ends):
    """Set-up as a process group of its own, as a terminal would have it, with a Python that ends like this."""
    python = checkout / "python"
    python.write_text(PYTHON.format(ends=ends))
    python.chmod(0o755)
    return subprocess.Popen(
        ["tools/set-up", "runtime"],
        cwd=checkout,
        env=os.environ | {"PYTHON": str(python)},
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
        # Where the tests themselves run in the background, they ignore Ctrl-C, and so would what they start.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL) and None,  # noqa: PLW1509
    )


def steps():
    """What is said before the first step ends; the number of packages is that of the lock."""
    count = sum("==" in line for line in (ROOT / "requirements" / "runtime.txt").read_text().splitlines())
    time_it_takes = f"{count} packages, one to three minutes the first time. Ctrl-C stops it."
    return f"Setting up .venv from requirements/runtime.txt: {time_it_takes}\n1/3 the environment\n"


def test_set_up_stops_on_ctrl_c_with_one_line(checkout):
    """Ctrl-C reaches set-up and what it has started: exit code 130, one line, and no traceback of theirs."""
    process = started(checkout, "exec sleep 600")
    while not (checkout / "started").exists():
        assert process.poll() is None
        time.sleep(0.01)
    os.killpg(process.pid, signal.SIGINT)
    said = process.communicate(timeout=60)[1]
    assert (process.returncode, said) == (130, f"{steps()}\nset-up: stopped; run it again to go on\n")


def test_set_up_that_fails_shows_the_end_of_what_was_said(checkout):
    """A step that fails shows what the program said that failed, and one line of ours; exit code 2."""
    process = started(checkout, "exit 1")
    said = process.communicate(timeout=60)[1]
    sentence = "set-up: could not make .venv here; is this folder writable?"
    assert (process.returncode, said) == (2, f"{steps()}a traceback\n{sentence}\n")
