"""`open`: tie an incident, this channel and a bridge together: the first human checkpoint (mission M17)."""

from secrets import token_hex

from bot.app import Bot
from bot.people import Insider
from bot.requests import CommandRequest
from bot.sources.read import read_bundle
from bot.workflows.effects import Answer, Effect, answer_only, told
from storage.bindings import BindingRecord, add_binding, binding_of_channel, binding_of_incident
from storage.log import Event, append
from storage.store import Transaction
from transforms.bundle import Bundle, declared_severities


def open_binding(bot: Bot, request: CommandRequest, asker: Insider, words: tuple[str, ...]) -> Effect:
    """Bind the channel, if the incident is declared severe enough and the bridge is known."""
    incident, bridge, *rest = words
    override = [word.lower() for word in rest] == ["override"]
    if bridge not in bot.deployment.config.bridges:
        known = ", ".join(bot.deployment.config.bridges)
        return answer_only(told(f"I know no bridge {bridge}. bridgepkg.yaml has {known}."))
    if reason := bot.internal.refusal(request.channel):
        return answer_only(told(reason))
    audience = bot.deployment.audience(bridge)
    key = token_hex(32)
    bundle = read_bundle(bot.deployment.sources, incident, audience, at=bot.now(), digest_key=key)
    if (problem := _undeclared(bundle, bot, bridge, override=override)) or (problem := bot.bridge.refusal(audience)):
        return answer_only(told(problem))
    binding = BindingRecord(
        id=bot.new_id(),
        incident=incident,
        bridge=bridge,
        channel=request.channel,
        state="open",
        opened_by=asker.person,
        opened_at=bot.now(),
        override=override,
        drafts=0,
        digest_key=key,
    )
    return lambda transaction: _write(transaction, binding, str(audience.label))


def _undeclared(bundle: Bundle, bot: Bot, bridge: str, *, override: bool) -> str | None:
    """Why this incident may not be packaged; an override is possible where it is only less severe."""
    profile = bot.deployment.profiles[bridge]
    severities = declared_severities(bundle, profile)
    allowed = ", ".join(profile.severities)
    if not severities and not any(health.problem for health in bundle.sources):
        return f"I find no incident {bundle.incident} in the incident source; check how that system spells it."
    if override or set(severities) & set(profile.severities):
        return None
    again = f"`/bridgepkg open {bundle.incident} {bridge} override` opens it in your name."
    if not severities:
        return f"The incident source could not be read, so I cannot see that this is severity one. {again}"
    return f"{bundle.incident} is {severities[0]}, and this profile packages {allowed}. {again}"


def _write(transaction: Transaction, binding: BindingRecord, label: str) -> Answer:
    if taken := binding_of_channel(transaction, binding.channel):
        if (taken.incident, taken.bridge) == (binding.incident, binding.bridge):
            return told(f"{taken.incident} is open here for {label} already.")
        return told(f"This channel is tied to {taken.incident} and bridge {taken.bridge}; use another channel.")
    if elsewhere := binding_of_incident(transaction, binding.incident, binding.bridge):
        return told(f"{binding.incident} is open for {label} in another channel (id {elsewhere.channel}).")
    add_binding(transaction, binding)
    payload = {
        "bridge": binding.bridge,
        "channel": binding.channel,
        "by": binding.opened_by.user,
        "override": binding.override,
    }
    append(transaction, Event(binding.incident, "opened", binding.id, binding.opened_at, payload))
    return told(
        f"{binding.incident} is open here for {label}. Next: `/bridgepkg ack` to tell the customer that you are on it, "
        "then `/bridgepkg draft`."
    )
