"""Response URLs: five answers within thirty minutes, without a token."""

from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response

from sandbox.acts.replies import Replies
from sandbox.documents import read_body
from sandbox.errors import SlackError
from sandbox.faults import FaultBook
from sandbox.model.tickets import ReplyKind
from sandbox.model.workspace import Workspace
from sandbox.recorder import RESPONSE_URL
from sandbox.routes.broken import broken_answer


class Hooks:
    """The endpoints of `/commands/…` and `/actions/…`. A fault can target them as `response_url`."""

    def __init__(self, workspace: Workspace, replies: Replies, faults: FaultBook) -> None:
        self._workspace = workspace
        self._replies = replies
        self._faults = faults

    async def command(self, request: Request) -> Response:
        """The response URL of a slash command, which answers a plain `ok`."""
        return await self._answer(request, ReplyKind.COMMAND)

    async def action(self, request: Request) -> Response:
        """The response URL of a click, which answers JSON."""
        return await self._answer(request, ReplyKind.ACTION)

    async def _answer(self, request: Request, kind: ReplyKind) -> Response:
        raw = await request.body()
        fault = self._faults.for_call(RESPONSE_URL, None)
        broken = broken_answer(fault) if fault else None
        if broken and fault and not fault.performs:
            return broken
        try:
            body = read_body(request.headers.get("content-type", ""), raw)
            self._replies.give(self._workspace.tickets.redeem(request.path_params["key"]), body, RESPONSE_URL)
        except ValueError:
            return JSONResponse({"ok": False, "error": "invalid_payload"}, 400)
        except SlackError as error:
            return JSONResponse(error.body(), 400 if error.status == 200 else error.status)  # noqa: PLR2004
        return broken or (PlainTextResponse("ok") if kind is ReplyKind.COMMAND else JSONResponse({"ok": True}))
