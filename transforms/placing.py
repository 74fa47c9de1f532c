"""Placing: what nobody can say what it is about, in kinds that people can decide at once (promise P14).

A matcher is a few labels. Which ones are offered is a proposal alone: what is placed is what a person chose.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

import orjson

from profiles.codes import RecordKind
from profiles.frozen import Frozen, Name, replace
from profiles.models import Profile
from profiles.tables import SourceKey
from transforms.model.directives import Directives, Placing
from transforms.model.evidence import Evidence
from transforms.model.records import Tag, UnplacedItem
from transforms.render.unplaced import Item, sort_out

Tags = tuple[Tag, ...]

WHOSE: Final = (
    "team",
    "owner",
    "squad",
    "service",
    "app",
    "application",
    "component",
    "job",
    "namespace",
    "project",
    "alertname",
)
"""Labels that say whose an item is, or what it is about; the first of them that tells it apart is offered."""

HOW_OR_WHERE: Final = frozenset(
    {
        *("severity", "priority", "level", "status", "state", "urgency"),
        *("region", "zone", "availability_zone", "datacenter", "cluster", "env", "environment"),
        *("instance", "host", "hostname", "node", "pod", "ip", "replica", "prometheus", "monitor"),
    }
)
"""Labels that say how bad it is, or where: alone they would also fit new trouble of any other kind."""


LONGEST_LABELS: Final = 3000
"""Characters of a matcher that somebody writes: what Slack lets an input hold."""

LABEL: Final = re.compile(r'\s*([^=,"\s][^=,"]*?)\s*=\s*("(?:[^"\\]|\\.)*"|[^,"]*?)\s*(?:,|$)')
QUOTES: Final = str.maketrans({"\N{LEFT DOUBLE QUOTATION MARK}": '"', "\N{RIGHT DOUBLE QUOTATION MARK}": '"'})
"""Telephones write these for a plain quotation mark."""


class Group(Frozen):
    """A matcher and what it fits now: so many items that are unplaced, and so many others of its source.

    The others are known to a table or placed before; they stay what they are.
    """

    source: Name
    tags: tuple[Tag, ...]
    kinds: tuple[RecordKind, ...]
    items: int
    others: int

    @property
    def vague(self) -> bool:
        """Whether its labels say only how bad it is or where, not what it is."""
        return all(tag.name.lower() in HOW_OR_WHERE for tag in self.tags)


class Proposal(Frozen):
    """What would place a kind for good: these components in a table. `nameless` items name none."""

    components: tuple[SourceKey, ...]
    nameless: int


def unplaced(evidence: Evidence, profile: Profile, directives: Directives) -> tuple[Item, ...]:
    """Every item of trouble that neither a table of the profile, the estate nor a person has placed."""
    found = (trouble.item for trouble in sort_out(evidence, profile, directives).unplaced)
    return tuple(sorted(found, key=lambda item: (item.ref.source, item.ref.key, item.model_dump_json())))


def groups(evidence: Evidence, profile: Profile, directives: Directives) -> tuple[Group, ...]:
    """What is unplaced, by source and by the fewest labels that tell each kind from all that is known; most first."""
    found = [group for one in _speakers(evidence, profile, directives) for group in one.groups()]
    return tuple(sorted(found, key=lambda group: (-group.items, group.source, words_of(group.tags))))


def fitting(evidence: Evidence, profile: Profile, directives: Directives, tags: Iterable[Tag]) -> tuple[Group, ...]:
    """What a matcher of somebody's own fits among the unplaced, one group for each source."""
    wanted = _ordered(tags)
    found = (one.group(wanted) for one in _speakers(evidence, profile, directives))
    return tuple(sorted((group for group in found if group.items), key=lambda group: group.source))


