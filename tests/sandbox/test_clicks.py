"""What people click."""

import pytest

from sandbox.errors import ImpossibleActError
from tests.sandbox.builders import (
    BRIDGE,
    INCIDENT,
    RecordingBot,
    actions,
    button,
    connected,
    option,
    section,
    select_input,
)

DIALOG = {
    name: {"type": "plain_text", "text": text}
    for name, text in {"title": "Approve?", "text": "It posts now", "confirm": "Approve", "deny": "No"}.items()
}


@pytest.fixture
def bot(sandbox):
    """A connected bot that keeps what it hears."""
    recording = RecordingBot(sandbox)
    with connected(recording.app, sandbox):
        yield recording


def post(client, *elements: dict, channel: str = INCIDENT) -> str:
    """The timestamp of a message with these elements."""
    return client.chat_postMessage(channel=channel, text="card", blocks=actions(*elements))["ts"]


def test_outsider_clicks_with_their_own_team(sandbox, client, bot):
    """On a click from outside `team` is ours and `user.team_id` theirs: the only sign of it."""
    ts = post(client, channel=BRIDGE)
    assert sandbox.person("U0CARA").click("go", channel=BRIDGE, message_ts=ts).acked
    [body] = bot.bodies
    assert body["team"] == {"id": "T0HOME", "domain": "northwind"}
    assert body["user"] == {"id": "U0CARA", "username": "cara", "name": "cara", "team_id": "T0ACME"}
    assert body["channel"] == {"id": BRIDGE, "name": "bridge-acme"}


def test_click_carries_message_container_and_action(sandbox, client, bot):
    """A click on a message holds the message as it is, where it is, and the element that was clicked."""
    ts = post(client, button("review_approve", value="draft-7"))
    sandbox.person("U0KIM").click("review_approve", channel=INCIDENT, message_ts=ts)
    [body] = bot.bodies
    [action] = body["actions"]
    assert float(action.pop("action_ts")) > float(ts)
    assert action == {
        "type": "button",
        "action_id": "review_approve",
        "block_id": "card",
        "text": {"type": "plain_text", "text": "Go", "emoji": True},
        "value": "draft-7",
    }
    assert body["container"] == {"type": "message", "message_ts": ts, "channel_id": INCIDENT, "is_ephemeral": False}
    assert body["message"] == client.conversations_history(channel=INCIDENT)["messages"][0]
    assert body["state"] == {"values": {}}
    assert (body["api_app_id"], body["type"], body["enterprise"]) == ("A0SANDBOX1", "block_actions", None)


def test_confirm_dialog_stands_before_the_click(sandbox, client, bot):
    """A button with a confirm dialog sends nothing until the person confirms."""
    ts = post(client, button(confirm=DIALOG))
    kim = sandbox.person("U0KIM")
    asked = kim.click("go", channel=INCIDENT, message_ts=ts)
    assert (asked.ok, asked.error, asked.confirm["text"]["text"]) == (False, "confirmation_needed", "It posts now")
    assert bot.bodies == []
    assert kim.click("go", channel=INCIDENT, message_ts=ts, confirmed=True).acked
    assert "confirm" not in bot.bodies[0]["actions"][0]


def test_ephemeral_click_carries_no_message(sandbox, client, bot):
    """A click on an ephemeral says so and leaves the message out; nobody else can click it."""
    ts = client.chat_postEphemeral(channel=INCIDENT, user="U0KIM", text="x", blocks=actions())["message_ts"]
    sandbox.person("U0KIM").click("go", channel=INCIDENT, message_ts=ts)
    [body] = bot.bodies
    assert (body["container"]["is_ephemeral"], "message" in body) == (True, False)
    with pytest.raises(ImpossibleActError):
        sandbox.person("U0SAM").click("go", channel=INCIDENT, message_ts=ts)


def test_button_that_is_gone_can_only_be_clicked_by_a_stale_client(sandbox, client, bot):
    """After an update the old button is gone for people, but a client with an old copy may still send it."""
    ts = post(client, button(value="draft-6"))
    client.chat_update(channel=INCIDENT, ts=ts, text="done", blocks=[section("done")])
    kim = sandbox.person("U0KIM")
    with pytest.raises(ImpossibleActError):
        kim.click("go", channel=INCIDENT, message_ts=ts)
    assert kim.click("go", channel=INCIDENT, message_ts=ts, value="draft-6").acked
    assert bot.bodies[0]["actions"][0]["value"] == "draft-6"
    assert bot.bodies[0]["message"]["text"] == "done"


