"""Drawn messages: posted once, then drawn again in their place, and found again after a crash."""

from dataclasses import dataclass
from datetime import datetime
from functools import partial

from blocks.drawing import Drawing
from bot.app import Bot
from storage.cards import CardRecord, card_drawn, card_of, prepare_card
from storage.store import CollisionError
from transforms.model.canonical import digest


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


def redraw(bot: Bot, slot: MessageSlot, record: CardRecord | None, drawn: Drawing) -> None:
    """The same for a message of which it is known whether it was noted."""
    mark = digest([drawn.text, list(drawn.blocks)])
    if record and record.drawn == mark:
        return
    if record and (ts := posted_at(bot, record, slot.since)):
        bot.internal.update(record.channel, ts, drawn)
    else:
        attempt = record.attempt if record else bot.new_id()
        channel = record.channel if record else slot.channel
        ts = bot.internal.post(channel, drawn, attempt, before=partial(_note, bot, slot, attempt))
    with bot.store.write() as transaction:
        card_drawn(transaction, slot.target, ts, mark)


def _note(bot: Bot, slot: MessageSlot, attempt: str) -> None:
    """Keep the mark of a post that is about to be made; `CollisionError` when somebody else is about to make it.

    Only once the channel's readers are known, because a message that was noted has to be looked for.
    """
    with bot.store.write() as transaction:
        record = prepare_card(transaction, slot.target, slot.channel, attempt)
    if record.attempt != attempt:
        raise CollisionError(slot.target)


def posted_at(bot: Bot, record: CardRecord, since: datetime) -> str | None:
    """Where a message stands. A worker may have died between posting it and noting that: then it is looked for."""
    if record.ts:
        return record.ts
    message = bot.internal.find(record.channel, record.attempt, since)
    return str(message["ts"]) if message else None
