"""Races: two who act at the same moment, on one draft or one version: one wins, and one message goes out."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import partial

import pytest
from sqlalchemy import func, select, text, update

from blocks import say
from bot.delivery.outbox import deliver_next
from bot.intake.commands import Typed
from bot.intake.requests import CommandRequest
from bot.process.work import work_next
from bot.workflows import draft
from bot.workflows.dispatch import dispatch
from bot.workflows.effects import start_release
from storage.drafts import MovedError, NewDraft, built_of, save_draft
from storage.steps import move
from storage.tables import inbox
from tests.bot.invariants import assert_invariants, bridge_posts
from tests.bot.stage import INCIDENT
from tests.builders import make_person
from tests.lives import force
from transforms.model.lifecycle import NotPosted

ROUNDS = 4
LATER_SECONDS = 16 * 60
"""More than half of the time until the next update: a draft that is asked for then takes the place of the open one."""

only_postgres = pytest.mark.parametrize("database", ["postgres"], indirect=True)


def posts(steps) -> int:
    """How many messages Slack took for the bridge."""
    return len([*bridge_posts(steps)])


def drafting(steps, stage):
    """What a draft that somebody asks for is about to write: it was built on a later stage than the approved one."""
    steps.lay_out(stage)
    asked = CommandRequest(
        id="1" * 32, person=make_person(), channel=INCIDENT, received_at=steps.clock(), typed=Typed("draft")
    )
    effect = dispatch(steps.bot, asked)
    steps.lay_out(1)
    return effect


def test_draft_built_before_a_release_follows_it(steps):
    """A draft whose build began before a version went out is built again: it becomes the next version."""
    draft = steps.approved()
    effect = drafting(steps, 2)
    steps.deliver()
    released = steps.now(draft, "released")
    with steps.bot.store.write() as transaction:
        effect(transaction)
    newest = steps.newest()
    assert (newest.draft.version, newest.prior) == (2, released.id)
    steps.lay_out(2)
    steps.approve(newest)
    steps.settle()
    assert steps.now(newest).state.state == "released"
    assert_invariants(steps)


@only_postgres
def test_draft_is_not_written_over_a_release_that_it_did_not_see(steps, monkeypatch):
    """On Postgres a version can go out between the reading of a case and the end of a draft's transaction."""
    approved = steps.approved()
    effect = drafting(steps, 2)

    def number(transaction, *about, real=draft.next_draft_number):
        """The release is delivered when the case was read and nothing is written yet."""
        steps.deliver()
        return real(transaction, *about)

    monkeypatch.setattr(draft, "next_draft_number", number)
    with pytest.raises(MovedError), steps.bot.store.write() as transaction:
        effect(transaction)
    assert [one.state.state for one in steps.drafts()] == ["released"]
    assert (steps.now(approved).state.state, posts(steps)) == ("released", 1)


def test_version_that_is_taken_is_not_posted_again(steps):
    """Two approved drafts of one version: the second is voided in words and asks again as the next version."""
    first = steps.approved()
    with steps.bot.store.write() as transaction:
        built, _ = built_of(transaction, first)
        new = NewDraft(
            id="2" * 32,
            bridge_case=first.bridge_case,
            prior=None,
            state=first.state,
            drafter=first.drafter,
            created_at=steps.clock(),
        )
        save_draft(transaction, new, replace(built, number=7))
        start_release(transaction, new.id, steps.clock())
    steps.settle()
    states = [draft.state.state for draft in steps.drafts()]
    assert (states, posts(steps)) == (["released", "waiting", "replaced"], 1)
    assert steps.drafts()[2].state.why == say.recheck.ANOTHER_VERSION
    assert steps.drafts()[1].draft.version == 2


def test_absent_answer_is_corrected_by_the_late_answer_of_slack(steps):
    """Somebody looked in vain while the call was still under way: the log and every gate learn that it is there."""
    draft = steps.approved()
    kept = steps.bot.bridge.release

    def late(post):
        ts = kept(post)
        now = steps.now(draft)
        with steps.bot.store.write() as transaction:
            force(transaction, now, NotPosted(digest=now.state.digest, decisions=now.state.given, why="Kim looked"))
        return ts

    steps.bot.bridge.release = late
    steps.settle()
    assert steps.log()[-1] == "appeared"
    told = [m["text"] for m in steps.sandbox.person("U0KIM").messages(INCIDENT) if "appeared" in m["text"]]
    assert told == [say.bridge.appeared("Version 1 for Acme Corp (INC-1042)")]


def blocked(store) -> bool:
    """Whether a transaction waits for a lock."""
    query = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
    with store.read() as transaction:
        return bool(transaction.execute(text(query)).scalar_one())


def until_blocked(store, act) -> threading.Thread:
    """Something that runs in another thread and now waits for a lock that the caller holds."""
    thread = threading.Thread(target=act)
    thread.start()
    deadline = time.monotonic() + 20
    while not blocked(store):
        assert thread.is_alive()
        assert time.monotonic() < deadline
    return thread


@only_postgres
def test_release_is_written_down_although_the_last_version_moves(steps):
    """A version is withdrawn in the moment in which the next one is settled: both stand in the records."""
    first, second = steps.released(1), steps.approved(2)
    standing = steps.now(first)
    withdrawn = standing.state.withdraw(make_person("U0JO"), steps.clock(), "a leak")
    with steps.bot.store.write() as transaction:
        move(transaction, standing, withdrawn)
        settling = until_blocked(steps.bot.store, steps.deliver)
    settling.join(30)
    steps.settle()
    assert [steps.now(draft).state.state for draft in (first, second)] == ["withdrawn", "released"]
    assert posts(steps) == 2


