"""The demo: the sandbox workspace, the real bot in its own processes, and the sample incident, on 127.0.0.1."""

import base64
import contextlib
import json
import secrets
import shutil
import tempfile
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Final, Self
from weakref import finalize

import httpx
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from bot.intake.commands import COMMANDS
from bot.process.supervise import Child, GaveUpError, Supervisor
from bot.settings import SEALING_KEY_BYTES, read_environment, sealing_keys, signing_key
from demo.sample import FOLDER, Sample, load_sample, prepare
from demo.staging import Staging
from profiles.errors import UserFixableError
from sandbox.errors import PortTakenError
from sandbox.seed import Seed
from sandbox.server import Sandbox
from storage.schema import ensure_schema
from storage.store import Store

READY_SECONDS: Final = 60.0
KEYS: Final = ("BRIDGEPKG_SEALING_KEYS", "BRIDGEPKG_SIGNING_KEY")


class DemoError(UserFixableError):
    """The demo could not start."""


def _utc_now() -> datetime:
    return datetime.now(UTC)


class Demo:
    """A running demo. `advance()` moves the incident to its next stage; leaving the block stops everything.

    `clock` is the time of the sample's sources; the bot in its own processes keeps the machine's. Without `rate_limits`
    the workspace answers as fast as it can.
    """

    def __init__(
        self,
        port: int = 0,
        database: str | None = None,
        *,
        clock: Callable[[], datetime] = _utc_now,
        rate_limits: bool = True,
        dwell: int = 1,
    ) -> None:
        keys = demo_keys()
        self.folder = Path(tempfile.gettempdir()) / f"bridgepkg-demo-{secrets.token_hex(8)}"
        # Known before the folder is there, and run at the latest when this process ends: Ctrl-C may come at any moment.
        self._remove = finalize(self, shutil.rmtree, self.folder, ignore_errors=True)
        try:
            self.folder.mkdir(mode=0o700)
            self.sandbox = self._workspace(port, rate_limits=rate_limits)
            self.dwell = dwell
            self._prepare(database, keys, clock)
        except BaseException:
            self._remove()
            raise

    def _workspace(self, port: int, *, rate_limits: bool) -> Sandbox:
        """The sample's workspace with the demo's own controls, not yet serving."""
        routes = [
            Route("/_demo/stage", self._show_stage),
            Route("/_demo/advance", self._advance, methods=["POST"]),
            Route("/_demo/hints", self._show_hints),
        ]
        try:
            return Sandbox(_seed(), port, rate_limits=rate_limits, extras=routes)
        except PortTakenError as problem:
            raise DemoError(str(problem)) from problem

    def _prepare(self, database: str | None, keys: dict[str, str], clock: Callable[[], datetime]) -> None:
        """Everything else that runs, not yet started."""
        app = _seed().app
        self.config = prepare(self.folder, dwell=self.dwell)
        self._staging = Staging(load_sample(), self.folder, clock)
        self._throwaway = database is None
        self.environment = {
            "SLACK_API_URL": self.sandbox.api_url,
            "SLACK_BOT_TOKEN": app.bot_token,
            "SLACK_APP_TOKEN": app.app_token,
            "SLACK_SIGNING_SECRET": app.signing_secret,
            "BRIDGEPKG_CONFIG": str(self.config),
            "DATABASE_URL": database or f"sqlite:///{self.folder / 'bridgepkg.db'}",
            **keys,
        }
        worker = {**self.environment, "BRIDGEPKG_WORKER": "demo"}
        listening = ["listen", "--health-port", "0"]
        self.listen = Child("listen", listening, self.environment)
        self.work = Child("work", ["work", "--health-port", "0"], worker)
        self.supervisor = Supervisor([self.listen, self.work])
        self._tending = threading.Thread(target=self._tend, name="demo-supervisor", daemon=True)
        self._problem: UserFixableError | None = None

    @property
    def url(self) -> str:
        """Where the workspace can be opened in a browser."""
        return self.sandbox.url

    @property
    def sample(self) -> Sample:
        """The incident that is told, with its stages."""
        return self._staging.sample

    @property
    def stage(self) -> int:
        """The stage that the incident has reached, from 0."""
        return self._staging.stage

    def advance(self) -> None:
        """Move the incident to its next stage; the last one stays."""
        self._staging.move_to(self.stage + 1)

    def __enter__(self) -> Self:
        try:
            self._staging.move_to(0)
            self._bring_up_database()
            self.sandbox.start()
            self.supervisor.start()
            self._tending.start()
            self._wait_until_ready()
        except BaseException:
            self.close()
            raise
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _at: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Stop the bot, then the workspace, and remove the demo's folder."""
        self.supervisor.stopping.set()
        if self._tending.is_alive():
            self._tending.join()
        self._stop_bot()
        self.sandbox.stop()
        self._remove()

    def _bring_up_database(self) -> None:
        """Before two processes want to at once: one would find a new SQLite file busy, and give up."""
        store = Store(self.environment["DATABASE_URL"], sealing_keys(self.environment))
        ensure_schema(store)
        store.close()

    def _tend(self) -> None:
        try:
            while not self.supervisor.clock.wait(self.supervisor.stopping, 0.05):
                for child in self.supervisor.children:
                    self.supervisor.tend(child)
                self._staging.keep_fresh()
        except GaveUpError as problem:
            self._problem = problem
            self._stop_bot()

    def _stop_bot(self) -> None:
        """End what is thrown away with its database at once; what somebody keeps finishes what it has in hand."""
        if self._throwaway:
            for child in self.supervisor.children:
                if child.process:
                    child.process.kill()
        self.supervisor.drain()

    def _wait_until_ready(self) -> None:
        """Ready means: connected by Socket Mode, and a worker that answers."""
        wait_until(lambda: self._problem is not None or self._connected(), READY_SECONDS)
        if self._problem is not None:
            raise self._problem
        if not self._connected():
            raise DemoError("the bot did not connect to the sandbox in time; see its messages above")

    def _connected(self) -> bool:
        return len(self.sandbox.courier.socket_mode.connections) > 0

    def _stage(self) -> JSONResponse:
        stages = [{"title": stage.title, "tells": stage.tells} for stage in self.sample.stages]
        return JSONResponse({"stage": self.stage, "stages": stages})

    async def _show_stage(self, _request: Request) -> JSONResponse:
        return self._stage()

    async def _show_hints(self, _request: Request) -> JSONResponse:
        """What a first visit is told, and the words of the first help."""
        words = [{"word": one.name, "usage": one.usage, "does": one.does} for one in COMMANDS if one.first]
        return JSONResponse({"hints": [hint.model_dump() for hint in self.sample.hints], "words": words})

    async def _advance(self, request: Request) -> JSONResponse:
        """With nothing to the next stage, with `{"stage": N}` (from 0) to that one."""
        asked = json.loads(await request.body() or b"{}")
        stage = asked.get("stage", self.stage + 1) if isinstance(asked, dict) else -1
        if not isinstance(stage, int) or stage < 0:
            return JSONResponse({"ok": False, "error": "invalid_stage"}, 400)
        self._staging.move_to(stage)
        return self._stage()


