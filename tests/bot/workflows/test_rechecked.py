"""The recheck asked by itself: what it says of a draft, to the moment and to the last person (promises P1, P9, P13)."""

import dataclasses
from datetime import timedelta

import pytest

from blocks import say
from bot.slack.api import make_client
from bot.slack.connect import connect
from bot.workflows import recheck as module
from bot.workflows import validity
from bot.workflows.case import whole_case
from bot.workflows.recheck import Changed, Passed, Postponed, recheck
from profiles.codes import LogKind
from sandbox.faults import FaultKind
from storage.decisions import record_decision
from tests.bot import test_cleared_wording
from tests.builders import rebuilt
from tests.clocks import StillClock
from tests.lives import life

OTHER, OTHER_ACT = "f" * 64, "e" * 32
IDS = ("0" * 32, "f" * 32)
"""One before and one after every id that there is."""


@pytest.fixture
def steps(sqlite_steps):
    """What the engine makes no difference to."""
    return sqlite_steps


def rechecked(steps, draft, at=None, **changes):
    """What the recheck says now, or at another moment, of a draft whose case differs so; why, or that it passed."""
    with steps.bot.store.read() as transaction:
        case = whole_case(steps.bot, transaction, draft.bridge_case)
    bot = dataclasses.replace(steps.bot, clock=StillClock(at)) if at else steps.bot
    found = recheck(bot, dataclasses.replace(case, **changes), draft)
    return found.why if isinstance(found, Changed) else Passed if isinstance(found, Passed) else found


def in_state(draft, **changes):
    """The draft with a state that differs so, whatever the types would say of it."""
    return draft.model_copy(update={"state": draft.state.model_copy(update=changes)})


def with_decisions(draft, *decisions):
    """The draft with these approvals."""
    return in_state(draft, approvals=draft.state.approvals.model_copy(update={"decisions": decisions}))


def changed(decision, **changes):
    """A decision that differs so."""
    return decision.model_copy(update=changes)


APPROVED_BY = {
    "one person in two gates": (
        lambda one, two, three: (one, changed(two, person=one.person), three),
        "not every gate is approved by a different person",
    ),
    "one gate less": (lambda one, two, _: (one, two), "not every gate is approved"),
    "the same gate twice": (
        lambda one, two, three: (one, two, changed(three, role=one.role)),
        "not every gate is approved",
    ),
    "other bytes": (
        lambda one, two, three: (one, two, changed(three, digest=OTHER)),
        "not every decision approves these bytes",
    ),
    "a hold": (
        lambda one, two, three: (one, two, changed(three, answer="hold")),
        "not every decision approves these bytes",
    ),
}


@pytest.mark.parametrize("approved_by", APPROVED_BY)
def test_recheck_counts_gates_and_people_itself(steps, approved_by):
    """The types refuse approvals that are not complete; if ever they let some through, the recheck does not."""
    alter, why = APPROVED_BY[approved_by]
    draft = steps.approved()
    assert rechecked(steps, draft) is Passed
    assert rechecked(steps, with_decisions(draft, *alter(*draft.state.given))) == why


def test_recheck_compares_each_digest_with_the_bytes_at_hand(steps):
    """The digest of the state, of the approvals, and of the draft: one that differs is enough."""
    draft = steps.approved()
    approvals = draft.state.approvals.model_copy(update={"digest": OTHER})
    altered = draft.draft.model_copy(update={"release_digest": OTHER})
    for one in (
        in_state(draft, digest=OTHER),
        in_state(draft, approvals=approvals),
        draft.model_copy(update={"draft": altered}),
        draft.model_copy(update={"state": life(draft.state.digest)["waiting"]}),
    ):
        assert rechecked(steps, one) == say.recheck.NOT_WHAT_WAS_APPROVED


@pytest.mark.parametrize("other", IDS)
@pytest.mark.parametrize(("state", "again"), [("posting", 5.0), ("ambiguous", None)])
def test_recheck_waits_while_another_draft_may_be_visible(steps, other, state, again):
    """By itself only while that one is being posted; else a person must answer first. No draft waits for itself."""
    draft = steps.approved()
    unclear = draft.model_copy(update={"id": other, "state": life()[state]})
    waits = Postponed("Draft 1 may be visible already; that must be answered first.", again)
    assert rechecked(steps, draft, unclear=unclear) == waits
    assert rechecked(steps, draft, unclear=rebuilt(draft)) is Passed


@pytest.mark.parametrize("other", IDS)
def test_recheck_knows_which_version_the_draft_follows(steps, other):
    """Any other, or none, voids the approvals."""
    first, draft = steps.released(1), steps.approved(2)
    why = say.recheck.ANOTHER_VERSION
    assert rechecked(steps, draft) is Passed
    assert rechecked(steps, draft, released=first.model_copy(update={"id": other})) == why
    assert rechecked(steps, draft, released=None) == why


def test_recheck_lets_a_draft_follow_a_version_that_was_withdrawn_before_it(steps, monkeypatch):
    """The order of the log decides; where the log does not tell it, the approvals are void."""
    steps.released(1)
    steps.command("U0JO", "withdraw a leak")
    steps.settle()
    draft = steps.approved(2)
    assert rechecked(steps, draft) is Passed
    for silent in (LogKind.WITHDRAWN, LogKind.DRAFTED):
        told = lambda t, incident, kind, subject, real=validity.latest, silent=silent: (  # noqa: E731
            None if kind is silent else real(t, incident, kind, subject)
        )
        with monkeypatch.context() as patch:
            patch.setattr(validity, "latest", told)
            assert rechecked(steps, draft) == "version 1, which it follows, was withdrawn after it was drafted"


