"""Renew: a newer reading under an open draft, where no byte that people approve differs (promise P13)."""

import pytest
from hypothesis import event, given
from hypothesis import strategies as st

from profiles.codes import SourceState
from tests.builders import (
    AT,
    DIGEST_KEY,
    make_directives,
    make_evidence,
    make_field_hold,
    make_health,
    minutes,
    rebuilt,
    with_records,
    with_source,
)
from tests.transforms.dossiers import make_acknowledgement, make_result
from tests.transforms.worlds import Case, cases, rebuild
from transforms.build import build
from transforms.model.evidence import Evidence, SourceHealth, evidence_id
from transforms.model.records import HealthRecord, SourceRef
from transforms.publish.dossier import BuildResult
from transforms.renew import has_time_left, renewed, says_the_same

HALF = 15
"""Minutes until half of the time to the next update of the shipped profile is over."""


def later(evidence: Evidence, by: float) -> Evidence:
    """The same facts, observed and read so many minutes later."""
    return rebuilt(fresher(evidence, by), at=evidence.at + minutes(by))


def fresher(evidence: Evidence, by: float) -> Evidence:
    """The same facts and moment, of which everything was observed and read so many minutes later."""

    def ref(old: SourceRef) -> SourceRef:
        return rebuilt(old, observed_at=old.observed_at + minutes(by), fetched_at=old.fetched_at + minutes(by))

    def health(old: SourceHealth) -> SourceHealth:
        cover = old.coverage
        signs = tuple(rebuilt(sign, ref=ref(sign.ref)) for sign in cover.signs) if cover else ()
        cover = cover and rebuilt(cover, signs=signs)
        observed = old.observed_at + minutes(by) if old.observed_at else None
        return rebuilt(old, coverage=cover, fetched_at=old.fetched_at + minutes(by), observed_at=observed)

    records = tuple(rebuilt(record, ref=ref(record.ref)) for record in evidence.records)
    return rebuilt(evidence, sources=tuple(map(health, evidence.sources)), records=records)


def again(evidence: Evidence, **others):
    """What becomes of the default draft when a draft is asked for on this reading."""
    return renewed(make_result(number=7), make_result(evidence, number=7, **others), DIGEST_KEY)


def test_same_facts_read_later_leave_every_approved_byte() -> None:
    """The draft keeps its number, its moment and its digest; its lineage tells the newer times, under another name."""
    open_, newest = make_result(number=7), later(make_evidence(), 5)
    kept = again(newest)
    assert kept is not None
    assert (kept.number, kept.evidence.at) == (7, AT)
    assert (kept.draft.release_digest, kept.draft.message) == (open_.draft.release_digest, open_.draft.message)
    assert {entry.field for entry in kept.draft.lineage} == {entry.field for entry in open_.draft.lineage}
    assert kept.draft.lineage != open_.draft.lineage
    assert kept.evidence.records == newest.records
    assert (kept.evidence_id, kept.draft.evidence_digest) == (
        evidence_id(DIGEST_KEY, kept.evidence),
        make_result(kept.evidence).draft.evidence_digest,
    )


def test_renewed_draft_is_built_from_what_it_is_kept_with() -> None:
    """Its evidence, history and directives give the same draft again (promise P5)."""
    kept = again(later(make_evidence(), 5))
    assert build(kept.evidence, kept.draft.audience, kept.profile, kept.history, kept.directives) == kept.draft


def test_draft_of_anything_else_takes_its_place() -> None:
    """Another state, a hold, a source that was not read: what the customer would read differently is a new draft."""
    worse = with_records(
        later(make_evidence(), 5), make_health(component="hooks", key="fp-9", status="critical"), without=HealthRecord
    )
    unread = with_source(later(make_evidence(), 5), "alertmanager", state=SourceState.UNAVAILABLE, observed_at=None)
    held = make_directives(holds=(make_field_hold("workaround/payments-api"),))
    assert (again(worse), again(unread)) == (None, None)
    assert again(later(make_evidence(), 5), directives=held) is None


def test_source_that_became_stale_is_not_hidden_by_an_earlier_moment() -> None:
    """As of the open draft's moment the evidence was fresh; a draft of now would hold it, so that is made."""
    old = rebuilt(make_evidence(), at=AT + minutes(12))
    as_of_then = build(rebuilt(old, at=AT), *arguments())
    assert as_of_then.release_digest == make_result().draft.release_digest
    assert again(old) is None


def arguments():
    """What the default draft is built from beside its evidence."""
    built = make_result()
    return built.draft.audience, built.profile, built.history, built.directives


@pytest.mark.parametrize(("minute", "stays"), [(HALF - 0.1, True), (HALF, False), (HALF + 0.1, False)])
def test_draft_stays_while_most_of_its_time_is_left(minute, stays) -> None:
    """Later, another as-of serves the customer more than the approvals are worth."""
    assert has_time_left(make_result().draft, AT + minutes(minute)) is stays
    assert (again(later(make_evidence(), minute)) is not None) is stays


def test_acknowledgement_is_never_an_update() -> None:
    """Notices are drafted again as they are asked for."""
    notice, update = make_acknowledgement(), make_result().draft
    assert not says_the_same(notice, notice)
    assert not says_the_same(update, notice)


def result_of(case: Case, evidence: Evidence) -> BuildResult:
    """A drawn world's draft on this evidence."""
    draft = rebuild(case, evidence)
    name = evidence_id(DIGEST_KEY, evidence)
    return BuildResult(7, evidence, name, case.profile, case.history, case.directives, draft)


@given(cases(), st.integers(0, 40), st.booleans())
def test_whatever_stays_reads_as_it_did_and_as_it_would(case, passed, is_read_again) -> None:
    """In drawn worlds too: no approved byte moves, and nothing that a draft of now would hold or change is kept."""
    now = rebuilt(case.evidence, at=case.evidence.at + minutes(passed))
    now = rebuilt(fresher(now, passed), at=now.at) if is_read_again else now
    open_, newest = result_of(case, case.evidence), result_of(case, now)
    kept = renewed(open_, newest, DIGEST_KEY)
    event(f"stays: {kept is not None}")
    if kept is None:
        return
    assert (kept.draft.release_digest, kept.draft.message) == (open_.draft.release_digest, open_.draft.message)
    assert kept.draft.package.placed == newest.draft.package.placed
    assert kept.draft.blocking == newest.draft.blocking
    assert build(kept.evidence, kept.draft.audience, kept.profile, kept.history, kept.directives) == kept.draft
