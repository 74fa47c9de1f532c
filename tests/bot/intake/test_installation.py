"""Installation: a payload is ours by where Slack names the installation, never by who acted or what they wrote."""

from datetime import UTC, datetime

import pytest
from slack_bolt.request import BoltRequest
from slack_bolt.response import BoltResponse

from bot.intake.capture import OnlyOurApp
from bot.intake.requests import UnreadableError, read_request
from tests.builders import make_person

APP, TEAM, ENTERPRISE = "A0OURS", "T0OURS", "E0OURS"
OURS = OnlyOurApp(APP, frozenset({TEAM, ENTERPRISE}))
MOMENT = datetime(2026, 3, 12, 14, 0, tzinfo=UTC)
OPENED = {"type": "app_home_opened", "user": "U0ANA", "channel": "D0ANA", "tab": "home"}


def installed(team=TEAM, enterprise=None, *, org_wide=False):
    """One entry of `authorizations`."""
    return [{"enterprise_id": enterprise, "team_id": team, "user_id": "U0BOT", "is_enterprise_install": org_wide}]


def event(**changes):
    """An event of a workspace without an enterprise, as Slack sends it."""
    outer = {"type": "event_callback", "team_id": TEAM, "context_team_id": TEAM, "context_enterprise_id": None}
    return {**outer, "api_app_id": APP, "authorizations": installed(), "event": OPENED, "event_id": "Ev1", **changes}


def click(**changes):
    """A click on a message."""
    outer = {"type": "block_actions", "api_app_id": APP, "team": {"id": TEAM}, "enterprise": None}
    actor = {"id": "U0ANA", "team_id": TEAM}
    clicked = [{"action_id": "review_details", "value": "x"}]
    return {**outer, "user": actor, "channel": {"id": "C0INCIDENT"}, "actions": clicked, **changes}


def form(view=None, **changes):
    """A form that was sent off."""
    shown = {"callback_id": "hold_form", "private_metadata": "C0INCIDENT", "state": {"values": {}}, **(view or {})}
    rest = {name: value for name, value in click().items() if name not in {"actions", "channel"}}
    return {**rest, "type": "view_submission", "view": shown, **changes}


def command(**changes):
    """A typed command."""
    typed = {"command": "/bridgepkg", "text": "status", "user_id": "U0ANA", "channel_id": "C0INCIDENT"}
    return {**typed, "team_id": TEAM, "api_app_id": APP, "is_enterprise_install": "false", **changes}


ORG = {"id": ENTERPRISE, "name": "Ours"}
THEIRS = {"id": "U0CARA", "team_id": "T0ACME"}
GRID = {"team_id": "T0SISTER", "context_team_id": None, "context_enterprise_id": ENTERPRISE}

ACCEPTED = {
    "event": event(),
    "event without authorizations": {
        k: v for k, v in event().items() if k not in {"authorizations", "context_team_id"}
    },
    "event of a Connect actor": event(team_id="T0ACME"),
    "event of a Connect actor, by its authorization": event(team_id="T0ACME", context_team_id=None),
    "event of a Connect actor, by its context": event(team_id="T0ACME", authorizations=[]),
    "event of an org-wide install": event(**GRID, authorizations=installed(None, ENTERPRISE, org_wide=True)),
    "event of a sister workspace, org-wide": event(
        **GRID, authorizations=installed("T0SISTER", ENTERPRISE, org_wide=True)
    ),
    "event of an org-wide install, by its context": event(**GRID, authorizations=None),
    "click": click(),
    "click of a Connect actor": click(user=THEIRS),
    "click of an org-wide install": click(team=None, enterprise=ORG, is_enterprise_install=True),
    "click of a sister workspace, org-wide": click(team={"id": "T0SISTER"}, enterprise=ORG, is_enterprise_install=True),
    "form": form(),
    "form of a Connect actor": form({"app_installed_team_id": TEAM}, team={"id": "T0ACME"}, user=THEIRS),
    "form of an org-wide install": form(team=None, enterprise=ORG, is_enterprise_install=True),
    "command": command(),
    "command of a sister workspace, org-wide": command(
        team_id="T0SISTER", enterprise_id=ENTERPRISE, is_enterprise_install="true"
    ),
}

