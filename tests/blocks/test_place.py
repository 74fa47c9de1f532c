"""Placing, as it is shown: what the form offers, what stands, and the lines that would place a kind for good."""

import pytest
import yaml

from blocks import say
from blocks.place import NOWHERE, for_good_lines, place_form, placings_drawing, value_of
from tests.blocks.placings import make_group, make_line, make_proposal, make_tags, make_wish
from tests.blocks.rules import assert_message, assert_text_tells, assert_view, said
from tests.builders import make_profile
from transforms.placing import Proposal

PROFILE, REFERENCE = make_profile(), "C0INC1042|d7|C0INC1042|"


def element(form, action):
    """One input of a form."""
    return next(b["element"] for b in form["blocks"] if b.get("element", {}).get("action_id") == action)


def test_form_offers_kinds_with_counts_and_every_capability():
    """What there is, most first, where it may belong, and before anything is chosen what choosing does."""
    groups = [make_group(), make_group("web", 3)]
    form = place_form(groups, PROFILE, "INC-1042", REFERENCE)
    assert_view(form)
    assert list(said(form["blocks"])) == [say.place.about_form("INC-1042")]
    kinds = [(option["text"]["text"], option["value"]) for option in element(form, "groups")["options"]]
    assert kinds == [
        ("40 alerts of alertmanager with team=batch", value_of(groups[0])),
        ("3 alerts of alertmanager with web=web", value_of(groups[1])),
    ]
    targets = [o["value"] for group in element(form, "to")["option_groups"] for o in group["options"]]
    assert targets == [NOWHERE, *(capability.id for capability in PROFILE.capabilities)]


def test_form_filled_by_words_says_what_it_does():
    """What was typed stands in it, to be sent off or changed; the kinds are not offered beside it."""
    form = place_form([make_group()], PROFILE, "INC-1042", REFERENCE, make_wish("batch", "reporting"))
    assert_view(form)
    assert list(said(form["blocks"])) == ["batch"]
    assert element(form, "labels")["initial_value"] == "team=batch"
    assert element(form, "to")["initial_option"]["value"] == "reporting"
    assert [block.get("block_id") for block in form["blocks"]] == [None, "place-labels", "place-to"]


def test_form_with_more_kinds_than_fit_says_so():
    """Slack takes a hundred choices; the rest can be placed by their labels."""
    form = place_form([make_group(items=n) for n in range(1, 104)], PROFILE, "INC-1042", REFERENCE)
    assert_view(form)
    assert len(element(form, "groups")["options"]) == 100
    assert "… and 3 more kinds: write their labels." in list(said(form["blocks"]))


def test_kinds_of_different_labels_have_different_values():
    """Labels may be longer than Slack lets a value be; a value still means one kind alone."""
    long = [make_group(tags=make_tags("x" * 499 + end)) for end in "ab"]
    values = {value_of(group) for group in (*long, make_group(), make_group("web"))}
    assert (len(values), {len(value) for value in values}) == (4, {32})
    assert value_of(make_group(items=3)) == value_of(make_group(items=40))


def test_list_tells_who_when_how_to_end_and_what_is_for_good():
    """One paragraph for each placing, the same in text and blocks."""
    told = [make_line(1), make_line(3, "web", "reporting", items=0, proposal=make_proposal("web: 1", 1, 2))]
    drawn = placings_drawing(say.place.STANDING, told, PROFILE)
    assert_message(drawn)
    assert_text_tells(drawn)
    assert list(said(drawn.blocks)) == [
        "What stands placed here.",
        "1. team=batch of alertmanager, placed as unrelated by Kim (Incident command) at 2026-03-12 14:20 UTC.",
        "Fits 40 now. /bridgepkg place end 1 ends it.",
        "For good, in the estate file, under components:",
        "  - {source: alertmanager, key: batch}",
        "3. web=web of alertmanager, placed under Reporting by Kim (Incident command) at 2026-03-12 14:20 UTC.",
        "Fits nothing now. /bridgepkg place end 3 ends it.",
        "For good, in the profile, under components of reporting:",
        '  - {source: alertmanager, key: "web: 1"}',
        "2 of them name no component: let the source write one, or its mapping read it from another label.",
    ]


KEYS = ("batch-runner", "a: b", "{x}", "- y", "#z", "123", "true", "null", "~", "No", 'say "hi"', "component:x/y", "ü")


@pytest.mark.parametrize("key", KEYS)
def test_proposal_reads_back_as_yaml(key):
    """The lines can be copied: whatever a source calls a component, YAML reads the same text."""
    _, line = for_good_lines(None, make_proposal(key))
    assert yaml.safe_load(line) == [{"source": "alertmanager", "key": key}]


def test_nothing_is_proposed_for_nothing():
    """What fits nothing now has no line to copy."""
    assert list(for_good_lines("reporting", Proposal(components=(), nameless=0))) == []
