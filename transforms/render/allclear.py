"""The all-clear: when good news may follow bad news (promise P17).

A cell of which a version said worse is held until all evidence has been good for the profile's dwell time; then it
works again and is watched; and it is operational once the incident and the customer-facing page agree. A customer who
was never told worse sees no change.
"""

from collections.abc import Iterable, Iterator
from datetime import timedelta
from typing import Final

from profiles.codes import HoldReason, IncidentState, RecordKind, Side
from profiles.frozen import Time, replace, to_minute
from profiles.tables import AllClear, Capability
from transforms.model.history import History
from transforms.model.holds import HeldSlot, Slot
from transforms.model.package import Coded
from transforms.model.records import HealthRecord, IncidentRecord
from transforms.render.entitlement import Scope
from transforms.render.tables import Tables

INCIDENT_OPEN: Final = "the incident is not resolved by its own account"
INCIDENT_UNREAD: Final = "the incident's own state could not be read"
PAGE_OPEN: Final = "the customer-facing page still has an open incident"
NOT_ALL_GOOD: Final = "not every source of it says that it works"


def with_all_clear(tables: Tables, scope: Scope, history: History, status: Iterable[Slot]) -> Iterator[Slot]:
    """The status slots, with the good news that comes too early held or told more carefully."""
    rule = tables.profile.all_clear
    open_sides = lacking_of_incident(tables) if rule else ()
    for slot in status:
        recovering = (slot.capability or "", slot.region or "") in history.recovering
        good = isinstance(slot.outcome, Coded) and slot.outcome.rank == 0
        if rule and recovering and good:
            since = history.good_since.get((slot.capability or "", slot.region or ""), tables.evidence.at)
            agreed = not open_sides and _page_agrees(tables, scope, slot)
            yield slot if agreed and _dwelt(tables, rule, since) else _careful(tables, rule, slot, since, open_sides)
        else:
            yield slot


def _careful(tables: Tables, rule: AllClear, slot: Slot, since: Time, open_sides: tuple[str, ...]) -> Slot:
    """Held until it has been good for long enough, then watched."""
    if not _dwelt(tables, rule, since):
        minutes = int((tables.evidence.at - since).total_seconds() // 60)
        wait = f"all evidence has been good for {minutes} of {rule.dwell} minutes"
        return replace(slot, outcome=_held(slot, (wait, *open_sides)))
    code = tables.status_codes[rule.code]
    outcome = Coded(code=code.code, words=code.label, rank=code.rank, at=to_minute(since))
    return replace(slot, outcome=outcome, origin=replace(slot.origin, rows=(*slot.origin.rows, "all-clear:watched")))


def _dwelt(tables: Tables, rule: AllClear, since: Time) -> bool:
    return tables.evidence.at - since >= timedelta(minutes=rule.dwell)


def _held(slot: Slot, lacking: tuple[str, ...]) -> HeldSlot:
    codes = (slot.outcome.code,) if isinstance(slot.outcome, Coded) else ()
    return HeldSlot(reasons=(HoldReason.TIMING_DISAGREEMENT,), evidence_codes=codes, lacking=lacking)


def lacking_of_incident(tables: Tables) -> tuple[str, ...]:
    """What the incident itself, inside and on the customer-facing page, still lacks of an all-clear."""
    return tuple(_lacking(tables))


def _lacking(tables: Tables) -> Iterator[str]:
    sources = tables.of_kind(RecordKind.INCIDENT)
    names = {source.name for source in sources}
    records = [record for record in tables.evidence.of(IncidentRecord) if record.ref.source in names]
    unread = any(tables.problems[source.name] for source in sources)
    if unread or (sources and not any(record.side is Side.INTERNAL for record in records)):
        yield INCIDENT_UNREAD
    unresolved = {record.side for record in records if tables.incident_state(record) is not IncidentState.RESOLVED}
    if Side.INTERNAL in unresolved:
        yield INCIDENT_OPEN
    if Side.CUSTOMER in unresolved:
        yield PAGE_OPEN


def _page_agrees(tables: Tables, scope: Scope, slot: Slot) -> bool:
    """Whether each component of the cell, those that only check included, is fresh and said to be well."""
    capability = next(c for c in scope.capabilities if c.id == slot.capability)
    return all(_says_well(tables, source, key) for source, key in _health_keys(tables, capability, slot.region))


def _health_keys(tables: Tables, capability: Capability, region: str | None) -> Iterator[tuple[str, str]]:
    for key in capability.components:
        if tables.sources[key.source].kind is RecordKind.HEALTH and key.region in (None, region):
            yield key.source, key.key


def _says_well(tables: Tables, source: str, component: str) -> bool:
    said = [
        tables.observe(record, record.status, tables.status, None)
        for record in tables.evidence.of(HealthRecord)
        if (record.ref.source, record.component) == (source, component)
    ]
    return bool(said) and any(o.row and tables.status_codes[o.row.code].rank == 0 and not o.stale for o in said)
