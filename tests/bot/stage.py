"""A whole bot on a sandbox workspace, in this process: the same parts as in production, without the supervisor.

`with staged(database_url, folder) as stage:` gives the sandbox, the bot, its people, and the sample incident.
"""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from slack_bolt.adapter.socket_mode import SocketModeHandler

from blocks import say
from bot.app import Bot, make_bot
from bot.intake.listen import Listener
from bot.process.work import Worker
from bot.settings import load_deployment
from bot.slack.api import make_client
from bot.slack.connect import connect
from demo.sample import FOLDER, lay_out, load_sample, prepare
from sandbox.delivery.envelope import Timing
from sandbox.people import Person
from sandbox.seed import Seed
from sandbox.server import Sandbox
from storage.cases import cases_of
from storage.drafts import StoredDraft, drafts_of
from storage.log import entries, faults
from storage.queues import waiting
from storage.store import Store
from tests.clocks import MovedClock
from tests.databases import KEYS, SIGNING
from tests.sandbox.builders import close_quickly

INCIDENT, BRIDGE, SECURITY_REVIEW, ACCOUNT_REVIEW = "C0INC1042", "C0ACME", "C0REVSEC", "C0REVACC"
GATES = (("U0SAM", SECURITY_REVIEW), ("U0KIM", INCIDENT), ("U0ANA", ACCOUNT_REVIEW))


@dataclass
class Stage:
    """A running bot with its workspace. People act over HTTP as in the demo; `settle()` waits until all is said."""

    sandbox: Sandbox
    bot: Bot
    worker: Worker
    folder: Path
    clock: MovedClock
    began: datetime

    def person(self, user: str) -> Person:
        """Act as somebody."""
        return self.sandbox.person(user)

    def lay_out(self, number: int) -> None:
        """Put a stage of the sample incident (1 to 5) before the sources."""
        sample = load_sample()
        lay_out(sample.stages[number - 1], sample, self.folder, began=self.began, now=self.clock.now())

    def settle(self, seconds: float = 20.0) -> None:
        """Wait until every request is worked and everything due is said."""
        deadline = time.monotonic() + seconds
        while self._unfinished() != (0, 0):
            assert time.monotonic() < deadline, f"unfinished after {seconds} s: {self._unfinished()}"
            time.sleep(0.04)

    def _unfinished(self) -> tuple[int, int]:
        with self.bot.store.read() as transaction:
            return waiting(transaction)

    def command(self, user: str, words: str, channel: str = INCIDENT) -> str:
        """Type a command and give the answer that only this person sees."""
        person = self.person(user)
        heard = len(person.ephemerals(channel))
        outcome = person.say(channel, f"/bridgepkg {words}".rstrip())
        assert outcome.ok, outcome
        return self._heard(person, channel, heard)

    def click(self, user: str, channel: str, action: str, **how: object) -> str:
        """Click a button (on the newest message that has it) and give the answer that only this person sees."""
        person = self.person(user)
        heard = len(person.ephemerals(channel))
        outcome = person.click(action, channel=channel, confirmed=True, **how)
        assert outcome.ok, outcome
        return self._heard(person, channel, heard)

    def _heard(self, person: Person, channel: str, before: int) -> str:
        self.settle()
        answers = person.ephemerals(channel)[before:]
        return str(answers[-1]["text"]) if answers else ""

    def open(self) -> None:
        """Open the sample incident."""
        answer = self.command("U0KIM", "open INC-1042 acme")
        assert answer == say.opening.opened("INC-1042", "Acme Corp"), answer

    def approve_all(self, *users: str) -> list[str]:
        """Approve the newest cards as each gate (or only as some people), and give the answers."""
        return [self.click(u, c, "review_approve") for u, c in GATES if not users or u in users]

    def released(self, stage: int = 1) -> None:
        """Draft and release the next version from a stage of the sample."""
        self.lay_out(stage)
        self.command("U0KIM", "draft")
        self.approve_all()
        assert self.drafts()[-1].state.state == "released", self.drafts()[-1].state

    def card(self, channel: str, user: str = "U0KIM") -> dict:
        """The newest message of a channel."""
        return self.person(user).messages(channel)[-1]

    def bridge(self) -> list[str]:
        """The texts that the customer sees in the bridge, oldest first."""
        return [message["text"] for message in self.person("U0CARA").messages(BRIDGE)]

    def bridge_posts(self) -> int:
        """How many messages were accepted in the bridge channel."""
        return len(self.person("U0CARA").messages(BRIDGE))

    def drafts(self) -> list[StoredDraft]:
        """Every draft of the incident, oldest first."""
        with self.bot.store.read() as transaction:
            return [d for bridge_case in cases_of(transaction) for d in drafts_of(transaction, bridge_case.id)]

    def log(self) -> list[str]:
        """What happened, by kind, and that the chain holds."""
        with self.bot.store.read() as transaction:
            assert list(faults(transaction, SIGNING.public_key())) == []
            return [entry.kind for entry in entries(transaction, "INC-1042")]


@contextmanager
def staged(
    database: str,
    folder: Path,
    *,
    rate_limits: bool = False,
    opened: bool = True,
    configure: Callable[[Path], object] = lambda _config: None,
) -> Iterator[Stage]:
    """A bot that listens by Socket Mode and works, on stage one of the sample; opened unless told otherwise.

    `configure` may change the configuration's file before it is read.
    """
    seed = Seed.model_validate_json((FOLDER / "workspace.json").read_text(encoding="utf-8"))
    config = prepare(folder / "sample")
    configure(config)
    store, clock = Store(database, KEYS, SIGNING), MovedClock()
    with Sandbox(seed, rate_limits=rate_limits, clock=clock.seconds, timing=Timing(ping=0.05)) as sandbox:
        client = make_client(seed.app.bot_token, sandbox.api_url, seconds=3)
        deployment = load_deployment(config)
        bot = make_bot(deployment, store, connect(client, deployment.config, clock), SIGNING, clock)
        listener = Listener(deployment, store, client, seed.app.signing_secret, clock)
        handler = SocketModeHandler(listener.app, seed.app.app_token, ping_interval=1)
        worker = Worker(bot, "test")
        stage = Stage(sandbox, bot, worker, folder / "sample", clock, clock.now())
        stage.lay_out(1)
        handler.connect()
        worker.start()
        try:
            if opened:
                stage.open()
            yield stage
        finally:
            worker.stop()
            close_quickly(handler.client)
            listener.close()
            store.close()
    assert sandbox.failures.all() == ()
