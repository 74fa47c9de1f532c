"""The opener: a loading modal within Slack's three seconds, on a thread of its own, after the row is committed."""

import logging
from collections import deque
from typing import Final

from structlog.contextvars import bind_contextvars

from blocks import say
from blocks.drawing import NAME, modal, plain
from blocks.ids import CallbackId
from bot.clock import Clock
from bot.slack.errors import NotDoneError, UnclearError
from bot.slack.gateway import InternalPoster

logger = logging.getLogger("bridgepkg.listen")

LOADING: Final = modal(NAME, [plain(say.requests.LOADING, "loading")], callback=CallbackId.DETAILS)

IDLE_SECONDS: Final = 3600.0
"""How long it waits to be rung for before it looks by itself; nothing depends on it."""


class Opener:
    """Opens views one after the other; `work` fills each by its external id, which is the inbox id."""

    def __init__(self, internal: InternalPoster, clock: Clock) -> None:
        self._internal, self._clock = internal, clock
        self._wanted: deque[tuple[str, str]] = deque()
        self._rung, self._closing = clock.event(), clock.event()
        self._task = clock.start("opener", self._run, daemon=True)

    def open(self, trigger_id: str, request_id: str) -> None:
        """Ask for a loading view; returns at once."""
        self._wanted.append((trigger_id, request_id))
        self._rung.set()

    def close(self) -> None:
        """Open what was asked for, then stop."""
        self._closing.set()
        self._rung.set()
        self._task.join(timeout=10)

    def _run(self) -> None:
        while not self._closing.is_set():
            self._clock.wait(self._rung, IDLE_SECONDS)
            self._rung.clear()
            while self._wanted:
                self._open(*self._wanted.popleft())

    def _open(self, trigger_id: str, request_id: str) -> None:
        bind_contextvars(request=request_id)
        try:
            self._internal.open_modal(trigger_id, {**LOADING, "external_id": request_id})
        except (NotDoneError, UnclearError):
            # The answer then comes as an ephemeral message: see `work`.
            logger.warning("a modal could not be opened in time")
