"""Validate: the register of exceptions found while building, with what blocks and which role decides (stage three)."""

from collections.abc import Iterable, Iterator
from typing import Annotated, Final

from pydantic import Field

from profiles.codes import NEVER_WAIVED, FieldClass, HoldReason, RegisterCode, Section, SourceState
from profiles.frozen import Digest, Frozen, Role
from profiles.models import Profile, ProfileSource
from transforms.bundle import Bundle
from transforms.canonical import keyed_digest
from transforms.directives import Directives, EntryId, Waiver
from transforms.entitlement import NoScope, Scope
from transforms.holds import Annex, Barred, Hold, Slot
from transforms.leakscan import Suspicion, commitments, scan
from transforms.lexicon import lexicon, wording
from transforms.lineage import LineageEntry, unexplained
from transforms.message import Message
from transforms.package import Held, Package

CODE_OF_REASON: Final = {
    HoldReason.EXPLOITABILITY_RESTRICTED: RegisterCode.UNCLEARED_DETAIL,
    HoldReason.SECURITY_REVIEW_PENDING: RegisterCode.UNCLEARED_DETAIL,
    HoldReason.LEGAL_REVIEW_PENDING: RegisterCode.UNCLEARED_DETAIL,
    HoldReason.LINEAGE_INCOMPLETE: RegisterCode.LINEAGE_INCOMPLETE,
    HoldReason.SOURCE_UNAVAILABLE: RegisterCode.SOURCE_UNAVAILABLE,
    HoldReason.SOURCE_STALE: RegisterCode.SOURCE_STALE,
    HoldReason.UNMAPPED_VALUE: RegisterCode.UNMAPPED_VALUE,
    HoldReason.SOURCE_CONFLICT: RegisterCode.SOURCE_CONFLICT,
    HoldReason.TIMING_DISAGREEMENT: RegisterCode.TIMING_DISAGREEMENT,
}
"""The register entry that a hold of this reason brings; a person's own hold brings none."""

CLASS_OF_SECTION: Final = {
    Section.STATUS: FieldClass.STATUS,
    Section.WORKAROUND: FieldClass.WORKAROUND,
    Section.TIMELINE: FieldClass.TIMELINE,
}


class RegisterEntry(Frozen):
    """One exception. `sentence` names nothing withheld; `evidence` is what a waiver binds."""

    id: EntryId
    code: RegisterCode
    blocks: bool
    role: Role
    sentence: Annotated[str, Field(max_length=600)]
    evidence: Digest
    waived: Waiver | None = None


class Finding(Frozen):
    """An exception before the profile's rule and people's waivers are applied to it."""

    code: RegisterCode
    about: str
    sentence: str
    facts: tuple[str, ...] = ()


def register(
    findings: Iterable[Finding], bundle: Bundle, profile: Profile, directives: Directives
) -> tuple[RegisterEntry, ...]:
    """The findings as entries, one for each code and subject, blocking ones first."""
    grouped: dict[str, list[Finding]] = {}
    for finding in findings:
        grouped.setdefault(f"{finding.code}:{finding.about}", []).append(finding)
    entries = [_entry(entry_id, found, bundle, profile, directives) for entry_id, found in grouped.items()]
    return (*(entry for entry in entries if entry.blocks), *(entry for entry in entries if not entry.blocks))


def _entry(
    entry_id: str, found: list[Finding], bundle: Bundle, profile: Profile, directives: Directives
) -> RegisterEntry:
    code = found[0].code
    rule = next(rule for rule in profile.register_ if rule.code is code)
    facts = sorted({fact for finding in found for fact in finding.facts})
    evidence = keyed_digest(bundle.digest_key, [entry_id, facts])
    fitting = [w for w in directives.waivers if (w.entry, w.evidence) == (entry_id, evidence)]
    waived = None if code in NEVER_WAIVED else next(iter(fitting), None)
    return RegisterEntry(
        id=entry_id,
        code=code,
        blocks=(rule.blocks or code in NEVER_WAIVED) and waived is None,
        role=rule.role,
        sentence="; ".join(dict.fromkeys(finding.sentence for finding in found))[:600],
        evidence=evidence,
        waived=waived,
    )


def hold_findings(
    slots: Iterable[Slot], holds: Iterable[Hold], annexes: Iterable[Annex], bundle: Bundle
) -> Iterator[Finding]:
    """One finding for each hold and reason; which records stand behind it is in the annex."""
    by_id = {slot.id: slot for slot in slots}
    items = {annex.hold: annex for annex in annexes}
    for hold in holds:
        members = [by_id[field] for field in hold.fields]
        reasons = {r for slot in members if isinstance(slot.outcome, Barred) for r in slot.outcome.reasons}
        for reason in HoldReason:
            if reason in reasons and reason in CODE_OF_REASON:
                annex = items[hold.number]
                yield Finding(
                    code=CODE_OF_REASON[reason],
                    about=hold.key,
                    sentence=f"H{hold.number} {hold.what}: {EXPLANATION[reason]}",
                    facts=(reason, annex.keyed(bundle.digest_key)),
                )


