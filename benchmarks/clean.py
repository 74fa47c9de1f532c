"""Lines that a customer may read: what the scan must not stop. Deterministic, more than five thousand, all different.

Three kinds: the shipped profile's own wording with its places filled, sentences as people write them about incidents,
and, where the folder beside the repository holds them, the texts of public incident payloads.
"""

import json
from collections.abc import Iterator
from functools import cache
from itertools import count, islice
from pathlib import Path
from random import Random
from typing import Any, Final

from profiles.safetext import Phrase
from tests.builders import SHARED_DATA, make_profile
from transforms.scan.lexicon import wording

WORDED: Final = 2_500
WRITTEN: Final = 3_500
FEWEST_WORDS: Final = 4
PUBLIC: Final = ("incident_health", "workarounds")

SENTENCES: Final = (
    "We are investigating {trouble} with {part} in {place}.",
    "We continue to investigate {trouble} with {part}; the next update follows at {time} UTC.",
    "Since {time} UTC, {share} of requests to {part} have failed.",
    "Between {time} and {later} UTC, customers in {place} saw {trouble} when they used {part}.",
    "At {time} UTC we saw {trouble} with {part} in {place} for about {minutes} minutes.",
    "{Part} in {place} is working again, and we keep watching it until {later} UTC.",
    "{Part} has been restored in {place}; {share} of requests succeed.",
    "Our engineers have found where the problem is and are working on {part}.",
    "A change is being rolled out in {place} and should reach every customer by {later} UTC.",
    "The change reached {place} at {time} UTC, and {trouble} became rarer.",
    "We see {trouble} in {place} only; all other regions work as usual.",
    "No data was lost. Requests to {part} that failed can be sent again.",
    "Please retry failed requests to {part} after {minutes} minutes.",
    "Scheduled work on {part} in {place} begins on {date} at {time} UTC and takes about {minutes} minutes.",
    "The work on {part} planned for {date} is finished.",
    "Some customers see {trouble}; we are looking into it and will write again in {minutes} minutes.",
    "Errors fell from {share} to {less} after {time} UTC.",
    "The queue behind {part} is being worked off; it held {number} entries at {time} UTC.",
    "Deliveries are late by up to {minutes} minutes and arrive in order.",
    "Status of {part}: degraded since {time} UTC, better since {later} UTC.",
    "Version {version} of the mobile app is not affected by {trouble}.",
    "You can follow {part} on the public status page, which is updated every {minutes} minutes.",
    "We have moved traffic from {place} to another region while we repair {part}.",
    "Customers who sign in with single sign-on saw {trouble} from {time} to {later} UTC.",
    "Search results in {place} may be up to {minutes} minutes old.",
    "{number} customers were told of {trouble} at {time} UTC.",
    "A small number of exports of {date} are incomplete and will be made again.",
    "Response times of {part} are back to {number} ms at the median.",
    "If you still see {trouble} after {later} UTC, write to us in this channel.",
    "The impact is limited to {part}; other services are not concerned.",
    "This is update {count} of today; the one before was sent at {time} UTC.",
    "We are testing a way around {trouble} with a few customers in {place}.",
    "Logins work. {Part} is slow for {share} of customers, mostly in {place}.",
    "Monitoring shows {part} stable since {time} UTC ({share} of requests in time).",
    "{place}: {part} operational, one more check at {later} UTC.",
    "What we know: {trouble} began at {time} UTC in {place} and concerns {part}.",
    "What we do: a fix is being tested, and {part} runs with {share} more capacity.",
    "What you can do: use {part} in another region until {later} UTC.",
    "Thank you for your patience; the team on duty is in touch with every affected account.",
    "Some dashboards show gaps for {date}, {time} to {later} UTC; nothing is missing underneath.",
    "Uploads larger than {number} MB fail in {place}; smaller ones succeed.",
    "E-mail notifications of {part} are delayed by {minutes} minutes or less.",
    "The certificate of one public address was renewed at {time} UTC without interruption.",
    "The provider of one of our networks reports {trouble} in {place}.",
    "We expect {part} to be slow until about {later} UTC, and will say so if that changes.",
    "Batch jobs that began before {time} UTC on {date} have finished.",
    "Rate limits for {part} were lowered to {number} per minute and are normal again.",
    "The review of {date} is shared with every account in the coming days.",
    "Backups of {date} are complete and were checked.",
    "A retry at {time} UTC succeeded; {share} of the queue is done.",
)


def _several(text: str) -> tuple[str, ...]:
    return tuple(text.split(", "))


