"""The pattern's own tests, one for each failure mode and each robustness check of its contract.

The pattern is "critical channel-safe state packaging"; its file is the mission's, and these are its words.
"""

from tests.builders import (
    AT,
    STAGES,
    assert_no_canary,
    canaries,
    make_audience,
    make_draft,
    make_evidence,
    make_health,
    make_note,
    make_profile,
    make_public_health,
    make_workaround,
    minutes,
    sample_drafts,
    sample_evidence,
    with_records,
    with_source,
)
from tests.transforms.reading import entries, numbers, reasons, values
from transforms.model.evidence import Evidence
from transforms.model.records import HealthRecord, SecurityNoteRecord, WorkaroundRecord

EUROPE = "status/payments-api/europe"
OUTSIDE = "8kbf7d35c070"


def seen(inside: str, outside: str, **changes) -> Evidence:
    """What alerts and the status page say of the Payments API in Europe."""
    said = (make_health(status=inside, **changes), make_public_health(OUTSIDE, status=outside))
    kept = (
        record
        for record in make_evidence().records
        if isinstance(record, HealthRecord) and record.component not in {"pay-edge", OUTSIDE}
    )
    return with_records(make_evidence(), *said, *kept, without=HealthRecord)


def annexed_rule(rule: dict) -> dict:
    """The rule with what it holds decided for good."""
    return rule | {"then": "annex"} if rule["then"] == "hold" else rule


def test_failure_mode_restricted_identifiers_exploit_detail_or_confidential_state_leaks() -> None:
    """Over the whole sample nothing withheld stands in any outward byte, and what is held says that it is."""
    for stage, draft in zip(STAGES, sample_drafts(), strict=True):
        assert_no_canary([draft.message.text, *draft.message.blocks], canaries(sample_evidence(stage)))
        for hold in draft.holds:
            shown = f"(H{hold.number})" if hold.confirming else f"H{hold.number} {hold.what}, under review since "
            assert shown in draft.message.text
            assert (hold.reason in draft.message.text, hold.role in draft.message.text) == (False, False)


def test_failure_mode_over_suppression_removes_materially_necessary_context() -> None:
    """A meaning-carrying field that is held stands as a placeholder, and the register says that it may mislead."""
    draft = make_draft(seen("fatal", "major_outage"))
    assert values(draft)[EUROPE] == "H1"
    assert "Europe: we are confirming this (H1)" in draft.message.text
    assert entries(draft)["required-field-held:status/payments-api"] is True
    assert "Payments API status" in next(e.sentence for e in draft.register_ if e.code == "required-field-held")


def test_failure_mode_stale_or_conflicting_state_is_rendered_as_if_it_were_current() -> None:
    """What is too old or contradicted is never shown, not even as it was; it is held and named."""
    told = make_draft(seen("critical", "major_outage"))
    stale = make_draft(seen("critical", "major_outage", observed_at=AT - minutes(11)), told.package)
    torn = make_draft(seen("critical", "operational"), told.package)
    assert [values(draft)[EUROPE] for draft in (told, stale, torn)] == ["SC3", "H3", "H3"]
    assert reasons(stale)["status/payments-api"] == "source-stale"
    assert reasons(torn)["status/payments-api"] == "timing-disagreement"
    assert "disrupted" not in torn.message.text.splitlines()[0]


def test_failure_mode_package_is_released_under_the_wrong_audience_profile_or_holds() -> None:
    """Audience, profile, holds and annexes each change the digest that people approve, whatever the bytes say."""
    base = make_draft()
    other_channel = make_draft(audience=make_audience(channel="C0OTHER"))
    other_teams = make_draft(audience=make_audience(teams=("T0ELSE",)))
    register = [rule.model_dump(mode="json") for rule in make_profile().register_]
    other_rules = make_draft(profile=make_profile(register=[{**rule, "role": "legal"} for rule in register]))
    note = with_records(make_evidence(), make_note(key="another"), without=SecurityNoteRecord)
    drafts = [base, other_channel, other_teams, other_rules, make_draft(note)]
    assert {draft.message.digest for draft in drafts} == {base.message.digest}
    assert len({draft.release_digest for draft in drafts}) == len(drafts)


def test_robustness_conflicting_authoritative_feeds_are_held_explicitly() -> None:
    """Every pair of feeds that disagree gives a placeholder with its reason, and no unsupported answer."""
    said = ("operational", "degraded_performance", "partial_outage", "major_outage")
    inside = ("quiet", "warning", "major", "critical")
    for here, code in zip(inside, range(4), strict=True):
        for there, other in zip(said, range(4), strict=True):
            draft = make_draft(seen(here, there))
            shown = values(draft)[EUROPE]
            assert shown == (f"SC{code}" if code == other else "H1")
            assert ("timing-disagreement:status/payments-api" in entries(draft)) == (code != other)


def test_robustness_audience_profile_swaps_and_annex_rule_changes_void_approvals() -> None:
    """A rule that sends a detail to the annex instead of a role changes no byte, and yet another digest is approved."""
    rules = [rule.model_dump(mode="json") for rule in make_profile().disclosure]
    annexed = make_draft(profile=make_profile(disclosure=[annexed_rule(rule) for rule in rules]))
    base = make_draft()
    assert annexed.message == base.message
    assert annexed.release_digest != base.release_digest
    assert annexed.blocking == ("profile-not-approved:profile",)


def test_robustness_rapid_updates_keep_holds_and_supersession_understandable() -> None:
    """Through a dozen versions each hold keeps its number and its first version, and a new one gets a new number."""
    prior, opened, first = None, {}, {}
    for version in range(1, 13):
        parked = make_workaround(readiness="Parked" if version % 3 == 0 else "In Review")
        evidence = with_records(make_evidence(), parked, without=WorkaroundRecord)
        evidence = with_source(evidence, "incident-channel", observed_at=AT - minutes(40 if version >= 6 else 1))
        draft = make_draft(evidence, prior)
        assert (draft.package.version, draft.package.replaces) == (version, version - 1 or None)
        for key, (number, since) in numbers(draft).items():
            stands = prior and key in {hold.key for hold in prior.holds}
            assert (number, since) == (first[key] if stands else (number, version))
            assert stands or number not in opened
            opened[number], first[key] = key, (number, since)
        if version > 1:
            assert f"Update {version} · 14:20 UTC · replaces 14:20\n" in draft.message.text
        prior = draft.package
    assert sorted(opened.values()) == sorted(
        ["detail/dependency", "detail/technical", "timeline", *["workaround/payments-api"] * 4]
    )
