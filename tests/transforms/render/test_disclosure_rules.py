"""M6: rules as data. The first that matches decides; names, globs, labels, sensitivity and TLP; annex asks nobody."""

import orjson
import pytest

from profiles.codes import Tlp
from profiles.disclosure import Match
from tests.builders import make_dependency, make_draft, make_evidence, make_note, make_profile, with_records
from tests.transforms.reading import entries, reasons
from transforms.model.records import DependencyRecord, SecurityNoteRecord
from transforms.render.disclosure import matches

SIGNER = "component:default/edge-signer"
USER = make_dependency(component="component:default/pay-edge", labels=(), depends_on=(SIGNER,))
HOLD = {"then": "hold", "reason": "exploitability-restricted", "category": "dependency", "role": "security"}
NODE = make_dependency(labels=("restricted", "vendor"), sensitivity="high")
NOTE = make_note(tlp=Tlp.AMBER, labels=("csaf_vex",), sensitivity="low")


def rule(number: int, match: dict, **then) -> dict:
    """One rule about dependencies."""
    return {"id": f"DR-{number}", "match": {"kind": "dependency"} | match, **(then or HOLD)}


def drafted(*rules, node=NODE):
    """A draft with one dependency under these rules."""
    evidence = with_records(make_evidence(), USER, node, without=(DependencyRecord, SecurityNoteRecord))
    return make_draft(evidence, profile=make_profile(disclosure=list(rules)))


@pytest.mark.parametrize(
    ("condition", "record", "found"),
    [
        ({}, NODE, True),
        ({"names": [SIGNER]}, NODE, True),
        ({"names": ["edge-signer"]}, NODE, False),
        ({"names": [SIGNER.upper()]}, NODE, False),
        ({"globs": ["component:*/edge-*"]}, NODE, True),
        ({"globs": ["*signe?"]}, NODE, True),
        ({"globs": ["edge-*", "component:other/*"]}, NODE, False),
        ({"labels": ["vendor", "x"]}, NODE, True),
        ({"labels": ["x"]}, NODE, False),
        ({"sensitivity": ["high"]}, NODE, True),
        ({"sensitivity": ["low"]}, NODE, False),
        ({"sensitivity": ["low"]}, make_dependency(), False),
        ({"names": [SIGNER], "labels": ["x"]}, NODE, False),
        ({"tlp": ["AMBER"]}, NODE, False),
        ({}, NOTE, False),
        ({"kind": "security-note", "tlp": ["AMBER", "RED"]}, NOTE, True),
        ({"kind": "security-note", "tlp": ["RED"]}, NOTE, False),
        ({"kind": "security-note", "names": [SIGNER]}, NOTE, True),
        ({"kind": "security-note", "globs": ["*signer"], "labels": ["csaf_vex"]}, NOTE, True),
        ({"kind": "security-note"}, NODE, False),
    ],
)
def test_match_holds_when_every_given_condition_does(condition, record, found) -> None:
    """Conditions are joined by and, the values of one by or, and names are spelled as the source spells them."""
    assert matches(Match.model_validate_json(orjson.dumps({"kind": "dependency"} | condition)), record) is found


def test_first_rule_that_matches_decides() -> None:
    """An earlier rule goes before a later one, whichever is stricter; the lineage names the one that spoke."""
    other = HOLD | {"reason": "legal-review-pending", "role": "legal"}
    draft = drafted(rule(1, {"labels": ["vendor"]}, **other), rule(2, {"labels": ["restricted"]}))
    assert reasons(draft)["detail/dependency"] == "legal-review-pending"
    assert next(e.origin.rows[0] for e in draft.lineage if e.field == "detail/dependency") == "DR-1"
    silent = drafted(rule(1, {"labels": ["vendor"]}, then="allow"), rule(2, {"labels": ["restricted"]}))
    assert "detail/dependency" not in reasons(silent)


def test_annex_shows_the_placeholder_and_asks_nobody() -> None:
    """What the profile decided for good is held like the rest, and brings no entry for a role to decide."""
    held, decided = drafted(rule(1, {})), drafted(rule(1, {}, **HOLD | {"then": "annex"}))
    assert held.message == decided.message
    assert [e for e in entries(held) if e.startswith("uncleared-detail")] == ["uncleared-detail:detail/dependency"]
    assert [e for e in entries(decided) if e.startswith("uncleared-detail")] == []
    assert [annex.items for annex in decided.annexes] == [annex.items for annex in held.annexes]


def test_generalised_and_withheld_of_one_category_stand_side_by_side() -> None:
    """A rule's wording never stands for what another rule withholds."""
    told = {"then": "generalise", "category": "dependency", "wording": "A supplier is involved."}
    rules = (rule(1, {"labels": ["vendor"]}, **told), rule(2, {}))
    vault = make_dependency(component="component:default/vault", labels=(), key="vault")
    node = make_dependency(labels=("vendor",), depends_on=(vault.component,))
    nodes = (USER, node, vault)
    evidence = with_records(make_evidence(), *nodes, without=(DependencyRecord, SecurityNoteRecord))
    draft = make_draft(evidence, profile=make_profile(disclosure=list(rules)))
    assert [str(detail.value.words) for detail in draft.package.details] == ["A supplier is involved."]
    assert reasons(draft)["detail/dependency"] == "exploitability-restricted"
