"""P14: an export that is not whole is not silent about what it does not list; it says so, and how to fix it."""

import json
from typing import Any

import pytest

from bot.sources.read import FileSource
from tests.bot.sources.reading import read_data, read_items, read_path, read_text, why, written
from tests.builders import AT, sample_deployment

ISSUE = {"key": "A-1", "fields": {"status": {"name": "Done"}, "labels": ["inc-1042"], "components": [{"name": "a"}]}}
INCIDENT = {"id": "Q1", "incident_key": "INC-1042", "status": "triggered", "urgency": "high"}
MESSAGE = {"ts": "1773325030.000300", "text": "x", "reactions": [{"name": "mag"}]}
ACCOUNT = {"Id": "a", "Support_Tier__c": "Premier", "Entitled_Products__c": "A", "Service_Regions__c": "EMEA"}
ENTITY = {"kind": "Component", "metadata": {"name": "x"}, "spec": {}}
LAST = "is not the last page, or does not say that it is; export every page"


@pytest.mark.parametrize(
    ("preset", "document", "problem"),
    [
        ("jira", {"issues": [ISSUE], "isLast": True}, ""),
        ("jira", {"issues": [ISSUE], "total": 1, "startAt": 0}, ""),
        ("jira", {"issues": [ISSUE], "isLast": False, "nextPageToken": "x"}, LAST),
        ("jira", {"issues": [ISSUE], "isLast": False, "total": 1}, LAST),
        ("jira", {"issues": [ISSUE], "total": 2}, "lists 1 of 2 items; export every page"),
        ("jira", {"issues": [ISSUE], "isLast": True, "startAt": 50}, "begins after the first 50 items; export every"),
        ("jira", {"issues": [ISSUE]}, "does not say whether it is whole; export it with the field that says so"),
        ("jira", [], "does not say whether it is whole"),
        ("pagerduty", {"incidents": [INCIDENT], "more": False}, ""),
        ("pagerduty", {"incident": INCIDENT}, ""),
        ("pagerduty", {"incidents": [INCIDENT], "more": True}, LAST),
        ("pagerduty", {"incidents": [INCIDENT]}, LAST),
        ("pagerduty", {"incidents": [INCIDENT], "more": False, "offset": 25}, "begins after the first 25 items"),
        ("slack-timeline", {"messages": [MESSAGE], "has_more": False}, ""),
        ("slack-timeline", {"messages": [MESSAGE], "has_more": True}, LAST),
        ("slack-timeline", {"messages": [MESSAGE]}, LAST),
        (
            "slack-timeline",
            {"messages": [MESSAGE], "has_more": False, "response_metadata": {"next_cursor": "x"}},
            LAST,
        ),
        ("salesforce", {"records": [ACCOUNT], "done": True, "totalSize": 1}, ""),
        ("salesforce", {"records": [ACCOUNT], "done": False, "nextRecordsUrl": "/x"}, LAST),
        ("salesforce", {"records": [ACCOUNT], "done": True, "nextRecordsUrl": "/x"}, LAST),
        ("salesforce", {"records": [ACCOUNT], "done": True, "totalSize": 3}, "lists 1 of 3 items"),
        ("salesforce", {"records": [], "done": True}, "lists nothing, which a list of contracts never does"),
        ("backstage", [ENTITY], ""),
        ("backstage", {"items": [ENTITY], "totalItems": 1, "pageInfo": {}}, ""),
        ("backstage", {"items": [ENTITY], "totalItems": 2, "pageInfo": {}}, "lists 1 of 2 items"),
        ("backstage", {"items": [ENTITY], "pageInfo": {"nextCursor": "x"}}, LAST),
        ("backstage", [], "lists nothing, which a map of dependencies never does; export it again"),
        ("statuspage", [{"id": "c", "status": "operational"}], ""),
        ("alertmanager", [], ""),
    ],
)
def test_export_says_whether_it_is_whole(preset, document, problem, tmp_path) -> None:
    """Each system in its own way; what it lists is read all the same."""
    health, records = read_data(tmp_path, preset, document)
    assert (health.state, problem in health.problem) == ("incomplete" if problem else "read", True)
    assert bool(health.problem) is bool(problem)
    assert len(records) == health.tally.placed


