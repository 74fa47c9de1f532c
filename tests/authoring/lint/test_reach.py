"""What stands in a profile and can never speak, and what only the order of rules decides."""

import pytest

from authoring.lint.matching import cases, covers, glob_within, globs_meet
from profiles.codes import Tlp
from profiles.loader import load_profile
from tests.authoring.linting import codes, edited, rules, said
from tests.builders import make_dependency, make_note
from transforms.render.disclosure import matches, rule_for

HOLD = "then: hold, reason: reviewer-hold, category: technical, role: security}"
SHADOWED = [
    # Exactly what another rule matches, a part of it, and what several match together.
    "{id: DR-9, match: {kind: dependency, labels: [restricted]}, " + HOLD,
    "{id: DR-9, match: {kind: dependency, names: [x], labels: [restricted]}, " + HOLD,
    "{id: DR-9, match: {kind: security-note, tlp: [RED, AMBER]}, " + HOLD,
    "{id: DR-9, match: {kind: security-note, tlp: [RED, GREEN]}, " + HOLD,
    "{id: DR-9, match: {kind: security-note}, " + HOLD,
    "{id: DR-9, match: {kind: security-note, labels: [csaf_vex], sensitivity: [high]}, " + HOLD,
]
OPEN = [
    "{id: DR-9, match: {kind: dependency, labels: [restricted, third-party]}, " + HOLD,
    "{id: DR-9, match: {kind: dependency, sensitivity: [restricted]}, " + HOLD,
    "{id: DR-9, match: {kind: dependency}, " + HOLD,
]


@pytest.mark.parametrize("rule", SHADOWED)
def test_rule_that_never_decides_is_reported(rule) -> None:
    """Whatever it matches, rules before it decide, one of them or several together."""
    assert codes(rules(rule)) == ["unreachable-rule"]


@pytest.mark.parametrize("rule", OPEN)
def test_rule_that_can_decide_is_not_reported(rule) -> None:
    """One value that no earlier rule matches is enough."""
    assert codes(rules(rule)) == []


@pytest.mark.parametrize(
    ("wide", "narrow", "reported"),
    [
        ("globs: [pay-*, rpt-*]", "names: [pay-edge, rpt-query]", True),
        ("globs: [pay-*, rpt-*]", "globs: [rpt-q*]", True),
        ("globs: [pay-*]", "names: [pay-edge, rpt-query]", False),
        ("names: [pay-edge]", "globs: [pay-edge]", True),
        ("sensitivity: [high, low]", "sensitivity: [high]", True),
        ("sensitivity: [high]", "sensitivity: [high, low]", False),
        ("sensitivity: [high]", "labels: [x]", False),
        ("labels: [x]", "sensitivity: [high]", False),
    ],
)
def test_rule_is_covered_condition_by_condition(wide, narrow, reported) -> None:
    """Names, globs and sensitivity are compared each for itself, a name with what a glob matches."""
    one = "{id: DR-8, match: {kind: dependency, " + wide + "}, " + HOLD
    two = "{id: DR-9, match: {kind: dependency, " + narrow + "}, " + HOLD
    assert codes(rules(one, two)) == (["unreachable-rule"] if reported else [])


def test_unreachable_rule_names_the_rules_before_it() -> None:
    """At its own place, with the names of those that decide."""
    (found,) = said(rules(SHADOWED[3]))
    assert found == (
        "error",
        "unreachable-rule",
        "DR-9 never decides: whatever it matches, DR-2 and DR-3 decided before",
        SHADOWED[3],
    )


@pytest.mark.parametrize(
    ("first", "second", "reported"),
    [
        ("globs: [pay-*]", "globs: ['*-edge']", True),
        ("globs: [pay-*]", "globs: [rpt-*]", False),
        ("globs: [pay-*]", "names: [pay-edge, rpt-query]", True),
        ("globs: [pay-*]", "names: [rpt-query]", False),
        ("names: [pay-edge]", "globs: [pay-*]", False),
        ("globs: [pay-e*]", "globs: [pay-*]", False),
        ("globs: [pay-*], sensitivity: [low]", "globs: ['*-edge'], sensitivity: [high]", False),
        ("globs: [pay-*]", "labels: [public]", False),
    ],
)
def test_rules_whose_names_overlap_are_reported_where_only_order_decides(first, second, reported) -> None:
    """A special case before the general rule is the usual way to write an exception, and no ambiguity."""
    one = "{id: DR-8, match: {kind: dependency, " + first + "}, " + HOLD
    two = "{id: DR-9, match: {kind: dependency, " + second + "}, " + HOLD.replace("technical", "dependency")
    assert codes(rules(one, two)) == (["order-decides"] if reported else [])
    same = "{id: DR-9, match: {kind: dependency, " + second + "}, " + HOLD
    assert codes(rules(one, same)) == []


