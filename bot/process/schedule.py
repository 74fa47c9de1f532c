"""The schedule: what a worker does every few seconds without being asked. Rows decide what is due; this only ticks.

So many workers may tick at the same moment, and none is forgotten while nobody works. Reminders, leases, retention and
checkpoints are further jobs of this list. A job never overlaps itself, ticks that were missed are made up for by one,
and a job that fails is tried again at its next tick.
"""

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC
from functools import partial
from typing import Protocol

from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.schedulers.background import BackgroundScheduler

from bot.app import Bot
from bot.clock import SYSTEM_CLOCK
from bot.workflows.traces import begin_row
from bot.workflows.watch import watch
from storage.store import StoreError

logger = logging.getLogger("bridgepkg.work")


@dataclass(frozen=True, slots=True)
class Job:
    """Something to do every so many seconds, under a name that logs may show."""

    name: str
    seconds: float
    run: Callable[[], object]


def jobs_of(bot: Bot, worker: str) -> tuple[Job, ...]:
    """Everything periodic that a worker does."""
    return (Job("watch", 5.0, partial(watch, bot, worker)),)


class Ticker(Protocol):
    """Ticks jobs from `start` until `stop`."""

    def start(self) -> None:
        """Tick every job at once, then each after its own seconds."""

    def stop(self) -> None:
        """Finish the ticks in hand, then stop."""


class Schedule:
    """Ticks jobs on the machine's time, each in a thread of its own. On another clock another `Ticker` does."""

    def __init__(self, jobs: Sequence[Job], worker: str) -> None:
        self._scheduler = BackgroundScheduler(
            executors={"default": ThreadPoolExecutor(max(1, len(jobs)))},
            job_defaults={"max_instances": 1, "coalesce": True, "misfire_grace_time": None},
            timezone=UTC,
        )
        for job in jobs:
            self._scheduler.add_job(
                partial(tick, job, worker),
                "interval",
                seconds=job.seconds,
                id=job.name,
                next_run_time=SYSTEM_CLOCK.now(),
            )

    def start(self) -> None:
        """Tick every job at once, then each after its own seconds."""
        self._scheduler.start()

    def stop(self) -> None:
        """Finish the ticks in hand, then stop."""
        if self._scheduler.running:
            self._scheduler.shutdown(wait=True)


def tick(job: Job, worker: str) -> None:
    """Do a job once; whatever goes wrong is logged by its type."""
    begin_row(worker)
    try:
        job.run()
    except StoreError as problem:
        logger.error("%s", problem)  # noqa: TRY400 -- one line; the database's own words may hold values
    except Exception as problem:  # a job that fails is due again at its next tick
        logger.error("unexpected %s in %s", type(problem).__name__, job.name)  # noqa: TRY400
        logger.debug("in %s", job.name, exc_info=problem)
