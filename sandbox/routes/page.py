"""The page for people who try the product: drawn here for one person at a time, with files from here alone."""

import re
from collections.abc import Mapping
from importlib import resources
from types import MappingProxyType

from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, Response

from sandbox.acts.sight import cast, sees_least
from sandbox.delivery.courier import Courier
from sandbox.errors import SlackError
from sandbox.model.workspace import Workspace
from sandbox.page.drawing import draw_page, draw_screen, draw_traffic
from sandbox.page.reader import Reader
from sandbox.page.screen import Asked, Screen, screen_of
from sandbox.page.traffic import passages
from sandbox.recorder import Recorder

# Nothing may be loaded from elsewhere, nothing inline may run, and no page may frame this one.
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
HEADERS: Mapping[str, str] = MappingProxyType(
    {
        "Content-Security-Policy": POLICY,
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "no-referrer",
        "Cache-Control": "no-store",
    }
)
MEDIA_TYPES = {"css": "text/css", "js": "text/javascript", "svg": "image/svg+xml"}
STAMP = re.compile(r"\d{1,12}(?:\.\d{1,6})?")
NOBODY = "There is nobody of that name here. Go to / and choose someone of the cast."


class Page:
    """The page, its changing part, the traffic strip, and the files that they need.

    The endpoints are plain functions, so that Starlette draws in its thread pool while the loop serves the app.
    """

    def __init__(self, workspace: Workspace, recorder: Recorder, courier: Courier, *, has_stage: bool) -> None:
        self._workspace = workspace
        self._recorder = recorder
        self._courier = courier
        self._has_stage = has_stage

    def index(self, request: Request) -> Response:
        """GET `/?as=U…&channel=C…&thread=TS&show=home`: the page as this person sees it."""
        people = cast(self._workspace)
        user = request.query_params.get("as") or (people[0]["id"] if people else "")
        screen = self._screen(request, user)
        return _html(draw_page(screen, has_stage=self._has_stage)) if screen else _text(NOBODY)

    def screen(self, request: Request) -> Response:
        """GET `/_people/{user}/screen`, with the same query: the part that changes."""
        screen = self._screen(request, request.path_params["user"])
        return _html(draw_screen(screen)) if screen else _text(NOBODY)

    def traffic(self, request: Request) -> Response:
        """GET `/_people/{user}/traffic`: what passed between app and Slack; guests and outsiders have no such strip."""
        user = request.path_params["user"]
        if user not in self._workspace.directory.users or sees_least(self._workspace, user):
            return _text(NOBODY)
        with self._workspace.lock:
            found = passages(self._workspace, self._recorder.calls(), self._courier.log)
        return _html(draw_traffic(found, self._reader(user)))

    def asset(self, request: Request) -> Response:
        """GET `/page/{name}`: a style sheet, script or picture of the page."""
        name = request.path_params["name"]
        found = {entry.name: entry for entry in resources.files("sandbox.page").joinpath("assets").iterdir()}
        media_type = MEDIA_TYPES.get(name.rpartition(".")[2])
        if name not in found or media_type is None:
            return _text("there is no such file")
        return Response(found[name].read_bytes(), media_type=media_type, headers=dict(HEADERS))

    def _screen(self, request: Request, user: str) -> Screen | None:
        query = request.query_params
        asked = Asked(
            user, query.get("channel"), _stamp(query.get("thread")), query.get("show"), _stamp(query.get("mark"))
        )
        try:
            return screen_of(self._workspace, asked)
        except SlackError:
            return None

    def _reader(self, user: str) -> Reader:
        zone = self._workspace.directory.user(user).tz
        return Reader.of({"user": {"id": user, "tz": zone}, "people": {}, "channels": []}, self._workspace.clock())


def _stamp(text: str | None) -> str | None:
    """A message's timestamp, or nothing for what is none."""
    return text if text and STAMP.fullmatch(text) else None


def _html(text: str) -> Response:
    return HTMLResponse(text, headers=dict(HEADERS))


def _text(words: str) -> Response:
    return PlainTextResponse(words, 404, headers=dict(HEADERS))
