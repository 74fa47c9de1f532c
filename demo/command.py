"""`demo`: a workspace, the bot and a sample incident on this machine."""

import os
import signal
import sys
import threading
from importlib import import_module
from importlib.util import find_spec
from typing import Any, Final, NoReturn

import click

from bot.process.exits import EXIT_INTERRUPTED, EXIT_NO
from bot.process.logs import set_up_logs
from bot.settings import read_environment
from profiles.errors import UserFixableError

EXTRA: Final = ("httpx", "websockets")
"""What only the demo needs: the extra `demo` of pyproject.toml."""


class NotInstalledError(UserFixableError):
    """The demo's own libraries are not there."""


@click.command()
@click.option(
    "--port", type=click.IntRange(0, 65535), default=8421, show_default=True, help="Where to open the workspace."
)
@click.option("--db", metavar="URL", help="A database to use instead of a throwaway SQLite file.")
@click.option("--autoplay", is_flag=True, help="Play the whole story without a browser and print it as a transcript.")
def demo(port: int, db: str | None, autoplay: bool) -> None:
    """Try everything on this machine: a Slack-like workspace, the bot, and a sample incident."""
    _stop_with_a_word()
    os.environ.setdefault("BRIDGEPKG_LOG_LEVEL", "warning")  # for the bot's own processes too
    set_up_logs(read_environment())
    usable = False
    try:
        with _demo(0 if autoplay else port, db) as running:
            click.echo(f"ready {running.url}")
            if autoplay:
                _play(running)
            usable = True
            click.echo("Open it in a browser; stop with Ctrl-C.", err=True)
            threading.Event().wait()
    except KeyboardInterrupt:
        sys.exit(0 if usable else EXIT_INTERRUPTED)


def _demo(port: int, database: str | None) -> Any:
    """The demo, not yet running; imported only now, because `--help` should not need what it needs."""
    if any(find_spec(name) is None for name in EXTRA):
        raise NotInstalledError("the demo needs more than the bot does; run: pip install 'bridgepkg[demo]'")
    return import_module("demo.running").Demo(port, database)


def _play(running: Any) -> NoReturn:
    """Play the story; leave with 0, or with 1 and the name of the step that failed."""
    problem = import_module("demo.autoplay").play_and_time(running, click.echo)
    _end_uninterrupted()
    if problem:
        click.echo(f"bridgepkg demo: {problem}", err=True)
    sys.exit(EXIT_NO if problem else 0)


def _stop_with_a_word() -> None:
    """Ctrl-C and SIGTERM are answered at once, whatever is going on; what is running is then stopped in order."""

    def stop(_number: int, _frame: object) -> None:
        _end_uninterrupted()
        # Written past the buffers, which may be in the middle of a line of somebody else's.
        os.write(sys.stderr.fileno(), b"\nStopped.\n")
        raise KeyboardInterrupt

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, stop)


def _end_uninterrupted() -> None:
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_IGN)
