"""Seeds, clients, bots and blocks for the tests of the sandbox."""

import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager

import pytest
from slack_bolt import App
from slack_bolt.adapter.socket_mode import SocketModeHandler
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError
from slack_sdk.socket_mode import SocketModeClient

from bot.clock import SYSTEM_CLOCK
from bot.intake.sockets import close_client
from sandbox.delivery.envelope import Timing
from sandbox.delivery.socket_mode import Connection
from sandbox.seed import Seed
from sandbox.server import Sandbox

FAST = Timing(ack=3.0, retries=(0.0, 0.02, 0.02), ping=0.05)
# For tests in which an ack is missing.
IMPATIENT = Timing(ack=0.25, retries=(0.0, 0.02, 0.02), ping=0.05)
INCIDENT = "C0INC1042"
BRIDGE = "C0ACME"
GENERAL = "C0GENERAL"


def make_seed(**changes) -> Seed:
    """The sample workspace with some of its fields changed; `app` takes single fields of the app."""
    document = Seed.sample().model_dump()
    document["app"] |= changes.pop("app", {})
    return Seed.model_validate(document | changes)


def make_client(sandbox: Sandbox, **changes) -> WebClient:
    """A real client of a sandbox, which never sends twice by itself."""
    settings = {"token": sandbox.workspace.seed.app.bot_token, "base_url": sandbox.api_url, "retry_handlers": []}
    return WebClient(**(settings | changes))


def make_app(sandbox: Sandbox) -> App:
    """A real Bolt app that answers within the request, as our bot does."""
    secret = sandbox.workspace.seed.app.signing_secret
    return App(client=make_client(sandbox), signing_secret=secret, process_before_response=True)


ANYTHING = re.compile(".*")


class RecordingBot:
    """A Bolt app that acks whatever comes and keeps the bodies; `ack` holds the arguments of its next acks."""

    def __init__(self, sandbox: Sandbox) -> None:
        self.app = make_app(sandbox)
        self.bodies: list[dict] = []
        self.ack: dict | None = None
        for listen in (self.app.action, self.app.view, self.app.view_closed, self.app.event):
            listen(ANYTHING)(self._take)
        self.app.command("/bridgepkg")(self._take)

    def _take(self, ack, body) -> None:
        self.bodies.append(body)
        ack(**(self.ack or {}))


@contextmanager
def connected(app: App, sandbox: Sandbox, connections: int = 1, **settings) -> Iterator[list[SocketModeHandler]]:
    """The app in Socket Mode, over some connections."""
    token = sandbox.workspace.seed.app.app_token
    handlers = [SocketModeHandler(app, token, web_client=app.client, **settings) for _ in range(connections)]
    for handler in handlers:
        handler.connect()
    sandbox.wait_until(lambda: len(sandbox.courier.socket_mode.connections) == connections)
    try:
        yield handlers
    finally:
        for handler in handlers:
            close_quickly(handler.client)


def close_quickly(client: SocketModeClient) -> None:
    """Close a client without the second that it would wait for its own empty queue."""
    client.closed = True
    client.message_queue.put(None)
    close_client(client, SYSTEM_CLOCK)


def reconnected(client: SocketModeClient, sandbox: Sandbox, before: Iterable[Connection]) -> None:
    """Wait until a client has replaced its connection, on both sides: closing it in between would leak a socket."""
    mode = sandbox.courier.socket_mode
    sandbox.wait_until(lambda: set(mode.connections).isdisjoint(before) and len(mode.connections) == 1)
    with client.connect_operation_lock:
        assert client.is_connected()


def button(action_id: str = "go", **changes) -> dict:
    """A button."""
    text = {"type": "plain_text", "text": "Go"}
    return {"type": "button", "action_id": action_id, "text": text, "value": "1"} | changes


def actions(*elements: dict, block_id: str = "card") -> list[dict]:
    """The blocks of a message that has only these elements."""
    return [{"type": "actions", "block_id": block_id, "elements": list(elements) or [button()]}]


def modal(*blocks: dict, **changes) -> dict:
    """A modal with these blocks, or with one text input."""
    title = {"type": "plain_text", "text": "Hold"}
    submit = {"type": "plain_text", "text": "Save"}
    shape = {"type": "modal", "callback_id": "hold_form", "title": title, "submit": submit}
    return shape | {"blocks": list(blocks) or [text_input()]} | changes


def text_input(name: str = "note", **changes) -> dict:
    """An input block with a text field; block_id and action_id are both the name."""
    label = {"type": "plain_text", "text": name}
    element = {"type": "plain_text_input", "action_id": name} | changes.pop("element", {})
    return {"type": "input", "block_id": name, "label": label, "element": element} | changes


def select_input(name: str = "reason", options: tuple[str, ...] = ("legal", "security"), **element) -> dict:
    """An input block with a menu."""
    label = {"type": "plain_text", "text": name}
    held = {"type": "static_select", "action_id": name, "options": [option(value) for value in options]} | element
    return {"type": "input", "block_id": name, "label": label, "element": held}


def option(value: str) -> dict:
    """An option of a menu."""
    return {"text": {"type": "plain_text", "text": value.title()}, "value": value}


def section(text: str = "hello", **changes) -> dict:
    """A section."""
    return {"type": "section", "text": {"type": "mrkdwn", "text": text}} | changes


def refusal(call, *args, **kwargs) -> dict:
    """The body of Slack's refusal of a call that must fail."""
    with pytest.raises(SlackApiError) as caught:
        call(*args, **kwargs)
    return caught.value.response.data
