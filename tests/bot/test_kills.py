"""kill -9 of the bot's processes, anywhere: the story ends as it does without, and no version is posted twice (P6)."""

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from types import SimpleNamespace

import pytest

from bot.settings import sealing_keys, signing_key
from demo.autoplay import STEPS
from demo.running import Demo, wait_until
from demo.story import INCIDENT, REVIEWERS, Story
from sandbox.faults import FaultKind
from storage.drafts import StoredDraft
from storage.log import entries
from storage.queues import waiting
from storage.store import Store
from tests.bot.invariants import all_drafts, assert_invariants, bridge_posts
from tests.bot.stage import BRIDGE

SECONDS = 30.0
RELEASED = ("approved", "approved", "approved", "posting", "released")
LOG = [
    *("opened", "drafted", "approved", "posting", "released"),
    *("drafted", "refused", "refused", "hold-placed", "drafted", "voided", "refused"),
    *("approved", "refused", "approved", "approved", "posting", "released", "superseded"),
    *("drafted", *RELEASED, "superseded"),
    *("drafted", *["waived", "drafted", "voided"] * 2, *RELEASED, "superseded", "withdrawn"),
    *("drafted", *RELEASED),
    *("drafted", *RELEASED, "superseded"),
]
"""The whole story by kinds, as it stands in the log when nobody kills anything."""


@dataclass
class Told:
    """A running demo with its story's people, and beside them what the database holds."""

    demo: Demo
    story: Story
    store: Store

    def drafts(self) -> list[StoredDraft]:
        """Every draft, oldest first."""
        return all_drafts(SimpleNamespace(bot=SimpleNamespace(store=self.store)))

    def posts(self) -> int:
        """How many messages Slack took for the bridge."""
        return len([*bridge_posts(self.demo)])

    def settled(self) -> bool:
        """Whether everything was worked and said."""
        with self.store.read() as transaction:
            return waiting(transaction) == (0, 0)

    def kill(self, *children) -> None:
        """End processes without a word, as the kernel would; the supervisor puts others in their places."""
        before = [child.process for child in children]
        for child, process in zip(children, before, strict=True):
            child.crashes.clear()
            os.kill(process.pid, signal.SIGKILL)
        for child, process in zip(children, before, strict=True):
            assert wait_until(lambda child=child, process=process: child.process not in {None, process}, SECONDS)
        # Nobody can click while no process listens: Slack says so to the person, who then clicks again.
        assert wait_until(lambda: len(self.demo.sandbox.courier.socket_mode.connections) > 0, SECONDS)

    def assert_invariants(self) -> None:
        """Everything said and done, nothing twice, the chain whole, the manifests signed."""
        assert wait_until(self.settled, SECONDS)
        bot = SimpleNamespace(store=self.store, signing=signing_key(self.demo.environment))
        assert_invariants(SimpleNamespace(sandbox=self.demo.sandbox, bot=bot))


@contextmanager
def told(database) -> Iterator[Told]:
    """A demo on a database, with nothing opened yet."""
    with Demo(database=database, dwell=0) as demo:
        store = Store(database, sealing_keys(demo.environment))
        try:
            # Two dozen starts within a minute ask for user groups more often than Slack's tier 2 allows.
            demo.sandbox.rates.enabled = False
            yield Told(demo, Story(demo, lambda _line: None), store)
        finally:
            store.close()


def approve_into(running, fault, *, performs) -> StoredDraft:
    """Draft and approve the first version, whose call is taken or lost by Slack and never answered."""
    story = running.story
    story.command("Kim", "open INC-1042 acme")
    story.command("Kim", "draft")
    story.approvable(1)
    running.demo.sandbox.faults.add(fault, "chat.postMessage", channel=BRIDGE, seconds=SECONDS, performs=performs)
    *others, (last, where) = REVIEWERS
    for name, channel in others:
        story.press(name, channel, "review_approve", "Approve")
    assert story.people[last].click("review_approve", channel=where, confirmed=True).acked
    story.until(running.demo.sandbox.faults.fired, "the call under way")
    return running.drafts()[-1]


def test_story_survives_kills_between_all_steps(database):
    """Listen or work is killed after each step, on the other engine the other; same end, each version posted once."""
    with told(database) as running:
        turns = (running.demo.listen, running.demo.work)
        for number, (_, act) in enumerate(STEPS, start=database.startswith("sqlite")):
            act(running.story)
            running.kill(turns[number % 2])
        running.assert_invariants()
        with running.store.read() as transaction:
            kinds = [entry.kind for entry in entries(transaction, "INC-1042")]
        assert (kinds, running.posts()) == (LOG, 6)


def test_kill_inside_a_call_that_slack_took_is_found(database):
    """Work dies while Slack's answer is under way; the next one finds the message and does not post it again."""
    with told(database) as running:
        approve_into(running, FaultKind.ACCEPT_THEN_TIMEOUT, performs=True)
        running.kill(running.demo.work)
        running.story.until(lambda: running.drafts()[-1].state.state == "released", "the look-up")
        assert (running.drafts()[-1].state.where.how, running.posts()) == ("found", 1)
        running.assert_invariants()


@pytest.mark.parametrize(("answer", "state"), [("post_absent", "not-posted"), ("post_seen", "released")])
def test_kill_inside_a_call_that_slack_lost_asks_a_person(tmp_path, answer, state):
    """Work dies in a call that nobody can find: it is never sent again, and a named person's word ends it."""
    with told(f"sqlite:///{tmp_path / 'kills.db'}") as running:
        draft = approve_into(running, FaultKind.ACCEPT_THEN_TIMEOUT, performs=False)
        running.kill(running.demo.work)
        running.story.until(lambda: running.drafts()[-1].state.state == "ambiguous", "the question")
        story = running.story
        story.until(lambda: answer in str(story.card("Kim", INCIDENT)["blocks"]), "its two buttons")
        story.press("Kim", INCIDENT, answer, "what Kim saw")
        found = next(one for one in running.drafts() if one.id == draft.id)
        assert (found.state.state, running.posts()) == (state, 0)
        running.assert_invariants()
