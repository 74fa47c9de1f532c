"""What changed from one version to the next: for the customer by codes, for people inside by holds and revisions."""

import pytest

from profiles.codes import HoldReason
from tests.builders import (
    AT,
    make_draft,
    make_evidence,
    make_field_hold,
    make_health,
    make_public_health,
    make_timeline,
    make_workaround,
    minutes,
    sample_drafts,
    with_records,
)
from transforms.diff import HoldMove, SourceMove, changes, hold_moves, source_moves
from transforms.model.evidence import Evidence
from transforms.model.package import Coded, Held
from transforms.model.records import HealthRecord, TimelineRecord, WorkaroundRecord
from transforms.publish.draft import Draft

BEFORE = make_draft()
EUROPE = "status/payments-api/europe"


def eased() -> Evidence:
    """Payments in Europe only degraded, and its workaround ready."""
    public = make_public_health("8kbf7d35c070", status="degraded_performance")
    others = [r for r in make_evidence().records if isinstance(r, HealthRecord) and r.ref.source == "statuspage"]
    kept = [r for r in others if r.component != "8kbf7d35c070"]
    alert = make_health(status="warning", revision="r-2")
    evidence = with_records(make_evidence(), *kept, public, alert, without=(HealthRecord, WorkaroundRecord))
    return with_records(evidence, make_workaround(readiness="Done", revision="r-2"))


def told(draft: Draft) -> list[str]:
    """What the customer reads as changed, entry by entry."""
    lines = draft.message.text.split("\n\n")[0].split("\n")[2:]
    return [line.removeprefix("New: ") for line in lines]


def codes(draft: Draft) -> dict[str, tuple]:
    """The customer's changes: code or hold number before and after, by field."""

    def seen(value):
        return value.code if isinstance(value, Coded) else value and f"H{value.number}"

    return {change.field: (seen(change.before), seen(change.after)) for change in draft.package.changes}


def test_diff_says_better_or_worse_of_status_and_workaround() -> None:
    """A lower status rank is better, a higher readiness too."""
    better = make_draft(eased(), BEFORE.package)
    worse = make_draft(make_evidence(), make_draft(eased()).package)
    assert told(better) == [
        "Payments API, Europe: disrupted → degraded (better)",
        "Payments API, workaround: being tested → ready to use (better)",
    ]
    assert told(worse) == [
        "Payments API, Europe: degraded → disrupted (worse)",
        "Payments API, workaround: ready to use → being tested (worse)",
    ]


def test_diff_of_holds_says_held_now_and_shown_again() -> None:
    """A value that is taken back, and one that appears in its place."""
    held = make_draft(prior=BEFORE.package, holds=(make_field_hold("workaround"),))
    shown = make_draft(prior=held.package)
    assert (codes(held), told(held)) == (
        {"workaround/payments-api": ("W2", "H3")},
        ["Payments API, workaround: not shared now (H3)"],
    )
    assert (codes(shown), told(shown)) == (
        {"workaround/payments-api": ("H3", "W2")},
        ["Payments API, workaround: being tested"],
    )


def test_diff_without_change_says_so() -> None:
    """The same state again is an answer too; a first version has nothing to compare."""
    assert told(make_draft(prior=BEFORE.package)) == ["Nothing has changed since 14:20 UTC."]
    assert (BEFORE.package.changes, "hange" in BEFORE.message.text.split("\n\n")[0]) == ((), False)


def test_diff_is_of_meaning_not_of_minutes() -> None:
    """A state that began at another minute, and a hold for another reason, change nothing that the customer reads."""
    earlier = with_records(make_evidence(), make_health(changed_at=AT - minutes(90)))
    assert codes(make_draft(earlier, BEFORE.package)) == {}
    parked = with_records(make_evidence(), make_workaround(readiness="Parked"), without=WorkaroundRecord)
    held = make_draft(parked)
    still = make_draft(parked, held.package, holds=(make_field_hold("workaround"),))
    assert codes(still) == {}


