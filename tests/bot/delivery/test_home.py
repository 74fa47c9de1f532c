"""The Home tab: what waits for one person and what stands, for members with a role; one line for everybody else."""

import pytest

from blocks import say
from tests.bot.acts import a_minute_later, hold_part, lines_of
from tests.bot.stage import ACCOUNT_REVIEW, GATES, INCIDENT, SECURITY_REVIEW, staged
from tests.bot.tale import open_home, waive
from tests.databases import sqlite_url


def home(stage, user):
    """What somebody reads who opens the tab, line by line."""
    open_home(stage, user)
    return lines_of(stage.person(user).home())


def links(stage, user):
    """Where the links of somebody's tab lead."""
    return [line for line in home(stage, user) if line.startswith("<")]


def test_home_before_anything_is_drafted(stage):
    """Nothing waits, and the open bridge is there with the channel in which it is worked."""
    *told, last = home(stage, "U0KIM")
    assert told == [
        "*Waiting for you*",
        "Nothing.",
        "*Open bridges*",
        "*Acme Corp · INC-1042*",
        say.read.NOTHING_POSTED,
        "Worked in #inc-1042",
    ]
    assert last.startswith("As it stood at ")


def test_home_tells_each_reviewer_what_waits_for_them(stage):
    """A gate's own approval until it is given, with the link to that gate's card; nothing for who has no gate."""
    stage.command("U0KIM", "draft")
    for user, channel in GATES:
        role = {"U0SAM": "security", "U0KIM": "incident_command", "U0ANA": "account_leadership"}[user]
        draft, wanted = say.home.one_draft("Acme Corp", "INC-1042", 1), say.home.must_approve(role)
        assert home(stage, user)[1].startswith(say.home.task(draft, wanted, "").rstrip("."))
        ts = stage.person(user).messages(channel)[-1]["ts"].replace(".", "")
        assert links(stage, user) == [f"<https://meridian-cloud.slack.com/archives/{channel}/p{ts}|Open the card>"]
    assert home(stage, "U0VIC")[1] == "Nothing."
    stage.approve_all("U0SAM")
    assert home(stage, "U0SAM")[1] == "Nothing."
    assert "Draft 1 (version 1) waits for: Incident command, Account leadership." in home(stage, "U0SAM")


def test_home_asks_one_person_for_one_gate(tmp_path):
    """Who fills two gates and has approved one is not asked for the other: it needs somebody else."""

    def two_gates(config):
        text = config.read_text()
        config.write_text(text.replace("groups: [S0SECURITY]}", "groups: [S0SECURITY], deputies: [U0KIM]}"))

    with staged(sqlite_url(tmp_path), tmp_path, configure=two_gates) as stage:
        stage.command("U0KIM", "draft")
        assert say.home.must_approve("incident_command") in home(stage, "U0KIM")[1]
        stage.approve_all("U0KIM")
        assert home(stage, "U0KIM")[1] == "Nothing."


def test_home_tells_what_stands_and_when_the_next_update_is_due(sqlite_stage):
    """The same words as status."""
    stage = sqlite_stage
    stage.released()
    due = stage.drafts()[0].draft.package.next_update
    stands = next(line for line in home(stage, "U0VIC") if line.startswith("The customer reads version 1"))
    assert f"Next update due {due:%H:%M} UTC, in " in stands


def test_home_tells_who_must_decide_an_exception(sqlite_stage):
    """A blocking exception waits for its role, and for nobody's approval."""
    stage = sqlite_stage
    stage.lay_out(3)
    stage.command("U0KIM", "draft")
    blocked = say.home.must_decide("timing-disagreement", "incident_command")
    assert [blocked in line for line in home(stage, "U0KIM")].count(True) == 1
    assert home(stage, "U0SAM")[1] == "Nothing."
    waive(stage, "U0KIM", "timing-disagreement")
    assert [blocked in line for line in home(stage, "U0KIM")].count(True) == 0


def test_home_leaves_closed_bridges_out(sqlite_stage):
    """What is over waits for nobody."""
    stage = sqlite_stage
    stage.command("U0KIM", "draft")
    stage.command("U0KIM", "close")
    assert home(stage, "U0KIM")[1:4] == [
        "Nothing.",
        "*Open bridges*",
        "None. In an incident's own channel: /bridgepkg open KEY BRIDGE",
    ]


@pytest.mark.parametrize("user", ["U0CARA", "U0GUS"])
def test_home_tells_outsiders_nothing(sqlite_stage, user):
    """Customers and guests read one line, whatever stands."""
    stage = sqlite_stage
    stage.released()
    assert home(stage, user) == [say.home.OUTSIDE]


def test_home_tells_a_member_without_a_role_nothing(sqlite_stage):
    """An engineer of the house without a role learns how to get one, and no incident."""
    assert home(sqlite_stage, "U0PRIYA") == [say.home.NO_ROLE]


def test_home_forgets_who_lost_their_role(sqlite_stage):
    """Who somebody is, is looked up when the tab is drawn: what was on it before is gone."""
    stage = sqlite_stage
    assert "*Open bridges*" in home(stage, "U0VIC")
    stage.sandbox.workspace.set_user("U0VIC", is_restricted=True)
    a_minute_later(stage)
    assert home(stage, "U0VIC") == [say.home.OUTSIDE]


def test_home_names_nothing_that_is_withheld(sqlite_stage):
    """The tab stays at support level even for the cleared: neither notes nor names of withheld things."""
    stage = sqlite_stage
    stage.command("U0KIM", "draft")
    hold_part(stage, "U0SAM", SECURITY_REVIEW, "timeline/T2", note="shows when we noticed")
    for user in ("U0SAM", "U0KIM"):
        assert "shows when we noticed" not in "\n".join(home(stage, user))
    assert "draft 2: waits for your approval" in home(stage, "U0ANA")[1]
    assert [len(stage.person("U0ANA").messages(channel)) for channel in (INCIDENT, ACCOUNT_REVIEW)][1] == 2
