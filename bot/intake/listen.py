"""The listen process: Slack's requests, by Socket Mode or by signed HTTP, into the inbox. It decides nothing."""

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from secrets import token_hex
from typing import Any, Final

from slack_bolt import App
from slack_bolt.adapter.socket_mode import SocketModeHandler
from slack_sdk import WebClient

from bot.clock import SYSTEM_CLOCK, Clock
from bot.intake.capture import InboxWriter, OnlyOurApp, make_listener
from bot.intake.http_mode import make_endpoint
from bot.intake.opener import Opener
from bot.intake.server import serving
from bot.intake.sockets import close_client
from bot.settings import Deployment, SettingsError, read_environment
from bot.slack.api import call, open_client
from bot.slack.connect import connect
from bot.slack.errors import NotDoneError, UnclearError
from storage.store import Store

logger = logging.getLogger("bridgepkg.listen")
SOCKETS: Final = logging.getLogger("bridgepkg.sockets")

CONNECTIONS: Final = 2
"""Socket Mode connections: Slack refreshes each every few hours, and one is always there."""


class Listener:
    """A Bolt app with its opener, for either mode."""

    def __init__(
        self,
        deployment: Deployment,
        store: Store,
        client: WebClient,
        signing_secret: str | None,
        clock: Clock = SYSTEM_CLOCK,
    ) -> None:
        identity = call(client, "auth.test", {})
        home = deployment.config.home
        teams = frozenset({*home.teams, *([home.enterprise] if home.enterprise else [])})
        self.clock, self.signing_secret = clock, signing_secret
        self.opener = Opener(connect(client, deployment.config, clock).internal, clock)
        bridges = deployment.config.bridges
        capture = InboxWriter(store, self.opener, bridges, clock, lambda: token_hex(16))
        ours = OnlyOurApp(_app_id(client, identity), teams)
        self.app: App = make_listener(client, signing_secret, identity, ours, capture)

    def close(self) -> None:
        """Open the modals that were asked for, then stop."""
        self.opener.close()


def open_listener(deployment: Deployment, store: Store, signing_secret: str | None, clock: Clock) -> Listener:
    """A listener for the Slack of the environment."""
    return Listener(deployment, store, open_client(), signing_secret, clock)


def _app_id(client: WebClient, identity: dict[str, Any]) -> str | None:
    """The id of our own app; without it, the signature or the socket alone proves that a request is ours."""
    try:
        return str(call(client, "bots.info", {"bot": identity["bot_id"]})["bot"]["app_id"])
    except (NotDoneError, UnclearError, KeyError):
        logger.warning("Slack did not tell my app id; requests are told apart by signature or socket alone")
        return None


@contextmanager
def socket_mode(listener: Listener) -> Iterator[Callable[[], bool]]:
    """Listen by Socket Mode while the block runs; the value says whether Slack is connected."""
    token = read_environment().required("SLACK_APP_TOKEN")
    handlers = [SocketModeHandler(listener.app, token, logger=SOCKETS) for _ in range(CONNECTIONS)]
    try:
        for handler in handlers:
            handler.connect()  # type: ignore[no-untyped-call]
        yield lambda: any(handler.client.is_connected() for handler in handlers)
    finally:
        for handler in handlers:
            close_client(handler.client, listener.clock)


@contextmanager
def http_mode(listener: Listener, port: int) -> Iterator[Callable[[], bool]]:
    """Listen by signed HTTP at /slack/events while the block runs."""
    if not listener.signing_secret:
        raise SettingsError("SLACK_SIGNING_SECRET is not set; HTTP mode needs it to know Slack's requests from others")
    with serving(make_endpoint(listener.app, listener.signing_secret, listener.clock), port):
        yield lambda: True
