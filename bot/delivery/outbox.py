"""The outbox: what is to be sent to Slack, row by row. Cards and notices are drawn from the latest state when sent."""

import logging
from datetime import timedelta
from typing import Final, assert_never

from pydantic import ValidationError

from blocks import say
from blocks.drawing import Drawing, sentence
from bot.app import Bot
from bot.delivery.cards import deliver_cards, deliver_notification
from bot.delivery.home import deliver_home
from bot.delivery.notices import deliver_notice
from bot.delivery.problems import OUR_FAULT, is_lasting
from bot.metrics import DELIVERY_SECONDS
from bot.slack.errors import LookupFailedError, NotDoneError, RefusedChannelError, UnclearError
from bot.workflows.case import bound_bridge, review_channel
from bot.workflows.effects import named, tell
from bot.workflows.messages import (
    MOST_ATTEMPTS,
    Amend,
    Answer,
    DrawCards,
    DrawHome,
    EndProgress,
    FillModal,
    Message,
    Notify,
    Release,
    TakeDown,
    Tell,
    read_message,
)
from bot.workflows.progress import deliver_end
from bot.workflows.release import release
from bot.workflows.traces import begin_row, trace_message
from profiles.codes import LogKind
from storage.cases import case_by_id
from storage.drafts import MovedError, StoreAlteredError, draft_by_id
from storage.log import ChainMovedError, Event, append
from storage.queues import Claimed, FenceError, claim_message, finish_message, retry_later
from storage.store import CollisionError, Transaction
from transforms.model.approvals import Refusal
from transforms.model.canonical import digest
from transforms.model.lifecycle import Released

logger = logging.getLogger("bridgepkg.work")

LONGEST_WAIT: Final = 60.0
LIMITED_ATTEMPTS: Final = 200
"""How often an answer is put off because Slack asks for patience; its response URL lasts for half an hour."""

NOT_OPEN_YET: Final = "not_open_yet"
OPENING_ATTEMPTS: Final = 3
"""How often a modal is looked for, over three seconds: `work` may be done before Slack has opened the loading view."""
UNKNOWN_MESSAGE: Final = "a different version of the app wrote this row"


def deliver_next(bot: Bot, owner: str) -> bool:
    """Send the oldest due row; false when there is none."""
    begin_row(owner)
    with bot.store.write() as transaction:
        claimed = claim_message(transaction, owner, bot.now())
    if claimed is None:
        return False
    trace_message(bot, claimed)
    try:
        with DELIVERY_SECONDS.labels(claimed.kind).time():
            _deliver(bot, claimed)
    except FenceError:
        logger.warning("another worker has taken over a row")
    return True


def _deliver(bot: Bot, claimed: Claimed) -> None:
    try:
        message = read_message(claimed.content)
    except ValidationError:
        logger.error("%s row: %s", claimed.kind, UNKNOWN_MESSAGE)  # noqa: TRY400 -- pydantic's words hold the content
        with bot.store.write() as transaction:
            finish_message(transaction, claimed, UNKNOWN_MESSAGE)
        return
    again_after, problem = _tried(bot, claimed, message)
    with bot.store.write() as transaction:
        if again_after is None:
            finish_message(transaction, claimed, problem)
            if problem and isinstance(message, Amend | TakeDown):
                _not_shown(bot, transaction, message.draft, problem)
        else:
            retry_later(transaction, claimed, bot.now() + timedelta(seconds=again_after), problem)
    if problem:
        logger.log(logging.INFO if again_after else logging.WARNING, "%s row: %s", claimed.kind, problem)


def _tried(bot: Bot, claimed: Claimed, message: Message) -> tuple[float | None, str]:
    """Send a message; seconds until it is to be tried again, if it is, and what was in the way."""
    try:
        return _send(bot, claimed, message)
    except NotDoneError as refusal:
        lasting = is_lasting(refusal) or _attempts_exhausted(claimed, message, refusal)
        return None if lasting else float(refusal.retry_after or _pause(claimed)), str(refusal)
    except (UnclearError, LookupFailedError, MovedError, ChainMovedError, CollisionError) as unclear:
        return None if _attempts_exhausted(claimed, message) else _pause(claimed), type(unclear).__name__
    except (RefusedChannelError, StoreAlteredError) as refusal:
        return None, str(refusal)


