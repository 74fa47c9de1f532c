"""Clocks for tests: the machine's, moved on by as much as a test says, or one that stands still until it is moved."""

import itertools
import math
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial

from bot.clock import Clock, Event, SystemClock
from bot.process.schedule import Job, tick

PATIENCE_SECONDS = 60.0
"""Real seconds after which a simulation is stuck, however slow the machine."""


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


class SimulatedEvent:
    """An event that a simulated clock is told of."""

    def __init__(self, clock: "SimulatedClock") -> None:
        self._clock, self._happened = clock, False

    def set(self) -> None:
        """It has happened."""
        with self._clock.moved:
            self._happened = True
            self._clock.moved.notify_all()

    def clear(self) -> None:
        """It may happen again."""
        with self._clock.moved:
            self._happened = False

    def is_set(self) -> bool:
        """Whether it has happened."""
        return self._happened


@dataclass(eq=False)
class Waiting:
    """A thread that waits: until a moment, or for something to become true before it."""

    order: int
    until: float
    holds: Callable[[], bool]


class SimulatedTask:
    """A thread of a simulated clock."""

    def __init__(self, clock: "SimulatedClock", name: str, run: Callable[[], object]) -> None:
        self._clock, self._run = clock, run
        self.begun, self.ended = False, False
        self.thread = threading.Thread(target=self._turns, name=name, daemon=True)

    def join(self, timeout: float | None = None) -> None:
        """Wait until it has ended."""
        self._clock.wait_for(lambda: self.ended, math.inf if timeout is None else timeout)

    def is_alive(self) -> bool:
        """Whether it still runs."""
        return not self.ended

    def _turns(self) -> None:
        self._clock.begin(self)
        try:
            self._run()
        finally:
            self._clock.end(self)


class SimulatedClock:
    """A time that stands still until a test lets it pass, and then goes from one thing that is due to the next.

    Its threads take turns: one runs until it waits, then the next that has something to wait for no longer, in the
    order in which they began to wait. So a run of many threads is the same every time, and an hour of it takes as long
    as what is done in it. What is not started by this clock, such as a web server, is not waited for.
    """

    def __init__(self, began: datetime = datetime(2026, 10, 5, 9, 0, tzinfo=UTC)) -> None:
        self.moved = threading.Condition()
        self._began, self._passed = began, 0.0
        self._orders = itertools.count()
        self._waiting: list[Waiting] = []
        self._ours: set[int] = set()
        self._running: int | None = None

    def now(self) -> datetime:
        """The moment."""
        return self._began + timedelta(seconds=self._passed)

    def seconds(self) -> float:
        """The same as the sandbox wants it."""
        return self.now().timestamp()

    def monotonic(self) -> float:
        """How many seconds have passed."""
        return self._passed

    def event(self) -> SimulatedEvent:
        """An event of this clock."""
        return SimulatedEvent(self)

    def sleep(self, seconds: float) -> None:
        """Wait for nothing but the time."""
        self.wait_for(lambda: False, seconds)

    def wait(self, event: Event, seconds: float) -> bool:
        """Wait for an event."""
        self.wait_for(event.is_set, seconds)
        return event.is_set()

    def start(self, name: str, run: Callable[[], object], *, daemon: bool = False) -> SimulatedTask:
        """Begin a thread, whose first turn comes once whoever runs now waits."""
        task = SimulatedTask(self, name, run)
        with self.moved:
            task.thread.start()
            self._settle(lambda: task.begun)
        return task

    def wait_for(self, holds: Callable[[], bool], seconds: float) -> None:
        """Give the turn away until something holds or the time has passed; a test that waits lets the time pass."""
        if threading.get_ident() not in self._ours:
            self._pass_until(holds, self._passed + seconds)
            return
        with self.moved:
            self._running = None
            self._take_turn(Waiting(next(self._orders), self._passed + seconds, holds))

    def pass_by(self, seconds: float) -> None:
        """Let time pass, and whatever falls due in it be done."""
        self._pass_until(lambda: False, self._passed + seconds)

    def begin(self, task: SimulatedTask) -> None:
        """A thread of ours takes its first turn."""
        with self.moved:
            task.begun = True
            me = Waiting(next(self._orders), self._passed, lambda: True)
            self._ours.add(threading.get_ident())
            self._take_turn(me)

    def end(self, task: SimulatedTask) -> None:
        """A thread of ours has run to its end."""
        with self.moved:
            task.ended = True
            self._ours.discard(threading.get_ident())
            self._running = None
            self.moved.notify_all()

    def _take_turn(self, me: Waiting) -> None:
        self._waiting.append(me)
        self.moved.notify_all()
        self.moved.wait_for(lambda: self._running is None and self._next() is me)
        self._waiting.remove(me)
        self._running = threading.get_ident()

    def _next(self) -> Waiting | None:
        ready = [one for one in self._waiting if one.until <= self._passed or one.holds()]
        return min(ready, key=lambda one: one.order, default=None)

    def _pass_until(self, holds: Callable[[], bool], target: float) -> None:
        with self.moved:
            while True:
                self._settle(lambda: self._running is None and self._next() is None)
                if holds():
                    return
                due = min((one.until for one in self._waiting), default=math.inf)
                if due > target or self._passed >= target or due == math.inf:
                    self._passed = self._passed if target == math.inf else max(self._passed, target)
                    return
                self._passed = due
                self.moved.notify_all()

    def _settle(self, holds: Callable[[], bool]) -> None:
        if not self.moved.wait_for(holds, PATIENCE_SECONDS):
            raise TimeoutError("a thread of the simulated clock neither waits nor ends")


class SimulatedTicker:
    """Ticks jobs by threads of a simulated clock."""

    def __init__(self, clock: Clock, jobs: Sequence[Job], worker: str) -> None:
        self._jobs, self._worker, self._clock = jobs, worker, clock
        self._stopping, self._tasks = clock.event(), []

    def start(self) -> None:
        """Tick every job at once, then each after its own seconds."""
        self._tasks = [self._clock.start(job.name, partial(self._ticks, job)) for job in self._jobs]

    def stop(self) -> None:
        """Finish the ticks in hand, then stop."""
        self._stopping.set()
        for task in self._tasks:
            task.join()

    def _ticks(self, job: Job) -> None:
        while not self._stopping.is_set():
            tick(job, self._worker)
            self._clock.wait(self._stopping, job.seconds)
