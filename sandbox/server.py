"""The sandbox: a local Slack workspace on 127.0.0.1 that an unchanged Bolt bot can talk to."""

import asyncio
import contextlib
import socket
import threading
import time
from collections.abc import Callable, Coroutine, Sequence
from functools import partial
from typing import Any, Self, TypeVar

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route, WebSocketRoute

from sandbox.acts.clicks import Clicks
from sandbox.acts.commands import Commands
from sandbox.acts.modals import Modals
from sandbox.acts.replies import Replies
from sandbox.delivery.courier import Courier
from sandbox.delivery.envelope import Delivery, Timing
from sandbox.delivery.socket_mode import REFRESH
from sandbox.errors import PortTakenError
from sandbox.failures import Failures
from sandbox.faults import FaultBook
from sandbox.ids import Clock
from sandbox.model.workspace import Workspace
from sandbox.people import Person
from sandbox.rates import Rates
from sandbox.recorder import Call, Recorder
from sandbox.routes.admin import Admin
from sandbox.routes.guard import LocalOnly
from sandbox.routes.hooks import Hooks
from sandbox.routes.page import Page
from sandbox.routes.people import People
from sandbox.routes.web_api import WebApi
from sandbox.seed import Seed
from sandbox.wire import QuickServer

HOST = "127.0.0.1"
# Where whoever shows the sandbox tells the stage of their incident, if they have one.
STAGE_PATH = "/_demo/stage"
START_SECONDS = 10.0
LOOP_SECONDS = 30.0

Result = TypeVar("Result")


