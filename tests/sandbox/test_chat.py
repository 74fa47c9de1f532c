"""Posting, editing and deleting messages with the real client."""

import json

import pytest

from sandbox.model.channels import Readers
from tests.sandbox.builders import BRIDGE, GENERAL, INCIDENT, actions, button, make_client, refusal, section

PROFILE = {
    "id": "B0SANDBOX1",
    "app_id": "A0SANDBOX1",
    "user_id": "U0BRIDGEPKG",
    "name": "bridgepkg",
    "icons": {},
    "deleted": False,
    "updated": 1700000000,
    "team_id": "T0HOME",
}


def test_posted_message_comes_back_with_slacks_additions(client):
    """Slack adds its author fields, block ids and text flags, so a bot must not expect its own bytes."""
    header = {"type": "header", "block_id": "h", "text": {"type": "plain_text", "text": "R&D <1>"}}
    answer = client.chat_postMessage(channel=INCIDENT, text="plain", blocks=[header, section("*hi*")])
    message = answer["message"]
    made_id = message["blocks"][1].pop("block_id")
    assert len(made_id) == 5
    assert message == {
        "user": "U0BRIDGEPKG",
        "type": "message",
        "ts": answer["ts"],
        "bot_id": "B0SANDBOX1",
        "app_id": "A0SANDBOX1",
        "bot_profile": PROFILE,
        "text": "plain",
        "team": "T0HOME",
        "blocks": [
            {
                "type": "header",
                "block_id": "h",
                "text": {"type": "plain_text", "text": "R&amp;D &lt;1&gt;", "emoji": True},
            },
            {"type": "section", "text": {"type": "mrkdwn", "text": "*hi*", "verbatim": False}},
        ],
    }
    assert answer["channel"] == INCIDENT


def test_given_flags_and_ids_are_kept(client):
    """What the bot says itself is not overwritten by the defaults."""
    block = section("x") | {"block_id": "mine", "expand": True}
    block["text"]["verbatim"] = True
    answer = client.chat_postMessage(channel=INCIDENT, text="plain", blocks=[block])
    assert answer["message"]["blocks"] == [block]


def test_timestamps_are_unique_and_grow(client):
    """Every message has its own timestamp, also within one microsecond."""
    stamps = [client.chat_postMessage(channel=INCIDENT, text=str(n))["ts"] for n in range(5)]
    assert stamps == sorted(set(stamps), key=float)


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        ({"channel": "C0NOWHERE", "text": "x"}, "channel_not_found"),
        ({"channel": GENERAL, "text": "x"}, "not_in_channel"),
        ({"channel": INCIDENT}, "no_text"),
        ({"channel": INCIDENT, "text": "  "}, "no_text"),
        ({"channel": INCIDENT, "text": "x" * 40_001}, "msg_too_long"),
        ({"channel": INCIDENT, "text": "x", "blocks": "not json"}, "invalid_blocks_format"),
        ({"channel": INCIDENT, "text": "x", "blocks": json.dumps({"type": "divider"})}, "invalid_blocks_format"),
        ({"channel": INCIDENT, "text": "x", "metadata": json.dumps({"event_type": "a"})}, "invalid_metadata_format"),
        ({"channel": INCIDENT, "text": "x", "thread_ts": "1.000001"}, "thread_not_found"),
    ],
)
def test_bad_post_is_refused_by_slacks_name(client, arguments, error):
    """Each reason has the name that Slack gives it."""
    assert refusal(client.api_call, "chat.postMessage", json=arguments)["error"] == error


def test_post_without_channel_says_which_argument_is_missing(client):
    """A missing argument is named in words."""
    body = refusal(client.api_call, "chat.postMessage", json={"text": "x"})
    assert body == {
        "ok": False,
        "error": "invalid_arguments",
        "response_metadata": {"messages": ["[ERROR] missing required field: channel"]},
    }


def test_invalid_blocks_are_pointed_at(client):
    """The refusal holds json-pointers, once plain and once as messages."""
    body = refusal(client.chat_postMessage, channel=INCIDENT, text="x", blocks=[section("x" * 3001)])
    errors = [
        "failed to match all allowed schemas [json-pointer:/blocks/0/text]",
        "must be less than 3001 characters [json-pointer:/blocks/0/text/text]",
    ]
    assert body == {
        "ok": False,
        "error": "invalid_blocks",
        "errors": errors,
        "response_metadata": {"messages": [f"[ERROR] {error}" for error in errors]},
    }


