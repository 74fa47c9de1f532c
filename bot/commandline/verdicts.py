"""What a profile would make of one record: the code of its value, and whether any table knows what it is about."""

from collections.abc import Iterable

from profiles.codes import RecordKind
from profiles.models import Profile
from profiles.tables import TableRow
from transforms.model.records import (
    EntitlementRecord,
    HealthRecord,
    IncidentRecord,
    Record,
    TimelineRecord,
    WorkaroundRecord,
)


def value_of(record: Record) -> str:
    """The raw value that a table of the profile maps; nothing for a kind that disclosure rules decide."""
    match record:
        case IncidentRecord():
            return f"{record.severity}, {record.status}"
        case HealthRecord():
            return record.status
        case WorkaroundRecord():
            return record.readiness
        case TimelineRecord():
            return record.checkpoint
        case EntitlementRecord():
            return record.tier
        case _:
            return ""


def verdict(record: Record, profile: Profile, source: str) -> str:
    """In words: a code with its row, or why the slot would be held."""
    match record:
        case HealthRecord():
            return _joined(_code(profile.status.rows, source, record.status), _place(profile, source, record.component))
        case WorkaroundRecord():
            found = _code(profile.readiness.rows, source, record.readiness)
            return _joined(found, _place(profile, source, record.component))
        case TimelineRecord():
            return _joined(_code(profile.checkpoints.rows, source, record.checkpoint), _marked(record, profile))
        case IncidentRecord():
            state = next(
                (r.state for r in profile.incident.rows if (r.source, r.value) == (source, record.status)), None
            )
            severe = "severe enough" if record.severity in profile.severities else "not severe enough to package"
            return f"{severe}; {state or 'open, because no row knows its status'}"
        case EntitlementRecord():
            row = next((row for row in profile.tiers if (row.source, row.value) == (source, record.tier)), None)
            return row.id if row else "held: unmapped-value"
        case _:
            return "by the disclosure rules"


def _code(rows: Iterable[TableRow], source: str, value: str) -> str:
    row = next((row for row in rows if (row.source, row.value) == (source, value)), None)
    return f"{row.code} ({row.id})" if row else "held: unmapped-value"


def _place(profile: Profile, source: str, component: str) -> str:
    known = (c for c in profile.capabilities if any((k.source, k.key) == (source, component) for k in c.components))
    capability = next(known, None)
    return str(capability.label) if capability else "no capability names this component"


def _marked(record: TimelineRecord, profile: Profile) -> str:
    if not record.marked:
        return ""
    if record.roles is None:
        return "nobody can say who marked it"
    return "" if set(record.roles) & set(profile.checkpoints.marked_by) else "marked by nobody whose mark counts"


def _joined(*parts: str) -> str:
    return ", ".join(part for part in parts if part)


def source_names(profile: Profile, kind: RecordKind, preset: str) -> tuple[str, ...]:
    """The sources of this kind in a profile, the one that is named like the preset first."""
    names = [source.name for source in profile.sources if source.kind is kind]
    return tuple(sorted(names, key=lambda name: (name != preset, names.index(name))))
