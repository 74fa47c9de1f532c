"""The environment: variables, secret files named like them, and what is blank or unreadable refuses."""

import os

import pytest

from bot import settings
from bot.settings import Environment, SettingsError, read_environment

OURS = tuple(Environment.model_fields)


@pytest.fixture(autouse=True)
def bare(monkeypatch, tmp_path):
    """None of our variables is set, and Docker has given no secrets."""
    for name in OURS:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(settings, "DOCKER_SECRETS", str(tmp_path / "docker"))


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A folder of secrets that the installer named."""
    made = tmp_path / "secrets"
    made.mkdir()
    monkeypatch.setenv("BRIDGEPKG_SECRETS_DIR", str(made))
    return made


def refusal() -> str:
    """The sentence with which the environment is refused."""
    with pytest.raises(SettingsError) as refused:
        read_environment()
    return str(refused.value)


def test_environment_without_anything_has_only_defaults():
    """What need not be set has its documented default, what must be set is none."""
    found = {name: value for name, value in read_environment().model_dump().items() if value is not None}
    assert found == {
        "SLACK_API_URL": "https://slack.com/api/",
        "DATABASE_URL": "sqlite:///bridgepkg.db",
        "BRIDGEPKG_CONFIG": "bridgepkg.yaml",
        "BRIDGEPKG_LOG_FORMAT": "plain",
        "BRIDGEPKG_LOG_LEVEL": "info",
    }


@pytest.mark.parametrize("name", OURS)
def test_variable_that_is_blank_refuses(name, monkeypatch):
    """Every one of them, whichever command runs: a blank security setting never means `no check`."""
    for blank in ("", " \t"):
        monkeypatch.setenv(name, blank)
        assert refusal() == f"{name} is set but blank; give it a value or unset it"


@pytest.mark.parametrize("name", sorted(settings.WHERE_FROM))
def test_what_is_missing_says_where_to_get_it(name):
    """One sentence with the name and the place."""
    with pytest.raises(SettingsError) as refused:
        read_environment().required(name)
    assert str(refused.value) == f"{name} is not set; {settings.WHERE_FROM[name]}"


def test_secret_file_gives_a_value_without_its_last_line_end(folder):
    """A file named like the variable, as `echo` and every secret store write it."""
    (folder / "SLACK_BOT_TOKEN").write_text("xoxb-file\n")
    (folder / "slack_app_token").write_text("another name is another secret")
    environment = read_environment()
    assert (environment.SLACK_BOT_TOKEN, environment.SLACK_APP_TOKEN) == ("xoxb-file", None)


def test_variable_wins_over_a_secret_file(folder, monkeypatch):
    """What somebody sets by hand for one run is meant."""
    (folder / "SLACK_BOT_TOKEN").write_text("xoxb-file")
    monkeypatch.setenv("SLACK_BOT_TOKEN", "xoxb-variable")
    assert read_environment().SLACK_BOT_TOKEN == "xoxb-variable"


def test_dockers_own_secrets_are_read_where_there_are_any(tmp_path, monkeypatch, folder):
    """Without a variable, Docker's folder; with one, only the named folder."""
    (tmp_path / "docker").mkdir()
    (tmp_path / "docker" / "SLACK_BOT_TOKEN").write_text("xoxb-docker")
    assert read_environment().SLACK_BOT_TOKEN is None
    monkeypatch.delenv("BRIDGEPKG_SECRETS_DIR")
    assert read_environment().SLACK_BOT_TOKEN == "xoxb-docker"


def test_secret_file_that_is_blank_refuses(folder):
    """One sentence with its path, also when a variable of that name is unset."""
    path = folder / "SLACK_SIGNING_SECRET"
    path.write_text(" \n")
    assert refusal() == f"{path} is blank; give it a value or remove it"


@pytest.mark.parametrize(
    "spoil",
    [
        lambda path: path.mkdir(),
        lambda path: path.write_bytes(b"\xff\xfe\x00"),
        lambda path: path.symlink_to(path),
        lambda path: path.symlink_to("/etc/hostname"),
    ],
    ids=["folder", "no text", "circle", "elsewhere"],
)
def test_secret_file_that_cannot_be_read_refuses(folder, spoil):
    """A folder, bytes that are no text, a link in a circle or out of it: one sentence, never a missing value."""
    path = folder / "BRIDGEPKG_SIGNING_KEY"
    spoil(path)
    assert (
        refusal()
        == f"{path} cannot be read; make it a text file that this user may read, and no link out of its folder"
    )


def test_log_format_that_is_unknown_refuses(monkeypatch):
    """One sentence that says which there are."""
    monkeypatch.setenv("BRIDGEPKG_LOG_FORMAT", "xml")
    assert refusal() == "BRIDGEPKG_LOG_FORMAT is none of its values; use 'plain' or 'json'"


def test_folder_of_secrets_that_is_not_there_refuses(tmp_path, monkeypatch):
    """A misspelt folder is no folder without secrets."""
    monkeypatch.setenv("BRIDGEPKG_SECRETS_DIR", str(tmp_path / "none"))
    assert refusal() == f"BRIDGEPKG_SECRETS_DIR names {tmp_path / 'none'}, which is no folder; make it or unset it"


def test_given_environment_is_read_alone(monkeypatch, folder):
    """Keys that were just made are checked as they are, whatever this process has set."""
    (folder / "SLACK_BOT_TOKEN").write_text("xoxb-file")
    monkeypatch.setenv("BRIDGEPKG_SIGNING_KEY", "another")
    given = read_environment({"BRIDGEPKG_SEALING_KEYS": "k1:AAAA", "PATH": "/bin"})
    assert given.BRIDGEPKG_SEALING_KEYS == "k1:AAAA"
    assert (given.BRIDGEPKG_SIGNING_KEY, given.SLACK_BOT_TOKEN) == (None, None)


def test_refusal_repeats_no_secret(monkeypatch):
    """Neither the sentence nor what it was raised from holds a value."""
    monkeypatch.setenv("SLACK_BOT_TOKEN", "xoxb-very-secret")
    monkeypatch.setenv("SLACK_API_URL", "")
    with pytest.raises(SettingsError) as refused:
        read_environment()
    assert "very-secret" not in f"{refused.value} {refused.value.__cause__}"
    assert os.environ["SLACK_BOT_TOKEN"] == "xoxb-very-secret"
