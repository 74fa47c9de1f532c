"""The hold form, and the list of what is held."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from blocks.drawing import Block, Drawing, button, buttons, drawing, lead, modal, option, plain, plain_text
from blocks.ids import Reference
from blocks.words import duration_words, field_words, role_words, value_words
from profiles.codes import HoldReason, Section
from profiles.models import Profile
from transforms.model.directives import FieldHold
from transforms.model.holds import Hold
from transforms.model.package import Held, Package, Placed
from transforms.publish.draft import Draft
from transforms.publish.message import escape

REASONS: Mapping[HoldReason, str] = {
    HoldReason.REVIEWER_HOLD: "Not now (reviewer)",
    HoldReason.SECURITY_REVIEW_PENDING: "Security has to review it",
    HoldReason.LEGAL_REVIEW_PENDING: "Legal has to review it",
    HoldReason.EXPLOITABILITY_RESTRICTED: "It would help an attacker",
}
MOST_OPTIONS = 100


def hold_form(draft: Draft, reference: str, profile: Profile, reasons: Iterable[HoldReason]) -> Block:
    """Which fields, why, and an optional note that stays in the annex; empty when nothing is left to hold."""
    groups = list(_groups(draft, profile))
    if not groups:
        return {}
    blocks = [
        plain("What you choose is replaced by a placeholder. The draft is made again and every gate is asked again."),
        _input("fields", "What to hold", {"type": "multi_static_select", "option_groups": groups[:MOST_OPTIONS]}),
        _input("reason", "Why", {"type": "static_select", "options": [option(REASONS[r], r) for r in reasons]}),
        _input(
            "note",
            "Note (stays inside)",
            {"type": "plain_text_input", "multiline": True, "max_length": 2000},
            optional=True,
        ),
    ]
    return modal("Hold a part", blocks, callback="hold_form", reference=reference, submit="Hold")


def _groups(draft: Draft, profile: Profile) -> Iterator[Block]:
    """What the draft shows, by section; Slack takes a hundred choices in each group."""
    shown = draft.package.placed if isinstance(draft.package, Package) else ()
    for section in Section:
        choices = [
            option(_choice(field, profile), field.id)
            for field in shown
            if field.id.startswith(f"{section}/") and not isinstance(field.value, Held)
        ]
        for first in range(0, len(choices), MOST_OPTIONS):
            label = plain_text(section.capitalize(), 75)
            yield {"label": label, "options": choices[first : first + MOST_OPTIONS]}


def _choice(field: Placed, profile: Profile) -> str:
    """What a field is and reads; a checkpoint is its own name."""
    name = "Timeline" if field.id.startswith(f"{Section.TIMELINE}/") else field_words(field.id, profile)
    return f"{name}: {value_words(field.value)}"


def _input(action: str, label: str, element: dict[str, Any], *, optional: bool = False) -> Block:
    return {
        "type": "input",
        "block_id": f"hold-{action}",
        "label": plain_text(label, 2000),
        "element": {**element, "action_id": action},
        "optional": optional,
    }


def holds_drawing(
    holds: Iterable[Hold],
    people: Iterable[FieldHold],
    since: Mapping[int, datetime],
    now: datetime,
    *,
    about: Reference,
    profile: Profile,
) -> Drawing:
    """What is held: its number, public words, internal reason, age, and who can resolve it."""
    by_people = list(people)
    blocks: list[Block] = [lead("Held")]
    told: list[str] = []
    for hold in holds:
        age = duration_words(int((now - since.get(hold.number, now)).total_seconds() // 60))
        line = (
            f"H{hold.number} {hold.what}: {hold.reason}, {age}. "
            f"The customer reads “{hold.wording}” since version {hold.since}. "
            f"Annex {hold.annex}; {role_words(hold.role)} can resolve it."
        )
        told.append(line)
        blocks.append(plain(line))
        # One row for each button: Slack refuses a row in which an action id stands twice.
        rows = enumerate(_clear_buttons(hold, by_people, about, profile))
        blocks.extend(buttons(f"hold-{hold.number}-{row}", [end]) for row, end in rows)
    if not told:
        told.append("Nothing is held.")
        blocks.append(plain("Nothing is held."))
    return drawing(escape("\n".join(["Held", *told])), blocks)


def _clear_buttons(hold: Hold, people: list[FieldHold], about: Reference, profile: Profile) -> Iterator[Block]:
    if hold.unexplained:
        for why, words in (("solved", "It was solved"), ("moved", "It moved elsewhere")):
            yield button(f"{words}: end H{hold.number}", "hold_clear", str(replace(about, about=f"{why}:{hold.key}")))
    for target in dict.fromkeys(held.target for held in people if held.target in (hold.key, *hold.fields)):
        yield button(f"End hold: {field_words(target, profile)}", "hold_clear", str(replace(about, about=target)))
