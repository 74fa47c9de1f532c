"""The exception register: what blocks, who decides, and which decisions still fit."""

import pytest

from profiles.codes import NEVER_WAIVED, HoldReason, RegisterCode, SourceState
from tests.builders import (
    AT,
    SOURCES,
    make_audience,
    make_directives,
    make_draft,
    make_evidence,
    make_field_hold,
    make_health,
    make_history,
    make_note,
    make_person,
    make_profile,
    make_workaround,
    profile_data,
    rebuilt,
    with_records,
    with_source,
)
from tests.transforms.reading import entries
from transforms.model.canonical import digest
from transforms.model.directives import ProfileApproval, Waiver
from transforms.model.records import HealthRecord, SecurityNoteRecord, WorkaroundRecord
from transforms.validate.findings import CODE_OF_REASON
from transforms.validate.register import Finding, RegisterEntry, register

PARKED = with_records(make_evidence(), make_workaround(readiness="Parked"), without=WorkaroundRecord)
TIMING = rebuilt(make_evidence(), records=tuple(r for r in make_evidence().records if r.ref.source != "alertmanager"))
"""Inside nothing fires any more, and the status page still says outage."""

LEAK = Finding(code=RegisterCode.LEAK_SUSPECTED, about="text", sentence="a leak", facts=("x",))


def waiver(entry: RegisterEntry, **changes) -> Waiver:
    """Kim waives this entry for what it says."""
    what = {"entry": entry.id, "evidence": entry.evidence, "decided": entry.decided}
    return Waiver(**what | {"by": make_person(), "role": entry.role, "at": AT} | changes)


def registered(*findings: Finding, waivers: tuple[Waiver, ...] = (), **profile) -> tuple[RegisterEntry, ...]:
    """The register of these findings."""
    directives = make_directives(waivers=waivers)
    return register(findings, make_audience(), make_profile(**profile), make_history(), directives)


@pytest.mark.parametrize("reason", HoldReason)
def test_register_has_an_entry_for_a_hold_of_each_reason_but_a_persons_own(reason) -> None:
    """The entry follows from the reason; somebody's own hold needs no exception."""
    expected = {None if reason is HoldReason.REVIEWER_HOLD else f"{CODE_OF_REASON[reason]}:workaround/payments-api"}
    found = entries(make_draft(holds=(make_field_hold("workaround", reason=reason),)))
    about = {name for name in found if name.endswith(":workaround/payments-api")}
    assert about == expected - {None}


def test_register_of_a_hold_for_several_reasons_has_one_entry_each() -> None:
    """A hold shows its most serious reason; each reason has its own decision."""
    evidence = with_records(PARKED, make_workaround(readiness="Done", key="j-2", observed_at=AT.replace(hour=9)))
    found = {name for name in entries(make_draft(evidence)) if name.endswith(":workaround/payments-api")}
    assert found == {"source-stale:workaround/payments-api", "unmapped-value:workaround/payments-api"}


@pytest.mark.parametrize("source", SOURCES)
@pytest.mark.parametrize("state", [SourceState.UNAVAILABLE, SourceState.MALFORMED])
def test_register_names_every_source_that_was_not_read(source, state) -> None:
    """By its kind to people without clearance, whether or not a slot needed it."""
    draft = make_draft(with_source(make_evidence(), source, state=state, observed_at=None))
    entry = next(entry for entry in draft.register_ if entry.id == f"source-unavailable:source/{source}")
    assert entry.sentence.startswith("a source of kind ")
    assert source not in entry.sentence.split()


def test_register_names_a_source_that_is_not_configured() -> None:
    """A profile that expects more than the configuration has says how to fix it."""
    evidence = make_evidence()
    kept = rebuilt(
        evidence,
        sources=tuple(health for health in evidence.sources if health.source != "pagerduty"),
        records=tuple(record for record in evidence.records if record.ref.source != "pagerduty"),
    )
    found = [
        entry.sentence for entry in make_draft(kept).register_ if entry.id == "source-unavailable:source/pagerduty"
    ]
    assert found == ["a source of kind incident is not configured; add it under sources in bridgepkg.yaml"]


@pytest.mark.parametrize("code", RegisterCode)
@pytest.mark.parametrize("blocks", [True, False])
def test_register_follows_the_profile_but_for_what_nobody_may_wave_through(code, blocks) -> None:
    """The profile says what blocks and who decides; five codes block whatever it says."""
    rules = [{"code": rule["code"], "blocks": blocks, "role": "legal"} for rule in profile_data()["register"]]
    finding = rebuilt(LEAK, code=code)
    (entry,) = registered(finding, register=rules)
    assert (entry.blocks, entry.role) == (blocks or code in NEVER_WAIVED, "legal")


@pytest.mark.parametrize("code", RegisterCode)
def test_register_waiver_opens_what_may_be_waived(code) -> None:
    """A waiver for exactly this evidence lets the release pass, but for what nobody may wave through."""
    finding = rebuilt(LEAK, code=code)
    decided = waiver(registered(finding)[0])
    (entry,) = registered(finding, waivers=(decided,))
    assert (entry.blocks, entry.waived) == ((True, None) if code in NEVER_WAIVED else (False, decided))


def test_register_waiver_counts_only_for_the_evidence_that_was_seen() -> None:
    """New facts about the same subject, or another subject, ask again."""
    decided = waiver(registered(LEAK)[0])
    others = [rebuilt(LEAK, facts=("x", "y")), rebuilt(LEAK, about="bridge-footer"), rebuilt(LEAK, facts=())]
    assert [registered(other, waivers=(decided,))[0].blocks for other in others] == [True, True, True]
    assert [registered(LEAK, waivers=(rebuilt(decided, evidence="0" * 64),))[0].blocks] == [True]