@pytest.mark.parametrize(
    ("preset", "pages", "whole"),
    [
        ("jira", [{"issues": [ISSUE], "startAt": n, "total": 3} for n in range(3)], True),
        ("jira", [{"issues": [ISSUE], "startAt": n, "total": 3} for n in (0, 2)], False),
        ("jira", [{"issues": [ISSUE], "isLast": False}, {"issues": [ISSUE], "isLast": True}], False),
        ("pagerduty", [{"incidents": [INCIDENT], "offset": n, "more": n < 2} for n in range(3)], True),
        ("pagerduty", [{"incidents": [INCIDENT], "offset": n, "more": n < 2} for n in (0, 2)], False),
        ("pagerduty", [{"incidents": [INCIDENT], "offset": n, "more": n < 2} for n in (1, 2)], False),
        ("pagerduty", [{"incidents": [INCIDENT], "offset": n, "more": n < 2} for n in (0, 1)], False),
        ("salesforce", [{"records": [ACCOUNT], "totalSize": 2, "done": d} for d in (False, True)], True),
        ("salesforce", [{"records": [ACCOUNT], "totalSize": 2, "done": True}], False),
        ("backstage", [{"items": [ENTITY], "totalItems": 2, "pageInfo": {"nextCursor": "x"}}] * 2, True),
    ],
)
def test_pages_of_a_folder_are_whole_together(preset, pages, whole, tmp_path) -> None:
    """Where their numbers say that none is missing; taking one away never makes the rest whole."""
    for number, page in enumerate(pages):
        written(tmp_path, json.dumps(page), f"page-{number}.json")
    health, records = read_path(tmp_path, preset)
    assert (health.state, len(records)) == ("read" if whole else "incomplete", len(pages))


@pytest.mark.parametrize(
    "document",
    [
        {"things": [{"id": "a"}], "next_cursor": "x"},
        {"things": [{"id": "a"}], "links": {"next": "/2"}},
        {"things": [{"id": "a"}], "metadata": {"continue": "x"}},
        {"things": [{"id": "a"}], "has_more": True},
    ],
)
def test_mapping_that_does_not_say_what_is_whole_believes_the_usual_signs(document, tmp_path) -> None:
    """A mapping of one's own that forgot about pages does not read the first as all."""
    own = "kind: health\nside: internal\nitems: things\nkey: id\nfields: {component: id, status: id}\n"
    (tmp_path / "own.yaml").write_text(own)
    health, _ = read_data(tmp_path, "own.yaml", document)
    assert (health.state, "says that it is not the last page" in health.problem) == ("incomplete", True)
    assert read_data(tmp_path, "own.yaml", {"things": [{"id": "a"}]})[0].state == "read"


