"""One item of an export: what it becomes. Whatever can be read of it is kept, also where it becomes no record."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any, Final

import orjson
from pydantic import TypeAdapter, ValidationError

from bot.sources.boundary import Reading
from bot.sources.presets import MARKS, RECORDS, Preset
from bot.sources.roster import roles_together
from bot.sources.searching import Search, ShapeError
from bot.sources.times import SKEW, known_time, read_time
from profiles.codes import RecordKind, Side, Unplaced
from transforms.model.canonical import digest, strings
from transforms.model.records import ClearedWording, Record, SourceRef, Tag, UnplacedItem

LISTS: Final = frozenset(
    {"depends_on", "needed_by", "labels", "products", "regions", "subjects", "permitted", "required"}
)
"""The fields of records that hold several values."""

LONGEST_TEXT: Final = 20_000
OVERLAP: Final = 500
"""A longer text is kept in pieces that overlap by so much, so that no phrase is cut in two."""

SHORTEST_TERM: Final = 4
MOST_TERMS: Final = 20_000
"""Texts of one item beside those that are mapped; beyond that the source is told not to be whole."""

LONGEST_KEY: Final = 500
_record: TypeAdapter[Record] = TypeAdapter(Record)


class NotPlacedError(Exception):
    """Nobody can say what the item is about, or when it was so."""

    def __init__(self, why: Unplaced, expression: str = "") -> None:
        super().__init__(why)
        self.why, self.expression = why, expression


@dataclass(frozen=True)
class Item:
    """One item with the mapping that reads it. `number` is its place in the export, from one."""

    number: int
    data: Any
    preset: Preset
    reading: Reading
    search: Search

    @cached_property
    def key(self) -> str | None:
        """The item's own key; none where it has none that can be one."""
        value = self.search.maybe(self.preset.key, self.data)
        text = str(value) if isinstance(value, str | int) and not isinstance(value, bool) else ""
        return text if 0 < len(text) <= LONGEST_KEY else None

    @cached_property
    def tags(self) -> tuple[Tag, ...]:
        """Its labels, by which people can say what it is about; one that holds nothing says nothing."""
        found = self.search.maybe(self.preset.tags, self.data)
        pairs = found.items() if isinstance(found, dict) else ()
        texts = {(str(name), text) for name, value in pairs for text in _tag_texts(value)}
        return tuple(Tag(name=name, value=text) for name, text in sorted(texts) if _fits(name) and _fits(text))

    @cached_property
    def withheld(self) -> list[dict[str, str]]:
        """What never leaves, whole: longer texts in pieces."""
        return [
            {"name": name.replace("_", "-"), "text": piece}
            for name, expression in self.preset.withheld.items()
            for text in strings(self.search.maybe(expression, self.data))
            for piece in pieces(text)
        ]

    @cached_property
    def fields(self) -> dict[str, Any]:
        """Each field as the source writes it; `NotPlacedError` where one has another shape."""
        return {name: self._found(expression) for name, expression in self.preset.fields.items()}

    def _found(self, expression: str) -> Any:
        try:
            return self.search.find(expression, self.data)
        except ShapeError as problem:
            raise NotPlacedError(Unplaced.UNREADABLE, expression) from problem

    def observed_at(self) -> datetime:
        """When it was last confirmed; `NotPlacedError` where no time stands where the mapping says that one does."""
        expression, fetched = self.preset.observed_at, self.reading.fetched_at
        if expression is None:
            return min(self.reading.observed_at, fetched)
        moment = known_time(self.search.maybe(expression, self.data), self.preset.times)
        if moment is None or moment > fetched + SKEW:
            raise NotPlacedError(Unplaced.UNKNOWN_TIME, expression)
        return min(moment, fetched)

    def changed_at(self) -> datetime | None:
        """When it began; none where no time stands there. One that lies ahead is kept: it is told as such."""
        return known_time(self.search.maybe(self.preset.changed_at, self.data), self.preset.times)

    def ref(self, *, known: bool = True) -> SourceRef:
        """Where the fact stands. An item that cannot be read has a reference too, by its place in the export."""
        key = self.key
        if known and key is None:
            raise NotPlacedError(Unplaced.UNREADABLE, self.preset.key)
        try:
            observed = self.observed_at()
        except NotPlacedError:
            if known:
                raise
            observed = min(self.reading.observed_at, self.reading.fetched_at)
        revision = self.search.maybe(self.preset.revision, self.data)
        text = str(revision) if isinstance(revision, str | int) and _fits(str(revision)) else None
        return SourceRef(
            source=self.reading.source,
            key=key or f"item {self.number}",
            revision=text or digest(orjson.dumps(self.data))[:12],
            changed_at=self.changed_at(),
            observed_at=observed,
            fetched_at=self.reading.fetched_at,
        )

    def unplaced(self, why: Unplaced, values: dict[str, Any] | None = None) -> UnplacedItem:
        """The item as trouble that stands in no table, with all that could be read of it."""
        texts = {entry["text"] for entry in self.withheld}
        raw = (
            values
            if values is not None
            else {name: self.search.maybe(text, self.data) for name, text in self.preset.fields.items()}
        )
        data = {
            "ref": orjson.Fragment(self.ref(known=False).model_dump_json()),
            "kind": self.preset.kind,
            "why": why,
            "region": _key_text(raw.get("region")),
            "status": _key_text(raw.get("status", raw.get("readiness"))),
            "tags": [tag.model_dump() for tag in self.tags],
            "withheld": self.withheld,
            "unmapped": self.terms(texts),
        }
        return UnplacedItem.model_validate_json(orjson.dumps(data))

    def _readable(self) -> dict[str, Any]:
        """Those of its fields that can be read."""
        return {name: self.search.maybe(text, self.data) for name, text in self.preset.fields.items()}

    def terms(self, known: set[str]) -> list[str]:
        """Every other text of the item, for the leak scan."""
        return [piece for text, several in self._texts.items() if text not in known for piece in several][:MOST_TERMS]

    @cached_property
    def _texts(self) -> dict[str, list[str]]:
        """Every text of the item that is long enough to be looked for, with its pieces."""
        return {text: list(pieces(text)) for text in strings(self.data) if len(text) >= SHORTEST_TERM}

    def parts(self) -> Iterator[dict[str, Any]]:
        """One set of values, or one for each value of the field that the mapping splits by."""
        split = self.preset.split
        if split is None:
            yield self.fields
            return
        several = self.fields[split]
        for value in several if isinstance(several, list) else [several] if several is not None else []:
            if isinstance(value, dict) and split not in value:
                raise NotPlacedError(Unplaced.UNREADABLE, self.preset.fields[split])
            yield {**self.fields, **(value if isinstance(value, dict) else {split: value})}

    def means_nothing(self, values: dict[str, Any]) -> bool:
        """Whether a value that the mapping drops has no translation."""
        return any(_translation(self.preset, name, values.get(name)) is None for name in self.preset.drop)

    def record(self, values: dict[str, Any]) -> Record:
        """The record of these values; `NotPlacedError` says why they make none."""
        ref = self.ref()
        if self.preset.kind is RecordKind.TIMELINE and ref.changed_at is None:
            raise NotPlacedError(Unplaced.UNKNOWN_TIME, self.preset.changed_at or "changed_at")
        found = {name: self._value(name, value) for name, value in values.items() if name not in MARKS}
        data = {name: value for name, value in found.items() if value is not None}
        known = {*strings(list(data.values())), *(entry["text"] for entry in self.withheld)}
        whole = {
            "kind": self.preset.kind,
            "ref": orjson.Fragment(ref.model_dump_json()),
            **self._facing(),
            **data,
            **self._marks(values),
            "tags": [tag.model_dump() for tag in self.tags],
            "withheld": self.withheld,
            "unmapped": self.terms(known),
        }
        return self._validated(whole, found)

    def _validated(self, data: dict[str, Any], found: dict[str, Any]) -> Record:
        if "component" in RECORDS[self.preset.kind].model_fields and not found.get("component"):
            raise NotPlacedError(Unplaced.NO_COMPONENT, self.preset.fields.get("component", "component"))
        try:
            return _record.validate_json(orjson.dumps(data))
        except ValidationError as problem:
            place = problem.errors(include_url=False, include_input=False, include_context=False)[0]["loc"]
            named = next((part for part in place if part in self.preset.fields), "")
            raise NotPlacedError(Unplaced.UNREADABLE, self.preset.fields.get(str(named), str(named))) from problem

    def _value(self, name: str, value: Any) -> Any:
        """One field in the record's spelling; what is written down and finds nothing is not nothing."""
        expression = self.preset.fields.get(name, "")
        if value is None and expression and name != "component" and not self.preset.may_be_absent(expression):
            raise NotPlacedError(Unplaced.UNREADABLE, expression)
        if name == "cleared":
            return value if usable(value) else None
        if name in LISTS:
            return None if value is None else self._several(expression, value)
        if name in {"valid_from", "valid_until"}:
            return None if value is None else self._moment(expression, value)
        if name == "started":
            moment = known_time(value, self.preset.times)
            return moment.isoformat() if moment and moment <= self.reading.fetched_at + SKEW else None
        return _translation(self.preset, name, value)

    def _moment(self, expression: str, value: Any) -> str:
        moment = read_time(value, self.preset.times)
        if moment is None:
            raise NotPlacedError(Unplaced.UNREADABLE, expression)
        return moment.isoformat()

    def _several(self, expression: str, value: Any) -> list[str]:
        """The distinct texts of a list, sorted: the order in which an export lists them means nothing."""
        several = value if isinstance(value, list) else [value]
        if any(not isinstance(one, str | int | None) for one in several):
            raise NotPlacedError(Unplaced.UNREADABLE, expression)
        return sorted({str(one) for one in several if one is not None and one != ""})

    def _facing(self) -> dict[str, Any]:
        side = self.preset.side
        if self.preset.kind is RecordKind.HEALTH:
            return {"side": side}
        return {"side": side or Side.INTERNAL} if self.preset.kind is RecordKind.INCIDENT else {}

    def _marks(self, values: dict[str, Any]) -> dict[str, Any]:
        """Whether people mark such a thing, and the roles of those who did."""
        if "marked_by" not in {*values, *self.preset.fields}:
            return {}
        users = values.get("marked_by")
        several, times = users if isinstance(users, list) else [], values.get("marked_times")
        missing = max(0, times - len(several)) if isinstance(times, int) else 0
        roles = roles_together(several, missing, self.reading.roles_of)
        return {"marked": True, "roles": roles}


