"""Clocks: the machine's, and the simulated one that other tests rely on to be the same every time."""

import time
from datetime import UTC, datetime

import pytest

from bot.clock import SYSTEM_CLOCK
from tests.clocks import SimulatedClock


def test_machines_clock_waits_and_runs():
    """Its moments are in UTC, an event ends a wait at once, and a thread can be joined."""
    event, done = SYSTEM_CLOCK.event(), []
    assert abs((SYSTEM_CLOCK.now() - datetime.now(UTC)).total_seconds()) < 5
    assert SYSTEM_CLOCK.wait(event, 0.0) is False
    task = SYSTEM_CLOCK.start("one", lambda: done.append(SYSTEM_CLOCK.wait(event, 60.0)))
    event.set()
    task.join()
    assert (done, task.is_alive()) == ([True], False)


def test_event_belongs_to_its_clock():
    """Waiting for another clock's event would never end, so it is refused."""
    with pytest.raises(TypeError, match="by the clock that made it"):
        SYSTEM_CLOCK.wait(SimulatedClock().event(), 0.0)


def test_simulated_time_stands_still_until_it_is_let_pass():
    """What is due happens in order at its own moment, whatever was started first; nothing costs real time."""
    clock, seen, began = SimulatedClock(), [], time.monotonic()

    def nap(name, seconds):
        clock.sleep(seconds)
        seen.append((name, clock.monotonic()))

    tasks = [clock.start(name, lambda a=(name, seconds): nap(*a)) for name, seconds in (("late", 3600), ("soon", 5))]
    assert (clock.monotonic(), seen) == (0.0, [])
    clock.pass_by(10)
    assert (clock.monotonic(), seen) == (10.0, [("soon", 5.0)])
    for task in tasks:
        task.join()
    assert (clock.monotonic(), seen) == (3600.0, [("soon", 5.0), ("late", 3600.0)])
    assert time.monotonic() - began < 60


def test_simulated_event_wakes_who_waits_for_it():
    """An event ends a wait without the time passing; without it the wait ends at its moment."""
    clock, seen = SimulatedClock(), []
    event = clock.event()
    clock.start("waiter", lambda: seen.extend([clock.wait(event, 60.0), clock.monotonic(), clock.wait(event, 1.0)]))
    clock.pass_by(30)
    event.set()
    clock.pass_by(0)
    assert seen == [True, 30.0, True]
    event.clear()
    assert (clock.wait(event, 15.0), clock.monotonic()) == (False, 45.0)


def test_simulated_threads_take_turns():
    """One runs until it waits, then the one that has waited longest: the order is the same every time."""
    clock, seen = SimulatedClock(), []

    def turns(name):
        for _ in range(3):
            seen.append(name)
            clock.sleep(1.0)

    for name in "abc":
        clock.start(name, lambda name=name: turns(name))
    clock.pass_by(5)
    assert seen == list("abcabcabc")
