"""Withdraw: one person of any reviewing role takes a message back at once (promise P11).

None of the freshness or audience guards stand in the way, nor does another draft whose row was altered; it is logged,
and every gate is told. A replaced message can be withdrawn too: under its notice its words still stand in the channel.
"""

from dataclasses import dataclass
from datetime import UTC, datetime

from blocks import say
from blocks.ids import Reference
from blocks.withdraw import withdraw_form
from bot.app import Bot
from bot.intake.commands import named_version
from bot.intake.requests import Meant, Request, SubmissionRequest
from bot.slack.people import Insider
from bot.workflows.advance import advance
from bot.workflows.case import BoundBridge, find_bridge
from bot.workflows.effects import Answer, Effect, OpenModal, answer_only, named, reply, tell
from bot.workflows.release import find
from storage.drafts import StoreAlteredError, StoredDraft, draft_by_id, readable_drafts
from storage.store import Transaction
from transforms.model.approvals import Located, Refusal
from transforms.model.directives import Person
from transforms.model.lifecycle import (
    Ambiguous,
    Posting,
    Released,
    Step,
    Superseded,
    Withdrawn,
    released_in,
)


@dataclass(frozen=True, slots=True)
class PostedMessage:
    """A message that the customer can see, or that was found just now, with its draft and its case."""

    case: BoundBridge
    stored: StoredDraft
    state: Released | Superseded | Ambiguous
    found: Located | None = None

    def withdraw(self, by: Person, at: datetime, reason: str) -> Step[Withdrawn]:
        """The step that takes it back."""
        if isinstance(self.state, Ambiguous):
            if self.found is None:
                raise TypeError("an unclear post is taken back only once it was found")
            return self.state.withdraw(self.found, by, at, reason)
        return self.state.withdraw(by, at, reason)


@dataclass(frozen=True, slots=True)
class Target:
    """What somebody wants taken back: a draft, a version by its number, or what stood in the bridge when they asked.

    What is released between the asking and the work is never taken down in its place.
    """

    meant: Meant
    asked: datetime
    version: int | None = None


def withdraw_typed(bot: Bot, request: Request, asker: Insider) -> Effect:
    """`withdraw [version] [reason]`: at once with a reason, and by the form without one."""
    version, words = named_version(request.words)
    target = Target(request.meant, request.received_at, version)
    return _withdraw(bot, target, " ".join(words), asker) if words else _show_form(bot, target, request.channel)


def show_withdraw_form(bot: Bot, request: Request, _asker: Insider) -> Effect:
    """The form that asks once for the reason; its answer comes to the channel where it was asked for."""
    return _show_form(bot, Target(request.meant, request.received_at), request.channel)


def withdraw_by_form(bot: Bot, request: SubmissionRequest, asker: Insider) -> Effect:
    """What the form was opened for, with the reason that was written into it."""
    target = Target(request.meant, request.received_at)
    return _withdraw(bot, target, str(request.values.get("reason", "")), asker)


def _show_form(bot: Bot, target: Target, origin: str) -> Effect:
    found = _standing(bot, target)
    if isinstance(found, Refusal):
        return answer_only(reply(found.sentence))
    reference = Reference(found.case.bridge_case.channel, found.stored.id, origin)
    return answer_only(OpenModal(withdraw_form(found.stored.draft, str(reference))))


def _withdraw(bot: Bot, target: Target, reason: str, asker: Insider) -> Effect:
    """Take back what stands in the bridge: the draft or version named, or what stood when it was asked."""
    found = _standing(bot, target)
    if isinstance(found, Refusal):
        return answer_only(reply(found.sentence))
    step = found.withdraw(asker.person, bot.now(), reason.strip()[:500])
    return lambda transaction: _write(transaction, found, step, asker.name)


