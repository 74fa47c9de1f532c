"""The evidence: all records of one moment, the health of every source, and what time makes of them."""

import pytest
from pydantic import ValidationError

from profiles.codes import RecordKind, Side, SourceState, Tlp
from tests.builders import (
    AT,
    SOURCES,
    make_coverage,
    make_evidence,
    make_health,
    make_incident,
    make_profile,
    make_ref,
    make_source,
    make_timeline,
    minutes,
    rebuilt,
    with_records,
    with_source,
)
from transforms.model.evidence import CoveredCell, declared_severities, source_problem, stale_at_release, too_mild
from transforms.model.records import HealthRecord, IncidentRecord, TimelineRecord, Withheld

NOW = AT + minutes(44)
"""When the release is about to go out: alertmanager's evidence, a minute old at `AT`, is at its limit of 45."""


def test_evidence_refuses_records_of_a_source_that_it_gives_no_account_of() -> None:
    """Nobody could say whether that source was whole."""
    with pytest.raises(ValidationError, match="records of source datadog, but no account of how it was read"):
        with_records(make_evidence(), make_health(source="datadog"))


def test_reference_observed_after_it_was_fetched_is_refused() -> None:
    """Nothing is confirmed after it was read; at the same moment it may be."""
    assert make_ref(observed_at=AT).observed_at == AT
    with pytest.raises(ValidationError, match="observed_at lies after fetched_at"):
        make_ref(observed_at=AT + minutes(1))


def test_reference_without_a_zone_is_refused_and_any_zone_is_kept_as_utc() -> None:
    """The core never guesses a zone."""
    with pytest.raises(ValidationError, match="timezone"):
        make_ref(changed_at=AT.replace(tzinfo=None))
    kept = make_ref(changed_at=AT.astimezone().replace(microsecond=0))
    assert (kept.changed_at, kept.changed_at.tzname()) == (AT, "UTC")


@pytest.mark.parametrize("changes", [{"severity": ""}, {"severity": "x" * 501}, {"severity": 1}, {"mood": "bad"}])
def test_records_are_strict(changes) -> None:
    """Empty, overlong, untyped and unknown values make no record."""
    with pytest.raises(ValidationError):
        make_incident(**changes)


def test_records_do_not_change() -> None:
    """A fact is a value."""
    with pytest.raises(ValidationError, match="frozen"):
        make_incident().severity = "P5"


def test_silence_fills_covered_cells_that_are_not_listed() -> None:
    """One record for each, with the heartbeat as its reference; a listed cell speaks for itself."""
    cells = (
        CoveredCell(component="pay-edge", region="eu-west-1"),
        CoveredCell(component="pay-edge", region="us-east-1"),
        CoveredCell(component="db"),
    )
    evidence = with_source(make_evidence(), "alertmanager", coverage=make_coverage(cells=cells))
    silent = [record for record in evidence.of(HealthRecord) if record.status == "quiet"]
    assert [(r.component, r.region, r.ref.key, r.side, r.withheld) for r in silent] == [
        ("pay-edge", "us-east-1", "fp-watchdog", Side.INTERNAL, ()),
        ("db", None, "fp-watchdog", Side.INTERNAL, ()),
    ]


@pytest.mark.parametrize(
    "changes",
    [
        {"state": SourceState.MALFORMED},
        {"state": SourceState.UNAVAILABLE},
        {"coverage": make_coverage(signs=())},
        {"coverage": None},
    ],
)
def test_silence_of_a_source_that_is_not_known_to_live_means_nothing(changes) -> None:
    """Without a reading, a heartbeat or coverage there is no record of what was not said."""
    evidence = with_source(make_evidence(), "alertmanager", **changes)
    assert [record for record in evidence.of(HealthRecord) if record.status == "quiet"] == []


def test_records_come_in_an_order_of_their_own() -> None:
    """By source, key and revision, however they arrived."""
    moments = tuple(make_timeline(key=key, revision=r) for key, r in (("b", "1"), ("a", "2"), ("a", "1")))
    evidence = rebuilt(make_evidence(), records=moments)
    found = [(record.ref.key, record.ref.revision) for record in evidence.of(TimelineRecord)]
    assert found == [("a", "1"), ("a", "2"), ("b", "1")]


