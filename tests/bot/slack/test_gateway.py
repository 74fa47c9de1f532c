"""The gateway: what it makes of each answer of Slack, and what cards show of a channel."""

import socket
import threading

import pytest

from blocks.drawing import Drawing
from bot.settings import load_deployment
from bot.slack.api import make_client
from bot.slack.connect import connect
from bot.slack.errors import NotDoneError, UnclearError
from bot.slack.gateway import SHARED_LINE, ApprovedPost
from demo.sample import FOLDER
from sandbox.faults import FaultKind
from sandbox.model.tickets import ReplyKind
from sandbox.seed import Seed
from sandbox.server import Sandbox
from tests.bot.slack.test_api import answering
from tests.bot.stage import BRIDGE, INCIDENT
from tests.builders import make_draft
from tests.clocks import MovedClock
from tests.lives import posting_of

DEPLOYMENT = load_deployment(FOLDER / "bridgepkg.yaml")
AUDIENCE = DEPLOYMENT.audience("acme")
DRAFT = make_draft()
CHANNEL = DRAFT.audience.channel
POST = ApprovedPost(DRAFT, posting_of(DRAFT))


@pytest.fixture(scope="module")
def sandbox():
    """The sample's workspace."""
    with Sandbox(Seed.model_validate_json((FOLDER / "workspace.json").read_bytes()), rate_limits=False) as running:
        yield running


class Halted(MovedClock):
    """A time that passes only when a test says so."""

    def monotonic(self) -> float:
        """Seconds that a test has let pass."""
        return self.ahead.total_seconds()


@pytest.fixture
def clock():
    """A time that a test moves on."""
    return Halted()


@pytest.fixture
def bridge(sandbox, clock):
    """The sample's bridge, of which nothing is known yet."""
    client = make_client("xoxb-sandbox-bot-token", sandbox.api_url, seconds=3)
    return connect(client, DEPLOYMENT.config, clock).bridge


def test_release_knows_where_slack_posted():
    """The answer names the channel of the attempt and the message's timestamp."""
    with answering(200, f'{{"ok": true, "channel": "{CHANNEL}", "ts": "1.5"}}') as client:
        assert connect(client, DEPLOYMENT.config, MovedClock()).bridge.release(POST) == "1.5"


@pytest.mark.parametrize("channel", ['"C0AAAA"', '"C0ZZZZ"', "null", '""'])
@pytest.mark.parametrize("ts", ['"1.5"', "null"])
def test_release_is_unclear_when_slack_answers_for_another_channel(channel, ts):
    """Whichever it is: nobody can say where the message stands."""
    with answering(200, f'{{"ok": true, "channel": {channel}, "ts": {ts}}}') as client, pytest.raises(UnclearError):
        connect(client, DEPLOYMENT.config, MovedClock()).bridge.release(POST)


@pytest.mark.parametrize("ts", ["null", "1.5", '["1.5"]'])
def test_release_is_unclear_when_slack_does_not_say_where(ts):
    """An answer without a timestamp is none."""
    body = f'{{"ok": true, "channel": "{CHANNEL}", "ts": {ts}}}'
    with answering(200, body) as client, pytest.raises(UnclearError):
        connect(client, DEPLOYMENT.config, MovedClock()).bridge.release(POST)


def respond(status) -> None:
    """Answer a command at an address that takes everything with this status."""
    with answering(status, "ok") as client:
        poster = connect(client, DEPLOYMENT.config, MovedClock()).internal
        poster.respond(INCIDENT, client.base_url, Drawing("an answer", ()), harmless=True)


@pytest.mark.parametrize(("status", "why"), [(429, ("ratelimited", 1)), (404, ("response_url_refused", None))])
def test_answer_that_was_refused_was_surely_not_given(status, why):
    """A rate limit passes in a second; an address that is gone takes nothing any more."""
    with pytest.raises(NotDoneError) as refused:
        respond(status)
    assert (refused.value.error, refused.value.retry_after) == why


