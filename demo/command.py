"""`demo`: a workspace, the bot and a sample incident on this machine."""

import logging
import sys

import click

from bot.commandline.process import stop_on_signals, wait_for
from bot.process.logs import set_up_logs
from bot.settings import read_environment
from demo.autoplay import play_and_time
from demo.running import Demo


@click.command()
@click.option(
    "--port", type=click.IntRange(0, 65535), default=8421, show_default=True, help="Where to open the workspace."
)
@click.option("--db", metavar="URL", help="A database to use instead of a throwaway SQLite file.")
@click.option("--autoplay", is_flag=True, help="Play the whole story without a browser and print it as a transcript.")
def demo(port: int, db: str | None, autoplay: bool) -> None:
    """Try everything on this machine: a Slack-like workspace, the bot, and a sample incident."""
    set_up_logs(read_environment().BRIDGEPKG_LOG_FORMAT, logging.WARNING)
    stop = stop_on_signals()
    with Demo(0 if autoplay else port, db) as running:
        click.echo(f"ready {running.url}")
        if autoplay:
            problem = play_and_time(running, click.echo)
        else:
            problem = None
            click.echo("Open it in a browser; stop with Ctrl-C.", err=True)
            wait_for(stop)
    if problem:
        click.echo(f"bridgepkg demo: {problem}", err=True)
        sys.exit(1)
