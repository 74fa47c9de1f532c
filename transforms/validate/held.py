"""Findings about what is held, unplaced, or told without a start: one for one fact (promises P13 to P17)."""

from collections.abc import Iterable, Iterator
from typing import Final

from profiles.codes import FieldClass, HoldReason, RegisterCode, Section, Unplaced
from profiles.models import Profile
from transforms.model.directives import Directives
from transforms.model.evidence import Evidence
from transforms.model.holds import HeldSlot, Hold, Slot, facts_of
from transforms.model.package import Coded
from transforms.model.register import Finding
from transforms.render.entitlement import NoScope, Scope
from transforms.render.unplaced import unplaced

CODE_OF_REASON: Final = {
    HoldReason.EXPLOITABILITY_RESTRICTED: RegisterCode.UNCLEARED_DETAIL,
    HoldReason.SECURITY_REVIEW_PENDING: RegisterCode.UNCLEARED_DETAIL,
    HoldReason.LEGAL_REVIEW_PENDING: RegisterCode.UNCLEARED_DETAIL,
    HoldReason.LINEAGE_INCOMPLETE: RegisterCode.LINEAGE_INCOMPLETE,
    HoldReason.SOURCE_UNAVAILABLE: RegisterCode.SOURCE_UNAVAILABLE,
    HoldReason.SOURCE_STALE: RegisterCode.SOURCE_STALE,
    HoldReason.SOURCE_INCOMPLETE: RegisterCode.SOURCE_INCOMPLETE,
    HoldReason.UNMAPPED_VALUE: RegisterCode.UNMAPPED_VALUE,
    HoldReason.SOURCE_CONFLICT: RegisterCode.SOURCE_CONFLICT,
    HoldReason.TIMING_DISAGREEMENT: RegisterCode.TIMING_DISAGREEMENT,
}
"""The register entry that a hold of this reason brings; a person's own hold brings none."""

EXPLANATION: Final = {
    HoldReason.EXPLOITABILITY_RESTRICTED: "restricted by a disclosure rule and not cleared",
    HoldReason.SECURITY_REVIEW_PENDING: "security has not cleared it",
    HoldReason.LEGAL_REVIEW_PENDING: "legal has not cleared it",
    HoldReason.LINEAGE_INCOMPLETE: "its origin is not complete",
    HoldReason.SOURCE_UNAVAILABLE: "a source that should say it was not read or says nothing of it",
    HoldReason.SOURCE_STALE: "the newest evidence is older than the profile allows",
    HoldReason.SOURCE_INCOMPLETE: "a source was not read whole, so what it does not say is not known",
    HoldReason.UNMAPPED_VALUE: "a source says a value that no approved table maps",
    HoldReason.UNPLACED_EVIDENCE: "trouble that no table places could contradict it",
    HoldReason.SOURCE_CONFLICT: "two sources facing the same side disagree",
    HoldReason.TIMING_DISAGREEMENT: "what we see inside and what the customer is shown elsewhere disagree",
}


def codes_of_hold(members: Iterable[Slot]) -> tuple[RegisterCode, ...]:
    """The entries that the reasons of one hold bring, in the order of their seriousness."""
    barred = [slot.outcome for slot in members if isinstance(slot.outcome, HeldSlot)]
    if barred and all(one.lacking for one in barred):
        return (RegisterCode.ALL_CLEAR_EARLY,)
    reasons = {reason for one in barred if not (one.lacking or one.unexplained) for reason in one.reasons}
    codes = CODE_OF_REASON | {HoldReason.UNPLACED_EVIDENCE: RegisterCode.UNPLACED_EVIDENCE}
    decided = all(one.decided for one in barred)
    return () if decided else tuple(codes[reason] for reason in HoldReason if reason in reasons and reason in codes)


def hold_findings(slots: Iterable[Slot], holds: Iterable[Hold]) -> Iterator[Finding]:
    """One finding for each hold and reason; which records stand behind it is in the annex.

    A hold that only lacks time for an all-clear, and one whose cause is gone, is that and nothing else.
    """
    by_id = {slot.id: slot for slot in slots}
    for hold in holds:
        members = [by_id[field] for field in hold.fields]
        barred = [slot.outcome for slot in members if isinstance(slot.outcome, HeldSlot)]
        if any(one.unexplained for one in barred):
            yield _unexplained(hold, members)
        elif lacking := tuple(dict.fromkeys(what for one in barred for what in one.lacking)):
            yield _too_early(members, lacking)
        reasons = {reason for one in barred if not (one.lacking or one.unexplained) for reason in one.reasons}
        decided = all(one.decided for one in barred)
        for reason in () if decided else HoldReason:
            if reason in reasons and reason in CODE_OF_REASON:
                yield Finding(
                    code=CODE_OF_REASON[reason],
                    about=hold.key,
                    sentence=f"{hold.what}: {EXPLANATION[reason]}",
                    facts=(reason, *facts_of(members)),
                    hold=hold.number,
                )


