"""Rules that let a restricted kind through, and restricted kinds that no rule decides."""

import pytest

from tests.authoring.linting import codes, linted, only, rules, said

DEPENDENCY = (
    "{id: DR-1, match: {kind: dependency, labels: [restricted]}, then: hold, "
    "reason: exploitability-restricted, category: dependency, role: security}"
)
REST = (
    "{id: DR-7, match: {kind: security-note}, then: hold, "
    "reason: security-review-pending, category: technical, role: security}"
)
TELL = "then: generalise, category: technical, wording: a detail}"


@pytest.mark.parametrize(
    ("rule", "through"),
    [
        ("{id: DR-6, match: {kind: security-note}, then: allow}", "TLP:RED or TLP:AMBER+STRICT or TLP:AMBER"),
        ("{id: DR-6, match: {kind: security-note, tlp: [GREEN, AMBER]}, then: allow}", "TLP:AMBER"),
        (
            "{id: DR-6, match: {kind: security-note, labels: [public]}, then: allow}",
            "TLP:RED or TLP:AMBER+STRICT or TLP:AMBER",
        ),
        ("{id: DR-6, match: {kind: security-note, tlp: [RED]}, " + TELL, "TLP:RED"),
        ("{id: DR-6, match: {kind: security-note, tlp: [GREEN, CLEAR]}, then: allow}", None),
        ("{id: DR-6, match: {kind: dependency, labels: [open]}, then: allow}", None),
    ],
)
def test_rule_that_lets_restricted_notes_through_is_reported(rule, through) -> None:
    """Allowed or told in approved words: a label that forbids it is an error, at what the rule does."""
    found = [f for f in said(only(DEPENDENCY, rule, REST)) if f[1] == "restricted-let-through"]
    expected = ("error", "restricted-let-through", f"DR-6 lets notes through that are {through}")
    assert [f[:3] for f in found] == ([expected] if through else [])


def test_restricted_notes_that_an_earlier_rule_holds_are_not_reported() -> None:
    """What is decided before does not get through."""
    allow = "{id: DR-6, match: {kind: security-note, labels: [public]}, then: allow}"
    assert codes(only(DEPENDENCY, REST, allow)) == ["unreachable-rule"]


@pytest.mark.parametrize(
    ("rule", "severity"),
    [
        ("{id: DR-6, match: {kind: dependency, names: [a], labels: [restricted]}, then: allow}", "error"),
        ("{id: DR-6, match: {kind: dependency, names: [a], labels: [restricted]}, " + TELL, "warning"),
        ("{id: DR-6, match: {kind: security-note, tlp: [GREEN], labels: [restricted]}, then: allow}", "warning"),
        ("{id: DR-6, match: {kind: dependency, names: [a], labels: [open]}, then: allow}", None),
    ],
)
def test_label_that_another_rule_withholds_is_reported(rule, severity) -> None:
    """The same label cannot be restricted and open."""
    found = said(only(rule, DEPENDENCY, REST))
    expected = (
        severity,
        "withheld-elsewhere",
        "DR-6 lets restricted through, which DR-1 withholds",
        "labels: [restricted]",
    )
    assert [(*f[:3], f[3].partition("}")[0]) for f in found] == ([expected] if severity else [])


def test_sensitivity_that_another_rule_withholds_is_reported() -> None:
    """Sensitivity is a label like any other."""
    allow = "{id: DR-6, match: {kind: dependency, names: [a], sensitivity: [high]}, then: allow}"
    hold = DEPENDENCY.replace("labels: [restricted]", "sensitivity: [high]")
    assert codes(only(allow, hold, REST)) == ["withheld-elsewhere"]


@pytest.mark.parametrize(
    ("tlp", "undecided"),
    [
        ("RED, AMBER+STRICT, AMBER, GREEN, CLEAR", []),
        ("RED, AMBER+STRICT, GREEN, CLEAR", [("error", "AMBER")]),
        ("RED, AMBER+STRICT, AMBER", [("advice", "CLEAR"), ("advice", "GREEN")]),
    ],
)
def test_tlp_label_that_no_rule_decides_is_reported(tlp, undecided) -> None:
    """A restricted one is an error; an open one had better be said."""
    rule = REST.replace("kind: security-note", f"kind: security-note, tlp: [{tlp}]")
    sentence = "no rule decides every note that is TLP:{}; without one it passes in silence"
    expected = [(severity, "undecided-tlp", sentence.format(label)) for severity, label in undecided]
    assert [f[:3] for f in said(only(DEPENDENCY, rule))] == expected
    fixes = {f.fix.endswith(", such as allow") for f in linted(only(DEPENDENCY, rule)) if f.severity == "advice"}
    assert fixes <= {True}


def test_tlp_label_decided_only_under_a_condition_counts_as_undecided() -> None:
    """A note without that label would pass."""
    rule = REST.replace("kind: security-note", "kind: security-note, labels: [csaf_vex]")
    assert codes(only(DEPENDENCY, rule)) == ["undecided-tlp"] * 5


def test_profile_without_notes_needs_no_rule_for_them() -> None:
    """Where no source of notes is listed, there is nothing to decide."""
    source = "  - {name: security-notes,   kind: security-note, max_age_at_build: 1440, max_age_at_release: 2880}\n"
    assert codes((source, ""), only(DEPENDENCY)) == ["unused-category"]


def test_dependency_map_without_a_rule_is_reported() -> None:
    """Nothing that a part rests on would ever leave a placeholder."""
    assert codes(only(REST)) == ["unused-category", "undecided-kind"]


def test_rules_that_withhold_more_are_not_reported() -> None:
    """Withholding is never too open."""
    more = "then: annex, reason: reviewer-hold, category: technical, role: legal}"
    assert codes(rules("{id: DR-9, match: {kind: dependency, labels: [x]}, " + more)) == []


@pytest.mark.parametrize(
    ("tlp", "expected"),
    [("", ["restricted-let-through"]), (", tlp: [GREEN]", []), (", tlp: [GREEN, RED]", ["restricted-let-through"])],
)
def test_rule_with_very_many_names_is_taken_as_it_stands(tlp, expected) -> None:
    """Too many cases to compare one by one: what it may match counts, and it is not called unreachable."""
    names = ", ".join(f"part-{number}" for number in range(6000))
    rule = f"{{id: DR-9, match: {{kind: security-note, names: [{names}]{tlp}}}, then: allow}}"
    assert codes(rules(rule)) == expected
