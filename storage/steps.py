"""The one way to change the state of a draft: a step of its life, by compare-and-set on what was read.

Only `bot.workflows.advance` may import this module; an import contract says so (promise P1).
"""

from typing import Any

from sqlalchemy import update

from profiles.frozen import replace
from storage.drafts import MovedError, StoredDraft
from storage.store import Transaction
from storage.tables import drafts
from transforms.model.lifecycle import State, Step
from transforms.publish.manifest import Envelope


def move(
    transaction: Transaction, stored: StoredDraft, step: Step[State], manifest: Envelope | None = None
) -> StoredDraft:
    """Compare-and-set: take a step from the state that was read; `MovedError` when somebody moved the draft since."""
    if step.before != stored.state:
        raise MovedError(f"draft {stored.number}")
    state = step.after.model_dump(mode="json")
    values: dict[str, Any] = {"state": state["state"], "state_document": state, "revision": stored.revision + 1}
    if manifest:
        values["manifest"] = manifest.model_dump(mode="json")
    unmoved = (drafts.c.id == stored.id) & (drafts.c.revision == stored.revision)
    if transaction.execute(update(drafts).where(unmoved).values(**values)).rowcount != 1:
        raise MovedError(f"draft {stored.number}")
    return replace(stored, state=step.after, revision=stored.revision + 1, manifest=manifest or stored.manifest)
