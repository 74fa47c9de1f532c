"""The Web API: authentication, faults, rates and scopes around each method, and the record of every call."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from sandbox.documents import JsonObject, read_body
from sandbox.errors import SlackError
from sandbox.faults import Fault, FaultBook, FaultKind
from sandbox.methods.call import ApiCall
from sandbox.methods.table import METHODS, Method, TokenKind
from sandbox.model.channels import Readers
from sandbox.model.workspace import Workspace
from sandbox.rates import Rates
from sandbox.recorder import Recorder
from sandbox.routes.broken import WRONG_CHANNEL, broken_answer, slack_refusal

REFUSING = frozenset({FaultKind.API_ERROR, FaultKind.RATELIMITED, FaultKind.RATELIMITED_WITHOUT_RETRY_AFTER})


@dataclass(frozen=True)
class Reply:
    """What Slack answers, and who could see what it did."""

    body: JsonObject
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    readers: Readers | None = None

    @classmethod
    def refusal(cls, error: SlackError) -> "Reply":
        """A SlackError as an answer."""
        return cls(error.body(), error.status, error.headers)


class WebApi:
    """The endpoint of `/api/{method}`."""

    def __init__(self, workspace: Workspace, recorder: Recorder, faults: FaultBook, rates: Rates) -> None:
        self._workspace = workspace
        self._recorder = recorder
        self._faults = faults
        self._rates = rates

    async def endpoint(self, request: Request) -> Response:
        """Answer one call as Slack would, unless a fault strikes."""
        method = request.path_params["method"]
        try:
            args = await _arguments(request)
        except ValueError:
            return JSONResponse({"ok": False, "error": "invalid_json"})
        fault = self._faults.for_call(method, _channel_of(args))
        if fault and fault.kind is FaultKind.SLOW:
            await asyncio.sleep(fault.seconds)
        token = self._token_kind(request, args)
        socket_base = f"ws://{request.headers['host']}"
        reply = self._answer(ApiCall(self._workspace, method, args, socket_base), token, fault)
        self._record(method, token, args, reply, fault)
        broken = broken_answer(fault) if fault else None
        return broken or JSONResponse(reply.body, reply.status, headers=dict(reply.headers))

    def _answer(self, call: ApiCall, token: TokenKind, fault: Fault | None) -> Reply:
        done = self._perform(call, token) if fault is None or fault.performs else None
        if fault is None:
            return done or Reply({})
        if fault.kind in REFUSING:
            return Reply.refusal(slack_refusal(fault))
        if fault.kind is FaultKind.WRONG_CHANNEL and done:
            return Reply(_misdirected(done.body), done.status, done.headers, done.readers)
        return done or Reply({"ok": False, "error": "not_performed"})

    def _perform(self, call: ApiCall, token: TokenKind) -> Reply:
        row = METHODS.get(call.method)
        if row is None:
            return Reply({"ok": False, "error": "unknown_method", "req_method": call.method})
        try:
            with self._workspace.lock:
                self._authorise(row, token)
                self._rates.spend(call.method, row.tier, _channel_of(call.args))
                self._need_scopes(call, row, token)
                body = {"ok": True, **row.run(call)}
        except SlackError as error:
            return Reply.refusal(error)
        return Reply(body, headers=self._scope_headers(row), readers=call.readers)

    def _authorise(self, row: Method, token: TokenKind) -> None:
        if row.token is TokenKind.ABSENT:
            return
        if token is TokenKind.ABSENT:
            raise SlackError("not_authed")
        if token is TokenKind.UNKNOWN:
            raise SlackError("invalid_auth")
        if token is not row.token:
            raise SlackError("not_allowed_token_type")
        if token is TokenKind.BOT and self._workspace.token_revoked:
            raise SlackError("token_revoked")

    def _need_scopes(self, call: ApiCall, row: Method, token: TokenKind) -> None:
        if token is TokenKind.APP:
            granted = self._workspace.directory.app.app_token_scopes
            if not set(row.scopes) <= set(granted):
                raise SlackError("missing_scope", needed=row.scopes[0], provided=",".join(granted))
        else:
            call.need_scope(*row.scopes)

    def _scope_headers(self, row: Method) -> dict[str, str]:
        # Bolt and the SDK read the granted scopes from these headers.
        granted = {"x-oauth-scopes": ",".join(self._workspace.scopes)}
        return granted | ({"x-accepted-oauth-scopes": ",".join(row.scopes)} if row.scopes else {})

    def _token_kind(self, request: Request, args: JsonObject) -> TokenKind:
        scheme, _, bearer = request.headers.get("authorization", "").partition(" ")
        token = bearer if scheme.lower() == "bearer" else args.get("token")
        app = self._workspace.directory.app
        if not token:
            return TokenKind.ABSENT
        return {app.bot_token: TokenKind.BOT, app.app_token: TokenKind.APP}.get(str(token), TokenKind.UNKNOWN)

    def _record(self, method: str, token: TokenKind, args: JsonObject, reply: Reply, fault: Fault | None) -> None:
        self._recorder.add(
            method,
            token,
            args,
            response=reply.body,
            status=reply.status,
            at=self._workspace.clock(),
            readers=reply.readers,
            fault=fault.kind.value if fault else None,
        )


async def _arguments(request: Request) -> JsonObject:
    raw = await request.body()
    return {**request.query_params, **read_body(request.headers.get("content-type", ""), raw)}


def _channel_of(args: JsonObject) -> str | None:
    channel = args.get("channel")
    return None if channel is None else str(channel)


def _misdirected(body: JsonObject) -> JsonObject:
    return {**body, **({"channel": WRONG_CHANNEL} if "channel" in body else {})}
