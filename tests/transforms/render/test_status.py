"""P4: a status that is unknown, old, contradicted or absent is held, never guessed."""

import pytest

from profiles.codes import HoldReason, Side, SourceState
from tests.builders import (
    AT,
    PUBLIC,
    WATCHED,
    make_coverage,
    make_draft,
    make_entitlement,
    make_evidence,
    make_health,
    make_profile,
    make_public_health,
    make_ref,
    make_source,
    minutes,
    rebuilt,
    safe,
    with_records,
    with_source,
)
from tests.transforms.reading import reasons, values
from transforms.model.evidence import CoveredCell, Evidence, SignOfLife
from transforms.model.package import Coded
from transforms.model.records import EntitlementRecord, HealthRecord

EUROPE = "status/payments-api/europe"
AMERICAS = "status/payments-api/americas"


def world(*healths: HealthRecord, **public: str) -> Evidence:
    """The default world with other alerts, and other words of the status page by component."""
    said = tuple(
        make_public_health(component, status=public.get(f"c{component}", PUBLIC[component])) for component in PUBLIC
    )
    return with_records(make_evidence(), *healths, *said, without=HealthRecord)


def without_source(name: str) -> Evidence:
    """The default world without one source, as if it were not configured."""
    evidence = make_evidence()
    kept = tuple(record for record in evidence.records if record.ref.source != name)
    return rebuilt(evidence, sources=tuple(s for s in evidence.sources if s.source != name), records=kept)


def watching(**changes) -> Evidence:
    """The default world with other coverage of the alert source."""
    return with_source(make_evidence(), "alertmanager", coverage=make_coverage(**changes))


OLD = AT - minutes(11)
CASES = {
    "a value that no table maps": (world(make_health(status="fatal")), "unmapped-value", "SC0"),
    "one known and one unknown value": (
        world(make_health(), make_health(component="pay-ledger", status="fatal")),
        "unmapped-value",
        "SC0",
    ),
    "a record older than the limit": (world(make_health(observed_at=OLD)), "source-stale", "SC0"),
    "a source older than the limit": (
        with_source(make_evidence(), "alertmanager", observed_at=OLD),
        "source-stale",
        "H1",
    ),
    "a source that was never confirmed": (
        with_source(make_evidence(), "alertmanager", observed_at=None),
        "source-unavailable",
        "H1",
    ),
    "a source that could not be reached": (
        with_source(make_evidence(), "alertmanager", state=SourceState.UNAVAILABLE),
        "source-unavailable",
        "H1",
    ),
    "a source whose export is malformed": (
        with_source(make_evidence(), "alertmanager", state=SourceState.MALFORMED),
        "source-unavailable",
        "H1",
    ),
    "a source that is not configured": (without_source("alertmanager"), "source-unavailable", "H1"),
    "the other side says operational": (
        world(make_health(), c8kbf7d35c070="operational"),
        "timing-disagreement",
        "SC0",
    ),
    "the other side says outage first": (world(), "timing-disagreement", "SC0"),
    "the same side disagrees": (
        with_records(
            world(make_health()), make_public_health("8kbf7d35c070", side=Side.INTERNAL, status="operational")
        ),
        "source-conflict",
        "SC0",
    ),
    "a region that no table knows": (
        world(make_health(status="major"), make_health(region="mars-1"), c8kbf7d35c070="partial_outage"),
        "unplaced-evidence",
        "H1",
    ),
    "an alert without a region": (
        world(make_health(status="major"), make_health(region=None), c8kbf7d35c070="partial_outage"),
        "unplaced-evidence",
        "H1",
    ),
    "coverage without a heartbeat": (watching(signs=()), "source-unavailable", "H1"),
    "coverage with a heartbeat that stopped": (
        watching(signs=(SignOfLife(ref=make_ref("alertmanager", "watchdog", observed_at=OLD)),)),
        "source-stale",
        "H1",
    ),
    "a component that nobody watches": (
        watching(
            cells=tuple(CoveredCell(component=c, region=r) for c in WATCHED if c != "pay-ledger" for r in WATCHED[c])
        ),
        "source-unavailable",
        "H1",
    ),
    "silence that means an unknown value": (watching(silent_status="calm"), "unmapped-value", "H1"),
}


@pytest.mark.parametrize("case", CASES)
def test_status_that_nobody_can_vouch_for_is_held(case) -> None:
    """Each way of not knowing holds the cell for its own reason, shows no value, and spares what is known."""
    evidence, reason, americas = CASES[case]
    draft = make_draft(evidence)
    assert (values(draft)[EUROPE], values(draft)[AMERICAS]) == ("H1", americas)
    assert reasons(draft)["status/payments-api"] == reason
    row = next(block["text"]["text"] for block in draft.message.blocks if block["block_id"].endswith("payments-api"))
    assert "Europe: we are confirming this (H1)" in row
    assert "disrupted" not in row


@pytest.mark.parametrize("case", CASES)
def test_status_once_known_is_not_repeated_when_it_becomes_unknown(case) -> None:
    """The last release said disrupted; a hold says that this is not known any more."""
    evidence, _, _ = CASES[case]
    released = make_draft()
    assert values(released)[EUROPE] == "SC3"
    assert values(make_draft(evidence, released.package))[EUROPE] not in {"SC0", "SC1", "SC2", "SC3"}


