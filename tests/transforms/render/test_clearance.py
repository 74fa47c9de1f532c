"""P2, M6: exact words for one withheld fact, by one role, until a time; any change of the fact ends them."""

from pathlib import Path

import pytest

from blocks.holds import hold_form
from profiles.codes import HoldReason, Tlp
from profiles.safetext import SafeText
from tests.builders import (
    AT,
    DIGEST_KEY,
    assert_no_canary,
    canaries,
    make_dependency,
    make_directives,
    make_draft,
    make_evidence,
    make_field_hold,
    make_note,
    make_person,
    make_profile,
    minutes,
    rebuilt,
    with_records,
)
from tests.transforms.reading import entries, reasons
from transforms.model.directives import Clearance
from transforms.model.records import ClearedWording, DependencyRecord, SecurityNoteRecord, Withheld
from transforms.render.clearance import clearances, subject_of

WORDS = "A certificate had to be renewed."
SIGNER = "component:default/edge-signer"
USER = make_dependency(component="component:default/pay-edge", labels=(), depends_on=(SIGNER,))
NODE = make_dependency()


def cleared(record=NODE, **changes) -> Clearance:
    """Security cleared the words for one record, an hour long."""
    base = {"wording": WORDS, "by": make_person("U0SAM"), "role": "security", "at": AT, "until": AT + minutes(60)}
    return Clearance(**{"subject": subject_of(record, DIGEST_KEY)} | base | changes)


def drafted(*given, nodes=(NODE,), notes=(), prior=None, profile=None):
    """A draft of the default world with these nodes and notes, and these clearances."""
    evidence = with_records(make_evidence(), USER, *nodes, *notes, without=(DependencyRecord, SecurityNoteRecord))
    return make_draft(evidence, prior=prior, profile=profile, clearances=given)


def told(draft) -> list[str]:
    """The details that the customer reads."""
    return [f"{detail.what}: {detail.value.words}" for detail in draft.package.details]


def test_clearance_shows_exactly_its_words() -> None:
    """The cleared words stand in the package, the message and the blocks; the placeholder is gone."""
    draft = drafted(cleared())
    assert told(draft) == [f"dependency detail: {WORDS}"]
    assert f"dependency detail: {WORDS}" in draft.message.text
    assert f"*Details*\n• dependency detail: {WORDS}" in [b["text"]["text"] for b in draft.message.blocks[:-1]]
    assert "detail/dependency" not in reasons(draft)
    entry = next(e for e in draft.lineage if e.field.startswith("detail/dependency/"))
    assert (entry.disposition, entry.origin.rows[:2]) == ("shown", ("DR-1", "clearance:security"))
    assert (entry.origin.until, [ref.key for ref in entry.origin.refs]) == (AT + minutes(60), [NODE.ref.key])


@pytest.mark.parametrize(
    "change",
    [
        {"component": "component:default/edge-signer", "withheld": (Withheld(name="title", text="another title"),)},
        {"labels": ("restricted", "tier-1")},
        {"sensitivity": "high"},
        {"depends_on": ("component:default/db",)},
        {"key": "another-key"},
    ],
)
def test_clearance_does_not_survive_a_change_of_what_it_cleared(change) -> None:
    """Another title, label, sensitivity, dependency or native key makes another fact: it is held again."""
    given = make_dependency(**change) if "key" in change else rebuilt(NODE, **change)
    draft = drafted(cleared(), nodes=(given,))
    assert (told(draft), "detail/dependency" in reasons(draft)) == ([], True)


def test_clearance_survives_another_reading_of_the_same_fact() -> None:
    """A later revision and later times of the same values keep the words."""
    again = rebuilt(NODE, ref=rebuilt(NODE.ref, revision="r-2", changed_at=AT - minutes(2), observed_at=AT))
    assert told(drafted(cleared(), nodes=(again,))) == [f"dependency detail: {WORDS}"]


@pytest.mark.parametrize(
    "change",
    [
        {"until": AT},
        {"until": AT - minutes(1)},
        {"at": AT + minutes(1)},
        {"role": "legal"},
        {"subject": "0" * 64},
        {"wording": "Not \u202eallowed"},
        {"wording": "zero\u200bwidth"},
    ],
    ids=["ends now", "ended", "not begun", "another role", "another fact", "bidirectional", "zero width"],
)
def test_clearance_that_is_not_in_force_shows_nothing(change) -> None:
    """Expired, too early, by the wrong role, for another fact or in letters that may not leave: it stays held."""
    draft = drafted(cleared(**change))
    assert (told(draft), "detail/dependency" in reasons(draft)) == ([], True)


@pytest.mark.parametrize(
    ("words", "code"),
    [
        ("We will refund you for this.", "commitment-language"),
        ("Wir garantieren eine Gutschrift.", "commitment-language"),
        ("The host host-77.backstage-component:default/edge-signer-x.internal failed.", "leak-suspected"),
        ("Quentin Oduya is on it.", "leak-suspected"),
    ],
)
def test_cleared_words_pass_the_same_scans(words, code) -> None:
    """What somebody cleared is scanned like everything else: promises and withheld names block the release."""
    draft = drafted(cleared(wording=words), nodes=(NODE, make_dependency(component="component:default/other")))
    assert {entry.split(":")[0] for entry, blocks in entries(draft).items() if blocks} >= {code}


