"""P3: silence is never a hold. Every barred slot has its placeholder, and no number is ever given twice."""

import re
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from profiles.codes import HoldReason, Section
from tests.builders import (
    AT,
    make_draft,
    make_evidence,
    make_field_hold,
    make_health,
    make_history,
    make_profile,
    make_public_health,
    make_workaround,
    profile_data,
    rebuilt,
    with_records,
)
from tests.transforms.reading import entries, numbers, reasons, values
from tests.transforms.worlds import Case, make_case, make_world, rebuild
from transforms.model.canonical import digest
from transforms.model.package import Held
from transforms.model.records import HealthRecord, WorkaroundRecord
from transforms.publish.draft import Draft

PARKED = make_workaround(readiness="Parked")


def parked() -> Draft:
    """Version one, with the workaround held as the first of three holds."""
    return make_draft(with_records(make_evidence(), PARKED, without=WorkaroundRecord))


def test_holds_are_numbered_in_the_order_in_which_the_customer_reads() -> None:
    """Status before workaround before timeline before details; all since the version in which they first stand."""
    evidence = with_records(make_evidence(), PARKED, make_health(status="fatal"), without=WorkaroundRecord)
    assert numbers(make_draft(evidence)) == {
        "status/payments-api": (1, 1),
        "workaround/payments-api": (2, 1),
        "detail/dependency": (3, 1),
        "detail/technical": (4, 1),
    }


def test_holds_keep_number_and_since_while_they_stand() -> None:
    """The next version shows the same placeholders; a new hold comes after all that were ever given."""
    released = parked()
    draft = make_draft(
        with_records(make_evidence(), PARKED, make_health(status="fatal"), without=WorkaroundRecord), released.package
    )
    assert numbers(draft) == {
        "workaround/payments-api": (1, 1),
        "detail/dependency": (2, 1),
        "detail/technical": (3, 1),
        "status/payments-api": (4, 2),
    }


def test_holds_that_closed_open_again_under_a_new_number() -> None:
    """A number once used is never given to anything else, not even to the same thing."""
    released = parked()
    cleared = make_draft(prior=released.package)
    assert (numbers(cleared).get("workaround/payments-api"), cleared.package.numbers_used) == (None, 3)
    again = make_draft(with_records(make_evidence(), PARKED, without=WorkaroundRecord), cleared.package)
    assert (numbers(again)["workaround/payments-api"], again.package.numbers_used) == ((4, 3), 4)


def test_holds_change_their_reason_and_not_their_number() -> None:
    """A placeholder that stands for another reason than before is the same placeholder."""
    released = parked()
    draft = make_draft(prior=released.package, holds=(make_field_hold("workaround/payments-api"),))
    assert (numbers(draft)["workaround/payments-api"], reasons(draft)["workaround/payments-api"]) == (
        (1, 1),
        HoldReason.REVIEWER_HOLD,
    )


def test_holds_of_one_key_are_one() -> None:
    """Two cells of one capability, whatever bars them, share a number, a reason and a placeholder."""
    healths = (make_health(status="fatal"), make_health(region="us-east-1", observed_at=AT.replace(hour=13)))
    draft = make_draft(with_records(make_evidence(), *healths))
    assert values(draft, "status/payments-api") == {
        "status/payments-api/europe": "H1",
        "status/payments-api/americas": "H1",
    }
    assert reasons(draft)["status/payments-api"] == HoldReason.SOURCE_STALE
    assert draft.holds[0].fields == ("status/payments-api/europe", "status/payments-api/americas")


@pytest.mark.parametrize("reason", HoldReason)
def test_holds_tell_the_customer_neutral_words_only(reason) -> None:
    """Whatever the internal reason, the placeholder says that it is under review or being confirmed."""
    draft = make_draft(holds=(make_field_hold("workaround/payments-api", reason=reason),))
    wording = next(str(hold.reason) for hold in draft.package.holds if hold.key == "workaround/payments-api")
    assert wording in {"under review", "being confirmed"}
    words = set(re.findall(r"[a-z]+", draft.message.text.lower()))
    assert words.isdisjoint(reason.split("-")[:1])
    assert words.isdisjoint({"security", "exploitability", "vulnerability", "legal", "conflict", "stale"})


@pytest.mark.parametrize(
    ("target", "held"),
    [
        ("status/payments-api/europe", {"status/payments-api/europe"}),
        ("status/payments-api", {"status/payments-api/europe", "status/payments-api/americas"}),
        ("workaround", {"workaround/payments-api"}),
        ("timeline/T1", {"timeline/T1"}),
        ("timeline", {"timeline/T1"}),
        (
            "status",
            {f"status/{c}/{r}" for c in ("payments-api", "reporting", "webhooks") for r in ("europe", "americas")},
        ),
        ("status/pay", set()),
        ("status/payments-api/europe/west", set()),
    ],
)
def test_holds_of_people_cover_the_field_or_all_under_it(target, held) -> None:
    """A person may hold one cell, a row, or a section; a name that only begins alike is another."""
    draft = make_draft(holds=(make_field_hold(target),))
    assert {name for name, value in values(draft).items() if value.startswith("H")} == held
    assert "Oduya" not in draft.message.model_dump_json()


