"""Keys by which good news would be told too early, or never."""

import pytest

from tests.authoring.linting import codes, said

CLEAR = "all_clear: {dwell: 15, code: SC4}"
PRIMARY = "{name: alertmanager,     kind: health,        max_age_at_build: 10,   max_age_at_release: 45}"
FRAUD = "      - {source: alertmanager, key: frd-score}"


@pytest.mark.parametrize(
    ("edit", "sentence"),
    [
        ((CLEAR, "all_clear: {dwell: 15, code: SC0}"), "SC0 has the rank 0, so that a cell would read as well"),
        (("value: quiet, code: SC0}", "value: quiet, code: SC4}"), "ST-1 maps to SC4, so that a source could say it"),
    ],
)
def test_all_clear_that_could_be_said_too_early_is_reported(edit, sentence) -> None:
    """Its code means watched, and only the build may say it."""
    found = [f for f in said(edit) if f[1] == "all-clear-code"]
    assert [(f[0], f[2].startswith(sentence)) for f in found][:1] == [("error", True)]


def test_all_clear_that_reads_worse_than_trouble_is_reported() -> None:
    """Working again is better than degraded."""
    assert "all-clear-rank" in codes(("code: SC4, rank: 1", "code: SC4, rank: 9"))


def test_all_clear_of_an_unknown_code_is_no_profile() -> None:
    """The types see to it; the linter has its place."""
    (found,) = said((CLEAR, "all_clear: {dwell: 15, code: SC8}"))
    assert found == ("error", "not-listed", "code SC8 of all_clear is not in the table of status", "code: SC8}")


@pytest.mark.parametrize(("dwell", "expected"), [(30, []), (31, ["dwell-beyond-cadence"])])
def test_dwell_longer_than_an_update_is_reported(dwell, expected) -> None:
    """Updates that can say nothing new come in between."""
    assert codes((CLEAR, f"all_clear: {{dwell: {dwell}, code: SC4}}")) == expected


def test_incident_row_of_another_kind_of_source_is_reported() -> None:
    """Only incidents have a state."""
    (found,) = said(("{id: IN-1, source: pagerduty", "{id: IN-1, source: jira"))
    assert found[:3] == (
        "error",
        "incident-source",
        "IN-1 names jira, which is of kind workaround and has no incidents",
    )


@pytest.mark.parametrize(
    ("edit", "expected"),
    [
        (("label: service restored, restored: true", "label: service restored"), ["restored-unmarked"]),
        (("label: service restored, restored: true", "label: all well"), ["restored-unmarked"]),
        (("label: recovery observed", "label: recovery seen"), []),
    ],
)
def test_checkpoint_that_says_restored_without_waiting_is_reported(edit, expected) -> None:
    """By its label, or by what its source calls it."""
    assert codes(edit) == expected


@pytest.mark.parametrize(("settle", "expected"), [(44, []), (45, ["settle-beyond-freshness"])])
def test_settle_longer_than_evidence_lasts_is_reported(settle, expected) -> None:
    """Trouble must be able to count while what shows it is good."""
    assert codes(("settle: 5", f"settle: {settle}")) == expected


def test_cell_with_checks_only_is_reported() -> None:
    """By the source and by the component, which goes before it; a cell is held for ever then."""
    found = said((PRIMARY, PRIMARY.replace("45}", "45, counts_as: check}")))
    assert {f[1] for f in found} == {"only-checks"}
    assert len(found) == 9
    (two, one) = said((FRAUD, FRAUD.replace("}", ", counts_as: check}")))
    assert one[2].startswith("fraud-screening in europe has checks only")
    assert two[2].startswith("fraud-screening in americas has checks only")
    kept = (FRAUD, FRAUD.replace("}", ", counts_as: primary}"))
    assert len(said((PRIMARY, PRIMARY.replace("45}", "45, counts_as: check}")), kept)) == 7


@pytest.mark.parametrize(
    ("edit", "sentence"),
    [
        (
            "key: frd-score, runs_in: [eu-west-1, mars]",
            'frd-score runs in "mars", which for alertmanager is in no region',
        ),
        (
            "key: frd-score, region: europe, runs_in: [us-east-1]",
            'frd-score runs in "us-east-1", which for alertmanager lies in americas, not in europe',
        ),
        ("key: frd-score, runs_in: [eu-west-1, us-east-1]", None),
    ],
)
def test_native_region_that_no_bucket_has_is_reported(edit, sentence) -> None:
    """A bucket is heard when all of its members were; this one never would be."""
    found = [f for f in said((FRAUD, FRAUD.replace("key: frd-score", edit))) if f[1] == "runs-in-unknown"]
    assert [f[2].startswith(sentence) for f in found] == ([True] if sentence else [])


@pytest.mark.parametrize(("minutes", "expected"), [(30, []), (31, ["conflict-beyond-material"])])
def test_conflict_that_a_correction_would_not_be_is_reported(minutes, expected) -> None:
    """What counts as corrected when it moves is a disagreement when two sources say it."""
    assert codes(("sides: hold, minutes: 15", f"sides: hold, minutes: {minutes}")) == expected


def test_role_that_marks_checkpoints_is_one_that_somebody_fills() -> None:
    """A checkpoint counts from nobody otherwise."""
    (found,) = said(("marked_by: [incident_command]", "marked_by: [night_shift]"))
    assert found[1:] == ("unknown-role", "the role night_shift is not one that bridgepkg ships", "night_shift]")
