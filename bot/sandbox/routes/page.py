"""The page for people who try the product: static files, served only from here."""

from collections.abc import Mapping
from importlib import resources
from types import MappingProxyType

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

# Nothing may be loaded from elsewhere, and no script that is not a file of ours may run.
HEADERS: Mapping[str, str] = MappingProxyType(
    {
        "Content-Security-Policy": "default-src 'self'; base-uri 'none'; frame-ancestors 'none'; form-action 'self'",
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "no-referrer",
        "Cache-Control": "no-cache",
    }
)
MEDIA_TYPES = {"html": "text/html", "css": "text/css", "js": "text/javascript"}


async def index(_request: Request) -> Response:
    """GET `/`: the page."""
    return _asset("index.html")


async def asset(request: Request) -> Response:
    """GET `/page/{name}`: a style sheet or script of the page."""
    return _asset(request.path_params["name"])


def _asset(name: str) -> Response:
    found = {entry.name: entry for entry in resources.files("bot.sandbox.page").iterdir()}
    media_type = MEDIA_TYPES.get(name.rpartition(".")[2])
    if name not in found or media_type is None:
        return PlainTextResponse("there is no such file", 404)
    return Response(found[name].read_bytes(), media_type=media_type, headers=dict(HEADERS))
