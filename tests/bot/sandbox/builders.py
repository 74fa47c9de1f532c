"""Seeds, clients, bots and blocks for the tests of the sandbox."""

from collections.abc import Iterator
from contextlib import contextmanager

from slack_bolt import App
from slack_bolt.adapter.socket_mode import SocketModeHandler
from slack_sdk import WebClient

from bot.sandbox.delivery.envelope import Timing
from bot.sandbox.seed import Seed
from bot.sandbox.server import Sandbox

FAST = Timing(ack=0.4, retries=(0.0, 0.05, 0.1))
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


@contextmanager
def connected(app: App, sandbox: Sandbox, connections: int = 1) -> Iterator[list[SocketModeHandler]]:
    """The app in Socket Mode, over some connections."""
    token = sandbox.workspace.seed.app.app_token
    handlers = [SocketModeHandler(app, token, web_client=app.client) for _ in range(connections)]
    for handler in handlers:
        handler.connect()
    sandbox.wait_until(lambda: len(sandbox.courier.socket_mode.connections) == connections)
    try:
        yield handlers
    finally:
        close_quickly(handlers, sandbox)


def close_quickly(handlers: list[SocketModeHandler], sandbox: Sandbox) -> None:
    """Close the clients without waiting for their own timeouts of several seconds."""
    for handler in handlers:
        handler.client.auto_reconnect_enabled = handler.client.default_auto_reconnect_enabled = False
        handler.client.closed = True
        handler.client.message_queue.put(None)
    sandbox.drop_sockets()
    for handler in handlers:
        handler.close()


def button(action_id: str = "go", **changes) -> dict:
    """A button."""
    text = {"type": "plain_text", "text": "Go"}
    return {"type": "button", "action_id": action_id, "text": text, "value": "1"} | changes


def actions(*elements: dict, block_id: str = "card") -> list[dict]:
    """The blocks of a message that has only these elements."""
    return [{"type": "actions", "block_id": block_id, "elements": list(elements) or [button()]}]
