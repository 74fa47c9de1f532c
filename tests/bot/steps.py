"""A bot that does one thing at a time when told to, on a sandbox, with a clock of its own.

The same parts as in production without listener and threads: requests are put into the inbox as `listen` would, and a
test decides when they are worked and what is said in which order. `with stepped(database, folder) as steps:`
"""

import dataclasses
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from slack_sdk import WebClient
from sqlalchemy import case, delete, func, select

from blocks.ids import ActionId
from bot.app import Bot, make_bot
from bot.delivery.outbox import deliver_next
from bot.process.work import work_next
from bot.settings import load_deployment
from bot.slack.api import make_client
from bot.slack.connect import connect
from demo.sample import FOLDER, lay_out, load_sample, prepare
from sandbox.delivery.envelope import Timing
from sandbox.model.tickets import ReplyKind
from sandbox.seed import Seed
from sandbox.server import Sandbox
from storage.cases import cases_of
from storage.drafts import StoredDraft, drafts_of
from storage.log import entries, faults
from storage.queues import Request, receive, waiting
from storage.store import Store
from storage.tables import outbox
from tests.bot.stage import GATES, INCIDENT
from tests.clocks import SteppedClock
from tests.databases import KEYS, SIGNING

HOME = "T0MERIDIAN"
ROLES = {"U0SAM": "security", "U0KIM": "incident_command", "U0ANA": "account_leadership", "U0LEE": "account_leadership"}
MOST_STEPS = 400


