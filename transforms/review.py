"""Review: whether one person's answer counts, and the step that it makes in the life of a draft (promise P1)."""

from typing import Final

from transforms.model.approvals import Decision, Refusal
from transforms.model.lifecycle import (
    Ambiguous,
    Approved,
    HeldBack,
    NotPosted,
    Posting,
    Released,
    Replaced,
    State,
    Step,
    Superseded,
    Waiting,
    Withdrawn,
)


def decide(state: State, decision: Decision) -> Step[Waiting | Approved] | Step[HeldBack] | Refusal:
    """The step that a decision makes, or why it does not count. Who may act in the role is checked in bot/access."""
    if isinstance(state, Approved) and decision.answer == "hold" and decision.digest == state.digest:
        return state.hold(decision)
    if not isinstance(state, Waiting):
        return Refusal(code="not-waiting", sentence=f"{NOT_WAITING[type(state)]} Nothing was recorded.")
    if decision.digest != state.digest:
        return Refusal(code="stale-card", sentence="This card shows an earlier draft. Nothing was recorded.")
    if decision.answer == "hold":
        return state.hold(decision)
    return _bar(state, decision) or state.approve(decision)


def _bar(state: Waiting, decision: Decision) -> Refusal | None:
    """Why this approval does not count, if it does not."""
    if state.blocking:
        return Refusal(code="blocked", sentence="An open exception blocks this draft; decide it or remove its cause.")
    if decision.role not in {gate.role for gate in state.gates}:
        return Refusal(code="no-such-gate", sentence="This draft does not ask for an approval in that role.")
    if decision.role not in state.open_gates:
        return Refusal(code="already-approved", sentence="This gate was approved already. Nothing was recorded.")
    if any(approval.person == decision.person for approval in state.approvals):
        sentence = "You approved another gate of this draft; each gate needs a different person."
        return Refusal(code="same-person", sentence=sentence)
    if sum(gate.quorum for gate in state.gates) == 1 and decision.person == state.drafter:
        return Refusal(code="own-draft", sentence="You drafted this one, so somebody else must approve it.")
    return None


NOT_WAITING: Final[dict[type[State], str]] = {
    HeldBack: "A reviewer has held this draft.",
    Replaced: "A newer draft has replaced this one.",
    Approved: "Every gate of this draft is approved already.",
    Posting: "This draft is being posted.",
    Ambiguous: "This draft may be visible already; look at the bridge first.",
    Released: "This draft is released already.",
    NotPosted: "This draft was not posted; draft again.",
    Superseded: "A later version has been released.",
    Withdrawn: "This version was withdrawn.",
}
"""Why a draft in each state takes no decision."""
