"""`work`: the inbox and the outbox."""

import logging
import os
import platform

import click

from bot.app import open_bot
from bot.commandline.process import HEALTH, stop_on_signals, wait_for, work_health_port
from bot.intake.server import serving
from bot.process.health import make_health
from bot.process.logs import set_up_logs
from bot.process.work import Worker
from bot.settings import read_environment


@click.command()
@work_health_port(HEALTH)
def work(health_port: int) -> None:
    """Work the inbox and deliver the outbox."""
    set_up_logs(read_environment())
    stop = stop_on_signals()
    bot = open_bot()
    name = read_environment().BRIDGEPKG_WORKER or f"{platform.node()}/{os.getpid()}"
    with serving(make_health(bot.store), health_port, HEALTH) as health:
        worker = Worker(bot, name)
        worker.start()
        logging.getLogger("bridgepkg.work").info("working as %s, health on port %s", name, health.port)
        if problem := bot.deployment.estate_problem:
            logging.getLogger("bridgepkg.work").warning("%s", problem)
        wait_for(stop)
        worker.stop()
    bot.store.close()
