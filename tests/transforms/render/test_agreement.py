"""M6: a disagreement is held, or settled by the profile's own rule and told; a share reads as its bucket."""

import pytest

from profiles.codes import Side
from tests.builders import (
    PUBLIC,
    make_draft,
    make_evidence,
    make_health,
    make_profile,
    make_public_health,
    with_records,
)
from tests.transforms.reading import entries, reasons, values
from transforms.model.evidence import Evidence
from transforms.model.records import HealthRecord

EUROPE = "status/payments-api/europe"


def world(*healths: HealthRecord, europe: str = "major_outage") -> Evidence:
    """The default world with these alerts, and with another word of the status page for Europe."""
    said = (make_public_health(name, status=europe if name == "8kbf7d35c070" else PUBLIC[name]) for name in PUBLIC)
    return with_records(make_evidence(), *healths, *said, without=HealthRecord)


APART = world(make_health(), europe="degraded_performance")
"""Alerts say SC3, the status page says SC1."""

TORN = with_records(
    world(make_health()), make_public_health("8kbf7d35c070", side=Side.INTERNAL, status="partial_outage")
)
"""Two sources inside: SC3 and SC2. Outside SC3."""


def settling(**conflicts: str):
    """The shipped profile with ways to settle."""
    return make_profile(status={"conflicts": conflicts})


def reversed_authority(**conflicts: str):
    """The same with the status page before the alerts."""
    sources = [source.model_dump(mode="json") for source in make_profile().sources]
    order = sorted(sources, key=lambda source: source["name"] != "statuspage")
    return make_profile(sources=order, status={"conflicts": conflicts})


@pytest.mark.parametrize(
    ("evidence", "profile", "code"),
    [
        (APART, settling(sides="worst"), "SC3"),
        (APART, settling(sides="authority"), "SC3"),
        (APART, reversed_authority(sides="authority"), "SC1"),
        (APART, settling(same_side="worst"), "H1"),
        (TORN, settling(same_side="worst"), "SC3"),
        (TORN, settling(same_side="authority"), "SC3"),
        (TORN, reversed_authority(same_side="authority", sides="worst"), "SC3"),
        (TORN, settling(sides="worst"), "H1"),
        (APART, make_profile(), "H1"),
    ],
)
def test_disagreement_is_settled_as_the_profile_says_or_held(evidence, profile, code) -> None:
    """The worst word, the word of the source listed first, or a placeholder: nothing else."""
    assert values(make_draft(evidence, profile=profile))[EUROPE] == code


@pytest.mark.parametrize(
    ("evidence", "profile", "code", "rule"),
    [
        (APART, settling(sides="worst"), "timing-disagreement", "conflicts:worst"),
        (TORN, settling(same_side="authority"), "source-conflict", "conflicts:authority"),
    ],
)
def test_settled_disagreement_is_told_and_decided(evidence, profile, code, rule) -> None:
    """What the profile settled stands in the register and in the lineage, and blocks until somebody decides."""
    draft = make_draft(evidence, profile=profile)
    assert entries(draft)[f"{code}:status/payments-api"] is True
    sentence = next(entry.sentence for entry in draft.register_ if entry.code == code)
    assert (sentence.startswith("Payments API: "), rule in sentence) == (True, True)
    assert rule in next(entry.origin.rows for entry in draft.lineage if entry.field == EUROPE)


def test_agreement_needs_no_rule() -> None:
    """Where all say the same, no rule is named and nobody is asked."""
    draft = make_draft(profile=settling(same_side="worst", sides="authority"))
    assert [entry for entry in entries(draft) if entry.startswith(("source-conflict", "timing"))] == []
    assert not any(row.startswith("conflicts:") for entry in draft.lineage for row in entry.origin.rows)


def test_settling_never_hides_what_cannot_be_used() -> None:
    """A value that no table maps is held whatever the profile settles."""
    evidence = with_records(APART, make_health(component="pay-ledger", status="fatal"))
    draft = make_draft(evidence, profile=settling(same_side="worst", sides="worst"))
    assert reasons(draft)["status/payments-api"] == "unmapped-value"


SHARES = [
    {"id": "SH-1", "at_least": 1, "code": "SC1"},
    {"id": "SH-2", "at_least": 60, "code": "SC2"},
    {"id": "SH-3", "at_least": 100, "code": "SC3"},
]


def sharing():
    """Cells read as the share of their components; the status page is left out, it has one per region."""
    inside = [source.model_dump(mode="json") for source in make_profile().sources if source.name != "statuspage"]
    capabilities = [c.model_dump(mode="json") for c in make_profile().capabilities]
    for one in capabilities:
        third = {"source": "alertmanager", "key": f"third-{one['id']}", "runs_in": ["eu-west-1"]}
        one["components"].append(third)
        one["components"] = [key for key in one["components"] if key["source"] != "statuspage"]
    rows = [row.model_dump(mode="json") for row in make_profile().status.rows if row.source != "statuspage"]
    return make_profile(sources=inside, capabilities=capabilities, status={"rows": rows, "shares": SHARES})


@pytest.mark.parametrize(
    ("third", "healths", "code"),
    [
        ("quiet", (), "SC0"),
        ("quiet", (make_health(),), "SC1"),
        ("quiet", (make_health(), make_health(component="pay-ledger")), "SC2"),
        ("critical", (make_health(), make_health(component="pay-ledger")), "SC3"),
        ("quiet", (make_health(), make_health(component="pay-ledger", status="warning")), "SC2"),
        ("quiet", (make_health(status="warning"), make_health(component="pay-ledger", status="warning")), "SC1"),
        ("quiet", (make_health(status="warning"),), "SC1"),
    ],
)
def test_share_of_components_reads_as_its_bucket(third, healths, code) -> None:
    """One or two of three are a share; a bucket is never worse than the worst component, and calm is calm."""
    others = [make_health(component="third-payments-api", status=third)]
    draft = make_draft(world(*healths, *others), profile=sharing())
    assert values(draft)[EUROPE] == code
    rows = next(entry.origin.rows for entry in draft.lineage if entry.field == EUROPE)
    spoke = [row for row in rows if row.startswith("SH-")]
    critical = [record for record in (*healths, *others) if record.status == "critical"]
    assert spoke == ([] if not critical or code == "SC3" else [{"SC1": "SH-1", "SC2": "SH-2"}[code]])
