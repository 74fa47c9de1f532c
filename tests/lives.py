"""Drafts in every state of their life, for tests of what is stored, shown and done; and a state forced on a stored one.

`life("1" * 64)["released"]` is a released draft whose three gates were passed on that digest.
"""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import update

from profiles.models import Gate
from storage.drafts import StoredDraft
from storage.store import Transaction
from storage.tables import drafts
from tests.builders import AT, make_person
from transforms.model.approvals import Approvals, Attempt, Decision, Located, Sighted
from transforms.model.directives import Person
from transforms.model.lifecycle import (
    Ambiguous,
    Approved,
    HeldBack,
    NotPosted,
    Posting,
    Released,
    Replaced,
    ReviewState,
    State,
    Superseded,
    Waiting,
    Withdrawn,
)
from transforms.publish.draft import Draft

ROLES = ("incident_command", "security", "account_leadership")
GATES = tuple(Gate(role=role) for role in ROLES)
DIGEST, OTHER = "1" * 64, "2" * 64
KIM, SAM, ANA, JO = (make_person(user) for user in ("U0KIM", "U0SAM", "U0ANA", "U0JO"))
CHANNEL = "C0ACME"


def make_decision(role: str = "incident_command", person: Person = KIM, **changes: Any) -> Decision:
    """One approval of the digest that is shown."""
    defaults = {"answer": "approve", "person": person, "role": role, "digest": DIGEST, "at": AT}
    return Decision(**defaults | changes)


def make_approvals(digest: str = DIGEST, people: Iterable[Person] = (KIM, SAM, ANA)) -> Approvals:
    """Three gates passed by three people; Kim drafted."""
    decided = tuple(make_decision(r, p, digest=digest) for r, p in zip(ROLES, people, strict=True))
    return Approvals(digest=digest, drafter=KIM, gates=GATES, decisions=decided)


def make_waiting(*approvals: Decision, **changes: Any) -> Waiting:
    """A draft of three gates, drafted by Kim, with these approvals."""
    return Waiting(**{"digest": DIGEST, "drafter": KIM, "gates": GATES, "approvals": approvals} | changes)


def life(digest: str = DIGEST, why: str = "the reason", attempt: str = "a" * 32) -> dict[str, ReviewState]:
    """Every state, by its name, with these words wherever people's words stand in one."""
    approvals = make_approvals(digest)
    first = approvals.decisions[:1]
    posted = {"approvals": approvals, "attempt": Attempt(id=attempt, channel=CHANNEL, started_at=AT)}
    released = Released(**posted, where=Located(ts="1.000001", how="answered"), at=AT)
    hold = make_decision("security", SAM, answer="hold", digest=digest)
    return {
        "waiting": make_waiting(*first, digest=digest),
        "held-back": HeldBack(digest=digest, decisions=first, by=hold),
        "replaced": Replaced(digest=digest, by_draft=8, why=why),
        "approved": Approved(digest=digest, approvals=approvals),
        "posting": Posting(**posted),
        "ambiguous": Ambiguous(**posted, why=why),
        "released": released,
        "not-posted": NotPosted(digest=digest, decisions=approvals.decisions, why=why),
        "superseded": Superseded(released=released, by_version=4, at=AT),
        "withdrawn": Withdrawn(released=released, by=SAM, at=AT, reason=why),
    }


def posting_of(draft: Draft, channel: str | None = None) -> Posting:
    """The post of a draft under complete approvals."""
    attempt = Attempt(id="b" * 32, channel=channel or draft.audience.channel, started_at=AT)
    return Posting(approvals=make_approvals(draft.release_digest), attempt=attempt)


def unclear(released: Released, attempt: str = "e" * 32) -> Ambiguous:
    """The state of a post about which Slack gave no clear answer."""
    made = Attempt(id=attempt, channel=released.attempt.channel, started_at=released.at)
    return Ambiguous(approvals=released.approvals, attempt=made, why="Slack did not answer")


def only_seen(released: Released, by: Person = KIM) -> Released:
    """The same release as a person saw it, without its place in Slack."""
    return Released(approvals=released.approvals, attempt=released.attempt, where=Sighted(by=by), at=released.at)


def force(transaction: Transaction, stored: StoredDraft, state: State) -> None:
    """Write a state past the life cycle, as a worker that died, or an older time, would have left it."""
    document = state.model_dump(mode="json")
    values = {"state": document["state"], "state_document": document, "revision": stored.revision + 1}
    transaction.execute(update(drafts).where(drafts.c.id == stored.id).values(**values))