def test_clearance_of_one_of_several_leaves_the_placeholder() -> None:
    """One fact of a category is told and another is not: the words and the placeholder stand side by side."""
    other = make_dependency(component="component:default/vault", key="vault")
    draft = drafted(cleared(), nodes=(rebuilt(NODE, depends_on=(other.component,)), other, NODE))
    assert (told(draft), "detail/dependency" in reasons(draft)) == ([f"dependency detail: {WORDS}"], True)


def test_same_words_for_several_facts_are_told_once() -> None:
    """How many facts were cleared is not told."""
    other = make_dependency(component="component:default/vault", key="vault")
    using = rebuilt(USER, depends_on=(SIGNER, other.component))
    nodes = (using, NODE, other)
    evidence = with_records(make_evidence(), *nodes, without=(DependencyRecord, SecurityNoteRecord))
    draft = make_draft(evidence, clearances=(cleared(), cleared(other)))
    assert told(draft) == [f"dependency detail: {WORDS}"]


def test_source_borne_clearance_counts_for_its_own_revision() -> None:
    """A note that says what may be told is a clearance of the same type; an edited note is not cleared."""
    note = make_note(tlp=Tlp.AMBER)
    said = ClearedWording(wording=WORDS, revision=note.ref.revision, until=AT + minutes(60))
    note = rebuilt(note, cleared=said)
    draft = drafted(nodes=(), notes=(note,))
    assert told(draft) == [f"technical detail: {WORDS}"]
    found = clearances(with_records(make_evidence(), note, without=SecurityNoteRecord), make_directives(), DIGEST_KEY)
    assert [(type(c), c.by, c.role) for c in found.given] == [(Clearance, note.ref, "security")]
    edited = rebuilt(note, ref=rebuilt(note.ref, revision="r-2"))
    assert told(drafted(nodes=(), notes=(edited,))) == []


def test_narrowed_clearance_is_an_entry_of_its_own() -> None:
    """What was told and is cleared no more is held, blocks until somebody decides, and stands in the difference."""
    first = drafted(cleared())
    later = drafted(prior=first.package)
    field = first.package.details[0].id
    assert entries(later)[f"clearance-narrowed:{field}"] is True
    assert [c.field for c in later.package.changes if c.field == field] == [field]
    assert "dependency detail: no longer shared" in later.message.text
    assert not any(e.startswith("clearance-narrowed") for e in entries(drafted(cleared(), prior=first.package)))


def test_cleared_record_keeps_its_own_words_inside() -> None:
    """Beside the cleared words nothing of the record leaves."""
    note = make_note(tlp=Tlp.AMBER)
    said = ClearedWording(wording=WORDS, revision=note.ref.revision, until=AT + minutes(60))
    draft = drafted(cleared(), notes=(rebuilt(note, cleared=said),))
    evidence = with_records(make_evidence(), USER, NODE, note, without=(DependencyRecord, SecurityNoteRecord))
    assert_no_canary([draft.message.text, *draft.message.blocks], canaries(evidence))


def test_clearance_changes_the_release_digest() -> None:
    """Approvals of other words, or of the placeholder, do not hold for these."""
    digests = {drafted(*given).release_digest for given in ((), (cleared(),), (cleared(wording="Other words."),))}
    assert len(digests) == 3


def test_safe_text_of_a_clearance_is_made_in_one_place() -> None:
    """Only `transforms.clearance` turns somebody's words into customer text."""
    root = Path(__file__).parents[3]
    folders = ("bot", "blocks", "storage", "transforms", "profiles")
    calls = [p for folder in folders for p in (root / folder).rglob("*.py") if "of_clearance(" in p.read_text()]
    assert {p.relative_to(root).as_posix() for p in calls} == {"transforms/render/clearance.py", "profiles/safetext.py"}
    with pytest.raises(ValueError, match="characters that may not leave"):
        SafeText.of_clearance("zero\u200bwidth")


def test_cleared_words_of_a_rule_need_no_clearance() -> None:
    """`generalise` shows the rule's own approved wording, and `allow` shows nothing at all."""
    rule = {"id": "DR-1", "match": {"kind": "dependency", "labels": ["restricted"]}}
    told_by_rule = {**rule, "then": "generalise", "category": "dependency", "wording": "A supplier is involved."}
    draft = drafted(profile=make_profile(disclosure=[told_by_rule]))
    assert (told(draft), reasons(draft).get("detail/dependency")) == (
        ["dependency detail: A supplier is involved."],
        None,
    )
    silent = drafted(profile=make_profile(disclosure=[{**rule, "then": "allow"}]))
    assert (told(silent), "detail/dependency" in reasons(silent)) == ([], False)


def test_told_detail_can_be_held_like_a_field() -> None:
    """A reviewer finds it in the hold form by its words; held, it goes behind its category's placeholder."""
    draft = drafted(cleared())
    field = draft.package.details[0].id
    form = hold_form(draft, "x", make_profile(), [HoldReason.REVIEWER_HOLD])
    offered = [o for b in form["blocks"] for g in b.get("element", {}).get("option_groups", ()) for o in g["options"]]
    assert [o["text"]["text"] for o in offered if o["value"] == field] == [f"dependency detail: “{WORDS}”"]
    evidence = with_records(make_evidence(), USER, NODE, without=(DependencyRecord, SecurityNoteRecord))
    held = make_draft(evidence, clearances=(cleared(),), holds=(make_field_hold(field),))
    assert (told(held), reasons(held)["detail/dependency"]) == ([], "reviewer-hold")
    assert WORDS not in held.message.text
    hidden = [value.text for annex in held.annexes for item in annex.items for value in item.values]
    assert WORDS in hidden
