"""Every fault of the list, on the wire."""

import json
import urllib.error
from http.client import RemoteDisconnected

import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.http_retry import ConnectionErrorRetryHandler

from sandbox.faults import DELIVERY_FAULTS, FaultBook, FaultKind
from tests.sandbox.builders import BRIDGE, IMPATIENT, INCIDENT, RecordingBot, connected, make_client
from tests.sandbox.hosting import hosted


def shown(sandbox) -> int:
    """How many messages people see in the incident's channel."""
    return len(sandbox.person("U0KIM").messages(INCIDENT))


@pytest.mark.parametrize(
    ("kind", "status", "error", "headers"),
    [
        (FaultKind.RATELIMITED, 429, "ratelimited", "7"),
        (FaultKind.RATELIMITED_WITHOUT_RETRY_AFTER, 429, "ratelimited", None),
        (FaultKind.API_ERROR, 200, "fatal_error", None),
    ],
)
def test_refusal_by_name_does_nothing(sandbox, client, kind, status, error, headers):
    """Slack's own refusals come before anything is done."""
    sandbox.faults.add(kind, "chat.postMessage", seconds=7)
    with pytest.raises(SlackApiError) as caught:
        client.chat_postMessage(channel=INCIDENT, text="x")
    response = caught.value.response
    assert (response.status_code, response["error"], response.headers.get("Retry-After")) == (status, error, headers)
    assert shown(sandbox) == 0
    assert client.chat_postMessage(channel=INCIDENT, text="x")["ok"]
    assert [call.fault for call in sandbox.calls("chat.postMessage")] == [kind.value, None]


@pytest.mark.parametrize("performs", [False, True])
@pytest.mark.parametrize(
    ("kind", "status", "body"),
    [
        (FaultKind.HTTP_500, 500, "Internal Server Error"),
        (FaultKind.HTTP_503, 503, "Service Unavailable"),
        (FaultKind.HTML_BODY, 200, "<html>"),
        (FaultKind.EMPTY_BODY, 200, ""),
        (FaultKind.TRUNCATED_JSON, 200, '{"ok":true,"chan'),
    ],
)
def test_unreadable_answer_may_hide_a_success(sandbox, kind, status, body, performs):
    """Broken answers come with or without the work done, and the log knows which."""
    import httpx

    sandbox.faults.add(kind, "chat.postMessage", performs=performs)
    token = {"Authorization": f"Bearer {sandbox.workspace.seed.app.bot_token}"}
    answer = httpx.post(f"{sandbox.api_url}chat.postMessage", json={"channel": INCIDENT, "text": "x"}, headers=token)
    assert (answer.status_code, answer.text[: len(body)]) == (status, body)
    assert (shown(sandbox), sandbox.calls("chat.postMessage")[0].ok) == (int(performs), performs)


@pytest.mark.parametrize(
    ("kind", "error", "done"),
    [
        (FaultKind.REFUSE, RemoteDisconnected, 0),
        (FaultKind.ACCEPT_THEN_DROP, RemoteDisconnected, 1),
        (FaultKind.ACCEPT_THEN_RESET, ConnectionResetError, 1),
        (FaultKind.ACCEPT_THEN_TIMEOUT, TimeoutError, 1),
    ],
)
def test_broken_connection_leaves_the_client_in_the_dark(sandbox, kind, error, done):
    """The client sees a connection error, whether the message was posted or not."""
    sandbox.faults.add(kind, "chat.postMessage")
    with pytest.raises((error, urllib.error.URLError)) as caught:
        make_client(sandbox, timeout=1).chat_postMessage(channel=INCIDENT, text="x")
    assert isinstance(getattr(caught.value, "reason", caught.value), error)
    assert shown(sandbox) == done


def test_default_client_posts_twice_when_the_answer_is_dropped(sandbox):
    """The SDK's default retry handler sends again after a drop: the reason for retry_handlers=[]."""
    sandbox.faults.add(FaultKind.ACCEPT_THEN_DROP, "chat.postMessage")
    handlers = [ConnectionErrorRetryHandler(max_retry_count=1)]
    make_client(sandbox, retry_handlers=handlers).chat_postMessage(channel=INCIDENT, text="x")
    assert shown(sandbox) == 2


def test_slow_answer_still_comes(sandbox, client):
    """A slow call does its work after the delay."""
    sandbox.faults.add(FaultKind.SLOW, "chat.postMessage", seconds=0.05)
    assert client.chat_postMessage(channel=INCIDENT, text="x")["channel"] == INCIDENT


def test_reply_may_name_another_channel(sandbox, client):
    """The message is where it should be, but the reply says otherwise."""
    sandbox.faults.add(FaultKind.WRONG_CHANNEL, "chat.postMessage")
    assert client.chat_postMessage(channel=INCIDENT, text="x")["channel"] == "C0WRONG"
    assert shown(sandbox) == 1


def test_fault_can_be_narrowed_and_counted(sandbox, client):
    """A fault may wait for a channel, skip calls, strike several times, and be cleared."""
    sandbox.faults.add("api_error", "chat.postMessage", channel=BRIDGE, skip=1, times=2, error="internal_error")
    outcomes = []
    for channel in (INCIDENT, BRIDGE, BRIDGE, BRIDGE, BRIDGE):
        try:
            outcomes.append(client.chat_postMessage(channel=channel, text="x")["ok"])
        except SlackApiError as error:
            outcomes.append(error.response["error"])
    assert outcomes == [True, True, "internal_error", "internal_error", True]
    assert [fault.kind for fault in sandbox.faults.fired()] == ["api_error", "api_error"]
    assert sandbox.faults.waiting() == ()


