"""Listen: one request, one row, one ack; what is not ours, not signed or not stored is never acked (promise P7)."""

import hmac
import io
import json
import logging
import socket
import time
from types import SimpleNamespace
from urllib.parse import urlencode

import httpx
import pytest
from slack_bolt.request import BoltRequest
from sqlalchemy import delete, select, text

from bot.intake.http_mode import LARGEST_BODY, make_endpoint
from bot.intake.listen import Listener
from bot.intake.server import HttpServer
from bot.process.logs import make_formatter
from bot.settings import load_deployment
from bot.slack.api import make_client
from demo.sample import FOLDER, prepare
from sandbox.seed import Seed
from sandbox.server import Sandbox
from storage.store import Store
from storage.tables import inbox
from tests.bot.stage import INCIDENT
from tests.databases import KEYS, SIGNING, sqlite_url

COMMAND = {
    "command": "/bridgepkg",
    "text": "status",
    "team_id": "T0MERIDIAN",
    "channel_id": INCIDENT,
    "user_id": "U0KIM",
    "trigger_id": "1.1.abc",
}


@pytest.fixture(scope="module")
def listening(tmp_path_factory):
    """A listener in HTTP mode, with its endpoint, its signing secret and its database."""
    folder = tmp_path_factory.mktemp("listen")
    seed = Seed.model_validate_json((FOLDER / "workspace.json").read_text(encoding="utf-8"))
    store = Store(sqlite_url(folder), KEYS, SIGNING)
    with Sandbox(seed, rate_limits=False) as sandbox:
        client = make_client(seed.app.bot_token, sandbox.api_url, seconds=3)
        listener = Listener(load_deployment(prepare(folder / "sample")), store, client, seed.app.signing_secret)
        server = HttpServer(make_endpoint(listener.app, listener.signing_secret), 0)
        server.start()
        url = f"http://127.0.0.1:{server.port}/slack/events"
        yield SimpleNamespace(
            url=url, port=server.port, app=listener.app, secret=seed.app.signing_secret, store=store, sandbox=sandbox
        )
        server.stop()
        listener.close()
    store.close()


@pytest.fixture
def ours(listening):
    """The listener with an empty inbox."""
    with listening.store.write() as transaction:
        transaction.execute(delete(inbox))
    return listening


def signed_headers(secret, body: bytes, at=None) -> dict[str, str]:
    """What Slack adds to a request of these bytes (Slack: verifying requests)."""
    moment = str(int(time.time())) if at is None else at
    signature = hmac.new(secret.encode(), b"v0:" + moment.encode() + b":" + body, "sha256").hexdigest()
    return {"X-Slack-Request-Timestamp": moment, "X-Slack-Signature": f"v0={signature}"}


def send(ours, fields, *, secret=None, at=None, headers=None) -> int:
    """The status that a request gets, signed as Slack signs."""
    text = urlencode(fields) if isinstance(fields, dict) else fields
    body = text if isinstance(text, bytes) else text.encode()
    signed = signed_headers(secret or ours.secret, body, at)
    kind = {"Content-Type": "application/x-www-form-urlencoded"}
    sent = {name: value for name, value in {**kind, **signed, **(headers or {})}.items() if value is not None}
    return httpx.post(ours.url, content=body, headers=sent, trust_env=False, timeout=10).status_code


@pytest.fixture
def everything_logged():
    """What any logger says, with its traceback, at whatever level it is left; uvicorn's among them."""
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    loggers = [logging.getLogger(name) for name in ("", "uvicorn")]
    before = loggers[0].level
    loggers[0].setLevel(logging.INFO)
    for logger in loggers:
        logger.addHandler(handler)
    yield lambda: [line for line in stream.getvalue().splitlines() if not line.startswith("HTTP Request: ")]
    loggers[0].setLevel(before)
    for logger in loggers:
        logger.removeHandler(handler)


def kept(ours) -> list[str]:
    """The deduplication keys in the inbox."""
    with ours.store.read() as transaction:
        return list(transaction.execute(select(inbox.c.dedupe)).scalars())


def test_signed_request_is_stored_and_acked(ours):
    """What Slack signed and sent to us lies in the inbox when it is acked; the same once more is the same row."""
    assert (send(ours, COMMAND), send(ours, COMMAND), kept(ours)) == (200, 200, ["trigger/1.1.abc"])


def seconds_ago(seconds: int) -> str:
    """A timestamp of so long ago."""
    return str(int(time.time()) - seconds)


