"""M5, P9: the contract says what an account may and must see; while it is unclear, nothing of the state is shown."""

import pytest

from profiles.codes import SourceState
from tests.builders import (
    ACCOUNT,
    AT,
    make_draft,
    make_entitlement,
    make_evidence,
    make_health,
    make_profile,
    make_public_health,
    make_source,
    minutes,
    profile_data,
    rebuilt,
    with_records,
    with_source,
)
from tests.transforms.reading import entries, reasons, values
from transforms.model.evidence import Evidence
from transforms.model.records import EntitlementRecord

OLD = AT - minutes(1441)
ALL_REGIONS = ("EMEA", "AMER", "APAC")


def contract(*records: EntitlementRecord) -> Evidence:
    """The default world with these contracts."""
    return with_records(make_evidence(), *records, without=EntitlementRecord)


UNCLEAR = {
    "no contract of this account": (contract(make_entitlement(account="0015g00000GloBxAAF")), "source-unavailable"),
    "a source that could not be reached": (
        with_source(make_evidence(), "salesforce", state=SourceState.UNAVAILABLE),
        "source-unavailable",
    ),
    "a malformed source": (
        with_source(make_evidence(), "salesforce", state=SourceState.MALFORMED),
        "source-unavailable",
    ),
    "a source that is too old": (with_source(make_evidence(), "salesforce", observed_at=OLD), "source-stale"),
    "a contract that is too old": (contract(make_entitlement(observed_at=OLD)), "source-stale"),
    "an unknown tier": (contract(make_entitlement(tier="Gold")), "unmapped-value"),
    "two tiers": (contract(make_entitlement(), make_entitlement(tier="Standard", key="sf-2")), "source-conflict"),
    "two sets of products": (
        contract(make_entitlement(), make_entitlement(products=("MC-PAY-100",), key="sf-2")),
        "source-conflict",
    ),
    "two sets of regions": (
        contract(make_entitlement(), make_entitlement(regions=("EMEA",), key="sf-2")),
        "source-conflict",
    ),
    "products that no table knows": (contract(make_entitlement(products=("MC-NEW-900",))), "unmapped-value"),
    "regions that no table knows": (contract(make_entitlement(regions=("MOON",))), "unmapped-value"),
    "nothing bought": (contract(make_entitlement(products=(), regions=())), "unmapped-value"),
}


@pytest.mark.parametrize("case", UNCLEAR)
def test_entitlement_that_is_unclear_shows_nothing_of_the_state(case) -> None:
    """One hold stands for the whole state: no cell, no workaround, no time, no detail, and it blocks."""
    evidence, reason = UNCLEAR[case]
    draft = make_draft(evidence)
    assert values(draft) == {"status/held": "H1"}
    assert reasons(draft) == {"entitlement": reason}
    assert entries(draft)["required-field-held:entitlement"] is True
    assert draft.message.text.split("\n\n")[:3] == [
        "Acme Corp: we are confirming the state of the service (H1)\nUpdate 1 · 14:20 UTC",
        "We are confirming the state of the service (H1).",
        "Next update within 30 minutes of this message, even if nothing changes. Support duty reads replies here.",
    ]


def test_entitlement_that_becomes_unclear_takes_back_what_was_shown() -> None:
    """Every field of the last release is counted as no longer part of this one; none is repeated."""
    released = make_draft()
    draft = make_draft(contract(make_entitlement(tier="Gold")), released.package)
    assert values(draft) == {"status/held": "H3"}
    gone = {change.field for change in draft.package.changes if change.after is None}
    assert gone == {field.id for field in released.package.fields}
    assert "New: 6 changes since 14:20 UTC. Everything below is current." in draft.message.text
    assert "disrupted" not in draft.message.text


def test_entitlement_stated_by_a_source_outside_the_profile_is_not_believed() -> None:
    """A contract from elsewhere makes the whole unclear, even beside a good one."""
    evidence = make_evidence()
    both = rebuilt(
        evidence,
        sources=(*evidence.sources, make_source("sap")),
        records=(*evidence.records, make_entitlement(source="sap")),
    )
    assert reasons(make_draft(both)) == {"entitlement": "source-unavailable"}


def test_entitlement_selects_capabilities_and_regions() -> None:
    """What was not bought is not in audience: counted, neither shown nor held."""
    draft = make_draft(contract(make_entitlement(products=("MC-PAY-100",), regions=ALL_REGIONS)))
    assert values(draft, "status/") == {
        "status/payments-api/europe": "SC3",
        "status/payments-api/americas": "SC0",
        "status/payments-api/asia-pacific": "SC0",
    }
    assert (draft.outside_audience, make_draft().outside_audience) == (3, 1)


def test_entitlement_of_other_accounts_counts_for_nothing() -> None:
    """Globex's contract lies in the same export."""
    other = make_entitlement(account="0015g00000GloBxAAF", tier="Gold", products=("MC-FRD-400",), key="sf-9")
    assert make_draft(contract(make_entitlement(), other)).message == make_draft().message