def test_private_channel_without_the_bot_does_not_exist(sandbox, client):
    """A private channel that the bot left is channel_not_found, not not_in_channel."""
    sandbox.workspace.leave(INCIDENT, "U0BRIDGEPKG")
    assert refusal(client.chat_postMessage, channel=INCIDENT, text="x")["error"] == "channel_not_found"


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"is_archived": True}, "is_archived"),
        ({"is_frozen": True}, "restricted_action"),
        ({"is_read_only": True}, "restricted_action_read_only_channel"),
    ],
)
def test_closed_channel_takes_no_post(sandbox, client, changes, error):
    """Archived, frozen and read-only channels refuse by their own names."""
    sandbox.workspace.set_channel(INCIDENT, **changes)
    assert refusal(client.chat_postMessage, channel=INCIDENT, text="x")["error"] == error


def test_public_scope_posts_without_being_a_member(sandbox, client):
    """chat:write.public opens public channels, but no private ones."""
    sandbox.workspace.grant(["chat:write", "chat:write.public"])
    assert client.chat_postMessage(channel="#general", text="x")["channel"] == GENERAL


def test_long_text_without_blocks_becomes_several_messages(sandbox, client):
    """One call can make several messages; with blocks the text is only the fallback and stays whole."""
    first = client.chat_postMessage(channel=INCIDENT, text="x" * 4001)
    shown = sandbox.person("U0KIM").messages(INCIDENT)
    assert [len(message["text"]) for message in shown] == [4000, 1]
    assert first["ts"] == shown[0]["ts"]
    client.chat_postMessage(channel=INCIDENT, text="x" * 4001, blocks=[section()])
    assert len(sandbox.person("U0KIM").messages(INCIDENT)) == 3


def test_post_to_a_person_opens_their_direct_message(sandbox, client):
    """A user id as channel is the direct message with that person."""
    answer = client.chat_postMessage(channel="U0KIM", text="psst")
    assert answer["channel"] == client.conversations_open(users="U0KIM")["channel"]["id"]
    assert [message["text"] for message in sandbox.person("U0KIM").messages(answer["channel"])] == ["psst"]
    assert answer["channel"] not in sandbox.person("U0SAM").channels()


def test_record_says_who_could_read_a_post(sandbox, client):
    """Each post is recorded with its readers at that moment, split by organisation, bots left out."""
    client.chat_postMessage(
        channel=BRIDGE, text="x", unfurl_links=False, metadata={"event_type": "a", "event_payload": {"id": "1"}}
    )
    sandbox.workspace.leave(BRIDGE, "U0CARA")
    client.chat_postMessage(channel=BRIDGE, text="y")
    first, second = sandbox.calls("chat.postMessage")
    assert first.readers == Readers(inside=("U0KIM", "U0ANA"), outside=("U0CARA",))
    assert second.readers == Readers(inside=("U0KIM", "U0ANA"))
    assert first.arguments["metadata"] == {"event_type": "a", "event_payload": {"id": "1"}}
    assert first.response["message"]["text"] == "x"


def test_update_replaces_text_and_blocks(sandbox, client):
    """An update with blocks carries no edited mark; text alone removes the blocks and does."""
    ts = client.chat_postMessage(channel=INCIDENT, text="a", blocks=actions())["ts"]
    answer = client.chat_update(channel=INCIDENT, ts=ts, text="b", blocks=[section("b")])
    assert (answer["text"], "edited" in answer["message"]) == ("b", False)
    client.chat_update(channel=INCIDENT, ts=ts, text="c")
    [shown] = sandbox.person("U0KIM").messages(INCIDENT)
    assert (shown["text"], shown["blocks"], shown["edited"]) == ("c", [], True)


def test_update_limits_text_at_four_thousand(client):
    """chat.update refuses a text that chat.postMessage takes."""
    ts = client.chat_postMessage(channel=INCIDENT, text="a")["ts"]
    assert client.chat_update(channel=INCIDENT, ts=ts, text="x" * 4000)["ok"]
    assert refusal(client.chat_update, channel=INCIDENT, ts=ts, text="x" * 4001)["error"] == "msg_too_long"


