"""From an export to records: what a mapping finds, translates, splits and leaves out."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.sources.mapping import MOST_SCAN_TERMS, MalformedError, Reading, parse_time, to_coverage, to_records
from bot.sources.presets import SHIPPED, load_preset
from tests.bot.sources.reading import PRESETS, covering, read_data
from tests.builders import AT, INCIDENT, minutes
from transforms.model.evidence import CoveredCell

CSAF = {"document": {"tracking": {"id": "SA-1", "version": "1"}, "distribution": {"tlp": {"label": "GREEN"}}}}
WATCHDOG = {"fingerprint": "w", "updatedAt": "2026-03-12T14:19:00Z", "labels": {"alertname": "Watchdog"}}
CHANGED = "not_null(fields.statuscategorychangedate, fields.updated, fields.created)"
READING = Reading(source="source", incident=INCIDENT, observed_at=AT, fetched_at=AT)


def labelled(label: object) -> dict:
    """A security note whose TLP label is this."""
    return {"document": {**CSAF["document"], "distribution": {"tlp": {"label": label}}}}


def issue(**fields) -> dict:
    """A Jira issue."""
    base = {"status": {"name": "Done"}, "updated": "2026-03-12T14:00:00Z", "components": [{"name": "pay-edge"}]}
    return {"issues": [{"key": "PAY-1", "fields": base | fields}]}


def reacted(*names: object) -> dict:
    """A message of the incident channel with these reactions."""
    return {"messages": [{"ts": "1773325030.000300", "text": "x", "reactions": [{"name": name} for name in names]}]}


@pytest.mark.parametrize(
    ("label", "tlp"),
    [
        ("GREEN", "GREEN"),
        ("WHITE", "CLEAR"),
        ("AMBER+STRICT", "AMBER+STRICT"),
        ("green", "RED"),
        ("PURPLE", "RED"),
        ("", "RED"),
        (None, "RED"),
        (5, "RED"),
        (["GREEN"], "RED"),
        ({"GREEN": 1}, "RED"),
    ],
)
def test_mapping_takes_an_unknown_label_for_the_most_closed(label, tlp, tmp_path) -> None:
    """Whatever shape it has: what nobody knows is RED, and never a crash."""
    _, records = read_data(tmp_path, "csaf", labelled(label))
    assert [record.tlp for record in records] == [tlp]


@pytest.mark.parametrize(
    ("names", "checkpoints"),
    [
        (("bulb",), ["identified"]),
        (("eyes", "bulb", "mag"), ["identified", "investigating"]),
        (("eyes",), []),
        ((None, 5, ["bulb"], {"bulb": 1}), []),
        ((), []),
    ],
)
def test_mapping_splits_by_reactions_and_drops_those_without_meaning(names, checkpoints, tmp_path) -> None:
    """One record for each reaction of the table; any other value, of any shape, is nothing."""
    health, records = read_data(tmp_path, "slack-timeline", reacted(*names))
    assert (health.state, [record.checkpoint for record in records]) == ("read", checkpoints)


@pytest.mark.parametrize(
    ("fields", "result"),
    [
        ({"components": [{"name": "a"}, {"name": "b"}]}, ["a", "b"]),
        ({"components": []}, []),
        ({"components": None}, "item 1: component is missing or has another shape; check the export or its preset"),
        (
            {"components": [{"name": 5}]},
            "item 1: component is missing or has another shape; check the export or its preset",
        ),
        ({"status": None}, "item 1: readiness is missing or has another shape; check the export or its preset"),
        ({"status": {"name": ""}}, "item 1: readiness is missing or has another shape; check the export or its preset"),
        (
            {"status": {"name": "x" * 501}},
            "item 1: readiness is missing or has another shape; check the export or its preset",
        ),
        ({"updated": None}, ["pay-edge"]),
        (
            {"updated": "yesterday"},
            f"item 1: {CHANGED} is no time with a zone; expected ISO 8601",
        ),
    ],
)
def test_mapping_of_an_item_gives_records_or_says_what_it_lacks(fields, result, tmp_path) -> None:
    """A missing or misshapen value is named by its field; one bad item makes the whole source malformed."""
    health, records = read_data(tmp_path, "jira", issue(**fields))
    assert (health.problem or [record.component for record in records]) == result


@pytest.mark.parametrize("incident", ["null", "104", "42", "", "INC-104"])
def test_mapping_gives_no_other_incident_by_accident(incident, tmp_path) -> None:
    """An incident belongs by its whole key, id or number; `null` is nobody's number."""
    item = {"id": "Q1", "incident_key": "INC-1042", "status": "triggered", "priority": {"summary": "P1"}}
    item["created_at"] = "2026-03-12T14:00:00Z"
    preset = load_preset("pagerduty", SHIPPED)
    reading = Reading(source="source", incident=incident, observed_at=AT, fetched_at=AT)
    assert to_records({"incidents": [item]}, preset, reading) == []
    assert len(to_records({"incidents": [item]}, preset, READING)) == 1
    numbered = to_records({"incidents": [{**item, "incident_number": 1042}]}, preset, _for("1042"))
    assert [record.severity for record in numbered] == ["P1"]


