"""Placing what nobody can say what it is about: what it would do, what it did, and why it did nothing."""

from collections.abc import Iterable
from datetime import datetime
from typing import Final

from blocks.say.recorded import unrecorded
from blocks.words import list_words, role_words
from profiles.codes import RecordKind
from transforms.model.directives import Placing
from transforms.model.records import Tag
from transforms.placing import Group, words_of

NOTHING: Final = "Nothing is unplaced here."
STANDING: Final = "What stands placed here."
NONE_STANDS: Final = "Nothing has been placed here."
CHOOSE: Final = unrecorded("Choose a kind or write its labels, and say where it belongs.")
NOT_CLEARED: Final = unrecorded(
    "Labels of alerts may name what is restricted, and your role is none of cleared_roles; "
    "somebody of Incident command who is cleared can place them."
)
UNRELATED: Final = "unrelated"
"""The word for what has nothing to do with a bridge."""

NOT_OURS: Final = "has nothing to do with this bridge"


def counted(items: int, kinds: Iterable[RecordKind]) -> str:
    """How many there are, and of what: health comes as alerts, everything else as items."""
    noun = "alert" if set(kinds) == {RecordKind.HEALTH} else "item"
    return f"{items} {noun}" if items == 1 else f"{items} {noun}s"


def kind(group: Group) -> str:
    """A kind of trouble as a choice of the form."""
    return f"{counted(group.items, group.kinds)} of {group.source} with {words_of(group.tags)}"


def where(capability: str | None, label: str = "") -> str:
    """Where a kind is placed."""
    return f"under {label or capability}" if capability else f"as {UNRELATED}"


def would_place(groups: Iterable[Group], to: str, incident: str) -> str:
    """What a placing would do, told before it is done."""
    return f"Places {list_words(map(kind, groups))} {to}, for {incident}. Later ones of the kind too."


def would_fit(groups: Iterable[Group], incident: str) -> str:
    """What labels fit, before anybody says where it belongs."""
    return f"{list_words(map(kind, groups))}, not placed yet. What you choose holds for {incident}, for later ones too."


def about_form(incident: str) -> str:
    """What the form does, before anything is chosen."""
    return (
        f"Nobody can say what these are about, so nothing that they could contradict is told as good news. What you "
        f"choose is placed for {incident}, and later ones with the same labels too. The draft is made again."
    )


def fits_others(group: Group) -> str:
    """A matcher fits what is known already, too."""
    known = "1 other that is" if group.others == 1 else f"{group.others} others that are"
    return f"{words_of(group.tags)} also fits {known} known to a table or placed before; there nothing changes."


def vague(group: Group) -> str:
    """A matcher that would also fit trouble of any other kind."""
    return f"{words_of(group.tags)} says how bad it is or where, not what it is: it would fit any new trouble there."


def no_match(tags: Iterable[Tag]) -> str:
    """Nothing unplaced has these labels."""
    return unrecorded(f"Nothing that is unplaced has {words_of(tags)}.")


def placed_already(tags: Iterable[Tag], number: int) -> str:
    """What has these labels was placed before."""
    end = f"`/bridgepkg place end {number}` ends that"
    return unrecorded(f"What has {words_of(tags)} is placed already, by number {number}; {end}.")


def not_labels(text: str) -> str:
    """A text that names no labels."""
    return unrecorded(f"“{text[:60]}” is no list of labels; write `label=value, label=value`.")


def no_capability(word: str, known: Iterable[str]) -> str:
    """The bridge has no such capability."""
    return unrecorded(f"This bridge has no capability {word[:60]}; it has {list_words(known)}, or say `{UNRELATED}`.")


def no_number(number: str, known: Iterable[int]) -> str:
    """There is no placing of this number to end."""
    standing = list_words(map(str, known), "or")
    return unrecorded(f"No placing {number[:20]} stands here; what can be ended: {standing}.")


def placed(name: str, items: int, kinds: Iterable[RecordKind]) -> str:
    """Why a draft was replaced, on its card: no label, which may be withheld."""
    return f"{name} placed {counted(items, kinds)}"


def ended(name: str) -> str:
    """Why a draft was replaced, on its card."""
    return f"{name} ended a placing"


def done(to: str, incident: str) -> str:
    """What became of the kinds that follow."""
    return f"Placed {to}, for {incident}. Later ones of the kind too."


def standing(number: int, placing: Placing, to: str, who: str, at: datetime) -> str:
    """One placing in the list of those that stand."""
    what = f"{words_of(placing.tags)} of {placing.source}, placed {to}"
    return f"{number}. {what} by {who} ({role_words(placing.role)}) at {at:%Y-%m-%d %H:%M} UTC."


def fits_now(items: int) -> str:
    """How much of the newest reading a placing fits."""
    return f"Fits {items} now." if items else "Fits nothing now."


def end_with(number: int) -> str:
    """How a placing is ended."""
    return f"/bridgepkg place end {number} ends it."


def for_good(capability: str | None) -> str:
    """Before the lines that would place a kind without anybody's act."""
    place = f"the profile, under components of {capability}" if capability else "the estate file, under components"
    return f"For good, in {place}:"


def nameless(items: int) -> str:
    """Some of a kind name no component, so no table can place them."""
    some = "1 of them names" if items == 1 else f"{items} of them name"
    return f"{some} no component: let the source write one, or its mapping read it from another label."
