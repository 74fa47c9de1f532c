"""Limits that contradict one another, and messages that cannot fit."""

import re

import pytest

from authoring.lint.limits import estimates
from authoring.lint.words import worded
from profiles.loader import load_profile
from tests.authoring.linting import codes, edited, said
from tests.builders import make_profile, sample_drafts
from transforms.publish.message import TEXT_LIMIT, message

PAGERDUTY = "kind: incident,      max_age_at_build: 30,   max_age_at_release: 120"
TIER = "{id: TR-2, source: salesforce, value: Standard, permitted: [status, timeline], required: [status]"


@pytest.mark.parametrize(("age", "expected"), [(29, ["freshness-order"]), (30, [])])
def test_release_that_takes_only_newer_evidence_than_a_draft_is_reported(age, expected) -> None:
    """Approvals take time; a release with the lower limit could never follow a draft."""
    assert codes((PAGERDUTY, PAGERDUTY.replace("120", str(age)))) == expected


@pytest.mark.parametrize(("minutes", "expected"), [(120, []), (121, ["cadence-beyond-freshness"])])
def test_cadence_longer_than_evidence_lasts_is_reported(minutes, expected) -> None:
    """When the next update is due, what the last one said could not be released any more."""
    assert codes(("label: operational, next_update: 120", f"label: operational, next_update: {minutes}")) == expected


def test_worse_status_with_a_slower_cadence_is_reported() -> None:
    """The worse it is, the sooner the customer hears."""
    found = said(("label: disrupted, next_update: 30", "label: disrupted, next_update: 45"))
    assert [f[:3] for f in found] == [
        ("advice", "cadence-order", "SC3 is worse than SC2 but is updated less often"),
    ]


@pytest.mark.parametrize(
    ("more", "sentence"),
    [
        (
            "capabilities: [reporting], required_capabilities: [webhooks]",
            "TR-2 requires webhooks but does not permit it",
        ),
        ("regions: [europe], required_regions: [europe, americas]", "TR-2 requires americas but does not permit it"),
        ("required_capabilities: [webhooks]", None),
        ("capabilities: [reporting], required_capabilities: [reporting]", None),
    ],
)
def test_required_places_that_are_not_permitted_are_reported(more, sentence) -> None:
    """What must be shown must be permitted."""
    found = [f[:3] for f in said((TIER, f"{TIER}, {more}"))]
    assert found == ([("error", "required-not-permitted", sentence)] if sentence else [])


def test_profile_whose_longest_message_does_not_fit_is_reported() -> None:
    """Measured by the message itself: everything shown, and everything held, at the longest."""
    long = "Most requests fail. " + "Please use another way to reach us meanwhile. " * 6
    found = said(("Most requests fail.", long.strip()))
    assert [f[:2] for f in found] == [("warning", "too-long")]
    assert found[0][2].startswith("with everything shown at its longest, a message for TR-1 has 2")
    assert found[0][2].endswith(f"characters of text, at most {TEXT_LIMIT}")
    assert found[0][3].startswith("{id: TR-1,")


def test_tier_with_fewer_places_fits_longer_phrases() -> None:
    """The estimate is made for what each tier permits."""
    hold = ('hold: "Not shared yet: H{number} {what}', 'hold: "Not shared yet: H{number} ' + "very " * 70 + "{what}")
    assert codes(hold) == ["too-long", "too-long"]
    assert codes(hold, (TIER, f"{TIER}, capabilities: [reporting], regions: [europe]")) == ["too-long"]


def test_tier_that_permits_no_place_at_all_is_measured_as_well() -> None:
    """An empty list is odd, and no reason to fail."""
    assert codes((TIER, f"{TIER}, capabilities: []")) == []
    assert codes((TIER, f"{TIER}, capabilities: []".replace("status, timeline", "status"))) == []


def test_estimate_is_longer_than_what_the_sample_says() -> None:
    """No message of the sample comes near the estimate, so that what fits the linter fits a release."""
    profile = make_profile()
    lengths = [len(message(package, profile).text) for _, package in estimates(profile, profile.tiers[0])]
    assert max(len(draft.message.text) for draft in sample_drafts()) < min(lengths)


def test_estimate_holds_every_phrase(tmp_path) -> None:
    """Every phrase of a message that is full stands in one of the estimates; else a longer one would not count."""
    told = (
        "  - {id: DR-8, match: {kind: dependency, labels: [x]}, then: generalise, category: technical, wording: one}\n"
    )
    path = tmp_path / "p.yaml"
    path.write_text(edited(("    then: allow\n", f"    then: allow\n{told}")))
    profile = load_profile(path)
    texts = "".join(message(package, profile).text for _, package in estimates(profile, profile.tiers[0]))
    literals = [
        (where, piece) for where, text in worded(profile.phrases, ()) for piece in re.split(r"\{[a-z]+\}", text)
    ]
    absent = {".".join(map(str, where)) for where, piece in literals if piece.strip(" ()") and piece not in texts}
    assert absent == ONLY_OTHERWISE
    assert [str(code.sentence) in texts for code in profile.status.codes if code.sentence] == [True] * 3


ONLY_OTHERWISE = {
    "headline.unaffected",
    "headline.everywhere",
    "headline.regions",
    "headline.partly_confirming",
    "headline.unchanged",
    "headline.many_changed",
    "change.removed",
    "change.detail_shared",
    "change.detail_removed",
    "capability.elsewhere",
    "capability.workaround_confirming",
    "capability.none_affected",
    "capability.all_held",
    "capability.all_confirming",
    "footer.reader_time",
}
"""Phrases that stand instead of longer ones, never beside them, or that only a block holds."""
