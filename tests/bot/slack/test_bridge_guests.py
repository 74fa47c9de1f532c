"""Guests on the bridge: those of the customer read along only where the configuration says so, ours never."""

import pytest

from bot.clock import SYSTEM_CLOCK
from bot.settings import Bridge, load_deployment
from bot.slack.api import make_client
from bot.slack.connect import connect
from bot.slack.errors import NotDoneError
from demo.sample import FOLDER
from sandbox.seed import Seed
from sandbox.server import Sandbox
from tests.bot.stage import BRIDGE

REFUSED = "A guest or somebody of an unlisted organisation is in the bridge channel."
DEPLOYMENT = load_deployment(FOLDER / "bridgepkg.yaml")


@pytest.fixture(scope="module")
def sandbox():
    """The sample's workspace."""
    with Sandbox(Seed.model_validate_json((FOLDER / "workspace.json").read_bytes()), rate_limits=False) as running:
        yield running


def refusal(sandbox, *, allow_guests: bool) -> str | None:
    """Why the sample's bridge may not be posted to, with guests of the customer allowed or not."""
    client = make_client("xoxb-sandbox-bot-token", sandbox.api_url, seconds=3)
    config = DEPLOYMENT.config
    named = {name: bridge.model_copy(update={"allow_guests": allow_guests}) for name, bridge in config.bridges.items()}
    deployment = DEPLOYMENT.model_copy(update={"config": config.model_copy(update={"bridges": named})})
    return connect(client, config, SYSTEM_CLOCK).bridge.refusal(deployment.audience("acme"))


def test_bridge_allows_no_guests_unless_it_is_told_to():
    """A configuration that says nothing of guests allows none, and so does its audience."""
    assert Bridge.model_fields["allow_guests"].default is False
    assert DEPLOYMENT.audience("acme").allow_guests is False


@pytest.mark.parametrize("flag", ["is_restricted", "is_ultra_restricted"])
def test_guest_of_the_customer_reads_along_only_where_allowed(sandbox, flag):
    """A guest of a listed team stops a post, unless the bridge allows guests; a full member never does."""
    assert [refusal(sandbox, allow_guests=allowed) for allowed in (False, True)] == [None, None]
    sandbox.workspace.set_user("U0CARA", **{flag: True})
    try:
        assert [refusal(sandbox, allow_guests=allowed) for allowed in (False, True)] == [REFUSED, None]
    finally:
        sandbox.workspace.set_user("U0CARA", **{flag: False})


def test_guest_of_the_home_never_reads_along(sandbox):
    """Allowing the customer's guests allows none of ours."""
    sandbox.workspace.join(BRIDGE, "U0GUS")
    try:
        assert [refusal(sandbox, allow_guests=allowed) for allowed in (False, True)] == [REFUSED, REFUSED]
    finally:
        sandbox.workspace.leave(BRIDGE, "U0GUS")


def test_allowing_guests_is_another_audience():
    """Who reads along is part of what was approved: a change of it voids approvals (promise P1)."""
    audience = DEPLOYMENT.audience("acme")
    assert audience != audience.model_copy(update={"allow_guests": True})


def test_bot_that_is_not_in_the_bridge_is_told_to_be_invited(sandbox):
    """The doctor asks before a release would: a bot outside the channel could not post."""
    client = make_client("xoxb-sandbox-bot-token", sandbox.api_url, seconds=3)
    bridge, audience = connect(client, DEPLOYMENT.config, SYSTEM_CLOCK).bridge, DEPLOYMENT.audience("acme")
    bridge.require_membership(audience)
    sandbox.workspace.leave(BRIDGE, "U0BRIDGEPKG")
    try:
        with pytest.raises(NotDoneError, match="invite me there"):
            bridge.require_membership(audience)
    finally:
        sandbox.workspace.join(BRIDGE, "U0BRIDGEPKG")
