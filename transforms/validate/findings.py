"""Findings: the detectors of stage three, one for each way in which a package could leak, mislead or lack proof.

The whole register of codes stands in `profiles.codes`; whether a code blocks, and who decides, in the profile.
"""

from collections.abc import Iterable, Iterator
from typing import Final

from profiles.codes import (
    LEGAL,
    SUPPORT_LEADERSHIP,
    FieldClass,
    RegisterCode,
    Section,
    SourceState,
)
from profiles.frozen import Digest
from profiles.models import Profile
from profiles.tables import ProfileSource
from transforms.model.audience import Audience
from transforms.model.directives import Directives
from transforms.model.evidence import Evidence
from transforms.model.holds import Hold, Slot
from transforms.model.lineage import LineageEntry, unexplained
from transforms.model.package import Held, Package
from transforms.model.register import Finding
from transforms.publish.message import Message
from transforms.render.entitlement import NoScope, Scope
from transforms.scan.gitleaks import gitleaks_rules
from transforms.scan.leakscan import Suspicion, commitments, scan
from transforms.scan.lexicon import lexicon, wording
from transforms.validate.held import codes_of_hold

CLASS_OF_SECTION: Final = {
    Section.STATUS: FieldClass.STATUS,
    Section.WORKAROUND: FieldClass.WORKAROUND,
    Section.TIMELINE: FieldClass.TIMELINE,
}


def narrowing_findings(package: Package, prior: Package | None) -> Iterator[Finding]:
    """Details that the last version told and that nobody clears any more: the customer has read them already."""
    told = {detail.id for detail in package.details}
    for detail in prior.details if prior else ():
        if prior and detail.id not in told:
            yield Finding(
                code=RegisterCode.CLEARANCE_NARROWED,
                about=detail.id,
                sentence=f"{detail.what}: version {prior.version} told it in words that nothing clears now",
                facts=(detail.id, f"version:{prior.version}", f"told:{detail.value.words}"),
            )


def source_findings(evidence: Evidence, profile: Profile) -> Iterator[Finding]:
    """Each source of the profile that could not be read, whether or not a slot needed it."""
    for source in profile.sources:
        health = evidence.health_of.get(source.name)
        if health is None:
            yield _unread(source, "is not configured; add it under sources in bridgepkg.yaml", "not-configured")
        elif health.state is SourceState.INCOMPLETE:
            yield _unread(source, "was not read whole: what it says counts, its silence does not", health.state)
        elif not health.readable:
            yield _unread(source, "could not be read", health.state)


def _unread(source: ProfileSource, what: str, state: str) -> Finding:
    incomplete = state == SourceState.INCOMPLETE
    return Finding(
        code=RegisterCode.SOURCE_INCOMPLETE if incomplete else RegisterCode.SOURCE_UNAVAILABLE,
        about=f"source/{source.name}",
        sentence=f"a source of kind {source.kind} {what}",
        facts=(source.name, state),
    )


def required_findings(
    holds: Iterable[Hold], slots: Iterable[Slot], scope: Scope | NoScope, package: Package, profile: Profile
) -> Iterator[Finding]:
    """Held fields without which the package would mislead: required by the contract, or the overall status itself.

    One fact makes one exception: where the reason of the hold blocks by itself, whoever decides that decides this too.
    What only waits for an all-clear waits by the approved profile, so nobody has to decide anything.
    """
    by_id = {slot.id: slot for slot in slots}
    blocking = {rule.code for rule in profile.register_ if rule.blocks} | {RegisterCode.ALL_CLEAR_EARLY}
    yield from _uncovered(scope)
    for hold in holds:
        members = [by_id[field] for field in hold.fields]
        needed = [f"required:{slot.id}" for slot in members if _is_required(slot, scope)]
        if isinstance(package.overall, Held) and package.overall.number == hold.number:
            needed.append("required:overall")
        if needed:
            causes = [code for code in codes_of_hold(members) if code in blocking]
            follows = f"; it follows from {causes[0]}" if causes else ""
            yield Finding(
                code=RegisterCode.REQUIRED_FIELD_HELD,
                about=hold.key,
                sentence=f"{hold.what}: required by contract or for the meaning; held, it may mislead{follows}",
                # What the evidence says is the hold's own entry; here somebody accepts that these fields are held.
                facts=(hold.reason, *needed, *(f"field:{slot.id}" for slot in members)),
                hold=hold.number,
                advisory=bool(causes),
            )


