"""Times as systems of record write them, in the formats that a mapping declares: a time is a time, or it is unknown."""

import re
from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from typing import Annotated, Any, Final

from pydantic import AfterValidator

EARLIEST: Final = datetime(2000, 1, 1, tzinfo=UTC)
"""Before this, what stands in a time's place is a zero or a placeholder, not when something happened."""

SKEW: Final = timedelta(minutes=2)
"""By how much another system's clock may run before ours."""

_NUMBER: Final = re.compile(r"[0-9]{1,20}(\.[0-9]{1,20})?", re.ASCII)
_ZONE: Final = re.compile(r"\b(?:UTC|GMT|Z)\b")
_UNITS: Final = {"epoch-seconds": 1, "epoch-milliseconds": 1000}
ISO: Final = "iso8601"


def _is_format(text: str) -> str:
    if text in {ISO, *_UNITS}:
        return text
    if "%" not in text:
        raise ValueError(f"is no format; use {ISO}, {', '.join(_UNITS)}, or one like %Y-%m-%d %H:%M:%S %Z")
    if "%z" not in text and "%Z" not in text:
        raise ValueError("names no zone; add %z or %Z, because no zone is guessed")
    return text


TimeFormat = Annotated[str, AfterValidator(_is_format)]
"""`iso8601`, `epoch-seconds`, `epoch-milliseconds`, or a pattern in the notation of strptime with a zone."""


def read_time(value: Any, formats: Iterable[str]) -> datetime | None:
    """The moment that a value means in one of these formats, whenever it was; none when it is no time."""
    if isinstance(value, bool) or not isinstance(value, str | int):
        return None
    for form in formats:
        try:
            return _in_format(str(value).strip(), form)
        except (ValueError, OverflowError, OSError):
            continue
    return None


def known_time(value: Any, formats: Iterable[str]) -> datetime | None:
    """The same, and none where it lies before any system that is read today: a zero time is unknown."""
    moment = read_time(value, formats)
    return moment if moment and moment >= EARLIEST else None


def _in_format(text: str, form: str) -> datetime:
    if form == ISO:
        return _iso(text)
    if form in _UNITS:
        if not _NUMBER.fullmatch(text):
            raise ValueError("no number")
        return datetime.fromtimestamp(float(text) / _UNITS[form], UTC)
    if "%Z" in form:
        # strptime takes a zone's name and throws it away; only UTC by its names is surely meant.
        text, form = _ZONE.sub("+0000", text), form.replace("%Z", "%z")
    return _zoned(datetime.strptime(text, form))  # noqa: DTZ007 -- every format names a zone


def _iso(text: str) -> datetime:
    return _zoned(datetime.fromisoformat(text))


def _zoned(moment: datetime) -> datetime:
    if moment.tzinfo is None:
        raise ValueError("no zone")
    return moment.astimezone(UTC)


def parse_time(value: Any) -> datetime:
    """ISO 8601 with a zone, or seconds since 1970, as people and exports write them; `ValueError` for anything else."""
    moment = read_time(value, (ISO, "epoch-seconds"))
    if moment is None:
        raise ValueError("is no time with a zone")
    return moment


def as_moment(text: str, clock: str) -> str:
    """A date alone as a moment of that day in UTC; anything else as it is."""
    try:
        return f"{date.fromisoformat(text).isoformat()}T{clock}Z"
    except ValueError:
        return text
