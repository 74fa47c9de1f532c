"""What people decide and what becomes of a post, as values that cannot be wrong: decisions, approvals, attempts."""

from collections.abc import Iterable
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from profiles.frozen import Digest, Frozen, Role, Time
from profiles.models import Gate
from transforms.model.directives import Person

ActId = Annotated[str, Field(pattern=r"^[0-9a-f]{32}$")]
"""The request by which somebody did something; it is used once (promise P7)."""

AttemptId = Annotated[str, Field(pattern=r"^[0-9a-f]{32}$")]
Gates = Annotated[tuple[Gate, ...], Field(min_length=1)]


class Decision(Frozen):
    """One person's answer, in one role, on exactly one release digest, by one act, until it expires if it does."""

    answer: Literal["approve", "hold"]
    person: Person
    role: Role
    digest: Digest
    at: Time
    act: ActId | None = None
    reason: Annotated[str, Field(max_length=500)] = ""
    until: Time | None = None


class Refusal(Frozen):
    """Why nothing was recorded, as a code and one sentence for the person who asked."""

    code: str
    sentence: str


class Approvals(Frozen):
    """Every gate passed by as many people as it asks for, all of them different, on one digest.

    Incomplete approvals cannot be constructed: whoever holds this value holds a complete approval (promise P1).
    """

    digest: Digest
    drafter: Person
    gates: Gates
    decisions: tuple[Decision, ...]

    @model_validator(mode="after")
    def _complete(self) -> Self:
        if problem := missing(self.gates, self.decisions, self.digest, self.drafter):
            raise ValueError(problem)
        return self

    def expired(self, now: Time) -> bool:
        """Whether one of them holds no longer."""
        return any(decision.until and decision.until <= now for decision in self.decisions)


def missing(gates: Iterable[Gate], decisions: tuple[Decision, ...], digest: Digest, drafter: Person) -> str | None:
    """What these decisions lack to be a complete approval of a digest; none when they are one."""
    if any(decision.answer != "approve" or decision.digest != digest for decision in decisions):
        return "not every decision approves these bytes"
    persons = {decision.person for decision in decisions}
    if len(persons) != len(decisions):
        return "not every gate is approved by a different person"
    wanted = sorted(role for gate in gates for role in [gate.role] * gate.quorum)
    if sorted(decision.role for decision in decisions) != wanted:
        return "not every gate is approved"
    return "the drafter alone approved it" if persons == {drafter} else None


class Attempt(Frozen):
    """One call that posts: the mark by which the message can be found, where, and since when it may be there."""

    id: AttemptId
    channel: Annotated[str, Field(min_length=1)]
    started_at: Time


class Located(Frozen):
    """Where the message stands, as Slack answered, or as it was found by its attempt."""

    kind: Literal["located"] = "located"
    ts: Annotated[str, Field(pattern=r"^[0-9]+\.[0-9]+$")]
    how: Literal["answered", "found"]


class Sighted(Frozen):
    """A person saw the message; the bot cannot find it, and so cannot edit it."""

    kind: Literal["sighted"] = "sighted"
    by: Person


Whereabouts = Annotated[Located | Sighted, Field(discriminator="kind")]
