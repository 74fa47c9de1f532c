"""From an export to records: what a mapping finds, translates, splits and leaves out."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.sources.boundary import Reading
from bot.sources.file import Page
from bot.sources.items import LONGEST_TEXT, OVERLAP
from bot.sources.mapping import to_coverage, to_records
from bot.sources.presets import SHIPPED, load_preset
from bot.sources.read import Cover, FileSource
from bot.sources.searching import MalformedError
from bot.sources.times import parse_time
from tests.bot.sources.reading import PRESETS, covering, read_data, read_items, why
from tests.builders import AT, INCIDENT, minutes
from transforms.model.evidence import CoveredCell

CSAF = {"document": {"tracking": {"id": "SA-1", "version": "1"}, "distribution": {"tlp": {"label": "GREEN"}}}}
WATCHDOG = {
    "fingerprint": "w",
    "startsAt": "2026-03-01T00:00:00Z",
    "updatedAt": "2026-03-12T14:19:00Z",
    "labels": {"alertname": "Watchdog"},
}
READING = Reading(source="source", incident=INCIDENT, observed_at=AT, fetched_at=AT)


def labelled(label: object) -> dict:
    """A security note whose TLP label is this."""
    return {"document": {**CSAF["document"], "distribution": {"tlp": {"label": label}}}}


def issue(**fields) -> dict:
    """A Jira issue."""
    base = {"status": {"name": "Done"}, "updated": "2026-03-12T14:00:00Z", "components": [{"name": "pay-edge"}]}
    return {"isLast": True, "issues": [{"key": "PAY-1", "fields": base | {"labels": ["inc-1042"]} | fields}]}


def reacted(*names: object) -> dict:
    """A message of the incident channel with these reactions."""
    reactions = [{"name": name} for name in names]
    return {"has_more": False, "messages": [{"ts": "1773325030.000300", "text": "x", "reactions": reactions}]}


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
    ("fields", "placed", "unplaced"),
    [
        ({"components": [{"name": "a"}, {"name": "b"}]}, ["a", "b"], None),
        ({"components": []}, [], "no-component"),
        ({"components": None}, [], "no-component"),
        ({"components": [{"id": "1"}]}, [], "no-component"),
        ({"components": [{"name": "a"}, {"name": 5}]}, ["a"], "unreadable"),
        ({"status": None}, [], "unreadable"),
        ({"status": {"name": ""}}, [], "unreadable"),
        ({"status": {"name": "x" * 501}}, [], "unreadable"),
        ({"updated": None}, ["pay-edge"], None),
        ({"updated": "yesterday"}, ["pay-edge"], None),
        ({"labels": ["tlp-amber", "inc-1042"]}, ["pay-edge"], None),
        ({"labels": []}, [], "no-incident"),
        ({"labels": ["workaround"]}, [], "no-incident"),
        ({"labels": None}, [], "no-incident"),
        ({"labels": ["inc-0007"]}, [], None),
        ({"labels": ["INC-1042"]}, ["pay-edge"], None),
    ],
)
def test_mapping_of_an_item_gives_records_or_says_what_it_lacks(fields, placed, unplaced, tmp_path) -> None:
    """One bad item is unplaced, with its own key; the source is read."""
    read = read_items(tmp_path, "jira", issue(**fields))
    assert [record.component for record in read.records] == placed
    assert why(read) == ([("PAY-1", unplaced)] if unplaced else [])
    assert read.health.tally.elsewhere == (fields.get("labels") == ["inc-0007"])
    assert read.health.readable


@pytest.mark.parametrize("incident", ["null", "104", "42", "", "INC-104"])
def test_mapping_gives_no_other_incident_by_accident(incident, tmp_path) -> None:
    """An incident belongs by its whole key, id or number; `null` is nobody's number."""
    item = {"id": "Q1", "incident_key": "INC-1042", "status": "triggered", "priority": {"summary": "P1"}}
    item["created_at"] = "2026-03-12T14:00:00Z"
    preset = load_preset("pagerduty", SHIPPED)
    reading = Reading(source="source", incident=incident, observed_at=AT, fetched_at=AT)
    found = to_records(_pages([item]), preset, reading)
    assert (found.records, found.tally.elsewhere) == ([], 1)
    assert len(to_records(_pages([item]), preset, READING).records) == 1
    assert len(to_records(_pages([item]), preset, _for("inc-1042")).records) == 1
    numbered = to_records(_pages([{**item, "incident_number": 1042}]), preset, _for("1042"))
    assert [record.severity for record in numbered.records] == ["P1"]


