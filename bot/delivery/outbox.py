"""The outbox: what is to be said to Slack, row by row. Cards and notices are drawn from the latest state when sent."""

import logging
from datetime import timedelta
from typing import Final

from blocks.drawing import Drawing, sentence
from bot.app import Bot
from bot.delivery.cards import deliver_card
from bot.delivery.home import deliver_home
from bot.delivery.notices import deliver_notice
from bot.metrics import DELIVERY_SECONDS
from bot.slack.api import NotDoneError, UnclearError, call
from bot.slack.gateway import RefusedChannelError, find_attempt
from bot.slack.people import LookupFailedError
from bot.workflows.case import case_by_binding, review_channel
from bot.workflows.effects import ANSWER, BRIDGE, CARD, HOME, MODAL, PROGRESS, RELEASE, TELL, tell
from bot.workflows.progress import deliver_end
from bot.workflows.release import release
from bot.workflows.traces import begin_row, trace_message
from profiles.codes import LogKind
from storage.drafts import MovedError, StoreAlteredError, draft_by_id
from storage.log import ChainMovedError, Event, append
from storage.queues import Claimed, FenceError, claim_message, finish_message, retry_later
from storage.store import CollisionError, Transaction
from transforms.model.approvals import Refusal
from transforms.model.canonical import digest
from transforms.model.directives import Person
from transforms.model.lifecycle import Released

logger = logging.getLogger("bridgepkg.work")

MOST_ATTEMPTS: Final = 8
LONGEST_WAIT: Final = 60.0
RETRY_FOREVER: Final = frozenset({CARD, BRIDGE, TELL, PROGRESS})
"""Kinds that wait for as long as Slack is away: a card that asks for a decision, a notice or a withdrawal that must
stand in the bridge, and what every gate is told. An answer to somebody who has gone on is given up."""

OUR_FAULT: Final = frozenset({"invalid_blocks", "invalid_arguments", "msg_too_long", "msg_blocks_too_long", "no_text"})
"""Slack's errors that are our own fault: trying for ever cannot help."""

NOT_OPEN_YET: Final = "not_open_yet"
OPENING_ATTEMPTS: Final = 3
"""How often a modal is looked for, over three seconds: `work` may be done before Slack has opened the loading view."""
GIVE_UP: Final = frozenset(
    {
        "message_not_found",
        "cant_update_message",
        "edit_window_closed",
        "is_inactive",
        "channel_not_found",
        "is_archived",
        "not_in_channel",
        "expired_trigger_id",
        "not_found",
        "response_url_refused",
        "user_not_in_channel",
    }
)
"""Slack's errors after which trying again cannot help."""


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
        again_after, problem = _send(bot, claimed)
    except NotDoneError as refusal:
        give_up = refusal.error in GIVE_UP or _attempts_exhausted(claimed, refusal.error)
        again_after, problem = None if give_up else float(refusal.retry_after or _pause(claimed)), str(refusal)
    except (UnclearError, LookupFailedError, MovedError, ChainMovedError, CollisionError) as unclear:
        again_after, problem = None if _attempts_exhausted(claimed) else _pause(claimed), type(unclear).__name__
    except (RefusedChannelError, StoreAlteredError) as refusal:
        again_after, problem = None, str(refusal)
    with bot.store.write() as transaction:
        if again_after is None:
            finish_message(transaction, claimed, problem)
            if problem and claimed.kind == BRIDGE:
                _not_shown(bot, transaction, claimed, problem)
        else:
            retry_later(transaction, claimed, bot.now() + timedelta(seconds=again_after), problem)
    if problem:
        logger.log(logging.INFO if again_after else logging.WARNING, "%s row: %s", claimed.kind, problem)


def _attempts_exhausted(claimed: Claimed, error: str = "") -> bool:
    """Whether a row has been tried often enough."""
    return claimed.attempts >= MOST_ATTEMPTS and (claimed.kind not in RETRY_FOREVER or error in OUR_FAULT)


def _not_shown(bot: Bot, transaction: Transaction, claimed: Claimed, problem: str) -> None:
    """A notice or a withdrawal that cannot be shown in the bridge: the log and every gate learn of it."""
    stored = draft_by_id(transaction, claimed.content["draft"])
    case = case_by_binding(bot, transaction, stored.binding) if stored else None
    if stored is None or case is None or isinstance(case, Refusal):
        return
    append(transaction, Event(case.binding.incident, LogKind.NOT_SHOWN, stored.id, bot.now(), {"why": problem}))
    text = f"Draft {stored.number} still reads as before in the bridge: {problem.rstrip('.')}."
    if not isinstance(stored.state, Released):
        text = f"{text} Mend or delete it there by hand, now."
    for role in case.profile.gates_for(stored.draft.kind):
        content = {"binding": case.binding.id, "role": role, "text": text}
        tell(transaction, f"not-shown/{stored.id}/{role}", content, bot.now())


def _pause(claimed: Claimed) -> float:
    return float(min(LONGEST_WAIT, 0.5 * 2**claimed.attempts))


def _send(bot: Bot, claimed: Claimed) -> tuple[float | None, str]:
    """Do what a row asks for; seconds until it is to be tried again, if it is, and what was in the way."""
    if claimed.kind == RELEASE:
        outcome = release(bot, claimed)
        return outcome.again_after, outcome.problem if outcome.again_after else ""
    senders = {
        CARD: _card,
        BRIDGE: _bridge,
        ANSWER: _answer,
        MODAL: _modal,
        TELL: _tell,
        PROGRESS: deliver_end,
        HOME: _home,
    }
    senders[claimed.kind](bot, claimed)
    return None, ""


def _card(bot: Bot, claimed: Claimed) -> None:
    deliver_card(bot, claimed.content["draft"], claimed.content["role"])


def _answer(bot: Bot, claimed: Claimed) -> None:
    content = claimed.content
    drawn = Drawing(content["text"], tuple(content["blocks"]))
    if content.get("response_url"):
        bot.internal.respond(content["channel"], content["response_url"], drawn, harmless=bool(content.get("harmless")))
    elif content.get("channel"):
        bot.internal.whisper(content["channel"], content["user"], drawn)


def _modal(bot: Bot, claimed: Claimed) -> None:
    """Fill the loading modal; if it was closed or never opened, answer beside it."""
    content = claimed.content
    try:
        call(bot.client, "views.update", {"external_id": content["external_id"], "view": content["view"]})
    except NotDoneError as problem:
        if problem.error == "ratelimited":
            raise
        if problem.error == "not_found" and claimed.attempts < OPENING_ATTEMPTS:
            raise NotDoneError(NOT_OPEN_YET, 1) from problem
        if content.get("channel"):
            bot.internal.whisper(content["channel"], content["user"], sentence(content["text"]))


def _tell(bot: Bot, claimed: Claimed) -> None:
    content = claimed.content
    with bot.store.read() as transaction:
        case = case_by_binding(bot, transaction, content["binding"])
    if isinstance(case, Refusal):
        return
    role, attempt = content["role"], digest([claimed.lane, content["text"]])[:32]
    channel = review_channel(bot, case, role) if role else case.binding.channel
    again = claimed.attempts or claimed.fence > 1
    if again and find_attempt(bot.client, channel, attempt, case.binding.opened_at):
        return
    bot.internal.post(channel, sentence(content["text"]), attempt)


def _home(bot: Bot, claimed: Claimed) -> None:
    deliver_home(bot, Person.model_validate(claimed.content))


def _bridge(bot: Bot, claimed: Claimed) -> None:
    deliver_notice(bot, claimed.content["draft"])