EXPLANATION: Final = {
    HoldReason.EXPLOITABILITY_RESTRICTED: "restricted by a disclosure rule and not cleared",
    HoldReason.SECURITY_REVIEW_PENDING: "security has not cleared it",
    HoldReason.LEGAL_REVIEW_PENDING: "legal has not cleared it",
    HoldReason.LINEAGE_INCOMPLETE: "its origin is not complete",
    HoldReason.SOURCE_UNAVAILABLE: "a source that should say it was not read or says nothing of it",
    HoldReason.SOURCE_STALE: "the newest evidence is older than the profile allows",
    HoldReason.UNMAPPED_VALUE: "a source says a value that no approved table maps",
    HoldReason.SOURCE_CONFLICT: "two sources facing the same side disagree",
    HoldReason.TIMING_DISAGREEMENT: "what we see inside and what the customer is shown elsewhere disagree",
}


def source_findings(bundle: Bundle, profile: Profile) -> Iterator[Finding]:
    """Each source of the profile that could not be read, whether or not a slot needed it."""
    for source in profile.sources:
        health = bundle.health_of.get(source.name)
        if health is None:
            yield _unread(source, "is not configured; add it under sources in bridgepkg.yaml")
        elif health.state is not SourceState.READ:
            yield _unread(source, "could not be read")


def _unread(source: ProfileSource, what: str) -> Finding:
    return Finding(
        code=RegisterCode.SOURCE_UNAVAILABLE,
        about=f"source/{source.name}",
        sentence=f"a source of kind {source.kind} {what}",
        facts=(source.name,),
    )


def required_findings(
    holds: Iterable[Hold], slots: Iterable[Slot], scope: Scope | NoScope, package: Package
) -> Iterator[Finding]:
    """Held fields without which the package would mislead: required by the contract, or the overall status itself."""
    required = scope.required if isinstance(scope, Scope) else frozenset(FieldClass)
    sections = {slot.key: slot.section for slot in slots}
    for hold in holds:
        needed = CLASS_OF_SECTION.get(sections[hold.key]) in required
        if needed or (isinstance(package.overall, Held) and package.overall.number == hold.number):
            yield Finding(
                code=RegisterCode.REQUIRED_FIELD_HELD,
                about=hold.key,
                sentence=f"H{hold.number} {hold.what}: required by contract or for the meaning; held, it may mislead",
                facts=(hold.reason,),
            )


def entitlement_findings(package: Package, prior: Package | None) -> Iterator[Finding]:
    """A change of who may see what, since the last release."""
    if prior is None:
        return
    then, now = _placed(prior), _placed(package)
    if then and now and then != now:
        moved = f"{len(now - then)} more and {len(then - now)} fewer places"
        yield Finding(
            code=RegisterCode.ENTITLEMENT_CHANGED,
            about="entitlement",
            sentence=f"the entitlement changed since version {prior.version}: {moved} than before",
            facts=(*sorted(then - now), *sorted(now - then)),
        )


def _placed(package: Package) -> set[str]:
    return {field.id for field in package.fields if field.section is Section.STATUS and field.capability}


def lineage_findings(outward: Iterable[str], lineage: Iterable[LineageEntry]) -> Iterator[Finding]:
    """Every outward field that cannot say where it comes from: then there is no release (promise P5)."""
    for field in unexplained(outward, lineage):
        yield Finding(
            code=RegisterCode.LINEAGE_INCOMPLETE,
            about=field,
            sentence=f"field {field} has no complete origin",
            facts=(field,),
        )


def scan_findings(message: Message, bundle: Bundle, profile: Profile) -> Iterator[Finding]:
    """What the leak scan and the commitment scan find in the final bytes."""
    approved = (*wording(profile), bundle.audience.label)
    for suspicion in scan(message, lexicon(bundle, approved)):
        yield _suspected(RegisterCode.LEAK_SUSPECTED, suspicion)
    for suspicion in commitments(message):
        yield _suspected(RegisterCode.COMMITMENT_LANGUAGE, suspicion)


def _suspected(code: RegisterCode, suspicion: Suspicion) -> Finding:
    why = f" ({suspicion.why})" if suspicion.why else ""
    return Finding(
        code=code,
        about=suspicion.where,
        sentence=f"the message holds a {suspicion.kind} in {suspicion.where}{why}",
        facts=(suspicion.kind, suspicion.term),
    )


def size_findings(message: Message) -> Iterator[Finding]:
    """A message that does not fit is refused, never cut."""
    for excess in message.excess:
        yield Finding(
            code=RegisterCode.PACKAGE_TOO_LARGE,
            about="message",
            sentence=f"the message does not fit one Slack message: {excess}; use a profile with fewer or shorter rows",
            facts=(excess,),
        )


def approval_findings(profile_digest: Digest, directives: Directives) -> Iterator[Finding]:
    """A profile whose digest nobody approved cannot release."""
    if profile_digest not in directives.approved_profiles:
        yield Finding(
            code=RegisterCode.PROFILE_NOT_APPROVED,
            about="profile",
            sentence=f"profile digest {profile_digest[:8]} is not approved for this bridge",
            facts=(profile_digest,),
        )
