"""M6: what the last version told and no longer holds is an exception, where the new version would not say so."""

import pytest

from tests.builders import (
    AT,
    PUBLIC,
    make_draft,
    make_entitlement,
    make_evidence,
    make_field_hold,
    make_health,
    make_profile,
    make_public_health,
    make_timeline,
    minutes,
    with_records,
)
from tests.transforms.reading import entries
from transforms.model.records import EntitlementRecord, HealthRecord, TimelineRecord

EUROPE = "status/payments-api/europe"
TOLD = make_draft().package
"""Version 1: Payments API in Europe disrupted (SC3), impact detected."""


def world(*healths: HealthRecord, **public: str):
    """The default world with other words about Europe."""
    said = (make_public_health(name, status=public.get(name[-4:], PUBLIC[name])) for name in PUBLIC)
    return with_records(make_evidence(), *healths, *said, without=HealthRecord)


def material(draft) -> dict[str, str]:
    """The material changes by field."""
    found = (entry for entry in draft.register_ if entry.code == "material-change")
    return {entry.id.partition(":")[2]: entry.sentence for entry in found}


def test_held_value_that_evidence_contradicts_is_material() -> None:
    """The customer was told disrupted; everything known says operational, and a reviewer holds it."""
    held = (make_field_hold("status/payments-api"),)
    calm = world(c070="operational")
    assert material(make_draft(calm, TOLD)) == {}
    assert material(make_draft(world(make_health()), TOLD, holds=held)) == {}
    old = world(make_health(status="warning", observed_at=AT - minutes(11)), c070="degraded_performance")
    found = material(make_draft(old, TOLD))
    assert list(found) == [EUROPE]
    assert found[EUROPE].startswith(f"version 1 told {EUROPE} otherwise: it is held, and the evidence says something")
    assert entries(make_draft(old, TOLD))[f"material-change:{EUROPE}"] is True


def test_held_value_that_some_evidence_supports_is_not_material() -> None:
    """While one side still says what was told, the disagreement itself is the entry."""
    assert material(make_draft(world(make_health(), c070="operational"), TOLD)) == {}


@pytest.mark.parametrize(("moved", "found"), [(0, False), (29, False), (30, True), (300, True), (-19, False)])
def test_corrected_start_is_material_from_the_profiles_limit_on(moved, found) -> None:
    """The difference of versions tells codes, not minutes: a start that moved by half an hour needs a word."""
    record = make_health(changed_at=AT - minutes(20 + moved))
    assert (list(material(make_draft(world(record), TOLD))) == [EUROPE]) == found


def test_limits_of_material_change_are_the_profiles_own() -> None:
    """A profile that does not care about an hour, or about one rank, says so."""
    calm = make_profile(material={"ranks": 3, "minutes": 600})
    old = world(make_health(status="warning", observed_at=AT - minutes(11)), c070="degraded_performance")
    assert material(make_draft(old, TOLD, calm)) == {}
    assert material(make_draft(world(make_health(changed_at=AT - minutes(300))), TOLD, calm)) == {}


def test_checkpoint_that_is_gone_is_material() -> None:
    """A moment that the customer read and that nobody records any more, or at quite another time."""
    gone = with_records(make_evidence(), without=TimelineRecord)
    assert list(material(make_draft(gone, TOLD))) == ["timeline/T1"]
    moved = with_records(make_evidence(), make_timeline(changed_at=AT - minutes(90)), without=TimelineRecord)
    assert list(material(make_draft(moved, TOLD))) == ["timeline/T1"]


def test_first_version_has_nothing_material() -> None:
    """Without a last version nothing was told."""
    assert material(make_draft()) == {}


def test_code_that_is_shown_anew_speaks_for_itself() -> None:
    """Another code at quite another time stands in the difference of versions; it needs no entry."""
    worse = world(make_health(status="major", changed_at=AT - minutes(300)), c070="partial_outage")
    draft = make_draft(worse, TOLD)
    assert [change.field for change in draft.package.changes] == [EUROPE]
    assert material(draft) == {}


def test_place_outside_the_audience_is_not_material() -> None:
    """A region that was sold no longer is an entry of the entitlement, and no checkpoint that is gone."""
    narrower = with_records(make_evidence(), make_entitlement(regions=("AMER",)), without=EntitlementRecord)
    draft = make_draft(narrower, TOLD)
    assert (EUROPE in {field.id for field in draft.package.fields}, material(draft)) == (False, {})
