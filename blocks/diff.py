"""`/bridgepkg diff` and `bridgepkg diff`: what changed for the customer, and why, for people inside."""

from collections.abc import Iterator
from typing import Final

from blocks.words import field_words, value_words
from profiles.models import Profile
from transforms.diff import Diff, HoldMove
from transforms.model.package import Change, Coded

MOVES: Final = {
    "opened": "now held",
    "closed": "no longer held",
    "stays": "still held",
    "reason-changed": "still held, for another reason",
}
"""How a hold stands compared with the version before."""


def diff_lines(diff: Diff, profile: Profile, *, cleared: bool = True) -> Iterator[str]:
    """The three parts of a diff as lines: what reads differently, what stays held, and why (for the cleared)."""
    yield "What the customer now reads differently"
    yield from _listed(_change_line(change, profile) for change in diff.customer)
    yield "What is held"
    yield from _listed(_hold_line(move, profile) for move in diff.holds)
    if cleared:
        yield "Why"
        yield from _listed(
            f"{field_words(move.field, profile)}: {move.source} {_revisions(move.before)} → {_revisions(move.after)}"
            f" ({', '.join(row for row in move.rows if ':' not in row)})"
            for move in diff.sources
        )


def _listed(lines: Iterator[str]) -> Iterator[str]:
    found = [f"  {line}" for line in lines]
    yield from found or ["  nothing"]


def _change_line(change: Change, profile: Profile) -> str:
    if change.field.startswith("timeline/") and isinstance(change.after, Coded) and change.after.at:
        return f"Timeline: + {change.after.at:%H:%M} {change.after.words}"
    return f"{field_words(change.field, profile)}: {value_words(change.before)} → {value_words(change.after)}"


def _hold_line(move: HoldMove, profile: Profile) -> str:
    reason = f" ({move.after})" if move.after else ""
    return f"H{move.number} {field_words(move.key, profile)}: {MOVES[move.move]}{reason}"


def _revisions(revisions: tuple[str, ...]) -> str:
    return ", ".join(revisions[:3]) or "nothing"
