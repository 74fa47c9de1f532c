"""A profile author's afternoon, exactly as docs/profile-author.md tells it."""

import json
import re
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from profiles.documents import load_yaml
from profiles.loader import load_profile
from tests.docs.blocks import ROOT, clone, missing, run, scripts
from transforms.model.canonical import digest

PAGE = ROOT / "docs" / "profile-author.md"
CODE = re.compile(
    r"""(?:error|warning|advice)\(\s*"([a-z-]+)"|Problem\("([a-z-]+)"|LintFinding\(\s*"([a-z-]+)"|found\(\s*"([a-z-]+)\""""
)


@pytest.fixture(scope="module")
def afternoon(tmp_path_factory) -> tuple[Path, list[tuple[str, str]]]:
    """The folder in which the page's shell ran, and what each block printed and should have printed."""
    folder = clone(tmp_path_factory.mktemp("author"))
    return folder, run(PAGE, folder)


def test_afternoon_goes_as_it_is_told(afternoon) -> None:
    """Every block prints what stands under it, and none runs without a word of what comes of it."""
    _, told = afternoon
    assert [(line, printed) for printed, said in told for line in missing(printed, said)] == []
    assert [script for script, said in scripts(PAGE) if not said] == []


def test_editor_finds_the_schema_and_the_profile_fits_it(afternoon) -> None:
    """The comment of the first line names a file beside it; a schema validator agrees with us about a misspelt key."""
    folder = afternoon[0] / "my-bridge"
    first = (folder / "profile.yaml").read_text().splitlines()[0]
    schema = folder / first.removeprefix("# yaml-language-server: $schema=")
    validator = Draft202012Validator(json.loads(schema.read_text()))
    data, _ = load_yaml((folder / "profile.yaml").read_bytes(), "profile.yaml")
    assert [error.message for error in validator.iter_errors(data)] == []
    for wrong in ({"gats": []}, {"gates": []}, {"version": "2"}, {"reasons": [{"reason": "moody"}]}):
        assert list(validator.iter_errors(data | wrong)) != [], wrong


def test_afternoon_ends_with_the_approved_digest(afternoon) -> None:
    """What the configuration approves is what was built."""
    folder = afternoon[0]
    approved = digest(load_profile(folder / "my-bridge" / "profile.yaml"))
    assert f"approved_profiles: [{approved}]" in (folder / "my-bridge" / "bridgepkg.yaml").read_text()
    entries = [entry["code"] for entry in json.loads((folder / "approved.json").read_text())["register"]]
    assert "profile-not-approved" not in entries
    assert "profile-not-approved" in [e["code"] for e in json.loads((folder / "mine.json").read_text())["register"]]


def test_page_lists_every_finding_of_the_linter() -> None:
    """Whoever reads a code finds it in the table, and the table names none that does not exist."""
    files = [
        *(ROOT / "authoring" / "lint").glob("*.py"),
        ROOT / "authoring" / "linter.py",
        ROOT / "profiles" / "consistency.py",
    ]
    made = {name for file in files for found in CODE.findall(file.read_text()) for name in found if name}
    table = PAGE.read_text().partition("| finding |")[2]
    assert set(re.findall(r"`([a-z]+(?:-[a-z]+)+)`", table)) == made
