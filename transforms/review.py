"""Review and release of one draft as states that hold only what exists in them, and the one rule that moves them.

`Waiting` becomes `Approved` by the last gate, `HeldBack` by one person, `Replaced` by a newer draft. Only `Approved`
can be claimed for a release; `Posting` is durable before the call to Slack; an unclear answer is `Ambiguous` until the
message is found or a named person looked (promises P1, P6).
"""

from typing import Annotated, Literal

from pydantic import Field

from profiles.codes import DraftKind
from profiles.frozen import Digest, Frozen, Role, Time
from transforms.model.directives import EntryId, Person

AttemptId = Annotated[str, Field(pattern=r"^[0-9a-f]{32}$")]


class Decision(Frozen):
    """One person's answer, in one role, on exactly one release digest."""

    answer: Literal["approve", "hold"]
    person: Person
    role: Role
    digest: Digest
    at: Time


class Waiting(Frozen):
    """Some gates have not been passed."""

    state: Literal["waiting"] = "waiting"
    kind: DraftKind
    digest: Digest
    drafter: Person
    gates: tuple[Role, ...]
    blocking: tuple[EntryId, ...] = ()
    approvals: tuple[Decision, ...] = ()

    @property
    def open_gates(self) -> tuple[Role, ...]:
        """The roles whose approval is missing, in the profile's order."""
        given = {approval.role for approval in self.approvals}
        return tuple(role for role in self.gates if role not in given)


class HeldBack(Frozen):
    """One reviewer said that nothing of this draft leaves. A new draft is the way on."""

    state: Literal["held-back"] = "held-back"
    digest: Digest
    approvals: tuple[Decision, ...]
    by: Decision


class Replaced(Frozen):
    """A newer draft stands in its place; its decisions are void."""

    state: Literal["replaced"] = "replaced"
    digest: Digest
    approvals: tuple[Decision, ...] = ()
    by_draft: int
    why: str


class Approved(Frozen):
    """Every gate was passed on this digest. `problem` says why it is not posted yet, where something is in the way."""

    state: Literal["approved"] = "approved"
    kind: DraftKind
    digest: Digest
    drafter: Person
    approvals: tuple[Decision, ...]
    problem: str = ""


class Posting(Frozen):
    """The call to Slack may be under way or done; `attempt` is the mark by which the message can be found."""

    state: Literal["posting"] = "posting"
    digest: Digest
    approvals: tuple[Decision, ...]
    attempt: AttemptId
    channel: str
    started_at: Time


class Ambiguous(Frozen):
    """Slack gave no clear answer and the message was not found: it may be visible. A person must look."""

    state: Literal["ambiguous"] = "ambiguous"
    digest: Digest
    approvals: tuple[Decision, ...]
    attempt: AttemptId
    channel: str
    started_at: Time
    why: str


class Released(Frozen):
    """The message stands in the bridge. `how` says whether Slack, a look-up or a person told us so."""

    state: Literal["released"] = "released"
    digest: Digest
    approvals: tuple[Decision, ...]
    attempt: AttemptId
    channel: str
    ts: str
    at: Time
    how: Literal["answered", "found", "seen"]
    seen_by: Person | None = None


class NotPosted(Frozen):
    """Surely not sent: Slack refused, or a person found nothing. A new draft is the way on."""

    state: Literal["not-posted"] = "not-posted"
    digest: Digest
    approvals: tuple[Decision, ...]
    why: str


class Superseded(Frozen):
    """A later version stands in the bridge."""

    state: Literal["superseded"] = "superseded"
    released: Released
    by_version: int
    at: Time


class Withdrawn(Frozen):
    """Taken back: only the profile's fixed notice stands."""

    state: Literal["withdrawn"] = "withdrawn"
    released: Released | Ambiguous
    by: Person
    at: Time
    reason: str


ReviewState = Annotated[
    Waiting | HeldBack | Replaced | Approved | Posting | Ambiguous | Released | NotPosted | Superseded | Withdrawn,
    Field(discriminator="state"),
]


class Refusal(Frozen):
    """Why nothing was recorded, as a code and one sentence for the person who asked."""

    code: str
    sentence: str


def decide(state: ReviewState, decision: Decision) -> Waiting | HeldBack | Approved | Refusal:
    """The state after a decision, or why it does not count. Who may act in the role is checked before (bot/access)."""
    if isinstance(state, Approved) and decision.answer == "hold" and decision.digest == state.digest:
        return HeldBack(digest=state.digest, approvals=state.approvals, by=decision)
    if not isinstance(state, Waiting):
        return Refusal(code="not-waiting", sentence=f"{NOT_WAITING[state.state]} Nothing was recorded.")
    if decision.digest != state.digest:
        return Refusal(code="stale-card", sentence="This card shows an earlier draft. Nothing was recorded.")
    if decision.answer == "hold":
        return HeldBack(digest=state.digest, approvals=state.approvals, by=decision)
    return _bar(state, decision) or _approve(state, decision)


def _bar(state: Waiting, decision: Decision) -> Refusal | None:
    """Why this approval does not count, if it does not."""
    if state.blocking:
        return Refusal(code="blocked", sentence="An open exception blocks this draft; decide or mend it first.")
    if decision.role not in state.gates:
        return Refusal(code="no-such-gate", sentence="This draft does not ask for an approval in that role.")
    if decision.role not in state.open_gates:
        return Refusal(code="already-approved", sentence="This gate was approved already. Nothing was recorded.")
    if any(approval.person == decision.person for approval in state.approvals):
        return Refusal(
            code="same-person",
            sentence="You approved another gate of this draft; each gate needs a different person.",
        )
    if len(state.gates) == 1 and decision.person == state.drafter:
        return Refusal(code="own-draft", sentence="You drafted this one, so somebody else must approve it.")
    return None


def _approve(state: Waiting, decision: Decision) -> Waiting | Approved:
    approvals = (*state.approvals, decision)
    if len(approvals) < len(state.gates):
        return state.model_copy(update={"approvals": approvals})
    return Approved(kind=state.kind, digest=state.digest, drafter=state.drafter, approvals=approvals)


NOT_WAITING = {
    "held-back": "A reviewer has held this draft.",
    "replaced": "A newer draft has replaced this one.",
    "approved": "Every gate of this draft is approved already.",
    "posting": "This draft is being posted.",
    "ambiguous": "This draft may be visible already; look at the bridge first.",
    "released": "This draft is released already.",
    "not-posted": "This draft was not posted; draft again.",
    "superseded": "A later version has been released.",
    "withdrawn": "This version was withdrawn.",
}
"""Why a draft in each state takes no decision."""
