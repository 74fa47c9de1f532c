"""Public payloads of the systems that presets name, and of others as wrong shapes: read, or refused in a sentence."""

import time
from pathlib import Path

import pytest

from bot.sources.file import read_exports
from bot.sources.mapping import MalformedError
from profiles.codes import SourceState
from tests.bot.sources.reading import PRESETS, read_path, read_whole
from tests.builders import SHARED_DATA
from transforms.model.evidence import SourceHealth

pytestmark = pytest.mark.skipif(not SHARED_DATA.is_dir(), reason="the public payloads lie beside the repository")

PAYLOADS = sorted(
    p for p in SHARED_DATA.rglob("*.*") if p.suffix in {".json", ".yaml"} and "JSONTestSuite" not in p.parts
)
PARSING = sorted((SHARED_DATA / "JSONTestSuite").rglob("*.json"))
DUPLICATES = {"y_object_duplicated_key.json", "y_object_duplicated_key_and_value.json"}
"""Valid JSON that we refuse on purpose: the last of two keys would silently win."""

LONG = 1.0
"""Seconds of processor time that one payload may take."""

MAP = "dependency_maps/"


def read_with_every_preset(path: Path) -> dict[str, SourceHealth]:
    """The health of this file under each preset; none takes long, and it is one sentence where it fails."""
    found = {}
    for preset in PRESETS:
        started = time.thread_time()
        health, records = read_path(path, preset)
        assert time.thread_time() - started < LONG
        assert isinstance(health, SourceHealth)
        if health.state is not SourceState.READ:
            assert records == [] or health.readable
            assert "\n" not in health.problem.strip()
            assert "; " in health.problem
            assert "Traceback" not in health.problem
        found[preset] = health
    return found


@pytest.mark.parametrize("path", PAYLOADS, ids=lambda path: path.name)
def test_payload_of_any_system_is_read_or_refused_by_every_preset(path) -> None:
    """Also by those of other systems: never a traceback, never half a source."""
    assert set(read_with_every_preset(path)) == set(PRESETS)


@pytest.mark.parametrize("path", PARSING, ids=lambda path: path.name)
def test_json_of_the_parsing_suite_is_read_or_refused_by_every_preset(path) -> None:
    """What must load loads, what must be refused is refused, the rest does not crash; as a source it is a hold."""
    try:
        read_exports(path)
        loaded = True
    except MalformedError:
        loaded = False
    if path.parent.name == "test_parsing" and path.name[:2] in {"y_", "n_"}:
        assert loaded is (path.name.startswith("y_") and path.name not in DUPLICATES)
    states = {health.state for health in read_with_every_preset(path).values()}
    assert SourceState.UNAVAILABLE not in states
    assert loaded or states == {SourceState.MALFORMED}


def told(path: str, preset: str, *fields: str, incident: str = "INC-1042") -> list[tuple]:
    """The named fields of what this preset reads in one public payload."""
    health, records = read_path(SHARED_DATA / path, preset, incident)
    assert health.readable, health.problem
    return [tuple(getattr(record, field) for field in fields) for record in records]


@pytest.mark.parametrize(
    ("name", "incident", "expected"),
    [
        ("pagerduty__example_output_list_incidents", "PT4KHLK", [("P1", "triggered")]),
        ("pagerduty__example_output_list_incidents", "1235", [("P2", "acknowledged")]),
        ("pagerduty__example_output_list_incidents", "999", []),
        ("pagerduty__example_data_on_incident", "PGR0VU2", [("P1", "triggered")]),
        ("pagerduty__example_data_on_incident", "d3640fbd41094207a1c11e58e46b1662", [("P1", "triggered")]),
    ],
)
def test_pagerduty_payload_gives_the_incident_by_id_number_or_key(name, incident, expected) -> None:
    """One incident or a list; whatever its key, another incident's record is left out."""
    assert told(f"incident_health/{name}.json", "pagerduty", "severity", "status", incident=incident) == expected


@pytest.mark.parametrize(
    ("name", "what"),
    [
        ("list_log_entries", "a list of PagerDuty log entries, not of incidents"),
        ("list_notes", "a list of notes, not of incidents"),
    ],
)
def test_pagerduty_payload_that_is_no_incident_says_so(name, what) -> None:
    """An export of the wrong kind is not an incident system without incidents."""
    file = f"pagerduty__example_output_{name}.json"
    health, _ = read_path(SHARED_DATA / "incident_health" / file, "pagerduty")
    said = f"{file} is {what}; export the answer of GET /incidents"
    assert (health.state, health.problem) == ("malformed", said)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("get_incident", [("8kbf7d35c070", "partial_outage")]),
        ("update_incident", [("8kbf7d35c070", "partial_outage"), ("9kbf7d35c071", "degraded_performance")]),
    ],
)
def test_statuspage_payload_gives_its_components(name, expected) -> None:
    """An incident of Statuspage carries the components that it is about."""
    path = f"incident_health/statuspage__example_output_{name}.json"
    assert told(path, "statuspage", "component", "status") == expected