def test_menu_choice_is_in_action_and_state(sandbox, client, bot):
    """A choice in a menu of a message is the action, and the state holds it."""
    element = {"type": "static_select", "action_id": "pick", "options": [option("legal"), option("security")]}
    ts = post(client, element)
    kim = sandbox.person("U0KIM")
    kim.click("pick", channel=INCIDENT, message_ts=ts, selected="legal")
    chosen = {"text": {"type": "plain_text", "text": "Legal", "emoji": True}, "value": "legal"}
    assert bot.bodies[0]["actions"][0]["selected_option"] == chosen
    held = bot.bodies[0]["state"]["values"]["card"]["pick"]
    assert held == {"type": "static_select", "selected_option": chosen}
    with pytest.raises(ImpossibleActError):
        kim.click("pick", channel=INCIDENT, message_ts=ts, selected="finance")


def test_overflow_choice_is_in_the_action(sandbox, client, bot):
    """An overflow menu sends the chosen option and holds no state."""
    ts = post(client, {"type": "overflow", "action_id": "more", "options": [option("history")]})
    sandbox.person("U0KIM").click("more", channel=INCIDENT, message_ts=ts, selected="history")
    assert bot.bodies[0]["actions"][0]["selected_option"]["value"] == "history"
    assert bot.bodies[0]["state"] == {"values": {}}


def test_input_in_a_message_counts_in_the_state(sandbox, client, bot):
    """Inputs of a message go along with a click on its button, as far as they have initial values."""
    blocks = [select_input(initial_option=option("legal")), *actions()]
    ts = client.chat_postMessage(channel=INCIDENT, text="x", blocks=blocks)["ts"]
    sandbox.person("U0KIM").click("go", channel=INCIDENT, message_ts=ts)
    assert bot.bodies[0]["state"]["values"]["reason"]["reason"]["selected_option"]["value"] == "legal"


@pytest.mark.parametrize(
    "where",
    [
        {"channel": BRIDGE, "message_ts": "1.000001"},
        {"channel": "C0NOWHERE", "message_ts": "1.000001"},
        {"channel": INCIDENT, "message_ts": "1.000001"},
        {"view_id": "V0NONE"},
        {},
    ],
)
def test_nobody_clicks_what_they_do_not_see(sandbox, where):
    """Foreign channels, unknown messages and views, and no place at all."""
    with pytest.raises(ImpossibleActError):
        sandbox.person("U0SAM").click("go", **where)


def test_newest_message_with_the_element_is_clicked(sandbox, client, bot):
    """A person who names only the channel clicks the newest message that has the button, ephemerals included."""
    kim = sandbox.person("U0KIM")
    stamps = [post(client), post(client)]
    post(client, button("other"))
    kim.click("go", channel=INCIDENT)
    stamps.append(client.chat_postEphemeral(channel=INCIDENT, user="U0KIM", text="x", blocks=actions())["message_ts"])
    kim.click("go", channel=INCIDENT)
    assert [body["container"]["message_ts"] for body in bot.bodies] == stamps[1:]
    with pytest.raises(ImpossibleActError):
        kim.click("nothing", channel=INCIDENT)


def test_reply_in_a_thread_can_be_clicked(sandbox, client, bot):
    """A card in a thread says in which."""
    parent = post(client)
    ts = client.chat_postMessage(channel=INCIDENT, thread_ts=parent, text="x", blocks=actions(button("in_thread")))[
        "ts"
    ]
    sandbox.person("U0KIM").click("in_thread", channel=INCIDENT, message_ts=ts)
    assert bot.bodies[0]["container"]["thread_ts"] == parent


def test_reaction_toggles(sandbox, client):
    """Nobody reacts twice with the same emoji, nor takes back what is not there, nor reacts to an ephemeral."""
    ts = post(client)
    kim = sandbox.person("U0KIM")
    outcomes = [kim.react(INCIDENT, ts, "eyes", remove=remove).error for remove in (True, False, False, True)]
    assert outcomes == ["no_reaction", None, "already_reacted", None]
    assert kim.messages(INCIDENT)[0]["reactions"] == []
    whispered = client.chat_postEphemeral(channel=INCIDENT, user="U0KIM", text="x")["message_ts"]
    with pytest.raises(ImpossibleActError):
        kim.react(INCIDENT, whispered, "eyes")
