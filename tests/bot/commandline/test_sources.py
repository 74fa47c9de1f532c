"""`source try`, `config check` and the doctor: what a source is worth, before an incident depends on it."""

import json
import os
import time

import pytest

from tests.bot.shell import make_place, make_run
from tests.builders import EXAMPLE, SHARED_DATA, STAGES

STAGE = EXAMPLE / STAGES[1]
TRY = ("source", "try")


@pytest.fixture
def place(tmp_path, monkeypatch):
    """A folder with the sample's configuration over its second stage, and keys in the environment."""
    return make_place(tmp_path, monkeypatch)


@pytest.fixture
def run(capsys, monkeypatch):
    """Runs the command line in this process: exit code, standard output, standard error."""
    return make_run(capsys, monkeypatch)


def test_source_try_shows_what_becomes_of_every_item(place, run) -> None:
    """Records with what the profile makes of each, expressions with their hits, and whether all of it is whole."""
    code, out, _ = run(*TRY, str(STAGE / "jira.json"), "jira", "--profile", "customer-bridge", "--incident", "INC-1042")
    said = json.loads(out)
    assert (code, said["whole"], said["items"]["placed"]) == (0, True, 2)
    assert [(one["key"], one["value"], one["profile"]) for one in said["records"]] == [
        ("PAY-3317", "In Review", "W2 (WR-3), Payments API"),
        ("RPT-841", "Parked", "held: unmapped-value, Reporting"),
    ]
    status = next(one for one in said["expressions"] if one["name"] == "fields.readiness")
    assert (status["found"], status["asked"], status["place"].startswith("jira.yaml:")) == (2, 2, True)


def test_source_try_says_why_an_item_is_unplaced(place, run) -> None:
    """By its place in the export and the expression that found nothing; such an answer is no."""
    file = place / "alerts.json"
    alerts = json.loads((STAGE / "alertmanager.json").read_text())
    del alerts[1]["labels"]["service"]
    file.write_text(json.dumps(alerts))
    code, out, _ = run(*TRY, str(file), "alertmanager")
    said = json.loads(out)
    assert (code, said["whole"]) == (1, True)
    assert said["unplaced"] == [{"item": 2, "why": "no-component: labels.service finds nothing that can be used"}]
    assert [one["key"] for one in said["signs"]] == ["a1b2c3d4e5f60718"]


def test_source_try_names_a_misspelt_expression(place, run) -> None:
    """With file, line and column of the mapping, and how often it was looked for."""
    (place / "own.yaml").write_text("kind: incident\nitems: '@'\nkey: id\nfields: {severity: id, status: stauts}\n")
    (place / "export.json").write_text('[{"id": "a", "status": "open"}, {"id": "b", "status": "open"}]')
    code, out, _ = run(*TRY, str(place / "export.json"), str(place / "own.yaml"))
    said = json.loads(out)
    (problem,) = said["problems"]
    assert (code, said["whole"]) == (1, False)
    assert problem.startswith("expression stauts of mapping own.yaml:4:")
    assert "looks for stauts, which is in none of 2 items" in problem


@pytest.mark.parametrize(
    ("file", "preset", "said"),
    [
        ("none.json", "jira", "none.json cannot be read (No such file or directory); export it again"),
        ("jira.json", "jiira", "preset jiira is not known; use one of alertmanager, "),
        ("jira.json", "alertmanager", "jira.json holds no list of items where @ looks; is it this kind of export?"),
    ],
)
def test_source_try_refuses_in_one_line(file, preset, said, place, run) -> None:
    """What is not there, not known, or something else."""
    code, out, err = run(*TRY, str(STAGE / file), preset)
    assert (code, out, err.count("\n"), said in err) == (2, "", 1, True)


def test_source_which_shows_every_preset_against_every_file(place, run) -> None:
    """The one that fits reads it; each other says what it is not."""
    code, out, _ = run(
        "source", "which", str(STAGE / "jira.json"), str(STAGE / "backstage.yaml"), "--incident", "INC-1042"
    )
    rows = json.loads(out)
    read = {(row["file"], row["preset"]) for row in rows if row["state"] == "read" and row["placed"]}
    assert (code, read) == (0, {("jira.json", "jira"), ("backstage.yaml", "backstage")})
    assert all(row["says"] for row in rows if row["state"] != "read")


