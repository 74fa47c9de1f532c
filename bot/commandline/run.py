"""`run`: listener and worker together, kept alive."""

import platform

import click

from bot.app import open_bot
from bot.commandline.process import HEALTH, WORK_HEALTH, reached_by_slack, work_health_port
from bot.intake.server import require_free
from bot.process.logs import set_up_logs
from bot.process.supervise import Child, Supervisor
from bot.settings import read_environment


@click.command()
@reached_by_slack
@work_health_port(WORK_HEALTH)
def run(mode: str, port: int, health_port: int, work_health_port: int) -> None:
    """Listen and work together, and keep both alive."""
    set_up_logs(read_environment())
    bot = open_bot()
    bot.store.close()
    read_environment().required("SLACK_APP_TOKEN" if mode == "socket" else "SLACK_SIGNING_SECRET")
    for used, option in ((health_port, HEALTH), (work_health_port, WORK_HEALTH)):
        require_free(used, option)
    listening = ["listen", "--mode", mode, "--port", str(port), HEALTH, str(health_port)]
    working = ["work", HEALTH, str(work_health_port)]
    worker = {"BRIDGEPKG_WORKER": f"run@{platform.node()}"}
    Supervisor([Child("listen", listening, {}), Child("work", working, worker)]).run()
