"""Each shipped preset makes of the sample's exports exactly the records that its stages tell."""

import pytest

from bot.sources.presets import SHIPPED, load_preset
from profiles.codes import RecordKind
from profiles.documents import DocumentError
from tests.bot.sources.reading import PRESETS
from tests.builders import SOURCES, STAGES, make_ref, sample_evidence

ALL_CLEAR = "operational"
SIGNER = "component:default/edge-signer"


def told(stage: str, source: str, *fields: str) -> list[tuple]:
    """The named fields of a source's records in one stage, in their own order."""
    records = [record for record in sample_evidence(stage).records if record.ref.source == source]
    return sorted(tuple(getattr(record, field) for field in fields) for record in records)


def changed(stage: str, source: str) -> list[str]:
    """When the facts of a source changed, to the minute."""
    records = [record for record in sample_evidence(stage).records if record.ref.source == source]
    return sorted(f"{record.ref.changed_at:%H:%M}" for record in records)


def test_presets_cover_the_seven_kinds_of_state() -> None:
    """At least one connector for each kind that the seed names, and health from both sides."""
    presets = {name: load_preset(name, SHIPPED) for name in PRESETS}
    assert sorted(path.stem for path in SHIPPED.glob("*.yaml")) == list(PRESETS)
    assert {preset.kind for preset in presets.values()} == set(RecordKind)
    assert {name: preset.side for name, preset in presets.items() if preset.side} == {
        "alertmanager": "internal",
        "pagerduty": "internal",
        "statuspage": "customer",
        "statuspage-incidents": "customer",
    }


@pytest.mark.parametrize("stage", STAGES)
def test_sample_sources_are_all_read(stage) -> None:
    """Nothing of the sample is malformed or missing in any stage."""
    states = {health.source: health.state for health in sample_evidence(stage).sources}
    assert states == dict.fromkeys(SOURCES, "read")


@pytest.mark.parametrize(
    ("stage", "status"),
    list(zip(STAGES, ("triggered", "acknowledged", "acknowledged", "acknowledged", "resolved"), strict=True)),
)
def test_pagerduty_preset_reads_the_declared_incident(stage, status) -> None:
    """Severity from the priority, status as PagerDuty spells it."""
    assert told(stage, "pagerduty", "severity", "status") == [("P1", status)]


@pytest.mark.parametrize(
    ("stage", "alerts"),
    [
        (
            STAGES[0],
            [
                ("frd-score", "us-east-1", "critical"),
                ("pay-edge", "eu-central-1", "major"),
                ("pay-edge", "eu-west-1", "critical"),
                ("rpt-query", "eu-west-1", "warning"),
            ],
        ),
        (
            STAGES[1],
            [
                ("frd-score", "us-east-1", "critical"),
                ("pay-edge", "eu-central-1", "major"),
                ("pay-edge", "eu-west-1", "critical"),
                ("pay-edge", "us-east-1", "warning"),
                ("rpt-query", "eu-west-1", "warning"),
            ],
        ),
        (
            STAGES[2],
            [
                ("frd-score", "us-east-1", "critical"),
                ("pay-edge", "eu-west-1", "warning"),
                ("pay-edge", "us-east-1", "warning"),
                ("rpt-query", "eu-west-1", "warning"),
            ],
        ),
        (STAGES[3], []),
        (STAGES[4], []),
    ],
)
def test_alertmanager_preset_reads_what_fires_and_its_sign_of_life(stage, alerts) -> None:
    """One record for each alert; the Watchdog is the sign of life of the rest, not an alert."""
    assert told(stage, "alertmanager", "component", "region", "status") == alerts
    coverage = sample_evidence(stage).health_of["alertmanager"].coverage
    (sign,) = coverage.signs
    assert (len(coverage.cells), coverage.silent_status, sign.ref.key) == (13, "quiet", "a1b2c3d4e5f60718")
    assert (sign.ref.observed_at, sign.scope) == (sample_evidence(stage).at, ())


