"""Dispatch: a request to its workflow. Every request is identified first; who is nobody gets the reason and no more.

Three tables say what there is, and which leave each thing takes; what stands in none of them is refused.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Final, Generic, TypeVar

from blocks.ids import HOME_OPENED, ActionId, CallbackId, Reference
from bot.access import Action, refuse
from bot.app import Bot
from bot.intake.commands import NotUnderstood, Typed, named_version, parse
from bot.intake.requests import ActionRequest, AnyRequest, CommandRequest, EventRequest, SubmissionRequest
from bot.slack.people import Insider
from bot.workflows.ambiguous import answer_ambiguous
from bot.workflows.case import Meant
from bot.workflows.close import close, reopen
from bot.workflows.draft import draft_acknowledgement, draft_update
from bot.workflows.effects import Answer, Effect, Reply, answer_only, draw_home, reply
from bot.workflows.holds import clear_hold, place_holds, show_hold_form, waive
from bot.workflows.open import open_binding
from bot.workflows.read import READERS, details, help_answer, read
from bot.workflows.retry import release_now
from bot.workflows.review import approve, hold_all
from bot.workflows.withdraw import Target, show_withdraw_form, withdraw
from profiles.codes import DraftKind, LogKind
from storage.cases import CLOSED, incident_of
from storage.drafts import draft_by_id
from storage.log import Event, append
from storage.store import Transaction
from transforms.model.approvals import Refusal

Asked = TypeVar("Asked", CommandRequest, ActionRequest, SubmissionRequest)


@dataclass(frozen=True, slots=True)
class Doing(Generic[Asked]):
    """One thing that people ask for: the leave that it takes, and its workflow.

    Without a leave the workflow itself asks for one role: the gate's, the hold's or the exception's.
    """

    requires: Action | None
    run: Callable[[Bot, Asked, Insider], Effect]


def dispatch(bot: Bot, request: AnyRequest) -> Effect:
    """What to do about a request, after everything that can be read was read."""
    if isinstance(request, EventRequest) and request.event.get("type") == HOME_OPENED:
        return _home(bot, request)
    if isinstance(request, EventRequest):
        # Who reads the channel may have changed: every post asks that by itself.
        return answer_only(None)
    asker = bot.people.identify(request.person)
    if isinstance(asker, Refusal):
        return _refused(bot, request, asker, harmless=True)
    match request:
        case CommandRequest():
            return _command(bot, request, asker)
        case ActionRequest():
            return _authorized(bot, request, asker, ACTIONS.get(request.action))
        case SubmissionRequest():
            return _authorized(bot, request, asker, FORMS.get(request.callback))


def _home(bot: Bot, request: EventRequest) -> Effect:
    """Somebody opened the app; who they are decides what its Home tab shows, when it is drawn."""

    def write(transaction: Transaction) -> Answer:
        if request.event.get("tab", "home") == "home":
            draw_home(transaction, request.person, bot.now())
        return None

    return write


def _command(bot: Bot, request: CommandRequest, asker: Insider) -> Effect:
    typed = parse(request.text, bot.deployment.config.bridges)
    if isinstance(typed, NotUnderstood):
        return answer_only(reply(typed.sentence))
    if typed.name == "help":
        return answer_only(help_answer(typed.words))
    requires, run = COMMANDS[typed.name]
    return _authorized(bot, request, asker, Doing(requires, lambda b, r, a: run(b, r, a, typed)))


def _authorized(bot: Bot, request: Asked, asker: Insider, doing: Doing[Asked] | None) -> Effect:
    """Run a workflow for somebody who has leave; whatever no table knows is refused."""
    if doing is None:
        return answer_only(reply("This is of an earlier version of mine. Please use a command instead."))
    refusal = refuse(doing.requires, asker.roles, asker.unknown) if doing.requires else None
    return _refused(bot, request, refusal) if refusal else doing.run(bot, request, asker)


def _refused(bot: Bot, request: AnyRequest, refusal: Refusal, *, harmless: bool = False) -> Effect:
    """The reason; in the log of the incident that it was about stands who tried what (pattern: log overrides)."""
    answer = Reply(reply(refusal.sentence).drawing, harmless=harmless)
    tried = {"code": refusal.code, "team": request.person.team, "user": request.person.user, "what": _what(request)}

    def write(transaction: Transaction) -> Answer:
        if incident := _incident(transaction, request):
            append(transaction, Event(incident, LogKind.REFUSED, refusal.code, bot.now(), tried))
        else:
            transaction.notes.append((LogKind.REFUSED, refusal.code))
        return answer

    return write


def _what(request: AnyRequest) -> str:
    """What somebody tried, by our own name for it: what they typed stays out of the log."""
    match request:
        case ActionRequest(action=action):
            return action if action in ACTIONS else "unknown"
        case SubmissionRequest(callback=callback):
            return callback if callback in FORMS else "unknown"
        case CommandRequest(text=text):
            typed = parse(text)
            return typed.name if isinstance(typed, Typed) else "unknown"
    return "unknown"


def _incident(transaction: Transaction, request: AnyRequest) -> str | None:
    """The incident that a request is about: by the draft that it names, or by the channel."""
    reference = Reference(request.channel)
    if isinstance(request, ActionRequest | SubmissionRequest):
        reference = request.reference
    return incident_of(transaction, reference.draft, reference.lane or request.channel)


def _meant(request: CommandRequest, typed: Typed) -> Meant:
    return Meant(request.channel, typed.bridge)


def _of_button(request: ActionRequest | SubmissionRequest) -> Meant:
    return Meant(request.reference.lane, request.reference.bridge, request.reference.draft)


def _hold(bot: Bot, request: CommandRequest, asker: Insider, typed: Typed) -> Effect:
    return show_hold_form(bot, Reference(request.channel, bridge=typed.bridge), request.channel, asker)


def _withdraw(bot: Bot, request: CommandRequest, asker: Insider, typed: Typed) -> Effect:
    version, words = named_version(typed.words)
    target = Target(replace(_meant(request, typed), wanted=""), request.received_at, version=version)
    return withdraw(bot, target, " ".join(words), asker) if words else show_withdraw_form(bot, target, request.channel)


def _withdraw_of_card(bot: Bot, request: ActionRequest, _asker: Insider) -> Effect:
    return show_withdraw_form(bot, _target(request), request.channel)


def _target(request: ActionRequest | SubmissionRequest) -> Target:
    return Target(_of_button(request), request.received_at)


def _read(bot: Bot, request: CommandRequest, asker: Insider, typed: Typed) -> Effect:
    return answer_only(read(bot, _meant(request, typed), typed.name, typed.words, asker))


COMMANDS: Final[Mapping[str, tuple[Action, Callable[[Bot, CommandRequest, Insider, Typed], Effect]]]] = {
    "open": (Action.OPEN, lambda b, r, a, t: open_binding(b, r, a, t.words)),
    "close": (Action.OPEN, lambda b, r, a, t: close(b, _meant(r, t), a, anyway=bool(t.words))),
    "reopen": (Action.OPEN, lambda b, r, a, t: reopen(b, replace(_meant(r, t), wanted=CLOSED), a)),
    "draft": (Action.DRAFT, lambda b, r, a, t: draft_update(b, _meant(r, t), a, r.id)),
    "ack": (Action.DRAFT, lambda b, r, a, t: draft_acknowledgement(b, _meant(r, t), a)),
    "release": (Action.RELEASE, lambda b, r, _, t: release_now(b, _meant(r, t))),
    "hold": (Action.HOLD, _hold),
    "withdraw": (Action.WITHDRAW, _withdraw),
    **dict.fromkeys(READERS, (Action.READ, _read)),
}
"""Every command with its leave; `help` takes none."""


def _draft_next(bot: Bot, request: ActionRequest, asker: Insider) -> Effect:
    """Another draft of the kind whose card was clicked."""
    with bot.store.read() as transaction:
        named = draft_by_id(transaction, request.reference.draft)
    again = draft_acknowledgement if named and named.draft.kind is DraftKind.ACKNOWLEDGEMENT else draft_update
    return again(bot, _of_button(request), asker, request.id)


def _reading(name: str) -> Doing[ActionRequest]:
    return Doing(Action.READ, lambda b, r, a: answer_only(read(b, _of_button(r), name, (), a)))


ACTIONS: Final[Mapping[str, Doing[ActionRequest]]] = {
    ActionId.REVIEW_APPROVE: Doing(None, approve),
    ActionId.REVIEW_HOLD_ALL: Doing(Action.HOLD, hold_all),
    ActionId.REVIEW_HOLD_PART: Doing(Action.HOLD, lambda b, r, a: show_hold_form(b, r.reference, r.channel, a)),
    ActionId.REVIEW_DETAILS: Doing(Action.READ, lambda b, r, a: answer_only(details(b, r.reference.draft, a))),
    ActionId.HOLD_CLEAR: Doing(None, clear_hold),
    ActionId.EXCEPTION_WAIVE: Doing(None, waive),
    ActionId.DRAFT_NEXT: Doing(Action.DRAFT, _draft_next),
    ActionId.PACKAGE_RELEASE: Doing(Action.RELEASE, lambda b, r, _: release_now(b, _of_button(r))),
    ActionId.PACKAGE_WITHDRAW: Doing(Action.WITHDRAW, _withdraw_of_card),
    ActionId.POST_SEEN: Doing(Action.LOOK, lambda b, r, a: answer_ambiguous(b, r, a, seen=True)),
    ActionId.POST_ABSENT: Doing(Action.LOOK, lambda b, r, a: answer_ambiguous(b, r, a, seen=False)),
    ActionId.MENU_DRAFT: Doing(Action.DRAFT, lambda b, r, a: draft_update(b, _of_button(r), a, r.id)),
    ActionId.MENU_ACK: Doing(Action.DRAFT, lambda b, r, a: draft_acknowledgement(b, _of_button(r), a)),
    ActionId.MENU_DIFF: _reading("diff"),
    ActionId.MENU_HOLDS: _reading("holds"),
}
"""Every button with its leave."""


def _withdrawn(bot: Bot, request: SubmissionRequest, asker: Insider) -> Effect:
    return withdraw(bot, _target(request), str(request.values.get("reason", "")), asker)


FORMS: Final[Mapping[str, Doing[SubmissionRequest]]] = {
    CallbackId.HOLD_FORM: Doing(Action.HOLD, place_holds),
    CallbackId.WITHDRAW_FORM: Doing(Action.WITHDRAW, _withdrawn),
}
"""Every form with its leave."""
