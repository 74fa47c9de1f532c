"""What falls due by itself: a reminder before the promised update, and a notice under the message when it is late."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from blocks import say
from bot.delivery.outbox import _send
from bot.process.work import Worker
from bot.workflows.messages import Tell, read_message
from bot.workflows.watch import watch
from demo.running import wait_until
from sandbox.faults import FaultKind
from storage.queues import claim_message
from tests.bot.invariants import bridge_posts
from tests.bot.stage import ACCOUNT_REVIEW, BRIDGE, INCIDENT, SECURITY_REVIEW

LATE = "The next update was due at {} UTC and is late. It follows here."


def minutes_to(steps, minutes):
    """Let time pass until so many minutes before the promised update of the newest draft; less than none is after."""
    due = steps.newest().draft.package.next_update
    steps.clock.pass_by((due - steps.clock()).total_seconds() - minutes * 60)


def bridge(steps):
    """The texts that the customer sees."""
    return [message["text"] for message in steps.sandbox.person("U0CARA").messages(BRIDGE)]


def told(steps, channel=INCIDENT):
    """What was told in an internal channel, beside cards."""
    shown = [message["text"] for message in steps.sandbox.person("U0KIM").messages(channel)]
    return [text for text in shown if " · INC-1042 · " not in text]


def due_of(draft):
    """When a draft promises the next update."""
    return draft.draft.package.next_update


def late(draft):
    """The notice over a message whose next update is late."""
    return LATE.format(f"{due_of(draft):%H:%M}")


def test_late_update_is_said_over_the_message(steps):
    """Once the promised time passes without a new version, the message says so above its own unchanged words."""
    draft = steps.released()
    minutes_to(steps, 0)
    assert watch(steps.bot, "one")
    steps.settle()
    words = late(draft)
    (shown,) = steps.sandbox.person("U0CARA").messages(BRIDGE)
    assert shown["text"] == f"{words}\n\n{draft.draft.message.text}"
    assert shown["blocks"][0]["text"]["text"] == f"*{words}*"
    assert [block["block_id"] for block in shown["blocks"][1:]] == [b["block_id"] for b in draft.draft.message.blocks]
    assert told(steps) == [f"{say.watch.late('Acme Corp', due_of(draft), marked=True)} {say.watch.NOTHING_NEWER}"]
    assert (len([*bridge_posts(steps)]), steps.log()[-1]) == (1, "overdue")


def test_late_update_is_said_once(steps):
    """However many workers watch, and however often, each thing is logged, drawn and told once."""
    steps.released()
    minutes_to(steps, 10)
    done = [watch(steps.bot, name) for name in ("one", "two", "one")]
    minutes_to(steps, -1)
    done += [watch(steps.bot, name) for name in ("two", "one", "two")]
    steps.clock.pass_by(3600)
    done += [watch(steps.bot, name) for name in ("one", "two")]
    steps.settle()
    assert done == [True, False, False, True, False, False, False, False]
    assert [kind for kind in steps.log() if kind in {"reminded", "overdue"}] == ["reminded", "overdue"]
    assert len(told(steps)) == 2


def test_reminder_comes_before_the_update_is_due(sqlite_steps):
    """Ten minutes before, the incident's own channel is told what is on its way; the customer sees nothing of it."""
    steps = sqlite_steps
    first = steps.released()
    minutes_to(steps, 10.1)
    assert not watch(steps.bot, "one")
    steps.lay_out(2)
    steps.command("U0KIM", "draft")
    steps.work()
    steps.clock.pass_by(0.2 * 60)
    assert watch(steps.bot, "one")
    steps.settle()
    assert told(steps) == [
        (
            f"{say.watch.due_soon('Acme Corp', due_of(first), 10)} "
            "Draft 2 (version 2) waits for: Incident command, Security, Account leadership."
        )
    ]
    assert [told(steps, channel) for channel in (SECURITY_REVIEW, ACCOUNT_REVIEW)] == [[], []]
    assert bridge(steps) == [first.draft.message.text]


def test_next_version_in_time_is_never_late(sqlite_steps):
    """A version that was replaced owes nothing any more, and the new one only its own update."""
    steps = sqlite_steps
    first = steps.released(1)
    steps.clock.pass_by(300)
    second = steps.released(2)
    steps.clock.pass_by((first.draft.package.next_update - steps.clock()).total_seconds() + 1)
    watch(steps.bot, "one")
    steps.settle()
    assert "overdue" not in steps.log()
    assert bridge(steps)[0].startswith("Replaced at ")
    assert bridge(steps)[1] == second.draft.message.text