@pytest.mark.parametrize(
    ("stage", "trouble"),
    [
        (STAGES[0], {"8kbf7d35c070": "major_outage", "3vwq1m90zx41": "degraded_performance"}),
        (
            STAGES[1],
            {
                "8kbf7d35c070": "major_outage",
                "8kbf7d35c071": "degraded_performance",
                "3vwq1m90zx41": "degraded_performance",
            },
        ),
        (
            STAGES[2],
            {
                "8kbf7d35c070": "major_outage",
                "8kbf7d35c071": "degraded_performance",
                "3vwq1m90zx41": "degraded_performance",
            },
        ),
        (STAGES[3], {}),
        (STAGES[4], {}),
    ],
)
def test_statuspage_preset_reads_every_component(stage, trouble) -> None:
    """Seven components without groups; what is not in trouble is operational."""
    found = dict(told(stage, "statuspage", "component", "status"))
    assert {name: status for name, status in found.items() if status != ALL_CLEAR} == trouble
    assert len(found) == 7


@pytest.mark.parametrize("stage", STAGES)
def test_backstage_preset_reads_nodes_edges_and_labels(stage) -> None:
    """References in full, whatever the catalog leaves out; tags are labels."""
    found = {
        name: (used, labels) for name, used, labels in told(stage, "backstage", "component", "depends_on", "labels")
    }
    assert found == {
        "component:default/pay-edge": ((SIGNER, "component:default/pay-ledger"), ("tier-1",)),
        "component:default/pay-ledger": (("resource:default/ledger-postgres",), ("tier-1",)),
        SIGNER: ((), ("restricted", "third-party")),
        "component:default/rpt-query": (("component:default/pay-ledger",), ("tier-2",)),
        "component:default/hook-relay": ((), ("tier-2",)),
        "component:default/frd-score": ((SIGNER,), ("tier-1",)),
        "resource:default/ledger-postgres": ((), ()),
    }


@pytest.mark.parametrize(
    ("stage", "tracked"),
    [
        (STAGES[0], [("pay-edge", "In Progress")]),
        (STAGES[1], [("pay-edge", "In Review"), ("rpt-query", "Parked")]),
        (STAGES[2], [("pay-edge", "Done"), ("rpt-query", "In Progress")]),
        (STAGES[3], [("pay-edge", "Done"), ("rpt-query", "Done")]),
        (STAGES[4], [("pay-edge", "Done"), ("rpt-query", "Done")]),
    ],
)
def test_jira_preset_reads_one_record_for_each_component_of_an_issue(stage, tracked) -> None:
    """Readiness is the status by name; the first stage's export is three hours old."""
    assert told(stage, "jira", "component", "readiness") == tracked
    age = sample_evidence(stage).at - sample_evidence(stage).health_of["jira"].observed_at
    assert age.total_seconds() == (3 * 3600 if stage == STAGES[0] else 0)


@pytest.mark.parametrize("stage", STAGES)
def test_salesforce_preset_reads_every_account_of_the_export(stage) -> None:
    """Tier, products and regions of both accounts; Acme gains Asia-Pacific in the third stage."""
    acme = ("AMER", "APAC", "EMEA") if stage in STAGES[2:] else ("AMER", "EMEA")
    assert told(stage, "salesforce", "account", "tier", "products", "regions") == [
        ("0015g00000AcMe1AAB", "Premier", ("MC-HOOK-300", "MC-PAY-100", "MC-REP-200"), acme),
        ("0015g00000GloBxAAF", "Standard", ("MC-FRD-400", "MC-PAY-100"), ("EMEA",)),
    ]


@pytest.mark.parametrize("stage", STAGES)
def test_csaf_preset_reads_label_and_subjects(stage) -> None:
    """One note for each document of the folder, about the products that it affects."""
    assert told(stage, "security-notes", "tlp", "subjects", "labels") == [("RED", (SIGNER,), ("csaf_vex",))]


@pytest.mark.parametrize(
    ("stage", "times"),
    [
        (STAGES[0], ["13:58", "14:01"]),
        (STAGES[1], ["13:58", "14:01", "14:17"]),
        (STAGES[2], ["13:58", "14:01", "14:17", "14:31", "14:37"]),
        (STAGES[3], ["13:58", "14:01", "14:17", "14:31", "14:37", "15:08"]),
        (STAGES[4], ["13:58", "14:01", "14:17", "14:31", "14:37", "15:19"]),
    ],
)
def test_slack_timeline_preset_reads_the_marked_moments(stage, times) -> None:
    """A reaction of the table marks a checkpoint at the message's time; eyes and other messages mean nothing."""
    order = ["impact-detected", "investigating", "identified", "mitigating", "recovering", "restored"]
    assert changed(stage, "incident-channel") == times
    found = {checkpoint for (checkpoint,) in told(stage, "incident-channel", "checkpoint")}
    assert found == set(order[: len(times)])


