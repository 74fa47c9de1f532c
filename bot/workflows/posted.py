"""Drawn messages: posted once, then drawn again in their place, and found again after a crash."""

from dataclasses import dataclass
from datetime import datetime

from blocks.drawing import Drawing
from bot.app import Bot
from storage.cards import CardRecord, card_drawn, card_of, prepare_card
from transforms.model.canonical import digest


@dataclass(frozen=True, slots=True)
class MessageSlot:
    """Where a drawn message is to stand: its name in the database, its channel, and since when it may be there."""

    target: str
    channel: str
    since: datetime


def show(bot: Bot, place: MessageSlot, drawn: Drawing) -> None:
    """Post a drawing once, then draw it again in its place; nothing is sent when it reads the same."""
    with bot.store.read() as transaction:
        known = card_of(transaction, place.target)
    redraw(bot, known or _prepared(bot, place), drawn, place.since if known else None)


def redraw(bot: Bot, record: CardRecord, drawn: Drawing, since: datetime | None) -> None:
    """The same for a message that was noted; since when it may stand without our knowing where, if it may at all."""
    mark = digest([drawn.text, list(drawn.blocks)])
    if record.drawn == mark:
        return
    if ts := posted_at(bot, record, since) if since else None:
        bot.internal.update(record.channel, ts, drawn)
    else:
        ts = bot.internal.post(record.channel, drawn, record.attempt)
    with bot.store.write() as transaction:
        card_drawn(transaction, record.target, ts, mark)


def _prepared(bot: Bot, place: MessageSlot) -> CardRecord:
    with bot.store.write() as transaction:
        return prepare_card(transaction, place.target, place.channel, bot.new_id())


def posted_at(bot: Bot, record: CardRecord, since: datetime) -> str | None:
    """Where a message stands. A worker may have died between posting it and noting that: then it is looked for."""
    if record.ts:
        return record.ts
    message = bot.internal.find(record.channel, record.attempt, since)
    return str(message["ts"]) if message else None