def test_late_update_is_said_once_by_workers_at_the_same_time(steps):
    """Workers that look at the same moment do it once between them."""
    steps.released()
    minutes_to(steps, 0)
    start = threading.Barrier(4)

    def look(name):
        start.wait()
        return watch(steps.bot, name)

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(look, "abcd"))
    assert [kind for kind in steps.log() if kind == "overdue"] == ["overdue"]


def test_late_notice_gives_way_to_the_next_version(sqlite_steps):
    """A late update still comes: the old message then says that it was replaced, and no longer that it is late."""
    steps = sqlite_steps
    first = steps.released(1)
    minutes_to(steps, -5)
    watch(steps.bot, "one")
    steps.settle()
    steps.released(2)
    old, new = bridge(steps)
    assert old.startswith("Replaced at ")
    assert old.endswith(f"\n\n{first.draft.message.text}")
    assert new == steps.newest().draft.message.text


def test_acknowledgement_that_is_late_says_so(sqlite_steps):
    """The first ten minutes promise an update too."""
    steps = sqlite_steps
    steps.command("U0KIM", "ack")
    steps.work()
    steps.click("U0ANA", "review_approve", steps.newest())
    steps.settle()
    minutes_to(steps, 0)
    watch(steps.bot, "one")
    steps.settle()
    assert bridge(steps) == [f"{late(steps.newest())}\n\n{steps.newest().draft.message.text}"]


def test_withdrawn_message_is_not_late(sqlite_steps):
    """What was taken back promises no time."""
    steps = sqlite_steps
    steps.released()
    steps.command("U0JO", "withdraw wrong wording")
    steps.settle()
    steps.clock.pass_by(7200)
    assert not watch(steps.bot, "one")


@pytest.mark.parametrize("kind", [FaultKind.HTTP_503, FaultKind.ACCEPT_THEN_DROP, FaultKind.RATELIMITED])
def test_late_notice_waits_for_slack(sqlite_steps, kind):
    """Whatever happens to the edit, it is made in the end, and nothing is posted again."""
    steps = sqlite_steps
    draft = steps.released()
    minutes_to(steps, 0)
    steps.sandbox.faults.add(kind, "chat.update", channel=BRIDGE, times=3)
    watch(steps.bot, "one")
    steps.settle()
    assert bridge(steps)[0].startswith(late(draft))
    assert (len(bridge(steps)), len(told(steps))) == (1, 1)


def test_late_notice_passes_the_guards_of_a_release(sqlite_steps):
    """With a guest in the bridge its message stays as it is, and every gate learns why."""
    steps = sqlite_steps
    draft = steps.released()
    steps.sandbox.workspace.join(BRIDGE, "U0GUS")
    minutes_to(steps, 0)
    watch(steps.bot, "one")
    steps.settle()
    assert bridge(steps) == [draft.draft.message.text]
    why = "A guest or somebody of an unlisted organisation is in the bridge channel."
    assert told(steps, SECURITY_REVIEW) == [
        say.bridge.unchanged("Version 1 for Acme Corp (INC-1042)", why, by_hand=False)
    ]
    assert "not-shown" in steps.log()


def test_running_worker_watches(sqlite_steps):
    """Nobody has to ask: a worker that runs looks by itself."""
    steps = sqlite_steps
    steps.released()
    minutes_to(steps, 0)
    worker = Worker(steps.bot, "running")
    worker.start()
    try:
        assert wait_until(lambda: " is late. " in bridge(steps)[0], 10)
    finally:
        worker.stop()


def test_told_line_is_not_repeated_after_a_crash(sqlite_steps):
    """A worker that died right after posting it leaves one line, not two."""
    steps = sqlite_steps
    steps.released()
    minutes_to(steps, 10)
    watch(steps.bot, "one")
    with steps.bot.store.write() as transaction:
        claimed = claim_message(transaction, "dead", steps.clock())
    message = read_message(claimed.content)
    assert isinstance(message, Tell)
    _send(steps.bot, claimed, message)
    steps.clock.pass_by(31)
    steps.settle()
    assert len(told(steps)) == 1
