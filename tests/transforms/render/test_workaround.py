"""P4: the readiness of a workaround is what its tracker says now, or held."""

import pytest

from profiles.codes import SourceState
from tests.builders import (
    AT,
    make_draft,
    make_entitlement,
    make_evidence,
    make_field_hold,
    make_profile,
    make_workaround,
    minutes,
    profile_data,
    with_records,
    with_source,
)
from tests.transforms.reading import reasons, values
from transforms.model.evidence import Evidence
from transforms.model.records import EntitlementRecord, WorkaroundRecord

SLOT = "workaround/payments-api"
OLD = AT - minutes(61)


def tracked(*workarounds: WorkaroundRecord) -> Evidence:
    """The default world with these workarounds."""
    return with_records(make_evidence(), *workarounds, without=WorkaroundRecord)


@pytest.mark.parametrize(
    ("evidence", "code"),
    [
        (tracked(make_workaround(readiness="Done")), "W3"),
        (tracked(make_workaround(readiness="Done"), make_workaround(readiness="To Do", key="j-2")), "W0"),
        (tracked(make_workaround(readiness="In Progress"), make_workaround(readiness="Done", key="j-2")), "W1"),
        (tracked(), "W0"),
        (tracked(make_workaround(component="unrelated", readiness="Parked")), "W0"),
    ],
)
def test_workaround_is_the_least_ready_of_those_tracked(evidence, code) -> None:
    """Several promise no more than the least of them; none recorded is what the profile says of that."""
    assert values(make_draft(evidence), "workaround/") == {SLOT: code}


@pytest.mark.parametrize(
    ("evidence", "reason"),
    [
        (tracked(make_workaround(readiness="Parked")), "unmapped-value"),
        (tracked(make_workaround(readiness="Done"), make_workaround(readiness="Parked", key="j-2")), "unmapped-value"),
        (tracked(make_workaround(readiness="Done", observed_at=OLD)), "source-stale"),
        (with_source(make_evidence(), "jira", observed_at=OLD), "source-stale"),
        (with_source(make_evidence(), "jira", state=SourceState.UNAVAILABLE), "source-unavailable"),
        (with_source(make_evidence(), "jira", state=SourceState.MALFORMED), "source-unavailable"),
        (with_source(tracked(), "jira", state=SourceState.MALFORMED), "source-unavailable"),
    ],
)
def test_workaround_that_nobody_can_vouch_for_is_held(evidence, reason) -> None:
    """Unknown, old or unread: a placeholder, never the last or the emptiest value."""
    draft = make_draft(evidence, make_draft().package)
    assert (values(draft, "workaround/"), reasons(draft)[SLOT]) == ({SLOT: "H3"}, reason)
    assert "Workaround: we are confirming this (H3)" in draft.message.text


def test_workaround_of_a_tracker_without_an_entry_is_held_where_the_profile_gives_no_row_for_that() -> None:
    """An empty tracker says nothing, unless the profile says what its silence means."""
    readiness = {key: value for key, value in profile_data()["readiness"].items() if key != "none_recorded"}
    profile = make_profile(readiness=readiness | {"none_recorded": None})
    draft = make_draft(tracked(), profile=profile)
    assert (values(draft, "workaround/"), reasons(draft)[SLOT]) == ({SLOT: "H1"}, "unmapped-value")


def test_workaround_is_told_of_affected_capabilities_only() -> None:
    """Reporting is well, so its workaround is nobody's business."""
    evidence = tracked(make_workaround(), make_workaround(component="rpt-query", readiness="Done"))
    assert values(make_draft(evidence), "workaround/") == {SLOT: "W2"}


def test_workaround_is_not_spoken_of_where_every_state_is_held() -> None:
    """Nobody can say what it would work around; one cell that is told is enough, because the other may be affected."""
    draft = make_draft(with_source(make_evidence(), "alertmanager", state=SourceState.UNAVAILABLE))
    assert values(draft, "workaround/") == {}
    assert "Workaround" not in draft.message.text
    assert [entry.field for entry in draft.lineage if entry.field.startswith("workaround/")] == []
    one = make_draft(holds=(make_field_hold("status/payments-api/europe"),))
    assert values(one, "workaround/") == {SLOT: "W2"}


def test_workaround_that_is_held_and_not_spoken_of_keeps_its_hold() -> None:
    """P15: nothing that is held is dropped; it stands among what is being confirmed."""
    parked = with_records(make_evidence(), make_workaround(readiness="Parked"), without=WorkaroundRecord)
    draft = make_draft(with_source(parked, "alertmanager", state=SourceState.UNAVAILABLE))
    assert reasons(draft)[SLOT] == "unmapped-value"
    assert "Being confirmed: H4 Payments API workaround since 14:20" in draft.message.text


def test_workaround_is_not_told_to_a_tier_that_does_not_permit_it() -> None:
    """Standard reads status and timeline."""
    standard = with_records(make_evidence(), make_entitlement(tier="Standard"), without=EntitlementRecord)
    draft = make_draft(standard)
    assert values(draft, "workaround/") == {}
    assert "orkaround" not in draft.message.text
