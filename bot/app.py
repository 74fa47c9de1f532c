"""The composition root: what the workflows are given, put together from settings. Nothing else happens here."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from secrets import token_hex

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from bot.clock import SYSTEM_CLOCK, Clock
from bot.metrics import count
from bot.settings import (
    Deployment,
    config_path,
    load_deployment,
    read_environment,
    sealing_keys,
    signing_key,
)
from bot.slack.connect import Slack, open_slack
from bot.slack.gateway import BridgePublisher, InternalPoster
from bot.slack.people import People
from storage.schema import ensure_schema
from storage.store import Store


@dataclass(frozen=True, slots=True)
class Bot:
    """The parts of a running bot: configuration, database, what may be done with Slack, keys, clock and ids."""

    deployment: Deployment
    store: Store
    people: People
    internal: InternalPoster
    bridge: BridgePublisher
    signing: Ed25519PrivateKey
    clock: Clock
    new_id: Callable[[], str]

    def now(self) -> datetime:
        """The moment, by the bot's clock."""
        return self.clock.now()


def make_bot(
    deployment: Deployment, store: Store, slack: Slack, signing: Ed25519PrivateKey, clock: Clock = SYSTEM_CLOCK
) -> Bot:
    """A bot with opaque 128-bit ids; what its store commits is counted."""
    store.observe = count
    return Bot(
        deployment=deployment,
        store=store,
        people=slack.people,
        internal=slack.internal,
        bridge=slack.bridge,
        signing=signing,
        clock=clock,
        new_id=lambda: token_hex(16),
    )


def open_store(signing: Ed25519PrivateKey | None = None) -> Store:
    """The configured database, brought to this version if it was empty; without a key its log can only be read."""
    store = Store(read_environment().DATABASE_URL, sealing_keys(), signing)
    ensure_schema(store)
    return store


def open_bot(clock: Clock = SYSTEM_CLOCK) -> Bot:
    """A bot from environment and configuration; a `UserFixableError` says what is missing and how to fix it."""
    deployment = load_deployment(config_path())
    slack, signing = open_slack(deployment.config, clock), signing_key()
    return make_bot(deployment, open_store(signing), slack, signing, clock)
