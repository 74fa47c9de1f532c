"""The supervisor: crashes are fixed, what cannot run is not tried for ever, and SIGTERM ends everything in order."""

import os
import signal
import subprocess
import time

import pytest

from bot.process.supervise import MOST_CRASHES, Child, GaveUpError, Supervisor


class Program(Child):
    """A child whose process is a line of shell instead of the bot."""

    def start(self):
        """Start the line in a session of its own."""
        self.process = subprocess.Popen(["/bin/sh", "-c", *self.arguments], start_new_session=True)


def tended(supervisor, holds, seconds=20.0) -> None:
    """Tend every child until something holds."""
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline
        for child in supervisor.children:
            supervisor.tend(child)
        time.sleep(0.01)


def test_killed_child_is_started_again():
    """A process that dies by a signal is replaced after its pause, and the other one is left alone."""
    first, second = Program("first", ["exec sleep 60"], {}), Program("second", ["exec sleep 60"], {})
    supervisor = Supervisor([first, second])
    supervisor.start()
    killed, untouched = first.process, second.process
    os.kill(killed.pid, signal.SIGKILL)
    try:
        tended(supervisor, lambda: first.process not in {None, killed})
        assert second.process is untouched
    finally:
        supervisor.drain()
    assert (first.process.poll(), second.process.poll()) == (-signal.SIGTERM, -signal.SIGTERM)


def test_child_that_cannot_run_ends_the_supervisor():
    """Exit code 2 means a setting is wrong: the child has said which, and another start cannot help."""
    supervisor = Supervisor([Program("work", ["exit 2"], {})])
    supervisor.start()
    with pytest.raises(GaveUpError, match="work could not run; its own message above says why"):
        tended(supervisor, lambda: False)


def test_child_that_does_not_stay_up_ends_the_supervisor():
    """After five crashes within a minute there is no point, and one line says so."""
    child = Program("listen", ["exit 1"], {})
    supervisor = Supervisor([child])
    supervisor.start()
    with pytest.raises(GaveUpError, match="listen ended 5 times within a minute; see its messages above"):
        tended(supervisor, lambda: False)
    assert len(child.crashes) == MOST_CRASHES


def test_drain_ends_what_does_not_listen(monkeypatch):
    """A child that ignores SIGTERM is ended after the limit; nothing is left behind."""
    monkeypatch.setattr("bot.process.supervise.DRAIN_SECONDS", 0.3)
    child = Program("work", ["trap '' TERM; echo ready; while :; do sleep 0.05; done"], {})
    supervisor = Supervisor([child])
    supervisor.start()
    time.sleep(0.3)
    supervisor.drain()
    assert child.process.poll() == -signal.SIGKILL
