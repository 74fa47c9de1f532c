"""The evidence: all records of one incident at one moment, with the account of how each source was read.

It is the whole input from outside, and holds nothing of an audience: one reading serves every bridge of the incident,
and is sealed and stored once. What time makes of it is asked here too.
"""

from collections.abc import Iterable
from datetime import timedelta
from functools import cached_property
from typing import Annotated, Self, TypeVar

from pydantic import Field, model_validator

from profiles.codes import HoldReason, RecordKind, Side, SourceState
from profiles.frozen import Digest, Frozen, Key, Name, Time
from profiles.models import Profile
from profiles.tables import ProfileSource
from transforms.model.canonical import keyed_digest
from transforms.model.records import HealthRecord, IncidentRecord, Record, SourceRef, Tag, UnplacedItem, _Record

AnyRecord = TypeVar("AnyRecord", bound=_Record)


class Cell(Frozen):
    """One component in one region, as the source spells them."""

    component: Key
    region: Key | None = None


class CoveredCell(Cell):
    """A cell that a source watches, and the scope whose sign of life it relies on: `region=eu-west-1, cluster=a`."""

    scope: tuple[Tag, ...] = ()

    @property
    def relies_on(self) -> dict[str, str]:
        """The labels of its scope by name; its region is one of them."""
        region = {"region": self.region} if self.region else {}
        return region | {tag.name: tag.value for tag in self.scope}


class SignOfLife(Frozen):
    """One proof that a source was alive, and the scope that it vouches for; without any, for the whole source."""

    ref: SourceRef
    scope: tuple[Tag, ...] = ()

    def vouches_for(self, cell: CoveredCell) -> bool:
        """Whether the cell lies inside this scope: the sign of one region says nothing of another (promise P14)."""
        return all(cell.relies_on.get(tag.name) == tag.value for tag in self.scope)


class Coverage(Frozen):
    """What a source that lists only what is broken watches, and the signs of life that make its silence mean health.

    The silence of a cell means nothing without a sign whose scope it lies in: then the cell is held (promise P14).
    """

    side: Side
    cells: tuple[CoveredCell, ...] = Field(min_length=1)
    silent_status: Key
    signs: tuple[SignOfLife, ...] = ()

    def sign_of(self, cell: CoveredCell) -> SignOfLife | None:
        """The newest sign of life that vouches for a cell."""
        fitting = (sign for sign in self.signs if sign.vouches_for(cell))
        return max(fitting, key=lambda sign: sign.ref.observed_at, default=None)


class Ignored(Frozen):
    """How many items a named rule of the mapping or of the configuration left out."""

    rule: Annotated[str, Field(min_length=1, max_length=200)]
    items: Annotated[int, Field(ge=1)]


class Tally(Frozen):
    """What became of every item of one export (promise P14): nothing that was read is dropped without a word."""

    items: Annotated[int, Field(ge=0)] = 0
    placed: Annotated[int, Field(ge=0)] = 0
    elsewhere: Annotated[int, Field(ge=0)] = 0
    ignored: tuple[Ignored, ...] = ()
    unplaced: Annotated[int, Field(ge=0)] = 0


class SourceHealth(Frozen):
    """What became of reading one source.

    `observed_at` is when the source as a whole was last confirmed, records or none; `problem` tells people inside what
    is wrong, where, and how to fix it. `tally` accounts for every item.
    """

    source: Name
    state: SourceState
    fetched_at: Time
    observed_at: Time | None = None
    problem: Annotated[str, Field(max_length=600)] = ""
    coverage: Coverage | None = None
    tally: Tally = Tally()

    @property
    def readable(self) -> bool:
        """Whether what the source says counts; its silence does only when it was read whole."""
        return self.state in {SourceState.READ, SourceState.INCOMPLETE}


