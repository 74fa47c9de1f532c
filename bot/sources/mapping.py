"""From an export to records: one preset applied to the documents of one source.

Every item is accounted for: it becomes records, belongs elsewhere, is left out by a named rule, or is unplaced
(promise P14). Only where no list of items is found, or what is found is something else, is the whole source malformed.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from bot.sources.boundary import Reading, outside, whose
from bot.sources.file import Page
from bot.sources.items import MOST_TERMS, Item, NotPlacedError, usable
from bot.sources.presets import Preset
from bot.sources.searching import MalformedError, Search
from bot.sources.shapes import is_error, is_other
from bot.sources.whole import PageSize, not_whole, page_size, says_more
from profiles.codes import RecordKind, Unplaced
from transforms.model.evidence import Coverage, CoveredCell, Ignored, SignOfLife, Tally
from transforms.model.records import Record, Tag, UnplacedItem

NEVER_EMPTY: Final = {
    RecordKind.DEPENDENCY: "a map of dependencies",
    RecordKind.ENTITLEMENT: "a list of contracts",
    RecordKind.INCIDENT: "a list of incidents",
}
"""Kinds of which an export without any item says that something is wrong with the export."""


@dataclass
class Mapped:
    """What became of every item, the signs of life, and why the source is not whole, if it is not."""

    records: list[Record] = field(default_factory=list)
    unplaced: list[UnplacedItem] = field(default_factory=list)
    signs: list[SignOfLife] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    ignored: Counter[str] = field(default_factory=Counter)
    sizes: list[PageSize] = field(default_factory=list)
    why: list[tuple[int, str]] = field(default_factory=list)
    search: Search = field(default_factory=Search)
    items: int = 0
    placed: int = 0
    elsewhere: int = 0
    not_placed: int = 0

    @property
    def tally(self) -> Tally:
        """How many items became what."""
        return Tally(
            items=self.items,
            placed=self.placed,
            elsewhere=self.elsewhere,
            ignored=tuple(Ignored(rule=rule, items=count) for rule, count in sorted(self.ignored.items())),
            unplaced=self.not_placed,
        )


def to_records(pages: Sequence[Page], preset: Preset, reading: Reading) -> Mapped:
    """Everything that the export holds for this incident; `MalformedError` when it is no export of this kind."""
    mapped = Mapped()
    keyed = 0
    for page in pages:
        keyed += _read_page(page, preset, reading, mapped)
    if mapped.items and not keyed and not mapped.signs:
        raise MalformedError(_another_kind(pages, preset))
    mapped.problems.extend(_not_whole(mapped, preset))
    return mapped


def to_coverage(mapped: Mapped, preset: Preset, cells: Iterable[CoveredCell]) -> Coverage | None:
    """What silence means for this source: the configured cells, and the signs of life that the export shows."""
    covered = tuple(cells)
    if preset.signs is None or preset.silent_status is None or preset.side is None or not covered:
        return None
    return Coverage(side=preset.side, cells=covered, silent_status=preset.silent_status, signs=tuple(mapped.signs))


def _read_page(page: Page, preset: Preset, reading: Reading, mapped: Mapped) -> int:
    """Read one document into what is mapped; how many of its items have a key."""
    if error := is_error(page.document):
        raise MalformedError(f"{page.name} {error}")
    search = mapped.search
    search.enter(page.document)
    found = search.maybe(preset.items, page.document)
    if not isinstance(found, list):
        seen = (
            is_other(page.document) or f"holds no list of items where {preset.items} looks; is it this kind of export?"
        )
        raise MalformedError(f"{page.name} {seen}")
    mapped.sizes.append(page_size(page.name, page.document, len(found), preset, search))
    if preset.complete is None and preset.total is None and says_more(page.document):
        mapped.problems.append(f"{page.name} says that it is not the last page; export every page")
    items = [Item(mapped.items + place, data, preset, reading, search) for place, data in enumerate(found, 1)]
    signs = _signs(page.document, preset, reading, mapped)
    mapped.items += len(items)
    for item in items:
        _account(item, signs, mapped)
    return sum(item.key is not None for item in items)


def _signs(document: Any, preset: Preset, reading: Reading, mapped: Mapped) -> set[int]:
    """Note the signs of life of a document; the identities of the items that are some."""
    found = mapped.search.maybe(preset.signs.items, document) if preset.signs else None
    several = found if isinstance(found, list) else []
    for number, data in enumerate(several, 1):
        item = Item(number, data, preset, reading, mapped.search)
        try:
            mapped.signs.append(SignOfLife(ref=item.ref(), scope=_scope(item)))
        except NotPlacedError as problem:
            # An unreadable sign is no sign, and nobody knows what else is wrong with it.
            mapped.unplaced.append(item.unplaced(problem.why, {}))
            mapped.why.append((number, f"sign of life: {_because(problem)}"))
    return {id(data) for data in several}


def _scope(item: Item) -> tuple[Tag, ...]:
    signs = item.preset.signs
    found = {name: item.search.maybe(text, item.data) for name, text in signs.scope.items()} if signs else {}
    return tuple(Tag(name=name, value=value) for name, value in found.items() if isinstance(value, str) and value)


def _account(item: Item, signs: set[int], mapped: Mapped) -> None:
    """Say what became of one item."""
    if id(item.data) in signs:
        mapped.ignored["sign of life"] += 1
    elif rule := _left_out(item):
        mapped.ignored[rule] += 1
    elif (ours := _ours(item)) is False:
        mapped.elsewhere += 1
    elif ours is None:
        _unplace(item, NotPlacedError(Unplaced.NO_INCIDENT, item.preset.belongs or ""), mapped)
    else:
        _place(item, mapped)


def _left_out(item: Item) -> str | None:
    """The rule of the configuration or of the mapping that leaves the item out."""
    if outside(item.tags, item.reading.boundary):
        return "boundary"
    return next((name for name, text in item.preset.ignore.items() if item.search.maybe(text, item.data) is True), None)


def _ours(item: Item) -> bool | None:
    belongs = item.preset.belongs
    if belongs is None:
        return True
    return whose(item.search.maybe(belongs, item.data), item.reading.incident, item.preset.belongs_by)


def _place(item: Item, mapped: Mapped) -> None:
    """Make the item's records; one part that cannot be placed leaves the others in their places."""
    records, dropped, failed = [], 0, None
    try:
        for values in item.parts():
            if item.means_nothing(values):
                dropped += 1
                continue
            try:
                records.append(item.record(values))
            except NotPlacedError as problem:
                failed = failed or problem
        _say_what_is_cut(item, mapped)
    except NotPlacedError as problem:
        failed = problem
    mapped.records.extend(records)
    if failed:
        _unplace(item, failed, mapped)
    elif records:
        mapped.placed += 1
    elif dropped or item.preset.split in item.preset.drop:
        mapped.ignored[f"no {item.preset.split or item.preset.drop[0]}"] += 1
    else:
        _unplace(
            item, NotPlacedError(Unplaced.NO_COMPONENT, item.preset.fields[item.preset.split or "component"]), mapped
        )


