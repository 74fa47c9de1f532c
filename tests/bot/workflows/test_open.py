"""Opening a bridge: the first human checkpoint, and everything that is refused at it (mission M17)."""

import pytest

from blocks import say
from sandbox.faults import FaultKind
from sandbox.seed import Channel
from tests.bot.stage import BRIDGE, INCIDENT, staged
from tests.builders import make_person
from tests.databases import sqlite_url

SECOND, THIRD = "C0INC2", "C0INC3"
OPENED = say.opening.opened("INC-1042", "Acme Corp")


@pytest.fixture
def closed(tmp_path):
    """A bot with two further channels, in which nothing was opened."""
    with staged(sqlite_url(tmp_path), tmp_path, opened=False) as stage:
        for channel in (SECOND, THIRD):
            members = ("U0KIM", "U0BRIDGEPKG")
            stage.sandbox.workspace.add_channel(Channel(id=channel, name=channel.lower(), members=members))
        yield stage


def opened(stage, words="INC-1042 acme", channel=INCIDENT):
    """The answer to `open`, typed by the commander."""
    return stage.command("U0KIM", f"open {words}", channel)


def breaks(stage, name):
    """The export of a source is cut off."""
    (stage.folder / "current" / name).write_bytes(b"{")


def test_open_ties_incident_channel_and_bridge(closed):
    """Once, with what to do next; again it says that it is so; and the log holds who did it."""
    assert opened(closed) == OPENED
    assert opened(closed) == say.opening.already_open("INC-1042", "Acme Corp")
    assert closed.log() == ["opened"]


def test_open_refuses_what_is_unknown(closed):
    """An incident that its system does not know, and a bridge that the configuration does not have."""
    assert opened(closed, "INC-9 acme") == say.opening.unknown_incident("INC-9")
    assert opened(closed, "INC-1042 globex") == say.opening.unknown_bridge("globex", ["acme"])
    assert opened(closed, f"{'I' * 501} acme") == say.opening.key_too_long(500)
    breaks(closed, "jira.json")
    assert opened(closed, "INC-9 acme override") == say.opening.unknown_incident("INC-9")
    assert closed.log() == []


def test_open_asks_for_an_override_where_severity_cannot_be_seen(closed):
    """While the incident system cannot be read, somebody must open it in their own name."""
    breaks(closed, "pagerduty.json")
    assert opened(closed) == say.opening.severity_unknown("INC-1042", "acme")
    assert opened(closed, "INC-1042 acme override") == OPENED


def test_open_refuses_a_taken_channel_and_a_taken_incident(closed):
    """One incident in a channel, and one channel for an incident with all its bridges."""
    export = closed.folder / "current" / "pagerduty.json"
    opened(closed)
    assert opened(closed, channel=SECOND) == say.opening.incident_elsewhere("INC-1042", INCIDENT, "Acme Corp")
    export.write_text(export.read_text().replace("1042", "1043"))
    assert opened(closed, "INC-1043 acme") == say.opening.channel_taken("INC-1042", "acme")
    assert opened(closed, "INC-1043 acme", THIRD) == say.opening.opened("INC-1043", "Acme Corp")


def test_open_refuses_a_bridge_whose_readers_are_not_the_expected_ones(closed):
    """Another organisation, an invitation, a guest, an archive, or a bridge that nobody shares yet."""
    workspace = closed.sandbox.workspace
    teams = "The organisations in the bridge channel are not exactly the configured ones."
    invitation = "An invitation to another organisation is open in the bridge channel; accept or withdraw it first."
    guest = "A guest or somebody of an unlisted organisation is in the bridge channel."
    for change, undo, answer in (
        (lambda: workspace.unshare(BRIDGE, "T0ACME"), lambda: workspace.share(BRIDGE, "T0ACME"), teams),
        (lambda: sharing(workspace, "T0ACME", "T0OTHER"), lambda: sharing(workspace, "T0ACME"), teams),
        (lambda: workspace.offer_share(BRIDGE, "T0OTHER"), lambda: workspace.unshare(BRIDGE, "T0OTHER"), invitation),
        (lambda: workspace.join(BRIDGE, "U0GUS"), lambda: workspace.leave(BRIDGE, "U0GUS"), guest),
        (
            lambda: workspace.set_channel(BRIDGE, is_archived=True),
            lambda: workspace.set_channel(BRIDGE, is_archived=False),
            "The bridge channel is archived.",
        ),
    ):
        change()
        assert opened(closed) == answer
        undo()
    workspace.leave(BRIDGE, "U0BRIDGEPKG")
    workspace.set_channel(BRIDGE, is_private=True)
    unseen = "I cannot see that channel; invite me there, or correct its id in bridgepkg.yaml"
    assert opened(closed) == say.opening.readers_problem(BRIDGE, unseen)
    assert closed.log() == []


def sharing(workspace, *teams):
    """Exactly these outside teams are in the bridge."""
    workspace.set_channel(BRIDGE, connected_team_ids=teams, is_ext_shared=True)


def test_open_refuses_when_slack_does_not_say_who_reads(closed):
    """Who cannot be looked up could be anybody: nothing is opened, and the next try asks again."""
    closed.bot.people.identify(make_person("U0KIM"))
    closed.sandbox.faults.add(FaultKind.HTTP_500, "users.info", times=None)
    answer = opened(closed)
    closed.sandbox.faults.clear()
    assert answer == "I cannot see who reads this channel. Please ask in the incident's own channel."
    assert closed.log() == []
    assert opened(closed) == OPENED
