"""A profile may name a file of rules for secrets; its text is part of what people approve."""

from pathlib import Path

import pytest

from profiles.documents import DocumentError
from profiles.loader import SHIPPED, load_profile
from tests.builders import make_draft
from transforms.canonical import digest

DATA = Path(__file__).parents[3] / "shared" / "data"
BADGE = "[[rules]]\nid = \"badge\"\nregex = '''badge-[0-9]{4}'''\nkeywords = [\"badge\"]\n"


def named(folder, rules: str | None, scan: str = "scan: {gitleaks_file: rules.toml}"):
    """The shipped profile with wording that only the rules mind, and its rules beside it."""
    text = (SHIPPED / "customer-bridge.yaml").read_text().replace("account lead here.", "account lead, badge-1234.")
    (folder / "own.yaml").write_text(f"{text}\n{scan}\n")
    if rules is not None:
        (folder / "rules.toml").write_text(rules)
    return folder / "own.yaml"


def test_rules_named_by_a_profile_are_looked_for(tmp_path) -> None:
    """What only the file's rule finds blocks the release."""
    profile = load_profile(named(tmp_path, BADGE))
    entries = [entry for entry in make_draft(profile=profile).register_ if entry.code == "leak-suspected"]
    assert {entry.blocks for entry in entries} == {True}
    assert "the message holds a badge in text" in {entry.sentence for entry in entries}
    silent = load_profile(named(tmp_path, None, ""))
    assert [e for e in make_draft(profile=silent).register_ if e.code == "leak-suspected"] == []


def test_digest_covers_the_rules(tmp_path) -> None:
    """Another rule in the file is another profile to approve."""
    digests = {digest(load_profile(named(tmp_path, rules))) for rules in (BADGE, BADGE.replace("4", "5"), "")}
    assert len(digests) == 3


@pytest.mark.parametrize(
    ("rules", "said"),
    [
        (None, "cannot be read (No such file or directory)"),
        ("[[rules]", "the rule file is not TOML"),
        ("[[rules]]\nid = 'x'\nregex = '(('\n", "a rule's expression cannot be used"),
    ],
)
def test_rules_that_cannot_be_used_are_refused_with_their_place(tmp_path, rules, said) -> None:
    """A scan that could not run must not begin: the profile is not read, and the line that names the file is told."""
    path = named(tmp_path, rules)
    with pytest.raises(DocumentError) as caught:
        load_profile(path)
    line = path.read_text().splitlines().index("scan: {gitleaks_file: rules.toml}") + 1
    assert (caught.value.line, said in str(caught.value), "scan.gitleaks_file" in str(caught.value)) == (
        line,
        True,
        True,
    )


def test_public_rules_can_be_named_whole(tmp_path) -> None:
    """The public gitleaks configuration loads beside ours, every rule, and finds nothing in what is clean."""
    rules = DATA / "gitleaks" / "gitleaks.toml"
    if not rules.exists():
        pytest.skip("the reference data is not beside the project")
    profile = load_profile(named(tmp_path, rules.read_text()))
    found = {e.sentence for e in make_draft(profile=profile).register_ if e.code == "leak-suspected"}
    assert (len(profile.scan.gitleaks) > 50_000, found) == (True, set())
