"""Answers of Slack that are kept for a while: bounded in time, on the bot's clock, and in number."""

from collections.abc import Callable, Hashable
from typing import Final, Generic, TypeVar

from cachetools import TTLCache

from bot.clock import Clock, Lock

MOST: Final = 10_000
"""How many answers one memory keeps; the oldest go first."""

Found = TypeVar("Found")


class Kept(Generic[Found]):
    """Asks, and remembers the answer for so many seconds from when it was asked for. Failures are never kept."""

    def __init__(self, clock: Clock, seconds: float, most: int = MOST) -> None:
        self._clock, self._seconds, self._lock = clock, seconds, Lock()
        self._found: TTLCache[Hashable, tuple[float, Found]] = TTLCache(most, seconds, timer=clock.monotonic)

    def get(self, key: Hashable, ask: Callable[[], Found], max_age: float | None = None) -> Found:
        """The answer to a question, not older than asked for; with an age of 0 it is always asked again."""
        asked = self._clock.monotonic()
        with self._lock:
            found = self._found.get(key)
        if found and asked - found[0] < min(self._seconds, self._seconds if max_age is None else max_age):
            return found[1]
        value = ask()
        with self._lock:
            self._found[key] = (asked, value)
        return value
