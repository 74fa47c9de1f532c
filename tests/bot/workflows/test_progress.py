"""Slow sources are seen to arrive in one message, which becomes the card or says what came of the reading."""

import threading
import time
from contextlib import contextmanager
from datetime import UTC, datetime
from unittest.mock import patch

import pytest
from sqlalchemy import update

from blocks import say
from bot.intake.requests import read_request
from bot.sources import read
from bot.workflows.dispatch import dispatch
from bot.workflows.progress import EVERY_SECONDS, SLOW_SECONDS
from profiles.codes import LogKind
from storage.cases import CLOSED, OPEN, cases_of, move_case
from storage.log import Event, append
from storage.queues import claim_request
from storage.tables import cards
from tests.bot.invariants import assert_invariants
from tests.bot.stage import INCIDENT, staged
from tests.databases import sqlite_url

SHOWN = ["Acme Corp: reading 8 sources…", "7 of 8 are here. Awaited: workaround."]


@contextmanager
def slow(folder, name="jira.json", seconds=SLOW_SECONDS + 1.5 * EVERY_SECONDS):
    """Let one export take a while to be read, as on a share far away."""
    slow_one, in_time = folder / "current" / name, read.read_exports

    def late(path):
        if path == slow_one:
            time.sleep(seconds)
        return in_time(path)

    with patch.object(read, "read_exports", late):
        yield


def posts(steps):
    """What was posted into the incident's channel, first line each."""
    sent = [call for call in steps.sandbox.calls("chat.postMessage") if call.arguments["channel"] == INCIDENT]
    return [call.arguments["text"].splitlines()[0] for call in sent]


def drawn(steps):
    """What the one message of the incident's channel says now; on a slow machine the first sources come late too."""
    (message,) = steps.sandbox.person("U0KIM").messages(INCIDENT)
    return message["text"].splitlines()


def shown(steps):
    """The messages of the incident's channel, first line each."""
    return [message["text"].splitlines()[0] for message in steps.sandbox.person("U0KIM").messages(INCIDENT)]


def test_slow_sources_are_seen_to_arrive_in_the_message_that_becomes_the_card(steps):
    """One message names kinds and no source, is posted once, and is the card when the draft is there."""
    with slow(steps.folder):
        steps.command("U0KIM", "draft")
        steps.work()
    assert (drawn(steps), posts(steps)) == (SHOWN, SHOWN[:1])
    steps.settle()
    assert posts(steps) == SHOWN[:1]
    (card,) = shown(steps)
    assert card.startswith("Acme Corp · INC-1042 · draft 1 of version 1 · ")
    assert_invariants(steps)


def test_quick_sources_show_nothing_but_the_card(sqlite_steps):
    """Without anything to wait for, the card is the first and only thing that is posted."""
    steps = sqlite_steps
    steps.draft()
    assert posts(steps) == []
    steps.settle()
    assert [line.startswith("Acme Corp · INC-1042 · draft 1") for line in posts(steps)] == [True]
    assert steps.sandbox.calls("chat.update") == ()


def test_progress_tells_what_could_not_be_read_and_who_fixes_it(sqlite_steps):
    """A source that is missing is said by its kind, with the role that can fix it."""
    steps = sqlite_steps
    (steps.folder / "current" / "statuspage.json").unlink()
    with slow(steps.folder):
        steps.command("U0KIM", "draft")
        steps.work()
    assert drawn(steps) == [
        "Acme Corp: reading 8 sources…",
        "6 of 8 are here. Awaited: workaround.",
        "Could not be read: health. What rests on it is held; Incident command can fix it.",
    ]


def test_reading_without_a_draft_says_why_in_its_message(sqlite_steps):
    """When the bridge was closed during a slow reading, no progress stays behind: its message has the reason."""
    steps = sqlite_steps

    def close():
        with steps.bot.store.write() as transaction:
            (case,) = cases_of(transaction)
            assert move_case(transaction, case.id, OPEN, CLOSED)
            append(transaction, Event(case.incident, LogKind.CLOSED, case.id, steps.clock(), {}))

    closing = threading.Timer(SLOW_SECONDS + 0.5 * EVERY_SECONDS, close)
    with slow(steps.folder):
        steps.command("U0KIM", "draft")
        closing.start()
        steps.work()
    closing.join()
    assert posts(steps) == SHOWN[:1]
    steps.settle()
    assert shown(steps) == [f"The sources were read. {say.case.closed(steps.clock())}"]
    assert (posts(steps), steps.drafts()) == (SHOWN[:1], [])


@pytest.mark.parametrize("noted", [True, False])
def test_worker_that_died_while_reading_leaves_no_message_behind(steps, noted):
    """Whoever works the request again finds the message, even where its place was not noted: it becomes the card."""
    steps.command("U0KIM", "draft")
    with steps.bot.store.write() as transaction:
        claimed = claim_request(transaction, "dead", steps.clock())
    with slow(steps.folder):
        dispatch(steps.bot, read_request(claimed.id, claimed.content["body"], datetime.now(UTC)))
    assert posts(steps) == SHOWN[:1]
    if not noted:
        with steps.bot.store.write() as transaction:
            transaction.execute(update(cards).values(ts=None, drawn=""))
    steps.clock.pass_by(31)
    steps.settle()
    assert (posts(steps), len(shown(steps))) == (SHOWN[:1], 1)
    assert shown(steps)[0].startswith("Acme Corp · INC-1042 · draft 1")
    assert_invariants(steps)


def test_progress_is_not_posted_where_a_guest_reads(sqlite_steps):
    """With a guest in the incident's channel nothing is posted there, and the draft is made nevertheless."""
    steps = sqlite_steps
    steps.sandbox.workspace.join(INCIDENT, "U0GUS")
    with slow(steps.folder):
        steps.command("U0KIM", "draft")
        steps.work()
    assert (posts(steps), len(steps.drafts())) == ([], 1)


def test_progress_says_its_end_where_no_card_goes(tmp_path):
    """Where every card goes to a review channel, the message in the incident's channel says who has the draft."""

    def reviewed_elsewhere(config):
        text = config.read_text()
        config.write_text(text.replace("review_channels:\n", "review_channels:\n  incident_command: C0REVSEC\n"))

    with staged(sqlite_url(tmp_path), tmp_path, configure=reviewed_elsewhere) as stage:
        with slow(stage.folder):
            stage.command("U0KIM", "draft")
        answer = say.draft.with_reviewers("Draft 1 of version 1 for Acme Corp", 3)
        assert [message["text"] for message in stage.person("U0KIM").messages(INCIDENT)] == [
            f"The sources were read. {answer}"
        ]


@pytest.mark.parametrize("held", [False, True])
def test_slow_revision_keeps_the_card_and_says_what_came_of_the_reading(sqlite_steps, held):
    """A draft that takes the card of the one before, also of one that was held, needs no second message for it."""
    steps = sqlite_steps
    first = steps.draft()
    steps.settle()
    if held:
        steps.click("U0SAM", "review_hold_all", first)
        steps.settle()
    steps.lay_out(2)
    with slow(steps.folder):
        steps.command("U0KIM", "draft")
        steps.work()
    steps.settle()
    card, ended, *_ = shown(steps)
    assert card.startswith("Acme Corp · INC-1042 · draft 2 of version 1 · ")
    said = say.draft.with_reviewers("Draft 2 of version 1 for Acme Corp", 3)
    assert ended == f"The sources were read. {said}"
    assert [draft.state.state for draft in steps.drafts()] == ["replaced", "waiting"]