@pytest.mark.parametrize("status", [500, 502, 599])
def test_answer_that_broke_off_is_unclear(status):
    """Slack may have shown it."""
    with pytest.raises(UnclearError):
        respond(status)


@pytest.mark.parametrize("status", [101, 201, 204, 302, 400, 428, 430, 499])
def test_answer_counts_only_where_slack_says_so(status):
    """Slack takes an answer with 200, and with nothing else."""
    respond(200)
    with pytest.raises(NotDoneError) as refused:
        respond(status)
    assert refused.value.error == "response_url_refused"


def test_answer_to_a_command_has_no_content_unless_it_is_harmless(sandbox, clock):
    """Where others read along, an answer is a line without content; a harmless one says all it has to."""
    client = make_client("xoxb-sandbox-bot-token", sandbox.api_url, seconds=3)
    poster, kim = connect(client, DEPLOYMENT.config, clock).internal, sandbox.person("U0KIM")
    sandbox.workspace.share(INCIDENT, "T0ACME")
    try:
        for harmless in ({}, {"harmless": False}, {"harmless": True}):
            address = sandbox.url + sandbox.workspace.tickets.reply(ReplyKind.COMMAND, INCIDENT, "U0KIM")
            poster.respond(INCIDENT, address, Drawing("an unapproved draft", ()), **harmless)
    finally:
        sandbox.workspace.unshare(INCIDENT, "T0ACME")
    heard = [message["text"] for message in kim.ephemerals(INCIDENT)]
    assert heard == [SHARED_LINE, SHARED_LINE, "an unapproved draft"]


def test_answer_is_seen_by_one_person_and_replaces_nothing(sandbox, clock):
    """What is drawn comes whole, beside the message that was clicked and not in its place."""
    client = make_client("xoxb-sandbox-bot-token", sandbox.api_url, seconds=3)
    poster = connect(client, DEPLOYMENT.config, clock).internal
    block = {"type": "section", "text": {"type": "plain_text", "text": "drawn"}}
    for blocks in ((block,), ()):
        address = sandbox.url + sandbox.workspace.tickets.reply(ReplyKind.COMMAND, INCIDENT, "U0KIM")
        poster.respond(INCIDENT, address, Drawing("said", blocks))
        sent = sandbox.calls("response_url")[-1].arguments
        assert sent.get("blocks", []) == list(blocks)
        assert (sent["text"], sent["response_type"], sent["replace_original"]) == ("said", "ephemeral", False)


@pytest.mark.parametrize("address", ["http://127.0.0.1:1/commands/x", "ftp://127.0.0.1/commands/x"])
def test_answer_that_reached_nobody_is_unclear(sandbox, clock, address):
    """Nobody listens there, or it is no address of the web: a later try may do better, and harms nobody."""
    client = make_client("xoxb-sandbox-bot-token", sandbox.api_url, seconds=3)
    with pytest.raises(UnclearError):
        connect(client, DEPLOYMENT.config, clock).internal.respond(INCIDENT, address, Drawing("said", ()))


def test_answer_to_which_nothing_like_http_comes_back_is_unclear(sandbox, clock):
    """Something else listens there."""
    client = make_client("xoxb-sandbox-bot-token", sandbox.api_url, seconds=3)
    with socket.create_server(("127.0.0.1", 0)) as server:
        thread = threading.Thread(target=_babble, args=(server,))
        thread.start()
        address = f"http://127.0.0.1:{server.getsockname()[1]}/commands/x"
        with pytest.raises(UnclearError):
            connect(client, DEPLOYMENT.config, clock).internal.respond(INCIDENT, address, Drawing("said", ()))
        thread.join(5)


def _babble(server) -> None:
    connection, _ = server.accept()
    with connection:
        connection.recv(65536)
        connection.sendall(b"good morning\r\n\r\n")


def test_readers_are_the_people_of_the_customer(sandbox, bridge):
    """Neither ours count, nor the customer's bots."""
    assert bridge.readers(AUDIENCE) == 1
    sandbox.workspace.set_user("U0CARA", is_bot=True)
    try:
        bot = connect(bridge._client, DEPLOYMENT.config, MovedClock()).bridge
        assert bot.readers(AUDIENCE) == 0
    finally:
        sandbox.workspace.set_user("U0CARA", is_bot=False)


