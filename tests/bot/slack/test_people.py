"""Who somebody is: looked up at Slack, by groups, users and deputies, remembered for a minute, and fail closed."""

import pytest

from blocks import say
from bot.access import Action, refuse, refuse_role
from bot.settings import RoleMembers, load_deployment
from bot.slack.api import make_client
from bot.slack.directory import KEPT_SECONDS, LookUps
from bot.slack.errors import LookupFailedError
from bot.slack.kept import Kept
from bot.slack.people import Insider, People, display_name
from demo.sample import FOLDER
from sandbox.faults import FaultKind
from sandbox.seed import Seed
from sandbox.server import Sandbox
from tests.builders import make_person
from tests.clocks import MovedClock, SimulatedClock
from transforms.model.approvals import Refusal
from transforms.model.directives import Person

HOME = say.unrecorded(say.access.OUTSIDE)
UNKNOWN = say.access.WHO_UNKNOWN
NO_ANSWER = (
    FaultKind.HTTP_500,
    FaultKind.HTML_BODY,
    FaultKind.EMPTY_BODY,
    FaultKind.TRUNCATED_JSON,
    FaultKind.ACCEPT_THEN_DROP,
    FaultKind.API_ERROR,
    FaultKind.RATELIMITED,
)


@pytest.fixture(scope="module")
def sandbox():
    """The sample's workspace."""
    with Sandbox(Seed.model_validate_json((FOLDER / "workspace.json").read_bytes()), rate_limits=False) as running:
        yield running


def made(workspace, clock, **changes) -> People:
    """People of a workspace, of whom nothing is remembered yet."""
    client = make_client("xoxb-sandbox-bot-token", workspace.api_url, seconds=3)
    return People(LookUps(client, clock), config(**changes), clock)


@pytest.fixture
def clock():
    """A time that a test moves."""
    return MovedClock()


@pytest.fixture
def people(sandbox, clock):
    """Look-ups without any memory."""
    return made(sandbox, clock)


def config(**changes):
    """The sample's configuration with changes."""
    return load_deployment(FOLDER / "bridgepkg.yaml").config.model_copy(update=changes)


def roles(people: People, user: str) -> list[str]:
    """The roles of somebody inside."""
    found = people.identify(make_person(user))
    assert isinstance(found, Insider), found
    return sorted(found.roles)


def why(people: People, person: Person) -> str:
    """Why somebody is nobody here."""
    found = people.identify(person)
    assert isinstance(found, Refusal), found
    return found.sentence


def test_role_comes_from_groups_users_and_deputies(people):
    """All three ways count, and one person may have several roles."""
    named = {**people.config.roles, "legal": RoleMembers(users=("U0JO", "U0LEE"))}
    people.config = config(roles=named)
    assert [roles(people, user) for user in ("U0KIM", "U0LEE", "U0JO", "U0PRIYA")] == [
        ["incident_command"],
        ["account_leadership", "legal", "support_leadership"],
        ["legal"],
        [],
    ]


def test_mark_counts_in_the_roles_of_a_full_member(people, sandbox):
    """A guest in the group, and somebody from outside, fill none; whom Slack does not tell of is unknown."""
    sandbox.workspace.set_group("S0COMMAND", ["U0KIM", "U0GUS", "U0CARA"])
    try:
        found = {user: people.marks_as(user) for user in ("U0KIM", "U0PRIYA", "U0GUS", "U0CARA", "U0NOBODY", "x")}
    finally:
        sandbox.workspace.set_group("S0COMMAND", ["U0KIM"])
    command = ("incident_command",)
    assert found == {"U0KIM": command, "U0PRIYA": (), "U0GUS": (), "U0CARA": (), "U0NOBODY": None, "x": None}


def test_cleared_are_those_with_a_cleared_role(people):
    """Restricted names are for the roles that the configuration clears, and for nobody else."""
    assert {
        user: people.identify(make_person(user)).cleared for user in ("U0KIM", "U0SAM", "U0JO", "U0ANA", "U0VIC")
    } == {
        "U0KIM": True,
        "U0SAM": True,
        "U0JO": True,
        "U0ANA": False,
        "U0VIC": False,
    }


def test_role_change_counts_within_a_minute(sandbox, people, clock):
    """A group is remembered for a minute and no longer."""
    assert roles(people, "U0PRIYA") == []
    sandbox.workspace.set_group("S0SECURITY", ["U0SAM", "U0PRIYA"])
    try:
        clock.pass_by(KEPT_SECONDS - 1)
        assert roles(people, "U0PRIYA") == []
        clock.pass_by(1)
        assert roles(people, "U0PRIYA") == ["security"]
    finally:
        sandbox.workspace.set_group("S0SECURITY", ["U0SAM"])


def test_fresh_look_up_believes_nothing_older_than_itself(sandbox):
    """A release knows a change at once, even at the same moment; what it learned is then known to everybody."""
    people = made(sandbox, SimulatedClock())
    assert roles(people, "U0PRIYA") == []
    sandbox.workspace.set_group("S0SECURITY", ["U0SAM", "U0PRIYA"])
    try:
        assert roles(people, "U0PRIYA") == []
        assert roles(people.fresh(), "U0PRIYA") == ["security"]
        assert roles(people, "U0PRIYA") == ["security"]
    finally:
        sandbox.workspace.set_group("S0SECURITY", ["U0SAM"])


def test_directory_keeps_only_so_many_answers():
    """A memory has an end: the oldest answers go first, and are asked for again."""
    kept, asked = Kept(MovedClock(), 60.0, most=2), []
    for key in ("a", "b", "c", "c", "b", "a"):
        kept.get(key, lambda key=key: asked.append(key))
    assert asked == ["a", "b", "c", "a"]