def pieces(text: str) -> Iterator[str]:
    """A text, or its overlapping pieces where it is longer than a record holds."""
    yield text[:LONGEST_TEXT]
    for start in range(LONGEST_TEXT - OVERLAP, len(text) - OVERLAP, LONGEST_TEXT - OVERLAP):
        yield text[start : start + LONGEST_TEXT]


def usable(value: Any) -> bool:
    """Whether a clearance says exact words, for which revision and until when, or there is none."""
    try:
        return value is None or bool(ClearedWording.model_validate_json(orjson.dumps(value)))
    except ValidationError:
        return False


def _translation(preset: Preset, name: str, value: Any) -> Any:
    """The value by the mapping's table; outside it what the mapping says otherwise, or for `drop` nothing."""
    table = preset.values.get(name)
    if table is None or value is None:
        return value
    if isinstance(value, str) and value in table:
        return table[value]
    return None if name in preset.drop else preset.otherwise.get(name, value)


def _tag_texts(value: Any) -> list[str]:
    several = value if isinstance(value, list) else [value]
    return [str(one).lower() if isinstance(one, bool) else str(one) for one in several if isinstance(one, str | int)]


def _fits(text: str) -> bool:
    return 0 < len(text) <= LONGEST_KEY


def _key_text(value: Any) -> str | None:
    return value if isinstance(value, str) and _fits(value) else None
