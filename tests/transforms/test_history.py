"""History: what a reading cannot know is carried from draft to draft, and never invented (promises P3, P5)."""

from profiles.codes import SourceState
from tests.builders import (
    AT,
    make_audience,
    make_directives,
    make_draft,
    make_evidence,
    make_field_hold,
    make_health,
    make_history,
    make_profile,
    make_public_health,
    minutes,
    rebuilt,
    with_records,
    with_source,
)
from transforms.history import follow
from transforms.model.canonical import bridge_key
from transforms.model.history import History, HoldAge, Observation, with_holds
from transforms.model.records import HealthRecord

GOOD = ("reporting", "europe")
BAD = ("payments-api", "europe")


def followed(before: History, evidence=None, last=None) -> History:
    """The next history on this evidence."""
    return follow(
        before,
        last,
        evidence or make_evidence(),
        audience=make_audience(),
        profile=make_profile(),
        directives=make_directives(),
    )


def test_cell_is_good_since_the_first_reading_that_said_so_without_a_gap() -> None:
    """Later readings keep the moment; one that is disrupted, held or unread begins again."""
    first = followed(make_history())
    assert first.good_since[GOOD] == AT
    assert BAD not in first.good_since
    later = rebuilt(make_evidence(), at=AT + minutes(5))
    second = followed(first, later)
    assert second.good_since[GOOD] == AT
    unread = with_source(later, "alertmanager", state=SourceState.UNAVAILABLE, observed_at=None)
    silent = tuple(r for r in unread.records if r.ref.source != "alertmanager")
    gap = followed(second, rebuilt(unread, records=silent))
    assert gap.good == ()
    assert followed(gap, rebuilt(make_evidence(), at=AT + minutes(9))).good_since[GOOD] == AT + minutes(9)


def test_cell_that_the_last_release_told_is_good_since_its_moment_at_least() -> None:
    """Where nothing earlier is known, the customer has read it."""
    last = make_draft().package
    found = followed(make_history(), rebuilt(make_evidence(), at=AT + minutes(5)), last)
    assert found.good_since[GOOD] == last.as_of
    assert (found.last, BAD in found.good_since) == (last, False)


def test_cell_that_recovers_is_good_from_then_on() -> None:
    """What was told as disrupted is not good since the release that said so."""
    last = make_draft().package
    calm = with_records(make_evidence(), without=HealthRecord)
    public = [make_public_health(status="operational"), *(r for r in make_evidence().records if _other(r))]
    calm = rebuilt(with_records(calm, *public), at=AT + minutes(8))
    assert followed(make_history(), calm, last).good_since[BAD] == AT + minutes(8)


def _other(record) -> bool:
    """A health record that says nothing of the disrupted cell."""
    return isinstance(record, HealthRecord) and record.ref.key not in {
        make_health().ref.key,
        make_public_health().ref.key,
    }


def test_newest_observation_of_a_source_never_goes_back() -> None:
    """A source that shows an older export is still known to have been newer."""
    first = followed(make_history())
    assert first.newest_of["jira"] == AT - minutes(1)
    older = with_source(make_evidence(), "jira", observed_at=AT - minutes(50))
    newer = with_source(make_evidence(), "jira", observed_at=AT)
    assert followed(first, older).newest_of["jira"] == AT - minutes(1)
    assert followed(first, newer).newest_of["jira"] == AT
    assert Observation(source="jira", at=AT) in followed(first, newer).observed


def test_hold_is_as_old_as_when_it_first_stood_in_a_draft() -> None:
    """By its key, while a draft or what the customer reads has it; one that comes back is new."""
    draft = make_draft(holds=(make_field_hold("status/reporting"),))
    keys = {hold.key for hold in draft.holds}
    first = with_holds(make_history(), draft.holds, draft.annexes, AT)
    assert first.held_since == dict.fromkeys(keys, AT)
    second = with_holds(first, draft.holds, draft.annexes, AT + minutes(9))
    assert second == first
    assert with_holds(first, (), (), AT + minutes(9)).holds == ()
    told = followed(first, last=draft.package)
    assert with_holds(told, (), (), AT + minutes(9)).held_since.keys() >= {h.key for h in draft.package.holds}


def test_hold_of_the_last_release_is_at_least_as_old_as_that() -> None:
    """Where no draft before is known."""
    last = make_draft().package
    found = followed(make_history(holds=(HoldAge(key="detail/dependency", since=AT - minutes(40)),)), last=last)
    assert found.held_since == {
        hold.key: AT - minutes(40) if hold.key == "detail/dependency" else last.as_of for hold in last.holds
    } | {"detail/dependency": AT - minutes(40)}


def test_bridges_of_one_incident_have_different_keys() -> None:
    """Derived, so that the incident's key alone must be kept, and one bridge's tells nothing of the other's."""
    keys = {bridge_key("ab" * 32, "acme"), bridge_key("ab" * 32, "globex"), bridge_key("cd" * 32, "acme"), "ab" * 32}
    assert len(keys) == 4
