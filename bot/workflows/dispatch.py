"""Dispatch: a request to its workflow. Every request is identified first; who is nobody gets the reason and no more."""

from collections.abc import Callable
from typing import Final

from bot.access import Action, refuse
from bot.app import Bot
from bot.commands import NotUnderstood, Typed, parse
from bot.listeners.ids import ActionId, CallbackId
from bot.people import Insider
from bot.requests import ActionRequest, AnyRequest, CommandRequest, EventRequest, SubmissionRequest
from bot.workflows.ambiguous import answer_ambiguous
from bot.workflows.draft import draft_acknowledgement, draft_update
from bot.workflows.effects import Answer, Effect, Say, answer_only, told
from bot.workflows.holds import clear_hold, place_holds, show_hold_form, waive
from bot.workflows.open import open_binding
from bot.workflows.read import READERS, details, help_answer, read
from bot.workflows.retry import release_now
from bot.workflows.review import approve, hold_all
from bot.workflows.withdraw import show_withdraw_form, withdraw
from storage.bindings import binding_of_channel
from storage.log import Event, append
from storage.store import Transaction
from transforms.review import Refusal


def dispatch(bot: Bot, request: AnyRequest) -> Effect:
    """What to do about a request, after everything that can be read was read."""
    if isinstance(request, EventRequest):
        # Who reads the channel may have changed, so the next post looks again.
        bot.internal.forget(request.channel)
        return answer_only(None)
    asker = bot.people.identify(request.person)
    if isinstance(asker, Refusal):
        return _nobody(bot, request, asker)
    match request:
        case CommandRequest():
            return _command(bot, request, asker)
        case ActionRequest():
            return _action(bot, request, asker)
        case SubmissionRequest():
            return _submission(bot, request, asker)


def _nobody(bot: Bot, request: AnyRequest, refusal: Refusal) -> Effect:
    """The reason, which is harmless anywhere; a click on an incident's button is logged there."""
    answer = Say(told(refusal.sentence).drawing, harmless=True)
    lane = request.reference.lane if isinstance(request, ActionRequest | SubmissionRequest) else request.channel

    def write(transaction: Transaction) -> Answer:
        if binding := binding_of_channel(transaction, lane):
            tried = {"code": refusal.code, "team": request.person.team, "user": request.person.user}
            append(transaction, Event(binding.incident, "refused", refusal.code, bot.now(), tried))
        return answer

    return write


COMMAND_ACTIONS: Final = {
    "open": Action.OPEN,
    "draft": Action.DRAFT,
    "ack": Action.DRAFT,
    "release": Action.RELEASE,
    "hold": Action.HOLD,
    "withdraw": Action.WITHDRAW,
    **dict.fromkeys(READERS, Action.READ),
}
"""What each command asks leave for; `help` asks for none."""


def _command(bot: Bot, request: CommandRequest, asker: Insider) -> Effect:
    typed = parse(request.text)
    if isinstance(typed, NotUnderstood):
        return answer_only(told(typed.sentence))
    if typed.name == "help":
        return answer_only(help_answer(typed.words))
    if refusal := refuse(COMMAND_ACTIONS[typed.name], asker.roles):
        return answer_only(told(refusal.sentence))
    return _run(bot, request.channel, typed, asker, request)


def _run(  # noqa: PLR0911 -- one line for each command
    bot: Bot, channel: str, typed: Typed, asker: Insider, request: CommandRequest
) -> Effect:
    match typed.name:
        case "open":
            return open_binding(bot, request, asker, typed.words)
        case "draft":
            return draft_update(bot, channel, asker)
        case "ack":
            return draft_acknowledgement(bot, channel, asker)
        case "hold":
            return show_hold_form(bot, channel, "", asker)
        case "release":
            return release_now(bot, channel, "")
        case "withdraw" if typed.words:
            return withdraw(bot, channel, "", " ".join(typed.words), asker)
        case "withdraw":
            return show_withdraw_form(bot, channel, "", asker)
    return answer_only(read(bot, channel, typed.name, typed.words, asker))


def _draft_next(bot: Bot, request: ActionRequest, asker: Insider) -> Effect:
    refusal = refuse(Action.DRAFT, asker.roles)
    return answer_only(told(refusal.sentence)) if refusal else draft_update(bot, request.reference.lane, asker)


def _acknowledge(bot: Bot, request: ActionRequest, asker: Insider) -> Effect:
    refusal = refuse(Action.DRAFT, asker.roles)
    return answer_only(told(refusal.sentence)) if refusal else draft_acknowledgement(bot, request.reference.lane, asker)


def _release_now(bot: Bot, request: ActionRequest, asker: Insider) -> Effect:
    refusal = refuse(Action.RELEASE, asker.roles)
    if refusal:
        return answer_only(told(refusal.sentence))
    return release_now(bot, request.reference.lane, request.reference.draft)


def _reading(name: str) -> Callable[[Bot, ActionRequest, Insider], Effect]:
    def effect(bot: Bot, request: ActionRequest, asker: Insider) -> Effect:
        refusal = refuse(Action.READ, asker.roles)
        if refusal:
            return answer_only(told(refusal.sentence))
        return answer_only(read(bot, request.reference.lane, name, (), asker))

    return effect


def _details(bot: Bot, request: ActionRequest, asker: Insider) -> Effect:
    refusal = refuse(Action.READ, asker.roles)
    return answer_only(told(refusal.sentence) if refusal else details(bot, request.reference.draft, asker))


ACTIONS: Final[dict[str, Callable[[Bot, ActionRequest, Insider], Effect]]] = {
    ActionId.REVIEW_APPROVE: approve,
    ActionId.REVIEW_HOLD_ALL: hold_all,
    ActionId.REVIEW_HOLD_PART: lambda b, r, a: show_hold_form(b, r.reference.lane, r.reference.draft, a),
    ActionId.REVIEW_DETAILS: _details,
    ActionId.HOLD_CLEAR: clear_hold,
    ActionId.EXCEPTION_WAIVE: waive,
    ActionId.DRAFT_NEXT: _draft_next,
    ActionId.PACKAGE_RELEASE: _release_now,
    ActionId.PACKAGE_WITHDRAW: lambda b, r, a: show_withdraw_form(b, r.reference.lane, r.reference.draft, a),
    ActionId.POST_SEEN: lambda b, r, a: answer_ambiguous(b, r, a, seen=True),
    ActionId.POST_ABSENT: lambda b, r, a: answer_ambiguous(b, r, a, seen=False),
    ActionId.MENU_DRAFT: _draft_next,
    ActionId.MENU_ACK: _acknowledge,
    ActionId.MENU_DIFF: _reading("diff"),
    ActionId.MENU_HOLDS: _reading("holds"),
}
"""Every button and what it does."""


def _action(bot: Bot, request: ActionRequest, asker: Insider) -> Effect:
    workflow = ACTIONS.get(request.action)
    if workflow is None:
        return answer_only(told("This button is of an earlier version of mine. Please use a command instead."))
    return workflow(bot, request, asker)


def _submission(bot: Bot, request: SubmissionRequest, asker: Insider) -> Effect:
    match request.callback:
        case CallbackId.HOLD_FORM:
            return place_holds(bot, request, asker)
        case CallbackId.WITHDRAW_FORM:
            reason = str(request.values.get("reason", ""))
            return withdraw(bot, request.channel, request.reference.draft, reason, asker)
    return answer_only(None)
