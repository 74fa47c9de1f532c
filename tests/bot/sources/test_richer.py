"""What systems say beside a status: validity, disclosure, edges from both ends, every product of an advisory."""

from typing import Any

import pytest

from tests.bot.sources.reading import read_data, read_items, read_text, why

ACCOUNT = {"Id": "a", "SystemModstamp": "2026-03-12T14:00:00Z", "Support_Tier__c": "Premier"}
ACCOUNT |= {"Entitled_Products__c": "A;B", "Service_Regions__c": "EMEA"}


def account(folder, **changes: Any):
    """One contract as Salesforce exports it."""
    return read_items(folder, "salesforce", {"done": True, "records": [ACCOUNT | changes]})


def test_contract_says_when_it_is_valid_and_what_it_permits(tmp_path) -> None:
    """Dates run from their first to their last second in UTC."""
    more = {"Contract_Start__c": "2026-01-01", "Contract_End__c": "2026-12-31", "IsDeleted": True}
    more |= {"Permitted_Fields__c": "status;since", "Required_Fields__c": "status", "Update_Minutes__c": 15}
    (record,) = account(tmp_path, **more).records
    assert f"{record.valid_from:%Y-%m-%dT%H:%M:%S}" == "2026-01-01T00:00:00"
    assert f"{record.valid_until:%Y-%m-%dT%H:%M:%S}" == "2026-12-31T23:59:59"
    assert (record.deleted, record.permitted, record.required) == (True, ("since", "status"), ("status",))
    assert record.update_minutes == 15
    (plain,) = account(tmp_path).records
    assert (plain.valid_from, plain.valid_until, plain.deleted, plain.permitted) == (None, None, False, None)


@pytest.mark.parametrize(
    "changes",
    [{"Contract_End__c": "soon"}, {"Contract_End__c": 5}, {"IsDeleted": "no"}, {"Update_Minutes__c": 0}],
)
def test_contract_that_cannot_be_read_is_no_contract_without_end(changes, tmp_path) -> None:
    """What stands there and cannot be read is unplaced, never as if it were not there."""
    read = account(tmp_path, **changes)
    assert (read.records, why(read)) == ([], [("a", "unreadable")])


@pytest.mark.parametrize(
    ("labels", "tlp"),
    [
        ([], None),
        (["tlp-amber"], "AMBER"),
        (["TLP-Green"], "GREEN"),
        (["tlp-purple"], "RED"),
        (["tlp-green", "tlp-red"], "RED"),
    ],
)
def test_workaround_says_who_may_read_of_it(labels, tlp, tmp_path) -> None:
    """By a label; one that nobody knows, or several, are as closed as can be."""
    fields = {"status": {"name": "Done"}, "labels": ["inc-1042", *labels], "components": [{"name": "a"}]}
    fields |= {"security": {"name": "Embargoed"}}
    (record,) = read_items(tmp_path, "jira", {"isLast": True, "issues": [{"key": "A-1", "fields": fields}]}).records
    assert (record.tlp, record.sensitivity) == (tlp, "Embargoed")
    assert set(labels) <= set(record.labels)


CATALOGUE = """
kind: Component
metadata: {name: pay-edge, namespace: shop}
spec:
  dependsOn: [component:ledger, resource:infra/db]
  dependencyOf: [component:front]
  consumesApis: [signing]
  providesApis: [default/payments]
  subcomponentOf: shop-suite
  system: billing
"""


def test_edges_are_read_from_both_ends_with_namespaces(tmp_path) -> None:
    """A reference without a namespace is in that of its entity; APIs and systems are nodes like all others."""
    health, (record,) = read_text(tmp_path, "backstage", CATALOGUE, "catalog.yaml")
    assert (health.state, record.component) == ("read", "component:shop/pay-edge")
    assert record.depends_on == ("api:shop/signing", "component:shop/ledger", "resource:infra/db")
    assert record.needed_by == (
        "api:default/payments",
        "component:shop/front",
        "component:shop/shop-suite",
        "system:shop/billing",
    )


