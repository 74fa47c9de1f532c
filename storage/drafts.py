"""Drafts: one document each, its sealed side, its review state, and the compare-and-set that moves the state."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any, NamedTuple

import orjson
from pydantic import TypeAdapter, ValidationError
from sqlalchemy import func, insert, select, update

from profiles.codes import DraftKind
from profiles.errors import UserFixableError
from profiles.frozen import Frozen, replace
from profiles.models import Profile
from storage.cards import CardFacts
from storage.cases import OPEN
from storage.evidence import keep_evidence, open_evidence
from storage.sealing import sealed_place
from storage.store import Transaction
from storage.tables import bridge_cases, drafts, profiles, readings
from transforms.model.canonical import canonical, digest
from transforms.model.directives import Person
from transforms.model.history import evidence_digest
from transforms.model.lifecycle import ReviewState
from transforms.publish.dossier import BuildResult, Sealed, SealedContents, SealedInputs
from transforms.publish.draft import Draft
from transforms.publish.manifest import Envelope

_state: TypeAdapter[ReviewState] = TypeAdapter(ReviewState)


class MovedError(Exception):
    """Somebody else moved this draft first; read it again and decide again."""


class StoreAlteredError(UserFixableError):
    """Something in the database is not what was put there: it does not fit its own digest or its signed manifest.

    Of a draft that cannot be read, the columns beside it still tell which it is, and whether it may be in the bridge.
    """

    number: int = 0
    version: int | None = None
    may_stand: bool = False


class StoredDraft(Frozen):
    """A draft as it is read back: without its sealed side, at one revision of its state."""

    id: str
    bridge_case: str
    number: int
    prior: str | None
    drafter: Person
    revision: int
    state: ReviewState
    draft: Draft
    manifest: Envelope | None
    created_at: datetime
    facts: CardFacts


class NewDraft(Frozen):
    """What a draft is stored with beside what it was built from; `prior` is the draft of the last release."""

    id: str
    bridge_case: str
    prior: str | None
    state: ReviewState
    drafter: Person
    created_at: datetime
    facts: CardFacts = CardFacts()


def save_draft(transaction: Transaction, new: NewDraft, built: BuildResult) -> None:
    """Store a new draft. Its open document holds neither annexes nor native keys of withheld facts."""
    draft = built.draft
    _save_profile(transaction, built.profile, draft)
    values = {
        **new.model_dump(include={"id", "bridge_case", "prior", "created_at"}),
        **_built_columns(transaction, built, new.facts),
        "number": built.number,
        "kind": draft.kind,
        "version": draft.version,
        "profile": draft.profile_digest,
        "drafter_team": new.drafter.team,
        "drafter_user": new.drafter.user,
        "release_digest": draft.release_digest,
        "state": new.state.state,
        "revision": 0,
        "state_document": new.state.model_dump(mode="json"),
        "drawn": -1,
    }
    transaction.execute(insert(drafts).values(**values))


def renew_draft(transaction: Transaction, stored: StoredDraft, built: BuildResult, facts: CardFacts) -> None:
    """Put a newer reading under a draft whose words stay; `MovedError` when somebody moved the draft since."""
    values = {**_built_columns(transaction, built, facts), "revision": stored.revision + 1}
    unmoved = (drafts.c.id == stored.id) & (drafts.c.revision == stored.revision)
    if transaction.execute(update(drafts).where(unmoved).values(**values)).rowcount != 1:
        raise MovedError(f"draft {stored.number}")


def _built_columns(transaction: Transaction, built: BuildResult, facts: CardFacts) -> dict[str, Any]:
    """What of a row a build gives, with its reading kept."""
    draft = built.draft
    keep_evidence(transaction, built.evidence_id, built.evidence)
    document = replace(draft, annexes=(), lineage=built.open_lineage)
    place = sealed_place(draft.incident, draft.audience.bridge, built.number)
    return {
        "evidence": built.evidence_id,
        "document": document.model_dump(mode="json"),
        "facts": facts.model_dump(mode="json"),
        "sealed": transaction.seal(built.inside, place),
    }


def _save_profile(transaction: Transaction, profile: Profile, draft: Draft) -> None:
    """Each profile is kept once. A row that is there already must be the same: nobody could review the draft else."""
    values = {"digest": draft.profile_digest, "document": orjson.loads(canonical(profile))}
    if not transaction.insert_new(profiles, values):
        _profile_of(transaction, draft)


def draft_by_id(transaction: Transaction, draft_id: str) -> StoredDraft | None:
    """The draft with this id."""
    row = transaction.execute(select(drafts).where(drafts.c.id == draft_id)).one_or_none()
    return _stored(row) if row else None


def drafts_of(transaction: Transaction, bridge_case: str, *states: str) -> list[StoredDraft]:
    """The drafts of a case in these states, or in all, oldest first."""
    found = select(drafts).where(drafts.c.bridge_case == bridge_case)
    found = found.where(drafts.c.state.in_(states)) if states else found
    return [_stored(row) for row in transaction.execute(found.order_by(drafts.c.number))]


RELEASED_STATES = ("released", "superseded", "withdrawn")
"""States of a draft that became a version: what a next version is counted from and compared with."""


UNCLEAR_STATES = ("posting", "ambiguous")
"""States of a draft of which nobody can say whether it is visible."""


def last_released(transaction: Transaction, bridge_case: str) -> StoredDraft | None:
    """The last version of a case, superseded and withdrawn ones included: numbers never repeat."""
    found = select(drafts).where(
        drafts.c.bridge_case == bridge_case, drafts.c.kind == DraftKind.UPDATE, drafts.c.state.in_(RELEASED_STATES)
    )
    row = transaction.execute(found.order_by(drafts.c.version.desc()).limit(1)).one_or_none()
    return _stored(row) if row else None


@dataclass(frozen=True, slots=True)
class CurrentDrafts:
    """Where a case stands: the newest draft of each kind, the last version, and the one that may be visible."""

    update: StoredDraft | None
    acknowledgement: StoredDraft | None
    released: StoredDraft | None
    unclear: StoredDraft | None


def current_drafts(transaction: Transaction, bridge_case: str) -> CurrentDrafts:
    """Where a case stands, in one statement, whatever the number of its drafts."""
    mine = drafts.c.bridge_case == bridge_case
    is_version = (drafts.c.kind == DraftKind.UPDATE) & drafts.c.state.in_(RELEASED_STATES)
    newest = select(func.max(drafts.c.number)).where(mine).group_by(drafts.c.kind)
    last = select(func.max(drafts.c.version)).where(mine, is_version).scalar_subquery()
    wanted = (
        drafts.c.number.in_(newest) | drafts.c.state.in_(UNCLEAR_STATES) | (is_version & (drafts.c.version == last))
    )
    rows = transaction.execute(select(drafts).where(mine, wanted).order_by(drafts.c.number))
    found = [_stored(row) for row in rows]
    versions = [one for one in found if one.draft.version and one.state.state in RELEASED_STATES]
    return CurrentDrafts(
        update=next((one for one in reversed(found) if one.draft.kind is DraftKind.UPDATE), None),
        acknowledgement=next((one for one in reversed(found) if one.draft.kind is DraftKind.ACKNOWLEDGEMENT), None),
        released=max(versions, key=lambda one: one.draft.version or 0, default=None),
        unclear=next((one for one in found if one.state.state in UNCLEAR_STATES), None),
    )


def version_draft(transaction: Transaction, bridge_case: str, version: int) -> StoredDraft | None:
    """The draft that became this version."""
    found = select(drafts).where(
        drafts.c.bridge_case == bridge_case, drafts.c.version == version, drafts.c.state.in_(RELEASED_STATES)
    )
    row = transaction.execute(found).one_or_none()
    return _stored(row) if row else None


def built_of(transaction: Transaction, stored: StoredDraft) -> tuple[BuildResult, SealedInputs]:
    """The draft with everything that it was built from, unsealed, and the sealed parts as they are stored."""
    wanted = (drafts.c.sealed, drafts.c.evidence, readings.c.sealed.label("reading"), profiles.c.document)
    found = select(*wanted).join(profiles).join(readings).where(drafts.c.id == stored.id)
    row = transaction.execute(found).one()
    place = sealed_place(stored.draft.incident, stored.draft.audience.bridge, stored.number)
    inside = SealedContents.model_validate_json(transaction.unseal(row.sealed, place))
    evidence = open_evidence(transaction, row.evidence, row.reading)
    if evidence_digest(evidence, inside.history) != stored.draft.evidence_digest:
        raise StoreAlteredError(f"draft {stored.number} refers to another reading than it was built on; restore it")
    built = BuildResult(
        number=stored.number,
        evidence=evidence,
        evidence_id=row.evidence,
        profile=_profile(stored.draft, row.document),
        history=inside.history,
        directives=inside.directives,
        draft=replace(stored.draft, annexes=inside.annexes, lineage=inside.lineage),
    )
    parts = (Sealed.model_validate(row.reading), Sealed.model_validate(row.sealed))
    return built, SealedInputs(evidence_id=row.evidence, evidence=parts[0], draft=parts[1])


def profile_of(transaction: Transaction, stored: StoredDraft) -> Profile:
    """The profile that a draft was built by; `StoreAlteredError` when the row is not the one of its digest."""
    return _profile_of(transaction, stored.draft)


def _profile_of(transaction: Transaction, draft: Draft) -> Profile:
    found = select(profiles.c.document).where(profiles.c.digest == draft.profile_digest)
    return _profile(draft, transaction.execute(found).scalar_one_or_none())


def _profile(draft: Draft, document: Any) -> Profile:
    """The stored document is digested as it is, before anything reads it."""
    try:
        proved, profile = _proved_profile(orjson.dumps(document))
    except (TypeError, ValidationError) as problem:
        raise _altered(draft) from problem
    if proved != draft.profile_digest:
        raise _altered(draft)
    return profile


@lru_cache(maxsize=16)
def _proved_profile(document: bytes) -> tuple[str, Profile]:
    """The digest of a stored document and the profile that it is; the same bytes are read a dozen times a click."""
    return digest(orjson.loads(document)), Profile.model_validate_json(document)


def _altered(draft: Draft) -> StoreAlteredError:
    return StoreAlteredError(
        f"the stored profile {draft.profile} was altered: its row in the database does not have the digest "
        f"{draft.profile_digest[:8]}; restore that row from a backup"
    )


class Readable(NamedTuple):
    """Drafts whose rows fit, in their order, and what is wrong with the others: one altered row stops no other."""

    drafts: list[StoredDraft]
    problems: list[StoreAlteredError]


def _readable(rows: Iterable[Any]) -> Readable:
    found = Readable([], [])
    for row in rows:
        try:
            found.drafts.append(_stored(row))
        except StoreAlteredError as problem:
            found.problems.append(problem)
    return found


def readable_drafts(transaction: Transaction, bridge_case: str, *states: str) -> Readable:
    """The drafts of a case in these states, or in all, oldest first, whatever became of one of them."""
    found = select(drafts).where(drafts.c.bridge_case == bridge_case)
    found = found.where(drafts.c.state.in_(states)) if states else found
    return _readable(transaction.execute(found.order_by(drafts.c.number)))


def standing_drafts(transaction: Transaction) -> Readable:
    """Every message that a customer relies on: released, not replaced, in a bridge that is open; oldest first."""
    open_ = (drafts.c.state == "released") & (bridge_cases.c.state == OPEN)
    found = select(drafts).join(bridge_cases).where(open_).order_by(drafts.c.created_at)
    return _readable(transaction.execute(found))


def undrawn_drafts(transaction: Transaction, bridge_case: str) -> Readable:
    """The drafts of a case that moved since their cards were drawn, oldest first."""
    behind = (drafts.c.bridge_case == bridge_case) & (drafts.c.drawn < drafts.c.revision)
    found = select(drafts).where(behind).order_by(drafts.c.number)
    return _readable(transaction.execute(found))


def mark_drawn(transaction: Transaction, stored: StoredDraft) -> None:
    """The cards of a draft show it at this revision; if it has moved since, they are behind all the same."""
    transaction.execute(update(drafts).where(drafts.c.id == stored.id).values(drawn=stored.revision))


@lru_cache(maxsize=64)
def _draft(document: bytes) -> Draft:
    """A draft never changes, and one click reads it a dozen times."""
    return Draft.model_validate_json(document)


def _stored(row: Any) -> StoredDraft:
    """A row as it is read; `StoreAlteredError` when no draft can be in such a state or of such a form."""
    try:
        return _read(row)
    except ValidationError as problem:
        altered = StoreAlteredError(
            f"draft {row.number} was altered in the database: no draft can be as its row says; restore that row from a "
            "backup"
        )
        altered.number, altered.version = row.number, row.version
        altered.may_stand = row.state in {*RELEASED_STATES, *UNCLEAR_STATES}
        raise altered from problem


def _read(row: Any) -> StoredDraft:
    return StoredDraft(
        id=row.id,
        bridge_case=row.bridge_case,
        number=row.number,
        prior=row.prior,
        drafter=Person(team=row.drafter_team, user=row.drafter_user),
        revision=row.revision,
        state=_state.validate_json(orjson.dumps(row.state_document)),
        draft=_draft(orjson.dumps(row.document)),
        manifest=Envelope.model_validate_json(orjson.dumps(row.manifest)) if row.manifest else None,
        created_at=row.created_at,
        facts=CardFacts.model_validate_json(orjson.dumps(row.facts)),
    )
