"""Answers through response URLs, with the real webhook client."""

import json
from urllib.request import Request, urlopen

import pytest
from slack_sdk.webhook import WebhookClient

from sandbox.faults import FaultKind
from sandbox.model.channels import Readers
from sandbox.model.tickets import ReplyKind
from sandbox.server import Sandbox
from tests.sandbox.builders import BRIDGE, INCIDENT, RecordingBot, actions, connected


def ticket(sandbox, kind: ReplyKind = ReplyKind.COMMAND, **original) -> WebhookClient:
    """A client of a fresh response URL of Kim's in the bridge channel."""
    path = sandbox.workspace.tickets.reply(kind, BRIDGE, "U0KIM", **original)
    return WebhookClient(sandbox.url + path, retry_handlers=[])


def answer_of(response) -> tuple[int, str]:
    """Status and error of an answer."""
    return response.status_code, json.loads(response.body)["error"]


def test_answer_is_ephemeral_unless_it_says_otherwise(sandbox):
    """By default only the person sees it; in_channel is for everyone, and the record says who could read."""
    reply = ticket(sandbox)
    assert (reply.send(text="you").status_code, reply.send(text="you").body) == (200, "ok")
    assert json.loads(ticket(sandbox, ReplyKind.ACTION).send(text="all", response_type="in_channel").body) == {
        "ok": True
    }
    assert len(sandbox.person("U0KIM").ephemerals(BRIDGE)) == 2
    assert sandbox.person("U0CARA").ephemerals(BRIDGE) == []
    assert [shown["text"] for shown in sandbox.person("U0CARA").messages(BRIDGE)] == ["all"]
    assert [call.readers for call in sandbox.calls("response_url")] == [
        Readers(inside=("U0KIM",)),
        Readers(inside=("U0KIM",)),
        Readers(inside=("U0KIM", "U0ANA"), outside=("U0CARA",)),
    ]


def test_sixth_use_is_refused(sandbox):
    """A response URL works five times."""
    reply = ticket(sandbox)
    assert [reply.send(text=str(n)).status_code for n in range(5)] == [200] * 5
    assert answer_of(reply.send(text="6")) == (404, "used_url")


def test_response_url_expires_after_half_an_hour(seed):
    """After thirty minutes it is expired."""
    now = [1_800_000_000.0]
    with Sandbox(seed, clock=lambda: now[0]) as sandbox:
        reply = ticket(sandbox)
        now[0] += 30 * 60
        assert reply.send(text="x").status_code == 200
        now[0] += 1
        assert answer_of(reply.send(text="x")) == (404, "expired_url")


def test_unknown_url_and_bad_bodies_are_refused(sandbox):
    """A made-up URL, no text, bad blocks and no JSON."""
    nowhere = WebhookClient(f"{sandbox.url}/commands/T0HOME/1/2", retry_handlers=[])
    assert answer_of(nowhere.send(text="x")) == (404, "no_service")
    assert answer_of(ticket(sandbox).send(text="")) == (400, "no_text")
    assert answer_of(ticket(sandbox).send(blocks=[{"type": "nonsense"}])) == (400, "invalid_blocks")
    assert [call.status for call in sandbox.calls("response_url")] == [200, 200]
    reply = ticket(sandbox)
    request = Request(reply.url, b"[1]", {"Content-Type": "application/json"})
    with pytest.raises(OSError, match="400"):
        urlopen(request)


@pytest.mark.parametrize("ephemeral", [True, False])
def test_original_is_replaced_and_deleted(sandbox, client, ephemeral):
    """A click's URL can replace what was clicked, or take it away."""
    kim = sandbox.person("U0KIM")
    if ephemeral:
        ts = client.chat_postEphemeral(channel=BRIDGE, user="U0KIM", text="old", blocks=actions())["message_ts"]
    else:
        ts = client.chat_postMessage(channel=BRIDGE, text="old", blocks=actions())["ts"]
    reply = ticket(sandbox, ReplyKind.ACTION, original_ts=ts, original_is_ephemeral=ephemeral)
    look = kim.ephemerals if ephemeral else kim.messages
    reply.send(text="new", replace_original=True)
    assert [(shown["ts"], shown["text"]) for shown in look(BRIDGE)] == [(ts, "new")]
    reply.send(delete_original=True)
    assert look(BRIDGE) == []


def test_click_hands_out_a_url_for_its_own_message(sandbox, client):
    """respond() of a click in an ephemeral replaces that ephemeral when asked to."""
    bot = RecordingBot(sandbox)
    ts = client.chat_postEphemeral(channel=INCIDENT, user="U0KIM", text="old", blocks=actions())["message_ts"]
    with connected(bot.app, sandbox):
        sandbox.person("U0KIM").click("go", channel=INCIDENT, message_ts=ts)
    WebhookClient(bot.bodies[0]["response_url"]).send(text="done", replace_original=True)
    assert [shown["text"] for shown in sandbox.person("U0KIM").ephemerals(INCIDENT)] == ["done"]


@pytest.mark.parametrize(("performs", "shown"), [(False, 0), (True, 1)])
def test_fault_strikes_response_urls_too(sandbox, performs, shown):
    """A broken answer may come before or after the message is shown."""
    sandbox.faults.add(FaultKind.HTTP_500, "response_url", performs=performs)
    assert ticket(sandbox).send(text="x").status_code == 500
    assert len(sandbox.person("U0KIM").ephemerals(BRIDGE)) == shown
