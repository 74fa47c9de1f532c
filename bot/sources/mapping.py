"""From an export to records: one preset applied to the parsed documents of one source (promise P14).

Everything read is accounted for. An item becomes records, belongs to another incident, is ignored by a named rule, or
is unplaced: then it counts as trouble wherever it could belong, until people place it. One bad item spoils no source.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Final

import orjson
from pydantic import TypeAdapter, ValidationError

from bot.sources.expressions import ExpressionLimitError, search
from bot.sources.foreign import looks_like
from bot.sources.mapped import MalformedError, Mapped, Reading
from bot.sources.presets import Preset
from bot.sources.times import parse_time
from bot.sources.wholeness import not_whole, unheard_expressions
from profiles.codes import RecordKind, Unplaced
from profiles.frozen import Role
from transforms.model.canonical import digest, strings
from transforms.model.evidence import Coverage, CoveredCell, SignOfLife
from transforms.model.records import Record, SourceRef, Tag, UnplacedItem

LISTS: Final = frozenset(
    {"depends_on", "needed_by", "labels", "products", "regions", "subjects", "permitted", "required"}
)
"""The fields of records that hold several values."""

TIMES: Final = frozenset({"started", "valid_from", "valid_until"})
"""The fields of records that are times."""

SHORTEST_TERM: Final = 4
MOST_TERMS: Final = 20_000
LONGEST_TEXT: Final = 20_000
LONGEST_KEY: Final = 500
CLOCKS_APART: Final = timedelta(minutes=2)
_record: TypeAdapter[Record] = TypeAdapter(Record)


class _UnplacedError(Exception):
    """An item cannot become a record."""

    def __init__(self, why: Unplaced) -> None:
        super().__init__(why)
        self.why = why


def map_documents(documents: Iterable[Any], preset: Preset, reading: Reading) -> Mapped:
    """Every record and every unplaced item; `MalformedError` when the documents are nothing of the kind."""
    mapped, pages = Mapped(), list(documents)
    for document in pages:
        items = search(preset.items, document)
        if not isinstance(items, list):
            raise MalformedError(_strange(preset, document))
        for item in items:
            _Item(item, document, preset, reading, mapped).map()
        mapped.signs.extend(_signs(document, preset, reading))
    nothing = mapped.unplaced and not (mapped.records or mapped.elsewhere or mapped.ignored or mapped.signs)
    if nothing and (seems := next(filter(None, map(looks_like, pages)), "")):
        raise MalformedError(f"holds no item that this mapping can read; {seems}")
    reasons = (not_whole(pages, mapped.items, preset), *unheard_expressions(mapped.hits, preset), *mapped.bounds)
    mapped.incomplete = "; ".join(dict.fromkeys(filter(None, reasons)))
    return mapped


def _strange(preset: Preset, document: Any) -> str:
    seems = looks_like(document) or "is it this kind of export?"
    return f"holds no list of items where {preset.items!r} looks; {seems}"


def to_coverage(mapped: Mapped, preset: Preset, cells: Iterable[CoveredCell]) -> Coverage | None:
    """What silence means for this source: the configured cells, and the signs of life that the export shows."""
    covered = tuple(cells)
    if preset.signs is None or preset.silent_status is None or preset.side is None or not covered:
        return None
    signs = tuple(sorted(mapped.signs, key=lambda sign: sign.model_dump_json()))
    return Coverage(side=preset.side, cells=covered, silent_status=preset.silent_status, signs=signs)


def _signs(document: Any, preset: Preset, reading: Reading) -> Iterator[SignOfLife]:
    """Each sign whose time can be read; one that cannot say when it was alive is none."""
    found = search(preset.signs.items, document) if preset.signs else None
    for item in found if isinstance(found, list) else []:
        one = _Item(item, document, preset, reading, Mapped())
        scopes = preset.signs.scope if preset.signs else {}
        scope = {name: search(expression, item) for name, expression in scopes.items()}
        try:
            ref = one.ref()
        except _UnplacedError:
            continue
        tags = (Tag(name=name, value=value) for name, value in scope.items() if isinstance(value, str) and value)
        yield SignOfLife(ref=ref, scope=tuple(tags))


@dataclass
class _Item:
    """One item of one document on its way to records."""

    item: Any
    document: Any
    preset: Preset
    reading: Reading
    into: Mapped

    def find(self, name: str, expression: str | None) -> Any:
        """What an expression of the mapping finds here, noted."""
        if expression is None:
            return None
        value = search(expression, self.item, self.document)
        self.into.hits.note(name, value)
        return value

    def map(self) -> None:
        """1. Ignored by a rule, 2. outside the boundary, 3. of another incident, or 4. records; else 5. unplaced."""
        self.into.items += 1
        for rule, expression in self.preset.ignore.items():  # 1
            if search(expression, self.item, self.document) is True:
                return self._ignored(rule)
        try:
            if not self._inside():  # 2
                return self._ignored("boundary")
            if not self._belongs():  # 3
                self.into.elsewhere += 1
                return None
            records = list(self._records())  # 4
        except _UnplacedError as problem:  # 5
            self.into.unplaced.append(self._unplaced(problem.why))
        except ExpressionLimitError as problem:
            raise MalformedError(f"an expression of the mapping {problem}") from problem
        else:
            self.into.records.extend(records)
            self.into.placed += bool(records)
            if not records:
                self._ignored(f"no-{'-'.join(self.preset.drop) or 'part'}")
        return None

    def _ignored(self, rule: str) -> None:
        self.into.ignored[rule] = self.into.ignored.get(rule, 0) + 1

    def _inside(self) -> bool:
        labels = {tag.name: tag.value for tag in self.tags()} if self.reading.boundary else {}
        return all(labels.get(name, values[0]) in values for name, values in self.reading.boundary.items())

    def _belongs(self) -> bool:
        """An identity of another incident belongs there; of labels only one in the shape of an incident's key does."""
        ours = self.reading.incident.casefold()
        names = self.find("belongs", self.preset.belongs)
        labels = self.find("belongs_label", self.preset.belongs_label)
        if self.preset.belongs is None and self.preset.belongs_label is None:
            return True
        said = {name.casefold() for name in _texts(names)}
        marked = {label.casefold() for label in _texts(labels)}
        if ours in said | marked:
            return True
        shape = re.compile(re.sub(r"\d+", r"\\d+", re.escape(ours)))
        if said or any(shape.fullmatch(label) for label in marked):
            return False
        raise _UnplacedError(Unplaced.NO_INCIDENT)

    def tags(self) -> tuple[Tag, ...]:
        """The labels of the item by which people can place it."""
        found = self.find("tags", self.preset.tags)
        pairs = found.items() if isinstance(found, dict) else ()
        texts = ((str(name), value if isinstance(value, str) else str(value)) for name, value in pairs if value)
        return tuple(Tag(name=name[:500], value=value[:500]) for name, value in sorted(texts) if name and value)

    def ref(self) -> SourceRef:
        """Where the item stands. A time that cannot be one is unknown; one that is needed leaves the item unplaced."""
        observed, fetched = self.reading.observed_at, self.reading.fetched_at
        if self.preset.observed_at:
            seen = self._time("observed_at", self.preset.observed_at)
            if seen is None or seen > fetched + CLOCKS_APART:
                raise _UnplacedError(Unplaced.UNKNOWN_TIME)
            observed = min(seen, fetched)
        revision = self.find("revision", self.preset.revision)
        key = self.find("key", self.preset.key)
        try:
            return SourceRef(
                source=self.reading.source,
                key=str(key) if isinstance(key, int) else key,
                revision=str(revision)[:500] if revision else digest(orjson.dumps(self.item))[:12],
                changed_at=self._changed(),
                observed_at=observed,
                fetched_at=fetched,
            )
        except ValidationError as problem:
            raise _UnplacedError(Unplaced.UNREADABLE) from problem

    def _changed(self) -> datetime | None:
        return self._time("changed_at", self.preset.changed_at) if self.preset.changed_at else None

    def _time(self, name: str, expression: str) -> datetime | None:
        try:
            return parse_time(self.find(name, expression), self.preset.times)
        except ValueError:
            return None

    def _records(self) -> Iterator[Record]:
        ref = self.ref()
        if self.preset.kind is RecordKind.TIMELINE and ref.changed_at is None:
            raise _UnplacedError(Unplaced.UNKNOWN_TIME)
        base: dict[str, Any] = {"kind": self.preset.kind, "ref": ref.model_dump(mode="json")}
        base["tags"] = [tag.model_dump() for tag in self.tags()]
        if self.preset.side:
            base["side"] = self.preset.side
        withheld = self._withheld()
        for part in self._parts():
            marks = {"marked": True, "roles": part.roles()} if self.preset.marked_by else {}
            for values in part.split():
                translated = part.translated(values)
                if translated is not None:
                    known = {*strings(list(translated.values())), *(entry["text"] for entry in withheld)}
                    terms = self._terms(known)
                    yield self._validated({**base, **marks, **translated, "withheld": withheld, "unmapped": terms})

    def _parts(self) -> Iterator["_Item"]:
        """The item itself, or one for each entry of a list in it, which stands beside it as `part`."""
        if self.preset.parts is None:
            yield self
            return
        several = search(self.preset.parts, self.item)
        for part in several if isinstance(several, list) else ():
            yield replace(self, item={**self.item, "part": part})

    def roles(self) -> list[Role] | None:
        """The roles of everybody who marked the item together; none where somebody is unknown and nobody has one."""
        told = [self.reading.roles_of(user) for user in _texts(self.find("marked_by", self.preset.marked_by))]
        roles = sorted({role for known in told for role in known or ()})
        return None if not roles and (not told or None in told) else roles

    def split(self) -> Iterator[dict[str, Any]]:
        """One set of values, or one for each value of the field that the preset splits by; without any, unplaced."""
        fields = {name: self.find(name, expression) for name, expression in self.preset.fields.items()}
        name = self.preset.split
        if name is None:
            yield fields
            return
        several = fields[name] if isinstance(fields[name], list) else [fields[name]]
        values = [value for value in several if value not in (None, "")]
        if not values and name not in self.preset.drop:
            raise _UnplacedError(Unplaced.NO_COMPONENT)
        for value in values:
            yield {**fields, name: value}

    def translated(self, values: dict[str, Any]) -> dict[str, Any] | None:
        """The values in the record's spelling; none where a field of `drop` has no translation."""
        found: dict[str, Any] = {}
        for name, value in values.items():
            table = self.preset.values.get(name, {})
            known = isinstance(value, str) and value in table
            if name in self.preset.drop and not known:
                return None
            fallback = self.preset.otherwise.get(name, value) if table else value
            if name in LISTS:
                found[name] = self._several(name, value)
            elif name in TIMES:
                found[name] = self._moment(name, value)
            else:
                found[name] = table[value] if known else fallback
        absent = {name for name, value in found.items() if value is None and name in self.preset.optional}
        return {name: value for name, value in found.items() if name not in absent}

    def _moment(self, name: str, value: Any) -> str | None:
        if value in (None, "") and name in self.preset.optional:
            return None
        try:
            return parse_time(value, self.preset.times).isoformat()
        except ValueError as problem:
            raise _UnplacedError(Unplaced.UNKNOWN_TIME) from problem

    def _several(self, name: str, value: Any) -> list[str] | None:
        """The distinct texts of a list, sorted: the order in which an export lists them means nothing."""
        if value is None and name in self.preset.optional and name in {"permitted", "required"}:
            return None
        given = value if isinstance(value, list) else [] if value is None else [value]
        if any(not isinstance(one, str) for one in given if one is not None):
            raise _UnplacedError(Unplaced.UNREADABLE)
        return sorted({one for one in given if one})

    def _withheld(self) -> list[dict[str, str]]:
        return [
            {"name": name.replace("_", "-"), "text": self._bounded(text)}
            for name, expression in self.preset.withheld.items()
            for text in strings(self.find(f"withheld.{name}", expression))
        ]

    def _bounded(self, text: str) -> str:
        if len(text) > LONGEST_TEXT:
            self.into.bounds.append(f"a text is longer than {LONGEST_TEXT} characters and was cut; shorten it")
        return text[:LONGEST_TEXT]

    def _terms(self, known: set[str]) -> list[str]:
        """Every other text of the item, for the leak scan alone."""
        terms = list(dict.fromkeys(t for t in strings(self.item) if len(t) >= SHORTEST_TERM and t not in known))
        if len(terms) > MOST_TERMS:
            self.into.bounds.append(f"an item holds more than {MOST_TERMS} texts; export less of it")
        return [self._bounded(term) for term in terms[:MOST_TERMS]]

    def _validated(self, data: dict[str, Any]) -> Record:
        try:
            return _record.validate_json(orjson.dumps(data))
        except ValidationError as problem:
            where = {str(part) for error in problem.errors(include_url=False) for part in error["loc"]}
            raise _UnplacedError(Unplaced.NO_COMPONENT if "component" in where else Unplaced.UNREADABLE) from problem

    def _unplaced(self, why: Unplaced) -> UnplacedItem:
        """Whatever of the item can be read, so that people can place it and the scan knows its words."""
        reading, key = self.reading, search(self.preset.key, self.item)
        usable = isinstance(key, str) and 0 < len(key) <= LONGEST_KEY
        region, status = (search(self.preset.fields.get(name, "`null`"), self.item) for name in ("region", "status"))
        ref = SourceRef(
            source=reading.source,
            key=key if usable else f"item {self.into.items}",
            revision=digest(orjson.dumps(self.item))[:12],
            changed_at=self._changed(),
            observed_at=reading.observed_at,
            fetched_at=reading.fetched_at,
        )
        return UnplacedItem(
            ref=ref,
            tags=self.tags(),
            unmapped=tuple(self._terms(set())),
            kind=self.preset.kind,
            why=why,
            region=region if isinstance(region, str) and region else None,
            status=status if isinstance(status, str) and status else None,
        )


def _texts(value: Any) -> list[str]:
    """The texts among one or several values; numbers are written out, because systems number what they name."""
    several = value if isinstance(value, list) else [value]
    return [str(one) for one in several if isinstance(one, str | int) and not isinstance(one, bool) and one != ""]
