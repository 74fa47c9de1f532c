"""What people type."""

import threading

import pytest
from slack_bolt import App

from sandbox.errors import ImpossibleActError
from tests.sandbox.builders import BRIDGE, IMPATIENT, INCIDENT, RecordingBot, connected, make_app


def test_command_payload_has_slacks_fields(sandbox):
    """A command carries team, channel, person and tickets, no team of the person, and escaped text."""
    bot = RecordingBot(sandbox)
    with connected(bot.app, sandbox):
        sandbox.person("U0KIM").say(BRIDGE, "/bridgepkg  diff <1> & 2 ")
    [body] = bot.bodies
    assert body.pop("response_url").startswith(f"{sandbox.url}/commands/T0HOME/")
    assert len(body.pop("trigger_id").split(".")) == 3
    assert body == {
        "token": "sandbox-verification",
        "team_id": "T0HOME",
        "team_domain": "northwind",
        "channel_id": BRIDGE,
        "channel_name": "bridge-acme",
        "user_id": "U0KIM",
        "user_name": "kim",
        "command": "/bridgepkg",
        "text": "diff &lt;1&gt; &amp; 2",
        "api_app_id": "A0SANDBOX1",
        "is_enterprise_install": "false",
    }


def test_private_channel_has_no_name_in_payloads(sandbox):
    """Slack calls every private channel "privategroup" in a command."""
    bot = RecordingBot(sandbox)
    with connected(bot.app, sandbox):
        sandbox.person("U0KIM").say(INCIDENT, "/bridgepkg")
    assert (bot.bodies[0]["channel_name"], bot.bodies[0]["text"]) == ("privategroup", "")


@pytest.mark.parametrize(
    ("ack", "whispered", "posted"),
    [
        ({}, [], []),
        ({"text": "only you"}, ["only you"], []),
        ({"text": "all", "response_type": "in_channel"}, [], ["all"]),
    ],
)
def test_ack_may_carry_the_answer(sandbox, ack, whispered, posted):
    """Text in the ack is an ephemeral unless it says in_channel."""
    bot = RecordingBot(sandbox)
    bot.ack = ack
    with connected(bot.app, sandbox):
        assert sandbox.person("U0KIM").say(INCIDENT, "/bridgepkg").acked
    assert [shown["text"] for shown in sandbox.person("U0KIM").ephemerals(INCIDENT)] == whispered
    assert [shown["text"] for shown in sandbox.person("U0SAM").messages(INCIDENT)] == posted


@pytest.mark.parametrize("timing", [IMPATIENT])
def test_silent_bot_is_an_operation_timeout(sandbox):
    """Without an ack in time the person sees operation_timeout, the command is not sent again, a late ack is noted."""
    app, released = make_app(sandbox), threading.Event()

    @app.command("/bridgepkg")
    def dawdle(ack):
        released.wait(5)
        ack()

    with connected(app, sandbox):
        outcome = sandbox.person("U0KIM").say(INCIDENT, "/bridgepkg")
        released.set()
        sandbox.wait_until(lambda: sandbox.courier.socket_mode.stray_acks)
    assert (outcome.ok, outcome.acked, outcome.error) == (False, False, "operation_timeout")
    assert [delivery.outcome for delivery in sandbox.deliveries] == ["operation_timeout"]


@pytest.mark.parametrize("timing", [IMPATIENT])
def test_failing_listener_is_not_acked(sandbox):
    """A listener that raises before its ack leaves the person with an error."""
    app = make_app(sandbox)

    @app.command("/bridgepkg")
    def fail():
        raise RuntimeError("broken")

    with connected(app, sandbox):
        assert sandbox.person("U0KIM").say(INCIDENT, "/bridgepkg").error == "operation_timeout"


def test_absent_bot_is_a_dispatch_failure(sandbox):
    """Without any connection Slack cannot dispatch."""
    assert sandbox.person("U0KIM").say(INCIDENT, "/bridgepkg").error == "dispatch_failed"


def test_outsider_has_no_command(sandbox):
    """Slash commands belong to the home workspace: for the customer it is not a command, and the bot hears nothing."""
    bot = RecordingBot(sandbox)
    with connected(bot.app, sandbox):
        outcome = sandbox.person("U0CARA").say(BRIDGE, "/bridgepkg status")
    assert (outcome.ok, outcome.error, bot.bodies) == (False, "invalid_command", [])


def test_guest_of_the_home_team_may_use_the_command(sandbox):
    """A guest's command reaches the bot: refusing them is the bot's business."""
    sandbox.workspace.set_user("U0SAM", is_restricted=True)
    bot = RecordingBot(sandbox)
    with connected(bot.app, sandbox):
        assert sandbox.person("U0SAM").say(INCIDENT, "/bridgepkg").acked


@pytest.mark.parametrize(
    ("text", "thread", "error"),
    [("/other", False, "invalid_command"), ("/bridgepkg", True, "not_supported_in_threads")],
)
def test_what_is_no_command_here_is_refused(sandbox, client, text, thread, error):
    """Other commands and commands in threads are refused by the client."""
    ts = client.chat_postMessage(channel=INCIDENT, text="x")["ts"] if thread else None
    assert sandbox.person("U0KIM").say(INCIDENT, text, thread_ts=ts).error == error


def test_message_is_stored_as_slack_stores_it(sandbox, client):
    """What a person types is escaped and gets a rich text block; in a thread it is a reply."""
    said = sandbox.person("U0KIM").say(INCIDENT, "a < b")
    sandbox.person("U0SAM").say(INCIDENT, "yes", thread_ts=said.ts)
    [message] = client.conversations_history(channel=INCIDENT)["messages"]
    assert (message["text"], message["user"], "bot_id" in message) == ("a &lt; b", "U0KIM", False)
    assert message["blocks"][0]["elements"][0]["elements"] == [{"type": "text", "text": "a < b"}]
    assert message["reply_users"] == ["U0SAM"]


@pytest.mark.parametrize("user", ["U0SAM", "U0NOBODY"])
def test_nobody_types_where_they_are_not(sandbox, user):
    """Someone outside the channel, or who does not exist, cannot type there at all."""
    with pytest.raises(ImpossibleActError):
        sandbox.person(user).say(BRIDGE, "hello")


def test_archived_channel_and_deactivated_person(sandbox):
    """Nobody types into an archived channel; the deactivated cannot sign in."""
    sandbox.workspace.archive(INCIDENT)
    assert sandbox.person("U0KIM").say(INCIDENT, "hello").error == "is_archived"
    sandbox.workspace.set_user("U0KIM", deleted=True)
    with pytest.raises(ImpossibleActError):
        sandbox.person("U0KIM").say(INCIDENT, "hello")


def test_bad_answer_in_the_ack_is_told(sandbox):
    """An ack that Slack cannot show is an error, and stands in the log as refused."""
    bot = RecordingBot(sandbox)
    bot.ack = {"text": "x" * 40_001}
    with connected(bot.app, sandbox):
        outcome = sandbox.person("U0KIM").say(INCIDENT, "/bridgepkg")
    assert (outcome.ok, outcome.acked, outcome.error) == (False, True, "msg_too_long")
    assert [call.ok for call in sandbox.calls("ack")] == [False]


def test_bot_can_start_without_verifying_its_token(sandbox):
    """A Bolt app that defers auth.test makes no call before it is used."""
    App(token="xoxb-sandbox-bot-token", signing_secret="s", token_verification_enabled=False)
    assert sandbox.calls() == ()