FILLERS: Final = {
    "part": _several(
        "the payments service, reporting, the public API, web hooks, the admin pages, file uploads, search, sign-in, "
        "the mobile app, notifications, exports, invoices, card payments, the checkout page, the message queue, "
        "the data warehouse, scheduled reports, the customer portal, video calls, chat"
    ),
    "place": _several(
        "Europe, the Americas, Asia-Pacific, one region, two regions, the United States, Germany, Japan, Brazil, "
        "southern Europe, the western regions, Australia, India, Canada, the United Kingdom"
    ),
    "trouble": _several(
        "slow responses, time-outs, failed requests, error 503, error 500, missing entries, late deliveries, "
        "dropped connections, log-in problems, a higher error rate, duplicate messages, empty pages, high latency, "
        "intermittent errors, delays, stale results, refused connections, a partial outage"
    ),
    "share": ("1 %", "3 %", "about 5 %", "12 %", "a third", "half", "more than 60 %", "99.95 %", "most", "a few"),
    "less": ("0.2 %", "1 %", "less than 2 %", "almost none", "5 per minute"),
}

ACCOUNTS: Final = ("Acme Corp", "Northwind", "Contoso Bank", "Initech GmbH", "Vandelay Industries")


@cache
def clean_lines() -> tuple[str, ...]:
    """Every line, each once."""
    return tuple(dict.fromkeys((*islice(_worded(), WORDED), *islice(_written(), WRITTEN), *_public())))


def _worded() -> Iterator[str]:
    """The profile's words: each label as it is, each phrase filled again and again with other labels and values."""
    texts = list(wording(make_profile()))
    yield from dict.fromkeys(str(text) for text in texts if "{" not in str(text))
    labels = sorted({str(text) for text in texts if "{" not in str(text) and len(str(text)) < 40})  # noqa: PLR2004
    phrases = [Phrase(text) for text in dict.fromkeys(texts) if "{" in str(text)]
    rng = Random(1)  # noqa: S311 -- the same lines each time
    seen: set[str] = set()
    while True:
        for phrase in phrases:
            line = "".join(literal + _value(place, labels, rng) for literal, place in phrase.pieces)
            if line not in seen:
                seen.add(line)
                yield line


def _value(place: str, labels: list[str], rng: Random) -> str:
    """What a build could put into a place of a phrase."""
    made = {
        "": "",
        "account": rng.choice(ACCOUNTS),
        "code": f"{rng.choice(('SC', 'W', 'T'))}{rng.randrange(4)}",
        "number": str(rng.randrange(1, 40)),
        "version": str(rng.randrange(1, 40)),
        "reference": f"{rng.randrange(0x10000):04x} {rng.randrange(0x10000):04x}",
        "time": _clock(rng),
        "due": _clock(rng),
    }
    return made[place] if place in made else rng.choice(labels)


def _clock(rng: Random) -> str:
    return f"{rng.randrange(24):02}:{rng.randrange(60):02}"


def _written() -> Iterator[str]:
    """The sentences in turn, filled differently each time; those without places once."""
    rng = Random(2)  # noqa: S311 -- the same lines each time
    seen: set[str] = set()
    for number in count():
        values = {name: rng.choice(choices) for name, choices in FILLERS.items()}
        values |= {"Part": values["part"][:1].upper() + values["part"][1:], "count": str(number % 20 + 1)}
        values |= {"time": _clock(rng), "later": _clock(rng), "minutes": str(rng.choice((5, 10, 15, 30, 45, 90)))}
        values |= {
            "number": str(rng.randrange(2, 5000)),
            "version": f"{rng.randrange(9)}.{rng.randrange(20)}.{number % 7}",
        }
        values["date"] = f"2026-{rng.randrange(1, 13):02}-{rng.randrange(1, 29):02}"
        line = SENTENCES[number % len(SENTENCES)].format(**values)
        if line not in seen:
            seen.add(line)
            yield line


def _public() -> Iterator[str]:
    """Sentences of public incident payloads; nothing where they do not lie beside the repository."""
    for path in sorted(path for folder in PUBLIC for path in (SHARED_DATA / folder).glob("*.json")):
        yield from (line for text in _strings(json.loads(Path(path).read_text())) for line in text.splitlines())


def _strings(value: Any) -> Iterator[str]:
    if isinstance(value, dict | list):
        for item in value.values() if isinstance(value, dict) else value:
            yield from _strings(item)
    elif isinstance(value, str) and value.count(" ") >= FEWEST_WORDS - 1:
        yield value
