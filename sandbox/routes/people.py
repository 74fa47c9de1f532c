"""The people's side: what they see and do, for the page, the demonstration and the tests."""

from collections.abc import Awaitable, Callable

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from sandbox.acts.clicks import Click, Clicks
from sandbox.acts.commands import Commands
from sandbox.acts.marks import Marks
from sandbox.acts.modals import Modals
from sandbox.acts.sight import cast, view_of
from sandbox.documents import JsonObject
from sandbox.errors import ImpossibleActError, SlackError
from sandbox.model.workspace import Workspace

Act = Callable[[str, JsonObject], Awaitable[JsonObject]]


class Asked(BaseModel):
    """A request body with exactly these fields."""

    model_config = ConfigDict(extra="forbid")


class Say(Asked):
    """Type into a channel."""

    channel: str
    text: str
    thread_ts: str | None = None


class React(Asked):
    """Add or remove a reaction."""

    channel: str
    ts: str
    name: str
    remove: bool = False


class OneMessage(Asked):
    """Read a channel up to a message, or put an ephemeral away."""

    channel: str
    ts: str = Field(pattern=r"^\d{1,16}(\.\d{1,6})?$")


class Submit(Asked):
    """Fill and submit a modal."""

    view_id: str
    values: JsonObject = {}


class Close(Asked):
    """Cancel a modal."""

    view_id: str


class People:
    """The endpoints under `/_people`. What a person cannot do at all is a 404 with the reason."""

    def __init__(self, workspace: Workspace, commands: Commands, clicks: Clicks, modals: Modals) -> None:
        self._workspace = workspace
        self._commands = commands
        self._clicks = clicks
        self._modals = modals
        self._marks = Marks(workspace)
        self._acts: dict[str, Act] = {
            "say": self._say,
            "click": self._click,
            "submit": self._submit,
            "close": self._close,
            "react": self._react,
            "open_home": self._open_home,
            "read": self._read,
            "dismiss": self._dismiss,
        }

    async def cast(self, _request: Request) -> Response:
        """GET `/_people`: who there is to act as."""
        return JSONResponse(cast(self._workspace))

    async def view(self, request: Request) -> Response:
        """GET `/_people/{user}/view`: everything that this person sees."""
        try:
            return JSONResponse(view_of(self._workspace, request.path_params["user"]))
        except SlackError as error:
            return JSONResponse(error.body(), 404)

    async def act(self, request: Request) -> Response:
        """POST `/_people/{user}/{act}`: do something, and answer what the person then knows."""
        act = self._acts.get(request.path_params["act"])
        if act is None:
            return JSONResponse({"ok": False, "error": "unknown_act"}, 404)
        raw = await request.body()
        try:
            return JSONResponse(await act(request.path_params["user"], await request.json() if raw else {}))
        except ImpossibleActError as error:
            return JSONResponse({"ok": False, "error": "impossible", "detail": str(error)}, 404)
        except (ValidationError, ValueError, TypeError) as error:
            return JSONResponse({"ok": False, "error": "invalid_request", "detail": str(error)}, 400)

    async def _say(self, user: str, body: JsonObject) -> JsonObject:
        asked = Say.model_validate(body)
        return await self._commands.say(user, asked.channel, asked.text, asked.thread_ts)

    async def _click(self, user: str, body: JsonObject) -> JsonObject:
        return await self._clicks.click(user, Click(**body))

    async def _submit(self, user: str, body: JsonObject) -> JsonObject:
        asked = Submit.model_validate(body)
        return await self._modals.submit(user, asked.view_id, asked.values)

    async def _close(self, user: str, body: JsonObject) -> JsonObject:
        return await self._modals.close(user, Close.model_validate(body).view_id)

    async def _react(self, user: str, body: JsonObject) -> JsonObject:
        asked = React.model_validate(body)
        return self._clicks.react(user, asked.channel, asked.ts, asked.name, remove=asked.remove)

    async def _open_home(self, user: str, _body: JsonObject) -> JsonObject:
        return self._clicks.open_home(user)

    async def _read(self, user: str, body: JsonObject) -> JsonObject:
        asked = OneMessage.model_validate(body)
        return self._marks.read(user, asked.channel, asked.ts)

    async def _dismiss(self, user: str, body: JsonObject) -> JsonObject:
        asked = OneMessage.model_validate(body)
        return self._marks.dismiss(user, asked.channel, asked.ts)
