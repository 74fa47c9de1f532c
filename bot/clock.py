"""The one clock: what time it is, how long to wait, and the threads that wait.

Nothing else in the bot asks the machine for the time or starts a thread, so a test that hands in another clock decides
how fast an hour passes. A test of the house keeps it so.
"""

import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, Final, Protocol


class Event(Protocol):
    """Something that happens once until it is cleared; waited for through the clock."""

    def set(self) -> None:
        """It has happened."""

    def clear(self) -> None:
        """It may happen again."""

    def is_set(self) -> bool:
        """Whether it has happened."""


class Task(Protocol):
    """A thread that was started."""

    def join(self, timeout: float | None = None) -> None:
        """Wait until it has ended, or for so many seconds."""

    def is_alive(self) -> bool:
        """Whether it still runs."""


class Clock(Protocol):
    """Time, and everything that waits for it."""

    def now(self) -> datetime:
        """The moment, in UTC."""

    def monotonic(self) -> float:
        """Seconds that never go backward, for measuring."""

    def sleep(self, seconds: float) -> None:
        """Let so many seconds pass."""

    def event(self) -> Event:
        """Something that threads of this clock can wait for."""

    def wait(self, event: Event, seconds: float) -> bool:
        """Wait for an event of this clock, at most so long; whether it has happened."""

    def start(self, name: str, run: Callable[[], object], *, daemon: bool = False) -> Task:
        """Run something on a thread of its own."""


class SystemClock:
    """The machine's own time and threads."""

    def now(self) -> datetime:
        """The moment, in UTC."""
        return datetime.now(UTC)

    def monotonic(self) -> float:
        """Seconds since some moment of the past."""
        return time.monotonic()

    def sleep(self, seconds: float) -> None:
        """Sleep."""
        time.sleep(seconds)

    def event(self) -> Event:
        """An event of the standard library."""
        return threading.Event()

    def wait(self, event: Event, seconds: float) -> bool:
        """Wait for an event that this clock made."""
        if not isinstance(event, threading.Event):
            raise TypeError("an event is waited for by the clock that made it")
        return event.wait(seconds)

    def start(self, name: str, run: Callable[[], object], *, daemon: bool = False) -> Task:
        """Run something on a thread of its own."""
        thread = threading.Thread(target=run, name=name, daemon=daemon)
        thread.start()
        return thread


SYSTEM_CLOCK: Final = SystemClock()
"""For the processes of the command line; everything below them is given its clock."""

Lock = threading.Lock
"""Guards something for the moment of one reading or writing; nobody waits for a lock as they wait for time."""


def on_thread_failure(tell: Callable[[str, str], None]) -> None:
    """Tell of a thread that ended by an exception: its name, and the exception's type and no more."""

    def failed(what: Any) -> None:
        tell(what.thread.name if what.thread else "unknown", what.exc_type.__name__)

    threading.excepthook = failed