def _say_what_is_cut(item: Item, mapped: Mapped) -> None:
    """Bounds that bite, and clearances that cannot be used: nothing of them is used, and it is told."""
    cleared = item.preset.fields.get("cleared")
    if cleared and not usable(item.fields["cleared"]):
        mapped.problems.append(
            f"item {item.number}: cleared is no clearance (wording, revision and until); "
            "it clears nothing until corrected"
        )
    if len(item.terms(set())) >= MOST_TERMS:
        mapped.problems.append(f"item {item.number} holds more than {MOST_TERMS} texts; export fewer fields")


def _unplace(item: Item, problem: NotPlacedError, mapped: Mapped) -> None:
    mapped.unplaced.append(item.unplaced(problem.why))
    mapped.not_placed += 1
    mapped.why.append((item.number, _because(problem)))


def _because(problem: NotPlacedError) -> str:
    return f"{problem.why}: {problem.expression} finds nothing that can be used" if problem.expression else problem.why


def _not_whole(mapped: Mapped, preset: Preset) -> list[str]:
    problem = not_whole(mapped.sizes, preset)
    found = [problem] if problem else []
    if not mapped.items and preset.kind in NEVER_EMPTY:
        found.append(f"lists nothing, which {NEVER_EMPTY[preset.kind]} never does; export it again")
    return found


def _seen(pages: Sequence[Page]) -> str | None:
    return next((f"{page.name} {seen}" for page in pages if (seen := is_other(page.document))), None)


def _another_kind(pages: Sequence[Page], preset: Preset) -> str:
    """Why nothing here is an item of this kind."""
    return _seen(pages) or (
        f"{pages[0].name} holds nothing that has a key where {preset.key} looks; is it this kind of export?"
    )
