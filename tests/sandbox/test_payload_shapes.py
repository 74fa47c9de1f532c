"""Payloads against the published shapes of Slack's own SDKs."""

import json
import os
from pathlib import Path

import pytest

from tests.sandbox.builders import BRIDGE, RecordingBot, actions, connected, modal

SHAPES = Path(os.environ.get("BRIDGEPKG_SHARED_DATA", "../shared/data")) / "slack_payloads"
# Ours that the published Java types do not name: they are in Slack's documentation.
DOCUMENTED = {"state", "response_urls", "is_enterprise_install", "blocks", "user_id", "reply_users"}
# Commands are forms, so their one boolean is a word.
FORM_WORDS = {"false"}

pytestmark = pytest.mark.skipif(not SHAPES.is_dir(), reason="the published payload shapes are not beside the checkout")


@pytest.fixture
def bodies(sandbox, client) -> dict[str, dict]:
    """One payload of each kind, by type."""
    bot = RecordingBot(sandbox)
    ts = client.chat_postMessage(channel=BRIDGE, text="x", blocks=actions())["ts"]
    with connected(bot.app, sandbox):
        kim = sandbox.person("U0KIM")
        kim.say(BRIDGE, "/bridgepkg")
        kim.click("go", channel=BRIDGE, message_ts=ts)
        for act in (kim.submit, kim.close):
            view = client.views_open(
                trigger_id=sandbox.workspace.tickets.trigger("U0KIM"), view=modal(notify_on_close=True)
            )["view"]
            act(view["id"], *([{"note": "x"}] if act == kim.submit else []))
    return {body.get("type", "command"): body for body in bot.bodies}


@pytest.mark.parametrize(
    ("kind", "file"),
    [
        ("command", "SlashCommandPayload"),
        ("block_actions", "BlockActionPayload"),
        ("view_submission", "ViewSubmissionPayload"),
        ("view_closed", "ViewClosedPayload"),
    ],
)
def test_payload_has_no_field_that_slack_does_not_send(bodies, kind, file):
    """Every field of ours is in the published shape, at every level, with the same JSON type."""
    shape = json.loads((SHAPES / f"{file}.json").read_text())
    assert list(_unknown(bodies[kind], shape, kind)) == []


def _unknown(ours, theirs, where):
    if isinstance(ours, dict) and isinstance(theirs, dict) and theirs:
        for key, held in ours.items():
            if key in theirs:
                yield from _unknown(held, theirs[key], f"{where}.{key}")
            elif key not in DOCUMENTED:
                yield f"{where}.{key}"
    elif ours is not None and theirs is not None and not isinstance(ours, type(theirs)) and ours not in FORM_WORDS:
        yield f"{where}: {type(ours).__name__} is not {type(theirs).__name__}"
