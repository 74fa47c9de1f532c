"""Faults of Slack at every other call: cards, notices, modals, answers and look-ups come right in the end."""

import pytest
from sqlalchemy import select

from blocks import say
from bot.intake.opener import Opener
from bot.slack.directory import KEPT_SECONDS
from sandbox.faults import FaultKind
from storage.tables import cards, inbox
from tests.bot.invariants import assert_invariants, bridge_posts
from tests.bot.kinds import CALLS, each
from tests.bot.stage import ACCOUNT_REVIEW, BRIDGE, INCIDENT, SECURITY_REVIEW

IMPATIENT = 0.4
RETRY_FOREVER = 5
OTHER_WORDS = frozenset({FaultKind.HTML_BODY, FaultKind.EMPTY_BODY, FaultKind.TRUNCATED_JSON})
AWAY = (FaultKind.RATELIMITED, FaultKind.HTTP_503, FaultKind.REFUSE, FaultKind.HTML_BODY)
CHANNELS = (SECURITY_REVIEW, INCIDENT, ACCOUNT_REVIEW)


@pytest.fixture
def steps(sqlite_steps):
    """What the engine makes no difference to."""
    return sqlite_steps


def strike(steps, kind, method, **how) -> None:
    """Let a call go wrong, and the client not wait long for it."""
    if kind is FaultKind.ACCEPT_THEN_TIMEOUT:
        steps.client.timeout = IMPATIENT
        how["seconds"] = 20.0
    steps.sandbox.faults.add(kind, method, **how)


def calm(steps) -> None:
    """Do everything that is left, with a Slack that works again."""
    steps.sandbox.faults.clear()
    steps.client.timeout = RETRY_FOREVER
    steps.settle()


def struck(steps) -> int:
    """How many calls went wrong."""
    return len(steps.sandbox.faults.fired())


def texts(steps, channel) -> list[str]:
    """The messages of a review channel."""
    return [message["text"] for message in steps.sandbox.person("U0KIM").messages(channel)]


@pytest.mark.parametrize("kind", each(*CALLS))
def test_every_gate_has_one_card(steps, kind):
    """Whatever happens to the posting of cards, in the end each gate has one, and it can be found."""
    steps.draft()
    for channel in CHANNELS:
        strike(steps, kind, "chat.postMessage", channel=channel)
    steps.try_for(len(CHANNELS))
    calm(steps)
    assert struck(steps) == 3
    assert [len(texts(steps, channel)) for channel in CHANNELS] == [1, 1, 1]
    with steps.bot.store.read() as transaction:
        assert None not in set(transaction.execute(select(cards.c.ts)).scalars())
    assert_invariants(steps)


@pytest.mark.parametrize("kind", each(*CALLS))
def test_cards_show_the_latest_state(steps, kind):
    """Whatever happens to the drawing of cards, in the end each shows the outcome, in its place."""
    draft = steps.draft()
    steps.settle()
    steps.approve(draft)
    for channel in CHANNELS:
        strike(steps, kind, "chat.update", channel=channel)
    steps.try_for(len(CHANNELS))
    calm(steps)
    assert struck(steps) == 3
    assert [[" Released " in text.splitlines()[0] for text in texts(steps, channel)] for channel in CHANNELS] == [
        [True]
    ] * 3
    assert_invariants(steps)


@pytest.mark.parametrize("kind", each(*CALLS))
def test_replaced_and_withdrawn_messages_say_so(steps, kind):
    """Whatever happens to the edit of a message in the bridge, it is made in the end, and nothing is posted again."""
    steps.cards = False
    first = steps.released(1)
    second = steps.approved(2)
    strike(steps, kind, "chat.update", channel=BRIDGE)
    calm(steps)
    steps.command("U0JO", "withdraw wrong wording")
    strike(steps, kind, "chat.update", channel=BRIDGE)
    calm(steps)
    states = [steps.now(draft).state.state for draft in (first, second)]
    assert (states, len([*bridge_posts(steps)])) == (["superseded", "withdrawn"], 2)
    assert_invariants(steps)


