"""The journal of outward acts: what the bridge showed and when, to the byte, notices included (promise P16)."""

from datetime import UTC, datetime

import pytest

from bot.workflows.advance import advance
from bot.workflows.case import whole_case
from sandbox.faults import FaultKind
from storage.cases import cases_of
from storage.drafts import draft_by_id
from storage.shown import Outward, Shown, begin_edit, journal_of
from tests.bot.stage import BRIDGE
from tests.builders import make_person, make_profile
from transforms.publish.amendment import Amendment
from transforms.publish.message import Message

SECONDS = 5.0


def journal(bot) -> list[Shown]:
    """Every outward act of the sample's bridge."""
    with bot.store.read() as transaction:
        (case,) = cases_of(transaction, "INC-1042")
        return journal_of(transaction, case.id)


def sent(sandbox) -> list[tuple[str, str, float]]:
    """What Slack took for the bridge, in order: the digest of the bytes, the place and the moment."""
    calls = [c for c in sandbox.calls() if c.ok and c.arguments.get("channel") == BRIDGE]
    posts = [c for c in calls if c.method in {"chat.postMessage", "chat.update"}]
    bytes_of = [Message(text=c.arguments["text"], blocks=tuple(c.arguments["blocks"])).digest for c in posts]
    return [(digest, c.response["ts"], c.at) for digest, c in zip(bytes_of, posts, strict=True)]


def test_journal_tells_what_the_bridge_showed_and_when(told):
    """After the whole tale: every state of every message, in its order, from the moment to that of the next."""
    acts = journal(told.bot)
    states: dict[str, list[tuple[str, float]]] = {}
    for digest, ts, at in sent(told.sandbox):
        if [digest] != [known for known, _ in states.get(ts, [])][-1:]:
            states.setdefault(ts, []).append((digest, at))
    kept: dict[str, list[Shown]] = {}
    for act in acts:
        kept.setdefault(str(act.ts), []).append(act)
    assert {ts: [d for d, _ in found] for ts, found in states.items()} == {
        ts: [act.digest for act in found] for ts, found in kept.items()
    }
    assert {act.state for act in acts} == {Outward.SHOWN}
    for ts, found in kept.items():
        assert [act.until for act in found] == [*(act.since for act in found[1:]), None]
        for act, (_, at) in zip(found, states[ts], strict=True):
            assert abs((act.since - datetime.fromtimestamp(at, UTC)).total_seconds()) < SECONDS
    assert max(len(found) for found in kept.values()) > 1


def test_post_stands_in_the_journal_before_the_call_and_is_settled_after_it(sqlite_steps):
    """Begun with the state that may be visible, shown with the answer."""
    steps = sqlite_steps
    draft = steps.approved()
    assert journal(steps.bot) == []
    steps.settle()
    (act,) = journal(steps.bot)
    released = steps.now(draft, "released").state
    assert (act.digest, act.ts, act.state) == (draft.draft.message.digest, released.ts, Outward.SHOWN)
    assert (act.draft, act.since, act.until) == (draft.id, released.at, None)


IMPATIENT = 1
"""Seconds that the client waits here for an answer that never comes."""


def unanswered(steps, method, **how) -> None:
    """Slack takes the next call of this kind, or loses it, and never answers."""
    steps.client.timeout = IMPATIENT
    steps.sandbox.faults.add(FaultKind.ACCEPT_THEN_TIMEOUT, method, channel=BRIDGE, seconds=20.0, **how)


def acts(steps) -> list[tuple[Outward, bool, bool]]:
    """Each act with whether its place is known and whether it has ended."""
    return [(act.state, act.ts is not None, act.until is not None) for act in journal(steps.bot)]


@pytest.mark.parametrize(
    ("answer", "known"),
    [("post_seen", (Outward.SHOWN, False, False)), ("post_absent", (Outward.REFUSED, False, True))],
)
def test_post_that_nobody_can_find_is_unclear_until_somebody_looks(sqlite_steps, answer, known):
    """Slack lost the answer and the message: the journal says unclear, and then what the person saw."""
    steps = sqlite_steps
    draft = steps.approved()
    unanswered(steps, "chat.postMessage", performs=False)
    steps.settle()
    assert acts(steps) == [(Outward.UNCLEAR, False, False)]
    steps.click("U0KIM", answer, steps.now(draft, "ambiguous"))
    steps.settle()
    assert acts(steps)[0] == known


def test_post_that_is_found_is_shown_where_it_stands(sqlite_steps):
    """Slack took it and lost the answer: found by its attempt, it is as sure as one that was answered."""
    steps = sqlite_steps
    draft = steps.approved()
    unanswered(steps, "chat.postMessage", performs=True)
    steps.settle()
    (act,) = journal(steps.bot)
    released = steps.now(draft, "released").state
    assert (act.state, act.ts, act.since) == (Outward.SHOWN, released.ts, released.at)


def test_edit_without_an_answer_is_tried_again_under_its_own_row(sqlite_steps):
    """Until then nobody can say what the customer reads; once it is shown, what stood before has its end."""
    steps = sqlite_steps
    steps.released()
    unanswered(steps, "chat.update", performs=True)
    steps.command("U0JO", "withdraw a leak")
    steps.work()
    steps.deliver()
    assert acts(steps) == [(Outward.SHOWN, True, False), (Outward.UNCLEAR, True, False)]
    steps.settle()
    assert acts(steps) == [(Outward.SHOWN, True, True), (Outward.SHOWN, True, False)]
    released, withdrawn = journal(steps.bot)
    assert released.until == withdrawn.since


def test_edit_that_slack_refuses_leaves_what_stood_there(sqlite_steps):
    """The notice is not shown, so the message reads as before, without an end."""
    steps = sqlite_steps
    steps.released()
    steps.sandbox.faults.add(
        FaultKind.API_ERROR, "chat.update", channel=BRIDGE, times=None, error="cant_update_message"
    )
    steps.command("U0JO", "withdraw a leak")
    steps.settle()
    assert acts(steps) == [(Outward.SHOWN, True, False), (Outward.REFUSED, True, True)]


def test_worker_that_dies_before_an_edit_leaves_it_begun(sqlite_steps):
    """The next one continues the row that the first had written down before its call."""
    steps = sqlite_steps
    draft = steps.released()
    with steps.bot.store.write() as transaction:
        stored = draft_by_id(transaction, draft.id)
        step = stored.state.withdraw(make_person("U0JO"), steps.clock(), "a leak")
        notice = Amendment.withdrawn(stored.draft.audience, stored.state, make_profile(), step.after.at)
        begin_edit(transaction, stored, stored.state.ts, notice.message.digest, steps.clock())
    assert acts(steps)[-1] == (Outward.BEGUN, True, False)
    with steps.bot.store.write() as transaction:
        case = whole_case(steps.bot, transaction, stored.bridge_case)
        advance(transaction, case, stored, step, step.after.at)
    steps.settle()
    assert acts(steps) == [(Outward.SHOWN, True, True), (Outward.SHOWN, True, False)]
