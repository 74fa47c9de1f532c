"""The journal of outward acts: what stood in a bridge, from when until when, by digest of the bytes; notices included.

Every post and every edit is written through one protocol: *begun* is durable before the call, then it is settled as
*shown*, as *refused* when it surely did not happen, or as *unclear* until somebody sees which. The row of what stood
before in the same message gets its end when the next is shown.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import insert, select, update

from profiles.frozen import Digest, Frozen
from storage.drafts import StoredDraft
from storage.store import Transaction
from storage.tables import shown
from transforms.model.lifecycle import (
    Ambiguous,
    Posting,
    State,
    Step,
    released_in,
)


class Outward(StrEnum):
    """What became of an outward act."""

    BEGUN = "begun"
    SHOWN = "shown"
    UNCLEAR = "unclear"
    REFUSED = "refused"


OPEN = (Outward.BEGUN, Outward.UNCLEAR)
"""States in which nobody can say whether the customer reads it."""


class Shown(Frozen):
    """One act: which draft's message, its exact bytes by digest, where it stands, and from when until when."""

    id: int
    draft: str
    digest: Digest
    ts: str | None
    state: Outward
    since: datetime
    until: datetime | None


def journal_of(transaction: Transaction, case: str) -> list[Shown]:
    """Every outward act in a bridge, in the order in which they were begun."""
    found = transaction.execute(select(shown).where(shown.c.bridge_case == case).order_by(shown.c.id))
    return [_record(row) for row in found]


@dataclass(frozen=True, slots=True)
class Edit:
    """An edit that was begun: its number in the journal, and which message of which draft it changes."""

    act: int
    draft: str
    ts: str


def begin_edit(transaction: Transaction, stored: StoredDraft, ts: str, digest: Digest, at: datetime) -> Edit | None:
    """An edit is about to be made; none is noted where the message reads so already. One that was tried is resumed."""
    mine = (shown.c.draft == stored.id) & (shown.c.ts == ts)
    rows = [_record(row) for row in transaction.execute(select(shown).where(mine).order_by(shown.c.id))]
    if rows and (rows[-1].digest, rows[-1].state) == (digest, Outward.SHOWN):
        return None
    tried = next((row.id for row in rows if row.digest == digest and row.state in OPEN), None)
    return Edit(tried or _begin(transaction, stored, ts, digest, at), stored.id, ts)


def settle_edit(transaction: Transaction, edit: Edit, state: Outward, at: datetime) -> None:
    """What became of an edit. Once it is shown, what stood in that message before stands there no longer."""
    if state is Outward.SHOWN:
        mine = (shown.c.draft == edit.draft) & (shown.c.ts == edit.ts) & (shown.c.id != edit.act)
        standing = mine & shown.c.state.in_((Outward.SHOWN, Outward.UNCLEAR)) & shown.c.shown_until.is_(None)
        transaction.execute(update(shown).where(standing).values(shown_until=at))
    _settle(transaction, edit.act, state, at)


def _settle(transaction: Transaction, act: int, state: Outward, at: datetime, **more: Any) -> None:
    moments: dict[Outward, dict[str, Any]] = {
        Outward.SHOWN: {"shown_from": at, "shown_until": None},
        Outward.REFUSED: {"shown_until": at},
    }
    values = {"state": state, **moments.get(state, {}), **more}
    transaction.execute(update(shown).where(shown.c.id == act).values(**values))


def follow_step(transaction: Transaction, stored: StoredDraft, step: Step[State], at: datetime) -> None:
    """Keep the journal of a post with the step that begins or settles it."""
    if isinstance(step.after, Posting):
        _begin(transaction, stored, None, stored.draft.message.digest, at)
    elif isinstance(step.before, Posting | Ambiguous):
        _settle_post(transaction, stored, step, at)


def found_after_all(transaction: Transaction, stored: StoredDraft, ts: str | None, at: datetime) -> None:
    """A post that somebody had looked for in vain is there."""
    _settle(transaction, _last_post(transaction, stored), Outward.SHOWN, at, ts=ts)


def _settle_post(transaction: Transaction, stored: StoredDraft, step: Step[State], at: datetime) -> None:
    post = _last_post(transaction, stored)
    if isinstance(step.after, Ambiguous):
        _settle(transaction, post, Outward.UNCLEAR, at)
    elif released := released_in(step.after):
        _settle(transaction, post, Outward.SHOWN, released.at, ts=released.ts)
    else:
        _settle(transaction, post, Outward.REFUSED, at)


def _last_post(transaction: Transaction, stored: StoredDraft) -> int:
    """The newest post of a draft: an edit has its place in Slack from the beginning, a post is begun without."""
    mine = (shown.c.draft == stored.id) & shown.c.is_post
    newest = select(shown.c.id).where(mine).order_by(shown.c.id.desc()).limit(1)
    found: int | None = transaction.execute(newest).scalar_one_or_none()
    return found or _begin(transaction, stored, None, stored.draft.message.digest, stored.created_at)


def _begin(transaction: Transaction, stored: StoredDraft, ts: str | None, digest: Digest, at: datetime) -> int:
    values: dict[str, Any] = {
        "bridge_case": stored.bridge_case,
        "draft": stored.id,
        "is_post": ts is None,
        "digest": digest,
        "ts": ts,
        "state": Outward.BEGUN,
        "shown_from": at,
    }
    found: int = transaction.execute(insert(shown).values(**values).returning(shown.c.id)).scalar_one()
    return found


def _record(row: Any) -> Shown:
    return Shown(
        id=row.id,
        draft=row.draft,
        digest=row.digest,
        ts=row.ts,
        state=Outward(row.state),
        since=row.shown_from,
        until=row.shown_until,
    )
