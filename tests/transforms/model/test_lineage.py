"""P5: every outward value says where it comes from: source, revision, times, rule and table rows."""

import re

import pytest
from hypothesis import given, settings

from profiles.codes import Section
from tests.builders import (
    DIGEST_KEY,
    STAGES,
    assert_no_canary,
    canaries,
    make_draft,
    make_evidence,
    make_field_hold,
    make_ref,
    make_workaround,
    minutes,
    sample_drafts,
    sample_evidence,
    with_records,
)
from tests.transforms.worlds import cases, rebuild
from transforms.model.lineage import LineageEntry, Origin, distinct, seal_lineage, unexplained
from transforms.model.records import DependencyRecord, SecurityNoteRecord, WorkaroundRecord
from transforms.publish.draft import Draft
from transforms.validate.findings import lineage_findings

FRAME = [
    "headline/account",
    "headline/overall",
    "headline/version",
    "footer/as-of",
    "footer/next-update",
    "footer/reference",
]
LATER = ["headline/changed", "footer/replaces"]


def by_field(draft: Draft) -> dict[str, LineageEntry]:
    """The lineage of a draft by field; each field once."""
    found = {entry.field: entry for entry in draft.lineage}
    assert len(found) == len(draft.lineage)
    return found


def read_from_text(draft: Draft) -> set[str]:
    """The ids of what the message's words speak of, found from its words alone."""
    profile_labels = {"Europe": "europe", "Americas": "americas", "Asia-Pacific": "asia-pacific"}
    found = {f"hold/{number}" for number in re.findall(r"\bH\d+\b", draft.message.text)}
    for block in draft.message.blocks:
        name, text = block["block_id"], block.get("text", {}).get("text", "")
        capability = name.removeprefix("bridge-capability-")
        if name.startswith("bridge-capability-"):
            places = re.findall(r"(Europe|Americas|Asia-Pacific): ", text)
            found |= {f"status/{capability}/{profile_labels[place]}" for place in places}
            found |= {f"workaround/{capability}"} if "Workaround: " in text else set()
    return found


@pytest.mark.parametrize("stage", STAGES)
def test_lineage_explains_exactly_what_the_package_holds(stage) -> None:
    """One entry for each field, each hold, headline and footer; counted from the package, none more or less."""
    draft = sample_drafts()[STAGES.index(stage)]
    package = draft.package
    frame = FRAME + (LATER if package.replaces else [])
    details = [hold.key for hold in package.holds if hold.key.startswith("detail/")]
    holds = [f"hold/H{hold.number}" for hold in package.holds]
    assert sorted(by_field(draft)) == sorted([*frame, *(field.id for field in package.fields), *details, *holds])


@pytest.mark.parametrize("stage", STAGES)
def test_lineage_explains_every_value_that_the_words_tell(stage) -> None:
    """Counted from the customer's text: each cell, workaround, checkpoint and placeholder has its origin."""
    draft = sample_drafts()[STAGES.index(stage)]
    explained = {name for name, entry in by_field(draft).items() if entry.origin.refs or entry.origin.silent}
    assert read_from_text(draft) <= explained
    (timeline,) = [b["text"]["text"] for b in draft.message.blocks if b["block_id"] == "bridge-timeline"]
    checkpoints = re.findall(r"\d\d:\d\d [a-z]", timeline)
    assert len(checkpoints) == sum(name.startswith("timeline/T") for name in explained)


@settings(max_examples=60)
@given(cases())
def test_lineage_is_whole_in_every_world(case) -> None:
    """Whatever sources say or leave out, no outward value is without an origin; without a contract there is no row."""
    draft = rebuild(case)
    outward = [field.id for field in draft.package.fields] + [f"hold/H{hold.number}" for hold in draft.holds]
    complete = {
        name
        for name, entry in by_field(draft).items()
        if (entry.origin.rows or name == "status/held") and (entry.origin.refs or entry.origin.silent)
    }
    assert set(outward) <= complete


def test_lineage_of_a_shown_cell_names_its_facts_rule_and_rows() -> None:
    """Both sources with their revisions and times, the table rows that spoke, the contract's row."""
    entry = by_field(make_draft())["status/payments-api/europe"]
    facts = [(ref.source, ref.revision, ref.observed_at, ref.changed_at) for ref in entry.origin.refs]
    alert, page = make_ref(), make_ref("statuspage")
    heartbeat = ("alertmanager", alert.revision, alert.observed_at, alert.changed_at)
    assert facts == [heartbeat, heartbeat, ("statuspage", page.revision, page.observed_at, page.changed_at)]
    assert entry.model_dump(exclude={"origin": {"refs"}}) == {
        "field": "status/payments-api/europe",
        "disposition": "shown",
        "derived_from": (),
        "origin": {
            "rule": "status: worst of agreeing sources",
            "rows": ("capability:payments-api", "region:europe", "ST-1", "ST-14", "ST-4", "TR-1"),
            "silent": (),
            "until": None,
        },
    }


