"""Socket Mode with the real clients."""

import json
import threading
from contextlib import ExitStack

import pytest
from slack_sdk.socket_mode import SocketModeClient
from websockets.exceptions import InvalidStatus
from websockets.sync.client import ClientConnection, connect

from tests.sandbox.builders import (
    INCIDENT,
    RecordingBot,
    close_quickly,
    connected,
    make_app,
    make_client,
    reconnected,
)


def dial(sandbox) -> ClientConnection:
    """A bare WebSocket of the app."""
    answer = make_client(sandbox).apps_connections_open(app_token=sandbox.workspace.seed.app.app_token)
    return connect(answer["url"])


def test_hello_counts_the_connections(sandbox):
    """The first frame says how many connections there are and whose."""
    with dial(sandbox) as first, dial(sandbox) as second:
        frames = [json.loads(first.recv()), json.loads(second.recv())]
    assert [frame["num_connections"] for frame in frames] == [1, 2]
    assert frames[0] == {
        "type": "hello",
        "num_connections": 1,
        "debug_info": {"host": "applink-sandbox", "build_number": 1, "approximate_connection_time": 18060},
        "connection_info": {"app_id": "A0SANDBOX1"},
    }


def test_ticket_opens_one_connection(sandbox):
    """A link works once; a made-up one never."""
    url = make_client(sandbox).apps_connections_open(app_token=sandbox.workspace.seed.app.app_token)["url"]
    with connect(url) as socket:
        socket.recv()
        for used in (url, f"ws://127.0.0.1:{sandbox.port}/link/?ticket=guess"):
            with pytest.raises(InvalidStatus):
                connect(used)


def test_eleventh_connection_is_sent_away(sandbox):
    """Slack keeps ten connections per app."""
    with ExitStack() as stack:
        sockets = [stack.enter_context(dial(sandbox)) for _ in range(11)]
        frames = [json.loads(socket.recv())["type"] for socket in sockets]
    assert frames == ["hello"] * 10 + ["disconnect"]


def test_envelope_has_its_kind_and_says_whether_it_takes_an_answer(sandbox):
    """A command takes a payload in its ack; the frame carries only Slack's fields."""
    with dial(sandbox) as socket:
        socket.recv()
        said = threading.Thread(target=sandbox.person("U0KIM").say, args=(INCIDENT, "/bridgepkg"))
        said.start()
        frame = json.loads(socket.recv())
        socket.send(json.dumps({"envelope_id": frame["envelope_id"], "payload": {"text": "hello"}}))
        said.join()
    assert {key: frame[key] for key in frame if key not in {"envelope_id", "payload"}} == {
        "type": "slash_commands",
        "accepts_response_payload": True,
    }
    assert [shown["text"] for shown in sandbox.person("U0KIM").ephemerals(INCIDENT)] == ["hello"]


def test_each_envelope_goes_to_one_of_two_connections(sandbox):
    """Two connections share the load, and nothing is heard twice."""
    bot = RecordingBot(sandbox)
    with connected(bot.app, sandbox, connections=2):
        for number in range(6):
            assert sandbox.person("U0KIM").say(INCIDENT, f"/bridgepkg {number}").acked
        sent = [connection.sent for connection in sandbox.courier.socket_mode.connections]
    assert sent == [3, 3]
    assert [body["text"] for body in bot.bodies] == [str(number) for number in range(6)]


def test_remaining_connection_takes_over(sandbox):
    """When one of two connections goes, the other gets everything."""
    bot = RecordingBot(sandbox)
    with connected(bot.app, sandbox, connections=2) as handlers:
        first = handlers[0].client
        first.auto_reconnect_enabled = first.default_auto_reconnect_enabled = False
        first.disconnect()
        sandbox.wait_until(lambda: len(sandbox.courier.socket_mode.connections) == 1)
        outcomes = [sandbox.person("U0KIM").say(INCIDENT, "/bridgepkg").acked for _ in range(3)]
    assert outcomes == [True] * 3


@pytest.mark.parametrize("reason", ["refresh_requested", "warning"])
def test_client_reconnects_when_asked_to(sandbox, reason):
    """After a disconnect frame the SDK's client opens a new connection and goes on working."""
    bot = RecordingBot(sandbox)
    with connected(bot.app, sandbox) as [handler]:
        before = sandbox.courier.socket_mode.connections
        sandbox.refresh_sockets(reason)
        reconnected(handler.client, sandbox, before)
        assert sandbox.person("U0KIM").say(INCIDENT, "/bridgepkg").acked


def test_dropped_connection_is_reopened_by_the_client(sandbox):
    """When the TCP connection goes without a word, the SDK notices and reconnects."""
    bot = RecordingBot(sandbox)
    with connected(bot.app, sandbox, ping_interval=0.2) as [handler]:
        before = sandbox.courier.socket_mode.connections
        sandbox.drop_sockets()
        reconnected(handler.client, sandbox, before)
        assert sandbox.person("U0KIM").say(INCIDENT, "/bridgepkg").acked


def test_pings_are_answered(sandbox):
    """The SDK's client sees pongs, so it does not think the connection stale."""
    token = sandbox.workspace.seed.app.app_token
    client = SocketModeClient(app_token=token, web_client=make_client(sandbox), ping_interval=60)
    client.connect()
    session = client.current_session
    session.check_state()
    sandbox.wait_until(lambda: session.last_ping_pong_time is not None)
    assert session.is_active()
    close_quickly(client)


def test_unreadable_and_unknown_acks_are_noted(sandbox):
    """Frames that acknowledge nothing are kept for the developer and harm nobody."""
    with dial(sandbox) as socket:
        socket.recv()
        socket.send("not json")
        socket.send(json.dumps({"envelope_id": "unknown"}))
        sandbox.wait_until(lambda: len(sandbox.courier.socket_mode.stray_acks) == 2)
    assert sandbox.courier.socket_mode.stray_acks == ["unreadable: not json", "unknown"]


def test_bolt_app_without_request_verification_problem(sandbox):
    """In Socket Mode Bolt needs no signature."""
    app = make_app(sandbox)

    @app.command("/bridgepkg")
    def answer(ack):
        ack()

    with connected(app, sandbox) as handlers:
        assert handlers[0].client.is_connected()
        assert sandbox.person("U0KIM").say(INCIDENT, "/bridgepkg").ok
