"""Tables against evidence: every value seen that no table maps, and every name listed that nobody speaks of.

What is found here is what a draft would hold, or would not miss; the sentences quote raw values, so they
are for people who may read the evidence.
"""

from collections.abc import Iterable, Iterator

from authoring.lint.spots import LintFinding, Severity, error, warning
from profiles.codes import RecordKind, SourceState
from profiles.consistency import Path
from profiles.models import Profile
from profiles.tables import ComponentKey
from transforms.model.evidence import Evidence
from transforms.model.records import (
    DependencyRecord,
    EntitlementRecord,
    HealthRecord,
    IncidentRecord,
    Record,
    TimelineRecord,
    WorkaroundRecord,
)

Seen = tuple[str, str]
"""A source, and a value as it spells it."""


def coverage(profile: Profile, evidence: Evidence, account: str) -> Iterator[LintFinding]:
    """Where the tables do not cover what this evidence says."""
    yield from _sources(profile, evidence)
    yield from _values(profile, evidence)
    yield from _entitlement(profile, evidence, account)
    yield from _components(profile, evidence)


def _sources(profile: Profile, evidence: Evidence) -> Iterator[LintFinding]:
    for index, source in enumerate(profile.sources):
        health = evidence.health_of.get(source.name)
        if health is None:
            yield error(
                "source-not-configured",
                ("sources", index, "name"),
                f"the source {source.name} is not among those that were read",
                "configure it under this name, or remove it here",
            )
        elif health.state is not SourceState.READ:
            yield warning(
                "source-not-read",
                ("sources", index, "name"),
                f"the source {source.name} could not be read, so that its values were not compared",
                health.problem or "export it again",
            )
    for name in evidence.health_of.keys() - {source.name for source in profile.sources}:
        yield warning(
            "source-not-used",
            ("sources",),
            f"the source {name} was read, but this profile does not know it",
            "list it here, or leave it out of the configuration",
        )


def _values(profile: Profile, evidence: Evidence) -> Iterator[LintFinding]:
    """Raw values without a row: each would be a hold."""
    status, readiness, checkpoints = (
        {(row.source, row.value) for row in rows}
        for rows in (profile.status.rows, profile.readiness.rows, profile.checkpoints.rows)
    )
    members = {(m.source, m.key) for region in profile.regions for m in region.members}
    placed = {(k.source, k.key) for c in profile.capabilities for k in c.components if k.region}
    health = [record for record in evidence.of(HealthRecord) if _listed(profile, record)]
    regions = [(h.ref.source, h.region or "none") for h in health if (h.ref.source, h.component) not in placed]
    work = [(r.ref.source, r.readiness) for r in evidence.of(WorkaroundRecord) if _listed(profile, r)]
    points = [(r.ref.source, r.checkpoint) for r in evidence.of(TimelineRecord)]
    yield from _unmapped("status", ("status", "rows"), ((h.ref.source, h.status) for h in health), status)
    yield from _unmapped("region", ("regions",), regions, members)
    yield from _unmapped("readiness", ("readiness", "rows"), work, readiness)
    yield from _unmapped("checkpoint", ("checkpoints", "rows"), points, checkpoints)


def _listed(profile: Profile, record: HealthRecord | WorkaroundRecord) -> bool:
    """Whether the record is about a component of some capability; whatever others say is never asked for."""
    return any((k.source, k.key) == (record.ref.source, record.component) for k in _keys(profile))


def _keys(profile: Profile) -> Iterable[ComponentKey]:
    return (key for capability in profile.capabilities for key in capability.components)


def _unmapped(
    what: str, path: Path, seen: Iterable[Seen], known: set[Seen], severity: Severity = Severity.ERROR
) -> Iterator[LintFinding]:
    for source, value in dict.fromkeys(sorted(seen)):
        if (source, value) not in known:
            yield LintFinding(
                "unmapped-value",
                severity,
                path,
                f'{source} says the {what} "{value}", which nothing here maps; it would be held',
                "map it, once it is decided what a customer should read",
            )


def _entitlement(profile: Profile, evidence: Evidence, account: str) -> Iterator[LintFinding]:
    """Severity, tier, products and regions of the account: without the first two there is no draft."""
    listed = {(source.name, s) for source in profile.sources for s in profile.severities}
    severities = ((r.ref.source, r.severity) for r in evidence.of(IncidentRecord))
    yield from _unmapped("severity", ("severities",), severities, listed)
    mine = [r for r in evidence.of(EntitlementRecord) if r.account == account]
    tiers = {(t.source, t.value) for t in profile.tiers if t.account in {None, account}}
    yield from _unmapped("tier", ("tiers",), ((r.ref.source, r.tier) for r in mine), tiers)
    products = {(p.source, p.key) for c in profile.capabilities for p in c.products}
    bought = ((r.ref.source, product) for r in mine for product in r.products)
    yield from _unmapped("product", ("capabilities",), bought, products, Severity.WARNING)
    members = {(m.source, m.key) for region in profile.regions for m in region.members}
    regions = ((r.ref.source, region) for r in mine for region in r.regions)
    yield from _unmapped("region", ("regions",), regions, members, Severity.WARNING)


def _components(profile: Profile, evidence: Evidence) -> Iterator[LintFinding]:
    """Component keys that nobody speaks of, and components that no capability rests on."""
    kinds = {source.name: source.kind for source in profile.sources}
    spoken: dict[RecordKind, set[Seen]] = {
        RecordKind.HEALTH: {(r.ref.source, r.component) for r in evidence.of(HealthRecord)},
        RecordKind.DEPENDENCY: {(r.ref.source, r.component) for r in evidence.of(DependencyRecord)},
    }
    for number, capability in enumerate(profile.capabilities):
        for index, key in enumerate(capability.components):
            known = spoken.get(kinds[key.source])
            if known is not None and (key.source, key.key) not in known and _was_read(evidence, key.source):
                yield warning(
                    "component-not-seen",
                    ("capabilities", number, "components", index),
                    f'{key.source} says nothing of "{key.key}"; what rests on it is held, or its detail is missed',
                    "correct the key as that system spells it, or let the source cover it",
                )
    yield from _strangers(profile, evidence)


def _was_read(evidence: Evidence, source: str) -> bool:
    health = evidence.health_of.get(source)
    return health is not None and health.state is SourceState.READ


def _strangers(profile: Profile, evidence: Evidence) -> Iterator[LintFinding]:
    known = {(key.source, key.key) for key in _keys(profile)}
    seen: Iterable[Record] = (*evidence.of(HealthRecord), *evidence.of(WorkaroundRecord))
    for source, component in sorted({(r.ref.source, _component(r)) for r in seen}):
        if (source, component) not in known:
            yield warning(
                "unknown-component",
                ("capabilities",),
                f'{source} speaks of "{component}", which no capability rests on; it is never told',
                "list it under the capability that it belongs to, if a customer may miss it",
            )


def _component(record: Record) -> str:
    return getattr(record, "component", "")
