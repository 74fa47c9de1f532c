"""The one door, opened: a client goes in, and only what may be done with it comes out."""

from dataclasses import dataclass

from slack_sdk import WebClient

from bot.clock import Clock
from bot.settings import Config
from bot.slack.api import open_client
from bot.slack.directory import LookUps
from bot.slack.gateway import BridgePublisher, InternalPoster
from bot.slack.people import People


@dataclass(frozen=True, slots=True)
class Slack:
    """Everything that the bot does with Slack: who people are, what is said to them, and the customer's bridges."""

    people: People
    internal: InternalPoster
    bridge: BridgePublisher


def connect(client: WebClient, config: Config, clock: Clock) -> Slack:
    """What may be done with a client."""
    people = People(LookUps(client, clock), config, clock)
    return Slack(people, InternalPoster(client, people), BridgePublisher(client, people, clock))


def open_slack(config: Config, clock: Clock) -> Slack:
    """The Slack of the environment."""
    return connect(open_client(), config, clock)
