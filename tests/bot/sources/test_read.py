"""Stage one: every configured source of an incident, side by side, into the evidence of one incident."""

import pytest

from bot.sources.read import Cover, FileSource, read_evidence
from profiles.codes import SourceState
from profiles.frozen import replace
from tests.bot.sources.reading import read_path
from tests.builders import INCIDENT, STAGES, lay_out, sample_deployment, stage_clock
from transforms.model.canonical import canonical
from transforms.model.evidence import CoveredCell, Evidence

AT = stage_clock(STAGES[1])


def read(folder, by_name=None, **changes) -> Evidence:
    """The sample's second stage as it lies in this folder."""
    named = tuple((by_name or sample_deployment().config.sources).items())
    sources = replace(sample_deployment().sources, folder=folder, by_name=named)
    return read_evidence(sources, INCIDENT, **{"at": AT} | changes)


def test_read_gives_one_account_of_each_source_in_the_configured_order(tmp_path) -> None:
    """However they come in: the evidence lists them as configured, and its records sorted."""
    heard = []
    evidence = read(lay_out(tmp_path, STAGES[1]), arrived=heard.append)
    assert [health.source for health in evidence.sources] == list(sample_deployment().config.sources)
    assert sorted(health.source for health in heard) == sorted(sample_deployment().config.sources)
    assert canonical(read(tmp_path)) == canonical(evidence)


def test_read_goes_on_when_sources_fail(tmp_path) -> None:
    """One is gone, one is damaged, the rest is read; each failure says what and how to fix it."""
    folder = lay_out(tmp_path, STAGES[1])
    (folder / "jira.json").unlink()
    (folder / "statuspage.json").write_text("{")
    evidence = read(folder)
    problems = {health.source: (health.state, health.problem) for health in evidence.sources if health.problem}
    assert problems == {
        "jira": ("unavailable", "jira.json cannot be read (No such file or directory); export it again"),
        "statuspage": ("malformed", "statuspage.json:1:2: is not JSON; export it again"),
    }
    assert {record.ref.source for record in evidence.records} == {
        health.source for health in evidence.sources if health.state is SourceState.READ
    }


def test_read_with_a_preset_that_is_wrong_names_the_mapping(tmp_path) -> None:
    """A mapping file of one's own with a fault fails its source, with line and column."""
    (tmp_path / "own.yaml").write_text("kind: incident\nitems: '@'\nkey: id\nfields: {status: '[?'}\n")
    (tmp_path / "x.json").write_text("[]")
    health, records = read_path(tmp_path / "x.json", "own.yaml")
    assert (health.state, records) == ("malformed", [])
    assert health.problem.startswith(f"{tmp_path / 'own.yaml'}:4:10: fields.status: is not a JMESPath expression: ")
    missing, _ = read_path(tmp_path / "x.json", "other.yaml")
    assert missing.problem == f"{tmp_path / 'other.yaml'}: cannot be read (No such file or directory); check the path"


@pytest.mark.parametrize("changes", [{"connector": "http"}, {"preset": ""}, {"path": ""}, {"colour": "red"}])
def test_source_configuration_is_strict(changes) -> None:
    """An unknown connector or key is refused when the configuration is read."""
    with pytest.raises(ValueError, match="validation error"):
        FileSource(**{"connector": "file", "preset": "jira", "path": "x"} | changes)


def test_source_covers_each_region_and_components_without_regions() -> None:
    """The cells in which silence means health, in the configured order."""
    source = FileSource(
        connector="file",
        preset="alertmanager",
        path="x",
        covers=(Cover(component="a", regions=("r1", "r2")), Cover(component="b")),
    )
    assert source.cells == (
        CoveredCell(component="a", region="r1"),
        CoveredCell(component="a", region="r2"),
        CoveredCell(component="b"),
    )


@pytest.mark.parametrize("stage", STAGES)
def test_read_leaves_the_exports_as_they_are(stage, tmp_path) -> None:
    """Reading changes nothing and writes nothing."""
    folder = lay_out(tmp_path, stage)
    before = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    read(folder, at=stage_clock(stage))
    assert {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()} == before
