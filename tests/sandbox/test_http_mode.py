"""Signed HTTP with a real Bolt app that verifies every request."""

import threading

import pytest
from slack_bolt import BoltResponse

from sandbox.delivery.envelope import Mode
from sandbox.delivery.http_mode import signature
from tests.sandbox.builders import BRIDGE, IMPATIENT, INCIDENT, RecordingBot, actions, make_app, modal
from tests.sandbox.hosting import hosted


@pytest.fixture
def bot(sandbox):
    """A bot behind a request URL that keeps what it hears."""
    recording = RecordingBot(sandbox)
    with hosted(recording.app) as url:
        assert sandbox.use_http(url)
        yield recording


def test_signature_is_slacks(sandbox):
    """The v0 signature of Slack's own documentation example."""
    body = (
        b"token=xyzz0WbapA4vBCDEFasx0q6G&team_id=T1DC2JH3J&team_domain=testteamnow&channel_id=G8PSS9T3V"
        b"&channel_name=foobar&user_id=U2CERLKJA&user_name=roadrunner&command=%2Fwebhook-collect&text="
        b"&response_url=https%3A%2F%2Fhooks.slack.com%2Fcommands%2FT1DC2JH3J%2F397700885554%2F96rGlfmibIGlgcZRskXaIFfN"
        b"&trigger_id=398738663015.47445629121.803a0bc887a14d10d2c447fce8b6703c"
    )
    expected = "v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503"
    assert signature("8f742231b10e8888abcd99yyyzzz85a5", "1531420618", body) == expected


def test_command_answers_in_the_response_body(sandbox, bot):
    """A signed command is acked by its response, whose text becomes an ephemeral."""
    bot.ack = {"text": "hello"}
    outcome = sandbox.person("U0KIM").say(INCIDENT, "/bridgepkg status")
    assert (outcome.acked, bot.bodies[0]["text"]) == (True, "status")
    assert [shown["text"] for shown in sandbox.person("U0KIM").ephemerals(INCIDENT)] == ["hello"]


def test_click_and_submission_come_as_forms(sandbox, client, bot):
    """Interactions arrive as a payload in a form, and response_action works through the body."""
    ts = client.chat_postMessage(channel=BRIDGE, text="x", blocks=actions())["ts"]
    assert sandbox.person("U0CARA").click("go", channel=BRIDGE, message_ts=ts).acked
    view = client.views_open(trigger_id=sandbox.workspace.tickets.trigger("U0KIM"), view=modal())["view"]
    bot.ack = {"response_action": "errors", "errors": {"note": "no"}}
    assert sandbox.person("U0KIM").submit(view["id"], {"note": "x"}).errors == {"note": "no"}
    assert [body["type"] for body in bot.bodies] == ["block_actions", "view_submission"]


def test_events_come_as_json_with_retries_in_headers(sandbox):
    """A failing event comes again with Slack's retry headers, until it is acked."""
    app, seen = make_app(sandbox), []

    @app.event("user_change")
    def fail_once(ack, request):
        headers = request.headers
        seen.append([headers.get(f"x-slack-retry-{name}", [""])[0] for name in ("num", "reason")])
        if len(seen) == 1:
            raise RuntimeError("broken")
        ack()

    with hosted(app) as url:
        sandbox.use_http(url)
        sandbox.workspace.set_user("U0SAM", title="CISO")
        sandbox.wait_until(lambda: [d.outcome for d in sandbox.deliveries] == ["dispatch_failed", "acked"])
    assert seen == [["", ""], ["1", "http_error"]]


def test_no_retry_header_is_honoured(sandbox):
    """A bot may say that it wants no retry."""
    app = make_app(sandbox)

    @app.middleware
    def refuse():
        return BoltResponse(status=500, headers={"x-slack-no-retry": "1"})

    with hosted(app) as url:
        sandbox.use_http(url, verify=False)
        # A retry would come at once, before the next change.
        for count in (1, 2, 3):
            sandbox.workspace.set_user("U0SAM", title=f"CISO {count}")
            sandbox.wait_until(lambda count=count: len(sandbox.deliveries) >= count)
    assert [delivery.retry_attempt for delivery in sandbox.deliveries] == [0, 0, 0]


@pytest.mark.parametrize("timing", [IMPATIENT])
def test_slow_answer_is_a_timeout(sandbox):
    """A response after the deadline is operation_timeout."""
    app, released = make_app(sandbox), threading.Event()

    @app.command("/bridgepkg")
    def dawdle(ack):
        released.wait(5)
        ack()

    with hosted(app) as url:
        sandbox.use_http(url, verify=False)
        error = sandbox.person("U0KIM").say(INCIDENT, "/bridgepkg").error
        released.set()
    assert error == "operation_timeout"


def test_wrong_secret_never_reaches_a_listener(sandbox):
    """A bot with another signing secret refuses, and the person sees dispatch_failed."""
    bot = RecordingBot(sandbox)
    with hosted(bot.app) as url:
        secret = {"signing_secret": "another"}
        sandbox.workspace.directory.app = sandbox.workspace.directory.app.model_copy(update=secret)
        assert sandbox.use_http(url) is False
        sandbox.use_http(url, verify=False)
        assert sandbox.person("U0KIM").say(INCIDENT, "/bridgepkg").error == "dispatch_failed"
    assert bot.bodies == []


def test_url_must_give_the_challenge_back(sandbox):
    """A URL that does not answer is not taken, and the mode stays."""
    assert sandbox.use_http("http://127.0.0.1:9/slack/events") is False
    assert sandbox.courier.mode is Mode.SOCKET


def test_mode_changes_at_run_time(sandbox, bot):
    """From HTTP back to Socket Mode, where nobody is connected."""
    assert sandbox.courier.mode is Mode.HTTP
    sandbox.use_socket_mode()
    assert sandbox.person("U0KIM").say(INCIDENT, "/bridgepkg").error == "dispatch_failed"
    assert bot.bodies == []
