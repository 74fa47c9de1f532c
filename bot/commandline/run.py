"""`run`: listener and worker together, kept alive."""

import socket

import click

from bot.app import open_bot
from bot.commandline.process import log_plainly, reached_by_slack
from bot.process.supervise import Child, Supervisor
from bot.settings import required


@click.command()
@reached_by_slack
def run(mode: str, port: int, health_port: int) -> None:
    """Listen and work together, and keep both alive."""
    log_plainly()
    bot = open_bot()
    bot.store.close()
    if mode == "socket":
        required("SLACK_APP_TOKEN", "take the app-level token (xapp-…) from your app's Basic Information page")
    else:
        required("SLACK_SIGNING_SECRET", "take it from your app's Basic Information page")
    listening = ["listen", "--mode", mode, "--port", str(port), "--health-port", str(health_port)]
    worker = {"BRIDGEPKG_WORKER": f"run@{socket.gethostname()}"}
    Supervisor([Child("listen", listening, {}), Child("work", ["work"], worker)]).run()
