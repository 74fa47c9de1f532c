"""Payloads as other people have them, through every preset: read right, or refused in a line that names them."""

import pytest

from tests.bot.sources.reading import PRESETS, read_whole
from tests.builders import SHARED_DATA

FOREIGN = SHARED_DATA / "foreign_payloads"
pytestmark = pytest.mark.skipif(not FOREIGN.is_dir(), reason="the foreign payloads lie beside the repository")
FILES = sorted(path for path in FOREIGN.glob("*.*") if path.suffix in {".json", ".yaml"})


@pytest.mark.parametrize("preset", PRESETS)
@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_payload_is_accounted_for_or_refused(path, preset) -> None:
    """Every item of it became something, and whatever is not whole says so with what to do."""
    health, records, unplaced = read_whole(path, preset)
    tally = health.tally
    assert tally.items == tally.placed + tally.elsewhere + tally.unplaced + sum(one.items for one in tally.ignored)
    assert len(unplaced) >= tally.unplaced
    if not health.readable:
        assert (records, unplaced) == ([], [])
        assert "; " in health.problem
    if health.state != "read":
        assert health.problem
        assert "\n" not in health.problem


@pytest.mark.parametrize(
    ("name", "preset", "said"),
    [
        ("alertmanager-karma-groups.json", "alertmanager", "is a list of alert groups, not of alerts"),
        ("alertmanager-webhook-alerta.json", "alertmanager", "is an Alertmanager webhook, not an export"),
        ("csaf-provider-metadata.json", "csaf", "is a provider's description, not an advisory"),
        ("csaf-rolie-feed.json", "csaf", "is a feed, not an advisory"),
        ("cyclonedx-vex.json", "csaf", "is a CycloneDX document, not CSAF"),
        ("cyclonedx-vex-without-dates.json", "csaf", "is a CycloneDX document, not CSAF"),
        ("openvex-v0.2.0.json", "csaf", "is an OpenVEX document, not CSAF"),
        ("ghsa.json", "csaf", "is an OSV advisory, not CSAF"),
        ("pagerduty-webhook-v2.json", "pagerduty", "is a PagerDuty webhook, not an export"),
        ("pagerduty-webhook-v3.json", "pagerduty", "is a PagerDuty webhook, not an export"),
        ("firehydrant-webhook.json", "statuspage", "is a webhook, not an export"),
        ("datadog-event.json", "alertmanager", "is one event, not an export"),
        ("grafana-alert-rule.json", "alertmanager", "is an alert rule, not an alert"),
        ("jaeger-dependencies.json", "backstage", "holds nothing that has a key where"),
        ("sentry-issue.json", "jira", "is one event, not an export"),
        ("servicenow-incident.json", "pagerduty", "is one event, not an export"),
        ("stripe-entitlements.json", "salesforce", "holds no list of items where records looks"),
    ],
)
def test_payload_of_another_kind_is_named(name, preset, said) -> None:
    """Whoever exported the wrong thing reads what it is, not what it is not."""
    health, _, _ = read_whole(FOREIGN / name, preset)
    assert (health.state, said in health.problem) == ("malformed", True), health.problem


def test_alerts_without_a_service_are_trouble_that_nobody_can_place() -> None:
    """None of them is dropped, and none says anything of a component."""
    health, records, unplaced = read_whole(FOREIGN / "alertmanager-karma-alerts.json", "alertmanager")
    assert (records, {item.why for item in unplaced}) == ([], {"no-component"})
    assert (health.tally.items, health.state) == (len(unplaced), "incomplete")
    assert all(item.tags for item in unplaced)


@pytest.mark.parametrize("name", ["csaf-redhat-branches.json", "csaf21-redhat-branches.json", "csaf-cisco.json"])
def test_advisory_with_branches_names_its_products(name) -> None:
    """At any depth of the tree, by id and by name."""
    health, (record,), _ = read_whole(FOREIGN / name, "csaf")
    assert health.state == "read"
    assert len(record.subjects) > 5
    if "redhat" in name:
        assert "Red Hat Enterprise Linux Server AUS (v. 7.6)" in record.subjects


def test_catalogue_of_several_entities_has_its_edges() -> None:
    """Kinds in capitals and references without a namespace are those of the catalogue."""
    health, records, _ = read_whole(FOREIGN / "backstage-roadie.yaml", "backstage")
    (sample,) = [record for record in records if record.component == "component:default/sample-service"]
    assert health.state == "read"
    assert {"component:default/sample-service-2", "resource:default/sample-s3-bucket"} <= set(sample.depends_on)
    assert {"api:default/sample-service", "system:default/sample-system"} <= set(sample.needed_by)


@pytest.mark.parametrize("name", ["jira-issue-without-components.json", "jira-sprint.json"])
def test_issue_without_an_incident_is_unplaced(name) -> None:
    """And a page of ten issues is no tracker."""
    health, records, unplaced = read_whole(FOREIGN / name, "jira")
    assert (records, {item.why for item in unplaced}) == ([], {"no-incident"})
    assert health.state == "incomplete"