@pytest.mark.parametrize(
    ("preset", "document", "seen"),
    [
        ("jira", {"errorMessages": ["no"], "issues": [], "isLast": True}, "is an error answer"),
        (
            "slack-timeline",
            {"ok": False, "messages": [], "has_more": False},
            "is an error answer of Slack",
        ),
        ("salesforce", [{"errorCode": "X", "message": "no"}], "is an error answer of Salesforce"),
        ("pagerduty", {"error": {"message": "no", "code": 2001}}, "is an error answer"),
        ("alertmanager", {"status": "error", "errorType": "x"}, "is an error answer"),
        ("backstage", {"message": "no", "statusCode": 401}, "is an error answer"),
        ("csaf", {"title": "Not found", "status": 404, "detail": "no"}, "is an error answer"),
        (
            "alertmanager",
            {"alerts": [{}], "receiver": "x"},
            "is an Alertmanager webhook, not an export",
        ),
        ("alertmanager", [{"alerts": [{}], "labels": {"a": "b"}}], "is a list of alert groups, not of alerts"),
        ("csaf", {"feed": {"entry": [{"id": "x"}]}}, "is a feed, not an advisory"),
        ("pagerduty", {"event": {"event_type": "incident.triggered", "data": {"id": "x"}}}, "is a PagerDuty webhook"),
        ("jira", {}, "holds nothing that has a key where key looks; is it this kind of export?"),
        ("alertmanager", {"data": []}, "holds no list of items where @ looks; is it this kind of export?"),
    ],
)
def test_document_of_another_kind_is_named(preset, document, seen, tmp_path) -> None:
    """People read what they have, also where a list stands beside the error."""
    health, records = read_data(tmp_path, preset, document)
    assert (health.state, records) == ("malformed", [])
    assert health.problem.startswith(f"export.json {seen}")


@pytest.mark.parametrize(
    ("labels", "becomes"),
    [
        ({"team": "payments"}, "placed"),
        ({}, "placed"),
        ({"team": "kitchen"}, "ignored"),
        ({"team": "payments", "env": "staging"}, "ignored"),
    ],
)
def test_boundary_leaves_out_what_says_that_it_lies_outside(labels, becomes, tmp_path) -> None:
    """A label with another value; one that is missing says nothing, so the item lies inside."""
    labels = {"alertname": "A", "service": "pay-edge", "region": "r", "severity": "major"} | labels
    alert = {"fingerprint": "f", "updatedAt": AT.isoformat(), "startsAt": AT.isoformat(), "labels": labels}
    boundary = {"team": ("payments",), "env": ("production",)}
    read = read_items(tmp_path, "alertmanager", [alert], boundary=boundary)
    tally = read.health.tally
    assert [(one.rule, one.items) for one in tally.ignored] == ([("boundary", 1)] if becomes == "ignored" else [])
    assert (tally.placed, len(read.records)) == ((1, 1) if becomes == "placed" else (0, 0))


@pytest.mark.parametrize("state", [{"state": "suppressed", "silencedBy": ["x"]}, {"state": "active"}])
def test_silenced_alert_is_trouble_with_a_label(state, tmp_path) -> None:
    """Somebody chose not to be woken by it; that does not make it well."""
    labels = {"alertname": "A", "service": "pay-edge", "severity": "major"}
    alert = {"fingerprint": "f", "updatedAt": AT.isoformat(), "startsAt": AT.isoformat(), "labels": labels}
    (record,) = read_items(tmp_path, "alertmanager", [alert | {"status": state}]).records
    assert record.status == "major"
    assert ("alert_state", state["state"]) in {(tag.name, tag.value) for tag in record.tags}


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"labels": {"alertname": "A", "severity": "critical"}}, "no-component"),
        ({"labels": None}, "no-component"),
        ({"updatedAt": None}, "unknown-time"),
        ({"updatedAt": "0001-01-01T00:00:00Z"}, "unknown-time"),
        ({"updatedAt": "2026-03-12T14:00:00"}, "unknown-time"),
        ({"updatedAt": "1773325030"}, "unknown-time"),
        ({"updatedAt": "2026-03-12T14:25:00Z"}, "unknown-time"),
        ({"labels": {"alertname": "A", "service": "x", "region": 5}}, "unreadable"),
        ({"fingerprint": None}, "unreadable"),
    ],
)
def test_alert_that_nobody_can_place_is_kept_as_trouble(changes, reason, tmp_path) -> None:
    """With its region, status and labels where they can be read; the rest of the export is read."""
    labels = {"alertname": "A", "service": "pay-edge", "region": "eu-west-1", "severity": "major"}
    good = {"fingerprint": "f", "updatedAt": AT.isoformat(), "startsAt": AT.isoformat(), "labels": labels}
    read = read_items(tmp_path, "alertmanager", [good, good | {"fingerprint": "g"} | changes])
    assert ([item.why for item in read.unplaced], len(read.records)) == ([reason], 1)
    assert read.health.state == "read"
    if "updatedAt" in changes:
        (item,) = read.unplaced
        assert (item.region, item.status, item.ref.key) == ("eu-west-1", "major", "g")
        assert ("service", "pay-edge") in {(tag.name, tag.value) for tag in item.tags}
        assert "A" in {value.text for value in item.withheld}


