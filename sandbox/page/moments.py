"""Times as a person's Slack client writes them: their own zone, twelve hours, and the tokens of `<!date^…>`. Pure."""

import re
from calendar import day_name, month_abbr, month_name
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, timedelta, tzinfo
from types import MappingProxyType
from zoneinfo import ZoneInfo

NOON = 12
MINUTE, HOUR, DAY = 60, 3600, 86400
# Slack leaves the year out when the date is less than six months away.
NEAR = timedelta(days=183)
TEENS = range(11, 14)
ENDINGS = {1: "st", 2: "nd", 3: "rd"}
_TOKEN = re.compile(r"\{([a-z_]+)\}")


def zone_of(name: str) -> tzinfo:
    """The zone by its name; UTC for one that this machine does not know."""
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        return UTC


def local(at: float, zone: tzinfo) -> datetime | None:
    """The moment in a zone; None for one that no calendar has."""
    try:
        return datetime.fromtimestamp(at, zone)
    except (OverflowError, ValueError, OSError):
        return None


def clock(moment: datetime, *, seconds: bool = False) -> str:
    """`2:32 PM`, or `2:32:07 PM`."""
    tail = f":{moment.second:02}" if seconds else ""
    return f"{moment.hour % NOON or NOON}:{moment.minute:02}{tail} {'AM' if moment.hour < NOON else 'PM'}"


def in_words(moment: datetime, now: datetime) -> str:
    """`Today`, `Yesterday`, `Tomorrow`, or `Monday, November 23rd`, as the line between two days says it."""
    near = _near(moment.date(), now.date())
    return near.capitalize() if near else _long(moment, now)


def in_full(moment: datetime) -> str:
    """`Monday, November 23, 2026 at 2:32:07 PM`, for whoever wants to know exactly."""
    day = moment.date()
    written = f"{day_name[day.weekday()]}, {month_name[day.month]} {day.day}, {day.year}"
    return f"{written} at {clock(moment, seconds=True)}"


def formatted(form: str, moment: datetime, now: datetime) -> str:
    """Slack's date tokens filled in; an unknown one stays. The first letter becomes a capital, as in Slack."""
    filled = _TOKEN.sub(lambda found: TOKENS[found[1]](moment, now) if found[1] in TOKENS else found[0], form)
    return filled[:1].upper() + filled[1:]


def _near(day: date, today: date) -> str:
    return {-1: "yesterday", 0: "today", 1: "tomorrow"}.get((day - today).days, "")


def _ordinal(day: int) -> str:
    return f"{day}{'th' if day in TEENS else ENDINGS.get(day % 10, 'th')}"


def _year(moment: datetime, now: datetime) -> str:
    return "" if abs(moment - now) < NEAR else f", {moment.year}"


def _plain(moment: datetime, now: datetime) -> str:
    return f"{month_name[moment.month]} {_ordinal(moment.day)}{_year(moment, now)}"


def _short(moment: datetime, now: datetime) -> str:
    return f"{month_abbr[moment.month]} {moment.day}{_year(moment, now)}"


def _long(moment: datetime, now: datetime) -> str:
    return f"{day_name[moment.weekday()]}, {_plain(moment, now)}"


def _pretty(form: Callable[[datetime, datetime], str]) -> Callable[[datetime, datetime], str]:
    return lambda moment, now: _near(moment.date(), now.date()) or form(moment, now)


def _ago(moment: datetime, now: datetime) -> str:
    seconds = int((now - moment).total_seconds())
    size = abs(seconds)
    count, unit = next((size // length, name) for length, name in _UNITS if size >= length or length == 1)
    amount = f"{count} {unit}{'' if count == 1 else 's'}"
    return f"{amount} ago" if seconds >= 0 else f"in {amount}"


_UNITS = ((DAY, "day"), (HOUR, "hour"), (MINUTE, "minute"), (1, "second"))

TOKENS: Mapping[str, Callable[[datetime, datetime], str]] = MappingProxyType(
    {
        "date_num": lambda moment, _now: f"{moment:%Y-%m-%d}",
        "date_slash": lambda moment, _now: f"{moment:%m/%d/%Y}",
        "date": _plain,
        "date_short": _short,
        "date_long": _long,
        "date_pretty": _pretty(_plain),
        "date_short_pretty": _pretty(_short),
        "date_long_pretty": _pretty(_long),
        "time": lambda moment, _now: clock(moment),
        "time_secs": lambda moment, _now: clock(moment, seconds=True),
        "ago": _ago,
    }
)
