"""The change counter that pages, tests and event delivery wait on."""

import threading
import time
from collections.abc import Callable

LOOK_SECONDS = 0.05


class Feed:
    """Counts changes of the workspace and wakes whoever waits. Its condition is also the workspace's one lock."""

    def __init__(self) -> None:
        self.condition = threading.Condition()
        self._count = 0
        self._listeners: list[Callable[[], None]] = []

    @property
    def count(self) -> int:
        """How many changes there have been."""
        return self._count

    def touch(self) -> None:
        """Record that something changed."""
        with self.condition:
            self._count += 1
            self.condition.notify_all()
        for listener in tuple(self._listeners):
            listener()

    def subscribe(self, listener: Callable[[], None]) -> None:
        """Call the listener after each change, in the thread that made it."""
        self._listeners.append(listener)

    def wait_until(self, holds: Callable[[], object], timeout: float) -> bool:
        """Block until the predicate holds; False when the time is up.

        It is looked at after each change, and now and then in between because it may also be about the bot.
        """
        deadline = time.monotonic() + timeout
        with self.condition:
            while not holds():
                left = deadline - time.monotonic()
                if left <= 0:
                    return False
                self.condition.wait(min(left, LOOK_SECONDS))
        return True
