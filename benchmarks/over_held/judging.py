"""What may be told: each entitled cell, judged from evidence and profile alone, a second time and without rendering.

A cell counts when its primary was read whole and fresh, speaks of all that the cell rests on in words that a table
maps, no rule restricts what it says, and neither another primary nor a fresh check says otherwise.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from profiles.codes import RecordKind, SourceState
from profiles.disclosure import WithholdRule
from profiles.models import Profile
from profiles.tables import Capability, ComponentKey, StatusCode
from transforms.model.evidence import Evidence
from transforms.model.records import HealthRecord


class Standing(StrEnum):
    """Whether a cell counts, and if not why."""

    COUNTS = "counts"
    UNREAD = "primary not read"
    STALE = "primary stale"
    INCOMPLETE = "primary not whole"
    UNHEARD = "primary says nothing of it"
    UNMAPPED = "a value in no table"
    RESTRICTED = "restricted"
    DISPUTED = "a fresh source says otherwise"


@dataclass(frozen=True, slots=True)
class Judged:
    """One cell: whether it counts, and the rank of what its primary says, none where nothing of it can be used."""

    standing: Standing
    rank: int | None


class Judge:
    """The standing of cells of one reading."""

    def __init__(self, evidence: Evidence, profile: Profile) -> None:
        self.evidence, self.profile = evidence, profile
        self.sources = {source.name: source for source in profile.sources}
        self.codes = {code.code: code for code in profile.status.codes}
        self.rows = {(row.source, row.value): self.codes[row.code] for row in profile.status.rows}
        self.buckets = {(m.source, m.key): region.id for region in profile.regions for m in region.members}
        self.records: dict[tuple[str, str], list[HealthRecord]] = {}
        for record in evidence.of(HealthRecord):
            self.records.setdefault((record.ref.source, record.component), []).append(record)

    def judge(self, capability: str, region: str) -> Judged:
        """One cell."""
        about = next(one for one in self.profile.capabilities if one.id == capability)
        primaries = [key for key in self._keys(about, region) if not self._checks(key)]
        said = [record for key in primaries for record in self._said(key, region)]
        checks = [r for key in self._keys(about, region) if self._checks(key) for r in self._said(key, region)]
        checks = [record for record in checks if self._fresh(record.ref.source, record.ref.observed_at)]
        worst = max((code.rank for code in self._mapped(said)), default=None)
        return Judged(self._standing(primaries, said, checks, region), worst)

    def _standing(
        self, primaries: list[ComponentKey], said: list[HealthRecord], checks: list[HealthRecord], region: str
    ) -> Standing:
        if problem := next(filter(None, (self._unread(key.source) for key in primaries)), None):
            return problem
        if not primaries or not all(self._heard(key, region, said) for key in primaries):
            return Standing.UNHEARD
        if not all(self._fresh(record.ref.source, record.ref.observed_at) for record in said):
            return Standing.STALE
        if any((record.ref.source, record.status) not in self.rows for record in (*said, *checks)):
            return Standing.UNMAPPED
        if any(map(self._is_restricted, (*said, *checks))):
            return Standing.RESTRICTED
        return Standing.DISPUTED if self._is_disputed(said, checks) else Standing.COUNTS

    def _unread(self, source: str) -> Standing | None:
        health = self.evidence.health_of.get(source)
        if health is None or health.observed_at is None or not health.readable:
            return Standing.UNREAD
        if not self._fresh(source, health.observed_at):
            return Standing.STALE
        return Standing.INCOMPLETE if health.state is not SourceState.READ else None

    def _fresh(self, source: str, observed_at: datetime) -> bool:
        return self.evidence.at - observed_at <= timedelta(minutes=self.sources[source].max_age_at_build)

    def _heard(self, key: ComponentKey, region: str, said: list[HealthRecord]) -> bool:
        """In every native region of the bucket that the component runs in, by the profile or by its source."""
        spoken = {r.region for r in said if (r.ref.source, r.component) == (key.source, key.key)}
        native = {name for (source, name), bucket in self.buckets.items() if (source, bucket) == (key.source, region)}
        coverage = self.evidence.health_of[key.source].coverage
        watched = {cell.region for cell in coverage.cells if cell.component == key.key} if coverage else native
        wanted = native & (set(key.runs_in) or watched)
        return bool(spoken) and (bool(key.region) or wanted <= spoken)

    def _is_restricted(self, record: HealthRecord) -> bool:
        """Whether a rule withholds what a source says of its own record."""
        for rule in self.profile.disclosure:
            if rule.match.kind is RecordKind.HEALTH and set(rule.match.labels) & set(record.labels):
                return isinstance(rule, WithholdRule)
        return False

    def _is_disputed(self, said: list[HealthRecord], checks: list[HealthRecord]) -> bool:
        by_source: dict[str, StatusCode] = {}
        for record, code in zip((*said, *checks), self._mapped((*said, *checks)), strict=True):
            known = by_source.get(record.ref.source)
            by_source[record.ref.source] = code if known is None or code.rank > known.rank else known
        return len({code.code for code in by_source.values()}) > 1

    def _mapped(self, records: Iterable[HealthRecord]) -> list[StatusCode]:
        found = (self.rows.get((record.ref.source, record.status)) for record in records)
        return [code for code in found if code]

    def _keys(self, capability: Capability, region: str) -> Iterator[ComponentKey]:
        for key in capability.components:
            if self.sources[key.source].kind is RecordKind.HEALTH and key.region in {None, region}:
                yield key

    def _checks(self, key: ComponentKey) -> bool:
        return (key.counts_as or self.sources[key.source].counts_as) == "check"

    def _said(self, key: ComponentKey, region: str) -> Iterator[HealthRecord]:
        for record in self.records.get((key.source, key.key), ()):
            if key.region or self.buckets.get((key.source, record.region or "")) == region:
                yield record
