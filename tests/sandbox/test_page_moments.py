"""Times in the reader's own zone, with Slack's tokens."""

from datetime import UTC, datetime, timedelta, timezone

import pytest

from sandbox.page.moments import clock, formatted, in_full, in_words, local, zone_of
from sandbox.page.mrkdwn import Moment
from sandbox.page.reader import Reader

BERLIN = timezone(timedelta(hours=1), "Berlin")
AT = datetime(2026, 11, 23, 15, 7, 9, tzinfo=BERLIN)
TOKENS = {
    "{date_num}": "2026-11-23",
    "{date_slash}": "11/23/2026",
    "{date}": "November 23rd",
    "{date_short}": "Nov 23",
    "{date_long}": "Monday, November 23rd",
    "{date_pretty}": "Today",
    "{date_short_pretty} {time}": "Today 3:07 PM",
    "{date_long_pretty}": "Today",
    "{time}": "3:07 PM",
    "{time_secs}": "3:07:09 PM",
    "{ago}": "2 minutes ago",
    "posted {date_pretty} {nonsense}": "Posted today {nonsense}",
    "": "",
}


def reader(zone=BERLIN, now=AT) -> Reader:
    """Someone who reads now."""
    return Reader("U0KIM", {}, {}, zone, now)


@pytest.mark.parametrize("form", TOKENS)
def test_tokens_read_as_in_slack(form):
    """Every documented token; the first letter is a capital."""
    assert formatted(form, AT, AT + timedelta(minutes=2)) == TOKENS[form]


@pytest.mark.parametrize(
    ("days", "word"), [(-1, "Tomorrow"), (0, "Today"), (1, "Yesterday"), (2, "Monday, November 23rd")]
)
def test_near_days_have_names(days, word):
    """Yesterday, today and tomorrow, else the date."""
    assert in_words(AT, AT + timedelta(days=days)) == word


def test_far_dates_have_a_year():
    """The year is left out within half a year."""
    assert formatted("{date_short}", AT, AT + timedelta(days=200)) == "Nov 23, 2026"
    assert in_full(AT) == "Monday, November 23, 2026 at 3:07:09 PM"


@pytest.mark.parametrize(("hour", "shown"), [(0, "12:00 AM"), (1, "1:00 AM"), (12, "12:00 PM"), (23, "11:00 PM")])
def test_clock_has_twelve_hours(hour, shown):
    """Midnight and noon are twelve."""
    assert clock(datetime(2026, 1, 1, hour, tzinfo=UTC)) == shown


def test_ordinals_and_ages():
    """1st, 2nd, 3rd, 11th; in the future, and one of a thing."""
    days = [
        formatted("{date}", datetime(2026, 1, day, tzinfo=UTC), datetime(2026, 1, 15, tzinfo=UTC))
        for day in (1, 2, 3, 11, 21)
    ]
    assert [day.split()[1] for day in days] == ["1st", "2nd", "3rd", "11th", "21st"]
    assert formatted("{ago}", AT, AT - timedelta(days=2)) == "In 2 days"
    assert [formatted("{ago}", AT, AT + timedelta(seconds=age)) for age in (0, 3600)] == ["0 seconds ago", "1 hour ago"]


def test_same_moment_differs_by_zone():
    """Two readers of one message see their own clocks."""
    moment = Moment(int(AT.timestamp()), "{date_short_pretty} {time}", "2026-11-23 14:07 UTC")
    honolulu = timezone(timedelta(hours=-10), "Honolulu")
    assert reader().moment(moment).shown == "Today 3:07 PM"
    assert reader(honolulu, AT.astimezone(honolulu)).moment(moment).shown == "Today 4:07 AM"
    assert reader().moment(moment).full == "2026-11-23 14:07 UTC"


def test_impossible_moment_reads_its_fallback():
    """A time beyond every calendar is not shown as some other time."""
    assert local(10**12, UTC) is None
    assert reader().moment(Moment(10**12, "{time}", "soon")).shown == "soon"


@pytest.mark.parametrize("name", ["Nowhere/Nothing", "", "../etc/passwd", "\0"])
def test_unknown_zone_is_utc(name):
    """A zone that this machine does not know."""
    assert zone_of(name) is UTC
