"""`demo`, `run`, `listen`, `work`: the bot as processes."""

import logging
import os
import signal
import socket
import sys
import threading

import click

from bot.app import open_bot, open_client, open_store
from bot.autoplay import play_and_time
from bot.demo import Demo
from bot.health import make_health
from bot.http_mode import HttpServer
from bot.listen import Listener, http_mode, socket_mode, wait_for
from bot.settings import config_path, load_deployment, required, setting
from bot.supervise import Child, Supervisor
from bot.work import Worker

MODE = click.Choice(["socket", "http"])
MODE_HELP = "How Slack reaches the bot: by Socket Mode, or at /slack/events of --port."


def _log_plainly() -> None:
    """Logs carry what happened, never what was in it; the libraries' own are silenced but for errors."""
    logging.basicConfig(stream=sys.stderr, level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    for name in ("slack_bolt", "slack_sdk", "bridgepkg.bolt", "apscheduler", "httpx", "alembic"):
        logging.getLogger(name).setLevel(logging.CRITICAL)


def _stop_on_signals() -> threading.Event:
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    return stop


@click.command()
@click.option("--mode", type=MODE, default="socket", show_default=True, help=MODE_HELP)
@click.option(
    "--port", type=click.IntRange(0, 65535), default=3000, show_default=True, help="HTTP mode's port on 127.0.0.1."
)
@click.option(
    "--health-port", type=click.IntRange(0, 65535), default=3001, show_default=True, help="Health on 127.0.0.1."
)
def run(mode: str, port: int, health_port: int) -> None:
    """Listen and work together, and keep both alive."""
    _log_plainly()
    bot = open_bot()
    bot.store.close()
    if mode == "socket":
        required("SLACK_APP_TOKEN", "take the app-level token (xapp-…) from your app's Basic Information page")
    else:
        required("SLACK_SIGNING_SECRET", "take it from your app's Basic Information page")
    listening = ["listen", "--mode", mode, "--port", str(port), "--health-port", str(health_port)]
    worker = {"BRIDGEPKG_WORKER": f"run@{socket.gethostname()}"}
    Supervisor([Child("listen", listening, {}), Child("work", ["work"], worker)]).run()


@click.command()
@click.option("--mode", type=MODE, default="socket", show_default=True, help=MODE_HELP)
@click.option(
    "--port", type=click.IntRange(0, 65535), default=3000, show_default=True, help="HTTP mode's port on 127.0.0.1."
)
@click.option(
    "--health-port", type=click.IntRange(0, 65535), default=3001, show_default=True, help="Health on 127.0.0.1."
)
def listen(mode: str, port: int, health_port: int) -> None:
    """Receive Slack's requests into the inbox."""
    _log_plainly()
    stop = _stop_on_signals()
    deployment, store, client = load_deployment(config_path()), open_store(), open_client()
    how = "take it from your app's Basic Information page"
    secret = required("SLACK_SIGNING_SECRET", how) if mode == "http" else setting("SLACK_SIGNING_SECRET")
    listener = Listener(deployment, store, client, secret)
    with socket_mode(listener) if mode == "socket" else http_mode(listener, port) as connected:
        health = HttpServer(make_health(store, connected), health_port)
        health.start()
        logging.getLogger("bridgepkg.listen").info("listening by %s, health on port %s", mode, health.port)
        wait_for(stop)
        health.stop()
    listener.close()
    store.close()


@click.command()
def work() -> None:
    """Work the inbox and deliver the outbox."""
    _log_plainly()
    stop = _stop_on_signals()
    bot = open_bot()
    name = setting("BRIDGEPKG_WORKER") or f"{socket.gethostname()}/{os.getpid()}"
    worker = Worker(bot, name)
    worker.start()
    logging.getLogger("bridgepkg.work").info("working as %s", name)
    wait_for(stop)
    worker.stop()
    bot.store.close()


@click.command()
@click.option(
    "--port", type=click.IntRange(0, 65535), default=8421, show_default=True, help="Where to open the workspace."
)
@click.option("--db", metavar="URL", help="A database to use instead of a throwaway SQLite file.")
@click.option("--autoplay", is_flag=True, help="Play the whole story without a browser and print it as a transcript.")
def demo(port: int, db: str | None, autoplay: bool) -> None:
    """Try everything on this machine: a Slack-like workspace, the bot, and a sample incident."""
    _log_plainly()
    logging.getLogger().setLevel(logging.WARNING)
    stop = _stop_on_signals()
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
