"""An older profile is still read, and rows that are left out are the shipped ones; nothing else is filled in."""

import copy
from pathlib import Path
from typing import Any

import orjson
import pytest

from profiles.codes import HoldReason, IncidentState, RegisterCode
from profiles.documents import DocumentError
from profiles.loader import SHIPPED, load_profile
from profiles.models import Profile
from profiles.upgrade import OLDER, completed
from tests.builders import make_profile, profile_data
from transforms.model.canonical import digest

REPORTED = Path(__file__).parents[3] / "shared/data/public-reports/cases/advisory-products-in-branches/profile.yaml"


def older(**changes: Any) -> dict[str, Any]:
    """The shipped profile as its author would have written it for the older schema."""
    data = profile_data(schema=OLDER)
    for part in ("languages", "commitments", "incident", "all_clear", "settle", "dependency_depth"):
        del data[part]
    data["status"]["codes"] = [code for code in data["status"]["codes"] if code["code"] != "SC4"]
    for code in data["status"]["codes"]:
        code["rank"] -= code["rank"] > 0
    data["status"]["conflicts"].pop("minutes")
    for code in data["checkpoints"]["codes"]:
        code.pop("restored", None)
    del data["checkpoints"]["marked_by"]
    for source in data["sources"]:
        source.pop("counts_as", None)
    newer = {"source-incomplete", "unplaced-evidence", "hold-unexplained", "all-clear-early", "store-altered"}
    data["reasons"] = [row for row in data["reasons"] if row["reason"] not in newer]
    for row in data["reasons"]:
        row.pop("confirming", None)
    data["register"] = [row for row in data["register"] if row["code"] not in newer]
    data["acknowledgement"]["gates"] = [{"role": "account_leadership"}]
    return data | changes


def read(data: dict[str, Any]) -> Profile:
    """The document completed and checked."""
    return Profile.model_validate_json(orjson.dumps(completed(data, profile_data()).data))


def test_older_profile_is_read_with_what_it_could_not_have() -> None:
    """Languages and their words, states of incidents, the all-clear, confirming reasons, rows of new codes."""
    found = read(older())
    assert (found.languages, [row.language for row in found.commitments]) == (("en",), ["en", "de"])
    assert {row.reason for row in found.reasons} == set(HoldReason)
    assert {row.code for row in found.register_} == set(RegisterCode)
    shipped = {row.reason for row in make_profile().reasons if row.confirming}
    assert {row.reason for row in found.reasons if row.confirming} == shipped
    assert HoldReason.REVIEWER_HOLD not in shipped
    assert found.required_gates("acknowledgement")[0].role == "incident_command"


def test_older_profile_gets_a_code_between_well_and_trouble() -> None:
    """Every trouble moves up by one rank, so that none of them reads better than it did."""
    data = older()
    data["status"]["codes"].append({"code": "SC4", "rank": 7, "label": "gone", "next_update": 20})
    found = read(data)
    ranks = {code.code: code.rank for code in found.status.codes}
    assert ranks == {"SC0": 0, "SC5": 1, "SC1": 2, "SC2": 3, "SC3": 4, "SC4": 8}
    assert found.all_clear
    assert (found.all_clear.code, found.all_clear.dwell) == ("SC5", 15)
    label = next(code.label for code in found.status.codes if code.code == "SC5")
    assert str(label) == "working again, we are watching it"


@pytest.mark.parametrize("rank", [99, 98])
def test_older_profile_without_room_above_has_no_all_clear(rank) -> None:
    """A rank beyond the highest is refused, so nothing moves; one below it still fits."""
    data = older()
    data["status"]["codes"][-1]["rank"] = rank
    found = read(data)
    assert (found.all_clear is None) is (rank == 99)
    assert max(code.rank for code in found.status.codes) == 99


def test_older_profile_knows_how_its_incident_systems_spell_their_states() -> None:
    """For each source of incidents; whatever is not spelt so counts as open."""
    data = older()
    data["sources"].append(data["sources"][0] | {"name": "page-incidents"})
    rows = {(row.source, row.value): row.state for row in read(data).incident.rows}
    for source in ("pagerduty", "page-incidents"):
        assert rows[source, "triggered"] is rows[source, "acknowledged"] is IncidentState.OPEN
        assert rows[source, "monitoring"] is IncidentState.WATCHED
        assert rows[source, "resolved"] is IncidentState.RESOLVED
    assert {source for source, _ in rows} == {"pagerduty", "page-incidents"}


@pytest.mark.parametrize(("label", "value"), [("is restored", "x"), ("Resolved", "x"), ("we are back", "restored")])
def test_older_checkpoint_that_says_restored_waits_for_every_side(label, value) -> None:
    """By its label or by what its source calls it; other checkpoints do not wait."""
    data = older()
    data["checkpoints"]["codes"][-1]["label"] = label
    data["checkpoints"]["rows"][-1]["value"] = value
    assert [code.code for code in read(data).checkpoints.codes if code.restored] == ["T6"]


