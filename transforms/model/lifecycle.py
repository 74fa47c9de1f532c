"""The life of one draft: states that hold only what exists in them, and own the steps that leave them.

Only `Approved` can be posted; `Posting` is durable before the call to Slack; an unclear answer is `Ambiguous` until the
message is found or a named person looked (promises P1, P6). A `Step` that `LEGAL` does not list cannot be made, and
neither can `Approvals` that are not complete: nothing can be stored as released that was not approved.
"""

from dataclasses import dataclass, field
from typing import Annotated, Any, Final, Generic, Literal, Self, TypeVar

from pydantic import Field, model_validator

from profiles.codes import LogKind
from profiles.frozen import Digest, Frozen, Role, Time
from transforms.model.approvals import (
    Approvals,
    Attempt,
    Decision,
    Gates,
    Located,
    Whereabouts,
    missing,
)
from transforms.model.directives import EntryId, Person


class IllegalStepError(Exception):
    """A draft in this state cannot become one in that; nothing was changed."""


After_co = TypeVar("After_co", bound="State", covariant=True)


@dataclass(frozen=True, slots=True)
class Step(Generic[After_co]):
    """One step in the life of a draft: the state before and after, and what the log says of it."""

    before: "State"
    after: After_co
    event: LogKind
    payload: dict[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """A step that the table does not list cannot be made."""
        if type(self.after) not in LEGAL[type(self.before)]:
            raise IllegalStepError(f"{type(self.before).__name__} cannot become {type(self.after).__name__}")


class State(Frozen):
    """One state of a draft's life. `given` are the approvals that it holds, complete or not."""

    @property
    def given(self) -> tuple[Decision, ...]:
        """The approvals given so far."""
        return ()


class Open(State):
    """A draft that has not been posted: a newer one may take its place, and closing the bridge ends it."""

    digest: Digest

    def replace(self, by_draft: int, why: str) -> "Step[Replaced]":
        """A newer draft takes its place; its decisions are void."""
        after = Replaced(digest=self.digest, decisions=self.given, by_draft=by_draft, why=why)
        payload = {"by_draft": by_draft, "why": why, "decisions": len(self.given)}
        return Step(self, after, LogKind.VOIDED, payload)

    def end(self, why: str) -> "Step[NotPosted]":
        """Nothing of it will be posted."""
        after = NotPosted(digest=self.digest, decisions=self.given, why=why)
        return Step(self, after, LogKind.NOT_POSTED, {"why": why})


class Past(State):
    """A draft that was not posted, with the approvals that it had."""

    digest: Digest
    decisions: tuple[Decision, ...] = ()

    @property
    def given(self) -> tuple[Decision, ...]:
        """The approvals that it had."""
        return self.decisions


class Waiting(Open):
    """Some gates have not been passed. `approvals` are given by different people, on this digest, for its gates."""

    state: Literal["waiting"] = "waiting"
    drafter: Person
    gates: Gates
    blocking: tuple[EntryId, ...] = ()
    approvals: tuple[Decision, ...] = ()

    @model_validator(mode="after")
    def _distinct(self) -> Self:
        ours = {gate.role for gate in self.gates}
        if any(d.answer != "approve" or d.digest != self.digest or d.role not in ours for d in self.approvals):
            raise ValueError("an approval is of other bytes, or for no gate of this draft")
        if len({decision.person for decision in self.approvals}) != len(self.approvals):
            raise ValueError("one person approved twice")
        if missing(self.gates, self.approvals, self.digest, self.drafter) is None:
            raise ValueError("every gate is passed, so it is approved and waits no longer")
        return self

    @property
    def given(self) -> tuple[Decision, ...]:
        """The approvals given so far."""
        return self.approvals

    @property
    def open_gates(self) -> tuple[Role, ...]:
        """The roles whose approval is missing, in the profile's order."""
        return self.left_after()

    def left_after(self, *more: Role) -> tuple[Role, ...]:
        """The roles whose approval is still missing once one more person of each of these has approved."""
        given = [*(decision.role for decision in self.approvals), *more]
        return tuple(gate.role for gate in self.gates if given.count(gate.role) < gate.quorum)

    def approve(self, decision: Decision) -> "Step[Waiting | Approved]":
        """One more approval; with the last gate the draft is approved. `transforms.review` says why one is refused."""
        if self.blocking or decision.role not in self.open_gates:
            raise IllegalStepError("an approval counts only for an open gate of a draft that nothing blocks")
        approvals = (*self.approvals, decision)
        payload = {"role": decision.role, "by": decision.person.user, "digest": decision.digest}
        after: Waiting | Approved
        if missing(self.gates, approvals, self.digest, self.drafter) is None:
            whole = Approvals(digest=self.digest, drafter=self.drafter, gates=self.gates, decisions=approvals)
            after = Approved(digest=self.digest, approvals=whole)
        else:
            after = Waiting.model_validate({**dict(self), "approvals": approvals})
        return Step(self, after, LogKind.APPROVED, payload)

    def hold(self, decision: Decision) -> "Step[HeldBack]":
        """One reviewer says that nothing of this draft leaves."""
        return _held(self, decision)


class HeldBack(Past, Open):
    """One reviewer said that nothing of this draft leaves. A new draft is the way on."""

    state: Literal["held-back"] = "held-back"
    by: Decision

    @model_validator(mode="after")
    def _is_held(self) -> Self:
        if self.by.answer != "hold":
            raise ValueError("a draft is held back by a hold")
        return self


class Approved(Open):
    """Every gate was passed on this digest. `problem` says why it is not posted yet, where something is in the way."""

    state: Literal["approved"] = "approved"
    approvals: Approvals
    problem: str = ""

    @property
    def given(self) -> tuple[Decision, ...]:
        """The complete approvals."""
        return self.approvals.decisions

    def hold(self, decision: Decision) -> "Step[HeldBack]":
        """One reviewer stops it before it is posted."""
        return _held(self, decision)

    def delay(self, problem: str) -> "Step[Approved]":
        """It cannot be posted now; the approvals stand."""
        after = Approved(digest=self.digest, approvals=self.approvals, problem=problem)
        return Step(self, after, LogKind.NOT_POSTED, {"why": problem})

    def post(self, attempt: Attempt) -> "Step[Posting]":
        """The call to Slack is about to begin; from here on it may be visible."""
        after = Posting(approvals=self.approvals, attempt=attempt)
        return Step(self, after, LogKind.POSTING, {"attempt": attempt.id, "digest": self.digest})


class Attempted(State):
    """A draft whose post was begun: complete approvals and the attempt."""

    approvals: Approvals
    attempt: Attempt

    @property
    def digest(self) -> Digest:
        """What was approved and posted."""
        return self.approvals.digest

    @property
    def given(self) -> tuple[Decision, ...]:
        """The complete approvals."""
        return self.approvals.decisions


class Posting(Attempted):
    """The call to Slack may be under way or done."""

    state: Literal["posting"] = "posting"

    def stand(self, where: Whereabouts, at: Time) -> "Step[Released]":
        """Slack answered, the message was found, or somebody saw it: it stands in the bridge."""
        return _stands(self, where, at)

    def refuse(self, problem: str) -> "Step[Approved]":
        """Slack surely did not post it; the approvals stand."""
        after = Approved(digest=self.digest, approvals=self.approvals, problem=problem)
        return Step(self, after, LogKind.NOT_POSTED, {"why": problem})

    def lose(self, why: str) -> "Step[Ambiguous]":
        """No clear answer, and the message was not found: a person must look."""
        after = Ambiguous(approvals=self.approvals, attempt=self.attempt, why=why)
        return Step(self, after, LogKind.AMBIGUOUS, {"attempt": self.attempt.id, "why": why})


class Ambiguous(Attempted):
    """Slack gave no clear answer and the message was not found: it may be visible. A person must look."""

    state: Literal["ambiguous"] = "ambiguous"
    why: str

    def stand(self, where: Whereabouts, at: Time) -> "Step[Released]":
        """The message was found after all, or a person saw it."""
        return _stands(self, where, at)

    def absent(self, why: str) -> "Step[NotPosted]":
        """A named person looked, and it is not there."""
        after = NotPosted(digest=self.digest, decisions=self.given, why=why)
        return Step(self, after, LogKind.ABSENT, {"why": why})

    def withdraw(self, where: Located, by: Person, at: Time, reason: str) -> "Step[Withdrawn]":
        """The message was found, and is taken back at once."""
        released = Released(approvals=self.approvals, attempt=self.attempt, where=where, at=at)
        return _withdrawn(self, released, by, at, reason)


class Released(Attempted):
    """The message stands in the bridge."""

    state: Literal["released"] = "released"
    where: Whereabouts
    at: Time

    @property
    def ts(self) -> str | None:
        """Where the bot can edit it; none where only a person saw it."""
        return self.where.ts if isinstance(self.where, Located) else None

    def supersede(self, by_version: int, at: Time) -> "Step[Superseded]":
        """A later version stands in its place."""
        after = Superseded(released=self, by_version=by_version, at=at)
        return Step(self, after, LogKind.SUPERSEDED, {"by": by_version})

    def withdraw(self, by: Person, at: Time, reason: str) -> "Step[Withdrawn]":
        """One person takes it back (promise P11)."""
        return _withdrawn(self, self, by, at, reason)


class NotPosted(Past, Open):
    """Surely not sent: Slack refused, a person found nothing, or the bridge was closed. A new draft is the way on."""

    state: Literal["not-posted"] = "not-posted"
    why: str


class Replaced(Past):
    """A newer draft stands in its place; its decisions are void."""

    state: Literal["replaced"] = "replaced"
    by_draft: int
    why: str


class Ended(State):
    """A message that stood in the bridge until it was replaced or taken back."""

    released: Released
    at: Time

    @property
    def given(self) -> tuple[Decision, ...]:
        """The approvals that it was released on."""
        return self.released.given


class Superseded(Ended):
    """A later version stands in the bridge."""

    state: Literal["superseded"] = "superseded"
    by_version: int

    def withdraw(self, by: Person, at: Time, reason: str) -> "Step[Withdrawn]":
        """One person takes it back: under its notice its words still stand in the channel."""
        return _withdrawn(self, self.released, by, at, reason)


class Withdrawn(Ended):
    """Taken back: only the profile's fixed notice stands."""

    state: Literal["withdrawn"] = "withdrawn"
    by: Person
    reason: str


ReviewState = Annotated[
    Waiting | HeldBack | Replaced | Approved | Posting | Ambiguous | Released | NotPosted | Superseded | Withdrawn,
    Field(discriminator="state"),
]

LEGAL: Final[dict[type[State], frozenset[type[State]]]] = {
    Waiting: frozenset({Waiting, Approved, HeldBack, Replaced, NotPosted}),
    HeldBack: frozenset({Replaced, NotPosted}),
    Approved: frozenset({Approved, HeldBack, Posting, Replaced, NotPosted}),
    Posting: frozenset({Released, Approved, Ambiguous}),
    Ambiguous: frozenset({Released, NotPosted, Withdrawn}),
    NotPosted: frozenset({Replaced}),
    Released: frozenset({Superseded, Withdrawn}),
    Superseded: frozenset({Withdrawn}),
    Replaced: frozenset(),
    Withdrawn: frozenset(),
}
"""Every step that there is: from each state, the states that may follow."""


def _held(state: Waiting | Approved, decision: Decision) -> Step[HeldBack]:
    after = HeldBack(digest=state.digest, decisions=state.given, by=decision)
    payload = {"role": decision.role, "by": decision.person.user, "digest": decision.digest}
    return Step(state, after, LogKind.HELD, payload)


def _stands(state: Posting | Ambiguous, where: Whereabouts, at: Time) -> Step[Released]:
    after = Released(approvals=state.approvals, attempt=state.attempt, where=where, at=at)
    how = where.how if isinstance(where, Located) else "seen"
    return Step(state, after, LogKind.RELEASED, {"ts": after.ts or "", "digest": state.digest, "how": how})


def _withdrawn(
    state: Ambiguous | Released | Superseded, released: Released, by: Person, at: Time, reason: str
) -> Step[Withdrawn]:
    after = Withdrawn(released=released, by=by, at=at, reason=reason)
    return Step(state, after, LogKind.WITHDRAWN, {"by": by.user, "reason": reason})


def released_in(state: State) -> Released | None:
    """How a draft came to stand in the bridge, also once it was replaced or taken back; none when it never did."""
    if isinstance(state, Ended):
        return state.released
    return state if isinstance(state, Released) else None
