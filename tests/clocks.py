"""Clocks for tests: the machine's, moved on by as much as a test says, or one that stands still until it is moved."""

from datetime import datetime, timedelta

from bot.clock import SystemClock


class MovedClock(SystemClock):
    """The machine's time, moved on by as much as a test says; whoever waits, waits for the machine."""

    def __init__(self) -> None:
        self.ahead = timedelta()

    def now(self) -> datetime:
        """The moment."""
        return super().now() + self.ahead

    def monotonic(self) -> float:
        """Seconds, in which what was skipped has passed too."""
        return super().monotonic() + self.ahead.total_seconds()

    def __call__(self) -> datetime:
        """The moment."""
        return self.now()

    def seconds(self) -> float:
        """The same as the sandbox wants it."""
        return self.now().timestamp()

    def pass_by(self, seconds: float) -> None:
        """Let time pass."""
        self.ahead += timedelta(seconds=seconds)


class SteppedClock(MovedClock):
    """The same for a bot that does one thing at a time: where it would sleep, the time is moved on."""

    def sleep(self, seconds: float) -> None:
        """Let the time pass."""
        self.pass_by(seconds)


class StillClock(SystemClock):
    """One moment for ever."""

    def __init__(self, moment: datetime) -> None:
        self.moment = moment

    def now(self) -> datetime:
        """The moment."""
        return self.moment
