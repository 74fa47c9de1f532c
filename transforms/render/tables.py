"""The profile's look-ups for one build, and what every slot has in common: evidence, reasons, origin."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from profiles.codes import HoldReason, IncidentState, RecordKind, SourceState
from profiles.frozen import Role, Time
from profiles.models import Profile
from profiles.tables import ProfileSource, TableRow
from transforms.model.directives import Directives
from transforms.model.evidence import Evidence, source_problem, stale
from transforms.model.holds import AnnexItem, HeldSlot
from transforms.model.lineage import Origin, distinct
from transforms.model.records import IncidentRecord, Record, Withheld
from transforms.render.unplaced import sort_out

CLOCKS_APART: Final = timedelta(minutes=2)
"""How far two systems' clocks may differ before a fact counts as one of the future."""

RAW: Final = ("component", "region", "status", "readiness", "checkpoint")
"""The fields of records that a table maps; what a barred slot would have rendered goes to the annex."""


@dataclass(frozen=True, slots=True)
class Observed:
    """One record as a table sees it: the row that maps its value, or none, and whether it is too old or ahead.

    `ahead` is a state that began after the as-of. A time that lies after it was read is no time: `since` is none.
    `check` is said by a source that only checks.
    """

    record: Record
    row: TableRow | None
    stale: bool
    ahead: bool
    since: Time | None
    region: str | None = None
    check: bool = False


class Tables:
    """The profile's look-ups, made once for a build."""

    def __init__(self, evidence: Evidence, profile: Profile, directives: Directives) -> None:
        self.evidence = evidence
        self.profile = profile
        self.sources = {source.name: source for source in profile.sources}
        self.status = {(row.source, row.value): row for row in profile.status.rows}
        self.readiness = {(row.source, row.value): row for row in profile.readiness.rows}
        self.checkpoints = {(row.source, row.value): row for row in profile.checkpoints.rows}
        self.status_codes = {code.code: code for code in profile.status.codes}
        self.readiness_codes = {code.code: code for code in profile.readiness.codes}
        self.regions = {(m.source, m.key): region.id for region in profile.regions for m in region.members}
        self.problems = {source.name: source_problem(evidence, source) for source in profile.sources}
        self.incomplete = {s.source for s in evidence.sources if s.state is SourceState.INCOMPLETE}
        self.incident_states = {(row.source, row.value): row.state for row in profile.incident.rows}
        self.covered = _covered(evidence)
        self.sorted = sort_out(evidence, profile, directives)

    def of_kind(self, kind: RecordKind) -> list[ProfileSource]:
        """The profile's sources of one kind."""
        return [source for source in self.profile.sources if source.kind is kind]

    def incident_state(self, record: IncidentRecord) -> IncidentState:
        """How an incident stands by its own account; a status that no row maps was not called resolved by anybody."""
        return self.incident_states.get((record.ref.source, record.status), IncidentState.OPEN)

    def partly_read(self, source: str) -> HoldReason | None:
        """Why what a source does not list may exist all the same: it was not read whole, or an item has no place."""
        if source in self.incomplete:
            return HoldReason.SOURCE_INCOMPLETE
        unplaced = any(trouble.source == source for trouble in self.sorted.unplaced)
        return HoldReason.UNPLACED_EVIDENCE if unplaced else None

    def observe(
        self,
        record: Record,
        value: str,
        rows: dict[tuple[str, str], TableRow],
        region: str | None,
        *,
        check: bool = False,
    ) -> Observed:
        """The record with its row and its age."""
        old = stale(self.evidence, self.sources[record.ref.source], record.ref.observed_at)
        since = record.ref.changed_at
        if since and since - record.ref.fetched_at > CLOCKS_APART:
            since = None
        return Observed(
            record=record,
            row=rows.get((record.ref.source, value)),
            stale=old,
            ahead=since is not None and since - self.evidence.at > CLOCKS_APART,
            since=since,
            region=region,
            check=check,
        )


def _covered(evidence: Evidence) -> dict[tuple[str, str], set[str]]:
    """The native regions in which each source watches each component, where it says so."""
    found: dict[tuple[str, str], set[str]] = {}
    for health in evidence.sources:
        for cell in health.coverage.cells if health.coverage else ():
            found.setdefault((health.source, cell.component), set()).update({cell.region} if cell.region else set())
    return found


def unusable(here: Iterable[Observed]) -> Iterator[HoldReason]:
    """What keeps each observation from being used: too old, in no table, or of a state that began after the as-of."""
    for observed in here:
        if observed.ahead:
            yield HoldReason.SOURCE_CONFLICT
        if observed.stale:
            yield HoldReason.SOURCE_STALE
        if observed.row is None:
            yield HoldReason.UNMAPPED_VALUE


def barred(
    reasons: Iterable[HoldReason], observed: Iterable[Observed], *, role: Role | None = None, said: tuple[str, ...] = ()
) -> HeldSlot:
    """A barred outcome whose annex keeps what was observed; `role` decides where a disclosure rule names one."""
    seen = list(observed)
    evidence_codes = tuple(sorted({o.row.code for o in seen if o.row}))
    return HeldSlot(
        reasons=tuple(dict.fromkeys(reasons)),
        role=role,
        said=said,
        evidence_codes=evidence_codes,
        items=tuple(annex_item(o.record) for o in seen),
    )


def annex_item(record: Record) -> AnnexItem:
    """What the annex keeps of a record: the values that a table would have mapped, and those withheld anyway."""
    mapped = {name: value for name in RAW if (value := getattr(record, name, None))}
    raw = (Withheld(name=name, text=text) for name, text in mapped.items())
    return AnnexItem(source=record.ref.source, kind=record.kind, key=record.ref.key, values=(*raw, *record.withheld))


def origin(rule: str, observed: Iterable[Observed], rows: Iterable[str], expected: Iterable[str]) -> Origin:
    """The rule, the rows given and those that mapped, every fact observed, and the expected sources without one."""
    seen = list(observed)
    spoke = {o.record.ref.source for o in seen}
    return Origin(
        rule=rule,
        rows=(*rows, *sorted({o.row.id for o in seen if o.row})),
        refs=distinct(o.record.ref for o in seen),
        silent=tuple(sorted(set(expected) - spoke)),
    )