def test_lineage_of_a_hold_names_its_fields_and_internal_reason() -> None:
    """The placeholder of a row points to every cell that it covers."""
    draft = make_draft(holds=(make_field_hold("status/payments-api"),))
    entry = by_field(draft)["hold/H1"]
    assert (entry.disposition, entry.derived_from) == (
        "held",
        ("status/payments-api/europe", "status/payments-api/americas"),
    )
    assert entry.origin.rows[-1] == "reason:reviewer-hold"
    hidden = by_field(make_draft())["hold/H1"]
    assert (hidden.derived_from, hidden.origin.rows[-1]) == (("detail/dependency",), "reason:exploitability-restricted")


def test_lineage_of_an_empty_tracker_names_the_row_of_its_silence() -> None:
    """What nobody recorded is explained by the profile's row for that and by the source that was silent."""
    entry = by_field(make_draft(with_records(make_evidence(), without=WorkaroundRecord)))["workaround/payments-api"]
    assert (entry.origin.rows, entry.origin.refs, entry.origin.silent) == (
        ("capability:payments-api", "WR-0", "TR-1"),
        (),
        ("jira",),
    )


def test_lineage_that_is_missing_is_found() -> None:
    """A field without entry, or with neither fact nor silent source, is unexplained, and nothing can waive it."""
    origin = Origin(rule="r", refs=(make_ref(),))
    lineage = [
        LineageEntry(field="status/a", disposition="shown", origin=origin),
        LineageEntry(field="status/b", disposition="shown", origin=Origin(rule="r")),
        LineageEntry(field="headline/overall", disposition="derived", origin=Origin(rule="r")),
    ]
    assert unexplained(["status/a", "status/b", "status/c", "headline/overall"], lineage) == ("status/b", "status/c")
    found = list(lineage_findings(["status/a", "status/c"], lineage))
    assert [(finding.code, finding.about) for finding in found] == [("lineage-incomplete", "status/c")]


def test_lineage_of_derived_values_depends_on_what_they_derive_from() -> None:
    """The overall status and the next update derive from the cells, the reference from every field."""
    draft = make_draft()
    cells = tuple(field.id for field in draft.package.fields if field.section is Section.STATUS)
    lineage = by_field(draft)
    assert lineage["headline/overall"].derived_from == cells
    assert {lineage[name].disposition for name in FRAME} == {"derived"}


def test_lineage_of_what_is_held_is_sealed_in_the_open() -> None:
    """Native keys of withheld facts become keyed digests: neither the key nor a plain hash of it can be read."""
    draft = make_draft(sample_evidence())
    open_lineage = seal_lineage(draft.lineage, DIGEST_KEY)
    held = [r for r in sample_evidence().records if isinstance(r, DependencyRecord | SecurityNoteRecord)]
    world = make_evidence(records=tuple(held), sources=sample_evidence().sources)
    assert_no_canary([entry.model_dump(mode="json") for entry in open_lineage], canaries(world))
    keys = {ref.key for entry in open_lineage if entry.disposition == "held" for ref in entry.origin.refs}
    assert all(re.fullmatch("sealed:[0-9a-f]{16}", key) for key in keys)
    assert seal_lineage(draft.lineage, "cd" * 32) != open_lineage


def test_origins_join_without_repetition_in_a_fixed_order() -> None:
    """Facts, rows and silent sources of two origins, each once."""
    early, late = make_ref(), make_ref(revision="r-2")
    one = Origin(rule="one", rows=("A", "B"), refs=(late,), silent=("z",))
    two = Origin(rule="two", rows=("B", "C"), refs=(early, late), silent=("a", "z"))
    assert one.with_more(two) == Origin(rule="one", rows=("A", "B", "C"), refs=(early, late), silent=("a", "z"))
    assert distinct([late, early, late]) == (early, late)


def test_lineage_keeps_every_fact_of_a_slot() -> None:
    """A workaround that was superseded is evidence too."""
    later = make_workaround(readiness="Done", key="j-2", changed_at=make_ref().changed_at + minutes(5))
    entry = by_field(make_draft(with_records(make_evidence(), later)))["workaround/payments-api"]
    assert [ref.key for ref in entry.origin.refs] == ["j-2", "jira-pay-edge-x"]
