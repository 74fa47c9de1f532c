"""M3, M6: what disclosure rules match stands behind one neutral placeholder per category, and never shows."""

import pytest

from profiles.codes import SourceState, Tlp
from tests.builders import (
    STAGES,
    assert_no_canary,
    canaries,
    make_dependency,
    make_draft,
    make_evidence,
    make_note,
    make_public_health,
    rebuilt,
    sample_drafts,
    sample_evidence,
    with_records,
    with_source,
)
from tests.transforms.reading import entries, numbers, reasons
from transforms.model.evidence import Evidence
from transforms.model.records import DependencyRecord, HealthRecord, SecurityNoteRecord

SIGNER = "component:default/edge-signer"
USER = make_dependency(component="component:default/pay-edge", labels=(), depends_on=(SIGNER,))


def mapped(*nodes: DependencyRecord) -> Evidence:
    """The default world with this dependency map and no note."""
    return with_records(make_evidence(), *nodes, without=(DependencyRecord, SecurityNoteRecord))


def noted(*notes: SecurityNoteRecord) -> Evidence:
    """The default world with these notes."""
    return with_records(make_evidence(), *notes, without=SecurityNoteRecord)


def well(evidence: Evidence) -> Evidence:
    """The same world after everything recovered."""
    public = (
        make_public_health(record.component, status="operational") for record in evidence.records if _public(record)
    )
    return with_records(evidence, *public, without=HealthRecord)


def _public(record: object) -> bool:
    return isinstance(record, HealthRecord) and record.ref.source == "statuspage"


@pytest.mark.parametrize(
    ("nodes", "held"),
    [
        ((USER, make_dependency()), True),
        ((USER, make_dependency(labels=("tier-1", "restricted"))), True),
        ((USER, make_dependency(labels=("tier-1",))), False),
        ((make_dependency(component="component:default/pay-edge"),), True),
        ((make_dependency(),), False),
        ((USER, make_dependency(labels=(), depends_on=("x",)), make_dependency(component="x")), True),
        ((USER, make_dependency(labels=(), depends_on=("component:default/pay-edge",))), False),
        ((make_dependency(component="component:default/rpt-query"),), False),
        ((), False),
    ],
)
def test_disclosure_holds_dependencies_that_the_affected_rest_on(nodes, held) -> None:
    """A restricted node counts directly or at any depth, in circles too; under what is well it does not."""
    found = reasons(make_draft(mapped(*nodes)))
    assert found == ({"detail/dependency": "exploitability-restricted"} if held else {})


@pytest.mark.parametrize(
    ("note", "held"),
    [
        (make_note(tlp=Tlp.RED), True),
        (make_note(tlp=Tlp.AMBER_STRICT), True),
        (make_note(tlp=Tlp.AMBER), True),
        (make_note(tlp=Tlp.GREEN), False),
        (make_note(tlp=Tlp.CLEAR), False),
        (make_note(subjects=()), True),
        (make_note(subjects=("a product that no map knows",)), True),
        (make_note(subjects=("component:default/pay-edge",)), True),
    ],
)
def test_disclosure_holds_notes_about_the_affected_or_about_anything(note, held) -> None:
    """The TLP label decides; a note that names nothing known could be about this."""
    assert ("detail/technical" in reasons(make_draft(noted(note)))) is held


def test_disclosure_leaves_notes_about_what_is_well() -> None:
    """A note about a part that is not affected is no detail of this incident."""
    other = make_dependency(component="component:default/rpt-query", labels=())
    evidence = with_records(noted(make_note(subjects=("component:default/rpt-query",))), other)
    assert "detail/technical" not in reasons(make_draft(evidence))


def test_disclosure_says_nothing_while_nothing_is_affected() -> None:
    """Before anything is wrong there is no incident detail, whatever the map and the notes hold."""
    assert reasons(make_draft(well(make_evidence()))) == {}


def test_disclosure_keeps_a_detail_once_announced_while_its_record_stands() -> None:
    """Recovery does not make a held detail disappear in silence; it goes when its records go."""
    released = make_draft()
    recovered = make_draft(well(make_evidence()), released.package)
    assert numbers(recovered) == numbers(released) == {"detail/dependency": (1, 1), "detail/technical": (2, 1)}
    gone = with_records(well(make_evidence()), without=(DependencyRecord, SecurityNoteRecord))
    assert numbers(make_draft(gone, recovered.package)) == {}


@pytest.mark.parametrize(
    ("source", "held"),
    [
        ("backstage", {"detail/dependency": "source-unavailable", "detail/technical": "security-review-pending"}),
        (
            "security-notes",
            {"detail/dependency": "exploitability-restricted", "detail/technical": "source-unavailable"},
        ),
    ],
)
def test_disclosure_holds_a_category_whose_source_was_not_read(source, held) -> None:
    """What could not be read may hide what the rule withholds."""
    evidence = with_source(make_evidence(), source, state=SourceState.UNAVAILABLE)
    kept = tuple(record for record in evidence.records if record.ref.source != source)
    assert reasons(make_draft(rebuilt(evidence, records=kept))) == held


@pytest.mark.parametrize("count", [1, 2, 7])
def test_disclosure_shows_one_placeholder_however_much_is_withheld(count) -> None:
    """The number of withheld records is known only inside the annex."""
    nodes = tuple(make_dependency(key=f"node-{number}") for number in range(count))
    notes = tuple(make_note(key=f"note-{number}") for number in range(count))
    evidence = with_records(mapped(USER, *nodes), *notes)
    draft = make_draft(evidence)
    assert draft.message == make_draft(with_records(mapped(USER, make_dependency()), make_note())).message
    assert [len(annex.items) for annex in draft.annexes] == [count, count]


def test_disclosure_brings_entries_for_security() -> None:
    """Each held category is in the register, for the role that can clear it."""
    draft = make_draft()
    assert entries(draft) == {"uncleared-detail:detail/dependency": False, "uncleared-detail:detail/technical": False}
    assert {hold.role for hold in draft.holds} == {"security"}


@pytest.mark.parametrize("stage", range(len(STAGES)))
def test_disclosure_keeps_every_withheld_string_of_the_sample_inside(stage) -> None:
    """No component, key, name or note of the sample's sources stands in the message or the package."""
    draft = sample_drafts()[stage]
    forbidden = canaries(sample_evidence(STAGES[stage]))
    assert_no_canary(draft.message.model_dump(mode="json"), forbidden)
    assert_no_canary(draft.package.model_dump(mode="json"), forbidden)
    assert_no_canary([entry.sentence for entry in draft.register_], forbidden)


def test_disclosure_keeps_every_withheld_string_of_the_default_world_inside() -> None:
    """The same for the world of the builders, whose every record carries names, hosts and notes."""
    forbidden = canaries(make_evidence())
    assert_no_canary(make_draft().message.model_dump_json(), forbidden)
    with pytest.raises(AssertionError, match="withheld"):
        assert_no_canary(make_draft().model_dump_json(), forbidden)
