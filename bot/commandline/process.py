"""What the bot's processes have in common: options, signals, and waiting until told to stop.

Each command stands in a file of its own, because a process that is started again in an outage loads only what it needs.
"""

import signal
from collections.abc import Callable
from functools import reduce
from typing import Final

import click

from bot.clock import SYSTEM_CLOCK, Clock, Event

HEALTH: Final = "--health-port"
WORK_HEALTH: Final = "--work-health-port"
"""Where each process tells its health and metrics; `run` has one option for each of its two."""

_PORT = click.IntRange(0, 65535)
_MODE_HELP = "How Slack reaches the bot: by Socket Mode, or at /slack/events of --port."
_OPTIONS = (
    click.option("--mode", type=click.Choice(["socket", "http"]), default="socket", show_default=True, help=_MODE_HELP),
    click.option("--port", type=_PORT, default=3000, show_default=True, help="HTTP mode's port on 127.0.0.1."),
    click.option(HEALTH, type=_PORT, default=3001, show_default=True, help="The listener's health on 127.0.0.1."),
)


def reached_by_slack(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command the options that say how Slack reaches it and where it tells its health."""
    return reduce(lambda changed, option: option(changed), reversed(_OPTIONS), command)


def work_health_port(name: str) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Give a command the option that says where the worker tells its health, under a name of its own."""
    return click.option(name, type=_PORT, default=3002, show_default=True, help="The worker's health on 127.0.0.1.")


def stop_on_signals(clock: Clock = SYSTEM_CLOCK) -> Event:
    """An event that is set when this process is told to end."""
    stop = clock.event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    return stop


def wait_for(stop: Event, clock: Clock = SYSTEM_CLOCK) -> None:
    """Wait until told to stop, waking now and then so that signals are seen."""
    while not clock.wait(stop, 0.5):
        pass