def test_standing_fault_stays_until_cleared():
    """`times` None strikes until it is cleared; kinds outside the list are refused."""
    book = FaultBook()
    standing, other = book.add(FaultKind.REFUSE, times=None), book.add(FaultKind.DUPLICATE)
    assert [book.for_call("x", None).id for _ in range(3)] == [standing] * 3
    book.clear(standing)
    assert (book.for_call("x", None), [fault.id for fault in book.waiting()]) == (None, [other])
    book.clear()
    assert book.waiting() == ()
    with pytest.raises(ValueError, match="gremlins"):
        book.add("gremlins")


def test_faults_of_calls_and_of_deliveries_do_not_mix():
    """A delivery fault never strikes a call, nor the other way round."""
    for kind in FaultKind:
        book = FaultBook()
        book.add(kind)
        struck = (book.for_call("x", None) is None, book.for_delivery("events_api", None) is None)
        assert struck == ((True, False) if kind in DELIVERY_FAULTS else (False, True))


def test_duplicate_is_heard_twice(sandbox):
    """The same command arrives twice; the person sees one ack."""
    bot = RecordingBot(sandbox)
    sandbox.faults.add(FaultKind.DUPLICATE, "slash_commands")
    with connected(bot.app, sandbox, connections=2):
        assert sandbox.person("U0KIM").say(INCIDENT, "/bridgepkg").acked
        sandbox.wait_until(lambda: len(sandbox.deliveries) == 2)
        sandbox.wait_until(lambda: len(bot.bodies) == 2)
    assert bot.bodies[0] == bot.bodies[1]


def test_out_of_order_events_overtake(sandbox):
    """The first event arrives after the second."""
    bot = RecordingBot(sandbox)
    sandbox.faults.add(FaultKind.OUT_OF_ORDER, "events_api", seconds=5)
    with connected(bot.app, sandbox):
        sandbox.workspace.set_user("U0SAM", title="first")
        sandbox.workspace.set_user("U0SAM", title="second")
        sandbox.wait_until(lambda: len(bot.bodies) == 2)
    assert [body["event"]["user"]["profile"]["title"] for body in bot.bodies] == ["second", "first"]


def test_out_of_order_alone_only_waits(sandbox):
    """With nothing to overtake it, the event comes after its delay."""
    bot = RecordingBot(sandbox)
    sandbox.faults.add(FaultKind.OUT_OF_ORDER, "events_api", seconds=0.02)
    with connected(bot.app, sandbox):
        sandbox.workspace.set_user("U0SAM", title="only")
        sandbox.wait_until(lambda: len(bot.bodies) == 1)


@pytest.mark.parametrize("timing", [IMPATIENT])
@pytest.mark.parametrize(
    ("kind", "outcome", "heard"),
    [
        (FaultKind.DROP_BEFORE_ACK, "operation_timeout", 1),
        (FaultKind.DROP_AFTER_ACK, None, 1),
        (FaultKind.ACK_LOST, "operation_timeout", 1),
        (FaultKind.NEVER_DELIVERED, "operation_timeout", 0),
        (FaultKind.DELIVERED_LATE, None, 1),
    ],
)
@pytest.mark.parametrize("over", ["socket", "http"])
def test_delivery_goes_wrong(sandbox, kind, outcome, heard, over):
    """What the person sees and what the bot heard are two different things."""
    bot = RecordingBot(sandbox)
    sandbox.faults.add(kind, "slash_commands", seconds=0.05)
    with hosted(bot.app) as url, connected(bot.app, sandbox):
        if over == "http":
            sandbox.use_http(url)
        assert sandbox.person("U0KIM").say(INCIDENT, "/bridgepkg").error == outcome
        sandbox.wait_until(lambda: len(bot.bodies) == heard)
    assert [delivery.fault for delivery in sandbox.deliveries] == [kind.value]


def test_lost_ack_of_an_event_brings_it_again(sandbox):
    """An event whose ack is lost comes twice with one id: the bot has to dedupe."""
    bot = RecordingBot(sandbox)
    sandbox.faults.add(FaultKind.ACK_LOST, "events_api")
    with connected(bot.app, sandbox):
        sandbox.workspace.set_user("U0SAM", title="x")
        sandbox.wait_until(lambda: len(bot.bodies) == 2)
    assert bot.bodies[0]["event_id"] == bot.bodies[1]["event_id"]


def test_fault_over_http_matches_the_enum(sandbox, client):
    """Faults can be added, listed and cleared from another process."""
    import httpx

    url = f"{sandbox.url}/_sandbox/faults"
    added = httpx.post(url, json={"kind": "api_error", "target": "users.info", "error": "token_revoked"}).json()
    assert [fault["kind"] for fault in httpx.get(url).json()] == ["api_error"]
    assert httpx.post(url, json={"kind": "gremlins"}).status_code == 400
    assert httpx.request("DELETE", url, params={"id": added["id"]}).json() == {"ok": True}
    assert client.users_info(user="U0KIM")["ok"]
    assert json.loads(httpx.get(f"{sandbox.url}/_sandbox/status").text)["failures"] == []