def test_holds_of_people_put_what_would_have_been_shown_into_the_annex() -> None:
    """Whoever may open the annex sees what was held and why; nobody else does."""
    draft = make_draft(holds=(make_field_hold("workaround/payments-api"),))
    items = {annex.id: annex.items for annex in draft.annexes}[draft.holds[0].annex]
    assert [(value.name, value.text) for item in items for value in item.values] == [
        ("hidden", "W2 being tested"),
        ("note", "Quentin Oduya says wait"),
    ]


def test_holds_of_required_fields_block_because_the_package_would_mislead() -> None:
    """Status is required of Premier; a workaround is not."""
    both = (make_field_hold("workaround/payments-api"), make_field_hold("status/reporting"))
    assert {name for name, blocks in entries(make_draft(holds=both)).items() if blocks} == {
        "required-field-held:status/reporting"
    }


def test_holds_of_the_overall_status_block_where_no_field_is_required() -> None:
    """A headline that says nothing misleads, whatever the contract says; a held row beside a shown one does not."""
    profile = make_profile(tiers=[tier | {"required": []} for tier in profile_data()["tiers"]])
    blocking = []
    for target in ("status", "status/reporting"):
        draft = make_draft(profile=profile, holds=(make_field_hold(target),), approved_profiles=(digest(profile),))
        blocking.append(draft.blocking)
    assert blocking == [("required-field-held:status/payments-api",), ()]


def test_headline_never_says_operational_while_a_cell_is_held() -> None:
    """All that is shown is well, but not all is shown."""
    well = with_records(make_evidence(), make_public_health("8kbf7d35c070", status="operational"), without=HealthRecord)
    draft = make_draft(well, holds=(make_field_hold("status/reporting/europe"),))
    assert isinstance(draft.package.overall, Held)
    assert draft.message.text.startswith("Acme Corp: the state of the service is not shared yet (H2)\nUpdate 1")


def test_headline_says_that_there_is_more_while_the_worst_shown_is_not_all() -> None:
    """Something is disrupted, and something else is not shown: both are said."""
    draft = make_draft(holds=(make_field_hold("status/reporting/europe"),))
    assert draft.message.text.startswith(
        "Acme Corp: Payments API disrupted in Europe; more is not shared yet\nUpdate 1"
    )


@settings(max_examples=60)
@given(st.integers(0, 2**48))
def test_every_barred_slot_has_its_placeholder_in_text_and_blocks(seed) -> None:
    """Each hold is listed once with its number; each held field shows that number and no value."""
    case = make_case(seed)
    draft = rebuild(case)
    listed = re.findall(r"(?:Not shared yet|Being confirmed): H(\d+) ", draft.message.text)
    told = {field.value.number for field in draft.package.fields if isinstance(field.value, Held)}
    assert [int(number) for number in listed] == sorted(
        hold.number for hold in draft.holds if not (hold.confirming and hold.number in told)
    )
    assert len({hold.key for hold in draft.holds}) == len(draft.holds)
    blocks = "".join(block["text"]["text"] for block in draft.message.blocks if "text" in block)
    for hold in draft.holds:
        kept = f"H{hold.number} {hold.what}, {hold.wording} since " in blocks
        assert kept is not hold.confirming
        assert kept or f"(H{hold.number})" in blocks or f"Being confirmed: H{hold.number} {hold.what} since " in blocks
    held = {field.value.number for field in draft.package.fields if isinstance(field.value, Held)}
    hidden = any(isinstance(f.value, Held) for f in draft.package.fields if f.section is Section.STATUS)
    assert not (hidden and "service operational" in draft.message.text)
    assert held <= {hold.number for hold in draft.holds}
    assert all(f"(H{number})" in draft.message.text for number in held)


@settings(max_examples=10)
@given(st.integers(0, 2**48))
def test_holds_stay_traceable_through_ten_rapid_versions(seed) -> None:
    """Numbers are stable while a hold stands, never given twice, and since is the version of the number's first day."""
    rng = Random(seed)  # noqa: S311
    owner: dict[int, tuple[str, int]] = {}
    prior = None
    for version in range(1, 11):
        evidence = rebuilt(make_world(rng), incident="INC-1")
        draft = rebuild(Case(evidence, make_history(prior), make_case(rng.randrange(2**48)).directives))
        standing = {hold.key: (hold.number, hold.since) for hold in prior.holds} if prior else {}
        used = prior.numbers_used if prior else 0
        for key, (number, since) in numbers(draft).items():
            assert (number, since) == standing.get(key, (number, version))
            assert key in standing or number > used
            assert owner.setdefault(number, (key, since)) == (key, since)
        assert draft.package.numbers_used == max([used, *(hold.number for hold in draft.holds)])
        assert draft.package.version == version
        prior = draft.package
