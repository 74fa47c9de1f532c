"""Last confirmed: what a customer may still read of a cell that is being confirmed (promise P3)."""

import orjson
import pytest
from pydantic import ValidationError

from profiles.codes import HoldReason
from profiles.frozen import replace
from profiles.models import Profile
from profiles.wording import NEVER_CONFIRMING
from tests.builders import (
    AT,
    make_draft,
    make_evidence,
    make_field_hold,
    make_health,
    make_profile,
    make_public_health,
    minutes,
    profile_data,
    rebuilt,
    safe,
    with_records,
    with_source,
)
from transforms.model.evidence import Evidence
from transforms.model.package import Coded, Held, LastConfirmed, Package
from transforms.model.records import HealthRecord
from transforms.publish.draft import Draft

CELL = "status/payments-api/europe"
OUTSIDE = "8kbf7d35c070"
PARTLY = {"warning": "degraded_performance", "major": "partial_outage", "critical": "major_outage"}


def seen(inside: str, outside: str, at: int = 0, **changes) -> Evidence:
    """Both sides speak of Payments in Europe; everything else is well."""
    said = (make_health(status=inside, **changes), make_public_health(OUTSIDE, status=outside))
    kept = (
        record
        for record in make_evidence().records
        if isinstance(record, HealthRecord) and record.component not in {"pay-edge", OUTSIDE}
    )
    evidence = with_records(make_evidence(), *said, *kept, without=HealthRecord)
    return rebuilt(evidence, at=AT + minutes(at)) if at else evidence


def told(status: str) -> Package:
    """A version as of 14:20 that told this of the cell."""
    return make_draft(seen(status, PARTLY[status])).package


def place(draft: Draft) -> Held:
    """What stands in the cell."""
    value = next(field.value for field in draft.package.fields if field.id == CELL)
    assert isinstance(value, Held)
    return value


def line(draft: Draft) -> str:
    """The cell as the customer reads it."""
    return next(row for row in draft.message.text.splitlines() if row.startswith("• Europe: "))


def stale(status: str = "critical", at: int = 0) -> Evidence:
    """The inside says this, and said it too long ago."""
    return seen(status, PARTLY[status], at, observed_at=AT - minutes(11))


def test_cell_that_is_being_confirmed_reads_what_was_last_told_and_when() -> None:
    """The code of the last release as of its own time, whatever the time is now."""
    draft = make_draft(stale(at=9), told("critical"))
    assert place(draft).last == LastConfirmed(code="SC3", words=safe("disrupted"), at=AT)
    assert line(draft) == "• Europe: we are confirming this (H3). Last confirmed 14:20: disrupted."


def test_what_was_last_told_is_carried_through_versions_that_confirm() -> None:
    """It is as old as it was, and never grows younger."""
    second = make_draft(stale(at=5), told("critical"))
    third = make_draft(stale(at=9), second.package)
    assert place(third).last == place(second).last
    assert place(third).last.at == AT


def test_first_version_has_nothing_that_was_told() -> None:
    """Then the customer reads only that we are confirming it; so does one whose last version was taken back."""
    assert line(make_draft(stale())) == "• Europe: we are confirming this (H1)"


def test_good_news_is_never_repeated() -> None:
    """Nobody confirms it now: neither that it works, nor that it works again."""
    well = make_draft(seen("quiet", "operational")).package
    torn = seen("quiet", "operational", observed_at=AT - minutes(11))
    assert (place(make_draft(torn, well)).confirming, place(make_draft(torn, well)).last) == (True, None)
    again = Coded(code="SC4", words=safe("working again"), rank=1)
    fields = (replace(field, value=again) if field.id == CELL else field for field in well.fields)
    watched = replace(well, fields=tuple(fields))
    assert place(make_draft(torn, watched)).last is None
    assert place(make_draft(torn, watched, profile=make_profile(all_clear=None))).last is not None