def _unexplained(hold: Hold, members: Iterable[Slot]) -> Finding:
    """All of them are one entry: what became of what stood behind them is one question."""
    return Finding(
        code=RegisterCode.HOLD_UNEXPLAINED,
        about="holds",
        sentence=f"{hold.what}: what stood behind this hold can no longer be found; say whether it was solved or moved",
        facts=(hold.key, *facts_of(members)),
        hold=hold.number,
    )


def _too_early(members: Iterable[Slot], lacking: tuple[str, ...]) -> Finding:
    """All places of which it is too early to say that they work are one entry: they wait for the same."""
    return Finding(
        code=RegisterCode.ALL_CLEAR_EARLY,
        about="all-clear",
        sentence=f"too early for an all-clear: {', '.join(lacking)}",
        facts=tuple(facts_of(members)),
    )


def unplaced_findings(
    evidence: Evidence, profile: Profile, directives: Directives, slots: Iterable[Slot]
) -> Iterator[Finding]:
    """Everything that no table places, as one exception; it blocks where it bars a word of this message (P14)."""
    waiting = unplaced(evidence, profile, directives)
    outcomes = (slot.outcome for slot in slots)
    barring = any(isinstance(o, HeldSlot) and HoldReason.UNPLACED_EVIDENCE in o.reasons for o in outcomes)
    kinds = sorted({WHY_UNPLACED[one.why] for one in waiting})
    if kinds:
        yield Finding(
            code=RegisterCode.UNPLACED_EVIDENCE,
            about="evidence",
            sentence=f"something was read that no table places ({', '.join(kinds)})"
            + (", so that good news it could contradict is held; place it" if barring else "; it bars nothing here"),
            facts=tuple(sorted({f"{one.source}:{one.kind}:{one.why}:{one.region}" for one in waiting})),
            advisory=not barring,
        )


WHY_UNPLACED: Final = {
    Unplaced.NO_COMPONENT: "it names no component",
    Unplaced.UNKNOWN_COMPONENT: "its component stands in no table",
    Unplaced.UNKNOWN_REGION: "its region stands in no table",
    Unplaced.UNKNOWN_TIME: "its time cannot be one",
    Unplaced.NO_INCIDENT: "it names no incident",
    Unplaced.UNREADABLE: "it cannot be read",
}


def start_findings(slots: Iterable[Slot], scope: Scope | NoScope, profile: Profile) -> Iterator[Finding]:
    """Places that are told without a "since" that would be due, because no source gives a start that can be one."""
    labels = {capability.id: capability.label for capability in profile.capabilities}
    regions = {region.id: region.label for region in profile.regions}
    for slot in slots:
        shown = slot.outcome
        due = isinstance(scope, Scope) and FieldClass.SINCE in scope.permitted and slot.section is Section.STATUS
        if due and isinstance(shown, Coded) and shown.rank > 0 and shown.at is None:
            ahead = any(ref.changed_at and ref.changed_at > ref.fetched_at for ref in slot.origin.refs)
            what = "its start lies in the future" if ahead else "it gives no start that can be one"
            where = f"{labels[slot.capability or '']}, {regions[slot.region or '']}"
            yield Finding(
                code=RegisterCode.UNMAPPED_VALUE,
                about=slot.id,
                sentence=f"{where}: {what}, so no “since” is told",
                facts=(slot.id, what),
                advisory=True,
            )


def settled_findings(slots: Iterable[Slot], profile: Profile) -> Iterator[Finding]:
    """Disagreements that the profile's own rule settled: shown, and told to whoever decides (never flattened)."""
    labels = {capability.id: capability.label for capability in profile.capabilities}
    for slot in slots:
        for reason in slot.settled:
            rule = next(row for row in slot.origin.rows if row.startswith("conflicts:"))
            yield Finding(
                code=CODE_OF_REASON[reason],
                about=slot.key,
                sentence=f"{labels[slot.capability or '']}: {EXPLANATION[reason]}; settled by the rule {rule}",
                facts=(reason, rule, *facts_of([slot]), *slot.settled_from),
            )