def ask_for_details(steps, draft) -> str:
    """Click for the details of a draft; the id of the request, whose modal is to be opened."""
    steps.click("U0KIM", "review_details", draft)
    with steps.bot.store.read() as transaction:
        return list(transaction.execute(select(inbox.c.id).order_by(inbox.c.seq)).scalars())[-1]


def open_view(steps, request) -> None:
    """Open the loading view, as `listen` does."""
    opener = Opener(steps.bot.internal, steps.clock)
    opener.open(steps.sandbox.workspace.tickets.trigger("U0KIM"), request)
    opener.close()


@pytest.mark.parametrize("method", ["views.open", "views.update"])
def test_asked_details_are_shown_or_answered(steps, method):
    """Whatever happens to a modal, the person sees it filled or reads an answer beside it; never only "one moment"."""
    draft = steps.draft()
    steps.settle()
    for kind in CALLS:
        heard = steps.heard("U0KIM")
        strike(steps, kind, method)
        request = ask_for_details(steps, draft)
        open_view(steps, request)
        calm(steps)
        modal = steps.sandbox.person("U0KIM").modal()
        loading = modal is not None and modal["blocks"][0]["block_id"] == "loading"
        answered = len(steps.heard("U0KIM")) - len(heard)
        assert (loading and answered == 0, kind) == (False, kind)
        assert (modal is not None or answered == 1, kind) == (True, kind)
        if modal:
            steps.sandbox.person("U0KIM").close(modal["id"])
    assert_invariants(steps)


@pytest.mark.parametrize("target", ["response_url", "chat.postEphemeral"])
def test_answers_are_heard(steps, target):
    """Whatever happens to an answer, the person reads it, and nobody else does."""
    for kind in CALLS:
        heard = steps.heard("U0KIM")
        # Slack answers a response URL in plain words, so that a 200 with other words counts as taken.
        strike(steps, kind, target, performs=True if target == "response_url" and kind in OTHER_WORDS else None)
        address = steps.response_url("U0KIM") if target == "response_url" else ""
        steps.command("U0KIM", "status", response_url=address)
        steps.work()
        steps.deliver()
        calm(steps)
        new = steps.heard("U0KIM")[len(heard) :]
        assert (len(set(new)), kind) == (1, kind)
    assert texts(steps, INCIDENT) == []


@pytest.mark.parametrize(
    ("method", "said"),
    [("users.info", say.access.WHO_UNKNOWN), ("usergroups.users.list", say.access.roles_unknown(["security"]))],
)
def test_nobody_counts_who_cannot_be_looked_up(steps, method, said):
    """While Slack does not say who somebody is, nothing is recorded in their name, and they read why."""
    draft = steps.draft()
    steps.settle()
    for kind in CALLS:
        if kind in {FaultKind.SLOW, FaultKind.WRONG_CHANNEL}:
            continue
        steps.clock.pass_by(KEPT_SECONDS)
        strike(steps, kind, method, times=None)
        steps.click("U0SAM", "review_approve", draft)
        steps.work()
        calm(steps)
        assert (steps.heard("U0SAM")[-1], kind) == (said, kind)
        assert steps.now(draft).state.given == ()
    assert_invariants(steps)


@pytest.mark.parametrize("method", ["conversations.info", "conversations.members", "users.info"])
def test_nothing_internal_is_posted_where_nobody_can_say_who_reads(steps, method):
    """While Slack does not say who reads a channel, no card is posted or drawn there; then it is."""
    for number, kind in enumerate(AWAY):
        draft = steps.draft(1 + number % 2)
        steps.clock.pass_by(KEPT_SECONDS)
        before = [texts(steps, channel) for channel in CHANNELS]
        strike(steps, kind, method, times=None)
        steps.deliver()
        assert [texts(steps, channel) for channel in CHANNELS] == before, kind
        calm(steps)
        for channel, old in zip(CHANNELS, before, strict=True):
            card, *lines = texts(steps, channel)
            assert (len(lines), f"draft {draft.number} of version 1" in card) == (number, True), kind
            assert lines[: number - 1] == old[1:], kind
        assert steps.now(draft).state.state == "waiting"
    assert_invariants(steps)
