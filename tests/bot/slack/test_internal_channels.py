"""Internal channels: who reads one is asked before every post, and one word of content is too much for outsiders."""

import pytest

from blocks.drawing import Drawing
from bot.clock import SYSTEM_CLOCK
from bot.settings import load_deployment
from bot.slack.api import make_client
from bot.slack.connect import connect
from bot.slack.errors import NotDoneError, RefusedChannelError
from bot.slack.gateway import (
    SHARED_LINE,
    UNSEEN_LINE,
)
from bot.slack.readers import has_open_invitation, is_home_alone
from demo.sample import FOLDER
from sandbox.faults import FaultKind
from sandbox.seed import Seed
from sandbox.server import Sandbox
from tests.bot.stage import INCIDENT

SECRET = Drawing("an unapproved draft", ())
SHARED = "Another organisation shares that channel, so I do not post internal things there."
GUESTS = "A guest or outside user is in that channel, so I do not post internal things there."


@pytest.fixture(scope="module")
def sandbox():
    """The sample's workspace."""
    with Sandbox(Seed.model_validate_json((FOLDER / "workspace.json").read_bytes()), rate_limits=False) as running:
        yield running


@pytest.fixture
def poster(sandbox):
    """A poster that has just posted in the incident's channel, so that it could remember who reads there."""
    client = make_client("xoxb-sandbox-bot-token", sandbox.api_url, seconds=3)
    made = connect(client, load_deployment(FOLDER / "bridgepkg.yaml").config, SYSTEM_CLOCK).internal
    made.post(INCIDENT, Drawing("before", ()), "attempt")
    return made


OPENINGS = {
    "shared": (lambda w: w.share(INCIDENT, "T0ACME"), lambda w: w.unshare(INCIDENT, "T0ACME"), SHARED),
    "pending": (lambda w: w.offer_share(INCIDENT, "T0ACME"), lambda w: w.unshare(INCIDENT, "T0ACME"), SHARED),
    "pending, to nobody named": (
        lambda w: w.set_channel(INCIDENT, is_pending_ext_shared=True),
        lambda w: w.set_channel(INCIDENT, is_pending_ext_shared=False),
        SHARED,
    ),
    "pending, to a team of home": (
        lambda w: w.set_channel(INCIDENT, pending_connected_team_ids=("T0MERIDIAN",)),
        lambda w: w.set_channel(INCIDENT, pending_connected_team_ids=()),
        SHARED,
    ),
    "shared, without a team": (
        lambda w: w.set_channel(INCIDENT, is_ext_shared=True),
        lambda w: w.set_channel(INCIDENT, is_ext_shared=False),
        SHARED,
    ),
    "a guest": (lambda w: w.join(INCIDENT, "U0GUS"), lambda w: w.leave(INCIDENT, "U0GUS"), GUESTS),
}


def seen(sandbox, since: int) -> list[str]:
    """The texts in the channel after so many messages, and what was whispered to Kim."""
    kim = sandbox.person("U0KIM")
    shown = [*kim.messages(INCIDENT)[since:], *kim.ephemerals(INCIDENT)]
    return [message["text"] for message in shown]


@pytest.mark.parametrize(("change", "undo", "why"), OPENINGS.values(), ids=OPENINGS)
def test_channel_that_was_just_opened_gets_nothing(sandbox, poster, change, undo, why):
    """Posts and edits are refused, whispers become a line without content, at once; and all go again afterwards."""
    ts = poster.post(INCIDENT, Drawing("kept", ()), "attempt")
    count = len(sandbox.person("U0KIM").messages(INCIDENT))
    change(sandbox.workspace)
    try:
        for send in (lambda: poster.post(INCIDENT, SECRET, "x"), lambda: poster.update(INCIDENT, ts, SECRET)):
            with pytest.raises(RefusedChannelError) as refused:
                send()
            assert str(refused.value) == why
        before = len(seen(sandbox, count))
        poster.whisper(INCIDENT, "U0KIM", SECRET)
        assert seen(sandbox, count)[before:] == [SHARED_LINE]
    finally:
        undo(sandbox.workspace)
    assert [m["text"] for m in sandbox.person("U0KIM").messages(INCIDENT)][-1] == "kept"
    poster.update(INCIDENT, ts, SECRET)
    assert [m["text"] for m in sandbox.person("U0KIM").messages(INCIDENT)][-1] == SECRET.text


