"""The picture of an incident: versions on a line of time, decisions above it, holds as bars below. Pure geometry."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Literal

WIDTH: Final = 960
LEFT: Final = 216
RIGHT: Final = 30
TOP: Final = 76
ROW: Final = 24
TICKS: Final = 6
NEAREST: Final = 26

Place = Callable[[datetime], float]
MarkKind = Literal["acknowledgement", "version", "withdrawn", "approval", "draft"]


@dataclass(frozen=True, slots=True)
class Moment:
    """Something that happened at one time."""

    at: datetime
    kind: MarkKind
    label: str
    title: str


@dataclass(frozen=True, slots=True)
class Span:
    """Something that lasted, such as a hold; `end` is none while it lasts."""

    label: str
    title: str
    start: datetime
    end: datetime | None


@dataclass(frozen=True, slots=True)
class Mark:
    """A moment with its place."""

    x: float
    y: float
    kind: MarkKind
    label: str
    title: str


@dataclass(frozen=True, slots=True)
class Bar:
    """A span with its place."""

    x: float
    y: float
    width: float
    label: str
    title: str
    open: bool


@dataclass(frozen=True, slots=True)
class Picture:
    """Everything that the template draws, in units of the viewBox."""

    width: int
    height: int
    left: float
    axis: float
    marks: tuple[Mark, ...]
    bars: tuple[Bar, ...]
    ticks: tuple[tuple[float, str], ...]


def draw(moments: Iterable[Moment], spans: Sequence[Span], until: datetime) -> Picture:
    """The picture from the first moment until the end; labels that would touch are raised in turn."""
    ordered = sorted(moments, key=lambda moment: moment.at)
    start = min([*(m.at for m in ordered), *(s.start for s in spans)], default=until)
    end = max([until, start + timedelta(seconds=5)])

    def x(at: datetime) -> float:
        return round(LEFT + (at - start) / (end - start) * (WIDTH - LEFT - RIGHT), 1)

    bars = tuple(_bar(span, row, x, end) for row, span in enumerate(spans))
    return Picture(
        width=WIDTH,
        height=TOP + 40 + ROW * len(bars),
        left=LEFT,
        axis=TOP,
        marks=tuple(_placed(ordered, x)),
        bars=bars,
        ticks=tuple(_ticks(start, end, x)),
    )


def _bar(span: Span, row: int, x: Place, end: datetime) -> Bar:
    left, right = x(span.start), x(span.end or end)
    y = TOP + 36 + row * ROW
    return Bar(left, y, max(right - left, 3.0), span.label, span.title, span.end is None)


def _placed(moments: Iterable[Moment], x: Place) -> Iterable[Mark]:
    height, last = 0, -1000.0
    for moment in moments:
        place = x(moment.at)
        if moment.kind in {"approval", "draft"}:
            yield Mark(place, TOP, moment.kind, "", moment.title)
            continue
        height = (height + 1) % 3 if place - last < NEAREST * 3 else 0
        last = place
        yield Mark(place, TOP - 26 - height * 18, moment.kind, moment.label, moment.title)


def _ticks(start: datetime, end: datetime, x: Place) -> Iterable[tuple[float, str]]:
    step = (end - start) / TICKS
    for number in range(TICKS + 1):
        at = start + step * number
        form = "%H:%M:%S" if end - start < timedelta(minutes=10) else "%H:%M"
        yield x(at), at.strftime(form)
