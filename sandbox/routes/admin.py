"""The sandbox's own controls: the log, faults, deliveries, and changes that administrators make."""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import asdict
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from sandbox.delivery.courier import Courier
from sandbox.delivery.envelope import Mode
from sandbox.documents import JsonObject
from sandbox.errors import SlackError
from sandbox.failures import Failures
from sandbox.faults import FaultBook
from sandbox.model.workspace import Workspace
from sandbox.recorder import Recorder
from sandbox.seed import Channel, User

MOST_WAIT_SECONDS = 30.0

Operation = Callable[..., None]


class Admin:
    """The endpoints under `/_sandbox`."""

    def __init__(
        self, workspace: Workspace, recorder: Recorder, faults: FaultBook, courier: Courier, failures: Failures
    ) -> None:
        self._workspace = workspace
        self._recorder = recorder
        self._faults = faults
        self._courier = courier
        self._failures = failures
        self._changed = asyncio.Event()
        self._closed = False
        self._operations = operations(workspace)

    def wake(self) -> None:
        """Answer everyone who waits for a change. Runs in the event loop."""
        self._changed.set()
        self._changed = asyncio.Event()

    def close(self) -> None:
        """Let nobody wait any longer: the sandbox is stopping."""
        self._closed = True
        self._changed.set()

    async def calls(self, request: Request) -> Response:
        """GET `/_sandbox/calls?since=N&method=M`."""
        since = int(request.query_params.get("since", "0"))
        found = self._recorder.calls(request.query_params.get("method"), since)
        return JSONResponse([call.as_json() for call in found])

    async def deliveries(self, _request: Request) -> Response:
        """GET `/_sandbox/deliveries`: every attempt to bring something to the app."""
        return JSONResponse([delivery.as_json() for delivery in self._courier.log])

    async def status(self, _request: Request) -> Response:
        """GET `/_sandbox/status`: connections, delivery mode, and failures of the sandbox itself."""
        return JSONResponse(
            {
                "mode": self._courier.mode.value,
                "connections": len(self._courier.socket_mode.connections),
                "failures": list(self._failures.all()),
                "seq": self._workspace.feed.count,
            }
        )

    async def changes(self, request: Request) -> Response:
        """GET `/_sandbox/changes?since=N&timeout=S`: wait until the counter is past N."""
        since = int(request.query_params.get("since", "0"))
        seconds = min(float(request.query_params.get("timeout", "10")), MOST_WAIT_SECONDS)
        deadline = asyncio.get_running_loop().time() + seconds
        while self._workspace.feed.count <= since and not self._closed:
            left = deadline - asyncio.get_running_loop().time()
            if left <= 0:
                break
            await _wait(self._changed, left)
        return JSONResponse({"seq": self._workspace.feed.count})

    async def faults(self, request: Request) -> Response:
        """GET: the waiting faults. POST `{"kind", "target", …}`: add one. DELETE `?id=N`: clear one or all."""
        if request.method == "GET":
            return JSONResponse([asdict(fault) for fault in self._faults.waiting()])
        if request.method == "DELETE":
            asked = request.query_params.get("id")
            self._faults.clear(int(asked) if asked else None)
            return JSONResponse({"ok": True})
        try:
            return JSONResponse({"ok": True, "id": self._faults.add(**await request.json())})
        except (TypeError, ValueError) as error:
            return _bad(error)

    async def delivery(self, request: Request) -> Response:
        """POST `{"mode": "http", "url": …}` or `{"mode": "socket"}`: how requests reach the app from now on."""
        try:
            asked = await request.json()
            if Mode(asked["mode"]) is Mode.SOCKET:
                self._courier.use_socket_mode()
            elif not await self._courier.use_http(asked["url"], verify=asked.get("verify", True)):
                return JSONResponse({"ok": False, "error": "challenge_failed"}, 400)
        except (KeyError, TypeError, ValueError) as error:
            return _bad(error)
        return JSONResponse({"ok": True})

    async def socket(self, request: Request) -> Response:
        """POST `{"action": "refresh" | "warning" | "drop"}`: disturb the app's Socket Mode connections."""
        action = (await request.json()).get("action")
        if action == "drop":
            await self._courier.socket_mode.drop_all()
        elif action in {"refresh", "warning"}:
            await self._courier.socket_mode.ask_to_leave("refresh_requested" if action == "refresh" else "warning")
        else:
            return _bad(ValueError(f"unknown action {action!r}"))
        return JSONResponse({"ok": True})

    async def model(self, request: Request) -> Response:
        """POST `{"op": "join", "channel_id": …, "user_id": …}`: change the workspace."""
        try:
            asked = await request.json()
            self._operations[asked.pop("op")](**asked)
        except (SlackError, KeyError, TypeError, ValueError) as error:
            return _bad(error)
        return JSONResponse({"ok": True})


def operations(workspace: Workspace) -> Mapping[str, Operation]:
    """The changes that administrators can make, by name; the JSON fields are the keyword arguments of the method."""
    return {
        "join": workspace.join,
        "leave": workspace.leave,
        "offer_share": workspace.offer_share,
        "share": workspace.share,
        "unshare": workspace.unshare,
        "archive": workspace.archive,
        "set_channel": workspace.set_channel,
        "change_channel_id": workspace.change_channel_id,
        "add_channel": lambda **fields: workspace.add_channel(Channel.model_validate(fields)),
        "add_user": lambda **fields: workspace.add_user(User.model_validate(fields)),
        "set_user": workspace.set_user,
        "set_group": workspace.set_group,
        "grant": workspace.grant,
        "revoke_token": workspace.revoke_token,
    }


async def _wait(event: asyncio.Event, seconds: float) -> None:
    waiting: asyncio.Task[Any] = asyncio.ensure_future(event.wait())
    await asyncio.wait([waiting], timeout=seconds)
    waiting.cancel()


def _bad(error: Exception) -> JSONResponse:
    detail: JsonObject = {"ok": False, "error": "invalid_request", "detail": f"{type(error).__name__}: {error}"}
    return JSONResponse(detail, 400)