@pytest.mark.parametrize("flag", ["deleted", "is_bot"])
def test_member_who_does_not_read_keeps_nobody_from_posting(sandbox, poster, flag):
    """Slack lists a guest who was deactivated, and a bot, among the members; neither counts as a reader."""
    sandbox.workspace.join(INCIDENT, "U0GUS")
    sandbox.workspace.set_user("U0GUS", **{flag: True})
    fresh = connect(poster._client, load_deployment(FOLDER / "bridgepkg.yaml").config, SYSTEM_CLOCK).internal
    try:
        assert fresh.refusal(INCIDENT) is None
    finally:
        sandbox.workspace.set_user("U0GUS", **{flag: False})
        sandbox.workspace.leave(INCIDENT, "U0GUS")


def test_whisper_where_nobody_can_say_who_reads_has_no_content(sandbox, poster):
    """While Slack does not tell a channel's members, a post fails and a whisper says only that."""
    before = len(seen(sandbox, 0))
    sandbox.faults.add(FaultKind.API_ERROR, "conversations.members", times=2, error="missing_scope")
    with pytest.raises(NotDoneError):
        poster.post(INCIDENT, SECRET, "x")
    poster.whisper(INCIDENT, "U0KIM", SECRET)
    assert seen(sandbox, 0)[before:] == [UNSEEN_LINE]


def test_whisper_waits_while_slack_asks_to_slow_down(sandbox, poster):
    """A rate limit on the question who reads delays an answer; it does not take its content away (promise P13)."""
    before = len(seen(sandbox, 0))
    sandbox.faults.add(FaultKind.RATELIMITED, "conversations.info", times=1)
    with pytest.raises(NotDoneError) as refused:
        poster.whisper(INCIDENT, "U0KIM", SECRET)
    poster.whisper(INCIDENT, "U0KIM", SECRET)
    assert (refused.value.error, seen(sandbox, 0)[before:]) == ("ratelimited", [SECRET.text])


def test_every_post_asks_who_reads(sandbox, poster):
    """Two posts, two edits and two whispers ask for flags and members six times, and for no person again."""
    ts = poster.post(INCIDENT, SECRET, "x")
    methods = ("conversations.info", "conversations.members", "users.info")
    before = [len(sandbox.calls(method)) for method in methods]
    for _ in range(2):
        poster.post(INCIDENT, SECRET, "x")
        poster.update(INCIDENT, ts, SECRET)
        poster.whisper(INCIDENT, "U0KIM", SECRET)
    asked = [len(sandbox.calls(method)) - count for method, count in zip(methods, before, strict=True)]
    assert asked == [6, 6, 0]


@pytest.mark.parametrize(
    ("flags", "why"),
    [
        ({"shared_team_ids": ["T0MERIDIAN"]}, None),
        ({"shared_team_ids": [], "internal_team_ids": ["T0MERIDIAN"]}, None),
        ({"shared_team_ids": ["T0MERIDIAN", "T0SISTER"]}, SHARED),
        ({"shared_team_ids": ["T0MERIDIAN"], "internal_team_ids": ["T0MERIDIAN", "T0SISTER"]}, SHARED),
        ({"shared_team_ids": [], "internal_team_ids": []}, SHARED),
        ({"shared_team_ids": ["T0MERIDIAN"], "pending_shared": ["T0SISTER"]}, SHARED),
    ],
)
def test_channel_shared_within_an_enterprise_needs_home_teams_only(poster, flags, why):
    """On Enterprise Grid a channel of several workspaces is internal where every one is home, and named."""
    info = {**poster._client.conversations_info(channel=INCIDENT)["channel"], "is_org_shared": True, **flags}
    assert (None if _is_internal(info, poster._people) else SHARED) == why


def _is_internal(info, people) -> bool:
    return not has_open_invitation(info) and is_home_alone(info, people)
