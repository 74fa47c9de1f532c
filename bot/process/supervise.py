"""The supervisor: keeps listen and work alive, each a process of its own, and drains both on SIGTERM.

A child that crashes is started again after a growing pause; after five crashes within a minute there is no point.
"""

import logging
import os
import signal
import subprocess
import sys
from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from bot.clock import SYSTEM_CLOCK, Clock
from bot.process.exits import EXIT_COULD_NOT_RUN
from profiles.errors import UserFixableError

logger = logging.getLogger("bridgepkg.run")

MOST_CRASHES: Final = 5
WITHIN_SECONDS: Final = 60.0
DRAIN_SECONDS: Final = 25.0


class GaveUpError(UserFixableError):
    """A child does not stay up."""


@dataclass
class Child:
    """One process under supervision."""

    name: str
    arguments: Sequence[str]
    environment: Mapping[str, str]
    process: subprocess.Popen[bytes] | None = None
    crashes: deque[float] = field(default_factory=deque)
    start_at: float = 0.0

    def start(self) -> None:
        """Start the process in a session of its own, so that a signal to the parent reaches it once."""
        command = [sys.executable, "-m", "bridgepkg", *self.arguments]
        self.process = subprocess.Popen(command, env={**os.environ, **self.environment}, start_new_session=True)  # noqa: S603


class Supervisor:
    """Runs children until stopped."""

    def __init__(self, children: Sequence[Child], clock: Clock = SYSTEM_CLOCK) -> None:
        self.children = list(children)
        self.clock = clock
        self.stopping = clock.event()

    def start(self) -> None:
        """Start every child."""
        for child in self.children:
            child.start()

    def run(self) -> None:
        """Keep the children alive until stopped, then drain; `GaveUpError` when one does not stay up."""
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: self.stopping.set())
        self.start()
        try:
            while not self.clock.wait(self.stopping, 0.1):
                for child in self.children:
                    self.tend(child)
        finally:
            self.drain()

    def tend(self, child: Child) -> None:
        """Start a child again that has ended, after its pause."""
        now = self.clock.monotonic()
        if child.process is None:
            if now >= child.start_at:
                child.start()
            return
        code = child.process.poll()
        if code is None:
            return
        if code == EXIT_COULD_NOT_RUN:
            raise GaveUpError(f"{child.name} could not run; its own message above says why")
        child.process = None
        child.crashes.append(now)
        while child.crashes and now - child.crashes[0] > WITHIN_SECONDS:
            child.crashes.popleft()
        if len(child.crashes) >= MOST_CRASHES:
            raise GaveUpError(f"{child.name} ended {MOST_CRASHES} times within a minute; see its messages above")
        child.start_at = now + 0.2 * 2 ** (len(child.crashes) - 1)
        logger.warning("%s ended with code %s; it is started again", child.name, code)

    def drain(self) -> None:
        """Ask every child to finish what it has in hand; after the limit, end it."""
        alive = [child.process for child in self.children if child.process and child.process.poll() is None]
        for process in alive:
            process.terminate()
        deadline = self.clock.monotonic() + DRAIN_SECONDS
        for process in alive:
            try:
                process.wait(max(0.1, deadline - self.clock.monotonic()))
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
