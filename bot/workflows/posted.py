"""Drawn messages: posted once, then drawn again in their place, and found again after a crash."""

from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Final

from blocks import say
from blocks.drawing import Drawing, sentence
from bot.app import Bot
from bot.slack.errors import LookupFailedError, NotDoneError, RefusedChannelError, UnclearError
from storage.cards import CardRecord, begin_again, card_drawn, card_of, forget_drawing, prepare_card
from storage.store import CollisionError
from transforms.model.canonical import digest

GONE: Final = "message_not_found"
NOT_EDITABLE: Final = frozenset({"cant_update_message", "edit_window_closed"})
"""Slack's errors after which a message of ours stays as it is: what is new can be shown only by another."""


@dataclass(frozen=True, slots=True)
class MessageSlot:
    """Where a drawn message is to stand: its name in the database, its channel, and since when it may be there."""

    target: str
    channel: str
    since: datetime


def show(bot: Bot, slot: MessageSlot, drawn: Drawing) -> None:
    """Post a drawing once, then draw it again in its place; nothing is sent when it reads the same."""
    with bot.store.read() as transaction:
        record = card_of(transaction, slot.target)
    redraw(bot, slot, record, drawn)


def redraw(bot: Bot, slot: MessageSlot, record: CardRecord | None, drawn: Drawing, *, repost: bool = True) -> None:
    """The same for a message of which it is known whether it was noted.

    With `repost`, a new message takes the place of one that was deleted, that stands in another channel than it should
    by now, or that has never been drawn for its present target and cannot be edited any more. `CollisionError` when
    somebody has given the message to another target meanwhile: it has to be drawn for that.
    """
    mark = digest([drawn.text, list(drawn.blocks)])
    here = record if record and record.channel == slot.channel else None
    if here and here.drawn == mark:
        return
    ts = _updated(bot, here, slot, drawn, repost=repost) if here else None
    if ts is None:
        attempt = here.attempt if here and here.ts is None else bot.new_id()
        ts = bot.internal.post(slot.channel, drawn, attempt, before=partial(_note, bot, slot, attempt, record))
    with bot.store.write() as transaction:
        is_ours = card_drawn(transaction, slot.target, ts, mark)
        if not is_ours:
            forget_drawing(transaction, slot.channel, ts)
    if not is_ours:
        raise CollisionError(slot.target)


def _updated(bot: Bot, record: CardRecord, slot: MessageSlot, drawn: Drawing, *, repost: bool) -> str | None:
    """Draw a message again; none where a new one is to take its place."""
    ts = posted_at(bot, record, slot.since)
    if ts is None:
        return None
    try:
        bot.internal.update(record.channel, ts, drawn)
    except NotDoneError as problem:
        if problem.error in NOT_EDITABLE and record.ts is None:
            return ts  # it was posted a moment ago, and says what it said then
        if repost and (problem.error == GONE or (problem.error in NOT_EDITABLE and not record.drawn)):
            return None
        raise
    return ts


def _note(bot: Bot, slot: MessageSlot, attempt: str, before: CardRecord | None) -> None:
    """Keep the mark of a post that is about to be made; `CollisionError` when somebody else is about to make it.

    Only once the channel's readers are known, because a message that was noted has to be looked for.
    """
    if before and before.channel != slot.channel:
        _say_moved(bot, before, slot.since)
    with bot.store.write() as transaction:
        if before and before.attempt != attempt:
            begin_again(transaction, before, slot.channel, attempt)
        record = prepare_card(transaction, slot.target, slot.channel, attempt)
    if record.attempt != attempt:
        raise CollisionError(slot.target)


def _say_moved(bot: Bot, record: CardRecord, since: datetime) -> None:
    """A card that will stand elsewhere loses its buttons in the old channel, if that can still be reached."""
    try:
        if ts := posted_at(bot, record, since):
            bot.internal.update(record.channel, ts, sentence(say.card.MOVED))
    except NotDoneError as problem:
        if problem.is_rate_limit:
            raise
    except (UnclearError, RefusedChannelError, LookupFailedError):
        return


def posted_at(bot: Bot, record: CardRecord, since: datetime) -> str | None:
    """Where a message stands. A worker may have died between posting it and noting that: then it is looked for."""
    if record.ts:
        return record.ts
    message = bot.internal.find(record.channel, record.attempt, since)
    return str(message["ts"]) if message else None
