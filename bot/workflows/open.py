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
from storage.bindings import OPEN, BindingRecord, add_binding, binding_of_channel, binding_of_incident
from storage.log import Event, append
from storage.store import Transaction
from transforms.model.audience import Audience
from transforms.model.evidence import Evidence, declared_severities, incident_unread
from transforms.model.history import History

LONGEST_KEY: Final = 500


def open_binding(bot: Bot, request: CommandRequest, asker: Insider, words: tuple[str, ...]) -> Effect:
    """Bind the channel, if the incident is declared severe enough and the bridge is known."""
    incident, bridge, *override = words
    if problem := _unusable(bot, request.channel, incident, bridge):
        return answer_only(reply(problem))
    audience = bot.deployment.audience(bridge)
    key = token_hex(32)
    evidence = read_evidence(bot.deployment.sources, incident, at=bot.now())
    problem = _undeclared(evidence, bot.deployment.profiles[bridge], bridge, override=bool(override))
    if problem := problem or _readers_problem(bot, audience):
        return answer_only(reply(problem))
    binding = BindingRecord(
        id=bot.new_id(),
        incident=incident,
        bridge=bridge,
        channel=request.channel,
        state=OPEN,
        opened_by=asker.person,
        opened_at=bot.now(),
        override=bool(override),
        drafts=0,
        digest_key=key,
        history=History(digest_key=key),
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


def _write(transaction: Transaction, binding: BindingRecord, label: str) -> Answer:
    if taken := binding_of_channel(transaction, binding.channel):
        if taken.state != OPEN:
            return reply(f"{taken.incident} was closed here; `/bridgepkg reopen` opens it again.")
        if (taken.incident, taken.bridge) == (binding.incident, binding.bridge):
            return reply(f"{taken.incident} is open here for {label} already.")
        return reply(f"This channel is tied to {taken.incident} and bridge {taken.bridge}; use another channel.")
    if elsewhere := binding_of_incident(transaction, binding.incident, binding.bridge):
        return reply(f"{binding.incident} is open for {label} in another channel (id {elsewhere.channel}).")
    add_binding(transaction, binding)
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
