"""Times as exports write them: with a zone, in a declared format, in a plausible window (promise P14).

A zero time (`0001-01-01T00:00:00Z`, 1970), one without a zone, and one that cannot be read are no times at all: nobody
is told since when, and where a time is needed the item is unplaced. It is never the time of the file.
"""

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any, Final

FIRST_YEAR: Final = 2000
"""No outage that is told of today began before; every zero time of a system lies before it."""

ISO: Final = "iso8601"
SECONDS: Final = "epoch-seconds"
MILLISECONDS: Final = "epoch-milliseconds"
NAMED: Final = (ISO, SECONDS, MILLISECONDS)
"""The formats with a name; any other is a `strptime` pattern with a zone: `%Y-%m-%d %H:%M:%S %Z`."""


def parse_time(value: Any, formats: Iterable[str] = (ISO, SECONDS)) -> datetime:
    """A moment in the first of the formats that fits, in UTC; `ValueError` where none does or it is not plausible."""
    for form in formats:
        try:
            moment = _parsed(str(value).strip(), form)
        except (ValueError, OverflowError, OSError):
            continue
        if moment.tzinfo is None:
            raise ValueError("has no zone")
        if moment.astimezone(UTC).year < FIRST_YEAR:
            raise ValueError(f"lies before {FIRST_YEAR}")
        return moment.astimezone(UTC)
    raise ValueError("is no time in a declared format")


def _parsed(text: str, form: str) -> datetime:
    if form == ISO:
        if text.replace(".", "", 1).isdigit():
            raise ValueError("a number")
        return datetime.fromisoformat(text)
    if form in {SECONDS, MILLISECONDS}:
        number = float(text)
        return datetime.fromtimestamp(number / 1000 if form == MILLISECONDS else number, UTC)
    moment = datetime.strptime(text, form)  # noqa: DTZ007 -- a moment without a zone is refused by the caller
    # `%Z` reads the letters UTC and GMT, but leaves the moment without a zone.
    spoken = "%Z" in form and text.upper().rstrip().endswith(("UTC", "GMT", "Z"))
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None and spoken else moment
