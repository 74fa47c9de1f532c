"""Capture: one request, one committed inbox row, one ack (promise P7).

If the row cannot be written there is no ack, so that Slack shows the failure to the person. Who somebody is and what
they may do is decided later, in `work`. No exception escapes, and nothing of a payload is logged.
"""

import logging
from collections.abc import Callable, Collection
from typing import Any

from slack_bolt import Ack, App
from slack_bolt.authorization import AuthorizeResult
from slack_bolt.middleware import Middleware, RequestVerification
from slack_bolt.request import BoltRequest
from slack_bolt.response import BoltResponse
from slack_sdk import WebClient
from slack_sdk.signature import Clock as SlackClock
from slack_sdk.signature import SignatureVerifier
from structlog.contextvars import bind_contextvars, clear_contextvars

from blocks.ids import (
    COMMAND,
    COMMANDS_OPEN_MODAL,
    EVENTS,
    OPENS_MODAL,
    PLACE,
    PLACE_ANSWERS,
    ActionId,
    CallbackId,
)
from bot.clock import Clock
from bot.intake.commands import Typed, named_version, parse
from bot.intake.installation import installations
from bot.intake.opener import Opener
from bot.intake.requests import dedupe_key, lane_of
from bot.metrics import ACK_SECONDS
from storage.queues import Request, receive
from storage.store import Store

logger = logging.getLogger("bridgepkg.listen")
QUIET_BOLT = logging.getLogger("bridgepkg.bolt")
QUIET_BOLT.setLevel(logging.ERROR)
"""Bolt's loggers take their level from it: below errors, Bolt tells whole bodies (of a wrong signature, at INFO)."""

NOT_OURS = 401
FAILED = 500
UNREADABLE = 400


class OnlyOurApp(Middleware):
    """Refuses a payload of another app or workspace; the signature was checked before (Slack: request URL)."""

    def __init__(self, app_id: str | None, teams: frozenset[str]) -> None:
        self.app_id, self.teams = app_id, teams

    def process(
        self,
        *,
        req: BoltRequest,
        resp: BoltResponse,  # noqa: ARG002 -- Bolt's
        next: Callable[[], BoltResponse],  # noqa: A002 -- Bolt's
    ) -> BoltResponse:
        """Pass on what is ours."""
        clear_contextvars()
        body = req.body
        app = body.get("api_app_id")
        if not installations(body) & self.teams or (self.app_id and app and app != self.app_id):
            logger.warning("refused a request of another app or workspace")
            return BoltResponse(status=NOT_OURS, body="")
        return next()


class Signed(RequestVerification):
    """Bolt's own check of who signed a request, on the bot's clock (Slack: verifying requests)."""

    def __init__(self, signing_secret: str, clock: Clock) -> None:
        super().__init__(signing_secret, QUIET_BOLT)
        self._on_our_clock = SignatureVerifier(signing_secret, _SlackClock(clock))

    @property
    def verifier(self) -> SignatureVerifier:
        """The verifier that asks our clock."""
        return self._on_our_clock


class _SlackClock(SlackClock):
    """Our clock as slack_sdk wants it."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock

    def now(self) -> float:
        return self._clock.now().timestamp()


class NotStoredError(Exception):
    """The inbox did not take the row."""


class InboxWriter:
    """Writes what Slack sends into the inbox and acks it."""

    def __init__(
        self,
        store: Store,
        opener: Opener,
        bridges: Collection[str],
        clock: Clock,
        new_id: Callable[[], str],
    ) -> None:
        self.store, self.opener, self.bridges, self.clock, self.new_id = store, opener, bridges, clock, new_id

    def __call__(self, body: dict[str, Any], ack: Ack) -> None:
        """Commit, then ack, then hand on the trigger id where a modal is wanted."""
        request_id = self.new_id()
        bind_contextvars(request=request_id)
        request = Request(
            id=request_id,
            lane=lane_of(body),
            content={"kind": "slack", "body": body},
            received_at=self.clock.now(),
            dedupe=dedupe_key(body),
        )
        with ACK_SECONDS.time():
            try:
                with self.store.write() as transaction:
                    new = receive(transaction, request)
            except Exception as problem:
                raise NotStoredError from problem
            ack()
        if new and opens_modal(body, self.bridges):
            self.opener.open(str(body.get("trigger_id", "")), request_id)


def opens_modal(body: dict[str, Any], bridges: Collection[str]) -> bool:
    """Whether the answer to this payload is a modal."""
    if body.get("command"):
        typed = parse(str(body.get("text") or ""), bridges)
        return isinstance(typed, Typed) and _asks_for_form(typed)
    actions = body.get("actions") or [{}]
    return actions[0].get("action_id") in OPENS_MODAL


def _asks_for_form(typed: Typed) -> bool:
    """Whether a command is answered by a form: to place says in the form what it would do, whatever was typed."""
    if typed.name == PLACE:
        return not {word.lower() for word in typed.words[:1]} & PLACE_ANSWERS
    return typed.name in COMMANDS_OPEN_MODAL and not named_version(typed.words)[1]


def make_listener(
    client: WebClient, signing_secret: str | None, identity: dict[str, Any], ours: OnlyOurApp, capture: InboxWriter
) -> App:
    """The Bolt app: every id of the table, one listener. Acks follow the listener: the row comes before its ack."""

    def listener(body: dict[str, Any], ack: Ack) -> None:
        capture(body, ack)

    result = AuthorizeResult(
        enterprise_id=identity.get("enterprise_id"),
        team_id=identity.get("team_id"),
        bot_user_id=identity.get("user_id"),
        bot_id=identity.get("bot_id"),
        bot_token=client.token,
    )
    app_secret = signing_secret or "socket-mode-needs-none"
    app = App(
        client=client,
        signing_secret=app_secret,
        authorize=lambda: result,
        process_before_response=True,
        token_verification_enabled=False,
        request_verification_enabled=False,
        logger=QUIET_BOLT,
    )
    app.use(Signed(app_secret, capture.clock))
    app.use(ours)
    app.error(_not_acked)
    app.command(COMMAND)(listener)
    for action in ActionId:
        app.action(action.value)(listener)
    for callback in CallbackId:
        app.view(callback.value)(listener)
    for event in EVENTS:
        app.event(event)(listener)
    return app


def _not_acked(error: Exception) -> BoltResponse:
    """No row, no ack: Slack shows the person that it failed, or delivers an event again."""
    if isinstance(error, AttributeError | TypeError | ValueError | LookupError):
        # Of another shape than Slack documents: whatever reads it trips.
        logger.warning("refused a request that cannot be read: %s", type(error).__name__)
        return BoltResponse(status=UNREADABLE, body="")
    logger.error("a request could not be stored: %s", type(error.__cause__ or error).__name__)
    return BoltResponse(status=FAILED, body="")
