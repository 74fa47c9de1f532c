"""What the bot's processes have in common: logs, signals, and waiting until told to stop.

Each command stands in a file of its own, because a process that is started again in an outage loads only what it needs.
"""

import logging
import signal
import sys
import threading

import click

MODE = click.Choice(["socket", "http"])
MODE_HELP = "How Slack reaches the bot: by Socket Mode, or at /slack/events of --port."


def log_plainly() -> None:
    """Logs carry what happened, never what was in it; the libraries' own are silenced but for errors."""
    logging.basicConfig(stream=sys.stderr, level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    for name in ("slack_bolt", "slack_sdk", "bridgepkg.bolt", "apscheduler", "httpx", "alembic"):
        logging.getLogger(name).setLevel(logging.CRITICAL)


def stop_on_signals() -> threading.Event:
    """An event that is set when this process is told to end."""
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    return stop


def wait_for(stop: threading.Event) -> None:
    """Wait until told to stop, waking now and then so that signals are seen."""
    while not stop.wait(0.5):
        pass