def test_rules_with_very_many_names_that_overlap_are_reported() -> None:
    """Without their cases nobody can call one a special case of the other."""
    names = ", ".join(f"pay-{number}" for number in range(6000))
    one = "{id: DR-8, match: {kind: dependency, names: [" + names + "], labels: [x]}, " + HOLD
    two = "{id: DR-9, match: {kind: dependency, globs: ['pay-*']}, " + HOLD.replace("technical", "dependency")
    assert codes(rules(one, two)) == ["order-decides"]


def test_cases_agree_with_what_rules_match(tmp_path) -> None:
    """Where the linter says that a case is covered, every record of it is matched by the rule."""
    path = tmp_path / "p.yaml"
    path.write_text(
        edited(rules("{id: DR-9, match: {kind: security-note, globs: ['component:*'], tlp: [AMBER]}, " + HOLD))
    )
    found = load_profile(path).disclosure
    for tlp in Tlp:
        note = make_note(tlp=tlp)
        for rule in found:
            covered = any(covers(rule.match, case) for case in cases(found[-1].match) if case.tlp is tlp)
            assert not covered or matches(rule.match, note)
        decides = rule_for(found, note)
        assert decides
        assert decides.id == ("DR-3" if tlp in {Tlp.GREEN, Tlp.CLEAR} else "DR-2")
    assert rule_for(found, make_dependency()).id == "DR-1"


@pytest.mark.parametrize(
    ("narrow", "wide", "inside", "meet"),
    [
        ("abc", "a*", True, True),
        ("a*", "abc", False, True),
        ("a*", "a*", True, True),
        ("a*", "a?*", False, True),
        ("a?c", "a*c", True, True),
        ("a*c", "a?c", False, True),
        ("a?", "a?", True, True),
        ("a*", "b*", False, False),
        ("*x", "y*", False, True),
        ("", "*", True, True),
        ("ab", "a", False, False),
        ("*a*b", "b*a", False, False),
        ("a*b", "*", True, True),
    ],
)
def test_globs_are_compared_without_names(narrow, wide, inside, meet) -> None:
    """Whether one glob matches all that another does, and whether a name exists for both."""
    assert (glob_within(narrow, wide), globs_meet(narrow, wide), globs_meet(wide, narrow)) == (inside, meet, meet)


@pytest.mark.parametrize(
    ("edit", "code", "sentence"),
    [
        (
            ("  - {id: technical,", "  - {id: other, label: other detail}\n  - {id: technical,"),
            "unused-category",
            "no disclosure rule uses the category other",
        ),
        (("value: major, code: SC2", "value: major, code: SC3"), None, None),
        (
            ("    - {code: W3,", "    - {code: W4, rank: 4, label: in use}\n    - {code: W3,"),
            "unused-code",
            "no row of readiness maps a value to W4",
        ),
        (
            ("    - {code: T6,", "    - {code: T7, label: closed}\n    - {code: T6,"),
            "unused-code",
            "no row of checkpoints maps a value to T7",
        ),
        (
            ("    - {code: SC3,", "    - {code: SC5, rank: 5, label: down, next_update: 30}\n    - {code: SC3,"),
            "unused-code",
            "no row of status maps a value to SC5",
        ),
    ],
)
def test_names_that_nothing_uses_are_reported(edit, code, sentence) -> None:
    """A category without a rule, a code without a row."""
    assert [found[:3] for found in said(edit)] == ([("warning", code, sentence)] if code else [])


SHARES = "status:\n", "status:\n  shares:\n"


@pytest.mark.parametrize(
    ("shares", "expected"),
    [
        (["{id: SH-1, at_least: 1, code: SC1}", "{id: SH-2, at_least: 50, code: SC2}"], []),
        (["{id: SH-1, at_least: 1, code: SC1}", "{id: SH-2, at_least: 50, code: SC1}"], []),
        (["{id: SH-1, at_least: 1, code: SC3}"], ["unreachable-share"]),
        (["{id: SH-1, at_least: 1, code: SC0}"], ["share-hides-trouble"]),
        (["{id: SH-1, at_least: 1, code: SC2}", "{id: SH-2, at_least: 50, code: SC1}"], ["share-order"]),
    ],
)
def test_share_buckets_that_make_no_sense_are_reported(shares, expected) -> None:
    """Capped by the worst component, hiding what is affected, or better for a larger share."""
    lines = "".join(f"    - {share}\n" for share in shares)
    assert codes((SHARES[0], SHARES[1] + lines)) == expected


def test_tier_row_that_repeats_its_tier_is_reported() -> None:
    """A row for one account is there to say something else."""
    permits = "permitted: [status, since, workaround, timeline], required: [status]}\n"
    row = "  - {id: TR-9, source: salesforce, value: Premier, account: A1, " + permits
    edit = ("tiers:\n", f"tiers:\n{row}")
    assert [found[:3] for found in said(edit)] == [
        ("warning", "repeated-tier", "TR-9 says for one account what TR-1 says for its whole tier")
    ]
    assert codes((edit[0], edit[1].replace("required: [status]", "required: []"))) == []
