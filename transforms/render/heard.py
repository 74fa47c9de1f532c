"""Heard: whether everything that a cell rests on has spoken (promises P4, P14).

A component that is not listed is not a healthy one; a bucket of regions is heard only when every region in it that the
component runs in was; what an incomplete source does not say means nothing.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from profiles.codes import HoldReason, RecordKind
from profiles.frozen import Key, Name
from profiles.tables import Capability, ComponentKey
from transforms.model.records import HealthRecord
from transforms.render.tables import Observed, Tables


@dataclass(frozen=True, slots=True)
class Expected:
    """One component that must be spoken of for a cell, in one native region, or wherever its source puts it."""

    source: Name
    component: Key
    region: Key | None


def counts_as_check(tables: Tables, key: ComponentKey) -> bool:
    """Whether this component only checks what a primary source says."""
    return (key.counts_as or tables.sources[key.source].counts_as) == "check"


def expected(tables: Tables, capability: Capability, region: Name) -> tuple[Expected, ...]:
    """What must be heard for a cell: each primary component, in every native region of the bucket that it runs in."""
    found = []
    for key in capability.components:
        is_health = tables.sources[key.source].kind is RecordKind.HEALTH
        if is_health and key.region in (None, region) and not counts_as_check(tables, key):
            found += [Expected(key.source, key.key, native) for native in _native_regions(tables, key, region)]
    return tuple(dict.fromkeys(found))


def _native_regions(tables: Tables, key: ComponentKey, region: Name) -> Iterable[Key | None]:
    """The native regions of a bucket in which a component must be heard.

    1. None where it is one component for each region; else 2. where the profile says that it runs, 3. where its source
    says that it covers it, 4. or everywhere in the bucket.
    """
    if key.region:  # 1
        return (None,)
    members = (member for r in tables.profile.regions if r.id == region for member in r.members)
    bucket = [member.key for member in members if member.source == key.source]
    runs = [native for native in key.runs_in if native in bucket]  # 2
    covered = tables.covered.get((key.source, key.key))
    if not key.runs_in and covered is not None:  # 3
        runs = [native for native in bucket if native in covered]
    elif not key.runs_in:  # 4
        runs = bucket
    return runs or (None,)


def unheard(tables: Tables, wanted: Iterable[Expected], here: Iterable[Observed]) -> Iterator[HoldReason]:
    """Why the cell may not be told: a source that was not read, or a component or region that nothing speaks of."""
    wanted = tuple(wanted)
    records = [o.record for o in here if isinstance(o.record, HealthRecord)]
    spoken = {(record.ref.source, record.component, record.region) for record in records}
    anywhere = {(source, component) for source, component, _ in spoken}
    for one in wanted:
        there = (one.source, one.component, one.region) in spoken
        if problem := tables.problems[one.source]:
            yield problem
        elif not (there if one.region else (one.source, one.component) in anywhere):
            yield HoldReason.SOURCE_INCOMPLETE if one.source in tables.incomplete else HoldReason.SOURCE_UNAVAILABLE
        elif one.source in tables.incomplete:
            yield HoldReason.SOURCE_INCOMPLETE
    if not wanted:
        yield HoldReason.SOURCE_UNAVAILABLE
