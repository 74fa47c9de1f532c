"""`work`: the inbox and the outbox."""

import logging
import os
import socket

import click

from bot.app import open_bot
from bot.commandline.process import log_plainly, stop_on_signals, wait_for
from bot.process.work import Worker
from bot.settings import setting


@click.command()
def work() -> None:
    """Work the inbox and deliver the outbox."""
    log_plainly()
    stop = stop_on_signals()
    bot = open_bot()
    name = setting("BRIDGEPKG_WORKER") or f"{socket.gethostname()}/{os.getpid()}"
    worker = Worker(bot, name)
    worker.start()
    logging.getLogger("bridgepkg.work").info("working as %s", name)
    wait_for(stop)
    worker.stop()
    bot.store.close()