def _attempts_exhausted(claimed: Claimed, message: Message, refusal: NotDoneError | None = None) -> bool:
    """Whether a message has been tried often enough. Who is asked to slow down has not failed: it counts far less."""
    if refusal and refusal.is_rate_limit:
        return claimed.attempts >= max(LIMITED_ATTEMPTS, message.patience)
    return claimed.attempts >= (MOST_ATTEMPTS if refusal and refusal.error in OUR_FAULT else message.patience)


def _not_shown(bot: Bot, transaction: Transaction, draft: str, problem: str) -> None:
    """A notice or a withdrawal that cannot be shown in the bridge: the log and every gate learn of it."""
    stored = draft_by_id(transaction, draft)
    case = bound_bridge(bot, transaction, stored.bridge_case) if stored else None
    if stored is None or case is None or isinstance(case, Refusal):
        return
    append(transaction, Event(case.bridge_case.incident, LogKind.NOT_SHOWN, stored.id, bot.now(), {"why": problem}))
    text = say.bridge.unchanged(named(stored), problem, by_hand=not isinstance(stored.state, Released))
    for role in case.profile.gates_for(stored.draft.kind):
        content = {"bridge_case": case.bridge_case.id, "role": role, "text": text}
        tell(transaction, f"not-shown/{stored.id}/{role}", content, bot.now())


def _pause(claimed: Claimed) -> float:
    return float(min(LONGEST_WAIT, 0.5 * 2**claimed.attempts))


def _send(bot: Bot, claimed: Claimed, message: Message) -> tuple[float | None, str]:
    """Do what a message asks for; seconds until it is to be tried again, if it is, and what was in the way."""
    match message:
        case Release():
            outcome = release(bot, claimed)
            return outcome.again_after, outcome.problem if outcome.again_after else ""
        case DrawCards(bridge_case=bridge_case):
            deliver_cards(bot, claimed, bridge_case)
        case Amend(draft=draft) | TakeDown(draft=draft):
            deliver_notice(bot, draft)
        case Answer():
            _answer(bot, message)
        case FillModal():
            _fill(bot, message, claimed.attempts)
        case Tell():
            _tell(bot, message, again=_again(claimed))
        case Notify():
            deliver_notification(bot, message, claimed.attempts, again=_again(claimed))
        case EndProgress():
            deliver_end(bot, message)
        case DrawHome(person=person):
            deliver_home(bot, person)
        case _:
            assert_never(message)
    return None, ""


def _again(claimed: Claimed) -> bool:
    """Whether a message may have been sent before."""
    return bool(claimed.attempts or claimed.fence > 1)


def _answer(bot: Bot, answer: Answer) -> None:
    drawn = Drawing(answer.text, answer.blocks)
    if answer.response_url:
        bot.internal.respond(answer.channel, answer.response_url, drawn, harmless=answer.harmless)
    elif answer.channel:
        bot.internal.whisper(answer.channel, answer.user, drawn)


def _fill(bot: Bot, filling: FillModal, attempts: int) -> None:
    """Fill the loading modal; if it was closed or never opened, answer beside it."""
    try:
        bot.internal.fill_modal(filling.request, filling.view)
    except NotDoneError as problem:
        if problem.is_rate_limit:
            raise
        if problem.error == "not_found" and attempts < OPENING_ATTEMPTS:
            raise NotDoneError(NOT_OPEN_YET, 1) from problem
        if filling.channel:
            bot.internal.whisper(filling.channel, filling.user, sentence(filling.text))


def _tell(bot: Bot, told: Tell, *, again: bool) -> None:
    """Post a sentence; one that was tried before is looked for first."""
    with bot.store.read() as transaction:
        bridge_case = case_by_id(transaction, told.bridge_case)
    if bridge_case is None or bridge_case.bridge not in bot.deployment.config.bridges:
        return
    attempt = digest([told.target, told.text])[:32]
    channel = review_channel(bot, bridge_case, told.role) if told.role else bridge_case.channel
    if again and bot.internal.find(channel, attempt, bridge_case.opened_at):
        return
    bot.internal.post(channel, sentence(told.text), attempt)
