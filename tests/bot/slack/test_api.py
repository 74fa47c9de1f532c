"""Calls to Slack: after each, was it surely not done, or can nobody say? Against a server that answers as told."""

import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from bot.slack.api import call, make_client
from bot.slack.errors import NotDoneError, UnclearError

OK = '{"ok": true, "ts": "1.5"}'
REFUSED = [
    (200, '{"ok": false, "error": "not_in_channel"}', {}, ("not_in_channel", None)),
    (200, '{"ok": false, "error": "ratelimited"}', {"Retry-After": "7"}, ("ratelimited", 7)),
    (429, '{"ok": false, "error": "ratelimited"}', {"Retry-After": "30"}, ("ratelimited", 30)),
    (429, '{"ok": false, "error": "ratelimited"}', {}, ("ratelimited", 1)),
    (429, "slow down", {"Retry-After": "soon"}, ("ratelimited", 1)),
    (403, '{"ok": false, "error": "invalid_auth"}', {}, ("invalid_auth", None)),
]
UNCLEAR = [
    (200, ""),
    (200, "ok"),
    (200, "<html>Slack is down</html>"),
    (200, '{"ok": tr'),
    (200, "null"),
    (200, "[]"),
    (200, "{}"),
    (200, '{"ok": "true"}'),
    (200, '{"ok": false}'),
    (200, '{"ok": false, "error": ""}'),
    (200, '{"ok": false, "error": null}'),
    (200, '{"ok": false, "error": ["not_in_channel"]}'),
    (200, '{"ok": false, "error": "Something Else"}'),
    (200, '{"ok": false, "error": "fatal_error"}'),
    (500, '{"ok": false, "error": "not_in_channel"}'),
    (503, '{"ok": false, "error": "msg_too_long"}'),
    (502, "Bad Gateway"),
    (404, "Not Found"),
]


@contextmanager
def answering(status, body, headers=None):
    """A client of a server that answers everything so."""

    class Endpoint(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers.get("Content-Length") or 0))
            self.send_response(status)
            for name, value in (headers or {}).items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body.encode())

        def log_message(self, *_) -> None:
            """Stay silent."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Endpoint) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield make_client("xoxb-secret", f"http://127.0.0.1:{server.server_port}/api/", seconds=5)
        finally:
            server.shutdown()
            thread.join()


def post(client) -> dict:
    """One call that writes."""
    return call(client, "chat.postMessage", {"channel": "C1", "text": "x"})


def test_answer_is_given(caplog):
    """What Slack answers comes back as it is."""
    with answering(200, OK) as client:
        assert post(client) == {"ok": True, "ts": "1.5"}
    assert caplog.records == []


@pytest.mark.parametrize(("status", "body", "headers", "expected"), REFUSED)
def test_refusal_was_surely_not_done(status, body, headers, expected):
    """An error that Slack names was not done, and a rate limit says for how long."""
    with answering(status, body, headers) as client, pytest.raises(NotDoneError) as caught:
        post(client)
    assert (caught.value.error, caught.value.retry_after) == expected


@pytest.mark.parametrize(("status", "body"), UNCLEAR)
def test_anything_else_is_unclear(status, body):
    """An answer that names no known refusal may hide a success, and nothing of it is repeated to people."""
    with answering(status, body) as client, pytest.raises(UnclearError) as caught:
        post(client)
    said = (
        f"Slack answered {status} without a clear result",
        "Slack's answer to chat.postMessage could not be read",
        "Slack did not answer, or the connection broke",
    )
    assert str(caught.value) in said


@pytest.mark.parametrize("address", ["http://127.0.0.1:1/api/", "http://nowhere.invalid/api/"])
def test_call_that_reached_nobody_was_surely_not_done(address):
    """Nobody listens, or there is no such name: nothing was sent."""
    with pytest.raises(NotDoneError) as caught:
        post(make_client("xoxb-secret", address))
    assert caught.value.error == "connection_refused"
