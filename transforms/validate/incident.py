"""The incident itself against the package: what the declared case and the customer-facing page say of it (mission M6).

A declared incident beside a package in which everything works, one that is resolved beside parts that are worse, and
starts that lie too far apart are disagreements in timing, like those of the cells.
"""

from collections.abc import Iterable, Iterator
from datetime import timedelta
from typing import Final

from profiles.codes import IncidentState, RecordKind, RegisterCode, Section, Side, SourceState
from profiles.models import Profile
from transforms.model.evidence import Evidence
from transforms.model.holds import Slot
from transforms.model.package import Coded
from transforms.model.records import HealthRecord, IncidentRecord
from transforms.model.register import Finding

WHO: Final = {Side.INTERNAL: "the incident", Side.CUSTOMER: "the customer-facing page's incident"}
BEFORE: Final = timedelta(hours=1)
"""How long before the declared start an incident of the page may have begun and still be about the same trouble."""


def incident_findings(evidence: Evidence, profile: Profile, slots: Iterable[Slot]) -> Iterator[Finding]:
    """Where the incident's own state or start, on either side, contradicts what the package would tell."""
    cells = [slot.outcome for slot in slots if slot.section is Section.STATUS]
    shown = [cell for cell in cells if isinstance(cell, Coded)]
    calm = len(shown) == len(cells) and all(cell.rank == 0 for cell in shown) and not _any_trouble(evidence, profile)
    watched = _rank_of_all_clear(profile)
    worse = sorted({cell.code for cell in shown if cell.rank > watched})
    records = _incidents(evidence, profile)
    for side in Side:
        states = {_state(profile, record) for record in records if record.side is side}
        if calm and IncidentState.OPEN in states:
            yield _finding(side, "is open, but no source says that anything is wrong", "open")
        if worse and states == {IncidentState.RESOLVED}:
            yield _finding(side, "is resolved, but parts of the service still read worse", "resolved", *worse)
    if not any(record.side is Side.INTERNAL for record in records) and _all_read(evidence, profile):
        yield Finding(
            code=RegisterCode.SOURCE_UNAVAILABLE,
            about="incident",
            sentence="no incident source knows this incident any more: it may have been merged or renumbered",
            facts=("incident:gone",),
        )
    yield from _starts(profile, records)


def _incidents(evidence: Evidence, profile: Profile) -> list[IncidentRecord]:
    """The incident inside, and those of the page that could be about the same trouble."""
    sources = {source.name for source in profile.sources if source.kind is RecordKind.INCIDENT}
    records = [record for record in evidence.of(IncidentRecord) if record.ref.source in sources]
    began = min((at for r in records if r.side is Side.INTERNAL and (at := r.started)), default=None)

    def same(record: IncidentRecord) -> bool:
        at = record.started
        return record.side is Side.INTERNAL or at is None or began is None or at >= began - BEFORE

    return [record for record in records if same(record)]


def _all_read(evidence: Evidence, profile: Profile) -> bool:
    """Whether every source that could know the incident was read whole: else its own entry says that it was not."""
    sources = [source.name for source in profile.sources if source.kind is RecordKind.INCIDENT]
    states = [health.state for name in sources if (health := evidence.health_of.get(name))]
    return bool(sources) and len(states) == len(sources) and set(states) == {SourceState.READ}


def _state(profile: Profile, record: IncidentRecord) -> IncidentState:
    rows = {(row.source, row.value): row.state for row in profile.incident.rows}
    return rows.get((record.ref.source, record.status), IncidentState.OPEN)


def _any_trouble(evidence: Evidence, profile: Profile) -> bool:
    """Whether any health source of the profile, of whatever component, says that something is wrong."""
    unaffected = {code.code for code in profile.status.codes if code.rank == 0}
    good = {(row.source, row.value) for row in profile.status.rows if row.code in unaffected}
    sources = {source.name for source in profile.sources if source.kind is RecordKind.HEALTH}
    records = (r for r in evidence.records if isinstance(r, HealthRecord) and r.ref.source in sources)
    return any((record.ref.source, record.status) not in good for record in records)


def _rank_of_all_clear(profile: Profile) -> int:
    ranks = {code.code: code.rank for code in profile.status.codes}
    return ranks.get(profile.all_clear.code, 0) if profile.all_clear else 0


def _starts(profile: Profile, records: Iterable[IncidentRecord]) -> Iterator[Finding]:
    """Starts inside and on the page that lie further apart than the profile allows."""
    began = {side: [at for r in records if r.side is side and (at := r.started)] for side in Side}
    if not all(began.values()):
        return
    inside, page = min(began[Side.INTERNAL]), min(began[Side.CUSTOMER])
    if abs(inside - page) > timedelta(minutes=profile.status.conflicts.minutes):
        what = f"began at {inside:%H:%M} inside and at {page:%H:%M} on the customer-facing page"
        yield _finding(Side.INTERNAL, what, "start", inside.isoformat(), page.isoformat(), about="incident/start")


def _finding(side: Side, what: str, *facts: str, about: str = "") -> Finding:
    return Finding(
        code=RegisterCode.TIMING_DISAGREEMENT,
        about=about or f"incident/{side}",
        sentence=f"{WHO[side]} {what}",
        facts=(side, *facts),
    )
