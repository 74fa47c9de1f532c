"""The headline: a state that a locked phone shows, the worst first, never better than what stands below."""

import pytest

from tests.builders import (
    make_draft,
    make_entitlement,
    make_evidence,
    make_field_hold,
    make_health,
    make_profile,
    profile_data,
    sample_drafts,
    with_records,
)
from tests.builders import make_public_health as public
from transforms.model.records import EntitlementRecord, HealthRecord
from transforms.publish.draft import Draft

PLACES = {
    ("pay-edge", "eu-west-1"): "8kbf7d35c070",
    ("pay-edge", "us-east-1"): "8kbf7d35c071",
    ("pay-edge", "ap-southeast-1"): "8kbf7d35c072",
    ("rpt-query", "eu-west-1"): "3vwq1m90zx41",
    ("rpt-query", "us-east-1"): "3vwq1m90zx42",
    ("hook-relay", "eu-west-1"): "5tnc8r22fd51",
    ("hook-relay", "us-east-1"): "5tnc8r22fd52",
}
OUTSIDE = {
    "quiet": "operational",
    "warning": "degraded_performance",
    "major": "partial_outage",
    "critical": "major_outage",
}


def lead(*states: tuple[str, str, str], **given) -> str:
    """The first line of a message in which these components have these states, and everything else is well."""
    found = {(component, region): status for component, region, status in states}
    inside = (make_health(component=c, region=r, status=found.get((c, r), "quiet")) for c, r in PLACES)
    outside = (public(key, status=OUTSIDE[found.get(place, "quiet")]) for place, key in PLACES.items())
    evidence = with_records(make_evidence(), *inside, *outside, without=(HealthRecord, EntitlementRecord))
    wide = make_entitlement(regions=("EMEA", "AMER", "APAC"))
    return first(make_draft(with_records(evidence, wide), **given))


def first(draft: Draft) -> str:
    """The line that stands in a notification."""
    return draft.message.text.split("\n")[0]


EU, US, AP = "eu-west-1", "us-east-1", "ap-southeast-1"


@pytest.mark.parametrize(
    ("states", "said"),
    [
        ([], "service operational"),
        ([("pay-edge", EU, "critical")], "Payments API disrupted in Europe"),
        (
            [("pay-edge", EU, "critical"), ("pay-edge", US, "warning")],
            "Payments API disrupted in Europe, degraded in Americas",
        ),
        (
            [("pay-edge", EU, "warning"), ("pay-edge", US, "warning")],
            "Payments API degraded in Europe and Americas",
        ),
        ([("pay-edge", place, "major") for place in (EU, US, AP)], "Payments API partly disrupted in all your regions"),
        (
            [("pay-edge", EU, "warning"), ("rpt-query", US, "critical")],
            "Reporting disrupted in Americas; Payments API degraded in Europe",
        ),
        (
            [("pay-edge", EU, "warning"), ("rpt-query", US, "critical"), ("hook-relay", EU, "warning")],
            "Reporting disrupted in Americas; Payments API degraded in Europe; 1 more below",
        ),
    ],
)
def test_headline_says_what_is_how_and_where(states, said) -> None:
    """The worst part first, its worst state first; more than two parts are counted."""
    assert lead(*states) == f"Acme Corp: {said}"


def test_headline_says_that_more_is_kept_or_being_confirmed() -> None:
    """A cell that is not told could be worse than the line says."""
    states = [("pay-edge", EU, "critical")]
    kept = lead(*states, holds=(make_field_hold("status/reporting/europe"),))
    assert kept == "Acme Corp: Payments API disrupted in Europe; more is not shared yet"
    assert first(sample_drafts()[2]).endswith("; more is being confirmed")


def test_headline_of_a_whole_that_is_kept_says_so_even_beside_what_is_confirmed() -> None:
    """Everything that is told is well, one cell is confirmed and one is kept: the whole is not shared."""
    torn = with_records(make_evidence(), public("5tnc8r22fd51", status="major_outage"), without=HealthRecord)
    draft = make_draft(torn, holds=(make_field_hold("status/webhooks/americas"),))
    assert first(draft).startswith("Acme Corp: the state of the service is not shared yet (H")


def test_headline_uses_the_short_words_where_the_profile_has_some() -> None:
    """A label that is a sentence of its own does not stand in the middle of one."""
    codes = [code | {"short": "slow"} if code["code"] == "SC1" else code for code in profile_data()["status"]["codes"]]
    profile = make_profile(status={"codes": codes})
    assert lead(("pay-edge", EU, "warning"), profile=profile) == "Acme Corp: Payments API slow in Europe"
