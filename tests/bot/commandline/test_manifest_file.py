"""`app_manifest.yaml` against Slack's schema and against what the code really uses."""

import json
import re
from pathlib import Path

import jsonschema
import pytest
import yaml

from blocks.ids import COMMAND, EVENTS
from sandbox.delivery.subscriptions import EVENT_SCOPES
from sandbox.methods.table import METHODS

ROOT = Path(__file__).parents[3]
SCHEMA = ROOT.parent / "shared" / "data" / "slack_manifest" / "manifest-schema-2.0.0.json"
BOT_CODE = [path for path in (ROOT / "bot").rglob("*.py") if "sandbox" not in path.parts]


def manifest():
    """The app manifest as data."""
    return yaml.safe_load((ROOT / "app_manifest.yaml").read_text())


def methods_in_code():
    """Every Web API method that a string of the bot names."""
    called = {name for path in BOT_CODE for name in re.findall(r'"([a-z]+(?:\.[a-zA-Z]+)+)"', path.read_text())}
    return {name for name in called if name in METHODS}


@pytest.mark.skipif(not SCHEMA.exists(), reason="Slack's manifest schema is not beside this checkout")
def test_manifest_passes_the_schema_of_slack():
    """Slack's own schema accepts the manifest."""
    jsonschema.validate(manifest(), json.loads(SCHEMA.read_text()))


def test_manifest_commands_are_those_of_the_code():
    """The one command in the manifest is the one that the code listens to."""
    assert [command["command"] for command in manifest()["features"]["slash_commands"]] == [COMMAND]


def test_manifest_events_are_those_of_the_code():
    """The manifest asks for exactly the events that have a listener."""
    assert manifest()["settings"]["event_subscriptions"]["bot_events"] == list(EVENTS)


def test_manifest_scopes_are_exactly_those_that_the_code_needs():
    """Every scope is needed by a method, an event or the command, and none is missing."""
    needed = {"commands"}
    for method in methods_in_code():
        needed |= set(METHODS[method].scopes)
    for event in EVENTS:
        needed |= set(EVENT_SCOPES[event])
    # Where one of several scopes is enough, the app works in public and private channels and reads no direct messages.
    needed = {scope for scope in needed if not scope.startswith(("im:", "mpim:"))}
    assert set(manifest()["oauth_config"]["scopes"]["bot"]) == needed
