"""The sandbox's own controls, over HTTP."""

import httpx
import pytest

from tests.sandbox.builders import BRIDGE, INCIDENT, RecordingBot, connected, reconnected
from tests.sandbox.hosting import hosted


def change(sandbox, **operation) -> tuple[int, bool]:
    """Status and success of a change of the workspace."""
    answer = httpx.post(f"{sandbox.url}/_sandbox/model", json=operation)
    return answer.status_code, answer.json()["ok"]


def test_every_operation_changes_the_workspace(sandbox, client):
    """Administrators can do over HTTP what the workspace's methods do."""
    done = [
        change(sandbox, op="add_user", id="U0NEW", name="new", team_id="T0HOME"),
        change(sandbox, op="add_channel", id="C0NEW", name="new", members=["U0KIM", "U0BRIDGEPKG"]),
        change(sandbox, op="join", channel_id="C0NEW", user_id="U0NEW"),
        change(sandbox, op="leave", channel_id="C0NEW", user_id="U0KIM"),
        change(sandbox, op="offer_share", channel_id="C0NEW", team_id="T0ACME"),
        change(sandbox, op="share", channel_id="C0NEW", team_id="T0ACME"),
        change(sandbox, op="unshare", channel_id=BRIDGE, team_id="T0ACME"),
        change(sandbox, op="archive", channel_id=BRIDGE),
        change(sandbox, op="set_channel", channel_id="C0NEW", topic="news"),
        change(sandbox, op="change_channel_id", old_id="C0NEW", new_id="C0NEWER"),
        change(sandbox, op="set_user", user_id="U0SAM", is_ultra_restricted=True),
        change(sandbox, op="set_group", group_id="S0LEGAL", user_ids=["U0NEW"]),
        change(sandbox, op="grant", scopes=["channels:read", "users:read", "usergroups:read"]),
    ]
    assert done == [(200, True)] * 13
    channel = client.conversations_info(channel="C0NEWER")["channel"]
    assert (channel["topic"]["value"], channel["connected_team_ids"]) == ("news", ["T0ACME"])
    assert client.conversations_members(channel="C0NEWER")["members"] == ["U0BRIDGEPKG", "U0NEW"]
    assert client.conversations_info(channel=BRIDGE)["channel"]["is_archived"] is True
    assert client.users_info(user="U0SAM")["user"]["is_ultra_restricted"] is True
    assert client.usergroups_users_list(usergroup="S0LEGAL")["users"] == ["U0NEW"]
    assert change(sandbox, op="revoke_token") == (200, True)
    assert client.api_test()["ok"]


@pytest.mark.parametrize(
    "operation",
    [
        {"op": "explode"},
        {"op": "join", "channel_id": INCIDENT},
        {"op": "join", "channel_id": INCIDENT, "user_id": "U0NOBODY"},
        {"op": "set_user", "user_id": "U0SAM", "is_wizard": True},
        {},
    ],
)
def test_bad_operation_is_refused(sandbox, operation):
    """Unknown operations, fields and people change nothing."""
    assert change(sandbox, **operation) == (400, False)


def test_calls_and_deliveries_can_be_read(sandbox, client):
    """The log is there for other processes, from any number on and by method."""
    client.chat_postMessage(channel=INCIDENT, text="x")
    client.users_info(user="U0KIM")
    sandbox.person("U0KIM").say(INCIDENT, "/bridgepkg")
    url = f"{sandbox.url}/_sandbox/calls"
    assert [call["method"] for call in httpx.get(url).json()] == ["chat.postMessage", "users.info"]
    assert [call["seq"] for call in httpx.get(url, params={"since": 1}).json()] == [2]
    [post] = httpx.get(url, params={"method": "chat.postMessage"}).json()
    inside = ["U0KIM", "U0SAM", "U0LEE", "U0JO", "U0ANA", "U0VIC"]
    assert (post["token"], post["readers"]) == ("bot", {"inside": inside, "outside": []})
    [delivery] = httpx.get(f"{sandbox.url}/_sandbox/deliveries").json()
    assert (delivery["kind"], delivery["outcome"]) == ("slash_commands", "dispatch_failed")


def test_delivery_mode_can_be_set(sandbox):
    """The way to the bot changes at run time, after the URL has answered the challenge."""
    url = f"{sandbox.url}/_sandbox/delivery"
    bot = RecordingBot(sandbox)
    with hosted(bot.app) as endpoint:
        assert httpx.post(url, json={"mode": "http", "url": endpoint}).json() == {"ok": True}
        assert sandbox.person("U0KIM").say(INCIDENT, "/bridgepkg").acked
    assert httpx.get(f"{sandbox.url}/_sandbox/status").json()["mode"] == "http"
    assert httpx.post(url, json={"mode": "socket"}).json() == {"ok": True}
    assert httpx.post(url, json={"mode": "http", "url": "http://127.0.0.1:9/"}).json()["error"] == "challenge_failed"
    assert httpx.post(url, json={"mode": "pigeon"}).status_code == 400


@pytest.mark.parametrize("action", ["refresh", "drop"])
def test_sockets_can_be_disturbed(sandbox, action):
    """Connections can be refreshed or dropped from another process, and come back."""
    bot = RecordingBot(sandbox)
    with connected(bot.app, sandbox, ping_interval=0.2) as [handler]:
        before = sandbox.courier.socket_mode.connections
        assert httpx.post(f"{sandbox.url}/_sandbox/socket", json={"action": action}).json() == {"ok": True}
        reconnected(handler.client, sandbox, before)
    assert httpx.post(f"{sandbox.url}/_sandbox/socket", json={"action": "tickle"}).status_code == 400
