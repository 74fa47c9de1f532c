"""A checkpoint counts only from people of whom somebody can say that they fill a role: by ids, or by the export."""

from typing import Any

import pytest

from bot.sources.boundary import Reading
from bot.sources.file import Page
from bot.sources.mapping import to_records
from bot.sources.presets import SHIPPED, load_preset
from bot.sources.read import read_evidence
from bot.sources.roster import RoleIds, Roster, roles_together
from profiles.frozen import replace
from tests.builders import AT, INCIDENT, STAGES, lay_out, sample_deployment, sample_evidence, stage_clock

COMMAND = ("incident_command",)
ROSTER = Roster(
    teams=("T0HOME",),
    roles=(
        RoleIds(role="incident_command", users=("U0KIM",), groups=("S0COMMAND",)),
        RoleIds(role="legal", users=("U0JO", "U0KIM")),
    ),
)
GROUPS = [{"id": "S0COMMAND", "users": ["U0ANA", "U0GUS", "U0BOT", "U0GONE", "U0CARA"]}]
USERS = [
    {"id": "U0ANA", "team_id": "T0HOME"},
    {"id": "U0KIM", "team_id": "T0HOME"},
    {"id": "U0TOM", "team_id": "T0HOME"},
    {"id": "U0GUS", "team_id": "T0HOME", "is_restricted": True},
    {"id": "U0BOT", "team_id": "T0HOME", "is_bot": True},
    {"id": "U0GONE", "team_id": "T0HOME", "deleted": True},
    {"id": "U0CARA", "team_id": "T0THEIRS"},
    {"id": "U0NOTEAM"},
]


@pytest.mark.parametrize(
    ("user", "by_ids", "by_export"),
    [
        ("U0KIM", ("incident_command", "legal"), ("incident_command", "legal")),
        ("U0JO", ("legal",), ("legal",)),
        ("U0ANA", None, COMMAND),
        ("U0TOM", None, ()),
        ("U0GUS", None, ()),
        ("U0BOT", None, ()),
        ("U0GONE", None, ()),
        ("U0CARA", None, ()),
        ("U0NOTEAM", None, ()),
        ("U0NOBODY", None, None),
    ],
)
def test_roles_are_those_that_somebody_can_name(user, by_ids, by_export) -> None:
    """Guests, bots, deleted and outside users fill none; whoever is named nowhere is unknown, which is not nobody."""
    assert ROSTER.roles_of(user) == by_ids
    assert ROSTER.roles_by(USERS, GROUPS)(user) == by_export


def test_group_that_an_export_leaves_out_leaves_its_role_unknown() -> None:
    """And where every role is by ids, who is not among them fills none."""
    assert ROSTER.roles_by(USERS, [])("U0TOM") is None
    plain = Roster(teams=("T0HOME",), roles=(RoleIds(role="incident_command", users=("U0KIM",)),))
    assert (plain.roles_of("U0TOM"), plain.roles_of("U0KIM")) == ((), COMMAND)


@pytest.mark.parametrize(
    ("users", "missing", "roles"),
    [
        (["a"], 0, ("one",)),
        (["a", "b"], 0, ("one", "two")),
        (["a", "?"], 0, ("one",)),
        (["?"], 0, None),
        (["-"], 0, ()),
        (["-", "?"], 0, None),
        (["-"], 1, None),
        (["a"], 3, ("one",)),
        ([], 0, None),
        ([5], 0, None),
    ],
)
def test_several_who_mark_one_thing_count_together(users, missing, roles) -> None:
    """One whom nobody knows leaves it open, unless somebody is known to fill a role."""
    known: dict[str, Any] = {"a": ("one",), "b": ("two",), "-": (), "?": None}
    assert roles_together(users, missing, known.__getitem__) == roles


def marked(reaction: dict[str, Any], roles_of=ROSTER.roles_of) -> list[tuple[bool, Any]]:
    """Whether a reaction is a mark, and of which roles."""
    message = {"ts": "1773325030.000300", "text": "x", "reactions": [reaction]}
    reading = Reading("incident-channel", INCIDENT, AT, AT, roles_of=roles_of)
    page = Page("x.json", {"messages": [message], "has_more": False})
    found = to_records([page], load_preset("slack-timeline", SHIPPED), reading)
    return [(record.marked, record.roles) for record in found.records]


@pytest.mark.parametrize(
    ("reaction", "roles"),
    [
        ({"name": "bulb", "users": ["U0KIM"], "count": 1}, ("incident_command", "legal")),
        ({"name": "bulb", "users": ["U0KIM"], "count": 9}, ("incident_command", "legal")),
        ({"name": "bulb", "users": ["U0ANA"], "count": 1}, None),
        ({"name": "bulb", "users": [], "count": 2}, None),
        ({"name": "bulb"}, None),
        ({"name": "bulb", "users": "U0KIM"}, None),
    ],
)
def test_reaction_carries_the_roles_of_those_who_made_it(reaction, roles) -> None:
    """Slack cuts long lists of users short and says how many there were: the others are unknown."""
    assert marked(reaction) == [(True, roles)]


def test_directory_goes_before_what_an_export_says_of_its_own_people(tmp_path) -> None:
    """Where Slack can be asked, a file's list of members is not believed; where not, it is."""
    at = stage_clock(STAGES[1])
    sources = replace(sample_deployment().sources, folder=lay_out(tmp_path, STAGES[1]))
    answers = {()} | {
        record.roles
        for record in read_evidence(sources, INCIDENT, at=at, roles_of=lambda _user: ()).records
        if record.kind == "timeline"
    }
    assert answers == {()}
    assert {r.roles for r in sample_evidence(STAGES[1]).records if r.kind == "timeline"} == {COMMAND}
    nobody = replace(sources, roster=Roster())
    assert {r.roles for r in read_evidence(nobody, INCIDENT, at=at).records if r.kind == "timeline"} == {()}
