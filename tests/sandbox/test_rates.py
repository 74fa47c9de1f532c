"""Rate limits as Slack counts them."""

import pytest
from slack_sdk.errors import SlackApiError

from sandbox.errors import SlackError
from sandbox.methods.table import METHODS, Tier
from sandbox.rates import Rates
from sandbox.server import Sandbox
from tests.sandbox.builders import BRIDGE, INCIDENT, make_client

START = 1_800_000_000.0


def test_posting_is_limited_per_channel(seed):
    """About one message a second and channel, with short bursts; Retry-After says how long to wait."""
    now = [START]
    with Sandbox(seed, clock=lambda: now[0]) as sandbox:
        client = make_client(sandbox)
        for _ in range(3):
            client.chat_postMessage(channel=INCIDENT, text="x")
        with pytest.raises(SlackApiError) as caught:
            client.chat_postMessage(channel=INCIDENT, text="x")
        response = caught.value.response
        assert (response.status_code, response["error"], response.headers["Retry-After"]) == (429, "ratelimited", "1")
        assert client.chat_postMessage(channel=BRIDGE, text="x")["ok"]
        now[0] += 1
        assert client.chat_postMessage(channel=INCIDENT, text="x")["ok"]
        assert len(sandbox.person("U0KIM").messages(INCIDENT)) == 4


@pytest.mark.parametrize(
    ("method", "per_minute"),
    [
        ("chat.update", 50),
        ("conversations.info", 50),
        ("conversations.history", 50),
        ("chat.postEphemeral", 100),
        ("views.open", 100),
        ("users.info", 100),
        ("usergroups.users.list", 20),
        ("apps.connections.open", 20),
    ],
)
def test_method_has_slacks_rate(method, per_minute):
    """The methods that the bot uses have the rates of their pages."""
    rate = METHODS[method].tier.value
    assert (rate.calls * 60 / rate.seconds, rate.per_channel) == (per_minute, False)


def test_bucket_refills_with_time():
    """After a full minute a full minute's worth may be called again, and no more."""
    now = [START]
    rates = Rates(lambda: now[0], enabled=True)
    for _ in range(2):
        for _ in range(20):
            rates.spend("m", Tier.TIER_2, None)
        with pytest.raises(SlackError) as caught:
            rates.spend("m", Tier.TIER_2, None)
        assert caught.value.headers == {"Retry-After": "3"}
        now[0] += 120


def test_clock_going_backward_gives_nothing():
    """A clock that jumps back neither refills nor locks the bucket."""
    now = [START]
    rates = Rates(lambda: now[0], enabled=True)
    rates.spend("m", Tier.TIER_1, None)
    now[0] -= 3600
    with pytest.raises(SlackError):
        rates.spend("m", Tier.TIER_1, None)
    now[0] += 60
    rates.spend("m", Tier.TIER_1, None)


def test_rates_can_be_switched_off(sandbox, client):
    """For tests that are about something else."""
    for number in range(8):
        client.chat_postMessage(channel=INCIDENT, text=str(number))
    assert len(sandbox.calls("chat.postMessage")) == 8
