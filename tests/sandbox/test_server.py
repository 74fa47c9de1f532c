"""Starting, stopping and guarding the sandbox."""

import logging
import threading

import httpx
import pytest
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect

from sandbox.errors import PortTakenError
from sandbox.faults import FaultKind
from sandbox.seed import Seed
from sandbox.server import Sandbox
from tests.sandbox.builders import INCIDENT, make_client


def test_used_port_is_said_in_one_sentence(sandbox):
    """A second sandbox on the same port says what is wrong."""
    with pytest.raises(PortTakenError, match=f"Port {sandbox.port} is in use; choose another"):
        Sandbox(Seed.sample(), port=sandbox.port)


def test_port_is_free_again_after_the_end(seed):
    """The same port can be used at once by the next sandbox, and no thread is left."""
    with Sandbox(seed) as first:
        make_client(first).users_info(user="U0KIM")
    with Sandbox(seed, port=first.port) as second:
        assert make_client(second).users_info(user="U0KIM")["ok"]
    assert [thread.name for thread in threading.enumerate() if thread.name.startswith("sandbox-")] == []


def test_stopping_does_not_wait_for_hanging_answers(seed):
    """A call that never gets its answer ends with the sandbox."""
    with Sandbox(seed) as sandbox:
        sandbox.faults.add(FaultKind.ACCEPT_THEN_TIMEOUT, seconds=60)
        client = make_client(sandbox)
        errors = []
        hanging = threading.Thread(target=lambda: errors.append(_error(client)))
        hanging.start()
        sandbox.wait_until(sandbox.calls)
    hanging.join(2)
    assert (hanging.is_alive(), len(errors)) == (False, 1)


def _error(client) -> Exception:
    with pytest.raises(OSError) as caught:  # noqa: PT011 -- which one depends on the moment
        client.users_info(user="U0KIM")
    return caught.value


def test_never_started_sandbox_cannot_deliver():
    """What needs the running server says so."""
    sandbox = Sandbox(Seed.sample())
    with pytest.raises(RuntimeError, match="not running"):
        sandbox.drop_sockets()
    sandbox.stop()


def test_stopping_does_not_wait_for_an_ack(seed):
    """Someone who waits for the bot learns at once that it will not answer."""
    outcomes = []
    with Sandbox(seed) as sandbox:
        url = make_client(sandbox).apps_connections_open(app_token=seed.app.app_token)["url"]
        with connect(url) as silent:
            silent.recv()
            asking = threading.Thread(target=lambda: outcomes.append(_asked(sandbox)))
            asking.start()
            silent.recv()
            sandbox.stop()
            asking.join(2)
    assert (asking.is_alive(), len(outcomes)) == (False, 1)


def _asked(sandbox) -> object:
    try:
        return sandbox.person("U0KIM").say(INCIDENT, "/bridgepkg")
    except httpx.HTTPError as error:
        return error


@pytest.mark.parametrize("path", ["/api/auth.test", "/_people", "/_sandbox/status"])
@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 200),
        ({"Host": "localhost:1234"}, 200),
        ({"Origin": "http://127.0.0.1:9"}, 200),
        ({"Host": "evil.example"}, 403),
        ({"Host": "127.0.0.1.evil.example"}, 403),
        ({"Origin": "https://evil.example"}, 403),
        ({"Origin": "null"}, 403),
    ],
)
def test_foreign_names_are_kept_out(sandbox, path, headers, status):
    """Only requests to this machine from this machine's pages are answered."""
    assert httpx.get(sandbox.url + path, headers=headers).status_code == status


def test_foreign_page_opens_no_socket(sandbox):
    """WebSockets are guarded alike."""
    url = make_client(sandbox).apps_connections_open(app_token=sandbox.workspace.seed.app.app_token)["url"]
    with pytest.raises(InvalidStatus), connect(url, origin="https://evil.example"):
        pass


def test_own_failure_is_logged_and_counted(seed, caplog, monkeypatch):
    """A bug in the sandbox is an internal_error for the bot and stands in the failures."""
    with Sandbox(seed) as sandbox, caplog.at_level(logging.ERROR):
        monkeypatch.setattr(sandbox.workspace.shapes, "user", lambda _: 1 / 0)
        answer = httpx.post(
            f"{sandbox.api_url}users.info",
            data={"user": "U0KIM"},
            headers={"Authorization": f"Bearer {seed.app.bot_token}"},
        )
        assert (answer.status_code, answer.json()["error"]) == (500, "internal_error")
    assert sandbox.failures.all() == ("/api/users.info: ZeroDivisionError: division by zero",)
    assert len(sandbox.failures) == 1
    assert "the sandbox failed in /api/users.info" in caplog.messages


def test_bad_json_body_is_refused(sandbox):
    """A body that says JSON and is none."""
    answer = httpx.post(f"{sandbox.api_url}auth.test", content="{", headers={"Content-Type": "application/json"})
    assert answer.json() == {"ok": False, "error": "invalid_json"}


def test_waiting_in_vain_is_an_error(sandbox):
    """wait_until does not wait forever."""
    with pytest.raises(TimeoutError):
        sandbox.wait_until(lambda: False, timeout=0.01)


def test_clock_going_backward_keeps_the_order(seed):
    """Timestamps grow even when the clock jumps back."""
    now = [1_800_000_000.0]
    with Sandbox(seed, rate_limits=False, clock=lambda: now[0]) as sandbox:
        client = make_client(sandbox)
        first = client.chat_postMessage(channel=INCIDENT, text="a")["ts"]
        now[0] -= 3600
        second = client.chat_postMessage(channel=INCIDENT, text="b")["ts"]
    assert (first, second) == ("1800000000.000000", "1800000000.000001")