def _for(incident: str) -> Reading:
    return Reading(source="source", incident=incident, observed_at=AT, fetched_at=AT)


def test_mapping_keeps_what_it_does_not_map_as_bounded_scan_terms(tmp_path) -> None:
    """Short and endless texts are no terms, a mapped one is not kept twice, and there is a limit."""
    extra = {f"x{n}": f"term number {n}" for n in range(200)} | {"short": "abc", "long": "y" * 200, "again": "pay-edge"}
    _, (record,) = read_data(tmp_path, "jira", issue(**extra))
    assert len(record.unmapped) == MOST_SCAN_TERMS
    assert {"abc", "y" * 200, "pay-edge", "Done"}.isdisjoint(record.unmapped)


def test_mapping_without_a_revision_makes_one_from_the_content(tmp_path) -> None:
    """The same entity has the same revision, another content another."""
    entities = [{"kind": "Component", "metadata": {"name": "x", "title": title}} for title in ("a", "a", "b")]
    _, records = read_data(tmp_path, "backstage", entities)
    first, second, other = [record.ref.revision for record in records]
    assert (first == second, first == other) == (True, False)


def test_mapping_orders_the_values_of_lists(tmp_path) -> None:
    """The order in which an export lists products means nothing, and neither does a repetition."""
    account = {"Id": "a", "SystemModstamp": "2026-03-12T14:00:00Z", "Support_Tier__c": "Premier"}
    account |= {"Entitled_Products__c": "B; A;;B", "Service_Regions__c": None}
    _, (record,) = read_data(tmp_path, "salesforce", {"records": [account]})
    assert (record.products, record.regions) == (("A", "B"), ())


def test_coverage_needs_configured_cells_and_a_heartbeat() -> None:
    """Without cells there is no coverage; without the Watchdog it has no sign of life; with both, silence speaks."""
    preset = load_preset("alertmanager", SHIPPED)
    cells = (CoveredCell(component="pay-edge", region="eu-west-1"),)
    alive = to_coverage([WATCHDOG], preset, READING, cells)
    assert to_coverage([WATCHDOG], preset, READING, ()) is None
    assert to_coverage([], preset, READING, cells).signs == ()
    assert (alive.cells, alive.signs[0].ref.key, alive.signs[0].ref.observed_at) == (cells, "w", AT - minutes(1))
    assert to_coverage([WATCHDOG], load_preset("statuspage", SHIPPED), READING, cells) is None


def test_coverage_makes_the_source_as_old_as_its_heartbeat(tmp_path) -> None:
    """An export written just now by a system that stopped an hour ago is an hour old."""
    old = {**WATCHDOG, "updatedAt": "2026-03-12T13:20:00Z"}
    health, _ = read_data(tmp_path, "alertmanager", [old], covers=covering(**{"pay-edge": ("eu-west-1",), "db": ()}))
    assert (health.observed_at, health.coverage.cells) == (
        AT - minutes(60),
        (CoveredCell(component="pay-edge", region="eu-west-1"), CoveredCell(component="db")),
    )


def test_coverage_with_a_broken_heartbeat_is_malformed(tmp_path) -> None:
    """A sign of life that cannot be read is not a sign of life."""
    broken = {**WATCHDOG, "updatedAt": "soon"}
    health, _ = read_data(tmp_path, "alertmanager", [broken], covers=covering(db=()))
    assert (health.state, health.problem) == (
        "malformed",
        "item 1: updatedAt is no time with a zone; expected ISO 8601",
    )


@pytest.mark.parametrize(
    "value",
    [
        "2026-03-12T14:20:00",
        "2026-03-12",
        "14:20",
        "now",
        "",
        None,
        True,
        [],
        {},
        "²",
        "1.2.3",
        "-5",
        "1e9",
        "9" * 20,
        10**18,
        "0001-01-01T00:00:00+23:00",
        "2026-02-30T00:00:00Z",
    ],
)
def test_time_without_a_zone_or_sense_is_refused(value) -> None:
    """No zone is guessed; what is no moment raises an error that the mapping turns into a sentence."""
    with pytest.raises((ValueError, OverflowError, OSError)):
        parse_time(value)


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**63 - 1)
    | st.text(max_size=6)
    | st.sampled_from(("GREEN", "bulb", "1773325030")),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                (
                    "id",
                    "key",
                    "ts",
                    "name",
                    "kind",
                    "metadata",
                    "labels",
                    "fields",
                    "reactions",
                    "items",
                    "status",
                    "messages",
                    "issues",
                    "records",
                    "Id",
                    "document",
                    "tracking",
                    "distribution",
                    "tlp",
                    "label",
                    "components",
                    "incidents",
                    "incident_key",
                    "fingerprint",
                    "updatedAt",
                    "spec",
                    "dependsOn",
                )
            ),
            inner,
            max_size=5,
        )
    ),
    max_leaves=15,
)


@given(JSON, st.sampled_from(PRESETS))
def test_mapping_of_any_json_gives_records_or_a_sentence(document, preset) -> None:
    """Whatever an export holds under whatever key, no other exception comes out."""
    loaded = load_preset(preset, SHIPPED)
    try:
        records = to_records(document, loaded, READING)
    except MalformedError:
        return
    assert {record.kind for record in records} <= {loaded.kind}
