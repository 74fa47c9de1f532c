"""P8: no digest that lies open can be guessed: another key gives another digest of every withheld value."""

from tests.builders import make_draft, make_note
from transforms.render.clearance import subject_of

OTHER = "cd" * 32


def test_annex_digests_depend_on_the_incidents_key() -> None:
    """Who knows the product but not the key cannot try host names against them."""
    ours, other = make_draft(), make_draft(key=OTHER)
    assert ours.annex_digests
    assert not set(ours.annex_digests) & set(other.annex_digests)


def test_evidence_of_exceptions_depends_on_the_incidents_key() -> None:
    """What a waiver binds tells nothing of the facts."""
    ours, other = make_draft(), make_draft(key=OTHER)
    assert {entry.id for entry in ours.register_} == {entry.id for entry in other.register_} != set()
    assert not {entry.evidence for entry in ours.register_} & {entry.evidence for entry in other.register_}


def test_subjects_of_clearances_depend_on_the_incidents_key() -> None:
    """Nobody can tell which note was cleared by trying notes."""
    assert subject_of(make_note(), "ab" * 32) != subject_of(make_note(), "cd" * 32)


def test_stages_depend_on_the_incidents_key() -> None:
    """What rendering and validation took and gave are digests of withheld values too."""
    ours, other = make_draft(), make_draft(key=OTHER)
    assert [(stage.stage, stage.output) for stage in ours.stages[:3]] != [
        (stage.stage, stage.output) for stage in other.stages[:3]
    ]