@pytest.mark.parametrize(
    ("moment", "known"),
    [
        ("2026-03-12T14:00:00Z", True),
        ("2026-03-12T16:20:00Z", True),
        ("0001-01-01T00:00:00Z", False),
        ("1970-01-01T00:00:00Z", False),
        ("1999-12-31T23:59:59Z", False),
        ("2026-03-12T14:00:00", False),
        ("soon", False),
        (None, False),
        (0, False),
    ],
)
def test_start_that_is_no_time_is_unknown(moment, known, tmp_path) -> None:
    """Never the time of the file. One that lies ahead is kept: it is told as such."""
    labels = {"alertname": "A", "service": "pay-edge", "severity": "major"}
    alert = {"fingerprint": "f", "updatedAt": AT.isoformat(), "startsAt": moment, "labels": labels}
    (record,) = read_items(tmp_path, "alertmanager", [alert]).records
    assert (record.ref.changed_at is not None) is known
    assert read_items(tmp_path, "slack-timeline", {"has_more": False, "messages": [MESSAGE]}).unplaced == []


def test_times_are_read_in_the_formats_that_a_mapping_declares(tmp_path) -> None:
    """Milliseconds, a pattern with the zone's name, and nothing that is not declared."""
    own = "kind: health\nside: internal\nitems: '[]'\nkey: id\nchanged_at: at\nfields: {component: id, status: id}\n"
    written(tmp_path, own + "times: [epoch-milliseconds, '%Y-%m-%d %H:%M:%S %Z']\n", "own.yaml")
    moments = (1773325030000, "2026-03-12 14:17:10 UTC", "2026-03-12 14:17:10 CET", "2026-03-12T14:17:10Z", 1773325030)
    _, records = read_data(tmp_path, "own.yaml", [{"id": f"c{n}", "at": at} for n, at in enumerate(moments)])
    told = [f"{r.ref.changed_at:%H:%M:%S}" if r.ref.changed_at else None for r in records]
    assert told == ["14:17:10", "14:17:10", None, None, None]


def test_moment_of_a_timeline_without_a_time_is_unplaced(tmp_path) -> None:
    """A checkpoint is nothing but its time."""
    read = read_items(tmp_path, "slack-timeline", {"has_more": False, "messages": [MESSAGE | {"ts": "0"}]})
    assert (read.records, why(read)) == ([], [("0", "unknown-time")])


@pytest.mark.parametrize("incident", ["../../etc/passwd", "a/b", "..", "", "a\x00b", "x" * 300])
def test_key_that_would_leave_the_folder_is_refused(incident, tmp_path) -> None:
    """A key is part of a file's name and nothing else."""
    written(tmp_path, json.dumps({"messages": [MESSAGE], "has_more": False}), "INC-1042.json")
    path = tmp_path / "{incident}.json"
    health, records = read_path(path, "slack-timeline", incident)
    assert (health.state, records) == ("unavailable", [])
    assert "cannot be part of a file's name" in health.problem
    assert read_path(path, "slack-timeline")[0].state == "read"


