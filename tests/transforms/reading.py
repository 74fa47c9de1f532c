"""Reads a draft the way tests speak of it: by field, hold key and register entry."""

from profiles.codes import HoldReason
from transforms.model.package import Coded
from transforms.publish.draft import Draft


def values(draft: Draft, section: str = "") -> dict[str, str]:
    """Each field of a section with its code, or with the number of the hold in its place."""
    shown = ((field.id, field.value) for field in draft.package.fields if field.id.startswith(section))
    return {name: value.code if isinstance(value, Coded) else f"H{value.number}" for name, value in shown}


def reasons(draft: Draft) -> dict[str, HoldReason]:
    """The reason of each hold, by what it is about."""
    return {hold.key: hold.reason for hold in draft.holds}


def numbers(draft: Draft) -> dict[str, tuple[int, int]]:
    """The number of each hold and the version since which it stands, by what it is about."""
    return {hold.key: (hold.number, hold.since) for hold in draft.holds}


def entries(draft: Draft) -> dict[str, bool]:
    """Each register entry, and whether it blocks."""
    return {entry.id: entry.blocks for entry in draft.register_}