@only_postgres
def test_deadlock_is_tried_again(steps):
    """A decision that the database undoes for another's sake counts all the same, without a word to the person."""
    draft = steps.draft()
    steps.click("U0SAM", "review_approve", draft)
    store = steps.bot.store
    with store.write() as transaction:
        transaction.execute(text("SET LOCAL deadlock_timeout = '20s'"))
        transaction.execute(text("SELECT * FROM log_head FOR UPDATE"))
        deciding = until_blocked(store, steps.work)
        transaction.execute(text("UPDATE draft SET bridge_case = bridge_case"))
    deciding.join(30)
    assert len(steps.now(draft).state.given) == 1
    steps.settle()
    heard = [m["text"] for m in steps.sandbox.person("U0SAM").ephemerals(INCIDENT)]
    assert [words.split(".")[0] for words in heard] == ["Recorded"]
    assert_invariants(steps)


def race(steps, *acts) -> None:
    """Put each request into a lane of its own, so that two workers take them at once, and one delivers beside them."""
    for number, act in enumerate(acts):
        steps.lane = f"lane {number}"
        act()
    steps.lane = INCIDENT
    start = threading.Barrier(len(acts) + 1)

    def run(step, name):
        start.wait(10)
        for _ in range(3):
            step(steps.bot, name)

    with ThreadPoolExecutor(len(acts) + 1) as pool:
        racing = [pool.submit(run, work_next, f"worker {number}") for number in range(len(acts))]
        racing.append(pool.submit(run, deliver_next, "deliverer"))
    for done in racing:
        done.result()
    steps.settle()


def almost_approved(steps, number):
    """A draft that lacks account leadership alone."""
    steps.clock.pass_by(60)
    draft = steps.draft(2 if number else 1)
    steps.approve(draft, "U0SAM", "U0KIM")
    return draft


@pytest.mark.parametrize("rounds", [ROUNDS, pytest.param(250, marks=pytest.mark.torture)])
def test_two_last_approvals_are_one_release(steps, rounds):
    """Of two people who pass the last gate at once, one counts, and one message goes out."""
    steps.cards = False
    for number in range(rounds):
        draft = almost_approved(steps, number)
        race(steps, *(partial(steps.click, user, "review_approve", draft) for user in ("U0ANA", "U0LEE")))
        assert (steps.now(draft).state.state, posts(steps)) == ("released", number + 1)
    assert_invariants(steps)


@pytest.mark.parametrize("rounds", [ROUNDS, pytest.param(250, marks=pytest.mark.torture)])
def test_approval_against_hold_has_one_outcome(steps, rounds):
    """Either the hold came in time and nothing is posted, or it came too late and the person is told."""
    steps.cards = False
    held = 0
    for number in range(rounds):
        draft = almost_approved(steps, number)
        race(
            steps,
            partial(steps.click, "U0ANA", "review_approve", draft),
            partial(steps.click, "U0JO", "review_hold_all", draft),
        )
        state = steps.now(draft, "released", "held-back").state
        held += state.state == "held-back"
        assert posts(steps) == number + 1 - held
    assert_invariants(steps)


@pytest.mark.parametrize("rounds", [ROUNDS, pytest.param(250, marks=pytest.mark.torture)])
def test_approval_against_a_new_draft_has_one_outcome(steps, rounds):
    """Either the approved draft goes out, or the new one asks again; never a message that a newer draft replaced."""
    steps.cards = False
    for number in range(rounds):
        draft = almost_approved(steps, number)
        approve = partial(steps.click, "U0ANA", "review_approve", draft)
        steps.clock.pass_by(LATER_SECONDS)
        steps.lay_out(2 if number else 1)
        race(steps, approve, partial(steps.command, "U0KIM", "draft"))
        out = steps.now(draft, "released", "replaced").state.state == "released"
        newest, versions = steps.newest(), posts(steps)
        assert newest.state.state == "waiting"
        assert newest.draft.version == versions + 1
        assert out == (steps.now(draft).draft.version == versions)
    assert_invariants(steps)


@pytest.mark.parametrize("rounds", [ROUNDS, pytest.param(250, marks=pytest.mark.torture)])
def test_approval_against_a_newer_reading_releases(steps, rounds):
    """Whoever asks for a draft while the last approval is given voids nothing where the sources say the same."""
    steps.cards = False
    for number in range(rounds):
        draft = almost_approved(steps, number)
        approve = partial(steps.click, "U0ANA", "review_approve", draft)
        race(steps, approve, partial(steps.command, "U0KIM", "draft"))
        assert (steps.now(draft).state.state, posts(steps)) == ("released", number + 1)
    assert_invariants(steps)


@pytest.mark.parametrize("words", ["withdraw a leak", "draft"])
def test_request_that_is_put_back_is_not_worked_again(steps, words):
    """A finished row set back to new by somebody who can write to the database does nothing a second time."""
    steps.released(1)
    steps.command("U0KIM", words)
    steps.settle()
    before, told = steps.log(), [draft.state.state for draft in steps.drafts()]
    with steps.bot.store.write() as transaction:
        newest = select(func.max(inbox.c.seq)).scalar_subquery()
        transaction.execute(update(inbox).where(inbox.c.seq == newest).values(state="new"))
    steps.settle()
    assert (steps.log(), [draft.state.state for draft in steps.drafts()]) == (before, told)
