"""The estate file: approved by digest like a profile, and not used before it is."""

import pytest

from bot.commandline.offline import draft_offline
from bot.settings import load_deployment
from profiles.errors import UserFixableError
from profiles.estate import Estate
from tests.bot.shell import make_place, make_run
from tests.builders import INCIDENT
from transforms.model.canonical import digest

TEXT = "schema: bridgepkg.estate/1\ncomponents:\n  - {source: alertmanager, key: batch-runner}\n"
OTHER = "0" * 64


@pytest.fixture
def place(tmp_path, monkeypatch):
    """A folder with the sample's configuration and an estate file that it names."""
    folder = make_place(tmp_path, monkeypatch)
    (folder / "estate.yaml").write_text(TEXT)
    configure(folder, "estate: estate.yaml")
    return folder


@pytest.fixture
def run(capsys, monkeypatch):
    """Runs the command line in this process: exit code, standard output, standard error."""
    return make_run(capsys, monkeypatch)


def configure(folder, lines: str) -> None:
    """Put lines at the end of the configuration."""
    config = folder / "bridgepkg.yaml"
    config.write_text(f"{config.read_text()}\n{lines}\n")


def approved(run) -> str:
    """What the digest command prints of the file."""
    code, out, err = run("estate", "digest", "estate.yaml")
    assert (code, err) == (0, "")
    return out.strip()


def test_approved_estate_is_part_of_every_build(place, run):
    """The digest that the command prints is the one that approves, and the components reach the directives."""
    own = approved(run)
    configure(place, f"approved_estate: {own}")
    deployment = load_deployment(place / "bridgepkg.yaml")
    assert isinstance(deployment.estate, Estate)
    assert (digest(deployment.estate), deployment.estate_problem) == (own, "")
    built = draft_offline(deployment, INCIDENT, "acme")
    assert built.directives.estate == deployment.estate
    assert "estate: estate.yaml, approved\n" in run("config", "check")[1]


@pytest.mark.parametrize(("line", "why"), [("", "is not set"), (f"approved_estate: {OTHER}", "names another digest")])
def test_estate_that_is_not_approved_is_not_used(place, run, line, why):
    """Nor does a change after the approval: less is known then, which is safe, and one sentence says how to fix it."""
    configure(place, line)
    deployment = load_deployment(place / "bridgepkg.yaml")
    told = (
        f"estate.yaml (digest {approved(run)[:8]}…) is not used, because approved_estate {why}; "
        "read the file, then set it to what `bridgepkg estate digest estate.yaml` prints"
    )
    assert (deployment.estate, deployment.estate_problem) == (None, told)
    assert draft_offline(deployment, INCIDENT, "acme").directives.estate is None
    assert f"estate: {told}\n" in run("config", "check")[1]


def test_estate_changed_after_its_approval_is_not_used(place, run):
    """One component more is another estate."""
    configure(place, f"approved_estate: {approved(run)}")
    (place / "estate.yaml").write_text(f"{TEXT}  - {{source: alertmanager, key: pay-edge-2}}\n")
    assert load_deployment(place / "bridgepkg.yaml").estate is None


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (None, "estate.yaml: cannot be read"),
        ("schema: bridgepkg.estate/1\n", "components: is missing; add it"),
        (f"{TEXT}account: x\n", "estate.yaml:4:1: account: is not a known key"),
        (f"{TEXT}  - {{source: alertmanager, key: 7}}\n", "estate.yaml:4:28: components.1.key: "),
    ],
)
def test_estate_that_cannot_be_read_says_where(place, run, text, said):
    """The same line from the digest and from everything that reads the configuration."""
    (place / "estate.yaml").unlink() if text is None else (place / "estate.yaml").write_text(text)
    code, out, err = run("estate", "digest", "estate.yaml")
    assert (code, out) == (2, "")
    assert said in err
    with pytest.raises(UserFixableError, match="estate"):
        load_deployment(place / "bridgepkg.yaml")


def test_approval_of_no_file_is_refused(place):
    """A digest without a file is a slip that nobody would notice."""
    config = place / "bridgepkg.yaml"
    config.write_text(config.read_text().replace("estate: estate.yaml", f"approved_estate: {OTHER}"))
    with pytest.raises(UserFixableError, match="approves a file that estate does not name"):
        load_deployment(config)