NOT_SIGNED = {
    "another secret": {"secret": "another"},
    "a day old": {"at": seconds_ago(86_400)},
    "a day ahead": {"at": seconds_ago(-86_400)},
    "no signature": {"headers": {"X-Slack-Signature": None}},
    "blank signature": {"headers": {"X-Slack-Signature": ""}},
    "half a signature": {"headers": {"X-Slack-Signature": "v0=abc"}},
    "signature of another version": {"headers": {"X-Slack-Signature": "v1=" + "0" * 64}},
    "signature beyond ASCII": {"headers": {"X-Slack-Signature": "v0=é".encode("latin-1")}},
    "no time": {"headers": {"X-Slack-Request-Timestamp": None}},
    "blank time": {"at": ""},
    "time in words": {"at": "soon"},
    "time with a sign": {"at": "-1"},
    "time with a fraction": {"at": f"{seconds_ago(0)}.5"},
    "time in other digits": {"headers": {"X-Slack-Request-Timestamp": "²".encode("latin-1")}},
    "time without an end": {"at": "9" * 5000},
}
PROBE = "x-the-body-x"


@pytest.mark.parametrize("how", NOT_SIGNED.values(), ids=NOT_SIGNED)
@pytest.mark.parametrize("body", [{**COMMAND, "text": PROBE}, f'{{"{PROBE}": ', f"{PROBE}\xff".encode("latin-1")])
def test_request_that_slack_did_not_sign_is_refused(ours, how, body, everything_logged):
    """Forged, replayed or half signed, readable or not: 401, no row, and nothing in any log."""
    assert (send(ours, body, **how), kept(ours), everything_logged()) == (401, [], [])


@pytest.mark.parametrize("change", [{"team_id": "T0OTHER"}, {"api_app_id": "A0OTHER"}, {"team_id": ""}])
def test_request_of_another_app_or_workspace_is_refused(ours, change):
    """A signature alone is not enough: the payload must be of our app and a home workspace."""
    assert (send(ours, {**COMMAND, **change}), kept(ours)) == (401, [])


def raw(ours, head: dict[str, str], body: bytes = b"") -> int:
    """The status that the server sends back on a connection where no more than this is ever sent."""
    lines = "".join(f"{name}: {value}\r\n" for name, value in {"Host": "localhost", **head}.items())
    with socket.create_connection(("127.0.0.1", ours.port), timeout=30) as connection:
        connection.sendall(f"POST /slack/events HTTP/1.1\r\n{lines}\r\n".encode() + body)
        return int(connection.recv(4096).split()[1])


def test_oversized_body_is_refused(ours):
    """A body beyond a megabyte is refused before anything reads it."""
    assert (send(ours, "x" * (LARGEST_BODY + 1)), kept(ours)) == (413, [])


def test_largest_body_is_read(ours):
    """A body of exactly a megabyte is not too large."""
    start = json.dumps({**COMMAND, "text": ""})[:-2]
    assert send(ours, f'{start}{"x" * (LARGEST_BODY - len(start) - 2)}"}}') == 200


def test_oversized_body_is_refused_before_it_is_sent(ours):
    """A length beyond the limit is refused by what it announces, and a body without a length once it passes it."""
    signed = signed_headers(ours.secret, b"")
    endless = f"{LARGEST_BODY + 1:x}\r\n".encode() + b"x" * (LARGEST_BODY + 1) + b"\r\n"
    announced = raw(ours, {**signed, "Content-Length": str(10**12)})
    streamed = raw(ours, {**signed, "Transfer-Encoding": "chunked"}, endless)
    assert (announced, streamed, kept(ours)) == (413, 413, [])


def test_unsigned_request_is_refused_before_its_body_is_sent(ours):
    """Nobody waits for the body of a request whose headers cannot be Slack's."""
    stale = signed_headers(ours.secret, b"x", seconds_ago(86_400))
    assert [raw(ours, {**head, "Content-Length": "9"}) for head in ({}, stale)] == [401, 401]


def test_body_that_breaks_off_leaves_no_traceback(ours, everything_logged):
    """A connection that ends within its body is no error of ours."""
    lines = "".join(f"{name}: {value}\r\n" for name, value in signed_headers(ours.secret, b"").items())
    with socket.create_connection(("127.0.0.1", ours.port), timeout=30) as connection:
        connection.sendall(f"POST /slack/events HTTP/1.1\r\nHost: x\r\n{lines}Content-Length: 9\r\n\r\nxx".encode())
        connection.shutdown(socket.SHUT_WR)
        while connection.recv(4096):
            pass
    assert (send(ours, COMMAND), everything_logged()) == (200, [])


