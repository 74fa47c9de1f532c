"""Whether an export is whole, by what it says itself and by what its mapping finds in it (promise P14).

A page of results is whole only if the source says that it is the last one. A mapping that does not say when its export
is whole, and an expression that finds nothing in any item, leave the source incomplete: what it says counts, its
silence does not.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from bot.sources.expressions import search
from bot.sources.presets import Preset


@dataclass
class Hits:
    """How often each expression of a mapping found something, of how many items it was tried on."""

    tried: dict[str, int] = field(default_factory=dict)
    found: dict[str, int] = field(default_factory=dict)

    def note(self, name: str, value: Any) -> None:
        """One try of an expression; null, an empty text and an empty list are nothing."""
        self.tried[name] = self.tried.get(name, 0) + 1
        self.found[name] = self.found.get(name, 0) + (value not in (None, "", [], {}))

    def never(self) -> list[tuple[str, int]]:
        """The expressions that found nothing in any item, and in how many they were tried."""
        return [(name, tried) for name, tried in self.tried.items() if not self.found[name]]


def not_whole(documents: Iterable[Any], items: int, preset: Preset) -> str:
    """Why these pages together are not the whole list, in one sentence; empty when they say that they are."""
    pages = list(documents)
    if preset.complete is None and preset.total is None:
        return "the mapping does not say when an export is whole; add complete: or total: to it"
    said = [_page(page, preset) for page in pages]
    totals = [total for _, total, _ in said if total is not None]
    last = any(complete is True for complete, _, _ in said)
    more = any(complete is False or follows for complete, _, follows in said)
    if totals and items < max(totals):
        return f"holds {items} of {max(totals)} items; export every page into one folder"
    if last and not (more and len(pages) == 1):
        return ""
    if totals and (len(pages) > 1 or not more):
        return ""
    what = "says that more pages follow" if more else "does not say that it is the last page"
    return f"{what}; export every page into one folder"


def _page(document: Any, preset: Preset) -> tuple[bool | None, int | None, bool]:
    """What one page says: whether it is the last, how many items there are in all, and whether another follows."""
    complete = search(preset.complete, document) if preset.complete else None
    total = search(preset.total, document) if preset.total else None
    more = search(preset.more, document) if preset.more else None
    is_number = isinstance(total, int) and not isinstance(total, bool)
    return complete if isinstance(complete, bool) else None, total if is_number else None, bool(more)


def unheard_expressions(hits: Hits, preset: Preset) -> Iterator[str]:
    """Each expression that found nothing in any item although the mapping does not call it optional."""
    written = dict(preset.expressions())
    for name, tried in hits.never():
        if name in written and name not in preset.optional:
            where = f"{name}: {written[name]} finds nothing in any of {tried} items"
            yield f"{where}; correct it, or list {name} as optional"