REFUSED = {
    "event of another installation": event(context_team_id="T0ACME", authorizations=installed("T0ACME")),
    "event of another installation, where ours acted": event(context_team_id="T0ACME", authorizations=[]),
    "event of a sister's own installation": event(
        **{**GRID, "context_team_id": "T0SISTER"}, authorizations=installed("T0SISTER", ENTERPRISE)
    ),
    "event of another app": event(api_app_id="A0OTHER"),
    "event that only its person places": event(
        team_id="T0ACME",
        context_team_id=None,
        authorizations=None,
        event={**OPENED, "team": TEAM, "user_team": TEAM, "source_team": TEAM, "text": TEAM},
    ),
    "event with a second authorization of ours": event(
        context_team_id=None, authorizations=installed("T0ACME") + installed()
    ),
    "click of another installation": click(team={"id": "T0ACME"}),
    "click of a sister's own installation": click(team={"id": "T0SISTER"}, enterprise=ORG),
    "click of another app": click(api_app_id="A0OTHER"),
    "click that only its person and value place": click(
        team={"id": "T0ACME"},
        user={"id": "U0CARA", "team_id": TEAM},
        actions=[{"action_id": "review_details", "value": TEAM}],
        team_id=TEAM,
        context_team_id=TEAM,
        authorizations=installed(),
    ),
    "form of another installation": form({"app_installed_team_id": "T0ACME"}),
    "form of another organisation": form(team={"id": "T0ACME"}, user=THEIRS),
    "form that only its metadata and view place": form({"private_metadata": TEAM, "team_id": TEAM}, team=None),
    "command of another workspace": command(team_id="T0ACME"),
    "command of another app": command(api_app_id="A0OTHER"),
    "command that only its text places": command(team_id="T0ACME", text=TEAM, team_domain=TEAM, enterprise_id=None),
    "command with the authorizations of an event": command(
        team_id="T0ACME", context_team_id=TEAM, authorizations=installed()
    ),
    "payload of no kind": {"api_app_id": APP, "text": TEAM},
    "ids that are no texts": event(team_id=[TEAM], context_team_id={"id": TEAM}, authorizations=[{"team_id": [TEAM]}]),
    "teams that are no objects": click(team=[TEAM], enterprise=TEAM),
    "view that is no object": form(team=None) | {"view": [TEAM]},
    "org-wide flag that is no flag": click(team={"id": "T0SISTER"}, enterprise=ORG, is_enterprise_install=["true"]),
    "no ids": event(team_id="", context_team_id="", authorizations=installed("")),
}


def status(body) -> int:
    """What the check answers."""
    request = BoltRequest(body=body, mode="socket_mode")
    answer = OURS.process(req=request, resp=BoltResponse(status=404), next=lambda: BoltResponse(status=200))
    return answer.status


@pytest.mark.parametrize("body", ACCEPTED.values(), ids=ACCEPTED)
def test_payload_of_our_installation_is_ours(body):
    """Whoever acted, in Connect and on Grid: where Slack names our installation, the payload passes."""
    assert status(body) == 200


@pytest.mark.parametrize("body", REFUSED.values(), ids=REFUSED)
def test_payload_of_another_installation_is_refused(body):
    """Another app, another installation, or our team in a place that people can write or choose: 401."""
    assert status(body) == 401


@pytest.mark.parametrize(
    ("body", "team"),
    [
        (event(), TEAM),
        (event(team_id="T0ACME"), "T0ACME"),
        (event(event={**OPENED, "user_team": "T0ACME"}), "T0ACME"),
        (event(event={**OPENED, "source_team": "T0ACME"}), "T0ACME"),
        (event(team_id=None, enterprise_id=ENTERPRISE), ENTERPRISE),
        (click(user=THEIRS | {"id": "U0ANA"}), "T0ACME"),
        (click(user={"id": "U0ANA"}), TEAM),
        (click(user={"id": "U0ANA"}, team=None, enterprise=ORG), ENTERPRISE),
        (form({"app_installed_team_id": TEAM}, team={"id": "T0ACME"}, user=THEIRS | {"id": "U0ANA"}), "T0ACME"),
        (command(), TEAM),
    ],
)
def test_person_is_of_the_team_that_acted(body, team):
    """The claim of who asks names the actor's own organisation, not the installation."""
    assert read_request("1", body, MOMENT).person == make_person("U0ANA", team)


@pytest.mark.parametrize("body", [event(team_id=None), click(user={"id": "U0ANA"}, team=None), command(team_id=None)])
def test_person_without_a_team_is_unreadable(body):
    """A payload that names no team of its person is no request of anybody."""
    with pytest.raises(UnreadableError):
        read_request("1", body, MOMENT)