def test_entitlement_stated_twice_alike_is_one() -> None:
    """The order and the repetition of products and regions mean nothing."""
    again = make_entitlement(regions=("AMER", "EMEA"), products=("MC-HOOK-300", "MC-REP-200", "MC-PAY-100"), key="sf-2")
    assert make_draft(contract(make_entitlement(), again)).message == make_draft().message


def test_entitlement_change_since_the_last_release_blocks_and_counts_fields() -> None:
    """More or fewer cells than before need somebody to look."""
    released = make_draft()
    wider = contract(make_entitlement(products=("MC-PAY-100", "MC-REP-200"), regions=ALL_REGIONS))
    draft = make_draft(wider, released.package)
    found = next(entry for entry in draft.register_ if entry.code == "entitlement-changed")
    assert (found.id, found.blocks) == ("entitlement-changed:entitlement", True)
    assert found.sentence == (
        "the entitlement changed since version 1: 1 more and 2 fewer places than before (more: "
        "status/payments-api/asia-pacific; fewer: status/webhooks/americas, status/webhooks/europe)"
    )


def test_entitlement_of_every_permitted_class_is_what_the_package_holds() -> None:
    """The tier row alone decides which kinds of field there are."""
    found = {}
    for permitted in (["status"], ["status", "workaround"], ["status", "timeline", "workaround", "since"]):
        tiers = [tier | {"permitted": permitted} for tier in profile_data()["tiers"]]
        draft = make_draft(profile=make_profile(tiers=tiers))
        found[" ".join(permitted)] = sorted({name.split("/")[0] for name in values(draft)})
    assert found == {
        "status": ["status"],
        "status workaround": ["status", "workaround"],
        "status timeline workaround since": ["status", "timeline", "workaround"],
    }


def test_entitlement_names_the_account_only_by_its_label() -> None:
    """The contract system's id of the account stays inside."""
    assert ACCOUNT not in make_draft().message.model_dump_json()


TIERS = [
    {"id": "TR-1", "source": "salesforce", "value": "Premier", "permitted": ["status", "timeline"], "required": []},
    {
        "id": "TR-2",
        "source": "salesforce",
        "value": "Premier",
        "account": ACCOUNT,
        "permitted": ["status", "since", "timeline"],
        "required": ["status"],
        "capabilities": ["payments-api", "fraud-screening"],
        "regions": ["europe", "asia-pacific"],
        "required_capabilities": ["payments-api", "fraud-screening"],
        "required_regions": ["europe"],
    },
]


def test_entitlement_row_of_an_account_goes_before_its_tier() -> None:
    """An account's own row permits less, or other kinds of field; another account keeps the tier's."""
    draft = make_draft(profile=make_profile(tiers=TIERS))
    assert values(draft, "status/") == {"status/payments-api/europe": "SC3"}
    assert "TR-2" in next(e.origin.rows for e in draft.lineage if e.field == "status/payments-api/europe")
    others = make_draft(profile=make_profile(tiers=[TIERS[0], TIERS[1] | {"account": "somebody-else"}]))
    assert set(values(others, "status/")) == set(values(make_draft(), "status/"))


def test_entitlement_never_permits_what_was_not_bought() -> None:
    """Fraud screening is permitted by the row and not in the contract: it is not shown, and its absence is told."""
    draft = make_draft(profile=make_profile(tiers=TIERS))
    assert not any("fraud-screening" in field for field in values(draft))
    assert entries(draft)["required-field-held:capability/fraud-screening"] is True


@pytest.mark.parametrize(
    ("change", "found"),
    [
        ({}, True),
        ({"required_capabilities": ["payments-api"]}, True),
        ({"required_capabilities": ["reporting"]}, False),
        ({"required_regions": ["americas"]}, False),
        ({"required": ["timeline"]}, False),
        ({"required": []}, False),
    ],
)
def test_required_field_that_is_held_misleads_only_where_it_is_required(change, found) -> None:
    """Which capabilities and regions the contract insists on decides whether a held cell blocks."""
    row = {**TIERS[0], "required": ["status"]} | change
    seen = make_health(component="rpt-query", status="warning")
    told = make_public_health("3vwq1m90zx41", status="degraded_performance")
    evidence = with_records(make_evidence(), make_health(status="fatal", component="pay-ledger"), seen, told)
    draft = make_draft(evidence, profile=make_profile(tiers=[row]))
    entry = next((e for e in draft.register_ if e.id == "required-field-held:status/payments-api"), None)
    assert (entry is not None) == found


def test_nothing_is_outside_an_audience_that_nobody_knows() -> None:
    """Without an entitlement nothing is counted as outside of it."""
    draft = make_draft(with_records(make_evidence(), without=EntitlementRecord))
    assert (set(reasons(draft)), draft.outside_audience) == ({"entitlement"}, 0)


def test_same_entitlement_brings_no_entry() -> None:
    """The same contract as at the last release, or none at one of the two moments, is no change of it."""
    released, unclear = make_draft(), make_draft(with_records(make_evidence(), without=EntitlementRecord))
    for draft in (make_draft(prior=released.package), make_draft(prior=unclear.package)):
        assert [entry for entry in entries(draft) if entry.startswith("entitlement-changed")] == []
