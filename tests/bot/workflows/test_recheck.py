"""The recheck: what an approval stood on is compared again at the moment of posting, and by nobody else's claim."""

import pytest
from slack_sdk.errors import SlackApiError

from blocks import say
from bot.workflows.release import release
from profiles.codes import HoldReason
from sandbox.faults import FaultKind
from storage.queues import LEASE, FenceError, claim_message
from storage.tables import drafts
from tests.bot.invariants import bridge_posts
from tests.bot.stage import BRIDGE
from tests.bot.test_altered_store import FOREIGN, rewrite
from tests.lives import force
from transforms.model.approvals import Approvals
from transforms.model.lifecycle import Approved

OTHER = "f" * 64


def posted(steps) -> list:
    """What Slack took for the bridge."""
    return [*bridge_posts(steps)]


def one_person_twice(steps) -> None:
    """Two gates of an approved draft were passed by the same person, who does fill both roles."""
    steps.sandbox.workspace.set_group("S0SECURITY", ["U0SAM", "U0KIM"])
    rewrite(steps, drafts.c.state_document, '"user":"U0SAM"', '"user":"U0KIM"')


def fewer_gates(steps, draft) -> None:
    """What stands in the row is complete by itself: one gate, and its approval."""
    (first, *_), digest = draft.state.given, draft.state.digest
    gates = tuple(gate for gate in draft.state.approvals.gates if gate.role == first.role)
    whole = Approvals(digest=digest, drafter=draft.drafter, gates=gates, decisions=(first,))
    with steps.bot.store.write() as transaction:
        force(transaction, draft, Approved(digest=digest, approvals=whole))


ALTERED = {
    "words of the message": lambda s, _: rewrite(s, drafts.c.document, "Payments API disrupted"),
    "the reason of a hold": lambda s, _: rewrite(
        s, drafts.c.document, HoldReason.SECURITY_REVIEW_PENDING, HoldReason.LEGAL_REVIEW_PENDING
    ),
    "the audience": lambda s, _: rewrite(s, drafts.c.document, '"label":"Acme Corp"', f'"label":"{FOREIGN}"'),
    "the channel": lambda s, _: rewrite(s, drafts.c.document, f'"channel":"{BRIDGE}"', '"channel":"C0GENERAL"'),
    "the digest that was approved": lambda s, d: rewrite(s, drafts.c.state_document, d.draft.release_digest, OTHER),
    "the digest of the draft": lambda s, d: rewrite(s, drafts.c.document, d.draft.release_digest, OTHER),
    "who approved": lambda s, _: one_person_twice(s),
    "which gates there are": fewer_gates,
}


@pytest.mark.parametrize("altered", ALTERED)
def test_approved_draft_that_was_altered_is_not_posted(sqlite_steps, altered):
    """Each on its own keeps the message from the bridge, however far its approvals had come."""
    steps = sqlite_steps
    draft = steps.approved()
    ALTERED[altered](steps, draft)
    for _ in range(10):
        steps.clock.pass_by(5)
        steps.try_for(1)
    assert posted(steps) == []


def test_claim_that_ran_out_posts_nothing(sqlite_steps):
    """A worker that was away for longer than its claim finds that another has it; that one posts, once."""
    steps = sqlite_steps
    draft = steps.approved()
    claims = []
    for worker in ("slow", "quick"):
        with steps.bot.store.write() as transaction:
            claims.append(claim_message(transaction, worker, steps.clock()))
        steps.clock.pass_by(LEASE.total_seconds() + 1)
    assert [claim.kind for claim in claims] == ["release"] * 2
    with pytest.raises(FenceError):
        release(steps.bot, claims[0])
    assert (posted(steps), steps.now(draft).state.state) == ([], "approved")
    release(steps.bot, claims[1])
    assert (len(posted(steps)), steps.now(draft).state.state) == (1, "released")


QUESTIONS = {
    "usergroups.users.list": {"usergroup": "S0SECURITY"},
    "users.info": {"user": "U0SAM"},
    "conversations.info": {"channel": BRIDGE},
    "conversations.members": {"channel": BRIDGE},
}


@pytest.mark.parametrize("method", QUESTIONS)
def test_release_is_delayed_by_seconds_where_slack_allows_no_more_questions(sqlite_steps, method):
    """Each try goes on from what the one before it learnt, so that a few answers a minute are enough (promise P13)."""
    steps = sqlite_steps
    steps.cards = False
    draft = steps.approved()
    steps.sandbox.rates.enabled = True
    while method_allows(steps, method):
        pass
    began = steps.clock()
    steps.settle()
    assert steps.now(draft).state.state == "released"
    assert (steps.clock() - began).total_seconds() < 30


def method_allows(steps, method) -> bool:
    """Whether Slack answers one more question of this kind."""
    try:
        return bool(steps.client.api_call(method, params=QUESTIONS[method])["ok"])
    except SlackApiError:
        return False


def test_retried_release_believes_nothing_older_than_the_last_approval(sqlite_steps):
    """Who lost the role before the last approval does not count, although a try before this one went wrong."""
    steps = sqlite_steps
    steps.cards = False
    draft = steps.draft()
    steps.approve(draft, "U0SAM")
    steps.sandbox.workspace.set_group("S0SECURITY", ["U0PRIYA"])
    steps.clock.pass_by(15)
    steps.approve(draft, "U0KIM", "U0ANA")
    steps.sandbox.faults.add(FaultKind.HTTP_500, "usergroups.users.list", times=1)
    steps.settle()
    assert (steps.now(draft).state.state, posted(steps)) == ("replaced", [])
    assert steps.now(draft).state.why == say.recheck.left_role("security")