def test_readers_are_none_while_slack_does_not_say(sandbox, bridge):
    """A card then says nothing of their number."""
    sandbox.faults.add(FaultKind.HTTP_500, "conversations.members", times=1)
    assert bridge.readers(AUDIENCE) == 0


@pytest.mark.parametrize(("fault", "shown"), [(None, "bridge-acme"), (FaultKind.HTTP_500, BRIDGE)])
def test_channel_is_called_by_its_name_or_else_by_its_id(sandbox, bridge, fault, shown):
    """A card names the channel as well as it can."""
    if fault:
        sandbox.faults.add(fault, "conversations.info", times=1)
    assert bridge.name(BRIDGE) == shown


@pytest.mark.parametrize(("seconds", "questions"), [(59.9, 1), (60.0, 2)])
def test_what_cards_show_is_a_minute_old_at_most(sandbox, bridge, clock, seconds, questions):
    """Within a minute Slack is asked once for a channel's name."""
    before = len(sandbox.calls("conversations.info"))
    bridge.name(BRIDGE)
    clock.pass_by(seconds)
    bridge.name(BRIDGE)
    assert len(sandbox.calls("conversations.info")) - before == questions


@pytest.mark.parametrize("told", ['"is_member": true', '"id": "C0ACME"', '"is_member": null'])
def test_bot_is_taken_for_a_member_unless_slack_denies_it(told):
    """Slack need not say; only where it says no is the bot to be invited."""
    with answering(200, f'{{"ok": true, "channel": {{{told}}}}}') as client:
        connect(client, DEPLOYMENT.config, MovedClock()).bridge.require_membership(AUDIENCE)


def test_refusal_names_what_keeps_the_bridge_closed_most(sandbox, bridge):
    """Of an archived channel that is read-only too, the archive is told: nothing else helps before."""
    sandbox.workspace.set_channel(BRIDGE, is_archived=True, is_read_only=True)
    try:
        assert bridge.refusal(AUDIENCE) == "The bridge channel is archived."
    finally:
        sandbox.workspace.set_channel(BRIDGE, is_archived=False, is_read_only=False)


def posted(sandbox, text) -> str:
    """A message in the bridge; its timestamp."""
    client = make_client("xoxb-sandbox-bot-token", sandbox.api_url, seconds=3)
    return client.chat_postMessage(channel=BRIDGE, text=text)["ts"]


def test_read_back_is_of_one_message(sandbox, bridge):
    """What stands before and after it is another; a timestamp at which nothing stands is none."""
    stamps = [posted(sandbox, text) for text in ("before", "this one", "after")]
    assert [bridge.read_back(BRIDGE, ts)["text"] for ts in stamps] == ["before", "this one", "after"]
    assert bridge.read_back(BRIDGE, "1.000001") is None


def test_read_back_takes_no_other_message_for_it():
    """Not even when Slack answers with one."""
    for ts in ("1.4", "1.6"):
        with answering(200, f'{{"ok": true, "messages": [{{"ts": "{ts}"}}]}}') as client:
            assert connect(client, DEPLOYMENT.config, MovedClock()).bridge.read_back(BRIDGE, "1.5") is None


@pytest.mark.parametrize(
    ("status", "body", "address"),
    [
        (200, '{"ok": true, "permalink": "https://x.slack.com/p1"}', "https://x.slack.com/p1"),
        (200, '{"ok": true, "permalink": ""}', None),
        (200, '{"ok": true}', None),
        (200, '{"ok": false, "error": "message_not_found"}', None),
        (500, "", None),
    ],
)
def test_address_of_a_message_is_what_slack_says_or_none(status, body, address):
    """A notice goes without the address where Slack does not say."""
    with answering(status, body) as client:
        assert connect(client, DEPLOYMENT.config, MovedClock()).bridge.permalink(BRIDGE, "1.5") == address