def test_update_of_what_is_not_ours_or_not_there_is_refused(sandbox, client):
    """Only the bot's own messages can be edited, and only while they and their channel exist."""
    theirs = sandbox.person("U0KIM").say(INCIDENT, "hello").ts
    ours = client.chat_postMessage(channel=INCIDENT, text="a")["ts"]
    assert refusal(client.chat_update, channel=INCIDENT, ts=theirs, text="x")["error"] == "cant_update_message"
    assert refusal(client.chat_update, channel=INCIDENT, ts="1.000001", text="x")["error"] == "message_not_found"
    sandbox.workspace.archive(INCIDENT)
    assert refusal(client.chat_update, channel=INCIDENT, ts=ours, text="x")["error"] == "is_inactive"


def test_edit_window_closes_with_the_clock(seed):
    """A workspace may forbid edits after some time."""
    from sandbox.server import Sandbox

    now = [1_800_000_000.0]
    limited = seed.model_copy(update={"edit_window_seconds": 60})
    with Sandbox(limited, rate_limits=False, clock=lambda: now[0]) as sandbox:
        client = make_client(sandbox)
        ts = client.chat_postMessage(channel=INCIDENT, text="a")["ts"]
        now[0] += 61
        assert refusal(client.chat_update, channel=INCIDENT, ts=ts, text="b")["error"] == "edit_window_closed"


def test_delete_takes_the_message_away(sandbox, client):
    """A deleted message is gone; one with replies leaves a tombstone."""
    ts = client.chat_postMessage(channel=INCIDENT, text="a")["ts"]
    parent = client.chat_postMessage(channel=INCIDENT, text="b")["ts"]
    client.chat_postMessage(channel=INCIDENT, text="reply", thread_ts=parent)
    client.chat_delete(channel=INCIDENT, ts=ts)
    client.chat_delete(channel=INCIDENT, ts=parent)
    assert [message["text"] for message in sandbox.person("U0KIM").messages(INCIDENT)] == ["This message was deleted."]
    assert refusal(client.chat_delete, channel=INCIDENT, ts=ts)["error"] == "message_not_found"


def test_permalink_points_at_channel_and_message(client):
    """A permalink holds the timestamp without its dot, and the thread of a reply."""
    ts = client.chat_postMessage(channel=INCIDENT, text="a")["ts"]
    reply = client.chat_postMessage(channel=INCIDENT, text="b", thread_ts=ts)["ts"]
    plain = f"https://northwind.slack.com/archives/{INCIDENT}/p{ts.replace('.', '')}"
    threaded = (
        f"https://northwind.slack.com/archives/{INCIDENT}/p{reply.replace('.', '')}?thread_ts={ts}&cid={INCIDENT}"
    )
    assert client.chat_getPermalink(channel=INCIDENT, message_ts=ts)["permalink"] == plain
    assert client.chat_getPermalink(channel=INCIDENT, message_ts=reply)["permalink"] == threaded


def test_ephemeral_is_seen_by_one_person_and_by_no_history(sandbox, client):
    """An ephemeral is for one member only, and the bot cannot find it again."""
    answer = client.chat_postEphemeral(channel=BRIDGE, user="U0KIM", text="for you", blocks=actions(button()))
    assert [shown["ts"] for shown in sandbox.person("U0KIM").ephemerals(BRIDGE)] == [answer["message_ts"]]
    assert [sandbox.person(user).ephemerals(BRIDGE) for user in ("U0ANA", "U0CARA")] == [[], []]
    assert client.conversations_history(channel=BRIDGE)["messages"] == []
    assert (
        refusal(client.chat_update, channel=BRIDGE, ts=answer["message_ts"], text="x")["error"] == "message_not_found"
    )
    assert sandbox.calls("chat.postEphemeral")[0].readers == Readers(inside=("U0KIM",))


def test_ephemeral_needs_a_member_as_reader(client):
    """Someone who is not in the channel cannot be whispered to there."""
    body = refusal(client.chat_postEphemeral, channel=BRIDGE, user="U0SAM", text="x")
    assert body == {"ok": False, "error": "user_not_in_channel"}
