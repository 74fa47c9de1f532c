"""Kinds of unplaced trouble, placings and proposals in which every word of a source is one that a test chooses."""

from blocks.place import PlacingLine, Wish
from profiles.codes import RecordKind
from profiles.tables import SourceKey
from tests.builders import AT, make_person
from transforms.model.directives import Placing
from transforms.model.records import Tag
from transforms.placing import Group, Proposal


def make_tags(foreign: str = "batch", count: int = 1) -> tuple[Tag, ...]:
    """Labels whose names and values are these."""
    text = foreign[:500] or "–"
    return tuple(Tag(name="team" if foreign == "batch" else text, value=text) for _ in range(count))


def make_group(foreign: str = "batch", items: int = 40, **changes) -> Group:
    """So many alerts with such a label."""
    values = {"tags": make_tags(foreign), "kinds": (RecordKind.HEALTH,), "items": items, "others": 0}
    return Group(source="alertmanager", **values | changes)


def make_placing(foreign: str = "batch", capability: str | None = None) -> Placing:
    """What has such a label is placed."""
    about = {"source": "alertmanager", "tags": make_tags(foreign), "capability": capability}
    return Placing(by=make_person(), role="incident_command", at=AT, **about)


def make_proposal(foreign: str = "batch-runner", count: int = 1, nameless: int = 0) -> Proposal:
    """So many components that are called so."""
    components = tuple(SourceKey(source="alertmanager", key=foreign[:500] or "–") for _ in range(count))
    return Proposal(components=components, nameless=nameless)


def make_line(number: int, foreign: str = "batch", capability: str | None = None, **changes) -> PlacingLine:
    """A placing in the list."""
    values = {"who": "Kim", "items": 40, "proposal": make_proposal(foreign)}
    return PlacingLine(number=number, placing=make_placing(foreign, capability), **values | changes)


def make_wish(foreign: str = "batch", to: str = "-") -> Wish:
    """What somebody typed."""
    return Wish(labels=f"team={foreign}", to=to, told=(foreign,))
