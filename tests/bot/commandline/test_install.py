"""`init` and `doctor`: from an empty folder to a deployment that is found to be well."""

import os
import re
from pathlib import Path

import pytest
import yaml

from bot.commandline.cli import main
from bot.commandline.doctor import SCOPES, examine
from bot.settings import load_deployment
from demo.running import throwaway_keys
from demo.sample import FOLDER, lay_out, load_sample, prepare
from sandbox.seed import Seed
from sandbox.server import Sandbox
from tests.databases import sqlite_url

ROOT = Path(__file__).parents[3]


def run(monkeypatch, capsys, *arguments):
    """The exit code and both outputs of one command."""
    monkeypatch.setattr("sys.argv", ["bridgepkg", *arguments])
    with pytest.raises(SystemExit) as ended:
        main()
    said = capsys.readouterr()
    return ended.value.code, said.out, said.err


@pytest.fixture
def workspace(tmp_path, monkeypatch):
    """A sandbox with the environment of a deployment that is well."""
    seed = Seed.model_validate_json((FOLDER / "workspace.json").read_text())
    sample = load_sample()
    config = prepare(tmp_path)
    from datetime import UTC, datetime

    now = datetime.now(UTC)
    lay_out(sample.stages[1], sample, tmp_path, began=now, now=now)
    with Sandbox(seed, rate_limits=False) as sandbox:
        environment = {
            "SLACK_API_URL": sandbox.api_url,
            "SLACK_BOT_TOKEN": seed.app.bot_token,
            "SLACK_APP_TOKEN": seed.app.app_token,
            "BRIDGEPKG_CONFIG": str(config),
            "DATABASE_URL": sqlite_url(tmp_path),
            **throwaway_keys(),
        }
        for name, value in environment.items():
            monkeypatch.setenv(name, value)
        yield sandbox


def unwell():
    """What the doctor finds wrong, by subject."""
    return {finding.subject: finding.says for finding in examine() if not finding.ok}


def test_init_writes_what_the_configuration_loader_accepts(tmp_path, monkeypatch, capsys):
    """A first configuration can be read whole, before anything in it is edited."""
    code, out, _ = run(monkeypatch, capsys, "init", str(tmp_path / "new"))
    assert code == 0
    assert "bridgepkg doctor" in out
    assert list(load_deployment(tmp_path / "new" / "bridgepkg.yaml").profiles) == ["first-customer"]
    assert (tmp_path / "new" / ".env").stat().st_mode & 0o777 == 0o600


def test_init_makes_the_keys_for_the_owner_alone(tmp_path, monkeypatch, capsys):
    """Whatever the umask lets through, nobody else reads the keys."""
    before = os.umask(0)
    try:
        assert run(monkeypatch, capsys, "init", str(tmp_path / "new"))[0] == 0
    finally:
        os.umask(before)
    assert (tmp_path / "new" / ".env").stat().st_mode & 0o777 == 0o600


def test_doctor_tells_of_a_database_that_others_can_open(workspace, tmp_path):
    """It is said with what to run, and the rest is looked at all the same; once run, all is well."""
    file = tmp_path / "bridgepkg.db"
    assert "database files" not in unwell()
    file.chmod(0o640)
    says = unwell()["database files"]
    assert says.startswith(f"other users of this machine can open {file}; run: chmod 600 {file}")
    for path in says.partition("chmod 600 ")[2].split():
        Path(path).chmod(0o600)
    assert "database files" not in unwell()


def test_init_overwrites_nothing(tmp_path, monkeypatch, capsys):
    """A file that is there already stops it before anything is written."""
    (tmp_path / "profile.yaml").write_text("mine")
    code, _, err = run(monkeypatch, capsys, "init", str(tmp_path))
    assert (code, err.count("\n")) == (2, 1)
    assert [path.name for path in tmp_path.iterdir()] == ["profile.yaml"]


def test_doctor_finds_the_sample_well(workspace):
    """The sample deployment on the sandbox has nothing to fix."""
    assert unwell() == {}


def test_doctor_scopes_are_those_of_the_manifest():
    """The doctor asks for exactly the scopes of the app manifest."""
    manifest = yaml.safe_load((ROOT / "app_manifest.yaml").read_text())
    assert sorted(SCOPES) == sorted(manifest["oauth_config"]["scopes"]["bot"])


def test_doctor_names_what_is_wrong_with_channels(workspace):
    """A review channel that a customer can read, and a bridge with an unknown organisation, are each named."""
    workspace.workspace.join("C0REVSEC", "U0GUS")
    workspace.workspace.offer_share("C0ACME", "T0ACME")
    found = unwell()
    assert set(found) == {"review channel of Security", "channel of bridge acme"}


def test_doctor_names_what_is_wrong_with_roles(workspace):
    """Gates that the same single person would have to fill are named."""
    workspace.workspace.set_group("S0SECURITY", ["U0KIM"])
    assert unwell() == {"gates of acme": "cannot all be filled by different people; name more people under roles"}


@pytest.mark.parametrize(
    ("name", "value", "subject"),
    [
        ("SLACK_BOT_TOKEN", "xoxb-wrong", "Slack"),
        ("SLACK_APP_TOKEN", "xapp-wrong", "Socket Mode"),
        ("BRIDGEPKG_SIGNING_KEY", "AAAA", "signing and sealing keys"),
        ("DATABASE_URL", "postgresql://127.0.0.1:1/none", "database"),
        ("BRIDGEPKG_CONFIG", "nowhere.yaml", "configuration"),
    ],
)
def test_doctor_names_a_wrong_setting(workspace, monkeypatch, name, value, subject):
    """A wrong setting is one finding that says how to fix it."""
    monkeypatch.setenv(name, value)
    found = unwell()
    assert subject in found
    assert re.search(r"[a-z]", found[subject])


def test_doctor_exits_by_what_it_finds(workspace, monkeypatch, capsys):
    """All well is exit 0; anything to fix is exit 1."""
    assert run(monkeypatch, capsys, "doctor")[0] == 0
    workspace.workspace.set_group("S0SECURITY", [])
    assert run(monkeypatch, capsys, "doctor")[0] == 1