UNREADABLE = {
    "no JSON": "{",
    "form without its JSON": "payload=%7B",
    "blank form": "payload=",
    "list": "payload=[]",
    "null": "payload=null",
    "no UTF-8": b"payload=\xff",
    "UTF-16": json.dumps(COMMAND).encode("utf-16"),
    "lone surrogate": json.dumps({**COMMAND, "text": "\ud800"}),
    "nested without an end": '{"a":' * 100_000,
    "nested in lists": '{"a":' + "[" * 3000 + "]" * 3000 + "}",
    "event that is a text": '{"type": "event_callback", "team_id": "T0MERIDIAN", "event": "x"}',
    "actions that are texts": '{"type": "block_actions", "team": {"id": "T0MERIDIAN"}, "actions": ["x"]}',
    "no actions": '{"type": "block_actions", "team": {"id": "T0MERIDIAN"}, "actions": []}',
    "form of no kind": '{"type": "view_submission", "team": {"id": "T0MERIDIAN"}, "view": {"callback_id": ["x"]}}',
    "metadata of no kind": '{"type": "view_submission", "team": {"id": "T0MERIDIAN"}, "view": "hold_form"}',
}


@pytest.mark.parametrize("body", UNREADABLE.values(), ids=UNREADABLE)
def test_signed_nonsense_is_unreadable(ours, body, everything_logged):
    """What is signed but cannot be read gets 400, no row, and in the log its kind only."""
    assert (send(ours, body), kept(ours)) == (400, [])
    assert {line.partition(": ")[0] for line in everything_logged()} <= {"refused a request that cannot be read"}


@pytest.mark.parametrize("body", ["", "a=b", "%00%ff", "[]"])
def test_signed_nonsense_is_not_ours(ours, body, everything_logged):
    """What is signed but names no installation is refused, and no word of it is logged."""
    assert (send(ours, body), kept(ours)) == (401, [])
    assert everything_logged() == ["refused a request of another app or workspace"]


def test_unsigned_headers_steer_nothing(ours):
    """What beside the signature stands in the headers reaches nobody: a second time, or Bolt's own switches."""
    body = urlencode(COMMAND).encode()
    pairs = [*signed_headers(ours.secret, body).items(), ("X-Slack-Request-Timestamp", "x"), ("Content-Type", "x")]
    lazy = [("X-Slack-Bolt-Lazy-Only", "1"), ("X-Slack-Bolt-Lazy-Function-Name", "x")]
    answer = httpx.post(ours.url, content=body, headers=[*pairs, *lazy], trust_env=False, timeout=10)
    assert (answer.status_code, kept(ours)) == (200, ["trigger/1.1.abc"])


def test_bolt_tells_no_body(ours, everything_logged):
    """Where Bolt itself meets a wrong signature or something unknown, it logs nothing of the body."""
    forged = {"X-Slack-Request-Timestamp": seconds_ago(0), "X-Slack-Signature": "v0=0"}
    unknown = f"command=%2F{PROBE}&team_id=T0MERIDIAN"
    answers = [ours.app.dispatch(BoltRequest(body=PROBE, headers=forged)).status, send(ours, unknown)]
    assert (answers, everything_logged()) == ([401, 404], [])


def test_request_that_cannot_be_stored_is_not_acked(ours):
    """Without a row there is no ack: Slack tells the person that it failed, and the log has the kind of it only."""
    with ours.store.write() as transaction:
        transaction.execute(text("ALTER TABLE inbox RENAME TO away"))
    try:
        assert send(ours, COMMAND) == 500
    finally:
        with ours.store.write() as transaction:
            transaction.execute(text("ALTER TABLE away RENAME TO inbox"))
    assert (send(ours, COMMAND), kept(ours)) == (200, ["trigger/1.1.abc"])


def test_lines_about_a_payload_carry_its_request_and_no_other(ours, caplog):
    """What could not be stored is named by its own new id; what is not ours has none, though it came right after."""
    caplog.handler.setFormatter(make_formatter("json"))
    with ours.store.write() as transaction:
        transaction.execute(text("ALTER TABLE inbox RENAME TO away"))
    try:
        bodies = (COMMAND, COMMAND, {**COMMAND, "team_id": "T0OTHER"})
        assert [send(ours, body) for body in bodies] == [500, 500, 401]
    finally:
        with ours.store.write() as transaction:
            transaction.execute(text("ALTER TABLE away RENAME TO inbox"))
    lines = [json.loads(line) for line in caplog.text.splitlines()]
    ids = [line.get("request", "") for line in lines if line["logger"] == "bridgepkg.listen"]
    assert ([len(name) for name in ids], len({*ids})) == ([32, 32, 0], 3)


def test_click_for_a_modal_is_stored_although_it_cannot_be_opened(ours):
    """A trigger that Slack no longer takes loses the modal, never the request."""
    action = {"type": "block_actions", "team": {"id": "T0MERIDIAN"}, "user": {"id": "U0KIM"}, "trigger_id": "9.9.gone"}
    clicked = {**action, "channel": {"id": INCIDENT}, "actions": [{"action_id": "review_details", "value": "x"}]}
    assert (send(ours, {"payload": json.dumps(clicked)}), kept(ours)) == (200, ["trigger/9.9.gone"])
