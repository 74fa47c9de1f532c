"""Where drawn messages stand in Slack, and the leases of periodic jobs."""

from collections.abc import Collection
from datetime import datetime, timedelta

from sqlalchemy import or_, select, update

from profiles.frozen import Frozen, Time
from storage.store import Transaction
from storage.tables import cards, drafts, leases


class CardRecord(Frozen):
    """One drawn message: `ts` once it is posted, `attempt` the mark by which it can be found."""

    target: str
    channel: str
    ts: str | None
    attempt: str
    drawn: str


class CardFacts(Frozen):
    """What the cards of a draft show beside it, in words at support level: no name of a source, nothing withheld.

    `changed` is what differs from what `compared` names, `sources` how many were read and how old the oldest is,
    `held_since` when each hold of the case first stood in a draft, by its number, `unplaced` how much is unplaced.
    """

    compared: str = ""
    changed: tuple[str, ...] = ()
    sources: str = ""
    held_since: tuple[tuple[int, Time], ...] = ()
    unplaced: str = ""


def card_of(transaction: Transaction, target: str) -> CardRecord | None:
    """The message of a target, posted or about to be."""
    row = transaction.execute(select(cards).where(cards.c.target == target)).mappings().one_or_none()
    return CardRecord(**row) if row else None


def cards_of(transaction: Transaction, targets: Collection[str]) -> dict[str, CardRecord]:
    """The messages of these targets that are posted or about to be, by target."""
    rows = transaction.execute(select(cards).where(cards.c.target.in_(targets))).mappings()
    return {row["target"]: CardRecord(**row) for row in rows}


def prepare_card(transaction: Transaction, target: str, channel: str, attempt: str) -> CardRecord:
    """Note that a message is about to be posted, before the call; an earlier note wins."""
    values = {"target": target, "channel": channel, "attempt": attempt, "drawn": ""}
    if transaction.insert_new(cards, values):
        return CardRecord(ts=None, **values)
    found = card_of(transaction, target)
    if found is None:
        raise LookupError(target)
    return found


def card_drawn(transaction: Transaction, target: str, ts: str, drawn: str) -> bool:
    """Note where a message stands and the digest of what was drawn; false when another target has it by now."""
    noted = update(cards).where(cards.c.target == target).values(ts=ts, drawn=drawn)
    return bool(transaction.execute(noted).rowcount == 1)


def forget_drawing(transaction: Transaction, channel: str, ts: str) -> None:
    """A message was drawn for a target that has lost it: whoever has it now must draw it again."""
    here = (cards.c.channel == channel) & (cards.c.ts == ts)
    owners = transaction.execute(update(cards).where(here).values(drawn="").returning(cards.c.target)).scalars()
    for owner in owners.all():
        transaction.execute(update(drafts).where(drafts.c.id == owner.split("/")[1]).values(drawn=-1))


def become(transaction: Transaction, target: str, other: str) -> bool:
    """Let the message of one target be another's from now on, yet to be drawn for it; false where there is none."""
    moved = update(cards).where(cards.c.target == target).values(target=other, drawn="")
    return bool(transaction.execute(moved).rowcount == 1)


def begin_again(transaction: Transaction, record: CardRecord, channel: str, attempt: str) -> None:
    """A message is about to be posted in the place of one that is lost; nothing happens where somebody was faster."""
    mine = (cards.c.target == record.target) & (cards.c.attempt == record.attempt)
    transaction.execute(update(cards).where(mine).values(channel=channel, attempt=attempt, ts=None, drawn=""))


def take_lease(transaction: Transaction, name: str, owner: str, now: datetime, length: timedelta) -> bool:
    """Whether this worker does the named job until the lease ends; of many replicas one does."""
    if transaction.insert_new(leases, {"name": name, "owner": owner, "until": now + length}):
        return True
    free = (leases.c.name == name) & or_(leases.c.owner == owner, leases.c.until < now)
    moved = update(leases).where(free).values(owner=owner, until=now + length)
    return bool(transaction.execute(moved).rowcount == 1)
