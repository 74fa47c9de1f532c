"""For which incident a source is read, and what of it lies inside: its own incident, and its boundary by labels."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, Final, Literal

from bot.sources.roster import RolesOf
from profiles.frozen import Time
from transforms.model.records import Tag

_DIGITS: Final = re.compile(r"[0-9]+")


def nobody_can_say(_user: str) -> None:
    """The roles of somebody where nothing is known of anybody."""


@dataclass(frozen=True, slots=True)
class Reading:
    """Which source is being read, for which incident, and when the export was confirmed and fetched.

    `boundary` are the labels whose values lie inside; `roles_of` knows who may mark.
    """

    source: str
    incident: str
    observed_at: Time
    fetched_at: Time
    boundary: dict[str, tuple[str, ...]] = field(default_factory=dict)
    roles_of: RolesOf = nobody_can_say


def outside(tags: Iterable[Tag], boundary: dict[str, tuple[str, ...]]) -> bool:
    """Whether a label says that an item lies outside. A label that is missing says nothing: the item is inside."""
    values: dict[str, set[str]] = {}
    for tag in tags:
        values.setdefault(tag.name, set()).add(tag.value)
    return any(name in values and not values[name] & set(inside) for name, inside in boundary.items())


def whose(names: Any, incident: str, by: Literal["key", "label"]) -> bool | None:
    """Whether an item names this incident; none where it names no incident at all.

    Of labels, only those of the key's own form name an incident: for INC-1042 the same letters with other digits.
    """
    several = names if isinstance(names, list) else [names]
    texts = {str(one).casefold() for one in several if isinstance(one, str | int) and str(one)}
    wanted = incident.casefold()
    if wanted in texts:
        return True
    if by == "label":
        form = re.compile(_DIGITS.sub("[0-9]+", re.escape(wanted)))
        texts = {text for text in texts if form.fullmatch(text)}
    return False if texts else None
