"""Advance: the one writer of a draft's state, with its log entry, its cards and what follows in the bridge."""

from datetime import datetime
from typing import Any

from bot.workflows.case import BoundBridge
from bot.workflows.effects import draw_bridge, draw_cards, start_release, take_down
from storage.drafts import StoredDraft
from storage.log import Event, append
from storage.shown import follow_step
from storage.steps import move
from storage.store import Transaction
from transforms.model.lifecycle import Approved, State, Step, Superseded, Waiting, Withdrawn
from transforms.publish.manifest import Envelope


def advance(
    transaction: Transaction,
    case: BoundBridge,
    stored: StoredDraft,
    step: Step[State],
    at: datetime,
    *,
    manifest: Envelope | None = None,
    **told: Any,
) -> StoredDraft:
    """Take one step in the life of a draft; `MovedError` when somebody else took one first, and nothing is written.

    1. The state moves by compare-and-set. 2. The log tells it, with what the caller adds. 3. The journal of what the
    bridge shows follows. 4. Every gate's card is drawn again. 5. A message that was replaced or taken back is drawn
    again in the bridge, and the last approval starts the release. Who may take the step is checked before, in the
    workflow (bot/access).
    """
    moved = move(transaction, stored, step, manifest)  # 1
    append(transaction, Event(case.bridge_case.incident, step.event, stored.id, at, {**step.payload, **told}))  # 2
    follow_step(transaction, stored, step, at)  # 3
    draw_cards(transaction, case.bridge_case.id, at)  # 4
    if isinstance(step.after, Withdrawn):  # 5
        take_down(transaction, stored.id, at)
    if isinstance(step.after, Superseded):
        draw_bridge(transaction, stored.id, at)
    if isinstance(step.before, Waiting) and isinstance(step.after, Approved):
        start_release(transaction, stored.id, at)
    return moved
