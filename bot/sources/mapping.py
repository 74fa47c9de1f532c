"""From an export to records: one preset applied to one parsed document.

An item that lacks what its record needs makes the whole source malformed: nobody can say what that item was about, and
half a source would look like health (promise P4).
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

import orjson
from pydantic import TypeAdapter, ValidationError

from bot.sources.expressions import search
from bot.sources.presets import Preset
from profiles.codes import RecordKind
from profiles.errors import UserFixableError
from profiles.frozen import Time
from transforms.model.canonical import digest, strings
from transforms.model.evidence import Coverage, CoveredCell, SignOfLife
from transforms.model.records import Record, SourceRef

LISTS: Final = frozenset({"depends_on", "labels", "products", "regions", "subjects"})
"""The fields of records that hold several values."""

SCAN_TERM_LENGTHS: Final = range(4, 200)
MOST_SCAN_TERMS: Final = 100
_record: TypeAdapter[Record] = TypeAdapter(Record)


class MalformedError(UserFixableError):
    """The export has not the shape that its preset expects; `str()` says where and how to fix."""


@dataclass(frozen=True, slots=True)
class Reading:
    """Which source is being read, for which incident, and when the export was confirmed and fetched."""

    source: str
    incident: str
    observed_at: Time
    fetched_at: Time


def to_records(document: Any, preset: Preset, reading: Reading) -> list[Record]:
    """Every record that the export holds for this incident; `MalformedError` when one cannot be made."""
    items = search(preset.items, document)
    if not isinstance(items, list):
        raise MalformedError(f"holds no list of items where {preset.items!r} looks; is it this kind of export?")
    return [
        record
        for index, item in enumerate(items)
        if _belongs(item, index, preset, reading)
        for record in _records(item, index, preset, reading)
    ]


def to_coverage(document: Any, preset: Preset, reading: Reading, cells: Iterable[CoveredCell]) -> Coverage | None:
    """What silence means for this source: the configured cells, and its heartbeat if the export shows one."""
    covered = tuple(cells)
    if preset.heartbeat is None or preset.silent_status is None or preset.side is None or not covered:
        return None
    item = search(preset.heartbeat, document)
    signs = () if item is None else (SignOfLife(ref=_ref(item, 0, preset, reading)),)
    return Coverage(side=preset.side, cells=covered, silent_status=preset.silent_status, signs=signs)


def _belongs(item: Any, index: int, preset: Preset, reading: Reading) -> bool:
    if preset.belongs is None:
        return True
    names = _several(search(preset.belongs, item))
    if not names:
        raise MalformedError(f"item {index + 1}: names no incident; check the export or its preset")
    return reading.incident in names


def _records(item: Any, index: int, preset: Preset, reading: Reading) -> Iterator[Record]:
    ref = _ref(item, index, preset, reading)
    withheld = [
        {"name": name.replace("_", "-"), "text": text[:20_000]}
        for name, expression in preset.withheld.items()
        for text in strings(search(expression, item))
    ]
    fields = {name: search(expression, item) for name, expression in preset.fields.items()}
    side = {"side": preset.side} if preset.kind is RecordKind.HEALTH else {}
    for values in _split(fields, preset):
        if translated := _translated(values, preset):
            known = {*strings(list(translated.values())), *(entry["text"] for entry in withheld)}
            data = {"kind": preset.kind, "ref": orjson.Fragment(ref.model_dump_json()), **side, **translated}
            yield _validated({**data, "withheld": withheld, "unmapped": _scan_terms(item, known)}, index)


def _ref(item: Any, index: int, preset: Preset, reading: Reading) -> SourceRef:
    """The reference of one item; a source without change times changed, as far as we know, when it was confirmed."""
    observed = _time(preset.observed_at, item, index) or reading.observed_at
    observed = min(observed, reading.fetched_at)
    revision = search(preset.revision, item) if preset.revision else None
    data = {
        "source": reading.source,
        "key": search(preset.key, item),
        "revision": str(revision) if revision is not None else digest(orjson.dumps(item))[:12],
        "changed_at": _time(preset.changed_at, item, index) or observed,
        "observed_at": observed,
        "fetched_at": reading.fetched_at,
    }
    try:
        return SourceRef.model_validate(data)
    except ValidationError as problem:
        raise _malformed(problem, index) from problem


def _time(expression: str | None, item: Any, index: int) -> datetime | None:
    value = search(expression, item) if expression else None
    if value is None:
        return None
    try:
        return parse_time(value)
    except (ValueError, OverflowError, OSError) as problem:
        raise MalformedError(f"item {index + 1}: {expression} is no time with a zone; expected ISO 8601") from problem


def parse_time(value: Any) -> datetime:
    """ISO 8601 with a zone, or seconds since 1970 as Slack and others write them; `ValueError` for anything else."""
    text = str(value).strip()
    if text.replace(".", "", 1).isdigit():
        return datetime.fromtimestamp(float(text), UTC)
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError("no zone")
    return moment.astimezone(UTC)


def _split(fields: dict[str, Any], preset: Preset) -> Iterator[dict[str, Any]]:
    """One set of values, or one for each value of the field that the preset splits by."""
    if preset.split is None:
        yield fields
        return
    several = fields[preset.split]
    for value in several if isinstance(several, list) else [several]:
        yield {**fields, preset.split: value}


def _translated(values: dict[str, Any], preset: Preset) -> dict[str, Any] | None:
    """The values in the record's spelling; none where a field of `drop` has no translation."""
    found: dict[str, Any] = {}
    for name, value in values.items():
        table = preset.values.get(name, {})
        known = isinstance(value, str) and value in table
        if name in preset.drop and not known:
            return None
        fallback = preset.otherwise.get(name, value) if table else value
        found[name] = _several(value) if name in LISTS else table[value] if known else fallback
    return found


def _several(value: Any) -> list[str]:
    """The distinct texts of a list, sorted: the order in which an export lists them means nothing."""
    return sorted({item for item in (value if isinstance(value, list) else [value]) if isinstance(item, str) and item})


def _scan_terms(item: Any, known: set[str]) -> list[str]:
    terms = (text for text in strings(item) if len(text) in SCAN_TERM_LENGTHS and text not in known)
    return list(dict.fromkeys(terms))[:MOST_SCAN_TERMS]


def _validated(data: dict[str, Any], index: int) -> Record:
    try:
        return _record.validate_json(orjson.dumps(data))
    except ValidationError as problem:
        raise _malformed(problem, index) from problem


def _malformed(problem: ValidationError, index: int) -> MalformedError:
    error = problem.errors(include_url=False, include_input=False, include_context=False)[0]
    field = next((str(part) for part in reversed(error["loc"]) if isinstance(part, str)), "record")
    return MalformedError(f"item {index + 1}: {field} is missing or has another shape; check the export or its preset")
