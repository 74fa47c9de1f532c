"""Withdraw: one person of any reviewing role takes a message back at once (promise P11).

None of the freshness or audience guards stand in the way; it is logged, and every gate is told. A replaced message can
be withdrawn too: under its notice its words still stand in the channel.
"""

from dataclasses import dataclass
from datetime import UTC, datetime

from blocks.ids import Reference
from blocks.withdraw import withdraw_form
from blocks.words import list_words
from bot.app import Bot
from bot.slack.people import Insider
from bot.workflows.case import Case, case_by_binding, read_case
from bot.workflows.draft import draw_cards, unclear_sentence
from bot.workflows.effects import Answer, Effect, OpenModal, answer_only, draw_bridge, reply, tell
from bot.workflows.release import find
from storage.drafts import StoredDraft, draft_by_id, drafts_of, move
from storage.log import Event, append
from storage.store import Transaction
from transforms.review import Ambiguous, Posting, Refusal, Released, Superseded, Withdrawn


@dataclass(frozen=True, slots=True)
class PostedMessage:
    """A message that the customer can see, with the draft and the case that it belongs to."""

    case: Case
    stored: StoredDraft
    released: Released


@dataclass(frozen=True, slots=True)
class Target:
    """What somebody wants taken back: a draft, a version by its number, or what stood in the bridge when they asked.

    What is released between the asking and the work is never taken down in its place.
    """

    lane: str
    asked: datetime
    draft: str = ""
    version: int | None = None


def show_withdraw_form(bot: Bot, target: Target, origin: str) -> Effect:
    """The form that asks once for the reason; its answer comes to the channel where it was asked for."""
    found = _standing(bot, target)
    if isinstance(found, Refusal):
        return answer_only(reply(found.sentence))
    reference = Reference(found.case.binding.channel, found.stored.id, origin)
    return answer_only(OpenModal(withdraw_form(found.stored.draft, str(reference))))


def withdraw(bot: Bot, target: Target, reason: str, asker: Insider) -> Effect:
    """Take back what stands in the bridge: the draft or version named, or what stood when it was asked."""
    found = _standing(bot, target)
    if isinstance(found, Refusal):
        return answer_only(reply(found.sentence))
    state = Withdrawn(released=found.released, by=asker.person, at=bot.now(), reason=reason.strip()[:500])
    return lambda transaction: _write(transaction, found, state, asker.name)


def _standing(bot: Bot, target: Target) -> PostedMessage | Refusal:
    """The message that stands in the bridge, or why there is none to withdraw."""
    with bot.store.read() as transaction:
        named = draft_by_id(transaction, target.draft) if target.draft else None
        case = case_by_binding(bot, transaction, named.binding) if named else read_case(bot, transaction, target.lane)
        if isinstance(case, Refusal):
            return case
        drafts = [d for d in drafts_of(transaction, case.binding.id) if _stood_from(d)]
    if target.version is not None and not named:
        named = next((draft for draft in drafts if draft.draft.version == target.version), None)
        if named is None:
            return Refusal(code="no-such-version", sentence=_no_such(target.version, drafts))
    stored = named or _stood(drafts, target.asked)
    released = _released(bot, stored) if stored else None
    if stored and released:
        return PostedMessage(case, stored, released)
    return Refusal(code="nothing-stands", sentence=_nothing(stored))


def _stood_from(stored: StoredDraft) -> datetime | None:
    """Since when a message stands in the bridge, or may: by Slack's own stamp, if our note of it came later."""
    state = stored.state.released if isinstance(stored.state, Superseded | Withdrawn) else stored.state
    match state:
        case Released(ts=ts, at=at):
            return min(at, datetime.fromtimestamp(float(ts), UTC)) if ts else at
        case Posting(started_at=at) | Ambiguous(started_at=at):
            return at
    return None


def _stood(drafts: list[StoredDraft], asked: datetime) -> StoredDraft | None:
    """The newest message that stood, or may have stood, when somebody asked."""
    since = [(at, draft.number, draft) for draft in drafts if (at := _stood_from(draft)) and at <= asked]
    return max(since, key=lambda one: one[:2])[2] if since else None


def _no_such(version: int, drafts: list[StoredDraft]) -> str:
    """Why a version that somebody named is not taken back, and which could be."""
    known = [d.draft.version for d in drafts if d.draft.version and not isinstance(d.state, Withdrawn)]
    standing = f"; what can be withdrawn: version {list_words(map(str, known), 'or')}" if known else ""
    return f"There is no version {version} in the bridge{standing}. Nothing was recorded."


def _released(bot: Bot, stored: StoredDraft) -> Released | None:
    """How a draft came to stand in the bridge; an unclear post is looked for, and need not be confirmed first."""
    match stored.state:
        case Released() as released:
            return released
        case Superseded(released=released):
            return released
        case Ambiguous() as unclear:
            ts = find(bot, stored)
            values = unclear.model_dump(include={"digest", "channel", "attempt"})
            how = {"approvals": unclear.approvals, "ts": ts, "at": bot.now(), "how": "found"}
            return Released.model_validate({**values, **how}) if ts else None
    return None


def _nothing(stored: StoredDraft | None) -> str:
    """Why there is nothing to take back."""
    match stored.state if stored else None:
        case Withdrawn(at=at) if stored:
            again = "An earlier version is withdrawn from its own card."
            return f"{_named(stored)} was withdrawn at {at:%H:%M} UTC already. {again}"
        case Ambiguous() | Posting() if stored:
            return f"{unclear_sentence(stored)} If you see it there, delete it by hand at once."
    return "Nothing stands in the bridge that could be withdrawn."


def _write(transaction: Transaction, standing: PostedMessage, state: Withdrawn, name: str) -> Answer:
    case, stored = standing.case, standing.stored
    move(transaction, stored, state)
    payload = {"by": state.by.user, "name": name, "reason": state.reason}
    append(transaction, Event(case.binding.incident, "withdrawn", stored.id, state.at, payload))
    draw_bridge(transaction, stored.id, state.at)
    draw_cards(transaction, case, stored.id, stored.draft.kind, state.at)
    _tell_gates(transaction, case, stored, state, name)
    if standing.released.ts:
        return reply("Withdrawn: the fixed notice takes its place now, and every gate is told.")
    return reply("Recorded, but I cannot edit that message: delete it in the bridge channel by hand, now.")


def _tell_gates(transaction: Transaction, case: Case, stored: StoredDraft, state: Withdrawn, name: str) -> None:
    at, reason = state.at, state.reason or "no reason given"
    text = f"{_named(stored)} for {case.audience.label} was withdrawn by {name} at {at:%H:%M} UTC: {reason}."
    for role in case.profile.gates_for(stored.draft.kind):
        tell(transaction, f"{stored.id}/{role}", {"binding": case.binding.id, "role": role, "text": text}, at)


def _named(stored: StoredDraft) -> str:
    return f"Version {stored.draft.version}" if stored.draft.version else "The acknowledgement"