@pytest.mark.parametrize("name", ["get_issue", "update_issue"])
def test_jira_payload_without_an_incident_is_unplaced(name) -> None:
    """Nobody can say what such an issue is about; one issue is no whole tracker either."""
    health, records, unplaced = read_whole(SHARED_DATA / f"workarounds/jira__example_output_{name}.json", "jira")
    assert (health.state, records, [item.why for item in unplaced]) == ("incomplete", [], ["no-incident"])


@pytest.mark.parametrize(
    ("name", "count", "first"),
    [
        ("backstage-demo__catalog-info", 2, "component:default/backstage-demo"),
        ("backstage-demo__ai-resources", 6, "airesource:default/mui-to-bui-migration"),
        ("backstage-demo__mcp-server-api", 1, "api:default/github-mcp-server"),
        ("microservices-demo__kubernetes-manifests", 35, "deployment:default/frontend"),
        ("microservices-demo__istio-manifests", 5, "virtualservice:default/frontend"),
    ],
)
def test_backstage_payload_gives_one_node_for_each_entity(name, count, first) -> None:
    """Several documents in one file, in Backstage's shape and in that of Kubernetes."""
    found = told(f"{MAP}{name}.yaml", "backstage", "component")
    assert (len(found), found[0]) == (count, (first,))


def test_backstage_payload_with_anchors_is_malformed_with_its_place() -> None:
    """Anchors are refused, and the message says where the first one stands."""
    health, _ = read_path(SHARED_DATA / f"{MAP}opentelemetry-demo__compose.yaml", "backstage")
    assert (health.state, health.problem.split(";")[0]) == (
        "malformed",
        "opentelemetry-demo__compose.yaml:15:20: uses an anchor or alias",
    )


@pytest.mark.parametrize("path", sorted(SHARED_DATA.glob("security_notes/tlp/*.json")), ids=lambda path: path.name)
def test_csaf_payload_keeps_its_tlp_label(path) -> None:
    """Each of the four advisories is as closed as its own label says."""
    expected = path.name.split("__")[0].replace("_", "+")
    assert told(f"security_notes/tlp/{path.name}", "csaf", "tlp") == [(expected,)]


@pytest.mark.parametrize(
    ("name", "subjects"),
    [
        ("01-a-001", ("CSAFPID-0001", "Example Company DEF 1.0")),
        ("01-f-001", ("CSAFPID-0001", "Example Company DEF 1.1")),
        ("01-ui-001", ("CSAFPID-0001", "Example Company GHI 17.4")),
        ("02-na-001", ("CSAFPID-0001", "Example Company ABC 4.2")),
        (
            "04-001",
            (
                *("CSAFPID-0002", "CSAFPID-0003", "CSAFPID-0004"),
                *("Example Company ABC 2.4", "Example Company ABC 2.6", "Example Company ABC >=2.9|<=4.1"),
            ),
        ),
    ],
)
def test_csaf_payload_is_about_everything_in_its_product_tree(name, subjects) -> None:
    """By id and by name, at any depth, whatever status each has; TLP 1's WHITE is CLEAR."""
    path = f"security_notes/csaf_vex/2022-evd-uc-{name}.json"
    assert told(path, "csaf", "tlp", "subjects") == [("CLEAR", subjects)]


def test_csaf_payloads_of_a_folder_are_one_source() -> None:
    """One note for each document, the whole folder as old as its oldest file."""
    health, records = read_path(SHARED_DATA / "security_notes" / "csaf_vex", "csaf")
    assert (health.state, len(records)) == ("read", 5)


@pytest.mark.parametrize("name", ["ebikes-lwc__Accounts.json", "stripe__fixtures3.json"])
def test_entitlement_payload_of_another_system_is_malformed_for_the_salesforce_preset(name) -> None:
    """Without the query's own keys it is no list of accounts; that is not a list without contracts."""
    health, _ = read_path(SHARED_DATA / "entitlement" / name, "salesforce")
    assert health.state == "malformed"
