"""Whether an export is whole: only then does what it does not list mean anything (promise P14)."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import jmespath

from bot.sources.presets import Preset
from bot.sources.searching import Search

MORE: Final = (
    "isLast == `false`",
    "nextPageToken || next_page_token || next_page || nextLink || nextRecordsUrl",
    "next_cursor || nextCursor || cursor.next",
    "has_more == `true` || more == `true` || done == `false`",
    "pageInfo.nextCursor || pageInfo.hasNextPage == `true`",
    "response_metadata.next_cursor || meta.next_cursor || meta.next || metadata.continue",
    "links.next || _links.next || paging.next || pagination.next || data.more == `true`",
)
"""How systems say that there is more; asked of every export whose mapping does not say what makes it whole."""


@dataclass(frozen=True, slots=True)
class PageSize:
    """One page: its name, how many items it lists, and what it says of itself; none where it says nothing."""

    name: str
    items: int
    last: bool | None
    total: int | None
    offset: int | None


def page_size(name: str, document: Any, items: int, preset: Preset, search: Search) -> PageSize:
    """What one page says of itself."""
    last = search.maybe(preset.complete, document)
    return PageSize(
        name=name,
        items=items,
        last=last if isinstance(last, bool) else None,
        total=_number(search.maybe(preset.total, document)),
        offset=_number(search.maybe(preset.offset, document)),
    )


def _number(value: Any) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def not_whole(pages: Sequence[PageSize], preset: Preset) -> str | None:
    """Why these pages together are not everything, and how to fix it; none when they are."""
    items, totals = sum(page.items for page in pages), [page.total for page in pages if page.total is not None]
    if totals and items < max(totals):
        return f"{_named(pages)} lists {items} of {max(totals)} items; export every page"
    if totals and len(pages) > 1 and items == max(totals) == min(totals):
        return None
    if late := min((page.offset for page in pages if page.offset is not None), default=0):
        return f"{_named(pages)} begins after the first {late} items; export every page"
    follow = preset.complete is None or _follow_each_other(pages)
    return None if follow else _not_last(pages)


def _not_last(pages: Sequence[PageSize]) -> str | None:
    """The first page after which there may be more."""
    for page in pages:
        if page.last is False:
            return f"{page.name} is not the last page, or does not say that it is; export every page"
        if page.last is None and page.total is None:
            return f"{page.name} does not say whether it is whole; export it with the field that says so"
    return None


def _follow_each_other(pages: Sequence[PageSize]) -> bool:
    """Whether several pages begin at the first item, leave none out, and end with the last."""
    due = 0
    ordered = sorted(pages, key=lambda page: page.offset or 0)
    for page in ordered:
        if page.offset != due:
            return False
        due += page.items
    return len(ordered) > 1 and ordered[-1].last is True


def says_more(document: Any) -> bool:
    """Whether a document says, as other systems do, that it is not the last page."""
    return any(jmespath.search(sign, document) for sign in MORE)


def _named(pages: Sequence[PageSize]) -> str:
    return pages[0].name if len(pages) == 1 else f"the folder of {pages[0].name}"