def _seed() -> Seed:
    return Seed.model_validate_json((FOLDER / "workspace.json").read_text(encoding="utf-8"))


def demo_keys() -> dict[str, str]:
    """The keys that are set in the environment, so that what the demo leaves can be exported; else throwaway ones.

    `SettingsError` when one that is set cannot be used.
    """
    environment = read_environment().model_dump()
    own = {name: environment[name] for name in KEYS if environment[name] is not None}
    keys = {**throwaway_keys(), **own}
    sealing_keys(keys)
    signing_key(keys)
    return keys


def throwaway_keys() -> dict[str, str]:
    """Keys that live as long as the demo."""
    private = Ed25519PrivateKey.generate().private_bytes(Encoding.Raw, PrivateFormat.Raw, NoEncryption())
    sealing = base64.b64encode(secrets.token_bytes(SEALING_KEY_BYTES)).decode()
    return {
        "BRIDGEPKG_SEALING_KEYS": f"demo:{sealing}",
        "BRIDGEPKG_SIGNING_KEY": base64.b64encode(private).decode(),
    }


def wait_until(holds: Callable[[], bool], seconds: float) -> bool:
    """Whether something became true in time."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        with contextlib.suppress(httpx.HTTPError):
            if holds():
                return True
        time.sleep(0.05)
    return holds()
