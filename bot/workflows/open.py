"""`open`: tie an incident, this channel and a bridge together: the first human checkpoint (mission M17)."""

from secrets import token_hex
from typing import Final

from blocks.words import list_words
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
from transforms.model.evidence import Evidence, declared_severities, incident_unread
from transforms.model.history import History

LONGEST_KEY: Final = 500


def open_binding(bot: Bot, request: CommandRequest, asker: Insider) -> Effect:
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
    binding = BridgeCase(
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
    return lambda transaction: _write(transaction, binding, str(audience.label))


def _unusable(bot: Bot, channel: str, incident: str, bridge: str) -> str | None:
    """Why this channel, key or bridge cannot be tied together, before any source is read."""
    if bridge not in bot.deployment.config.bridges:
        known = list_words(bot.deployment.config.bridges)
        return f"I know no bridge {bridge[:60]}; bridgepkg.yaml has {known}."
    if len(incident) > LONGEST_KEY:
        return f"An incident's key has at most {LONGEST_KEY} characters; check how its system spells it."
    if channel.startswith("D"):
        return "Open it in the incident's own channel: nobody else reads a direct message."
    try:
        return bot.internal.refusal(channel)
    except LookupFailedError:
        return "Slack did not tell me who reads this channel; please try again."


def _readers_problem(bot: Bot, audience: Audience) -> str | None:
    """Why nothing could be posted to this audience now."""
    try:
        return bot.bridge.refusal(audience)
    except (NotDoneError, UnclearError) as problem:
        return f"About the bridge channel {audience.channel}: {problem}."


def _undeclared(evidence: Evidence, profile: Profile, bridge: str, *, override: bool) -> str | None:
    """Why this incident may not be packaged; an override is possible where it is only less severe."""
    severities = declared_severities(evidence, profile)
    if not severities and not incident_unread(evidence, profile):
        return f"I find no incident {evidence.incident} in the incident source; check how that system spells it."
    if override or set(severities) & set(profile.severities):
        return None
    again = f"`/bridgepkg open {evidence.incident} {bridge} override` opens it in your name."
    if not severities:
        return f"The incident source could not be read, so I cannot see that this is severity one. {again}"
    allowed = list_words(profile.severities, "or")
    return f"{evidence.incident} is {severities[0]}, and this profile packages {allowed} only. {again}"


def _taken(transaction: Transaction, new: BridgeCase, label: str) -> str | None:
    """Why this incident cannot have this bridge here: a channel is one incident's, and an incident has one channel."""
    here = cases_of_channel(transaction, new.channel)
    others = [case for case in here if case.incident != new.incident]
    if others:
        closed = all(case.state != OPEN for case in others)
        return (
            f"{others[0].incident} was closed here; `/bridgepkg reopen` opens it again."
            if closed
            else f"This channel is tied to {others[0].incident} and bridge {others[0].bridge}; use another channel."
        )
    if same := next((case for case in here if case.bridge == new.bridge), None):
        if same.state != OPEN:
            return f"{same.incident} was closed here; `/bridgepkg reopen` opens it again."
        return f"{same.incident} is open here for {label} already."
    if not here and (elsewhere := cases_of(transaction, new.incident)):
        return f"{new.incident} is worked in another channel (id {elsewhere[0].channel}); open {label} there."
    return None


def _write(transaction: Transaction, binding: BridgeCase, label: str) -> Answer:
    if taken := _taken(transaction, binding, label):
        return reply(taken)
    add_case(transaction, binding)
    payload = {
        "bridge": binding.bridge,
        "channel": binding.channel,
        "by": binding.opened_by.user,
        "override": binding.override,
    }
    append(transaction, Event(binding.incident, LogKind.OPENED, binding.id, binding.opened_at, payload))
    return reply(
        f"{binding.incident} is open here for {label}. Next: `/bridgepkg ack` to tell the customer that you are on it, "
        "then `/bridgepkg draft`."
    )
