"""The forms: what can be held, why a message is taken back, and that Slack takes both."""

from blocks.holds import hold_form, holds_drawing
from blocks.ids import Reference
from blocks.withdraw import withdraw_form
from profiles.codes import HoldReason, Section
from tests.blocks.builders import KIM, hostile_draft
from tests.blocks.hostile import HOSTILE
from tests.blocks.rules import assert_message, assert_text_tells, assert_view, said
from tests.builders import AT, make_draft, make_field_hold, make_profile, minutes, sample_drafts, sample_evidence
from transforms.model.package import Coded, PackageField

REFERENCE = "C0INC1042|d7|C0REVSEC|"
REASONS = (HoldReason.REVIEWER_HOLD, HoldReason.SECURITY_REVIEW_PENDING)


def groups(form):
    """What the form offers to hold, by the words of its groups."""
    element = next(b["element"] for b in form["blocks"] if b.get("block_id") == "hold-fields")
    return {g["label"]["text"]: [o["value"] for o in g["options"]] for g in element["option_groups"]}


def shown(draft):
    """Every field that a draft shows, by its section."""
    fields = [field for field in draft.package.fields if isinstance(field.value, Coded)]
    sections = dict.fromkeys(str(field.section).capitalize() for field in fields)
    return {name: [f.id for f in fields if str(f.section).capitalize() == name] for name in sections}


def test_hold_form_offers_exactly_what_is_shown():
    """Everything that the customer would read can be held, and nothing that is held already."""
    for draft in sample_drafts():
        form = hold_form(draft, REFERENCE, make_profile(), REASONS)
        assert_view(form)
        assert groups(form) == shown(draft)
        assert form["private_metadata"] == REFERENCE


def test_hold_form_is_empty_when_all_is_held():
    """There is no form without a choice: Slack would refuse it."""
    draft = sample_drafts()[0]
    held = draft.package.model_copy(update={"fields": ()})
    assert hold_form(draft.model_copy(update={"package": held}), REFERENCE, make_profile(), REASONS) == {}


def test_hold_form_offers_more_than_a_hundred_fields():
    """Slack takes a hundred choices in a group: a large service is offered in several, none left out."""
    draft = sample_drafts()[0]
    first = next(field for field in draft.package.fields if isinstance(field.value, Coded))
    many = tuple(
        PackageField(id=f"status/part-{n}/europe", section=Section.STATUS, region="europe", value=first.value)
        for n in range(250)
    )
    package = draft.package.model_copy(update={"fields": many})
    form = hold_form(draft.model_copy(update={"package": package}), REFERENCE, make_profile(), REASONS)
    assert_view(form)
    element = next(b["element"] for b in form["blocks"] if b.get("block_id") == "hold-fields")
    assert [len(group["options"]) for group in element["option_groups"]] == [100, 100, 50]


def test_withdraw_form_says_what_cannot_be_taken_back():
    """Whoever withdraws reads what the customer then sees, and that delivered copies stay delivered."""
    form = withdraw_form(sample_drafts()[2], REFERENCE)
    assert_view(form)
    (told,) = said(form["blocks"])
    assert told == (
        "The customer then reads only the fixed notice in place of version 3. Notifications and copies that were "
        "delivered already cannot be taken back."
    )


def test_holds_drawing_tells_number_reason_age_and_who_resolves():
    """One line for each hold, the same in text and blocks."""
    draft = sample_drafts()[2]
    since = {hold.number: AT - minutes(34) for hold in draft.holds}
    drawn = holds_drawing(draft.holds, (), since, AT, about=Reference("C0INC1042"), profile=make_profile())
    assert_message(drawn)
    assert_text_tells(drawn)
    assert list(said(drawn.blocks))[1] == (
        "H5 Payments API status: timing-disagreement, 34 min. The customer reads “being confirmed” since version 3. "
        "Annex A5; Incident command can resolve it."
    )


def test_holds_drawing_ends_each_hold_by_its_own_button():
    """Several people's holds under one number have a row each: Slack refuses a row with an action id twice."""
    fields = {
        "timeline/T1": "Timeline, impact detected",
        "timeline/T2": "Timeline, investigating",
        "status/reporting/europe": "Reporting, Europe",
    }
    people = tuple(make_field_hold(field, by=KIM) for field in fields)
    draft = make_draft(sample_evidence("1-declared"), holds=people)
    drawn = holds_drawing(draft.holds, people, {}, AT, about=Reference("C0INC1042"), profile=make_profile())
    assert_message(drawn)
    rows = [block["elements"] for block in drawn.blocks if block["type"] == "actions"]
    told = {(e["text"]["text"], e["value"]) for row in rows for e in row}
    assert (len(rows), told) == (3, {(f"End hold: {words}", f"C0INC1042||{f}|") for f, words in fields.items()})


def test_holds_drawing_says_that_nothing_is_held():
    """Silence is no answer."""
    assert list(said(holds_drawing((), (), {}, AT, about=Reference("C0"), profile=make_profile()).blocks)) == [
        "Held",
        "Nothing is held.",
    ]


def test_forms_bear_hostile_values():
    """Forms of a draft with hostile values forge nothing."""
    for foreign in HOSTILE:
        draft = hostile_draft(foreign)
        assert_view(hold_form(draft, REFERENCE, make_profile(), REASONS))
        assert_view(withdraw_form(draft, REFERENCE))
