"""`open`: tie an incident, this channel and a bridge together: the first human checkpoint (mission M17)."""

from secrets import token_hex
from typing import Final

from blocks import say
from bot.app import Bot
from bot.intake.requests import CommandRequest
from bot.slack.errors import LookupFailedError, NotDoneError, UnclearError
from bot.slack.people import Insider
from bot.sources.read import read_evidence
from bot.workflows.effects import Answer, Effect, answer_only, reply
from profiles.codes import LogKind
from profiles.models import Profile
from storage.cases import OPEN, BridgeCase, add_case, cases_of, cases_of_channel
from storage.log import Event, append
from storage.store import Transaction
from transforms.model.audience import Audience
from transforms.model.canonical import bridge_key
from transforms.model.evidence import Evidence, declared_severities, incident_unread, too_mild
from transforms.model.history import History

LONGEST_KEY: Final = 500


def open_bridge(bot: Bot, request: CommandRequest, asker: Insider) -> Effect:
    """Bind the channel, if the incident is declared severe enough and the bridge is known."""
    incident, bridge, *override = request.words
    if problem := _unusable(bot, request.channel, incident, bridge):
        return answer_only(reply(problem))
    audience = bot.deployment.audience(bridge)
    key = token_hex(32)
    evidence = read_evidence(bot.deployment.sources, incident, at=bot.now())
    problem = _undeclared(evidence, bot.deployment.profiles[bridge], bridge, override=bool(override))
    if problem := problem or _readers_problem(bot, audience):
        return answer_only(reply(problem))
    bridge_case = BridgeCase(
        id=bot.new_id(),
        incident=incident,
        bridge=bridge,
        channel=request.channel,
        state=OPEN,
        opened_by=asker.person,
        opened_at=bot.now(),
        override=bool(override),
        drafts=0,
        incident_key=key,
        history=History(digest_key=bridge_key(key, bridge)),
    )
    return lambda transaction: _write(transaction, bridge_case, str(audience.label))


def _unusable(bot: Bot, channel: str, incident: str, bridge: str) -> str | None:
    """Why this channel, key or bridge cannot be tied together, before any source is read."""
    if bridge not in bot.deployment.config.bridges:
        return say.opening.unknown_bridge(bridge[:60], bot.deployment.config.bridges)
    if len(incident) > LONGEST_KEY:
        return say.opening.key_too_long(LONGEST_KEY)
    if channel.startswith("D"):
        return say.opening.DIRECT_MESSAGE
    try:
        return bot.internal.refusal(channel)
    except LookupFailedError:
        return say.opening.READERS_UNKNOWN


def _readers_problem(bot: Bot, audience: Audience) -> str | None:
    """Why nothing could be posted to this audience now."""
    try:
        return bot.bridge.refusal(audience)
    except (NotDoneError, UnclearError) as problem:
        return say.opening.readers_problem(audience.channel, str(problem))


def _undeclared(evidence: Evidence, profile: Profile, bridge: str, *, override: bool) -> str | None:
    """Why this incident may not be packaged; an override is possible where it is only less severe."""
    severities = declared_severities(evidence, profile)
    if not severities and not incident_unread(evidence, profile):
        return say.opening.unknown_incident(evidence.incident)
    if override:
        return None
    if not severities:
        return say.opening.severity_unknown(evidence.incident, bridge)
    severity = too_mild(evidence, profile)
    return say.opening.too_mild(evidence.incident, bridge, severity, profile.severities) if severity else None


def _taken(transaction: Transaction, new: BridgeCase, label: str) -> str | None:
    """Why this incident cannot have this bridge here: a channel is one incident's, and an incident has one channel."""
    here = cases_of_channel(transaction, new.channel)
    others = [case for case in here if case.incident != new.incident]
    if others:
        first, closed = others[0], all(case.state != OPEN for case in others)
        taken = say.opening.channel_taken(first.incident, first.bridge)
        return say.opening.closed_here(first.incident) if closed else taken
    if same := next((case for case in here if case.bridge == new.bridge), None):
        if same.state != OPEN:
            return say.opening.closed_here(same.incident)
        return say.opening.already_open(same.incident, label)
    if not here and (elsewhere := cases_of(transaction, new.incident)):
        return say.opening.incident_elsewhere(new.incident, elsewhere[0].channel, label)
    return None


def _write(transaction: Transaction, bridge_case: BridgeCase, label: str) -> Answer:
    if taken := _taken(transaction, bridge_case, label):
        return reply(taken)
    add_case(transaction, bridge_case)
    payload = {
        "bridge": bridge_case.bridge,
        "channel": bridge_case.channel,
        "by": bridge_case.opened_by.user,
        "override": bridge_case.override,
    }
    append(transaction, Event(bridge_case.incident, LogKind.OPENED, bridge_case.id, bridge_case.opened_at, payload))
    return reply(say.opening.opened(bridge_case.incident, label))
