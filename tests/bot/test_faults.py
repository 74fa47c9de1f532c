"""Faults of Slack: nothing twice, nothing lost, and what is unclear is said to be unclear (promises P1, P6)."""

import time

import pytest

from blocks import say
from bot.workflows import release as module
from sandbox.faults import FaultKind
from tests.bot.invariants import assert_invariants, bridge_posts
from tests.bot.kinds import CALLS, each
from tests.bot.stage import BRIDGE
from transforms.model.lifecycle import Ambiguous

IMPATIENT = 0.4
POST, UPDATE, HISTORY = "chat.postMessage", "chat.update", "conversations.history"
HIDING = (
    FaultKind.HTTP_500,
    FaultKind.HTTP_503,
    FaultKind.HTML_BODY,
    FaultKind.EMPTY_BODY,
    FaultKind.TRUNCATED_JSON,
    FaultKind.REFUSE,
)
"""Faults behind which a success may hide: Slack did it, or it did not."""

DONE = [
    *((kind, True) for kind in HIDING),
    (FaultKind.ACCEPT_THEN_DROP, True),
    (FaultKind.ACCEPT_THEN_RESET, True),
    (FaultKind.ACCEPT_THEN_TIMEOUT, True),
    (FaultKind.WRONG_CHANNEL, True),
    (FaultKind.SLOW, True),
]
UNCLEAR = [*((kind, False) for kind in HIDING), (FaultKind.ACCEPT_THEN_TIMEOUT, False)]
UNCLEAR_ERRORS = ("fatal_error", "internal_error", "service_unavailable", "request_timeout")
REFUSALS = {
    "not_in_channel": "I am not in that channel; invite me there",
    "channel_not_found": "I cannot see that channel; invite me there, or correct its id in bridgepkg.yaml",
    "is_archived": "that channel is archived; unarchive it or open the bridge in another",
    "restricted_action": "a workspace setting keeps me from posting there; ask a workspace admin",
    "msg_too_long": "the message is too long for Slack",
    "invalid_blocks": "Slack does not accept the message's form",
    "token_revoked": "my token was revoked; install the app again and set SLACK_BOT_TOKEN",
    "missing_scope": "my token lacks a scope; install the app again with app_manifest.yaml",
    "ekm_access_denied": "the workspace's key management refused; ask a workspace admin",
    "some_new_error": "Slack refused: some new error",
}


@pytest.fixture(autouse=True)
def short_looks(monkeypatch):
    """Look for unclear messages without pauses."""
    monkeypatch.setattr(module, "LOOKS", (0.0, 0.0, 0.0))


@pytest.fixture
def steps(sqlite_steps):
    """What the engine makes no difference to; cards are drawn only where a test is about them."""
    sqlite_steps.cards = False
    return sqlite_steps


def posts(steps) -> int:
    """How many messages Slack took for the bridge."""
    return len([*bridge_posts(steps)])


def strike(steps, kind, method, **how) -> None:
    """Let one call go wrong, and the client not wait long for it."""
    if kind in {FaultKind.ACCEPT_THEN_TIMEOUT, FaultKind.SLOW}:
        how["seconds"] = 20.0 if kind is FaultKind.ACCEPT_THEN_TIMEOUT else 0.1
    if kind is FaultKind.ACCEPT_THEN_TIMEOUT:
        steps.client.timeout = IMPATIENT
    steps.sandbox.faults.add(kind, method, **how)


def patient(steps) -> None:
    """Wait for Slack as always again."""
    steps.sandbox.faults.clear()
    steps.client.timeout = 5


@pytest.mark.parametrize(("kind", "performs"), each(*DONE))
def test_post_that_slack_took_is_found(steps, kind, performs):
    """Whatever Slack answers, a message that it took is found by its attempt: released, and posted once."""
    draft = steps.approved()
    strike(steps, kind, POST, channel=BRIDGE, performs=performs)
    steps.deliver()
    patient(steps)
    state = steps.now(draft, "released").state
    assert (state.where.how, posts(steps)) == ("answered" if kind is FaultKind.SLOW else "found", 1)
    steps.settle()
    assert_invariants(steps)


@pytest.mark.parametrize("answer", ["post_absent", "post_seen"])
@pytest.mark.parametrize(("kind", "performs"), each(*UNCLEAR))
def test_post_that_slack_lost_waits_for_a_person(steps, kind, performs, answer):
    """A message that nobody can find is ambiguous: it is never sent again, and a named person settles it."""
    draft = steps.approved()
    strike(steps, kind, POST, channel=BRIDGE, performs=performs)
    steps.deliver()
    patient(steps)
    assert isinstance(steps.now(draft).state, Ambiguous)
    steps.command("U0KIM", "release")
    steps.command("U0KIM", "draft")
    steps.settle()
    assert (len(steps.drafts()), posts(steps)) == (1, 0)
    steps.click("U0KIM", answer, draft)
    steps.settle()
    if answer == "post_seen":
        state = steps.now(draft, "released").state
        assert (state.where.kind, state.ts, state.where.by.user, posts(steps)) == ("sighted", None, "U0KIM", 0)
    else:
        steps.now(draft, "not-posted")
        assert (steps.released().draft.version, posts(steps)) == (1, 1)
    assert_invariants(steps)


