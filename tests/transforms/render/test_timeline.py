"""P4: the timeline shows the first time of each known checkpoint, and says so when there is more."""

import pytest

from profiles.codes import SourceState
from tests.builders import (
    AT,
    make_draft,
    make_evidence,
    make_profile,
    make_source,
    make_timeline,
    minutes,
    profile_data,
    rebuilt,
    with_records,
    with_source,
)
from tests.transforms.reading import reasons, values
from transforms.model.evidence import Evidence
from transforms.model.records import TimelineRecord
from transforms.publish.draft import Draft

OLD = AT - minutes(31)


def happened(*moments: TimelineRecord) -> Evidence:
    """The default world with these moments."""
    return with_records(make_evidence(), *moments, without=TimelineRecord)


def at(checkpoint: str, ago: float, **changes) -> TimelineRecord:
    """A checkpoint so many minutes ago."""
    return make_timeline(checkpoint=checkpoint, changed_at=AT - minutes(ago), key=f"ts-{ago}", **changes)


def line(draft: Draft) -> str:
    """The timeline as the customer reads it."""
    found = [block["text"]["text"] for block in draft.message.blocks if block["block_id"] == "bridge-timeline"]
    return found[0] if found else ""


def test_timeline_is_the_first_time_of_each_checkpoint_in_order_of_time() -> None:
    """A checkpoint that was marked twice happened at its first mark; seconds are cut, not rounded."""
    moments = (at("mitigating", 5), at("impact-detected", 19.5), at("impact-detected", 30), at("mitigating", 2))
    draft = make_draft(happened(*moments))
    assert line(draft) == "13:50 impact detected · 14:15 mitigation under way"


def test_timeline_does_not_tell_what_has_not_happened() -> None:
    """A moment after the evidence's own is left out, and is no hold."""
    draft = make_draft(happened(at("impact-detected", 20), at("restored", -5)))
    assert values(draft, "timeline/") == {"timeline/T1": "T1"}


@pytest.mark.parametrize(
    ("evidence", "shown", "reason"),
    [
        (
            happened(at("impact-detected", 20), at("gossip", 3)),
            "14:00 impact detected · more is",
            "unmapped-value",
        ),
        (
            happened(at("impact-detected", 20), at("restored", 3, observed_at=OLD)),
            "14:00 impact detected · more is",
            "source-stale",
        ),
        (with_source(make_evidence(), "incident-channel", observed_at=OLD), "more is", "source-stale"),
        (
            with_source(make_evidence(), "incident-channel", state=SourceState.UNAVAILABLE),
            "more is",
            "source-unavailable",
        ),
        (
            with_source(make_evidence(), "incident-channel", state=SourceState.MALFORMED),
            "more is",
            "source-unavailable",
        ),
    ],
)
def test_timeline_entries_that_may_not_be_shown_are_one_hold(evidence, shown, reason) -> None:
    """Whatever is unknown, old or unread is named once, beside what is known."""
    draft = make_draft(evidence)
    assert (line(draft), reasons(draft)["timeline"]) == (f"{shown} being confirmed (H1)", reason)


def test_timeline_without_entries_is_no_section() -> None:
    """A fresh channel without a checkpoint needs neither heading nor hold."""
    draft = make_draft(happened())
    assert (line(draft), reasons(draft).get("timeline")) == ("", None)


def test_timeline_ignores_sources_outside_the_profile() -> None:
    """What a channel says that the profile does not list is not heard; it used to end the build."""
    evidence = make_evidence()
    more = rebuilt(
        evidence,
        sources=(*evidence.sources, make_source("other-channel")),
        records=(*evidence.records, at("restored", 1, source="other-channel")),
    )
    assert make_draft(more).message == make_draft(evidence).message


def test_timeline_is_not_told_to_a_tier_that_does_not_permit_it() -> None:
    """Without the permission there is neither entry nor hold."""
    tiers = [tier | {"permitted": ["status"]} for tier in profile_data()["tiers"]]
    draft = make_draft(happened(at("gossip", 3)), profile=make_profile(tiers=tiers))
    assert (line(draft), values(draft, "timeline"), reasons(draft).get("timeline")) == ("", {}, None)