def test_silence_of_a_living_source_means_health() -> None:
    """Cells that the alert source covers and does not list are operational while its heartbeat is fresh."""
    assert values(make_draft(), "status/") == {
        EUROPE: "SC3",
        AMERICAS: "SC0",
        "status/reporting/europe": "SC0",
        "status/reporting/americas": "SC0",
        "status/webhooks/europe": "SC0",
        "status/webhooks/americas": "SC0",
    }


@pytest.mark.parametrize("region", ["ap-southeast-1", "sa-east-1"])
def test_status_of_a_region_outside_the_entitlement_changes_nothing(region) -> None:
    """Asia-Pacific is not Acme's; an unknown region could be anybody's."""
    draft = make_draft(world(make_health(), make_health(region=region)))
    held = region == "sa-east-1"
    assert values(draft)[AMERICAS] == ("H1" if held else "SC0")
    assert "status/payments-api/asia-pacific" not in values(draft)


def test_status_of_several_components_is_the_worst_without_conflict() -> None:
    """Two components of one source may differ; the customer reads the worse one."""
    draft = make_draft(world(make_health(status="warning"), make_health(component="pay-ledger", status="critical")))
    assert values(draft)[EUROPE] == "SC3"


def test_status_since_is_when_the_worst_state_began_inside() -> None:
    """The status page may notice later; only the alerts of the worst code count, and the earliest of them."""
    alerts = (
        make_health(changed_at=AT - minutes(12.5)),
        make_health(component="pay-ledger", changed_at=AT - minutes(15.5)),
        make_health(component="pay-ledger", region="eu-central-1", status="warning", changed_at=AT - minutes(40)),
    )
    field = next(field for field in make_draft(world(*alerts)).package.fields if field.id == EUROPE)
    assert field.value == Coded(code="SC3", words=safe("disrupted"), rank=4, at=AT - minutes(16))


def test_status_since_is_told_of_troubles_to_those_who_may_read_it() -> None:
    """An operational cell has no since, and a tier that does not permit it reads none."""
    permitted = {field.id: field.value.at for field in make_draft().package.fields if field.section == "status"}
    standard = with_records(make_evidence(), make_entitlement(tier="Standard"), without=EntitlementRecord)
    withheld = {field.value.at for field in make_draft(standard).package.fields if field.section == "status"}
    assert {name for name, at in permitted.items() if at} == {EUROPE}
    assert withheld == {None}


def test_status_ignores_sources_outside_the_profile() -> None:
    """The profile is the boundary: what another source says of the same component is not heard."""
    evidence = make_evidence()
    stranger = make_health(source="datadog", status="critical", region="us-east-1")
    more = rebuilt(evidence, sources=(*evidence.sources, make_source("datadog")), records=(*evidence.records, stranger))
    assert make_draft(more).message == make_draft(evidence).message


def test_status_without_any_health_source_is_held() -> None:
    """A capability that no health source speaks of has no state to show."""
    profile = make_profile()
    deaf = [c for c in profile.capabilities[0].components if c.source in {"backstage", "jira"}]
    capability = rebuilt(profile.capabilities[0], components=tuple(deaf))
    draft = make_draft(profile=profile.model_copy(update={"capabilities": (capability, *profile.capabilities[1:])}))
    assert (values(draft)[EUROPE], reasons(draft)["status/payments-api"]) == ("H1", HoldReason.SOURCE_UNAVAILABLE)


@pytest.mark.parametrize(("later", "shown"), [(-1, True), (0, True), (1, True), (2, True), (3, False), (60, False)])
def test_status_that_began_after_the_as_of_is_held(later, shown) -> None:
    """A state of later is no state as of now; a small difference of clocks is cut to the as-of."""
    began = AT + minutes(later)
    draft = make_draft(world(make_health(changed_at=began, fetched_at=AT + minutes(90))))
    since = next(field.value for field in draft.package.fields if field.id == EUROPE)
    if shown:
        assert isinstance(since, Coded)
        assert since.at == min(began, AT).replace(second=0, microsecond=0)
    else:
        assert (values(draft)[EUROPE], reasons(draft)["status/payments-api"]) == ("H1", HoldReason.SOURCE_CONFLICT)


@pytest.mark.parametrize("began", [None, AT + minutes(3), AT + minutes(120)])
def test_status_without_a_start_that_can_be_one_is_told_without_it(began) -> None:
    """Unknown, or after the moment of reading: the state is known, its start is not, and a note says so."""
    draft = make_draft(world(make_health(changed_at=began)))
    shown = next(field.value for field in draft.package.fields if field.id == EUROPE)
    assert (shown.code, shown.at) == ("SC3", None)
    (note,) = [entry for entry in draft.register_ if entry.id == f"unmapped-value:{EUROPE}"]
    assert (note.blocks, "lies in the future" in note.sentence) == (False, began is not None)


@pytest.mark.parametrize(
    "evidence",
    [
        without_source("statuspage"),
        with_source(make_evidence(), "statuspage", state=SourceState.MALFORMED),
        with_source(make_evidence(), "statuspage", observed_at=AT - minutes(31)),
    ],
)
def test_check_that_is_missing_or_old_holds_nothing(evidence) -> None:
    """The status page only checks what the alerts say: without it the cell is told."""
    draft = make_draft(evidence)
    assert (values(draft)[EUROPE], values(draft)[AMERICAS]) == ("SC3", "SC0")


def test_check_never_speaks_alone() -> None:
    """A cell whose primary is away is held, whatever its check says."""
    draft = make_draft(without_source("alertmanager"))
    assert {value for key, value in values(draft, "status/").items()} <= {"H1", "H2", "H3"}
