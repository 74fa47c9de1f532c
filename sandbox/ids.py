"""Ids and message timestamps in Slack's shapes."""

import secrets
import string
from collections.abc import Callable

Clock = Callable[[], float]

ALPHABET = string.ascii_uppercase + string.digits
BLOCK_ID_ALPHABET = string.ascii_letters + string.digits + "+/="
MICROSECONDS = 1_000_000


def new_id(prefix: str, length: int = 10) -> str:
    """An id such as `V0AB12CD34E`: the prefix says what it names."""
    return prefix + "".join(secrets.choice(ALPHABET) for _ in range(length))


def new_block_id() -> str:
    """The short id that Slack gives to a block that was sent without one."""
    return "".join(secrets.choice(BLOCK_ID_ALPHABET) for _ in range(5))


class Stamps:
    """Message timestamps: from the clock, unique, and growing even when the clock goes backward."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._last = 0

    def next(self) -> str:
        """The next timestamp, such as `1700000000.123456`."""
        self._last = max(int(self._clock() * MICROSECONDS), self._last + 1)
        return f"{self._last // MICROSECONDS}.{self._last % MICROSECONDS:06d}"