def _is_required(slot: Slot, scope: Scope | NoScope) -> bool:
    """Whether the contract requires this slot to be shown; while nobody can say what it requires, everything is."""
    if slot.section not in CLASS_OF_SECTION or isinstance(scope, NoScope):
        return slot.section in CLASS_OF_SECTION
    return (
        CLASS_OF_SECTION[slot.section] in scope.required
        and (not scope.required_capabilities or slot.capability in {*scope.required_capabilities, None})
        and (not scope.required_regions or slot.region in {*scope.required_regions, None})
    )


def _uncovered(scope: Scope | NoScope) -> Iterator[Finding]:
    """Capabilities and regions that the contract requires and that the entitlement does not list."""
    if isinstance(scope, NoScope):
        return
    missing = {
        "capability": scope.required_capabilities - {capability.id for capability in scope.capabilities},
        "region": scope.required_regions - {region.id for region in scope.regions},
    }
    for what, names in missing.items():
        for name in sorted(names):
            yield Finding(
                code=RegisterCode.REQUIRED_FIELD_HELD,
                about=f"{what}/{name}",
                sentence=f"{what} {name}: required by contract, but the entitlement does not list it",
                facts=(name,),
            )


def entitlement_findings(package: Package, prior: Package | None) -> Iterator[Finding]:
    """A change of who may see what, since the last release."""
    if prior is None:
        return
    then, now = _placed(prior), _placed(package)
    if then and now and then != now:
        more, fewer = sorted(now - then), sorted(then - now)
        moved = f"{len(more)} more and {len(fewer)} fewer places"
        names = "; ".join(f"{which}: {', '.join(ids)}" for which, ids in (("more", more), ("fewer", fewer)) if ids)
        yield Finding(
            code=RegisterCode.ENTITLEMENT_CHANGED,
            about="entitlement",
            sentence=f"the entitlement changed since version {prior.version}: {moved} than before ({names})",
            facts=(
                f"version:{prior.version}",
                *(f"more:{field}" for field in more),
                *(f"fewer:{field}" for field in fewer),
            ),
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


def scan_findings(message: Message, evidence: Evidence, audience: Audience, profile: Profile) -> Iterator[Finding]:
    """What the leak scan and the commitment scan find in the final bytes."""
    approved = (*wording(profile), audience.label)
    for suspicion in scan(message, lexicon(evidence, approved), gitleaks_rules(profile.scan.gitleaks)):
        yield _suspected(RegisterCode.LEAK_SUSPECTED, suspicion)
    for suspicion in commitments(message, profile):
        yield _suspected(RegisterCode.COMMITMENT_LANGUAGE, suspicion)


def _suspected(code: RegisterCode, suspicion: Suspicion) -> Finding:
    why = f" ({suspicion.why})" if suspicion.why else ""
    return Finding(
        code=code,
        about=suspicion.where,
        sentence=f"the message holds a {suspicion.kind} in {suspicion.where}{why}",
        facts=(suspicion.kind, suspicion.term, suspicion.why),
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
    if not is_approved(profile_digest, directives):
        yield Finding(
            code=RegisterCode.PROFILE_NOT_APPROVED,
            about="profile",
            sentence=f"profile digest {profile_digest[:8]} is not approved for this bridge",
            facts=(profile_digest,),
        )


PROFILE_APPROVERS: Final = (LEGAL, SUPPORT_LEADERSHIP)
"""The roles that approve a profile between them, each by another person."""


def is_approved(profile_digest: Digest, directives: Directives) -> bool:
    """Whether a profile may release: the installer's trust root names its digest, or both roles approved it."""
    if profile_digest in directives.approved_profiles:
        return True
    given = [approval for approval in directives.profile_approvals if approval.profile == profile_digest]
    by_role = [{approval.by for approval in given if approval.role == role} for role in PROFILE_APPROVERS]
    return all(by_role) and len(set().union(*by_role)) >= len(PROFILE_APPROVERS)
