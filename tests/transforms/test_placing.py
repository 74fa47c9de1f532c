"""Kinds of unplaced trouble: which matcher is offered, what it fits, and what would place it for good."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from profiles.codes import RecordKind, Unplaced
from profiles.estate import Estate
from profiles.tables import SourceKey
from tests.builders import (
    AT,
    assert_no_canary,
    make_directives,
    make_draft,
    make_evidence,
    make_health,
    make_person,
    make_profile,
    make_ref,
    rebuilt,
)
from transforms.model.directives import Placing
from transforms.model.records import Tag, UnplacedItem
from transforms.placing import Proposal, fitting, groups, items_in, labels_in, proposal, reached, unplaced, words_of

PROFILE, NOTHING = make_profile(), make_directives()
LABELS = ({"team": "edge-signer-7"}, {"job": "Umbracorp"})
TAGS = st.builds(
    Tag,
    name=st.from_regex(r"[A-Za-z_][A-Za-z0-9_.-]{0,20}", fullmatch=True),
    value=st.text(st.characters(exclude_categories=["Cs"], exclude_characters="“”"), min_size=1, max_size=40),
)


def tags(**labels):
    """Labels of an item."""
    return tuple(Tag(name=name, value=value) for name, value in labels.items())


def item(number, source="alertmanager", why=Unplaced.NO_COMPONENT, **labels):
    """An alert that no table can place."""
    ref = make_ref(source, f"fp-{number}")
    return UnplacedItem(ref=ref, tags=tags(**labels), kind=RecordKind.HEALTH, why=why, status="critical")


def with_items(*items, records=()):
    """The default world, in which these are unplaced too."""
    evidence = make_evidence()
    return rebuilt(evidence, unplaced=items, records=(*evidence.records, *records))


def placed(*placings, **changes):
    """What somebody placed."""
    defaults = {"source": "alertmanager", "by": make_person(), "role": "incident_command", "at": AT}
    return make_directives(placings=tuple(Placing(**defaults | one) for one in placings), **changes)


def offered(evidence, directives=NOTHING, profile=PROFILE):
    """Each kind with how much of it there is."""
    return [(words_of(group.tags), group.items) for group in groups(evidence, profile, directives)]


def components_of(found):
    """The components that these speak of."""
    return [record.component for record in found]


def test_noisy_estate_is_one_kind():
    """Forty alerts of one team, each with labels of its own, are placed by the one label that they share."""
    noise = [item(n, team="batch", alertname=f"Job{n}", severity="critical", cluster="prod") for n in range(40)]
    assert offered(with_items(*noise)) == [("team=batch", 40)]


def test_kinds_are_told_apart_by_whose_they_are():
    """What is common to all does not lump teams together; what has no team goes by its service."""
    common = {"cluster": "prod", "rule": "nightly"}
    noise = [item(n, team="batch", **common) for n in range(3)]
    noise += [item(n, team="web", **common) for n in range(10, 12)]
    noise += [item(20, service="mail", **common)]
    assert offered(with_items(*noise)) == [("team=batch", 3), ("team=web", 2), ("service=mail", 1)]


def test_label_of_known_evidence_is_never_offered_alone():
    """A team that also runs what the profile knows is narrowed until nothing known has the same labels."""
    known = make_health(component="pay-ledger", tags=tags(team="payments", job="ledger"))
    noise = [item(n, team="payments", job="nightly", severity="critical") for n in range(2)]
    assert offered(with_items(*noise, records=(known,))) == [("job=nightly", 2)]
    same = make_health(component="pay-ledger", tags=tags(team="payments", job="nightly"))
    assert offered(with_items(*noise, records=(known, same))) == [
        ("job=nightly, severity=critical, team=payments", 2),
    ]


def test_labels_that_say_only_how_bad_or_where_are_the_last_resort():
    """Where nothing says whose an item is, all of its labels are offered, and it is said that they say little."""
    (found,) = groups(with_items(item(1, severity="critical", region="eu-west-1")), PROFILE, NOTHING)
    assert (words_of(found.tags), found.vague) == ("region=eu-west-1, severity=critical", True)


def test_item_without_labels_can_still_be_placed():
    """By its component where it has one, else by its own key: nothing may stay unplaced for ever."""
    unknown = make_health(component="batch-runner", status="critical")
    evidence = with_items(item(1), records=(unknown,))
    assert sorted(offered(evidence)) == [("component=batch-runner", 1), ("key=fp-1", 1)]
    one = placed({"tags": tags(key="fp-1")}, {"tags": tags(component="batch-runner")})
    assert unplaced(evidence, PROFILE, one) == ()


def test_unknown_component_is_trouble_unless_it_is_well_or_of_the_estate():
    """An unmapped status counts as trouble; a component that the house knows is about something else."""
    health = [make_health(component=f"batch-{status}", status=status) for status in ("quiet", "warning", "unheard-of")]
    evidence = with_items(records=health)
    assert components_of(unplaced(evidence, PROFILE, NOTHING)) == ["batch-unheard-of", "batch-warning"]
    named = (("alertmanager", "batch-warning"), ("statuspage", "batch-unheard-of"))
    house = tuple(SourceKey(source=source, key=key) for source, key in named)
    estate = Estate(schema="bridgepkg.estate/1", components=house)
    assert components_of(unplaced(evidence, PROFILE, make_directives(estate=estate))) == ["batch-unheard-of"]


def test_sources_outside_the_profile_have_nothing_to_place():
    """What a profile does not read cannot contradict it."""
    evidence = make_evidence()
    other = rebuilt(evidence.sources[0], source="nagios")
    evidence = rebuilt(evidence, sources=(*evidence.sources, other), unplaced=(item(1, "nagios", team="batch"),))
    assert offered(evidence) == []


def test_what_is_placed_is_offered_no_more_and_the_next_of_its_kind_neither():
    """The forty-first alert is placed too; another team's is not, nor the same label of another source."""
    unrelated = placed({"tags": tags(team="batch")})
    noise = [item(n, team="batch") for n in range(41)]
    assert offered(with_items(*noise), unrelated) == []
    more = (item(50, team="batches"), item(51, "statuspage", team="batch"), item(52, Team="batch"))
    assert sorted(offered(with_items(*noise, *more), unrelated)) == [
        ("Team=batch", 1),
        ("team=batch", 1),
        ("team=batches", 1),
    ]


