"""Nothing withheld reaches anybody who may not read it: the whole tale and every refusal, searched for canaries.

What is looked for are all names, keys, hosts, texts and unmapped values of all evidence that the tale was built from.
"""

import orjson
import pytest
from sqlalchemy import select

from blocks import say
from bot.process.logs import IDS
from storage.cases import cases_of
from storage.tables import inbox
from tests.bot.acts import sealed_side
from tests.bot.stage import BRIDGE, INCIDENT, staged
from tests.bot.tale import NOTE, REASON, guest_joins, overheard, provoke, tell
from tests.canaries import assert_no_canary, canaries
from tests.databases import sqlite_url

OUR_OWN = {"Meridian", "INC-1042", "inc-1042"}
"""Stand in exports and are known to everybody inside: our company, in every link, and the incident, on every card."""

CLEARED = {"U0KIM", "U0SAM", "U0JO", "U0TWO"}
OUR_INCIDENT = {INCIDENT, "INC-1042", REASON}
"""What outsiders may not read beside: which incident and channel it is, and why a message was taken back."""


@pytest.fixture(scope="module")
def tale(tmp_path_factory):
    """The tale, all that is refused, and a guest in the incident's channel, with what was said and logged meanwhile."""
    folder = tmp_path_factory.mktemp("canaries")
    with overheard() as heard, staged(sqlite_url(folder), folder) as stage:
        tell(stage)
        provoke(stage)
        guest_joins(stage)
        stage.settle()
        yield stage, heard.lines


@pytest.fixture(scope="module")
def forbidden(tale):
    """Every canary of every draft's evidence, and what people wrote for colleagues alone."""
    stage, _ = tale
    updates = [draft for draft in stage.drafts() if draft.draft.version]
    found = {canary for draft in updates for canary in canaries(sealed_side(stage, draft).evidence)}
    return (found | {NOTE}) - OUR_OWN


def sent(call):
    """Everything that one call carried to Slack, as bytes, but for whom it was addressed to."""
    return orjson.dumps({name: value for name, value in call.arguments.items() if name not in {"user", "channel"}})


def screen(stage, user, since=frozenset()):
    """What the bot has put on somebody's screen: messages after some, whispers, modals, Home."""
    view = stage.person(user).view()
    shown = [message for channel in view["channels"] for message in (*channel["messages"], *channel["ephemerals"])]
    ours = ("text", "blocks", "replies")
    return (
        [{name: m.get(name) for name in ours} for m in shown if m["ts"] not in since] + view["modals"] + [view["home"]]
    )


def test_tale_holds_what_could_leak(tale, forbidden):
    """The search means something: names of every kind are among the canaries, and the tale did go to the bridge."""
    stage, lines = tale
    kinds = {"edge-signer", "pay-edge", "PAY-3317", "eu-west-1", "47b72fb1d4771bb9", "Priya Raman", NOTE}
    assert kinds - forbidden == set()
    assert len([c for c in stage.sandbox.calls("chat.postMessage") if c.arguments["channel"] == BRIDGE and c.ok]) == 5
    assert len([c for c in stage.sandbox.calls() if c.readers and c.readers.outside]) > 10
    assert len([line for line in lines if "bridgepkg" in line]) > 0


def test_nothing_withheld_reaches_the_bridge(tale, forbidden):
    """No canary in any byte that the bridge's channel receives: posts, edits, whispers, answers, blocks, metadata."""
    stage, _ = tale
    calls = [call for call in stage.sandbox.calls() if call.arguments.get("channel") == BRIDGE]
    assert_no_canary([sent(call) for call in calls], forbidden | OUR_INCIDENT)
    assert {call.method for call in calls} >= {"chat.postMessage", "chat.update", "response_url"}


def test_nothing_withheld_is_seen_by_outsiders_and_guests(tale, forbidden):
    """The customer's and the guest's whole screens, and whatever was shown while either could read it."""
    stage, _ = tale
    secret = forbidden | OUR_INCIDENT
    shown = [c for c in stage.sandbox.calls() if c.readers and (c.readers.outside or "U0GUS" in c.readers.inside)]
    assert_no_canary([sent(call) for call in shown], secret)
    assert_no_canary(screen(stage, "U0CARA"), secret)
    earlier = {message["ts"] for message in stage.person("U0KIM").messages(INCIDENT)}
    assert_no_canary(screen(stage, "U0GUS", earlier), secret)


