"""Events API: what the bot hears of changes, and how often."""

import pytest

from sandbox.seed import Channel
from tests.sandbox.builders import BRIDGE, GENERAL, IMPATIENT, INCIDENT, RecordingBot, connected, make_app


@pytest.fixture
def bot(sandbox):
    """A connected bot that keeps what it hears."""
    recording = RecordingBot(sandbox)
    with connected(recording.app, sandbox):
        yield recording


def heard(sandbox, bot, count: int = 1) -> list[dict]:
    """The events after so many have come, without their times."""
    sandbox.wait_until(lambda: len(bot.bodies) >= count)
    return [{key: held for key, held in body["event"].items() if key != "event_ts"} for body in bot.bodies]


def test_event_has_the_outer_document(sandbox, bot):
    """The wrapper names team, app and authorisation, and an id to dedupe by."""
    sandbox.workspace.set_group("S0LEGAL", [])
    sandbox.wait_until(lambda: bot.bodies)
    [body] = bot.bodies
    assert body.pop("event_id").startswith("Ev0")
    assert body.pop("event_context").startswith("4-")
    assert isinstance(body.pop("event_time"), int)
    assert body.pop("event")["type"] == "subteam_members_changed"
    assert body == {
        "token": "sandbox-verification",
        "team_id": "T0HOME",
        "context_team_id": "T0HOME",
        "context_enterprise_id": None,
        "api_app_id": "A0SANDBOX1",
        "type": "event_callback",
        "authorizations": [
            {
                "enterprise_id": None,
                "team_id": "T0HOME",
                "user_id": "U0BRIDGEPKG",
                "is_bot": True,
                "is_enterprise_install": False,
            }
        ],
        "is_ext_shared_channel": False,
    }


def test_reaction_is_heard_without_a_trigger(sandbox, client, bot):
    """A person's reaction is an event in the shared channel, without anything to open a modal with."""
    ts = client.chat_postMessage(channel=BRIDGE, text="x")["ts"]
    sandbox.person("U0CARA").react(BRIDGE, ts, "eyes")
    sandbox.person("U0CARA").react(BRIDGE, ts, "eyes", remove=True)
    item = {"type": "message", "channel": BRIDGE, "ts": ts}
    expected = {"user": "U0CARA", "reaction": "eyes", "item": item, "item_user": "U0BRIDGEPKG"}
    events = heard(sandbox, bot, 2)
    assert events == [{"type": "reaction_added", **expected}, {"type": "reaction_removed", **expected}]
    assert [body["is_ext_shared_channel"] for body in bot.bodies] == [True, True]


def test_sharing_is_heard_and_changes_the_channel(sandbox, client, bot):
    """A pending share is silent, an accepted one is an event, and unsharing takes the outsiders' sight."""
    workspace = sandbox.workspace
    workspace.offer_share(INCIDENT, "T0ACME")
    assert client.conversations_info(channel=INCIDENT)["channel"]["is_pending_ext_shared"] is True
    workspace.share(INCIDENT, "T0ACME")
    workspace.join(INCIDENT, "U0CARA")
    assert INCIDENT in sandbox.person("U0CARA").channels()
    workspace.unshare(INCIDENT, "T0ACME")
    assert sandbox.person("U0CARA").channels() == [BRIDGE]
    assert heard(sandbox, bot, 3) == [
        {"type": "channel_shared", "connected_team_id": "T0ACME", "channel": INCIDENT},
        {"type": "member_joined_channel", "user": "U0CARA", "channel": INCIDENT, "channel_type": "G", "team": "T0ACME"},
        {
            "type": "channel_unshared",
            "previously_connected_team_id": "T0ACME",
            "channel": INCIDENT,
            "is_ext_shared": False,
        },
    ]


def test_archiving_is_named_by_the_kind_of_channel(sandbox, bot):
    """Private channels have their own event names."""
    sandbox.workspace.archive(INCIDENT, by="U0KIM")
    sandbox.workspace.archive(GENERAL, by="U0KIM")
    sandbox.workspace.archive(INCIDENT, archived=False, by="U0KIM")
    assert [(event["type"], event["channel"]) for event in heard(sandbox, bot, 3)] == [
        ("group_archive", INCIDENT),
        ("channel_archive", GENERAL),
        ("group_unarchive", INCIDENT),
    ]


