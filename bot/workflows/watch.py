"""Watch: what falls due without anybody asking. A reminder before the promised update, a notice when it is late (P12).

What is due is decided by what stands in the database, never by a timer in a process: the log tells what was done, and
one lease orders the workers, so that many of them do each thing once and none is forgotten while nobody works.
"""

import logging
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Final

from blocks import say
from blocks.answers import DraftLine, on_the_way
from bot.app import Bot
from bot.workflows.effects import draw_bridge, tell
from profiles.codes import LogKind
from storage.cards import take_lease
from storage.cases import BridgeCase, case_by_id
from storage.drafts import StoredDraft, readable_drafts, standing_drafts
from storage.log import ChainMovedError, Event, append, latest
from storage.store import CollisionError, Transaction
from transforms.model.lifecycle import Released

logger = logging.getLogger("bridgepkg.work")

LEASE: Final = timedelta(seconds=30)
REMIND_BEFORE: Final = timedelta(minutes=10)


def watch(bot: Bot, owner: str) -> bool:
    """Do what is due, once; true when something was."""
    with bot.store.read() as transaction:
        due = list(_due(transaction, bot.now()))
    if not due:
        return False
    try:
        with bot.store.write() as transaction:
            # The lease is held until this transaction ends: whoever waited for it then reads what was done.
            if take_lease(transaction, "watch", owner, bot.now(), LEASE):
                for stored, kind in _due(transaction, bot.now()):
                    _do(transaction, stored, kind, bot.now())
    except (ChainMovedError, CollisionError):
        return False
    return True


def _due(transaction: Transaction, now: datetime) -> Iterator[tuple[StoredDraft, LogKind]]:
    """Every message that the customer relies on whose next update is near or late, and of which that was not told."""
    standing = standing_drafts(transaction)
    for problem in standing.problems:
        logger.error("%s", problem)
    for stored in standing.drafts:
        kind = _kind(stored, now)
        if kind and latest(transaction, stored.draft.incident, kind, stored.id) is None:
            yield stored, kind


def _kind(stored: StoredDraft, now: datetime) -> LogKind | None:
    package = stored.draft.package
    if package.next_update <= now:
        return LogKind.OVERDUE
    before = min(REMIND_BEFORE, (package.next_update - package.as_of) / 2)
    return LogKind.REMINDED if package.next_update - before <= now else None


def _do(transaction: Transaction, stored: StoredDraft, kind: LogKind, now: datetime) -> None:
    bridge_case = case_by_id(transaction, stored.bridge_case)
    if bridge_case is None:
        return
    due = stored.draft.package.next_update
    append(transaction, Event(bridge_case.incident, kind, stored.id, now, {"due": f"{due:%Y-%m-%dT%H:%M:%SZ}"}))
    if kind is LogKind.OVERDUE:
        draw_bridge(transaction, stored.id, now)
    text = f"{_when(stored, kind, now)} {_newer(transaction, bridge_case, stored)}"
    tell(transaction, f"{kind}/{stored.id}", {"bridge_case": bridge_case.id, "role": "", "text": text}, now)


def _when(stored: StoredDraft, kind: LogKind, now: datetime) -> str:
    due, label = stored.draft.package.next_update, str(stored.draft.audience.label)
    if kind is LogKind.REMINDED:
        return say.watch.due_soon(label, due, round((due - now).total_seconds() / 60))
    return say.watch.late(label, due, marked=isinstance(stored.state, Released) and bool(stored.state.ts))


def _newer(transaction: Transaction, bridge_case: BridgeCase, stored: StoredDraft) -> str:
    """What is on its way to take the message's place."""
    newer = [d for d in readable_drafts(transaction, bridge_case.id).drafts if d.number > stored.number]
    told = [on_the_way(DraftLine(d.number, d.draft, d.state, d.created_at)) for d in newer]
    return next((text for text in reversed(told) if text), say.watch.NOTHING_NEWER)