def _standing(bot: Bot, target: Target) -> PostedMessage | Refusal:
    """The message that stands in the bridge, or why there is none to withdraw."""
    with bot.store.read() as transaction:
        named = draft_by_id(transaction, target.meant.draft) if target.meant.draft else None
        case = find_bridge(bot, transaction, target.meant, wanted="")
        if isinstance(case, Refusal):
            return case
        readable = readable_drafts(transaction, case.bridge_case.id)
        drafts = [d for d in readable.drafts if _stood_from(d)]
    if altered := _altered(readable.problems, target, named, drafts):
        return altered
    if target.version is not None and not named:
        named = next((draft for draft in drafts if draft.draft.version == target.version), None)
        if named is None:
            return Refusal(code="no-such-version", sentence=_no_such(target.version, drafts))
    stored = named or _stood(drafts, target.asked)
    posted = _posted(bot, case, stored) if stored else None
    if posted:
        return posted
    return Refusal(code="nothing-stands", sentence=_nothing(stored))


def _altered(
    problems: list[StoreAlteredError], target: Target, named: StoredDraft | None, drafts: list[StoredDraft]
) -> Refusal | None:
    """Why nobody can say what is meant: the draft that is, or may be, cannot be read. An older one is never guessed."""
    if named:
        return None
    newest = max((draft.number for draft in drafts), default=0)
    meant = [one for one in problems if one.may_stand and target.version in {None, one.version}]
    found = next((one for one in meant if target.version or one.number > newest), None)
    return Refusal(code="store-altered", sentence=say.withdraw.altered(str(found))) if found else None


def _stood_from(stored: StoredDraft) -> datetime | None:
    """Since when a message stands in the bridge, or may: by Slack's own stamp, if our note of it came later."""
    if released := released_in(stored.state):
        return min(released.at, datetime.fromtimestamp(float(released.ts), UTC)) if released.ts else released.at
    return stored.state.attempt.started_at if isinstance(stored.state, Posting | Ambiguous) else None


def _stood(drafts: list[StoredDraft], asked: datetime) -> StoredDraft | None:
    """The newest message that stood, or may have stood, when somebody asked."""
    since = [(at, draft.number, draft) for draft in drafts if (at := _stood_from(draft)) and at <= asked]
    return max(since, key=lambda one: one[:2])[2] if since else None


def _no_such(version: int, drafts: list[StoredDraft]) -> str:
    """Why a version that somebody named is not taken back, and which could be."""
    known = [d.draft.version for d in drafts if d.draft.version and not isinstance(d.state, Withdrawn)]
    return say.withdraw.no_such_version(version, known)


def _posted(bot: Bot, case: BoundBridge, stored: StoredDraft) -> PostedMessage | None:
    """The message of a draft; an unclear post is looked for, and need not be confirmed first."""
    match stored.state:
        case Released() | Superseded() as state:
            return PostedMessage(case, stored, state)
        case Ambiguous() as unclear if ts := find(bot, unclear.attempt):
            return PostedMessage(case, stored, unclear, Located(ts=ts, how="found"))
    return None


def _nothing(stored: StoredDraft | None) -> str:
    """Why there is nothing to take back."""
    match stored.state if stored else None:
        case Withdrawn(at=at) if stored:
            return say.withdraw.already_withdrawn(stored.draft.title.capitalize(), at)
        case Ambiguous() | Posting() if stored:
            return f"{say.bridge.unclear(stored.number)} {say.bridge.DELETE_BY_HAND}"
    return say.withdraw.NOTHING_THERE


def _write(transaction: Transaction, posted: PostedMessage, step: Step[Withdrawn], name: str) -> Answer:
    case, stored, state = posted.case, posted.stored, step.after
    advance(transaction, case, stored, step, state.at, name=name)
    _tell_gates(transaction, case, stored, state, name)
    if state.released.ts:
        return reply(say.withdraw.WITHDRAWN)
    return reply(say.withdraw.BY_HAND)


def _tell_gates(transaction: Transaction, case: BoundBridge, stored: StoredDraft, state: Withdrawn, name: str) -> None:
    at = state.at
    text = say.withdraw.told(named(stored), name, at, state.reason)
    for role in case.profile.gates_for(stored.draft.kind):
        tell(transaction, f"{stored.id}/{role}", {"bridge_case": case.bridge_case.id, "role": role, "text": text}, at)
