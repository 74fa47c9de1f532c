"""The composition root: what the workflows are given, put together from settings. Nothing else happens here."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from secrets import token_hex

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from slack_sdk import WebClient

from bot.metrics import count
from bot.settings import (
    Deployment,
    config_path,
    load_deployment,
    read_environment,
    sealing_keys,
    signing_key,
)
from bot.slack.api import make_client
from bot.slack.gateway import BridgePublisher, InternalPoster
from bot.slack.people import People
from storage.schema import ensure_schema
from storage.store import Store


@dataclass(frozen=True, slots=True)
class Bot:
    """The parts of a running bot: configuration, database, Slack, keys, clock and ids."""

    deployment: Deployment
    store: Store
    client: WebClient
    people: People
    internal: InternalPoster
    bridge: BridgePublisher
    signing: Ed25519PrivateKey
    now: Callable[[], datetime]
    new_id: Callable[[], str]


def make_bot(deployment: Deployment, store: Store, client: WebClient, signing: Ed25519PrivateKey) -> Bot:
    """A bot on the real clock with opaque 128-bit ids; what its store commits is counted."""
    people = People(client, deployment.config)
    store.observe = count
    return Bot(
        deployment=deployment,
        store=store,
        client=client,
        people=people,
        internal=InternalPoster(client, people),
        bridge=BridgePublisher(client, people),
        signing=signing,
        now=lambda: datetime.now(UTC),
        new_id=lambda: token_hex(16),
    )


def open_store(signing: Ed25519PrivateKey | None = None) -> Store:
    """The configured database, brought to this version if it was empty; without a key its log can only be read."""
    store = Store(read_environment().DATABASE_URL, sealing_keys(), signing)
    ensure_schema(store)
    return store


def open_client() -> WebClient:
    """The configured Slack."""
    environment = read_environment()
    return make_client(environment.required("SLACK_BOT_TOKEN"), environment.SLACK_API_URL)


def open_bot() -> Bot:
    """A bot from environment and configuration; a `UserFixableError` says what is missing and how to mend it."""
    deployment = load_deployment(config_path())
    client, signing = open_client(), signing_key()
    return make_bot(deployment, open_store(signing), client, signing)
