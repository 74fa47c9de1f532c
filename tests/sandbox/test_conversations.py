"""Reading conversations with the real client."""

import pytest

from tests.sandbox.builders import BRIDGE, GENERAL, INCIDENT, refusal


def post_many(client, count: int) -> list[str]:
    """The timestamps of some messages, oldest first."""
    return [client.chat_postMessage(channel=INCIDENT, text=str(n))["ts"] for n in range(count)]


def test_shared_channel_says_with_whom(client):
    """conversations.info names the connected teams, and the number of members when asked."""
    channel = client.conversations_info(channel=BRIDGE, include_num_members=True)["channel"]
    sharing = ("is_ext_shared", "is_pending_ext_shared", "connected_team_ids", "pending_connected_team_ids")
    assert {key: channel[key] for key in sharing} == {
        "is_ext_shared": True,
        "is_pending_ext_shared": False,
        "connected_team_ids": ["T0ACME"],
        "pending_connected_team_ids": [],
    }
    assert (channel["num_members"], channel["is_private"], channel["is_member"]) == (4, False, True)
    assert "num_members" not in client.conversations_info(channel=BRIDGE)["channel"]


def test_public_channel_is_visible_without_membership(client):
    """The bot may look at a public channel that it is not in, but not read its history."""
    assert client.conversations_info(channel=GENERAL)["channel"]["is_member"] is False
    assert refusal(client.conversations_history, channel=GENERAL)["error"] == "not_in_channel"


def test_members_come_page_by_page(client):
    """Every member comes exactly once, over pages."""
    first = client.conversations_members(channel=INCIDENT, limit=4)
    second = client.conversations_members(channel=INCIDENT, limit=4, cursor=first["response_metadata"]["next_cursor"])
    assert first["members"] + second["members"] == [
        "U0KIM", "U0SAM", "U0LEE", "U0JO", "U0ANA", "U0VIC", "U0BRIDGEPKG",
    ]  # fmt: skip
    assert second["response_metadata"]["next_cursor"] == ""


@pytest.mark.parametrize("cursor", ["nonsense", "bm9wZTox", "b2Zmc2V0Ong="])
def test_made_up_cursor_is_refused(client, cursor):
    """A cursor that Slack did not make is invalid."""
    assert refusal(client.conversations_members, channel=INCIDENT, cursor=cursor)["error"] == "invalid_cursor"


def test_list_shows_the_asked_types(client):
    """Only public channels unless private ones are asked for."""
    public = client.conversations_list()["channels"]
    both = client.conversations_list(types="public_channel,private_channel")["channels"]
    assert [channel["id"] for channel in public] == [BRIDGE, GENERAL]
    assert [channel["id"] for channel in both] == [INCIDENT, BRIDGE, GENERAL]


def test_history_is_newest_first_and_paged(client):
    """All messages come once, newest first, over pages."""
    stamps = post_many(client, 5)
    first = client.conversations_history(channel=INCIDENT, limit=3)
    second = client.conversations_history(channel=INCIDENT, limit=3, cursor=first["response_metadata"]["next_cursor"])
    assert [m["ts"] for m in first["messages"] + second["messages"]] == stamps[::-1]
    assert (first["has_more"], second["has_more"]) == (True, False)


def test_history_between_two_times_leaves_the_ends_out(client):
    """`oldest` and `latest` are exclusive unless `inclusive` says otherwise."""
    stamps = post_many(client, 4)
    ends = {"channel": INCIDENT, "oldest": stamps[0], "latest": stamps[3]}
    assert [m["ts"] for m in client.conversations_history(**ends)["messages"]] == [stamps[2], stamps[1]]
    assert [m["ts"] for m in client.conversations_history(**ends, inclusive=True)["messages"]] == stamps[::-1]


def test_metadata_comes_only_when_asked_for(client):
    """History hides metadata unless include_all_metadata is set, which is how an unclear post is looked for."""
    metadata = {"event_type": "attempt", "event_payload": {"id": "a1"}}
    client.chat_postMessage(channel=INCIDENT, text="x", metadata=metadata)
    plain = client.conversations_history(channel=INCIDENT)["messages"]
    asked = client.conversations_history(channel=INCIDENT, include_all_metadata=True)["messages"]
    assert ["metadata" in message for message in plain] == [False]
    assert [message["metadata"] for message in asked] == [metadata]


def test_metadata_survives_an_update_unless_it_is_emptied(client):
    """An update without metadata keeps it; an empty object removes it."""
    metadata = {"event_type": "attempt", "event_payload": {"id": "a1"}}
    ts = client.chat_postMessage(channel=INCIDENT, text="x", metadata=metadata)["ts"]
    assert client.chat_update(channel=INCIDENT, ts=ts, text="y")["message"]["metadata"] == metadata
    assert "metadata" not in client.chat_update(channel=INCIDENT, ts=ts, text="z", metadata={})["message"]


def test_replies_hold_the_parent_first(client):
    """A thread is its parent and then the replies; a reply is not in the channel's history."""
    parent = client.chat_postMessage(channel=INCIDENT, text="parent")["ts"]
    first = client.chat_postMessage(channel=INCIDENT, text="one", thread_ts=parent)["ts"]
    client.chat_postMessage(channel=INCIDENT, text="two", thread_ts=first)
    thread = client.conversations_replies(channel=INCIDENT, ts=parent)["messages"]
    assert [(m["text"], m["thread_ts"]) for m in thread] == [("parent", parent), ("one", parent), ("two", parent)]
    assert thread[0]["reply_count"] == 2
    assert [m["text"] for m in client.conversations_history(channel=INCIDENT)["messages"]] == ["parent"]
    assert refusal(client.conversations_replies, channel=INCIDENT, ts="1.000001")["error"] == "thread_not_found"


def test_broadcast_reply_shows_in_the_channel(client):
    """reply_broadcast puts a reply into the channel too."""
    parent = client.chat_postMessage(channel=INCIDENT, text="parent")["ts"]
    client.chat_postMessage(channel=INCIDENT, text="loud", thread_ts=parent, reply_broadcast=True)
    newest = client.conversations_history(channel=INCIDENT)["messages"][0]
    assert (newest["text"], newest["subtype"]) == ("loud", "thread_broadcast")


def test_open_finds_the_same_direct_message_again(client):
    """conversations.open answers one id per person."""
    ids = [client.conversations_open(users=user)["channel"]["id"] for user in ("U0KIM", "U0KIM", "U0SAM")]
    assert (ids[0] == ids[1], ids[0] == ids[2]) == (True, False)
    assert refusal(client.conversations_open, users="U0NOBODY")["error"] == "user_not_found"
