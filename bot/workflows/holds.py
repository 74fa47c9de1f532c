"""Holds and waivers: what one person decides about a part of the package. Each makes a revised draft at once."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import get_args

from blocks import say
from blocks.holds import hold_form
from blocks.ids import Reference
from bot.access import refuse_role
from bot.app import Bot
from bot.intake.requests import ActionRequest, Meant, Request, SubmissionRequest
from bot.slack.people import Insider
from bot.workflows.case import Case, find_case, stale_card, whole_case
from bot.workflows.draft import DraftReason, read_now, store_update
from bot.workflows.effects import Answer, Effect, OpenModal, Reply, answer_only, refused, reply
from profiles.codes import (
    ACCOUNT_LEADERSHIP,
    INCIDENT_COMMAND,
    LEGAL,
    NEVER_WAIVED,
    SECURITY,
    SUPPORT_LEADERSHIP,
    HoldReason,
    LogKind,
)
from storage.directives import add_directive, end_hold
from storage.drafts import StoredDraft, draft_by_id
from storage.log import Event, append
from storage.store import Transaction
from transforms.model.approvals import Refusal
from transforms.model.directives import EndedHold, FieldHold, Person, Waiver
from transforms.model.holds import Hold
from transforms.model.package import Package

PEOPLE_REASONS = (
    HoldReason.REVIEWER_HOLD,
    HoldReason.SECURITY_REVIEW_PENDING,
    HoldReason.LEGAL_REVIEW_PENDING,
    HoldReason.EXPLOITABILITY_RESTRICTED,
)
"""The reasons that a person can give; the others are found by the product."""

NO_UPDATE = Refusal(code="no-draft", sentence=say.hold.NO_UPDATE)


def show_hold_form(bot: Bot, request: Request, asker: Insider) -> Effect:
    """The form in which a reviewer chooses what to hold; its answer comes to the channel where it was asked for."""
    found = current_update(bot, request.meant)
    if isinstance(found, NoDraft):
        return found.effect(bot, asker)
    case, stored = found
    reference = Reference(case.bridge_case.channel, stored.id, request.channel)
    form = hold_form(stored.draft, str(reference), case.profile, PEOPLE_REASONS)
    return answer_only(OpenModal(form) if form else reply(say.hold.ALL_HELD))


@dataclass(frozen=True, slots=True)
class NoDraft:
    """Why nothing can be held or decided in a draft, and in which incident, if in any."""

    refusal: Refusal
    incident: str = ""

    def effect(self, bot: Bot, asker: Insider) -> Effect:
        """Tell the person, and log it where an incident is known."""
        return refused(self.refusal, self.incident, asker.person, bot.now())


def current_update(bot: Bot, meant: Meant) -> tuple[Case, StoredDraft] | NoDraft:
    """The case and its current update draft, or why nothing can be held in it."""
    with bot.store.read() as transaction:
        stored = draft_by_id(transaction, meant.draft) if meant.draft else None
        case = whole_case(bot, transaction, stored.bridge_case) if stored else find_case(bot, transaction, meant)
        stale = stale_card(transaction, stored) if stored else None
    if isinstance(case, Refusal):
        return NoDraft(case)
    if case.closed_at:
        return NoDraft(Refusal(code="closed", sentence=say.hold.closed(case.closed_at)), case.bridge_case.incident)
    if stale:
        return NoDraft(stale, case.bridge_case.incident)
    stored = stored or case.update
    if stored is None or not isinstance(stored.draft.package, Package):
        return NoDraft(NO_UPDATE)
    return case, stored


def place_holds(bot: Bot, request: SubmissionRequest, asker: Insider) -> Effect:
    """Hold the chosen fields and draft again; the earlier decisions are void."""
    found = current_update(bot, request.meant)
    if isinstance(found, NoDraft):
        return found.effect(bot, asker)
    case, stored = found
    known = {field.id for field in stored.draft.package.placed} if isinstance(stored.draft.package, Package) else set()
    wanted = [field for field in request.values.get("fields", ()) if field in known]
    reason = str(request.values.get("reason", ""))
    if not wanted or reason not in PEOPLE_REASONS:
        return answer_only(reply(say.hold.CHOOSE))
    holds = [
        FieldHold(
            target=field,
            reason=HoldReason(reason),
            by=asker.person,
            role=_speaking_role(asker),
            at=bot.now(),
            note=str(request.values.get("note", ""))[:2000],
        )
        for field in wanted
    ]
    return _decided(bot, case, asker, holds, say.hold.held(asker.name, len(wanted)))


def clear_hold(bot: Bot, request: ActionRequest, asker: Insider) -> Effect:
    """End people's holds on a field: only the hold's own role may (a detail held by rule is cleared by security)."""
    found = current_update(bot, Meant(request.reference.lane, request.reference.bridge))
    if isinstance(found, NoDraft):
        return found.effect(bot, asker)
    case, stored = found
    target = request.reference.about
    if unexplained := _unexplained(stored, target):
        return _explain(bot, case, asker, *unexplained)
    standing = [hold for hold in case.directives.holds if hold.target == target]
    if not standing:
        return answer_only(reply(say.hold.NOT_HELD))
    for hold in standing:
        if refusal := refuse_role(hold.role, asker.roles, asker.unknown):
            return refused(refusal, case.bridge_case.incident, asker.person, bot.now())
    return revised(bot, case, asker, say.hold.ended(asker.name), lambda t, at: _end(t, case, target, asker, at))


def _unexplained(stored: StoredDraft, about: str) -> tuple[Hold, str] | None:
    """The hold whose cause can no longer be found that a button names, and what became of it: `solved:detail/x`."""
    why, _, key = about.partition(":")
    held = (hold for hold in stored.draft.holds if hold.unexplained and hold.key == key)
    return next(((hold, why) for hold in held if why in get_args(EndedHold.model_fields["why"].annotation)), None)


def _explain(bot: Bot, case: Case, asker: Insider, hold: Hold, why: str) -> Effect:
    """Its own role says that it may end (promise P15)."""
    if refusal := refuse_role(hold.role, asker.roles, asker.unknown):
        return refused(refusal, case.bridge_case.incident, asker.person, bot.now())
    history, at = case.bridge_case.history, bot.now()
    since = history.held_since.get(hold.key, at) if history else at
    ended = EndedHold.model_validate(
        {"key": hold.key, "since": since, "why": why, "by": asker.person, "role": hold.role, "at": at}
    )
    return _decided(bot, case, asker, [ended], say.hold.explained(asker.name, why))


def _end(transaction: Transaction, case: Case, target: str, asker: Insider, at: datetime) -> None:
    end_hold(transaction, case.bridge_case.id, target, at)
    append(transaction, Event(case.bridge_case.incident, LogKind.HOLD_ENDED, target, at, {"by": asker.person.user}))


def waive(bot: Bot, request: ActionRequest, asker: Insider) -> Effect:
    """Decide that one exception need not block, for exactly the evidence shown; only its role may."""
    with bot.store.read() as transaction:
        known = draft_by_id(transaction, request.reference.draft)
    if known is None:
        return answer_only(reply(say.review.UNKNOWN))
    found = current_update(bot, request.meant)
    if isinstance(found, NoDraft):
        return found.effect(bot, asker)
    case, stored = found
    entry = next((e for e in stored.draft.register_ if e.id == request.reference.about and e.blocks), None)
    if entry is None:
        return answer_only(reply(say.hold.NOT_BLOCKING))
    never = Refusal(code="never-waived", sentence=say.hold.never_waived(entry.sentence))
    refusal = never if entry.code in NEVER_WAIVED else refuse_role(entry.role, asker.roles, asker.unknown)
    if refusal:
        return refused(refusal, case.bridge_case.incident, asker.person, bot.now())
    waiver = Waiver(
        entry=entry.id,
        evidence=entry.evidence,
        decided=entry.decided,
        by=asker.person,
        role=entry.role,
        at=bot.now(),
    )
    return _decided(bot, case, asker, [waiver], say.hold.decided(asker.name, entry.code))


def _decided(
    bot: Bot, case: Case, asker: Insider, values: list[FieldHold] | list[Waiver] | list[EndedHold], why: str
) -> Effect:
    def write(transaction: Transaction, at: datetime) -> None:
        for value in values:
            subject, kind = _event(value)
            add_directive(transaction, bot.new_id(), case.bridge_case.id, value)
            payload = {"by": asker.person.user, "name": asker.name, "role": value.role}
            append(transaction, Event(case.bridge_case.incident, kind, subject, at, payload))

    return revised(bot, case, asker, why, write)


def _event(value: FieldHold | Waiver | EndedHold) -> tuple[str, LogKind]:
    match value:
        case FieldHold(target=target):
            return target, LogKind.HOLD_PLACED
        case Waiver(entry=entry):
            return entry, LogKind.WAIVED
        case EndedHold(key=key):
            return key, LogKind.HOLD_ENDED


def revised(bot: Bot, case: Case, asker: Insider, why: str, write: Callable[[Transaction, datetime], None]) -> Effect:
    """The decision and the revised draft in one transaction: it is built from the directives as they then stand."""
    evidence = read_now(bot, case, bot.now())
    drafted = store_update(bot, case, evidence, DraftReason(_drafter(case, asker), why))

    def effect(transaction: Transaction) -> Answer:
        write(transaction, bot.now())
        answer = drafted(transaction)
        text = answer.drawing.text if isinstance(answer, Reply) else ""
        return reply(say.hold.recorded(text))

    return effect


def _speaking_role(asker: Insider) -> str:
    """The role in which somebody with several holds a field: the most concerned one."""
    order = (SECURITY, LEGAL, INCIDENT_COMMAND, ACCOUNT_LEADERSHIP, SUPPORT_LEADERSHIP)
    return next((role for role in order if role in asker.roles), min(asker.roles))


def _drafter(case: Case, asker: Insider) -> Person:
    """A revised draft stays the draft of whoever drafted it: who decides about a part has not written the whole."""
    return case.update.drafter if case.update else asker.person