class Sandbox:
    """A running workspace: `with Sandbox(seed) as sandbox:` serves until the block ends.

    Its clock decides timestamps, expiry and rate limits; `timing` the deadline of acks and the retries of events.
    `extras` are routes of whoever shows the sandbox, such as a demo's own controls; with one at STAGE_PATH the page
    has a bar for the stage of the incident.
    Raises PortTakenError when the port is in use.
    """

    def __init__(
        self,
        seed: Seed,
        port: int = 0,
        *,
        rate_limits: bool = True,
        clock: Clock = time.time,
        timing: Timing | None = None,
        extras: Sequence[BaseRoute] = (),
    ) -> None:
        self.workspace = Workspace(seed, clock)
        self.faults = FaultBook()
        self.failures = Failures()
        self.recorder = Recorder(self.workspace.feed)
        self.rates = Rates(clock, enabled=rate_limits)
        self._timing = timing or Timing()
        self._extras = extras
        self._socket = _listen(port)
        self.port: int = self._socket.getsockname()[1]
        self._thread = threading.Thread(target=self._run, name=f"sandbox-{self.port}", daemon=True)
        self._started = threading.Event()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._server: QuickServer | None = None
        self.courier = Courier(self.workspace, self.faults, self.failures, self._timing)

    @property
    def url(self) -> str:
        """Where the sandbox listens."""
        return f"http://{HOST}:{self.port}"

    @property
    def api_url(self) -> str:
        """The base URL of the Web API, as `WebClient(base_url=…)` wants it."""
        return f"{self.url}/api/"

    @property
    def deliveries(self) -> tuple[Delivery, ...]:
        """Every attempt to bring something to the app."""
        return self.courier.log

    def calls(self, method: str | None = None, since: int = 0) -> tuple[Call, ...]:
        """What the app has sent: all Web API calls, response URLs and acks with text, or those of one method."""
        return self.recorder.calls(method, since)

    def person(self, user_id: str) -> Person:
        """Act as someone."""
        return Person(self.url, user_id)

    def wait_until(self, holds: Callable[[], object], timeout: float = 5.0) -> None:
        """Wait for something to become true; TimeoutError when it does not in time."""
        if not self.workspace.feed.wait_until(holds, timeout):
            raise TimeoutError("the sandbox did not get there in time")

    def use_http(self, url: str, *, verify: bool = True) -> bool:
        """Deliver to a request URL from now on; False when it does not answer Slack's challenge."""
        return self._in_loop(self.courier.use_http(url, verify=verify))

    def use_socket_mode(self) -> None:
        """Deliver over Socket Mode from now on."""
        self.courier.use_socket_mode()

    def refresh_sockets(self, reason: str = REFRESH) -> None:
        """Ask the app's Socket Mode clients to reconnect; the reasons are `refresh_requested` and `warning`."""
        self._in_loop(self.courier.socket_mode.ask_to_leave(reason))

    def drop_sockets(self) -> None:
        """Tear down the app's Socket Mode connections without a word."""
        self._in_loop(self.courier.socket_mode.drop_all())

    def start(self) -> None:
        """Begin to serve, in a thread."""
        self._thread.start()
        if not self._started.wait(START_SECONDS):
            raise RuntimeError("the sandbox did not start")

    def stop(self) -> None:
        """Close every connection and wait for the thread to end."""
        if self._loop and self._server:
            self._loop.call_soon_threadsafe(self._server.stopping.set)
            self._thread.join()
        self._socket.close()

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def _in_loop(self, work: Coroutine[Any, Any, Result]) -> Result:
        if self._loop is None:
            work.close()
            raise RuntimeError("the sandbox is not running")
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(LOOP_SECONDS)

    def _run(self) -> None:
        asyncio.run(self._serve())

    async def _serve(self) -> None:
        self._loop = asyncio.get_running_loop()
        admin = Admin(self.workspace, self.recorder, self.faults, self.courier, self.failures)
        self._server = QuickServer(
            self._app(admin),
            on_ready=self._started.set,
            on_stop=partial(_each, admin.close, self.courier.socket_mode.give_up),
            ping_seconds=self._timing.ping,
        )
        self.workspace.feed.subscribe(partial(_call_in, self._loop, admin.wake))
        self.courier.start()
        try:
            await self._server.serve(sockets=[self._socket])
        finally:
            self._loop = None
            await self.courier.stop()

    def _app(self, admin: Admin) -> Starlette:
        routes = [*self._slack_routes(), *self._people_routes(), *_admin_routes(admin), *self._extras]
        return Starlette(
            routes=routes, middleware=[Middleware(LocalOnly)], exception_handlers={Exception: self._failed}
        )

    def _slack_routes(self) -> list[BaseRoute]:
        api = WebApi(self.workspace, self.recorder, self.faults, self.rates)
        hooks = Hooks(self.workspace, Replies(self.workspace, self.recorder), self.faults)
        return [
            Route("/api/{method}", api.endpoint, methods=["GET", "POST"]),
            Route("/commands/{key:path}", hooks.command, methods=["POST"]),
            Route("/actions/{key:path}", hooks.action, methods=["POST"]),
            WebSocketRoute("/link/", self.courier.socket_mode.endpoint),
        ]

    def _people_routes(self) -> list[BaseRoute]:
        replies = Replies(self.workspace, self.recorder)
        commands = Commands(self.workspace, self.courier, replies, self.url)
        clicks = Clicks(self.workspace, self.courier, self.url)
        people = People(self.workspace, commands, clicks, Modals(self.workspace, self.courier))
        has_stage = any(isinstance(route, Route) and route.path == STAGE_PATH for route in self._extras)
        page = Page(self.workspace, self.recorder, self.courier, has_stage=has_stage)
        return [
            Route("/", page.index),
            Route("/page/{name}", page.asset),
            Route("/_people", people.cast),
            Route("/_people/{user}/view", people.view),
            Route("/_people/{user}/screen", page.screen),
            Route("/_people/{user}/traffic", page.traffic),
            Route("/_people/{user}/{act}", people.act, methods=["POST"]),
        ]

    async def _failed(self, request: Request, error: Exception) -> Response:
        self.failures.note(request.url.path, error)
        return JSONResponse({"ok": False, "error": "internal_error"}, 500)


def _admin_routes(admin: Admin) -> list[BaseRoute]:
    return [
        Route("/_sandbox/calls", admin.calls),
        Route("/_sandbox/deliveries", admin.deliveries),
        Route("/_sandbox/status", admin.status),
        Route("/_sandbox/changes", admin.changes),
        Route("/_sandbox/faults", admin.faults, methods=["GET", "POST", "DELETE"]),
        Route("/_sandbox/delivery", admin.delivery, methods=["POST"]),
        Route("/_sandbox/socket", admin.socket, methods=["POST"]),
        Route("/_sandbox/model", admin.model, methods=["POST"]),
    ]


def _listen(port: int) -> socket.socket:
    listener = socket.socket()
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((HOST, port))
    except OSError as error:
        listener.close()
        raise PortTakenError(f"Port {port} is in use; choose another with --port or stop what uses it.") from error
    return listener


def _each(*works: Callable[[], None]) -> None:
    for work in works:
        work()


def _call_in(loop: asyncio.AbstractEventLoop, work: Callable[[], None]) -> None:
    # A change after the loop has closed has nobody left to wake.
    with contextlib.suppress(RuntimeError):
        loop.call_soon_threadsafe(work)