@pytest.mark.skipif(not SHARED_DATA.is_dir(), reason="the foreign payloads lie beside the repository")
def test_source_try_says_what_a_webhook_is(place, run) -> None:
    """It is not an export."""
    code, _, err = run(*TRY, str(SHARED_DATA / "foreign_payloads" / "pagerduty-webhook-v3.json"), "pagerduty")
    assert (code, "is a PagerDuty webhook, not an export; export the answer of GET /incidents" in err) == (2, True)


def checked(place, run, *changes) -> tuple[int, str]:
    """The exit code and every line of `config check`, after these changes of the configuration's text."""
    file = place / "bridgepkg.yaml"
    text = file.read_text()
    for right, wrong in changes:
        assert right in text
        text = text.replace(right, wrong, 1)
    file.write_text(text)
    now = time.time()
    for export in place.rglob("*.*"):
        os.utime(export, (now, now))
    code, out, err = run("config", "check")
    return code, out + err


def test_config_check_of_the_sample_has_nothing_to_refuse(place, run) -> None:
    """What is only too old, or will be in the way later, is told without a refusal."""
    code, said = checked(place, run)
    assert (code, "bridgepkg.yaml: can be read" in said) == (0, True)
    assert "source alertmanager: 6 items, confirmed" in said
    assert "source incident-channel: one incident's own export; write {incident} into its path" in said


GROUP = "incident_command: {groups: [S0COMMAND]}"
REFUSED = {
    "an empty gate": ((GROUP, "incident_command: {}"), "nobody fills Incident command, which is a gate"),
    "a customer at home": (("teams: [T0MERIDIAN]", "teams: [T0MERIDIAN, T0ACME]"), "T0ACME is both a home team and"),
    "a bridge that reviews": (
        ("account_leadership: C0REVACC", "account_leadership: C0ACME"),
        "bridges.acme.channel is also review_channels.account_leadership",
    ),
    "an unapproved profile": (("approved_profiles: [", "approved_profiles: []  # ["), "is not approved; read it"),
    "a missing export": (("path: jira.json", "path: jirra.json"), "source jira: jirra.json cannot be read"),
    "another kind": (("preset: jira", "preset: pagerduty"), "reads it as workaround, and its mapping makes incident"),
    "a webhook": (("path: pagerduty.json", "path: hook.json"), "hook.json is a PagerDuty webhook, not an export"),
    "a broken mapping": (("preset: jira", "preset: own.yaml"), "own.yaml:3:1: key: is not a JMESPath expression"),
    "a workaround of none": (("preset: jira", "preset: any.yaml"), "must say to which incident its items belong"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_config_check_refuses_what_can_never_work(name, place, run) -> None:
    """Each in a line that says which and how to fix it; then nothing is said to be readable."""
    folder = next(place.rglob("pagerduty.json")).parent
    (folder / "hook.json").write_text('{"event": {"event_type": "incident.triggered", "data": {"id": "x"}}}')
    (place / "own.yaml").write_text("kind: workaround\nitems: '@'\nkey: '[?'\nfields: {component: c, readiness: r}\n")
    (place / "any.yaml").write_text("kind: workaround\nitems: '@'\nkey: id\nfields: {component: c, readiness: r}\n")
    change, problem = REFUSED[name]
    code, said = checked(place, run, change)
    assert (code, problem in said, "can be read\n" in said) == (1, True, False), said


def test_config_check_refuses_one_person_for_two_gates(place, run) -> None:
    """Where all of them are named by id; a user group may hold others."""
    one = "{users: [U0KIM]}"
    changes = (
        (GROUP, f"incident_command: {one}"),
        ("security: {groups: [S0SECURITY]}", f"security: {one}"),
        ("account_leadership: {groups: [S0ACCOUNTS], deputies: [U0LEE]}", "account_leadership: {users: [U0ANA]}"),
    )
    code, said = checked(place, run, *changes)
    assert (code, "bridge acme: its gates cannot be filled by different people" in said) == (1, True)