@dataclass(frozen=True, slots=True)
class _Speaker:
    """A source with what of it is unplaced, and the labels of each other thing that it says."""

    source: str
    items: tuple[Item, ...]
    others: tuple[frozenset[Tag], ...]

    def groups(self) -> Iterator[Group]:
        counts = Counter(tag for item in self.items for tag in set(item.known_by))
        elsewhere = frozenset[Tag]().union(*self.others)
        yield from map(self.group, {self._matcher(item.known_by, counts, elsewhere) for item in self.items})

    def group(self, tags: Tags) -> Group:
        fits = [item for item in self.items if set(tags) <= set(item.known_by)]
        return Group(
            source=self.source,
            tags=tags,
            kinds=tuple(sorted({RecordKind(item.kind) for item in fits})),
            items=len({item.ref.key for item in fits}),
            others=sum(set(tags) <= known for known in self.others),
        )

    def _matcher(self, tags: Tags, counts: Counter[Tag], elsewhere: frozenset[Tag]) -> Tags:
        """As few labels as fit nothing else: those that say whose it is, then what is common, last how bad or where."""

        def order(tag: Tag) -> tuple[int, int, str, str]:
            name = tag.name.lower()
            place = WHOSE.index(name) if name in WHOSE else len(WHOSE) + (name in HOW_OR_WHERE)
            return (place, -counts[tag], tag.name, tag.value)

        wanted = sorted(set(tags), key=order)
        telling = [tag for tag in wanted if tag.name.lower() not in HOW_OR_WHERE]
        if alone := next((tag for tag in telling if tag not in elsewhere), None):
            return (alone,)
        for many in range(2, len(wanted)) if telling else ():
            if not any(set(wanted[:many]) <= known for known in self.others):
                return _ordered(wanted[:many])
        return _ordered(wanted)


def _speakers(evidence: Evidence, profile: Profile, directives: Directives) -> list[_Speaker]:
    by_source: defaultdict[str, list[Item]] = defaultdict(list)
    for item in unplaced(evidence, profile, directives):
        by_source[item.ref.source].append(item)
    every = (*evidence.records, *evidence.unplaced)
    found = []
    for source, items in by_source.items():
        mine = set(items)
        others = tuple(frozenset(one.known_by) for one in every if one.ref.source == source and one not in mine)
        found.append(_Speaker(source, tuple(items), others))
    return found


def _ordered(tags: Iterable[Tag]) -> Tags:
    return tuple(sorted(set(tags), key=lambda tag: (tag.name, tag.value)))


def words_of(tags: Iterable[Tag]) -> str:
    """A matcher as people read and write it: `severity=critical, team=batch`."""
    return ", ".join(f"{tag.name}={_value(tag.value)}" for tag in tags)


def _value(text: str) -> str:
    """A value, in quotes where it would else be read otherwise."""
    odd = "," in text or '"' in text or text != text.strip() or not text.isprintable()
    return orjson.dumps(text).decode() if odd else text


def labels_in(text: str) -> Tags | None:
    """The labels that somebody wrote, `label=value, label=value`; none when the text is something else."""
    text, at, found = text.translate(QUOTES), 0, []
    while at < len(text) and len(text) <= LONGEST_LABELS:
        if not (one := LABEL.match(text, at)):
            return None
        try:
            value = orjson.loads(one[2]) if one[2].startswith('"') else one[2]
            found.append(Tag(name=one[1], value=value))
        except ValueError:
            return None
        at = one.end()
    return _ordered(found) or None


def reached(evidence: Evidence, profile: Profile, directives: Directives, placing: Placing) -> tuple[Item, ...]:
    """Everything of a reading that a placing places: what would be unplaced if nobody had placed anything."""
    without = unplaced(evidence, profile, replace(directives, placings=()))
    return tuple(item for item in without if placing.fits(item.ref.source, item.known_by))


def items_in(found: Iterable[Item]) -> int:
    """How many items these are, as their sources count: one may speak of several components."""
    return len({(item.ref.source, item.ref.key) for item in found})


def proposal(found: Iterable[Item]) -> Proposal:
    """The components that these are about, for the profile or the estate file."""
    every = list(found)
    names = {(item.ref.source, item.component) for item in every if not isinstance(item, UnplacedItem)}
    nameless = items_in(item for item in every if isinstance(item, UnplacedItem))
    components = tuple(SourceKey(source=source, key=name) for source, name in sorted(names))
    return Proposal(components=components, nameless=nameless)
