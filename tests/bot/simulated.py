"""A whole bot on simulated time: listener, worker, outbox and schedule, on a sandbox that has the same clock.

People act over HTTP as in the demo, and Slack's requests come in signed over HTTP; nothing happens between two acts but
what `pass_by` lets happen. `with simulated(folder) as life:`
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from bot.app import Bot, make_bot
from bot.intake.http_mode import make_endpoint
from bot.intake.listen import Listener
from bot.intake.server import serving
from bot.process.work import Worker
from bot.settings import load_deployment
from bot.slack.api import make_client
from bot.slack.connect import connect
from demo.sample import FOLDER, load_sample, prepare
from demo.staging import Staging
from sandbox.delivery.envelope import Timing
from sandbox.people import Person
from sandbox.seed import Seed
from sandbox.server import Sandbox
from storage.cases import cases_of
from storage.drafts import StoredDraft, drafts_of
from storage.log import Entry, entries, faults
from storage.store import Store
from tests.bot.stage import BRIDGE, GATES, INCIDENT
from tests.clocks import SimulatedClock, SimulatedTicker
from tests.databases import KEYS, SIGNING, sqlite_url

IDLE_SECONDS = 10.0
"""How long the worker waits when there is nothing to do: on simulated time each look costs as much as a real one."""

SOON = 40.0
"""Seconds within which a request is worked and everything said of it."""


@dataclass
class Life:
    """A bot that lives as long as a test lets it; time passes only by `pass_by` and within acts."""

    sandbox: Sandbox
    bot: Bot
    clock: SimulatedClock
    staging: Staging

    def person(self, user: str) -> Person:
        """Act as somebody."""
        return self.sandbox.person(user)

    def pass_by(self, minutes: float) -> None:
        """Live on."""
        self.clock.pass_by(minutes * 60)

    def command(self, user: str, words: str) -> str:
        """Type a command, and give what only this person reads."""
        heard = len(self.person(user).ephemerals(INCIDENT))
        assert self.person(user).say(INCIDENT, f"/bridgepkg {words}").ok
        self.clock.pass_by(SOON)
        answers = self.person(user).ephemerals(INCIDENT)[heard:]
        return str(answers[-1]["text"]) if answers else ""

    def approve(self, *users: str) -> None:
        """Approve the newest card as these people, or as each gate."""
        for user, channel in GATES:
            if not users or user in users:
                assert self.person(user).click("review_approve", channel=channel, confirmed=True).ok
                self.clock.pass_by(SOON)

    def bridge(self) -> list[str]:
        """What the customer reads, oldest first."""
        return [message["text"] for message in self.person("U0CARA").messages(BRIDGE)]

    def told(self) -> list[str]:
        """What was told in the incident's channel beside cards, oldest first."""
        shown = [message["text"] for message in self.person("U0KIM").messages(INCIDENT)]
        return [text for text in shown if " · INC-1042 · " not in text]

    def drafts(self) -> list[StoredDraft]:
        """Every draft, oldest first."""
        with self.bot.store.read() as transaction:
            return [d for bridge_case in cases_of(transaction) for d in drafts_of(transaction, bridge_case.id)]

    def entries(self) -> list[Entry]:
        """What happened, and that the chain holds."""
        with self.bot.store.read() as transaction:
            assert list(faults(transaction, SIGNING.public_key())) == []
            return list(entries(transaction, "INC-1042"))

    def log(self) -> list[str]:
        """What happened, by kind."""
        return [entry.kind for entry in self.entries()]


@contextmanager
def simulated(folder: Path, *, fresh: bool = True) -> Iterator[Life]:
    """The bot on stage one of the sample, whose sources are kept fresh as the demo keeps them, or stand still."""
    seed = Seed.model_validate_json((FOLDER / "workspace.json").read_text(encoding="utf-8"))
    config, clock, store = prepare(folder / "sample"), SimulatedClock(), Store(sqlite_url(folder), KEYS, SIGNING)
    deployment, secret = load_deployment(config), seed.app.signing_secret
    with Sandbox(seed, clock=clock.seconds, timing=Timing(ping=0.05, stamp=clock.seconds)) as sandbox:
        client = make_client(seed.app.bot_token, sandbox.api_url, seconds=5)
        bot = make_bot(deployment, store, connect(client, deployment.config, clock), SIGNING, clock)
        life = Life(sandbox, bot, clock, Staging(load_sample(), folder / "sample", clock.now))
        life.staging.move_to(0)
        listener, worker = (
            Listener(deployment, store, client, secret, clock),
            Worker(bot, "life", partial(SimulatedTicker, clock)),
        )
        worker.idle, ended = IDLE_SECONDS, clock.event()
        with serving(make_endpoint(listener.app, secret, clock), 0) as server:
            assert sandbox.use_http(f"http://127.0.0.1:{server.port}/slack/events")
            worker.start()
            tending = clock.start("tending", partial(_tend, life, ended)) if fresh else None
            try:
                yield life
            finally:
                ended.set()
                if tending:
                    tending.join()
                worker.stop()
                listener.close()
        store.close()
    assert sandbox.failures.all() == ()


def _tend(life: Life, ended) -> None:
    """What the demo's supervisor does for the sources, ten times a minute."""
    while not life.clock.wait(ended, 6.0):
        life.staging.keep_fresh()
