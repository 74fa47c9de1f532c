"""Placing: the form, and the list of what stands. Both tell labels of alerts, so they are for cleared readers alone."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

import orjson

from blocks import say
from blocks.drawing import Block, Drawing, lines, modal, option, plain, plain_text
from profiles.models import Profile
from transforms.model.canonical import digest
from transforms.model.directives import Placing
from transforms.placing import LONGEST_LABELS, Group, Proposal

MOST_OPTIONS: Final = 100
NOWHERE: Final = "-"
"""The choice for what has nothing to do with the bridge; no capability can be called so."""

PLAIN: Final = re.compile(r"[A-Za-z][A-Za-z0-9._/-]*")
YAML_WORDS: Final = frozenset({"true", "false", "null", "yes", "no", "on", "off", "y", "n"})
"""What some reader of YAML takes for something else than text."""


@dataclass(frozen=True, slots=True)
class Wish:
    """What somebody typed before the form opened: the labels as text, where it belongs, and what that would do."""

    labels: str
    to: str
    told: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PlacingLine:
    """One placing as the list shows it; `items` of the newest reading have its labels."""

    number: int
    placing: Placing
    who: str
    items: int
    proposal: Proposal


def value_of(group: Group) -> str:
    """What stands for a kind in a form that was sent off: its labels may be longer than Slack lets a value be."""
    return digest([group.source, [[tag.name, tag.value] for tag in group.tags]])[:32]


def place_form(
    groups: Sequence[Group], profile: Profile, incident: str, reference: str, wish: Wish | None = None
) -> Block:
    """Which kinds, or labels of one's own, and where they belong; what was typed stands in it, with what it does."""
    told = wish.told if wish else (say.place.about_form(incident),)
    kinds = [option(say.place.kind(group), value_of(group)) for group in groups[:MOST_OPTIONS]]
    labels: dict[str, Any] = {
        "type": "plain_text_input",
        "max_length": LONGEST_LABELS,
        "placeholder": plain_text("label=value, label=value", 150),
    }
    if wish:
        labels["initial_value"] = wish.labels[:LONGEST_LABELS]
    choose = {"type": "multi_static_select", "options": kinds}
    blocks = [
        *(plain(text) for text in told),
        *([] if wish else [_input("groups", "What to place", choose, optional=True), *_more(groups)]),
        _input("labels", f"{'E' if wish else 'Or e'}verything with all of these labels", labels, optional=wish is None),
        _input("to", "It belongs to", _targets(profile, wish)),
    ]
    return modal("Place", blocks, callback="place_form", reference=reference, submit="Place")


def _more(groups: Sequence[Group]) -> Iterator[Block]:
    """Kinds beyond what one list takes, which can be placed by their labels."""
    if more := len(groups) - MOST_OPTIONS:
        yield from [plain(f"… and {more} more kinds: write their labels.")] if more > 0 else []


def _targets(profile: Profile, wish: Wish | None) -> dict[str, Any]:
    """Every capability of the bridge, and none of them; Slack takes a hundred choices in each group."""
    ours = [option(str(capability.label), capability.id) for capability in profile.capabilities]
    nowhere = option(f"It {say.place.NOT_OURS}", NOWHERE)
    parts = [ours[first : first + MOST_OPTIONS] for first in range(0, len(ours), MOST_OPTIONS)]
    found = [
        {"label": plain_text("Elsewhere", 75), "options": [nowhere]},
        *({"label": plain_text("A capability of this bridge", 75), "options": part} for part in parts),
    ][:MOST_OPTIONS]
    element: dict[str, Any] = {"type": "static_select", "option_groups": found}
    chosen = next((one for one in (nowhere, *ours) if wish and one["value"] == wish.to), None)
    return {**element, "initial_option": chosen} if chosen else element


def _input(action: str, label: str, element: dict[str, Any], *, optional: bool = False) -> Block:
    return {
        "type": "input",
        "block_id": f"place-{action}",
        "label": plain_text(label, 2000),
        "element": {**element, "action_id": action},
        "optional": optional,
    }


def placings_drawing(title: str, placings: Sequence[PlacingLine], profile: Profile) -> Drawing:
    """Every placing that stands: who, when, what it fits now, how it is ended, and what would place it for good."""
    told = [text for line in placings for text in ("", *_placing_lines(line, profile))][1:]
    return lines(title, told or [say.place.NONE_STANDS])


def _placing_lines(line: PlacingLine, profile: Profile) -> Iterator[str]:
    placing = line.placing
    to = say.place.where(placing.capability, label_of(profile, placing.capability))
    yield say.place.standing(line.number, placing, to, line.who, placing.at)
    yield f"{say.place.fits_now(line.items)} {say.place.end_with(line.number)}"
    yield from for_good_lines(placing.capability, line.proposal)


def placed_drawing(title: str, told: Iterable[str], capability: str | None, proposal: Proposal) -> Drawing:
    """What an act of placing came to, and what would place the same for good."""
    return lines(title, [*told, *for_good_lines(capability, proposal)])


def label_of(profile: Profile, capability: str | None) -> str:
    """What the customer calls a capability; empty for one that the profile no longer has."""
    return next((str(known.label) for known in profile.capabilities if known.id == capability), "")


def for_good_lines(capability: str | None, proposal: Proposal) -> Iterator[str]:
    """The lines of YAML that would place a kind without anybody's act, to copy."""
    if proposal.components:
        yield say.place.for_good(capability)
        yield from (f"  - {{source: {one.source}, key: {_yaml(one.key)}}}" for one in proposal.components)
    if proposal.nameless:
        yield say.place.nameless(proposal.nameless)


def _yaml(text: str) -> str:
    """A native key as YAML reads it back: every JSON string is one."""
    return text if PLAIN.fullmatch(text) and text.lower() not in YAML_WORDS else orjson.dumps(text).decode()
