"""The schedule: jobs tick, never beside themselves, and one that fails ends neither the others nor itself."""

import logging
import threading

import pytest

from bot.process.schedule import Job, Schedule, jobs_of
from storage.store import StoreError

SOON = 0.02
PATIENCE = 20.0


@pytest.fixture
def scheduled():
    """Starts schedules that end with the test."""
    started = []

    def start(*jobs):
        started.append(Schedule(jobs, "one"))
        started[-1].start()
        return started[-1]

    yield start
    for schedule in started:
        schedule.stop()


class Counted:
    """A job that counts its ticks, and says when there were enough of them."""

    def __init__(self, enough, then=lambda: None):
        self.enough, self.then, self.ticks, self.done = enough, then, 0, threading.Event()

    def __call__(self):
        """One tick."""
        self.ticks += 1
        if self.ticks >= self.enough:
            self.done.set()
        self.then()


def test_job_ticks_at_once_and_again(scheduled):
    """The first tick does not wait for the interval; a long one is no reason to miss what was due meanwhile."""
    once, often = Counted(1), Counted(3)
    scheduled(Job("once", 3600, once), Job("often", SOON, often))
    assert (once.done.wait(PATIENCE), often.done.wait(PATIENCE)) == (True, True)
    assert once.ticks == 1


def test_job_never_overlaps_itself(scheduled):
    """While one tick is under way no other begins, and those that were missed are made up for by one."""
    entered, go_on, beside = threading.Event(), threading.Event(), Counted(10)

    def hang():
        entered.set()
        go_on.wait(PATIENCE)

    slow = Counted(2, hang)
    schedule = scheduled(Job("slow", SOON, slow), Job("beside", SOON, beside))
    assert entered.wait(PATIENCE)
    assert beside.done.wait(PATIENCE)  # ten ticks of another job later
    assert slow.ticks == 1
    go_on.set()
    assert slow.done.wait(PATIENCE)
    schedule.stop()
    assert slow.ticks < beside.ticks


@pytest.mark.parametrize(
    ("problem", "said"),
    [
        (ValueError("edge-signer has CVE-2026-41877"), "unexpected ValueError in failing"),
        (StoreError("database run.db: is busy"), "database run.db: is busy"),
    ],
)
def test_job_that_fails_is_logged_by_type_and_ticks_again(scheduled, caplog, problem, said):
    """An exception ends neither the job nor the schedule, and its words, which may hold values, are not logged."""

    def fail():
        raise problem

    failing = Counted(3, fail)
    with caplog.at_level(logging.INFO, "bridgepkg"):
        schedule = scheduled(Job("failing", SOON, failing))
        assert failing.done.wait(PATIENCE)
        schedule.stop()
    ours = {record.getMessage() for record in caplog.records if record.name.startswith("bridgepkg")}
    assert (ours, "CVE" in caplog.text) == ({said}, False)


def test_stop_waits_for_the_tick_in_hand(scheduled):
    """Nothing is left half done by a worker that is told to end, and nothing ticks afterwards."""
    entered, ended = threading.Event(), []

    def work():
        entered.set()
        threading.Event().wait(0.2)
        ended.append(True)

    schedule = scheduled(Job("work", 3600, work))
    assert entered.wait(PATIENCE)
    schedule.stop()
    assert ended == [True]


def test_worker_ticks_the_watch(sqlite_steps):
    """What falls due is looked for by every worker."""
    assert [(job.name, job.run()) for job in jobs_of(sqlite_steps.bot, "one")] == [("watch", False)]
