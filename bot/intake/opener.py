"""The opener: a loading modal within Slack's three seconds, on a thread of its own, after the row is committed."""

import logging
import queue
import threading
from typing import Any, Final

from slack_sdk import WebClient
from structlog.contextvars import bind_contextvars

from bot.slack.api import NotDoneError, UnclearError, call

logger = logging.getLogger("bridgepkg.listen")

LOADING: Final[dict[str, Any]] = {
    "type": "modal",
    "callback_id": "details",
    "title": {"type": "plain_text", "text": "bridgepkg", "emoji": False},
    "close": {"type": "plain_text", "text": "Close", "emoji": False},
    "blocks": [
        {
            "type": "section",
            "block_id": "loading",
            "text": {"type": "plain_text", "text": "One moment…", "emoji": False},
        }
    ],
}


class Opener:
    """Opens views one after the other; `work` fills each by its external id, which is the inbox id."""

    def __init__(self, client: WebClient) -> None:
        self._client = client
        self._wanted: queue.SimpleQueue[tuple[str, str] | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._run, name="opener", daemon=True)
        self._thread.start()

    def open(self, trigger_id: str, request_id: str) -> None:
        """Ask for a loading view; returns at once."""
        self._wanted.put((trigger_id, request_id))

    def close(self) -> None:
        """Open what was asked for, then stop."""
        self._wanted.put(None)
        self._thread.join(timeout=10)

    def _run(self) -> None:
        while wanted := self._wanted.get():
            trigger_id, request_id = wanted
            bind_contextvars(request=request_id)
            view = {**LOADING, "external_id": request_id}
            try:
                call(self._client, "views.open", {"trigger_id": trigger_id, "view": view})
            except (NotDoneError, UnclearError):
                # The answer then comes as an ephemeral message: see `work`.
                logger.warning("a modal could not be opened in time")
