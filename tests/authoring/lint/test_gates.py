"""Gates that one person could satisfy alone, and roles that nobody fills."""

import pytest

from authoring.lint.gates import Filled
from tests.authoring.linting import codes, said

GATES = "gates:\n  - {role: incident_command}\n  - {role: security}\n  - {role: account_leadership}\n"
MANY = Filled(groups=True)
ALL = dict.fromkeys(("incident_command", "security", "account_leadership", "legal", "admin"), MANY)


def people(*ids: str) -> Filled:
    """These people and nobody else."""
    return Filled(people=frozenset(ids))


def test_profile_with_one_gate_is_reported() -> None:
    """One person could release alone; two gates are enough."""
    (found,) = said((GATES, "gates:\n  - {role: security}\n"))
    sentence = "an update needs one gate only, so one person could release it alone"
    assert found == ("error", "one-gate", sentence, "gates:")
    assert codes((GATES, "gates:\n  - {role: security}\n  - {role: legal}\n")) == []


def test_same_role_at_two_gates_is_reported() -> None:
    """The types refuse it; the linter shows where."""
    (found,) = said((GATES, GATES.replace("account_leadership", "security")))
    assert found == ("error", "duplicate-value", "duplicate gate security", "{role: security}")


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, []),
        ({"security": people("U1")}, []),
        ({"security": people("U1"), "account_leadership": people("U2")}, []),
        ({"security": people("U1"), "account_leadership": people("U1", "U2")}, []),
        ({"security": people("U1"), "account_leadership": people("U1")}, ["same-person"]),
        (
            {
                "security": people("U1", "U2"),
                "account_leadership": people("U1", "U2"),
                "incident_command": people("U1", "U2"),
            },
            ["too-few-people"],
        ),
        (
            {
                "security": people("U1", "U2"),
                "account_leadership": people("U1", "U2"),
                "incident_command": people("U1", "U3"),
            },
            [],
        ),
        ({"security": Filled()}, ["empty-role"]),
    ],
)
def test_gates_are_compared_with_who_fills_the_roles(changes, expected) -> None:
    """Every gate needs a person of its own; groups may hold anybody."""
    assert codes(roles=ALL | changes) == expected


def test_role_that_nobody_fills_is_reported_where_it_is_asked_for() -> None:
    """An error at a gate, a warning where it decides; a role that decides nothing that can be waived is not missed."""
    roles = {name: filled for name, filled in ALL.items() if name not in {"security", "legal"}}
    assert [found[:3] for found in said(roles=roles)] == [
        ("warning", "empty-role", "nobody fills the role legal in this configuration"),
        ("error", "empty-role", "nobody fills the role security in this configuration"),
    ]
    assert said(roles=roles)[1][3] == "role: security}"


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("leak-suspected, blocks: true, role: security", ["empty-role"]),
        ("audience-changed, blocks: true, role: account_leadership", []),
    ],
)
def test_role_that_decides_an_exception_is_missed_where_it_can_decide(code, expected) -> None:
    """What nobody may wave through needs nobody to do so."""
    other = f"{code.rpartition(' ')[0]} night_watch"
    assert codes((code, other), roles=ALL) == expected


def test_role_that_bridgepkg_does_not_ship_is_mentioned() -> None:
    """Without a configuration nobody can say whether it is a misspelling."""
    edit = (GATES, GATES.replace("account_leadership", "acount_leadership"))
    assert [f[:3] for f in said(edit)] == [
        ("advice", "unknown-role", "the role acount_leadership is not one that bridgepkg ships")
    ]
    assert codes(edit, roles=ALL | {"acount_leadership": MANY}) == []
