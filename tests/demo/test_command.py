"""`bridgepkg demo` ends at once when it is told to, with one word and without a traceback."""

import os
import signal
import subprocess
import sys
import time
from contextlib import contextmanager

import pytest

STARTED = "bridgepkg-demo-*"


@contextmanager
def started(folder, *arguments):
    """The demo as a process, whose throwaway files lie in this folder."""
    command = [sys.executable, "-m", "bridgepkg", "demo", "--port", "0", *arguments]
    environment = os.environ | {"TMPDIR": str(folder)}
    # A file, not a pipe: the bot's processes write there too, and a pipe would stay open as long as one of them.
    with (folder / "said").open("w") as said:
        process = subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=said, text=True)
        try:
            yield process
        finally:
            process.terminate()
            process.communicate(timeout=60)


def end(process, folder, number):
    """Send the signal; the exit code, and the last two lines of what was said on standard error."""
    process.send_signal(number)
    process.communicate(timeout=60)
    said = (folder / "said").read_text()
    assert "Traceback" not in said
    return process.returncode, said.splitlines()[-2:]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_demo_left_open_is_stopped_by_a_signal(tmp_path, number):
    """Stopping a demo that is open is its regular end: exit code 0, one word, nothing left behind."""
    with started(tmp_path) as process:
        assert process.stdout.readline().startswith("ready http://127.0.0.1:")
        while "Open it in a browser; stop with Ctrl-C.\n" not in (tmp_path / "said").read_text():
            assert process.poll() is None
            time.sleep(0.01)
        assert end(process, tmp_path, number) == (0, ["", "Stopped."])
    assert list(tmp_path.glob(STARTED)) == []


def test_demo_is_interrupted_while_it_starts(tmp_path):
    """Ctrl-C before the story was told to its end: exit code 130, one word, nothing left behind."""
    with started(tmp_path, "--autoplay") as process:
        while not list(tmp_path.glob(STARTED)):
            assert process.poll() is None
            time.sleep(0.01)
        assert end(process, tmp_path, signal.SIGINT) == (130, ["", "Stopped."])
    assert list(tmp_path.glob(STARTED)) == []


def test_demo_is_interrupted_while_it_plays(tmp_path):
    """Ctrl-C in the middle of the story ends the play as well."""
    with started(tmp_path, "--autoplay") as process:
        while "1. The commander opens the bridge" not in process.stdout.readline():
            assert process.poll() is None
        assert end(process, tmp_path, signal.SIGINT) == (130, ["", "Stopped."])
    assert list(tmp_path.glob(STARTED)) == []