def _pages(incidents: list) -> list[Page]:
    return [Page("pagerduty.json", {"incidents": incidents, "more": False})]


def _for(incident: str) -> Reading:
    return Reading(source="source", incident=incident, observed_at=AT, fetched_at=AT)


def test_mapping_keeps_every_text_for_the_leak_scan(tmp_path) -> None:
    """However many and however long: only what is too short to be looked for, or mapped already, is left out."""
    extra = {f"x{n}": f"term number {n}" for n in range(300)} | {"short": "abc", "again": "pay-edge"}
    long = " ".join(f"word{n}" for n in range(6_000))
    _, (record,) = read_data(tmp_path, "jira", issue(**extra, long=long, description=long))
    assert {f"term number {n}" for n in range(300)} <= set(record.unmapped)
    assert {"abc", "pay-edge", "Done"}.isdisjoint(record.unmapped)
    kept = [value.text for value in record.withheld if value.name == "description"]
    assert kept[0] + "".join(text[OVERLAP:] for text in kept[1:]) == long
    assert max(map(len, kept)) == LONGEST_TEXT


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
    _, (record,) = read_data(tmp_path, "salesforce", {"done": True, "records": [account]})
    assert (record.products, record.regions) == (("A", "B"), ())


def coverage(document: object, cells: tuple, preset: str = "alertmanager"):
    """What silence means for this export."""
    loaded = load_preset(preset, SHIPPED)
    return to_coverage(to_records([Page("export.json", document)], loaded, READING), loaded, cells)


def test_coverage_needs_configured_cells_and_a_sign_of_life() -> None:
    """Without cells there is no coverage; without the Watchdog it has no sign of life; with both, silence speaks."""
    cells = (CoveredCell(component="pay-edge", region="eu-west-1"),)
    alive = coverage([WATCHDOG], cells)
    assert coverage([WATCHDOG], ()) is None
    assert coverage([], cells).signs == ()
    (sign,) = alive.signs
    assert (alive.cells, sign.ref.key, sign.ref.observed_at) == (cells, "w", AT - minutes(1))
    assert coverage([{"id": "c", "status": "operational"}], cells, "statuspage") is None


def test_sign_of_life_vouches_for_the_scope_that_it_names() -> None:
    """A Watchdog of one region or one cluster says nothing of another."""
    labels = ({"region": "eu-west-1"}, {"region": "us-east-1", "cluster": "a"}, {"cluster": "b"}, {})
    watchdogs = [
        {**WATCHDOG, "fingerprint": f"w{n}", "labels": WATCHDOG["labels"] | own} for n, own in enumerate(labels)
    ]
    cover = Cover(component="x", regions=("eu-west-1", "us-east-1"), scope={"cluster": "a"})
    cells = FileSource(connector="file", preset="alertmanager", path="x", covers=(cover,)).cells
    found = coverage(watchdogs, cells)
    assert [{tag.name: tag.value for tag in sign.scope} for sign in found.signs] == list(labels)
    assert [[sign.ref.key for sign in found.signs if sign.vouches_for(cell)] for cell in cells] == [
        ["w0", "w3"],
        ["w1", "w3"],
    ]


def test_coverage_makes_the_source_as_old_as_its_heartbeat(tmp_path) -> None:
    """An export written just now by a system that stopped an hour ago is an hour old."""
    old = {**WATCHDOG, "updatedAt": "2026-03-12T13:20:00Z"}
    health, _ = read_data(tmp_path, "alertmanager", [old], covers=covering(**{"pay-edge": ("eu-west-1",), "db": ()}))
    assert (health.observed_at, health.coverage.cells) == (
        AT - minutes(60),
        (CoveredCell(component="pay-edge", region="eu-west-1"), CoveredCell(component="db")),
    )


@pytest.mark.parametrize("moment", ["soon", None, "0001-01-01T00:00:00Z", "2026-03-12T14:30:00Z"])
def test_sign_of_life_without_a_time_is_none(moment, tmp_path) -> None:
    """Nor is the source malformed: what it lists counts, and its silence means nothing."""
    broken = {**WATCHDOG, "updatedAt": moment}
    read = read_items(tmp_path, "alertmanager", [broken], covers=covering(db=()))
    assert (read.health.state, read.health.coverage.signs, why(read)) == ("read", (), [("w", "unknown-time")])


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
        found = to_records([Page("export.json", document)], loaded, READING)
    except MalformedError:
        return
    assert {one.kind for one in (*found.records, *found.unplaced)} <= {loaded.kind}
    tally, ignored = found.tally, sum(found.ignored.values())
    assert tally.items == tally.placed + tally.elsewhere + tally.unplaced + ignored