def test_changed_channel_id_carries_everything_over(sandbox, client, bot):
    """The old id is gone, the new one has the messages."""
    ts = client.chat_postMessage(channel=INCIDENT, text="x")["ts"]
    client.chat_postEphemeral(channel=INCIDENT, user="U0KIM", text="psst")
    sandbox.workspace.change_channel_id(INCIDENT, "C0NEW")
    expected = {"type": "channel_id_changed", "old_channel_id": INCIDENT, "new_channel_id": "C0NEW"}
    assert heard(sandbox, bot) == [expected]
    assert client.chat_update(channel="C0NEW", ts=ts, text="y")["ok"]
    assert [shown["text"] for shown in sandbox.person("U0KIM").ephemerals("C0NEW")] == ["psst"]


def test_people_changes_are_heard(sandbox, bot):
    """A deactivated user, a changed group and a leaver."""
    sandbox.workspace.set_user("U0SAM", deleted=True)
    sandbox.workspace.set_group("S0LEGAL", ["U0KIM"])
    sandbox.workspace.leave(BRIDGE, "U0ANA")
    user, group, left = heard(sandbox, bot, 3)
    assert (user["type"], user["user"]["id"], user["user"]["deleted"]) == ("user_change", "U0SAM", True)
    assert (group["added_users"], group["removed_users"], group["added_users_count"]) == (["U0KIM"], ["U0JO"], "1")
    assert (left["type"], left["user"]) == ("member_left_channel", "U0ANA")


def test_what_the_app_may_not_see_is_not_sent(sandbox, client, bot):
    """No membership, no scope or no subscription: no event."""
    workspace = sandbox.workspace
    ts = sandbox.person("U0KIM").say(GENERAL, "hello").ts
    sandbox.person("U0KIM").react(GENERAL, ts, "eyes")
    workspace.add_channel(Channel(id="C0SECRET", name="secret", is_private=True, members=("U0KIM",)))
    workspace.join("C0SECRET", "U0SAM")
    workspace.grant(["users:read", "chat:write"])
    workspace.set_group("S0LEGAL", [])
    workspace.set_user("U0SAM", title="CISO")
    assert [event["type"] for event in heard(sandbox, bot)] == ["user_change"]


@pytest.mark.parametrize("timing", [IMPATIENT])
def test_unanswered_event_is_retried_three_times(sandbox):
    """An event without an ack comes again, with the same id and the number of the retry."""
    app, attempts = make_app(sandbox), []

    @app.event("user_change")
    def fail(body, request):
        attempts.append((body["event_id"], request.headers.get("x-slack-retry-num", ["0"])[0]))
        raise RuntimeError("broken")

    with connected(app, sandbox):
        sandbox.workspace.set_user("U0SAM", title="CISO")
        sandbox.wait_until(lambda: len(sandbox.deliveries) == 4)
    assert [number for _, number in attempts] == ["0", "1", "2", "3"]
    assert len({event_id for event_id, _ in attempts}) == 1
    assert [delivery.retry_attempt for delivery in sandbox.deliveries] == [0, 1, 2, 3]


@pytest.mark.parametrize("timing", [IMPATIENT])
def test_retries_stop_at_the_first_ack(sandbox):
    """Once acknowledged, an event is not sent again."""
    app, attempts = make_app(sandbox), []

    @app.event("user_change")
    def fail_once(ack, request):
        attempts.append(request.headers.get("x-slack-retry-reason", [""])[0])
        if len(attempts) == 1:
            raise RuntimeError("broken")
        ack()

    with connected(app, sandbox):
        sandbox.workspace.set_user("U0SAM", title="CISO")
        sandbox.wait_until(lambda: [d.outcome for d in sandbox.deliveries] == ["operation_timeout", "acked"])
    assert attempts == ["", "timeout"]


def test_nobody_listening_means_no_event(sandbox):
    """Without a connection an event fails to be dispatched, is retried, and is given up."""
    sandbox.workspace.set_user("U0SAM", title="CISO")
    sandbox.wait_until(lambda: len(sandbox.deliveries) == 4)
    assert {delivery.outcome.value for delivery in sandbox.deliveries} == {"dispatch_failed"}
