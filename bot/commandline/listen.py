"""`listen`: Slack's requests into the inbox."""

import logging

import click

from bot.app import open_store
from bot.clock import SYSTEM_CLOCK
from bot.commandline.process import HEALTH, reached_by_slack, stop_on_signals, wait_for
from bot.intake.listen import http_mode, open_listener, socket_mode
from bot.intake.server import require_free, serving
from bot.process.health import make_health
from bot.process.logs import set_up_logs
from bot.settings import config_path, load_deployment, read_environment


@click.command()
@reached_by_slack
def listen(mode: str, port: int, health_port: int) -> None:
    """Receive Slack's requests into the inbox."""
    set_up_logs(read_environment())
    stop = stop_on_signals()
    deployment, store = load_deployment(config_path()), open_store()
    environment = read_environment()
    secret = environment.required("SLACK_SIGNING_SECRET") if mode == "http" else environment.SLACK_SIGNING_SECRET
    require_free(health_port, HEALTH)
    listener = open_listener(deployment, store, secret, SYSTEM_CLOCK)
    try:
        with (
            socket_mode(listener) if mode == "socket" else http_mode(listener, port) as connected,
            serving(make_health(store, connected), health_port, HEALTH) as health,
        ):
            logging.getLogger("bridgepkg.listen").info("listening by %s, health on port %s", mode, health.port)
            wait_for(stop)
    finally:
        listener.close()
        store.close()
