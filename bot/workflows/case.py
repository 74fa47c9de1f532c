"""The case: what a channel's incident stands at, read in one go, for workflows and answers."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from blocks import say
from bot.app import Bot
from bot.intake.requests import Meant
from profiles.codes import LogKind
from profiles.models import Profile
from storage.cases import CLOSED, OPEN, BridgeCase, case_by_id, cases_of_channel
from storage.directives import directives_of
from storage.drafts import StoredDraft, current_drafts, draft_by_id, drafts_of
from storage.log import latest
from storage.store import Transaction
from transforms.model.approvals import Refusal
from transforms.model.audience import Audience
from transforms.model.directives import Directives
from transforms.model.lifecycle import Replaced

CHOOSE: Final = "choose"
NOT_OPEN: Final = Refusal(code="not-open", sentence=say.case.NOT_OPEN)


@dataclass(frozen=True, slots=True)
class BoundBridge:
    """One bridge of one incident, as it is configured now."""

    bridge_case: BridgeCase
    profile: Profile
    audience: Audience


@dataclass(frozen=True, slots=True)
class Case(BoundBridge):
    """One bridge of one incident with its latest drafts, its last release and what people decided."""

    directives: Directives
    update: StoredDraft | None
    acknowledgement: StoredDraft | None
    released: StoredDraft | None
    unclear: StoredDraft | None
    """The draft of which nobody can say whether it is visible; nothing else goes out before that is known."""
    closed_at: datetime | None = None


def find_case(bot: Bot, transaction: Transaction, meant: Meant, wanted: str = OPEN) -> Case | Refusal:
    """The one case that is meant; a refusal says that there is none, or names those to choose from."""
    bridge = find_bridge(bot, transaction, meant, wanted)
    return bridge if isinstance(bridge, Refusal) else with_drafts(bot, transaction, bridge)


def find_bridge(bot: Bot, transaction: Transaction, meant: Meant, wanted: str = OPEN) -> BoundBridge | Refusal:
    """The same without its drafts and decisions, which a withdrawal needs none of.

    Where no bridge is named it is the only one there, or the only one in the state that is `wanted`, if one is.
    """
    stored = draft_by_id(transaction, meant.draft) if meant.draft else None
    if stored:
        return bound_bridge(bot, transaction, stored.bridge_case)
    here = cases_of_channel(transaction, meant.channel)
    if not here:
        return NOT_OPEN
    found = _fitting(here, meant, wanted)
    if len(found) == 1:
        return _bound(bot, found[0])
    if meant.bridge:
        return Refusal(code="no-such-bridge", sentence=say.case.other_bridges(meant.bridge, _names(here)))
    return Refusal(code=CHOOSE, sentence=say.case.choose_bridge(_names(found or here)))


def _fitting(here: list[BridgeCase], meant: Meant, wanted: str) -> list[BridgeCase]:
    if meant.bridge:
        return [case for case in here if case.bridge == meant.bridge]
    return [case for case in here if case.state == wanted] or here


def _names(cases: list[BridgeCase]) -> list[str]:
    return [case.bridge for case in cases]


def open_cases(bot: Bot, transaction: Transaction, channel: str) -> list[Case]:
    """Every open case of a channel's incident."""
    here = [case for case in cases_of_channel(transaction, channel) if case.state == OPEN]
    found = [case_of(bot, transaction, case) for case in here]
    return [case for case in found if not isinstance(case, Refusal)]


def whole_case(bot: Bot, transaction: Transaction, case_id: str) -> Case | Refusal:
    """The case with this id."""
    bridge = bound_bridge(bot, transaction, case_id)
    return bridge if isinstance(bridge, Refusal) else with_drafts(bot, transaction, bridge)


def bound_bridge(bot: Bot, transaction: Transaction, case_id: str) -> BoundBridge | Refusal:
    """The same without its drafts and decisions, any of which may be altered."""
    bridge_case = case_by_id(transaction, case_id)
    return _bound(bot, bridge_case) if bridge_case else NOT_OPEN


def case_of(bot: Bot, transaction: Transaction, bridge_case: BridgeCase) -> Case | Refusal:
    """Everything about one case."""
    bridge = _bound(bot, bridge_case)
    return bridge if isinstance(bridge, Refusal) else with_drafts(bot, transaction, bridge)


def _bound(bot: Bot, bridge_case: BridgeCase) -> BoundBridge | Refusal:
    """A bridge that left the configuration is refused, not guessed."""
    if bridge_case.bridge not in bot.deployment.config.bridges:
        return Refusal(code="bridge-gone", sentence=say.case.bridge_gone(bridge_case.bridge))
    profile, audience = bot.deployment.profiles[bridge_case.bridge], bot.deployment.audience(bridge_case.bridge)
    return BoundBridge(bridge_case=bridge_case, profile=profile, audience=audience)


def with_drafts(bot: Bot, transaction: Transaction, bridge: BoundBridge) -> Case:
    """The bridge with its drafts and decisions; `StoreAlteredError` when one of them cannot be read."""
    bridge_case = bridge.bridge_case
    approved = bot.deployment.config.bridges[bridge_case.bridge].approved_profiles
    drafts = current_drafts(transaction, bridge_case.id)
    return Case(
        bridge_case=bridge_case,
        profile=bridge.profile,
        audience=bridge.audience,
        directives=directives_of(transaction, bridge_case.id, approved, bot.deployment.estate),
        update=drafts.update,
        acknowledgement=drafts.acknowledgement,
        released=drafts.released,
        unclear=drafts.unclear,
        closed_at=closed_at(transaction, bridge_case),
    )


def review_channel(bot: Bot, bridge_case: BridgeCase, role: str) -> str:
    """Where a role's card goes: its review channel, or the incident's own."""
    return bot.deployment.config.review_channels.get(role, bridge_case.channel)


def closed_at(transaction: Transaction, bridge_case: BridgeCase) -> datetime | None:
    """When a case was closed, if it is: the log tells."""
    if bridge_case.state != CLOSED:
        return None
    told = latest(transaction, bridge_case.incident, LogKind.CLOSED, bridge_case.id)
    return told.at if told else None


def stale_card(transaction: Transaction, stored: StoredDraft) -> Refusal | None:
    """Why a card of this draft decides nothing any more: which draft took its place, and when."""
    if not isinstance(stored.state, Replaced):
        return None
    newer = next((d for d in drafts_of(transaction, stored.bridge_case) if d.number == stored.state.by_draft), None)
    at = newer.created_at if newer else None
    sentence = say.case.stale_card(stored.number, stored.state.by_draft, at)
    return Refusal(code="stale-card", sentence=sentence)