class Evidence(Frozen):
    """The authoritative state of one incident at `at`: records, and the items that nothing could be made of."""

    incident: Key
    at: Time
    sources: tuple[SourceHealth, ...]
    records: tuple[Record, ...]
    unplaced: tuple[UnplacedItem, ...] = ()

    @model_validator(mode="after")
    def _speaks_of_known_sources(self) -> Self:
        known = {health.source for health in self.sources}
        if strange := sorted({record.ref.source for record in (*self.records, *self.unplaced)} - known):
            raise ValueError(f"records of source {strange[0]}, but no account of how it was read")
        return self

    @cached_property
    def health_of(self) -> dict[str, SourceHealth]:
        """The health of each source, by name."""
        return {health.source: health for health in self.sources}

    @cached_property
    def with_silence(self) -> tuple[Record, ...]:
        """The records, and one health record for each covered cell that a living source did not list."""
        return (*self.records, *(record for health in self.sources for record in _silent_cells(health, self.records)))

    def of(self, wanted: type[AnyRecord]) -> tuple[AnyRecord, ...]:
        """The records of one kind, silence included, in an order that does not depend on how they arrived."""
        found = (record for record in self.with_silence if isinstance(record, wanted))
        return tuple(sorted(found, key=lambda record: (record.ref.source, record.ref.key, record.ref.revision)))


def evidence_id(incident_key: str, evidence: Evidence) -> Digest:
    """The name under which a reading is kept, the same for every bridge of the incident.

    Keyed, because a plain digest of what was read could be guessed by trying (`keyed_digest`).
    """
    return keyed_digest(incident_key, evidence)


def _silent_cells(health: SourceHealth, records: Iterable[Record]) -> Iterable[HealthRecord]:
    coverage = health.coverage
    if coverage is None or health.state is not SourceState.READ:
        return
    listed = {(r.component, r.region) for r in records if isinstance(r, HealthRecord) and r.ref.source == health.source}
    for cell in coverage.cells:
        sign = coverage.sign_of(cell)
        if sign and (cell.component, cell.region) not in listed:
            yield HealthRecord(
                ref=sign.ref,
                side=coverage.side,
                component=cell.component,
                region=cell.region,
                status=coverage.silent_status,
            )


def stale(evidence: Evidence, source: ProfileSource, observed_at: Time) -> bool:
    """Whether what was confirmed at this time is older than the profile allows a build to use."""
    return evidence.at - observed_at > timedelta(minutes=source.max_age_at_build)


def source_problem(evidence: Evidence, source: ProfileSource) -> HoldReason | None:
    """Why nothing of this source may be used: not read, or as a whole too old."""
    health = evidence.health_of.get(source.name)
    if health is None or not health.readable or health.observed_at is None:
        return HoldReason.SOURCE_UNAVAILABLE
    return HoldReason.SOURCE_STALE if stale(evidence, source, health.observed_at) else None


def stale_at_release(evidence: Evidence, profile: Profile, now: Time) -> tuple[str, ...]:
    """The sources whose newest evidence is older than a release may use, or that could not be read (promise P13)."""
    return tuple(source.name for source in profile.sources if _too_old(evidence, source, now))


def _too_old(evidence: Evidence, source: ProfileSource, now: Time) -> bool:
    health = evidence.health_of.get(source.name)
    if health is None or not health.readable or health.observed_at is None:
        return True
    return now - health.observed_at > timedelta(minutes=source.max_age_at_release)


def declared_severities(evidence: Evidence, profile: Profile) -> tuple[str, ...]:
    """The severities that the incident records give; empty when none could be read."""
    known = _incident_sources(profile)
    inside = (r for r in evidence.of(IncidentRecord) if r.side is Side.INTERNAL)
    return tuple(r.severity for r in inside if r.ref.source in known)


def too_mild(evidence: Evidence, profile: Profile) -> str | None:
    """The severity that the incident is declared with, if the profile packages none of those that its records give.

    Where none could be read, none is too mild: what that means is for whoever asks.
    """
    severities = declared_severities(evidence, profile)
    return severities[0] if severities and not set(severities) & set(profile.severities) else None


def incident_unread(evidence: Evidence, profile: Profile) -> bool:
    """Whether a source that could know the incident was not read; then nobody can say that it does not exist."""
    return any(health.problem for health in evidence.sources if health.source in _incident_sources(profile))


def _incident_sources(profile: Profile) -> set[str]:
    return {source.name for source in profile.sources if source.kind is RecordKind.INCIDENT}