def test_register_waiver_of_a_hold_falls_when_what_is_withheld_changes() -> None:
    """Who accepted a hold for one set of records is asked again for another."""
    first = make_draft(TIMING)
    (entry,) = [entry for entry in first.register_ if entry.code == "timing-disagreement"]
    decided = (waiver(entry),)
    more = with_records(TIMING, make_health(component="pay-ledger", status="warning"))
    assert entry.id not in make_draft(TIMING, waivers=decided).blocking
    assert entry.id in make_draft(more, waivers=decided).blocking


def test_register_waiver_of_a_hold_stands_when_its_records_only_get_newer() -> None:
    """A revision more voids nothing."""
    (entry,) = [entry for entry in make_draft(TIMING).register_ if entry.code == "timing-disagreement"]
    newer = tuple(rebuilt(record, ref=rebuilt(record.ref, revision="r-9", observed_at=AT)) for record in TIMING.records)
    assert entry.id not in make_draft(rebuilt(TIMING, records=newer), waivers=(waiver(entry),)).blocking


def test_register_joins_findings_about_one_subject_and_puts_blocking_ones_first() -> None:
    """Two findings are one entry with both sentences, each once; order of finding does not change the evidence."""
    other = rebuilt(LEAK, sentence="another leak", facts=("y",))
    mild = Finding(code=RegisterCode.SOURCE_STALE, about="source/x", sentence="old")
    found = registered(mild, LEAK, other, LEAK)
    assert [(entry.id, entry.sentence) for entry in found] == [
        ("leak-suspected:text", "a leak; another leak"),
        ("source-stale:source/x", "old"),
    ]
    assert registered(other, LEAK)[0].evidence == found[0].evidence


def test_register_evidence_is_keyed() -> None:
    """A suspected term cannot be found out by hashing guesses."""
    histories = (make_history(), make_history(digest_key="cd" * 32))
    world = (make_audience(), make_profile())
    assert len({register([LEAK], *world, history, make_directives())[0].evidence for history in histories}) == 2


def test_register_blocks_a_profile_that_nobody_approved() -> None:
    """Without its digest in the trust root a profile releases nothing, whoever waives."""
    draft = make_draft(approved_profiles=())
    entry = draft.register_[0]
    assert (entry.id, draft.blocking) == ("profile-not-approved:profile", ("profile-not-approved:profile",))
    assert make_draft(approved_profiles=(), waivers=(waiver(entry),)).blocking == draft.blocking


def approval(role: str, user: str) -> ProfileApproval:
    """Somebody's approval of the shipped profile."""
    return ProfileApproval(profile=digest(make_profile()), by=make_person(user), role=role, at=AT)


@pytest.mark.parametrize(
    ("given", "approved"),
    [
        ((("legal", "U0JO"), ("support_leadership", "U0LEE")), True),
        ((("legal", "U0JO"),), False),
        ((("legal", "U0JO"), ("support_leadership", "U0JO")), False),
        ((("legal", "U0JO"), ("legal", "U0LEE")), False),
        ((("security", "U0SAM"), ("support_leadership", "U0LEE")), False),
    ],
)
def test_register_takes_a_profile_that_two_roles_approved(given, approved) -> None:
    """Legal and support leadership between them, by two people, on exactly this digest."""
    approvals = tuple(approval(*one) for one in given)
    blocked = "profile-not-approved:profile" in make_draft(approved_profiles=(), profile_approvals=approvals).blocking
    assert blocked is not approved
    for other in ("0" * 64, "f" * 64):
        elsewhere = tuple(rebuilt(one, profile=other) for one in approvals)
        assert make_draft(approved_profiles=(), profile_approvals=elsewhere).blocking == (
            "profile-not-approved:profile",
        )


@pytest.mark.parametrize("words", ["operational", "Payments  API", "support DUTY reads"])
def test_register_blocks_words_that_the_profile_forbids(words) -> None:
    """Beside the words that no profile may use, each profile may forbid more, in any letters."""
    row = {"id": "NV-1", "about": "other", "words": words}
    codes = {entry.code for entry in make_draft(profile=make_profile(never=[row])).register_ if entry.blocks}
    assert "commitment-language" in codes
    assert "commitment-language" not in {entry.code for entry in make_draft().register_}


def test_register_sentences_name_nothing_withheld() -> None:
    """People without clearance read them: no component, note or key."""
    evidence = with_records(PARKED, make_health(status="fatal"), make_note(key="sn-2"), without=(HealthRecord,))
    sentences = " ".join(entry.sentence for entry in make_draft(evidence).register_)
    assert [word for word in ("Parked", "fatal", "pay-edge", "edge-signer", "Oduya", "jira") if word in sentences] == []
    assert "H1 Payments API status: a source says a value that no approved table maps" in sentences


def test_register_is_empty_where_nothing_is_wrong() -> None:
    """An entry is an exception, not a habit."""
    evidence = with_records(make_evidence(), without=SecurityNoteRecord)
    kept = tuple(record for record in evidence.records if record.ref.source != "backstage")
    assert make_draft(rebuilt(evidence, records=kept)).register_ == ()


def test_register_names_the_hold_of_the_overall_status_alone() -> None:
    """While the overall status is held, only that hold misleads; a lower number beside it is none of its business."""
    draft = make_draft(world_held(), make_draft().package)
    numbers = {hold.key: hold.number for hold in draft.holds}
    assert numbers["detail/dependency"] < draft.package.overall.number
    found = [entry.id for entry in draft.register_ if entry.code == "required-field-held"]
    assert found == ["required-field-held:status/payments-api"]


def world_held():
    """The default world with an unknown status in the Payments API, under a contract that requires nothing."""
    return with_records(make_evidence(), make_health(status="fatal", component="pay-ledger"))