@pytest.mark.parametrize(("now", "kept"), [("warning", True), ("major", True), ("critical", False)])
def test_nothing_is_said_to_be_confirmed_where_newer_evidence_is_worse(now, kept) -> None:
    """Partly disrupted was told: the same or milder leaves it standing, a worse word on any side does not."""
    draft = make_draft(stale(now), told("major"))
    assert (place(draft).last is not None, "Last confirmed" in line(draft)) == (kept, kept)


def test_hold_that_somebody_keeps_says_neither_that_it_is_confirmed_nor_what_was_told() -> None:
    """P3: a restricted hold stays silent, also where a source is too old beside it."""
    for evidence in (make_evidence(), stale()):
        draft = make_draft(evidence, told("critical"), holds=(make_field_hold("status/payments-api"),))
        assert place(draft) == Held(number=3)
        assert line(draft) == "• Europe: not shared yet (H3)"
        assert "Last confirmed" not in draft.message.text


def test_hold_of_several_cells_is_kept_when_one_of_them_is() -> None:
    """One number is one hold: it cannot be kept in one region and confirmed in another."""
    draft = make_draft(stale(), told("critical"), holds=(make_field_hold("status/payments-api/americas"),))
    assert place(draft) == Held(number=3)
    assert [hold.confirming for hold in draft.package.holds if hold.key == "status/payments-api"] == [False]


def test_profile_decides_what_is_being_confirmed() -> None:
    """Without the flag the same reason is kept; with it, never what somebody keeps."""
    reasons = [row | {"confirming": False} for row in profile_data()["reasons"]]
    draft = make_draft(stale(), told("critical"), profile=make_profile(reasons=reasons))
    assert line(draft) == "• Europe: not shared yet (H3)"
    assert {row.reason for row in make_profile().reasons if row.confirming} == set(HoldReason) - NEVER_CONFIRMING


@pytest.mark.parametrize("reason", sorted(NEVER_CONFIRMING))
def test_profile_that_confirms_what_somebody_keeps_is_refused(reason) -> None:
    """It would be untrue, and would let what was told stand in a restricted hold."""
    data = profile_data()
    for row in data["reasons"]:
        row["confirming"] = row["reason"] == reason
    with pytest.raises(ValidationError, match=f"{reason} keeps what is known, so it is never confirming"):
        make_profile(**data)


def test_code_that_the_profile_no_longer_has_is_not_repeated() -> None:
    """What was told in a word that nobody approves now is not told again."""
    gone = told("major")
    assert place(make_draft(stale("warning"), gone)).last
    assert place(make_draft(stale("warning"), gone, profile=without("SC2"))).last is None


def without(code: str) -> Profile:
    """The shipped profile without one status code."""
    status = profile_data()["status"]
    kept = {part: [row for row in status[part] if row["code"] != code] for part in ("codes", "rows")}
    return make_profile(status=kept)


def test_place_of_something_kept_cannot_hold_what_was_told() -> None:
    """The type refuses it, whoever makes it."""
    with pytest.raises(ValidationError, match="never stands in the place of something that is kept"):
        Held(number=1, last=LastConfirmed(code="SC3", words=safe("disrupted"), at=AT))


def test_workaround_is_never_last_confirmed() -> None:
    """That one was ready is good news, and may be wrong by now."""
    released = make_draft().package
    draft = make_draft(with_source(make_evidence(), "jira", observed_at=AT - minutes(61)), released)
    held = next(field.value for field in draft.package.fields if field.id == "workaround/payments-api")
    assert held == Held(number=3, confirming=True)
    # A marker may be called like a status; it is no trouble for that.
    readiness = orjson.loads(orjson.dumps(profile_data()["readiness"]).replace(b'"W2"', b'"SC1"'))
    alike = make_profile(readiness=readiness)
    again = make_draft(
        with_source(make_evidence(), "jira", observed_at=AT - minutes(61)), make_draft(profile=alike).package, alike
    )
    assert [f.value.last for f in again.package.fields if f.id == "workaround/payments-api"] == [None]