def test_person_who_leaves_is_nobody_within_a_minute(sandbox, people, clock):
    """A deactivated colleague keeps no role, although the group still lists them."""
    assert roles(people, "U0SAM") == ["security"]
    sandbox.workspace.set_user("U0SAM", deleted=True)
    try:
        clock.pass_by(KEPT_SECONDS)
        assert why(people, make_person("U0SAM")) == say.unrecorded(say.access.never_counts("Deactivated users"))
        assert people.fills(make_person("U0SAM"), "security") is False
    finally:
        sandbox.workspace.set_user("U0SAM", deleted=False)


@pytest.mark.parametrize("kind", NO_ANSWER)
def test_look_up_that_fails_makes_nobody(sandbox, people, kind):
    """Whatever goes wrong at Slack, nothing is done in a person's name, and the next try asks again."""
    sandbox.faults.add(kind, "users.info", times=None)
    try:
        assert why(people, make_person("U0KIM")) == UNKNOWN
        with pytest.raises(LookupFailedError):
            people.fills(make_person("U0KIM"), "incident_command")
    finally:
        sandbox.faults.clear()
    assert roles(people, "U0KIM") == ["incident_command"]


@pytest.mark.parametrize("kind", NO_ANSWER)
def test_group_that_is_silent_grants_nothing(sandbox, people, kind):
    """A role that only a silent group could grant is unknown, which is not having it; the next try asks again."""
    sandbox.faults.add(kind, "usergroups.users.list", times=None)
    try:
        found = people.identify(make_person("U0KIM"))
        assert (found.roles, found.cleared, "incident_command" in found.unknown) == (frozenset(), False, True)
        assert refuse(Action.WITHDRAW, found.roles, found.unknown).code == "look-up-failed"
        assert refuse_role("incident_command", found.roles, found.unknown).sentence == (
            say.access.roles_unknown(["incident_command"])
        )
        with pytest.raises(LookupFailedError):
            people.fills(make_person("U0KIM"), "incident_command")
    finally:
        sandbox.faults.clear()
    assert roles(people, "U0KIM") == ["incident_command"]


def test_group_that_is_silent_locks_nobody_out_who_holds_the_role_by_other_means(sandbox, people):
    """Named, a deputy or in another group: a silent group takes no role from them, and withdrawal stays open."""
    legal = RoleMembers(users=("U0JO",), deputies=("U0LEE",), groups=("S0SILENT", "S0SECURITY"))
    people.config = config(roles={"legal": legal})
    assert people._directory.group("S0SECURITY", KEPT_SECONDS) == {"U0SAM"}
    sandbox.faults.add(FaultKind.API_ERROR, "usergroups.users.list", times=None)
    try:
        found = [people.identify(make_person(user)) for user in ("U0JO", "U0LEE", "U0SAM", "U0ANA")]
        assert [sorted(one.roles) for one in found] == [["legal"], ["legal"], ["legal"], []]
        assert [sorted(one.unknown) for one in found] == [[], [], [], ["legal"]]
        assert [refuse(Action.WITHDRAW, one.roles, one.unknown) is None for one in found] == [True, True, True, False]
        assert [people.fills(make_person(user), "legal") for user in ("U0JO", "U0LEE", "U0SAM")] == [True] * 3
    finally:
        sandbox.faults.clear()


def test_group_that_is_gone_is_empty(people):
    """A group that Slack no longer knows empties its role, and takes nothing from anybody else."""
    people.config = config(roles={**people.config.roles, "legal": RoleMembers(groups=("S0GONE",))})
    assert roles(people, "U0KIM") == ["incident_command"]
    assert (people.identify(make_person("U0KIM")).unknown, people.members("legal")) == (frozenset(), frozenset())
    assert people.fills(make_person("U0KIM"), "legal") is False


def test_claim_of_another_workspace_is_refused(people):
    """A payload that names a workspace which is neither home nor the person's own is no proof of anybody."""
    assert why(people, make_person("U0KIM", "T0ACME")) == HOME
    assert why(people, make_person("U0CARA", "T0MERIDIAN")) == HOME


def test_colleague_of_the_enterprise_counts_where_it_is_home(clock):
    """On Enterprise Grid a colleague may be of another workspace; without the enterprise configured they are nobody."""
    data = Seed.model_validate_json((FOLDER / "workspace.json").read_bytes()).model_dump()
    data["team"]["enterprise_id"] = "E0MERIDIAN"
    data["teams"] += ({"id": "T0SISTER", "name": "Labs", "domain": "labs", "enterprise_id": "E0MERIDIAN"},)
    data["users"] += ({"id": "U0ENT", "name": "ent", "team_id": "T0SISTER"},)
    with Sandbox(Seed.model_validate(data), rate_limits=False) as grid:
        home = config().home.model_copy(update={"enterprise": "E0MERIDIAN"})
        inside, outside = made(grid, clock, home=home), made(grid, clock)
        claims = [make_person("U0ENT", team) for team in ("T0SISTER", "T0MERIDIAN", "E0MERIDIAN")]
        assert [inside.identify(claim).person for claim in claims] == [make_person("U0ENT", "T0SISTER")] * 3
        assert [why(outside, claim) for claim in claims] == [HOME] * 3


def test_name_is_the_first_word_or_the_id(sandbox, people):
    """People are called by their first name; when Slack does not say, by their id."""
    assert [people.name(make_person(user)) for user in ("U0KIM", "U0NONE")] == ["Kim", "U0NONE"]
    assert [display_name(user) for user in ({"real_name": "Ana Costa"}, {"name": "ana"}, {"id": "U0ANA"}, {})] == [
        "Ana",
        "ana",
        "U0ANA",
        "somebody",
    ]
