"""Tables against the evidence: what would be held because nobody mapped it, and what nobody speaks of."""

import pytest

from authoring.linter import lint
from profiles.codes import SourceState
from tests.authoring.linting import TEXT, codes, make_trial, said
from tests.builders import (
    STAGES,
    make_dependency,
    make_draft,
    make_entitlement,
    make_evidence,
    make_health,
    make_incident,
    make_source,
    make_timeline,
    make_workaround,
    rebuilt,
    sample_evidence,
    with_records,
    with_source,
)
from transforms.model.records import EntitlementRecord, IncidentRecord

MAP = tuple(
    make_dependency(component=f"component:default/{name}", labels=())
    for name in ("pay-ledger", "rpt-query", "hook-relay", "frd-score")
)
WORLD = with_records(make_evidence(), *MAP)
"""A evidence in which the catalogue knows every component of the shipped profile."""


def test_evidence_that_the_tables_cover_gives_nothing() -> None:
    """Nothing to fix where every value is mapped."""
    assert codes(evidence=WORLD) == []
    assert [codes(evidence=sample_evidence(stage)) for stage in STAGES] == [[], ["unmapped-value"], [], [], []]


@pytest.mark.parametrize(
    ("record", "sentence", "place"),
    [
        (make_health(status="catastrophic"), 'alertmanager says the status "catastrophic"', "rows:"),
        (make_health(region="mars-1"), 'alertmanager says the region "mars-1"', "regions:"),
        (make_health(region=None), 'alertmanager says the region "none"', "regions:"),
        (make_workaround(readiness="Parked"), 'jira says the readiness "Parked"', "rows:"),
        (make_timeline(checkpoint="coffee"), 'incident-channel says the checkpoint "coffee"', "rows:"),
        (make_incident(severity="P4"), 'pagerduty says the severity "P4"', "severities: [P1, SEV1]"),
    ],
)
def test_value_that_no_table_maps_is_reported(record, sentence, place) -> None:
    """At the table that should map it, in the words of its source."""
    found = said(evidence=with_records(WORLD, record))
    assert found == [("error", "unmapped-value", f"{sentence}, which nothing here maps; it would be held", place)]


@pytest.mark.parametrize(
    "record", [make_health(component="elsewhere", status="odd"), make_workaround(component="else")]
)
def test_component_that_no_capability_rests_on_is_reported_once(record) -> None:
    """Its values are never asked for, so only the component is worth a word."""
    found = said(evidence=with_records(WORLD, record))
    source, name = record.ref.source, record.component
    sentence = f'{source} speaks of "{name}", which no capability rests on; it is never told'
    assert found == [("warning", "unknown-component", sentence, "capabilities:")]


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, []),
        ({"tier": "Basic"}, [("error", 'salesforce says the tier "Basic"')]),
        ({"products": ("MC-PAY-100", "MC-NEW-1")}, [("warning", 'salesforce says the product "MC-NEW-1"')]),
        ({"regions": ("EMEA", "LATAM")}, [("warning", 'salesforce says the region "LATAM"')]),
        ({"account": "another", "tier": "Basic"}, []),
    ],
)
def test_entitlement_of_the_bridge_is_compared(changes, expected) -> None:
    """The tier must be mapped; what was bought and is not listed is left out; other accounts are not ours."""
    evidence = with_records(WORLD, make_entitlement(**changes), without=EntitlementRecord)
    assert [(f[0], f[2].partition(", which")[0]) for f in said(evidence=evidence)] == expected


def test_row_for_another_account_does_not_map_the_tier() -> None:
    """A row with an account counts for that account."""
    edit = ("value: Premier, permitted", "value: Premier, account: another, permitted")
    assert codes(edit, evidence=WORLD) == ["unmapped-value"]


def test_component_that_its_source_does_not_know_is_reported() -> None:
    """A misspelt key makes holds for ever; a tracker without an entry is no fault."""
    found = said(("key: pay-ledger}", "key: pay-leger}"), evidence=WORLD)
    sentence = 'alertmanager says nothing of "pay-leger"; what rests on it is held, or its detail is missed'
    assert ("warning", "component-not-seen", sentence, "{source: alertmanager, key: pay-leger}") in found
    assert codes(("{source: jira, key: pay-edge}", "{source: jira, key: pay-egde}"), evidence=WORLD) == [
        "unknown-component"
    ]


def test_source_that_was_not_read_is_reported_instead_of_its_components() -> None:
    """Nobody can say what it would have said; its own account says how to fix it."""
    broken = with_source(WORLD, "backstage", state=SourceState.UNAVAILABLE, observed_at=None, problem="mount the share")
    records = tuple(record for record in broken.records if record.ref.source != "backstage")
    (found,) = lint(TEXT.encode(), "p.yaml", make_trial(rebuilt(broken, records=records)))
    assert (found.severity, found.code, found.fix) == ("warning", "source-not-read", "mount the share")


def test_sources_must_be_the_same_on_both_sides() -> None:
    """One that is not configured makes holds; one that the profile does not know is read for nothing."""
    sources = tuple(health for health in WORLD.sources if health.source != "pagerduty")
    records = tuple(record for record in WORLD.records if not isinstance(record, IncidentRecord))
    evidence = rebuilt(WORLD, sources=(*sources, make_source("spare")), records=records)
    assert [f[:3] for f in said(evidence=evidence)] == [
        ("warning", "source-not-used", "the source spare was read, but this profile does not know it"),
        ("error", "source-not-configured", "the source pagerduty is not among those that were read"),
    ]


@pytest.mark.parametrize("stage", STAGES)
def test_unmapped_values_are_exactly_those_that_a_draft_holds(stage) -> None:
    """The linter foresees what the build does: no unmapped hold without a finding, and none beside."""
    held = {entry.code for entry in make_draft(sample_evidence(stage)).register_}
    assert ("unmapped-value" in held) == ("unmapped-value" in codes(evidence=sample_evidence(stage)))
