"""Unplaced trouble: what was read, says that something is wrong, and stands in no table (promise P14).

It bars the good news that it could contradict: in its own region where that is known, else everywhere. Incident command
places it by its labels, to a capability or as unrelated. What the estate knows is about something else.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

from profiles.codes import RecordKind, Side, Unplaced
from profiles.frozen import Name, Time, replace
from profiles.models import Profile
from transforms.model.directives import Directives, Placing
from transforms.model.evidence import Evidence
from transforms.model.records import HealthRecord, UnplacedItem, WorkaroundRecord

Item = HealthRecord | WorkaroundRecord | UnplacedItem


@dataclass(frozen=True, slots=True)
class Trouble:
    """One item that nobody has placed. `region` is the bucket that it is about; none means that it could be any.

    `capabilities` are those of its component, where a table knows that; without any it could be about all.
    """

    item: Item
    why: Unplaced
    region: Name | None = None
    capabilities: tuple[Name, ...] = ()

    @property
    def source(self) -> Name:
        """The source that speaks of it."""
        return self.item.ref.source

    @property
    def kind(self) -> RecordKind:
        """What kind of record it would be."""
        return self.item.kind

    @property
    def bars_health(self) -> bool:
        """Whether it is about how something works, so that good news of a cell could be wrong."""
        return self.kind is RecordKind.HEALTH

    def could_contradict(self, capability: Name, region: Name | None = None) -> bool:
        """Whether good news of a capability, in a region or in any, could be wrong because of it."""
        here = region is None or self.region in {None, region}
        return here and (not self.capabilities or capability in self.capabilities)


@dataclass(frozen=True, slots=True)
class PlacedByPeople:
    """One item that incident command placed to a capability: trouble of that capability, by their word."""

    trouble: Trouble
    placing: Placing

    @property
    def record(self) -> HealthRecord:
        """The item as a record of health: its own status, or one that no table maps."""
        item = self.trouble.item
        status = None if isinstance(item, WorkaroundRecord) else item.status
        return HealthRecord(
            ref=item.ref, tags=item.tags, side=Side.INTERNAL, component="placed", status=status or "no status"
        )


@dataclass(frozen=True, slots=True)
class Sorted:
    """What a reading holds beside its records: trouble that is unplaced, and what people placed to a capability."""

    unplaced: tuple[Trouble, ...]
    placed: tuple[PlacedByPeople, ...]


def sort_out(evidence: Evidence, profile: Profile, directives: Directives) -> Sorted:
    """Every item of trouble that no table places, by what people decided about it.

    Where one placing says unrelated and another names a capability, the worse counts. One that names a capability that
    the profile no longer has places nothing: its trouble would count nowhere.
    """
    known = {None, *(capability.id for capability in profile.capabilities)}
    placings = [placing for placing in directives.placings if placing.capability in known]
    unplaced, placed = [], []
    for trouble in (*_items(evidence, profile), *_strange_records(evidence, profile, directives)):
        fitting = [placing for placing in placings if placing.fits(trouble.source, trouble.item.known_by)]
        if not fitting:
            unplaced.append(trouble)
        placed += [PlacedByPeople(trouble, placing) for placing in fitting if placing.capability]
    return Sorted(tuple(unplaced), tuple(placed))


def unplaced(evidence: Evidence, profile: Profile, directives: Directives) -> tuple[Trouble, ...]:
    """The trouble that still waits for somebody's word."""
    return sort_out(evidence, profile, directives).unplaced


def without_young_trouble(
    evidence: Evidence, approved: Evidence, profile: Profile, directives: Directives, now: Time
) -> Evidence:
    """A reading for a release without the unplaced trouble that is new since the approved one and has not settled.

    It goes to the next draft: in a noisy estate something new always fires (promises P13, P14). What does not say since
    when it fires counts as settled.
    """
    known = {(item.ref.source, item.ref.key) for item in (*approved.records, *approved.unplaced)}
    young = {
        (trouble.source, trouble.item.ref.key)
        for trouble in unplaced(evidence, profile, directives)
        if (began := trouble.item.ref.changed_at) and now - began < timedelta(minutes=profile.settle)
    } - known
    return replace(
        evidence,
        records=tuple(record for record in evidence.records if (record.ref.source, record.ref.key) not in young),
        unplaced=tuple(item for item in evidence.unplaced if (item.ref.source, item.ref.key) not in young),
    )


def _items(evidence: Evidence, profile: Profile) -> Iterator[Trouble]:
    """Items that became no record, of the sources inside the profile's boundary."""
    inside = {source.name for source in profile.sources}
    good = _good_values(profile)
    for item in evidence.unplaced:
        if item.ref.source in inside and (item.ref.source, item.status) not in good:
            yield Trouble(item, item.why, _bucket(profile, item.ref.source, item.region))


def _strange_records(evidence: Evidence, profile: Profile, directives: Directives) -> Iterator[Trouble]:
    """Records of trouble whose component or region stands neither in this profile nor in the estate."""
    good, homes = _good_values(profile), _homes(profile)
    estate = directives.estate
    known = estate.known_components if estate else frozenset()
    elsewhere = estate.known_regions if estate else frozenset()
    inside = {source.name for source in profile.sources}
    for record in evidence.records:
        if not isinstance(record, HealthRecord | WorkaroundRecord) or record.ref.source not in inside:
            continue
        source, place = record.ref.source, homes.get((record.ref.source, record.component))
        if place is None and isinstance(record, WorkaroundRecord) and (source, record.component) not in known:
            yield Trouble(record, Unplaced.UNKNOWN_COMPONENT, None)
        if isinstance(record, WorkaroundRecord) or (source, record.status) in good:
            continue
        bucket = _bucket(profile, source, record.region)
        if bucket is None and (source, record.region) in elsewhere:
            continue
        if place is None and (source, record.component) not in known:
            yield Trouble(record, Unplaced.UNKNOWN_COMPONENT, bucket)
        elif bucket is None and (rests := tuple(name for name, region in place or () if region is None)):
            yield Trouble(record, Unplaced.UNKNOWN_REGION, None, rests)


def _homes(profile: Profile) -> dict[tuple[str, str], list[tuple[Name, Name | None]]]:
    """The capabilities that rest on each component, with the region where the component is one for each region."""
    found: dict[tuple[str, str], list[tuple[Name, Name | None]]] = {}
    for capability in profile.capabilities:
        for key in capability.components:
            found.setdefault((key.source, key.key), []).append((capability.id, key.region))
    return found


def _good_values(profile: Profile) -> set[tuple[str, str | None]]:
    """The raw values of each source that mean that nothing is wrong."""
    unaffected = {code.code for code in profile.status.codes if code.rank == 0}
    return {(row.source, row.value) for row in profile.status.rows if row.code in unaffected}


def _bucket(profile: Profile, source: str, region: str | None) -> Name | None:
    members = ((bucket.id, member) for bucket in profile.regions for member in bucket.members)
    return next((name for name, member in members if (member.source, member.key) == (source, region)), None)