@pytest.mark.parametrize("error", UNCLEAR_ERRORS)
def test_unclear_error_is_not_taken_for_a_refusal(steps, error):
    """Slack's own internal errors leave open whether it posted."""
    draft = steps.approved()
    steps.sandbox.faults.add(FaultKind.API_ERROR, POST, channel=BRIDGE, error=error)
    steps.deliver()
    assert (steps.now(draft).state.state, posts(steps)) == ("ambiguous", 0)
    assert_invariants(steps)


@pytest.mark.parametrize("error", REFUSALS)
def test_refused_post_leaves_the_approvals(steps, error):
    """What Slack surely did not post stays approved, says why in words, and goes out on `release` once fixed."""
    draft = steps.approved()
    steps.sandbox.faults.add(FaultKind.API_ERROR, POST, channel=BRIDGE, error=error)
    steps.settle()
    state = steps.now(draft, "approved").state
    assert (state.problem, len(state.given), posts(steps)) == (f"Not posted: {REFUSALS[error]}.", 3, 0)
    steps.command("U0KIM", "release")
    steps.settle()
    assert (steps.now(draft).state.state, posts(steps)) == ("released", 1)
    assert_invariants(steps)


@pytest.mark.parametrize("kind", [FaultKind.RATELIMITED, FaultKind.RATELIMITED_WITHOUT_RETRY_AFTER])
def test_post_waits_as_long_as_slack_asks(steps, kind):
    """A rate limit is no failure: the post goes out by itself when Slack allows it, not before."""
    draft = steps.approved()
    steps.sandbox.faults.add(kind, POST, channel=BRIDGE, seconds=30)
    steps.deliver()
    waits = 29 if kind is FaultKind.RATELIMITED else 0.5
    steps.now(draft, "approved")
    steps.clock.pass_by(waits)
    assert steps.unfinished()[1] > 0
    assert posts(steps) == 0
    steps.settle()
    assert (steps.now(draft).state.state, posts(steps)) == ("released", 1)
    assert_invariants(steps)


@pytest.mark.parametrize("kind", each(*CALLS))
def test_look_goes_on_when_slack_does_not_answer_it(steps, kind):
    """A look-up that goes wrong is made again; the message is found at the next."""
    draft = steps.approved()
    steps.sandbox.faults.add(FaultKind.ACCEPT_THEN_DROP, POST, channel=BRIDGE)
    strike(steps, kind, HISTORY)
    steps.deliver()
    patient(steps)
    assert (steps.now(draft).state.where.how, posts(steps)) == ("found", 1)
    steps.settle()
    assert_invariants(steps)


@pytest.mark.parametrize("fixed", [True, False])
@pytest.mark.parametrize("answer", ["post_absent", "post_seen"])
def test_answer_of_a_person_is_checked_against_slack(steps, answer, fixed):
    """Before a person's word counts, the bot looks itself: a message that is there is released, whatever they say."""
    draft = steps.approved()
    steps.sandbox.faults.add(FaultKind.ACCEPT_THEN_DROP, POST, channel=BRIDGE)
    steps.sandbox.faults.add(FaultKind.HTTP_500, HISTORY, times=None)
    steps.deliver()
    steps.now(draft, "ambiguous")
    if fixed:
        steps.sandbox.faults.clear()
    steps.click("U0KIM", answer, draft)
    steps.work()
    steps.sandbox.faults.clear()
    if fixed or answer == "post_seen":
        assert steps.now(draft, "released").state.where.kind == ("located" if fixed else "sighted")
        steps.settle()
        assert_invariants(steps)
    else:
        assert steps.now(draft, "not-posted").state.why == say.bridge.looked("Kim")
    assert posts(steps) == 1


def test_unclear_post_is_known_within_a_minute(steps, monkeypatch):
    """When Slack answers nothing at all, the look ends: a person is asked, and the worker is free again."""
    monkeypatch.setattr(module, "LOOKS", (0.0,) * 50)
    monkeypatch.setattr(module, "LOOK_SECONDS", 1.0)
    draft = steps.approved()
    steps.sandbox.faults.add(FaultKind.ACCEPT_THEN_DROP, POST, channel=BRIDGE)
    steps.sandbox.faults.add(FaultKind.ACCEPT_THEN_TIMEOUT, HISTORY, times=None, seconds=20.0)
    steps.client.timeout = IMPATIENT
    began = time.monotonic()
    steps.deliver()
    patient(steps)
    assert time.monotonic() - began < 5
    assert (steps.now(draft).state.state, posts(steps)) == ("ambiguous", 1)
    steps.click("U0KIM", "post_seen", draft)
    steps.settle()
    assert_invariants(steps)
