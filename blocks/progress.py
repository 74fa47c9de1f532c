"""Sources on their way, for the incident's own channel: it stays at support level and names kinds, never a source."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from blocks.drawing import Drawing, lines, sentence
from blocks.words import list_words, role_words


@dataclass(frozen=True, slots=True)
class Arrivals:
    """The kinds of the sources of one reading: which are here, which are awaited, which could not be read."""

    here: tuple[str, ...]
    awaited: tuple[str, ...]
    unread: tuple[str, ...]
    fixes: str
    """The role that can fix a source that could not be read."""


def progress_drawing(account: str, arrivals: Arrivals) -> Drawing:
    """What is here, what is awaited, what is missing and who can fix it; it becomes the card."""
    total = sum(map(len, (arrivals.here, arrivals.awaited, arrivals.unread)))
    return lines(f"{account}: reading {total} source{'' if total == 1 else 's'}…", _told(arrivals, total))


def _told(arrivals: Arrivals, total: int) -> Iterator[str]:
    here = f"{len(arrivals.here)} of {total} {'is' if len(arrivals.here) == 1 else 'are'} here."
    yield f"{here} Awaited: {_kinds(arrivals.awaited)}." if arrivals.awaited else here
    if arrivals.unread:
        fixes = role_words(arrivals.fixes)
        yield f"Could not be read: {_kinds(arrivals.unread)}. What rests on it is held; {fixes} can fix it."


def _kinds(kinds: Iterable[str]) -> str:
    """`health (2) and timeline`."""
    counted = Counter(kinds)
    return list_words(f"{kind} ({count})" if count > 1 else kind for kind, count in sorted(counted.items()))


def ended_drawing(answer: str) -> Drawing:
    """What came of a reading that did not become a card here."""
    return sentence(f"The sources were read. {answer}".rstrip())
