"""P2: neither the order of hidden records, nor the second, nor an unkeyed digest tells anything."""

from datetime import timedelta

from profiles.codes import SourceState
from tests.builders import (
    AT,
    make_dependency,
    make_draft,
    make_evidence,
    make_profile,
    rebuilt,
    with_records,
    with_source,
)
from transforms.model.records import DependencyRecord, SecurityNoteRecord

WORDS = {"first": "A supplier is involved.", "second": "Our own part is involved."}


def told(**names: str) -> list[str]:
    """The details that a draft tells when the records behind the two wordings have these keys."""
    generalise = {"then": "generalise", "category": "dependency"}
    rules = [
        {"id": f"DR-{n}", "match": {"kind": "dependency", "labels": [label]}, "wording": WORDS[label], **generalise}
        for n, label in enumerate(WORDS, start=1)
    ]
    nodes = [
        make_dependency(component=f"component:default/{label}", key=key, labels=(label,))
        for label, key in names.items()
    ]
    user = make_dependency(
        component="component:default/pay-edge", labels=(), depends_on=tuple(node.component for node in nodes)
    )
    evidence = with_records(make_evidence(), user, *nodes, without=(DependencyRecord, SecurityNoteRecord))
    draft = make_draft(evidence, profile=make_profile(disclosure=rules))
    return [str(detail.value.words) for detail in draft.package.details]


def test_shared_details_stand_in_alphabetical_order_whatever_the_hidden_keys_are() -> None:
    """Two wordings, and the records behind them in either order: the customer reads the same."""
    assert told(first="aaa", second="zzz") == told(first="zzz", second="aaa") == sorted(WORDS.values())


def test_package_of_another_second_is_the_same_package() -> None:
    """The as-of is told to the minute, so the reference does not depend on the second of a reading."""
    later = rebuilt(make_evidence(), at=AT + timedelta(seconds=37))
    assert make_draft(later).package == make_draft().package
    assert make_draft(later).message.digest == make_draft().message.digest


def test_evidence_of_an_unread_source_depends_on_the_incidents_key() -> None:
    """The facts of such an entry are a name of few letters: an open digest of it would be guessed at once."""
    unread = with_source(make_evidence(), "jira", state=SourceState.UNAVAILABLE, observed_at=None)
    ours, other = (make_draft(unread, key=key).register_ for key in ("ab" * 32, "cd" * 32))
    assert "source-unavailable:source/jira" in {entry.id for entry in ours}
    assert not {entry.evidence for entry in ours} & {entry.evidence for entry in other}