def test_placing_under_a_capability_that_is_gone_places_nothing():
    """Else the trouble would count nowhere, because a profile changed."""
    evidence = with_items(item(1, team="batch"))
    for capability, left in ((None, 0), ("reporting", 0), ("renamed", 1)):
        directives = placed({"tags": tags(team="batch"), "capability": capability})
        assert len(unplaced(evidence, PROFILE, directives)) == left


def test_matcher_of_ones_own_says_what_it_fits():
    """One kind for each source in which something unplaced has all of the labels, with what else has them."""
    known = make_health(component="pay-ledger", tags=tags(team="batch"))
    noise = (item(1, team="batch", x="1"), item(2, team="batch"), item(3, "statuspage", team="batch"))
    found = fitting(with_items(*noise, records=(known,)), PROFILE, NOTHING, tags(team="batch"))
    assert [(group.source, group.items, group.others) for group in found] == [
        ("alertmanager", 2, 1),
        ("statuspage", 1, 0),
    ]
    assert [g.items for g in fitting(with_items(*noise), PROFILE, NOTHING, tags(team="batch", x="1"))] == [1]
    assert fitting(with_items(*noise), PROFILE, NOTHING, tags(team="bach")) == ()


def test_item_of_several_components_is_counted_once():
    """As its source counts: one alert that speaks of two components is one alert."""
    two = [make_health(component=f"batch-{n}", key="fp-1", tags=tags(team="batch")) for n in (1, 2)]
    evidence = with_items(records=two)
    assert (offered(evidence), items_in(unplaced(evidence, PROFILE, NOTHING))) == ([("team=batch", 1)], 1)


def test_kinds_do_not_depend_on_how_an_export_was_listed():
    """The same kinds in the same order, whichever way round the items come."""
    noise = [item(n, team=f"t{n % 3}", alertname="A", job=f"j{n % 2}") for n in range(9)]
    assert groups(with_items(*noise), PROFILE, NOTHING) == groups(with_items(*reversed(noise)), PROFILE, NOTHING)


def test_proposal_names_components_that_no_table_knows():
    """What would place a kind for good; an item that names no component is counted, because no table can place it."""
    runner = make_health(component="batch-runner", tags=tags(team="batch"))
    known = make_health(component="pay-ledger", tags=tags(team="batch"))
    evidence = with_items(item(1, team="batch"), item(2, team="web"), records=(runner, known))
    directives = placed({"tags": tags(team="batch")})
    found = reached(evidence, PROFILE, directives, directives.placings[0])
    components = (SourceKey(source="alertmanager", key="batch-runner"),)
    assert proposal(found) == Proposal(components=components, nameless=1)


def test_customer_reads_nothing_of_a_placing_but_its_effect():
    """By whatever labels the same alerts are placed, every outward byte is the same."""
    evidence = with_items(*(item(n, **LABELS[0], **LABELS[1]) for n in range(3)))
    ways = [{"tags": tags(**label), "capability": "reporting"} for label in LABELS]
    one, other = (make_draft(evidence, placings=placed(way).placings) for way in ways)
    assert (one.message, one.package, one.holds, one.release_digest) == (
        other.message,
        other.package,
        other.holds,
        other.release_digest,
    )
    assert_no_canary(one.message.model_dump_json(), ["edge-signer-7", "Umbracorp"])


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("team=batch", tags(team="batch")),
        (" team = batch ,  severity=critical ", tags(severity="critical", team="batch")),
        ('team="batch, night"', tags(team="batch, night")),
        ("team=“batch, night”,a=b", tags(a="b", team="batch, night")),
        ("team=batch jobs", tags(team="batch jobs")),
        ("query=a=b", tags(query="a=b")),
        ("team=batch,", tags(team="batch")),
        ("team", None),
        ("", None),
        ("team=", None),
        ("=batch", None),
        ("team=batch, oops", None),
        ('team="batch', None),
        ("a=" + "x" * 501, None),
        ("a=b," * 1000, None),
    ],
)
def test_labels_are_read_as_people_write_them(text, expected):
    """Commas between them, quotes where a value holds one; anything else is none."""
    assert labels_in(text) == expected


@given(st.lists(TAGS, min_size=1, max_size=5, unique_by=lambda tag: tag.name))
def test_labels_read_back_as_they_were_told(found):
    """What a form shows of a matcher can be typed, and means the same."""
    assert labels_in(words_of(found)) == tuple(sorted(found, key=lambda tag: (tag.name, tag.value)))


@given(st.text(max_size=200))
def test_any_text_is_labels_or_none(text):
    """Nothing that people type ends in an error."""
    found = labels_in(text)
    assert found is None or all(tag.name and tag.value for tag in found)