def test_source_is_fresh_at_its_limit_and_too_old_beyond() -> None:
    """Ten minutes are allowed for alerts, not a second more."""
    source = next(source for source in make_profile().sources if source.name == "alertmanager")
    ages = (minutes(10), minutes(10) + minutes(1 / 60))
    found = [source_problem(with_source(make_evidence(), "alertmanager", observed_at=AT - age), source) for age in ages]
    assert found == [None, "source-stale"]


def test_release_is_stopped_by_sources_older_than_it_may_use() -> None:
    """Two limits, because approvals take time: at the second limit it goes out, a minute later it does not."""
    profile = make_profile()
    assert stale_at_release(make_evidence(), profile, NOW) == ()
    assert stale_at_release(make_evidence(), profile, NOW + minutes(1)) == ("alertmanager",)
    assert stale_at_release(make_evidence(), profile, NOW + minutes(76)) == (
        "pagerduty",
        "alertmanager",
        "statuspage",
        "incident-channel",
    )


@pytest.mark.parametrize("source", SOURCES)
@pytest.mark.parametrize(
    "changes", [{"state": SourceState.UNAVAILABLE}, {"state": SourceState.MALFORMED}, {"observed_at": None}]
)
def test_release_is_stopped_by_a_source_that_was_not_read(source, changes) -> None:
    """Whatever its kind, and also when the configuration has lost it."""
    assert stale_at_release(with_source(make_evidence(), source, **changes), make_profile(), AT) == (source,)
    kept = tuple(record for record in make_evidence().records if record.ref.source != source)
    sources = tuple(health for health in make_evidence().sources if health.source != source)
    lost = rebuilt(make_evidence(), sources=sources, records=kept)
    assert stale_at_release(lost, make_profile(), AT) == (source,)


def test_severity_is_what_the_incident_sources_declare() -> None:
    """Every incident record of the profile's own incident sources; another source declares nothing."""
    evidence = with_records(
        make_evidence(), make_incident(severity="P3", key="pd-2"), make_incident(source="jira", severity="P5")
    )
    assert sorted(declared_severities(evidence, make_profile())) == ["P1", "P3"]
    assert declared_severities(with_records(evidence, without=IncidentRecord), make_profile()) == ()


def test_incident_is_too_mild_when_no_record_declares_what_the_profile_packages() -> None:
    """One severe record is enough; where no severity could be read, none is too mild."""
    mild = with_records(make_evidence(), make_incident(severity="P3"), without=IncidentRecord)
    assert too_mild(mild, make_profile()) == "P3"
    assert too_mild(with_records(mild, make_incident(severity="P1", key="pd-2")), make_profile()) is None
    assert too_mild(with_records(mild, without=IncidentRecord), make_profile()) is None


def test_records_hold_bounded_texts() -> None:
    """A withheld text may be long, not endless."""
    assert len(Withheld(name="text", text="x" * 20_000).text) == 20_000
    with pytest.raises(ValidationError):
        Withheld(name="text", text="x" * 20_001)


def test_closed_lists_name_the_seven_kinds_and_five_labels() -> None:
    """The seed's seven kinds of state, and TLP 2.0 from open to closed."""
    assert [kind.value for kind in RecordKind] == [
        "incident",
        "health",
        "entitlement",
        "workaround",
        "dependency",
        "security-note",
        "timeline",
    ]
    assert [label.value for label in Tlp] == ["CLEAR", "GREEN", "AMBER", "AMBER+STRICT", "RED"]
    assert make_source("jira").problem == ""


def test_coverage_of_a_single_cell_is_enough() -> None:
    """A source may vouch for one component in one region; for none it vouches for nothing."""
    cell = CoveredCell(component="pay-edge", region="eu-west-1")
    assert make_coverage(cells=(cell,)).cells == (cell,)
    with pytest.raises(ValidationError):
        make_coverage(cells=())