@pytest.mark.parametrize(
    ("more", "source", "problem"),
    [
        ("", {}, "a workaround source must say to which incident its items belong: add belongs to the mapping"),
        ("belongs: incident\n", {}, ""),
        ("scope: estate\n", {}, ""),
        ("", {"scope": "estate"}, ""),
    ],
)
def test_workaround_source_that_names_no_incident_is_refused(more, source, problem, tmp_path) -> None:
    """Otherwise what was finished for another incident would be ready for this one."""
    own = "kind: workaround\nitems: '[]'\nkey: id\nfields: {component: id, readiness: id}\n"
    written(tmp_path, own + more, "own.yaml")
    health, _ = read_data(tmp_path, "own.yaml", [{"id": "a", "incident": "INC-1042"}], **source)
    assert (health.state, problem in health.problem) == ("malformed" if problem else "read", True)


def test_expression_may_ask_the_document_beside_the_item(tmp_path) -> None:
    """An export that names its components apart from what is wrong with them."""
    own: dict[str, Any] = {"kind": "health", "side": "internal", "items": "faults", "key": "id"}
    name = "document().parts[?id == 'p1'].name | [0]"
    own |= {"fields": {"component": name, "status": "state"}}
    written(tmp_path, json.dumps(own), "own.yaml")
    export = {"parts": [{"id": "p1", "name": "pay-edge"}], "faults": [{"id": "f", "part": "p1", "state": "bad"}]}
    health, (record,) = read_data(tmp_path, "own.yaml", export)
    assert (health.state, record.component) == ("read", "pay-edge")


def test_mapping_that_never_ends_is_malformed(tmp_path, monkeypatch) -> None:
    """A line that names the expression instead of a draft that hangs."""
    monkeypatch.setattr("bot.sources.searching.MOST_STEPS", 5_000)
    own = {
        "kind": "incident",
        "items": "@",
        "key": "id",
        "fields": {"severity": "document()[].id | [0]", "status": "id"},
    }
    written(tmp_path, json.dumps(own), "own.yaml")
    health, _ = read_data(tmp_path, "own.yaml", [{"id": f"x{n}"} for n in range(200)])
    assert (health.state, health.problem) == (
        "malformed",
        "takes more than 5000 steps with document()[].id | [0]; write it more simply",
    )


@pytest.mark.parametrize("broken", ["key: '[?'", "key: foo(id)", "optional: [x]"])
def test_broken_mapping_names_its_file_line_and_column(broken, tmp_path) -> None:
    """As the health of its source, and for `config check`."""
    written(tmp_path, f"kind: incident\nitems: '@'\n{broken}\nfields: {{status: s, severity: s}}\n", "own.yaml")
    health, _ = read_text(tmp_path, "own.yaml", "[]")
    assert health.state == "malformed"
    assert health.problem.startswith(f"{tmp_path / 'own.yaml'}:")


def test_configuration_of_a_source_has_scope_and_boundary() -> None:
    """The cells of a cover carry the labels that their sign of life must have."""
    source = FileSource.model_validate_json(
        json.dumps(
            {
                "connector": "file",
                "preset": "alertmanager",
                "path": "x",
                "boundary": {"team": ["payments"]},
                "covers": [{"component": "a", "regions": ["r"], "scope": {"cluster": "c"}}],
            }
        )
    )
    (cell,) = source.cells
    assert (cell.relies_on, source.boundary) == ({"region": "r", "cluster": "c"}, {"team": ("payments",)})
    assert sample_deployment().config.sources["alertmanager"].boundary == {}


@pytest.mark.parametrize(("optional", "unplaced"), [("", [("b", "unreadable")]), ("optional: [where]\n", [])])
def test_field_that_is_written_and_finds_nothing_is_no_default(optional, unplaced, tmp_path) -> None:
    """Unless the mapping says that an export may leave it out, an item without it is unplaced."""
    own = "kind: health\nside: internal\nitems: '[]'\nkey: id\nfields: {component: id, status: id, region: where}\n"
    written(tmp_path, own + optional, "own.yaml")
    read = read_items(tmp_path, "own.yaml", [{"id": "a", "where": "r"}, {"id": "b", "where": None}])
    assert (why(read), [record.region for record in read.records]) == (unplaced, ["r"] if unplaced else ["r", None])