def test_older_gate_that_the_house_chose_stays() -> None:
    """Only the shipped default moves: who approves is a decision."""
    for gates in ([{"role": "legal"}], [{"role": "account_leadership", "quorum": 2}]):
        data = older()
        data["acknowledgement"]["gates"] = gates
        assert [gate.role for gate in read(data).acknowledgement.gates] == [gates[0]["role"]]


def test_older_profile_keeps_what_it_says_itself() -> None:
    """Nothing that stands in the file is changed but ranks that make room and texts whose places are gone."""
    data = older()
    data["reasons"][-1]["wording"] = "being looked at"
    data["phrases"]["footer"]["contact"] = "Ask Kim."
    data["phrases"]["headline"]["held"] = "{account} {due}"
    found = read(data)
    assert str(found.phrases.footer.contact) == "Ask Kim."
    assert "being looked at" in {str(row.wording) for row in found.reasons}
    assert found.phrases.headline.held == make_profile().phrases.headline.held


def test_completing_changes_no_document_that_lacks_nothing_and_never_the_one_given() -> None:
    """The shipped profile is complete; a document is read, never written."""
    data = profile_data()
    assert completed(data, profile_data()) == (data, ())
    before = older()
    given = copy.deepcopy(before)
    assert completed(given, profile_data()).taken
    assert given == before


def test_row_that_a_profile_leaves_out_is_the_shipped_one_and_its_digest_covers_it() -> None:
    """A reason, an exception, a text: named among what was taken, and approved with the rest."""
    data = profile_data()
    data["reasons"] = [row for row in data["reasons"] if row["reason"] != "source-stale"]
    data["register"] = [row for row in data["register"] if row["code"] != "leak-suspected"]
    del data["notices"]["closed"], data["phrases"]["footer"]["contact"]
    found = completed(data, profile_data())
    assert found.taken == (
        ("reasons", "source-stale"),
        ("register", "leak-suspected"),
        ("notices", "closed"),
        ("phrases", "footer", "contact"),
    )
    whole = Profile.model_validate_json(orjson.dumps(found.data))
    assert {row.reason for row in whole.reasons} == set(HoldReason)
    other = profile_data()
    other["notices"]["closed"] = "{account}: over at {time} UTC."
    data["notices"].pop("closed", None)
    changed = Profile.model_validate_json(orjson.dumps(completed(data, other).data))
    assert digest(changed) != digest(whole)


@pytest.mark.parametrize("part", ["notices", "phrases", "reasons", "register", "languages", "commitments"])
def test_block_that_is_missing_whole_is_not_filled_in(part) -> None:
    """Nobody leaves out all of it by mistake of a version; the types say that it is missing."""
    data = profile_data()
    del data[part]
    assert part not in completed(data, profile_data()).data


@pytest.mark.parametrize(
    "data",
    [
        None,
        [],
        "text",
        {"schema": OLDER},
        {"schema": OLDER, "status": [], "reasons": "none", "register": {"a": 1}, "phrases": 3, "notices": [1]},
        {"schema": OLDER, "status": {"codes": [{"rank": 0}, 7]}, "sources": [{"kind": "incident"}], "checkpoints": {}},
        {"schema": OLDER, "phrases": {"footer": {"contact": 7}, "headline": []}, "acknowledgement": []},
    ],
)
def test_document_that_is_no_profile_passes_through(data) -> None:
    """What does not fit is the types' business, in their words; completing never fails."""
    completed(data, profile_data())


@pytest.mark.skipif(not REPORTED.exists(), reason="the public reports are not beside the project")
def test_profile_of_a_public_report_is_read() -> None:
    """A profile that somebody wrote for the older schema, as it is."""
    assert len(load_profile(REPORTED).sources) == 8


def test_fault_of_an_older_profile_has_its_place_in_the_file(tmp_path) -> None:
    """Rows are appended, so that what the file has keeps its line and column."""
    text = (SHIPPED / "customer-bridge.yaml").read_text().replace("bridgepkg.profile/2", OLDER)
    path = tmp_path / "old.yaml"
    path.write_text(text)
    assert load_profile(path).name == "customer-bridge"
    for right, wrong, said in (
        ("rank: 4, label: disrupted", "rank: four, label: disrupted", "status.codes.4.rank: Input should be"),
        ("label: service restored", "lable: service restored", "checkpoints.codes.5.lable: is not a known key"),
        ("wording: under review, role: legal", "role: legal", "reasons.2.wording: is missing"),
    ):
        broken = text.replace(right, wrong, 1)
        path.write_text(broken)
        with pytest.raises(DocumentError) as caught:
            load_profile(path)
        line = next(n for n, (a, b) in enumerate(zip(text.split("\n"), broken.split("\n"), strict=True), 1) if a != b)
        assert (caught.value.line, said in str(caught.value)) == (line, True)