@pytest.mark.parametrize("digest", ["0" * 64, OTHER])
def test_recheck_notices_whatever_the_sources_change(steps, monkeypatch, digest):
    """Whichever way the digest of what would be drafted now differs; one that is equal passes."""
    draft, real = steps.approved(), module.build
    built_again = lambda *read: real(*read).model_copy(update={"release_digest": digest})  # noqa: E731
    monkeypatch.setattr(module, "build", built_again)
    assert rechecked(steps, draft) == say.recheck.SOURCES_CHANGED
    digest = "".join(draft.draft.release_digest)
    assert rechecked(steps, draft) is Passed


def test_recheck_notices_any_other_profile(steps):
    """Ten that differ in one limit, whichever way their digests differ."""
    draft = steps.approved()
    profile = steps.bot.deployment.profiles["acme"]
    for minutes in range(300, 310):
        sources = tuple(rebuilt(source, max_age_at_release=minutes) for source in profile.sources)
        other = profile.model_copy(update={"sources": sources})
        assert rechecked(steps, draft, profile=other) == say.recheck.PROFILE_CHANGED


def test_recheck_ends_with_the_moment_of_the_next_update(steps):
    """At that minute a message that promises it would be late already."""
    draft = steps.approved()
    due, overdue = draft.draft.package.next_update, say.recheck.UPDATE_OVERDUE
    assert rechecked(steps, draft, due) == overdue
    assert rechecked(steps, draft, due - timedelta(microseconds=1)) != overdue


def test_recheck_ends_with_the_moment_of_a_clearance(steps):
    """Words are cleared until a moment, and not at it."""
    draft = test_cleared_wording.approved(steps)
    until = max(entry.origin.until for entry in draft.draft.lineage if entry.origin.until)
    assert rechecked(steps, draft, until) == say.recheck.WORDING_EXPIRED
    assert rechecked(steps, draft, until - timedelta(microseconds=1)) is Passed


def test_recheck_ends_with_the_moment_of_an_approval(steps):
    """An approval holds until a moment, and not at it."""
    draft = steps.approved()
    now = steps.clock()
    (one, *others) = draft.state.given
    bounded = with_decisions(draft, changed(one, until=now, act=OTHER_ACT), *others)
    with steps.bot.store.write() as transaction:
        record_decision(transaction, draft.bridge_case, bounded.state.given[0])
    assert rechecked(steps, bounded, now) == say.recheck.APPROVAL_EXPIRED
    assert rechecked(steps, bounded, now - timedelta(microseconds=1)) is Passed


WHO = say.recheck.APPROVERS_UNKNOWN
READERS = say.recheck.READERS_UNKNOWN
UNSEEN = "Not posted: I cannot see that channel; invite me there, or correct its id in bridgepkg.yaml."
SILENCE = {
    "nobody says who somebody is": ("users.info", {"kind": FaultKind.HTTP_500}, WHO, 5.0),
    "nobody says who reads": ("conversations.info", {"kind": FaultKind.HTTP_500}, READERS, 5.0),
    "nobody says who is in it": ("conversations.members", {"kind": FaultKind.HTTP_500}, READERS, 5.0),
    "too many questions": (
        "conversations.info",
        {"kind": FaultKind.RATELIMITED, "seconds": 7},
        "Not posted: Slack asked me to slow down; I will try again.",
        7.0,
    ),
    "no such channel": (
        "conversations.info",
        {"kind": FaultKind.API_ERROR, "error": "channel_not_found"},
        UNSEEN,
        None,
    ),
}


@pytest.mark.parametrize("silence", SILENCE)
def test_recheck_says_when_it_is_tried_again(steps, silence):
    """What passes by itself is tried again, when Slack says or in five seconds; what a person must fix is not."""
    method, fault, why, again = SILENCE[silence]
    draft = steps.approved()
    steps.sandbox.faults.add(target=method, **fault)
    assert rechecked(steps, draft) == Postponed(why, again)


def test_recheck_is_tried_again_when_nobody_listens(steps):
    """A connection that was refused passes by itself, like a rate limit."""
    draft = steps.approved()
    client = make_client("xoxb-nobody", "http://127.0.0.1:1/api/")
    deaf = connect(client, steps.bot.deployment.config, steps.clock).bridge
    steps.bot = dataclasses.replace(steps.bot, bridge=deaf)
    assert rechecked(steps, draft) == Postponed("Not posted: Slack refused: connection refused.", 5.0)


@pytest.mark.parametrize(
    ("minutes", "missing", "sources"),
    [(46, (), "1 source"), (46, ("statuspage.json",), "2 sources"), (121, (), "3 sources")],
)
def test_recheck_counts_the_sources_that_are_too_old(steps, minutes, missing, sources):
    """Those behind something shown, also where they cannot be read; of the five after two hours, two show nothing."""
    draft = steps.approved()
    began = steps.clock.ahead
    steps.clock.ahead -= timedelta(minutes=minutes)
    steps.lay_out(1)
    steps.clock.ahead = began
    for file in missing:
        (steps.folder / "current" / file).unlink()
    assert rechecked(steps, draft) == f"the evidence of {sources} became too old to release on"
