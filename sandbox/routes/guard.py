"""Keeps web pages of other origins out: the sandbox listens on the loopback only and answers no foreign name."""

from starlette.datastructures import Headers
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send

LOCAL_NAMES = frozenset({"127.0.0.1", "localhost"})


class LocalOnly:
    """ASGI middleware: 403 for a Host or Origin that is not this machine (DNS rebinding, cross-site requests)."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass local requests on."""
        headers = Headers(scope=scope)
        origin = headers.get("origin", "")
        foreign_page = bool(origin) and _name(origin.partition("://")[2]) not in LOCAL_NAMES
        if _name(headers.get("host", "")) not in LOCAL_NAMES or foreign_page:
            await PlainTextResponse("this sandbox answers only on 127.0.0.1", 403)(scope, receive, send)
        else:
            await self._app(scope, receive, send)


def _name(host: str) -> str:
    return host.partition(":")[0].lower()