def test_edges_are_read_from_what_the_catalogue_resolved(tmp_path) -> None:
    """The API gives each edge at both of its ends."""
    relations = [
        {"type": kind, "targetRef": f"component:default/{kind.lower()}"}
        for kind in ("dependsOn", "consumesApi", "apiProvidedBy", "dependencyOf", "apiConsumedBy", "partOf", "ownedBy")
    ]
    entity = {"kind": "API", "metadata": {"name": "x"}, "spec": {}, "relations": relations}
    _, (record,) = read_data(tmp_path, "backstage", [entity])
    assert [ref.partition("/")[2] for ref in record.depends_on] == ["apiprovidedby", "consumesapi", "dependson"]
    assert [ref.partition("/")[2] for ref in record.needed_by] == ["apiconsumedby", "dependencyof", "partof"]


@pytest.mark.parametrize("spec", [{"dependsOn": [{"kind": "Component"}]}, {"dependsOn": 5}])
def test_edge_that_cannot_be_read_is_not_left_out(spec, tmp_path) -> None:
    """The entity is unplaced: an edge that is dropped would take a hold with it."""
    read = read_items(tmp_path, "backstage", [{"kind": "Component", "metadata": {"name": "x"}, "spec": spec}])
    assert (read.records, why(read)) == ([], [("component:default/x", "unreadable")])


TREE = {
    "branches": [{"name": "V", "branches": [{"name": "P", "product": {"product_id": "P1", "name": "Sealbox 7.2"}}]}],
    "relationships": [
        {
            "product_reference": "P1",
            "relates_to_product_reference": "P2",
            "full_product_name": {"product_id": "P3", "name": "Sealbox on Host"},
        }
    ],
    "full_product_names": [{"product_id": "P2", "name": "Host"}],
    "product_groups": [{"group_id": "G1", "product_ids": ["P1", "P3"]}],
}


@pytest.mark.parametrize(
    ("tree", "subjects"),
    [
        (TREE, ("G1", "Host", "P1", "P2", "P3", "P4", "Sealbox 7.2", "Sealbox on Host")),
        ({"branches": TREE["branches"]}, ("P1", "P4", "Sealbox 7.2")),
        ({}, ("P4",)),
    ],
)
def test_advisory_is_about_everything_that_it_names(tree, subjects, tmp_path) -> None:
    """Branches at any depth, relationships, groups, and products that only have a status."""
    document = {"category": "csaf_vex", "tracking": {"id": "SA-1", "version": "1"}}
    status = [{"cve": "CVE-2026-1", "product_status": {"known_not_affected": ["P4"]}}]
    note = {"document": document, "product_tree": tree, "vulnerabilities": status}
    health, (record,) = read_data(tmp_path, "csaf", note)
    assert (health.state, record.subjects) == ("read", subjects)
    assert "Sealbox 7.2" in {value.text for value in record.withheld} or not tree


def test_advisory_without_subjects_names_none(tmp_path) -> None:
    """Which means that it is about everything."""
    (record,) = read_data(tmp_path, "csaf", {"document": {"tracking": {"id": "SA-1", "version": "1"}}})[1]
    assert record.subjects == ()


def test_incidents_of_the_status_page_are_the_customers_side(tmp_path) -> None:
    """Their impact, status and start; their words stay inside."""
    incident = {"id": "p1", "impact": "major", "status": "monitoring", "started_at": "2026-03-12T13:50:00Z"}
    incident |= {"created_at": "2026-03-12T14:00:00Z", "name": "Trouble", "incident_updates": [{"body": "We look"}]}
    health, (record,) = read_data(tmp_path, "statuspage-incidents", {"page": {}, "incidents": [incident]})
    assert (health.state, record.side, record.severity, record.status) == ("read", "customer", "major", "monitoring")
    assert f"{record.started:%H:%M}" == "13:50"
    assert {"Trouble", "We look"} <= {value.text for value in record.withheld}