@dataclass
class Steps:
    """A bot on stage one of the sample, opened; `settle()` does everything that is to be done."""

    sandbox: Sandbox
    bot: Bot
    folder: Path
    clock: SteppedClock
    client: WebClient
    began: datetime
    name: str = "steps"
    cards: bool = True
    lane: str = INCIDENT
    asked: int = 0

    def lay_out(self, number: int = 1) -> None:
        """Put a stage of the sample incident (1 to 4) before the sources, as fresh as it was then."""
        sample = load_sample()
        lay_out(sample.stages[number - 1], sample, self.folder, began=self.began, now=self.clock())

    def ask(self, body: dict[str, Any]) -> None:
        """Put a request into the inbox, as `listen` does."""
        self.asked += 1
        content = {"kind": "slack", "body": body}
        with self.bot.store.write() as transaction:
            receive(transaction, Request(self.bot.new_id(), self.lane, content, self.clock(), f"trigger/{self.asked}"))

    def command(self, user: str, words: str, channel: str = INCIDENT, response_url: str = "") -> None:
        """Somebody types a command."""
        where = {"team_id": HOME, "channel_id": channel, "user_id": user}
        self.ask({"command": "/bridgepkg", "text": words, "response_url": response_url, **where})

    def response_url(self, user: str, channel: str = INCIDENT) -> str:
        """An address at which Slack takes answers to something that a person did."""
        return self.sandbox.url + self.sandbox.workspace.tickets.reply(ReplyKind.COMMAND, channel, user)

    def click(self, user: str, action: str, draft: StoredDraft, role: str = "") -> None:
        """Somebody clicks a button of a draft's card."""
        value = f"{INCIDENT}|{draft.id}|{role or ROLES.get(user, 'security')}|{draft.draft.release_digest}"
        clicked = {"action_id": action, "value": value}
        who = {"team": {"id": HOME}, "user": {"id": user, "team_id": HOME}, "channel": {"id": INCIDENT}}
        self.ask({"type": "block_actions", "actions": [clicked], **who})

    def work(self) -> None:
        """Work every request that is there."""
        while work_next(self.bot, self.name):
            pass

    def deliver(self) -> None:
        """Say one thing, the most urgent that is due: after the last approval that is the release."""
        assert deliver_next(self.bot, self.name)

    def settle(self, most: int = MOST_STEPS) -> None:
        """Work and say everything, letting time pass to what is due later, until nothing is left."""
        for _ in range(most):
            self.work()
            if not self.cards:
                self._drop_cards()
            if deliver_next(self.bot, self.name):
                continue
            if self.unfinished() == (0, 0):
                return
            self.clock.pass_by(max(0.0, (self._next_due() - self.clock()).total_seconds()) + 0.001)
        raise AssertionError(f"unfinished after {most} steps: {self.unfinished()}")

    def try_for(self, minutes: int) -> None:
        """Let so many minutes pass, and say what is due at the end of each."""
        for _ in range(minutes):
            self.clock.pass_by(61)
            while deliver_next(self.bot, self.name):
                pass

    def heard(self, user: str, channel: str = INCIDENT) -> list[str]:
        """What only this person sees in a channel, oldest first."""
        return [message["text"] for message in self.sandbox.person(user).ephemerals(channel)]

    def unfinished(self) -> tuple[int, int]:
        """How many requests and sayings are left."""
        with self.bot.store.read() as transaction:
            return waiting(transaction)

    def _drop_cards(self) -> None:
        """Draw no card: most of the time of a release goes there, and few tests are about them."""
        with self.bot.store.write() as transaction:
            transaction.execute(delete(outbox).where(outbox.c.kind == "draw-cards", outbox.c.state == "new"))

    def _next_due(self) -> datetime:
        """When the next thing is to be said, or its claim runs out."""
        due = case((outbox.c.state == "claimed", outbox.c.claimed_until), else_=outbox.c.due_at)
        with self.bot.store.read() as transaction:
            found = transaction.execute(select(func.min(due)).where(outbox.c.state.in_(("new", "claimed"))))
            return found.scalar_one() or self.clock()

    def draft(self, stage: int = 1) -> StoredDraft:
        """A fresh draft from a stage of the sample."""
        self.lay_out(stage)
        self.command("U0KIM", "draft")
        self.work()
        return self.newest()

    def approve(self, draft: StoredDraft, *users: str) -> None:
        """Approve a draft as each gate, or only as some people."""
        for user, _ in GATES:
            if not users or user in users:
                self.click(user, ActionId.REVIEW_APPROVE, draft)
        self.work()

    def approved(self, stage: int = 1) -> StoredDraft:
        """A draft that every gate approved and whose release is the next thing to be done."""
        draft = self.draft(stage)
        self.approve(draft)
        return self.now(draft, "approved")

    def released(self, stage: int = 1) -> StoredDraft:
        """A version that stands in the bridge, with all its cards drawn."""
        draft = self.approved(stage)
        self.settle()
        return self.now(draft, "released")

    def drafts(self) -> list[StoredDraft]:
        """Every draft, oldest first."""
        with self.bot.store.read() as transaction:
            return [d for bridge_case in cases_of(transaction) for d in drafts_of(transaction, bridge_case.id)]

    def newest(self) -> StoredDraft:
        """The newest draft."""
        return self.drafts()[-1]

    def now(self, draft: StoredDraft, *expected: str) -> StoredDraft:
        """A draft as it stands now, in one of these states."""
        found = next(d for d in self.drafts() if d.id == draft.id)
        assert not expected or found.state.state in expected, found.state
        return found

    def log(self) -> list[str]:
        """What happened, by kind, and that the chain holds."""
        with self.bot.store.read() as transaction:
            assert list(faults(transaction, SIGNING.public_key())) == []
            return [entry.kind for entry in entries(transaction, "INC-1042")]

    def another(self, name: str) -> "Steps":
        """A second worker on the same database and Slack."""
        return dataclasses.replace(self, name=name)


@contextmanager
def stepped(database: str, folder: Path, *, rate_limits: bool = False, opened: bool = True) -> Iterator[Steps]:
    """A bot to be stepped, on stage one of the sample."""
    seed = Seed.model_validate_json((FOLDER / "workspace.json").read_text(encoding="utf-8"))
    config, clock, store = prepare(folder / "sample"), SteppedClock(), Store(database, KEYS, SIGNING)
    with Sandbox(seed, rate_limits=rate_limits, clock=clock.seconds, timing=Timing(ping=0.05)) as sandbox:
        client = make_client(seed.app.bot_token, sandbox.api_url, seconds=5)
        deployment = load_deployment(config)
        bot = make_bot(deployment, store, connect(client, deployment.config, clock), SIGNING, clock)
        steps = Steps(sandbox, bot, folder / "sample", clock, client, clock())
        steps.lay_out(1)
        try:
            if opened:
                steps.command("U0KIM", "open INC-1042 acme")
                steps.settle()
                assert steps.log() == ["opened"]
            yield steps
        finally:
            store.close()
    assert sandbox.failures.all() == ()
