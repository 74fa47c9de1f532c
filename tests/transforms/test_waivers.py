"""P1: a waiver binds what was decided. One step of any fact does not fit it; another reading of the same facts does."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from profiles.codes import HoldReason, RegisterCode, Section, Side, SourceState
from tests.builders import (
    AT,
    PUBLIC,
    make_audience,
    make_directives,
    make_draft,
    make_entitlement,
    make_evidence,
    make_field_hold,
    make_health,
    make_history,
    make_person,
    make_profile,
    make_public_health,
    make_timeline,
    minutes,
    rebuilt,
    with_records,
    with_source,
)
from tests.transforms.dossiers import make_result, seal_inside
from transforms.model.audience import Audience
from transforms.model.directives import Waiver
from transforms.model.evidence import Evidence
from transforms.model.package import Package
from transforms.model.records import EntitlementRecord, HealthRecord, TimelineRecord
from transforms.publish.dossier import release_of
from transforms.publish.draft import Draft, release_digest
from transforms.validate.findings import entitlement_findings
from transforms.validate.register import Finding, RegisterEntry, register

TOLD = make_draft().package
"""Version 1: Payments API in Europe disrupted (SC3), impact detected."""

PLACES = sorted(field.id for field in TOLD.fields if field.section is Section.STATUS)
WORDS = st.sampled_from(("a", "b", "c", "more:a", "fewer:a", "version:1", "version:2", ""))
FINDINGS = st.lists(st.tuples(st.sampled_from(("one", "two")), st.lists(WORDS, max_size=3)), min_size=1, max_size=3)


def waiver(entry: RegisterEntry, **changes) -> Waiver:
    """Kim waives this entry for what it says."""
    what = {"entry": entry.id, "evidence": entry.evidence, "decided": entry.decided}
    return Waiver(**what | {"by": make_person(), "role": entry.role, "at": AT} | changes)


def registered(findings, *waivers: Waiver, audience: Audience | None = None) -> tuple[RegisterEntry, ...]:
    """The register of these findings."""
    who, directives = audience or make_audience(), make_directives(waivers=waivers)
    return register(findings, who, make_profile(), make_history(), directives)


def about_one_subject(drawn) -> list[Finding]:
    """Findings about one subject."""
    code = RegisterCode.LEAK_SUSPECTED
    return [Finding(code=code, about="text", sentence=said, facts=tuple(facts)) for said, facts in drawn]


@given(FINDINGS, FINDINGS)
def test_waiver_fits_exactly_the_facts_that_it_was_given_for(decided, now) -> None:
    """Not one fact more, fewer, other, elsewhere or in another pair; repeated ones are the same."""
    decided, now = about_one_subject(decided), about_one_subject(now)
    given_ = waiver(registered(decided)[0])
    facts = [sorted({one.facts for one in many}) for many in (decided, now)]
    said = [list(dict.fromkeys(one.sentence for one in many)) for many in (decided, now)]
    fits = (facts[0], said[0]) == (facts[1], said[1])
    assert (registered(now, given_)[0].waived == given_) is fits
    assert registered([*decided, *decided], given_)[0].waived == given_


def test_waiver_of_facts_in_pairs_does_not_fit_the_same_facts_paired_otherwise() -> None:
    """A name in the text and a host in the footer is not a host in the text and a name in the footer."""
    pairs = about_one_subject([("one", ["a", "b"]), ("one", ["c", "more:a"])])
    swapped = about_one_subject([("one", ["a", "more:a"]), ("one", ["c", "b"])])
    assert registered(swapped, waiver(registered(pairs)[0]))[0].waived is None


def placed(version: int, places: frozenset[str]) -> Package:
    """A package of this version with these places of status."""
    fields = (field for field in TOLD.fields if field.section is not Section.STATUS or field.id in places)
    return rebuilt(TOLD, version=version, fields=tuple(fields))


HAD = st.frozensets(st.sampled_from(PLACES), min_size=1)
STEP = st.tuples(st.integers(1, 3), HAD, HAD)


@given(STEP, STEP)
def test_waiver_of_a_changed_entitlement_fits_only_that_change(decided, now) -> None:
    """The same places, as many more and as many fewer, since the same version; nothing that merely counts alike."""
    moves, entries = [], []
    for version, before, after in (decided, now):
        moves.append((version, after - before, before - after))
        entries.append(list(entitlement_findings(placed(version + 1, after), placed(version, before))))
    if not all(entries):
        return
    first, second = (registered(found)[0] for found in entries)
    assert (first.evidence == second.evidence) is (moves[0] == moves[1])
    assert (registered(entries[1], waiver(first))[0].waived == waiver(first)) is (moves[0] == moves[1])


def calm(*healths: HealthRecord, europe: str = "operational", **page) -> Evidence:
    """The default world with these alerts, and with another word of the status page for Europe."""
    words = PUBLIC | {"8kbf7d35c070": europe}
    said = (make_public_health(name, status=words[name], **page) for name in PUBLIC)
    return with_records(make_evidence(), *healths, *said, without=HealthRecord)


def unread(state: SourceState) -> Evidence:
    """The default world without a word from the tracker."""
    return with_source(make_evidence(), "jira", state=state, observed_at=None)


def started(minutes_ago: int) -> Evidence:
    """The default world in which the impact was detected so long ago."""
    moved = make_timeline(changed_at=AT - minutes(minutes_ago))
    return with_records(make_evidence(), moved, without=TimelineRecord)


def entitled(*products: str) -> Evidence:
    """The default world with another contract."""
    return with_records(make_evidence(), make_entitlement(products=products), without=EntitlementRecord)


SETTLED = make_profile(status={"conflicts": {"same_side": "worst", "sides": "worst"}})
PART = make_field_hold("status/payments-api/europe")
WIDE = make_field_hold("status/payments-api")
OLD = make_health(status="warning", observed_at=AT - minutes(11))
LATER = rebuilt(TOLD, version=2)

CHANGED_FACTS = {
    "entitlement-changed: fewer instead of more": (
        lambda: make_draft(entitled("MC-PAY-100", "MC-REP-200", "MC-HOOK-300", "MC-FRD-400"), TOLD),
        lambda: make_draft(entitled("MC-PAY-100", "MC-REP-200"), TOLD),
    ),
    "entitlement-changed: since another version": (
        lambda: make_draft(entitled("MC-PAY-100"), TOLD),
        lambda: make_draft(entitled("MC-PAY-100"), LATER),
    ),
    "material-change: the evidence says another code": (
        lambda: make_draft(calm(OLD, europe="degraded_performance"), TOLD),
        lambda: make_draft(calm(OLD, europe="operational"), TOLD),
    ),
    "material-change: since another version": (
        lambda: make_draft(calm(OLD, europe="operational"), TOLD),
        lambda: make_draft(calm(OLD, europe="operational"), LATER),
    ),
    "material-change: the same clock time of another day": (
        lambda: make_draft(started(90), TOLD),
        lambda: make_draft(started(90 + 24 * 60), TOLD),
    ),
    "source-unavailable: malformed instead of unavailable": (
        lambda: make_draft(unread(SourceState.UNAVAILABLE)),
        lambda: make_draft(unread(SourceState.MALFORMED)),
    ),
    "required-field-held: other fields of one capability": (
        lambda: make_draft(holds=(PART,)),
        lambda: make_draft(holds=(WIDE,)),
    ),
    "source-stale: the evidence says something else": (
        lambda: make_draft(calm(OLD, europe="degraded_performance")),
        lambda: make_draft(calm(OLD, europe="operational")),
    ),
    "timing-disagreement: settled the other way round": (
        lambda: make_draft(calm(make_health(), europe="degraded_performance"), profile=SETTLED),
        lambda: make_draft(calm(make_health(status="warning"), europe="major_outage"), profile=SETTLED),
    ),
    "timing-disagreement: settled, and the sides changed places": (
        lambda: make_draft(calm(make_health(), europe="degraded_performance"), profile=SETTLED),
        lambda: make_draft(
            calm(make_health(side=Side.CUSTOMER), europe="degraded_performance", side=Side.INTERNAL), profile=SETTLED
        ),
    ),
    "timing-disagreement: held, and the sides say other things": (
        lambda: make_draft(calm(make_health(), europe="degraded_performance")),
        lambda: make_draft(calm(make_health(), europe="operational")),
    ),
    "timing-disagreement: for another audience": (
        lambda: make_draft(calm(make_health())),
        lambda: make_draft(calm(make_health()), audience=make_audience(teams=("T0ELSE",))),
    ),
}


def of_code(draft: Draft, code: str) -> RegisterEntry:
    """The first entry with this code."""
    return next(entry for entry in draft.register_ if entry.code == code)


@pytest.mark.parametrize("change", CHANGED_FACTS)
def test_waiver_does_not_fit_a_changed_fact_of(change) -> None:
    """Which subjects, in which direction, since which version, what each side says, who reads it."""
    code = change.partition(":")[0]
    decided, now = (of_code(make(), code) for make in CHANGED_FACTS[change])
    assert decided.id == now.id
    assert decided.evidence != now.evidence


@pytest.mark.parametrize("change", CHANGED_FACTS)
def test_waiver_fits_what_it_was_given_for_again(change) -> None:
    """The same facts, built again, are the same decision."""
    code = change.partition(":")[0]
    for make in CHANGED_FACTS[change]:
        decided, again = of_code(make(), code), of_code(make(), code)
        assert (decided.evidence, decided.decided) == (again.evidence, again.decided)


def test_waiver_stands_when_the_number_of_its_hold_shifts() -> None:
    """Somebody holds a part that is read before it: what was decided of the other hold is still decided."""
    blocked = make_field_hold("workaround", reason=HoldReason.LEGAL_REVIEW_PENDING)
    first = of_code(make_draft(holds=(blocked,)), "uncleared-detail")
    shifted = make_draft(holds=(blocked, make_field_hold("status/webhooks")), waivers=(waiver(first),))
    found = next(entry for entry in shifted.register_ if entry.id == first.id)
    assert (found.waived, found.sentence != first.sentence) == (waiver(first), True)


def test_waiver_of_another_sentence_does_not_fit() -> None:
    """What a waiver says in the clear, and what is signed with it, is what its entry says."""
    entry = registered(about_one_subject([("one", ["a"])]))[0]
    other = waiver(entry, decided="something milder")
    assert registered(about_one_subject([("one", ["a"])]), other)[0].waived is None


def test_manifest_states_what_was_waived_and_by_whom() -> None:
    """An auditor reads what somebody decided, in which role, without opening anything sealed."""
    evidence = entitled("MC-PAY-100", "MC-REP-200")
    entry = of_code(make_draft(evidence, TOLD), "entitlement-changed")
    directives = make_directives(waivers=(waiver(entry),))
    built = make_result(evidence, directives, last=TOLD)
    stated = {state.id: state for state in release_of(built, seal_inside(built)).register_}
    (waived,) = (state for state in stated.values() if state.waived_by)
    assert (waived.id, waived.waived_by, waived.waived_as) == (entry.id, make_person(), entry.role)
    assert waived.decided == entry.sentence
    assert {state.decided for state in stated.values() if not state.waived_by} == {None}


def test_waiver_stands_in_the_release_digest_with_what_was_decided() -> None:
    """Two waivers that differ in what they say give two digests to approve."""
    entry = of_code(make_draft(holds=(WIDE,)), "required-field-held")
    (waived,) = (e for e in make_draft(holds=(WIDE,), waivers=(waiver(entry),)).register_ if e.waived)
    parts = {"audience": make_audience(), "schema": "service-state/1", "profile_digest": "0" * 64}
    parts |= {"message": make_draft().message, "holds": ()}
    others = (waived, rebuilt(waived, waived=waiver(entry, decided="something milder")), rebuilt(waived, waived=None))
    assert len({release_digest(**parts, entries=(one,)) for one in others}) == 3
