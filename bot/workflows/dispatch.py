"""Dispatch: a request to its workflow. Every request is identified first; unknown users get only the reason.

Three tables say what there is, and which action each thing is; what is in none of them is refused. Every workflow has
one signature: the bot, the request, and who asks; it gives back an effect.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final, Generic, TypeVar

from blocks import say
from blocks.ids import HOME_OPENED, ActionId, CallbackId
from bot.access import Action, refuse
from bot.app import Bot
from bot.intake.commands import NotUnderstood, Typed
from bot.intake.requests import ActionRequest, AnyRequest, CommandRequest, EventRequest, SubmissionRequest
from bot.slack.people import Insider
from bot.workflows.ambiguous import answer_absent, answer_seen
from bot.workflows.close import close, reopen
from bot.workflows.draft import draft_acknowledgement, draft_next, draft_update
from bot.workflows.effects import Answer, Effect, Reply, answer_only, draw_home, reply
from bot.workflows.holds import clear_hold, place_holds, show_hold_form, waive
from bot.workflows.open import open_bridge
from bot.workflows.place import place_by_form, place_typed, show_place_form
from bot.workflows.read import READERS, details, show_help
from bot.workflows.retry import release_now
from bot.workflows.review import approve, hold_all
from bot.workflows.withdraw import show_withdraw_form, withdraw_by_form, withdraw_typed
from profiles.codes import LogKind
from storage.cases import incident_of
from storage.log import Event, append
from storage.store import Transaction
from transforms.model.approvals import Refusal

Asked = TypeVar("Asked", CommandRequest, ActionRequest, SubmissionRequest)


@dataclass(frozen=True, slots=True)
class Doing(Generic[Asked]):
    """One thing that people ask for: the action that they must be allowed, and its workflow.

    Without an action the workflow itself asks for one role, the gate's, the hold's or the exception's; help asks none.
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
    if isinstance(request.typed, NotUnderstood):
        return answer_only(reply(request.typed.sentence))
    return _authorized(bot, request, asker, COMMANDS.get(request.typed.name))


def _authorized(bot: Bot, request: Asked, asker: Insider, doing: Doing[Asked] | None) -> Effect:
    """Run a workflow for somebody who may; whatever no table knows is refused."""
    if doing is None:
        return answer_only(reply(say.requests.OLD_BUTTON))
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
        case CommandRequest(typed=Typed(name=name)):
            return name
    return "unknown"


def _incident(transaction: Transaction, request: AnyRequest) -> str | None:
    """The incident that a request is about: by the draft that it names, or by the channel."""
    return incident_of(transaction, request.meant.draft, request.meant.channel or request.channel)


COMMANDS: Final[Mapping[str, Doing[CommandRequest]]] = {
    "open": Doing(Action.OPEN, open_bridge),
    "close": Doing(Action.OPEN, close),
    "reopen": Doing(Action.OPEN, reopen),
    "draft": Doing(Action.DRAFT, draft_update),
    "ack": Doing(Action.DRAFT, draft_acknowledgement),
    "release": Doing(Action.RELEASE, release_now),
    "hold": Doing(Action.HOLD, show_hold_form),
    "withdraw": Doing(Action.WITHDRAW, withdraw_typed),
    "place": Doing(Action.PLACE, place_typed),
    "help": Doing(None, show_help),
    **{name: Doing(Action.READ, reader) for name, reader in READERS.items()},
}
"""Every command with the action that it is."""

ACTIONS: Final[Mapping[str, Doing[ActionRequest]]] = {
    ActionId.REVIEW_APPROVE: Doing(None, approve),
    ActionId.REVIEW_HOLD_ALL: Doing(Action.HOLD, hold_all),
    ActionId.REVIEW_HOLD_PART: Doing(Action.HOLD, show_hold_form),
    ActionId.REVIEW_DETAILS: Doing(Action.READ, details),
    ActionId.HOLD_CLEAR: Doing(None, clear_hold),
    ActionId.EXCEPTION_WAIVE: Doing(None, waive),
    ActionId.EVIDENCE_PLACE: Doing(Action.PLACE, show_place_form),
    ActionId.DRAFT_NEXT: Doing(Action.DRAFT, draft_next),
    ActionId.PACKAGE_RELEASE: Doing(Action.RELEASE, release_now),
    ActionId.PACKAGE_WITHDRAW: Doing(Action.WITHDRAW, show_withdraw_form),
    ActionId.POST_SEEN: Doing(Action.LOOK, answer_seen),
    ActionId.POST_ABSENT: Doing(Action.LOOK, answer_absent),
    ActionId.MENU_DRAFT: Doing(Action.DRAFT, draft_update),
    ActionId.MENU_ACK: Doing(Action.DRAFT, draft_acknowledgement),
    ActionId.MENU_DIFF: Doing(Action.READ, READERS["diff"]),
    ActionId.MENU_HOLDS: Doing(Action.READ, READERS["holds"]),
}
"""Every button with the action that it is."""

FORMS: Final[Mapping[str, Doing[SubmissionRequest]]] = {
    CallbackId.HOLD_FORM: Doing(Action.HOLD, place_holds),
    CallbackId.PLACE_FORM: Doing(Action.PLACE, place_by_form),
    CallbackId.WITHDRAW_FORM: Doing(Action.WITHDRAW, withdraw_by_form),
}
"""Every form with the action that it is."""
