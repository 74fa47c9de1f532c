"""An unchanged Bolt bot in Socket Mode does its ordinary work."""

from tests.sandbox.builders import INCIDENT, actions, connected, make_app


def test_command_is_answered_through_its_response_url(sandbox):
    """A slash command reaches the bot and its answer is seen by the person who typed it, and by nobody else."""
    app = make_app(sandbox)

    @app.command("/bridgepkg")
    def answer(ack, respond, command):
        ack()
        respond(f"you asked for {command['text']}")

    with connected(app, sandbox):
        outcome = sandbox.person("U0KIM").say(INCIDENT, "/bridgepkg status")
        sandbox.wait_until(lambda: sandbox.calls("response_url"))
    assert (outcome.ok, outcome.acked, outcome.error) == (True, True, None)
    assert [shown["text"] for shown in sandbox.person("U0KIM").ephemerals(INCIDENT)] == ["you asked for status"]
    assert sandbox.person("U0SAM").ephemerals(INCIDENT) == []
    assert sandbox.person("U0KIM").messages(INCIDENT) == []


def test_click_updates_the_message_that_holds_the_button(sandbox, client):
    """A button reaches the bot with its value, and chat.update changes the message for everyone."""
    app = make_app(sandbox)

    @app.action("go")
    def update(ack, body, client):
        ack()
        said = f"{body['user']['id']} chose {body['actions'][0]['value']}"
        client.chat_update(channel=body["channel"]["id"], ts=body["message"]["ts"], text=said)

    posted = client.chat_postMessage(channel=INCIDENT, text="card", blocks=actions())
    with connected(app, sandbox):
        outcome = sandbox.person("U0SAM").click("go", channel=INCIDENT, message_ts=posted["ts"])
    assert outcome.acked
    [message] = sandbox.person("U0KIM").messages(INCIDENT)
    assert (message["text"], message["blocks"], message["edited"]) == ("U0SAM chose 1", [], True)