def test_diff_names_checkpoints_for_data_and_leaves_them_to_the_timeline_in_words() -> None:
    """A new checkpoint is a change of the package; in the message the timeline itself tells it."""
    more = with_records(make_evidence(), make_timeline(checkpoint="mitigating", changed_at=AT - minutes(3)))
    draft = make_draft(more, BEFORE.package)
    assert codes(draft) == {"timeline/T4": (None, "T4")}
    assert told(draft) == []
    gone = make_draft(with_records(make_evidence(), without=TimelineRecord), BEFORE.package)
    assert codes(gone) == {"timeline/T1": ("T1", None)}


def test_diff_lists_five_changes_and_counts_more() -> None:
    """Six changes are counted, because everything below is complete anyway."""
    rows = ("payments-api", "reporting", "webhooks")
    cells = [f"status/{row}/{place}" for row in rows for place in ("europe", "americas")]
    five = make_draft(prior=BEFORE.package, holds=tuple(map(make_field_hold, cells[:5])))
    six = make_draft(prior=BEFORE.package, holds=tuple(map(make_field_hold, cells)))
    assert (len(told(five)), told(five)[0]) == (5, "Payments API, Europe: not shared now (H3)")
    assert told(six) == ["6 changes since 14:20 UTC. Everything below is current."]


def test_diff_between_packages_is_in_the_order_of_the_new_one() -> None:
    """What is new stands in the order of reading, what is gone after it."""
    before, after = sample_drafts()[1].package, sample_drafts()[2].package
    found = [change.field for change in changes(before.fields, after.fields)]
    assert found == [
        "status/payments-api/europe",
        "status/payments-api/asia-pacific",
        "workaround/payments-api",
        "workaround/reporting",
        "timeline/T4",
        "timeline/T5",
    ]
    assert isinstance(after.changes[0].after, Held)


def test_hold_moves_name_what_opened_closed_stays_and_changed_its_reason() -> None:
    """Every hold of either version, by number."""
    parked = with_records(make_evidence(), make_workaround(readiness="Parked"), without=WorkaroundRecord)
    before = make_draft(parked)
    after = make_draft(
        prior=before.package,
        holds=(
            make_field_hold("detail/technical", reason=HoldReason.LEGAL_REVIEW_PENDING),
            make_field_hold("timeline"),
        ),
    )
    found = [(move.number, move.key, move.move) for move in hold_moves(before.holds, after.holds)]
    assert found == [
        (1, "workaround/payments-api", "closed"),
        (2, "detail/dependency", "stays"),
        (3, "detail/technical", "stays"),
        (4, "timeline", "opened"),
    ]
    swapped = make_draft(parked, before.package, holds=(make_field_hold("workaround"),))
    assert hold_moves(before.holds, swapped.holds)[0] == HoldMove(
        key="workaround/payments-api",
        number=1,
        move="reason-changed",
        before=HoldReason.UNMAPPED_VALUE,
        after=HoldReason.REVIEWER_HOLD,
    )


def test_hold_moves_tell_a_hold_that_opened_again_from_one_that_stays() -> None:
    """Over two steps a hold may close and open: that is another number, and another hold."""
    parked = with_records(make_evidence(), make_workaround(readiness="Parked"), without=WorkaroundRecord)
    one = make_draft(parked)
    two = make_draft(prior=one.package)
    three = make_draft(parked, two.package)
    found = [(move.number, move.move) for move in hold_moves(one.holds, three.holds) if move.key.startswith("work")]
    assert found == [(1, "closed"), (4, "opened")]


def test_source_moves_name_the_revisions_behind_what_moved() -> None:
    """For each field that reads differently: which sources say it, from which revision to which, by which rows."""
    after = make_draft(eased(), BEFORE.package)
    found = source_moves(["workaround/payments-api"], BEFORE.lineage, after.lineage)
    assert found == (
        SourceMove(
            field="workaround/payments-api",
            source="jira",
            before=("r-1",),
            after=("r-2",),
            rows=("capability:payments-api", "WR-4", "TR-1"),
        ),
    )


@pytest.mark.parametrize(("mine", "theirs"), [("before", "after"), ("after", "before")])
def test_source_moves_of_a_field_that_is_only_in_one_version(mine, theirs) -> None:
    """A field that came or went has revisions on one side only."""
    (move,) = source_moves([EUROPE], *((BEFORE.lineage, ()) if mine == "before" else ((), BEFORE.lineage)))[:1]
    assert (getattr(move, mine), getattr(move, theirs)) == (("r-1", "r-1"), ())