def test_nothing_withheld_is_shown_to_those_who_are_not_cleared(tale, forbidden):
    """Cards, lines and forms in internal channels, answers to account, support and leadership: no restricted name."""
    stage, _ = tale
    shown = [c for c in stage.sandbox.calls() if c.readers and not {*c.readers.inside, *c.readers.outside} <= CLEARED]
    assert_no_canary([sent(call) for call in shown], forbidden)
    assert {c.method for c in shown} == {
        "chat.postMessage",
        "chat.update",
        "response_url",
        "views.update",
        "views.open",
        "views.publish",
    }


def test_cleared_readers_do_read_names(tale, forbidden):
    """The other way round: to the cleared the same answers do name sources, so that the search above is no accident."""
    stage, _ = tale
    shown = b"".join(sent(c) for c in stage.sandbox.calls() if c.readers and {*c.readers.inside} <= CLEARED)
    with pytest.raises(AssertionError, match="withheld: "):
        assert_no_canary(shown, forbidden)


def test_nothing_withheld_is_logged(tale, forbidden):
    """No line from INFO on holds a canary, a reason, or the customer's words."""
    stage, lines = tale
    said = {line for text in stage.bridge() for line in text.splitlines() if "Payments" in line}
    assert_no_canary(lines, forbidden | {REASON} | said)


def test_log_is_json_and_every_line_of_a_row_carries_its_ids(tale):
    """One object a line with known fields; a worked request names itself, its incident and its worker alone."""
    stage, lines = tale
    said = [orjson.loads(line) for line in lines]
    assert {name for line in said for name in line} == {"at", "level", "logger", "event", *IDS}
    worked = [line for line in said if line["event"] == "a request was worked"]
    with stage.bot.store.read() as transaction:
        lanes = dict(transaction.execute(select(inbox.c.id, inbox.c.lane).order_by(inbox.c.seq)).all())
    opening = next(iter(lanes))  # at its beginning the channel belonged to no incident yet
    assert [line["request"] for line in worked] == list(lanes)
    known = {name: "INC-1042" for name, lane in lanes.items() if lane == INCIDENT and name != opening}
    assert {line["request"]: line["incident"] for line in worked if "incident" in line} == known
    rows = [line for line in said if line["logger"] == "bridgepkg.work"]
    assert {line.get("worker") for line in rows} == {"test"}
    drafts = {draft.id for draft in stage.drafts()}
    assert {line["draft"] for line in rows if "draft" in line} - drafts == set()
    assert len([line for line in worked if "draft" in line]) > 10


def test_outsiders_read_one_line_in_the_bridge(tale):
    """Whatever was clicked there, the customer reads only that they may not, and colleagues a line without content."""
    stage, _ = tale
    answers = {user: {m["text"] for m in stage.person(user).ephemerals(BRIDGE)} for user in ("U0CARA", "U0KIM")}
    assert answers == {
        "U0CARA": {say.unrecorded(say.access.OUTSIDE)},
        "U0KIM": {"I do not answer in shared channels. Please ask me in the incident's own channel."},
    }


def test_names_of_bridge_cases_are_opaque(tale):
    """Ids that travel in buttons and metadata are random: none tells incident, account or draft."""
    stage, _ = tale
    with stage.bot.store.read() as transaction:
        ids = [bridge_case.id for bridge_case in cases_of(transaction)] + [draft.id for draft in stage.drafts()]
    assert [name for name in ids if len(name) != 32 or set(name) - set("0123456789abcdef")] == []
    posted = [c.arguments for c in stage.sandbox.calls("chat.postMessage") if c.arguments["channel"] == BRIDGE]
    payloads = [set(arguments["metadata"]["event_payload"]) for arguments in posted]
    assert payloads == [{"attempt"}] * len(posted)