@pytest.mark.parametrize("stage", STAGES)
def test_presets_keep_what_they_withhold_and_what_they_do_not_map(stage) -> None:
    """Titles, people, links and texts go to the annex; the rest survives as scan terms only."""
    records = sample_evidence(stage).records
    withheld = {value.text for record in records for value in record.withheld}
    assert {
        "pay-edge: TLS handshakes to edge-signer fail in eu-west-1",
        "Priya Raman",
        "Hexacore SignGate appliance",
        "Tomas Lindqvist",
        "CVE-2026-41877",
        "Globex Retail Group",
    } <= withheld
    assert "Payments platform on-call" in {text for record in records for text in record.unmapped}
    assert all({value.text for value in record.withheld}.isdisjoint(record.unmapped) for record in records)


def test_presets_give_facts_their_own_times_and_revisions() -> None:
    """Changed when the system says, confirmed when it says or when the file was written, read at the evidence's own."""
    refs = {r.ref.source: r.ref for r in sample_evidence().records if r.ref.source in {"pagerduty", "alertmanager"}}
    at, last = sample_evidence().at, refs["alertmanager"]
    assert refs["pagerduty"] == make_ref(
        "pagerduty",
        "Q1MN0P42SEV1KX",
        revision="2026-03-12T14:18:30Z",
        changed_at=at.replace(minute=18, second=30),
        observed_at=at,
    )
    assert (last.observed_at, last.fetched_at, last.revision) == (at, at, "2026-03-12T14:20:00Z")


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ("key: '[?'", "is not a JMESPath expression: "),
        ("kind: mood", "Input should be 'incident', 'health'"),
        ("colour: red", "colour: is not a known key"),
        ("split: parts", "split names parts, which is not among fields"),
        ("items: ''", "items: String should have at least 1 character"),
        ("key: lenght(id)", ":3:1: key: is not a JMESPath expression: lenght() is no function; docs/configuration.md"),
        ("key: split(id)", ":3:1: key: is not a JMESPath expression: split() takes 2 values, not 1"),
        ("key: 'nested(a, b)'", "nested() takes its key as a text in quotes"),
        ("times: ['%Y-%m-%d']", "times.0: names no zone; add %z or %Z"),
        ("times: [yesterday]", "times.0: is no format; use iso8601, epoch-seconds, epoch-milliseconds"),
        ("fields: {statsu: s}", "fields.statsu is no field of incident; it has severity, started, status"),
        ("fields: {status: s}", "fields.severity is missing, and every incident needs one; say where it stands"),
        ("drop: [mood]", "drop names mood, which is not among fields"),
        ("optional: [stats]", "optional lists stats, which no expression of this mapping reads"),
    ],
)
def test_preset_of_ones_own_is_checked_with_its_place(change, problem, tmp_path) -> None:
    """A mapping file is data like any other: a fault has line, column and fix."""
    lines = {
        "kind": "kind: incident",
        "items": "items: '@'",
        "key": "key: id",
        "fields": "fields: {severity: s, status: s}",
    }
    lines[change.split(":")[0]] = change
    (tmp_path / "own.yaml").write_text("\n".join(lines.values()))
    with pytest.raises(DocumentError) as caught:
        load_preset("own.yaml", tmp_path)
    assert problem in str(caught.value)
    assert f"{tmp_path / 'own.yaml'}:" in str(caught.value)


def test_preset_to_health_needs_a_side(tmp_path) -> None:
    """Without the side nobody could say that the two sides disagree."""
    (tmp_path / "own.yaml").write_text("kind: health\nitems: '@'\nkey: id\nfields: {status: s}\n")
    with pytest.raises(DocumentError, match="says which side it faces"):
        load_preset("own.yaml", tmp_path)


def test_preset_that_does_not_exist_names_those_that_do(tmp_path) -> None:
    """A misspelt preset is fixed from the message."""
    with pytest.raises(DocumentError) as caught:
        load_preset("pagerdutty", tmp_path)
    assert caught.value.problem == (
        f"preset pagerdutty is not known; use one of {', '.join(PRESETS)}, or a path ending in .yaml"
    )
