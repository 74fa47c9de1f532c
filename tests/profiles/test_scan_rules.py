"""A profile may name a file of rules for secrets; its text is part of what people approve."""

import base64
from pathlib import Path

import pytest

from profiles.documents import DocumentError
from profiles.loader import SHIPPED, load_profile
from tests.builders import make_draft
from transforms.model.canonical import digest
from transforms.publish.message import Message
from transforms.scan.gitleaks import gitleaks_rules
from transforms.scan.leakscan import scan
from transforms.scan.lexicon import Lexicon

PUBLIC = Path(__file__).parents[3] / "shared" / "data" / "gitleaks" / "gitleaks.toml"
BADGE = "[[rules]]\nid = \"badge\"\nregex = '''badge-[0-9]{4}'''\nkeywords = [\"badge\"]\n"


def named(folder, rules: str | None, scan: str = "scan: {gitleaks_file: rules.toml}"):
    """The shipped profile with wording that only the rules mind, and its rules beside it."""
    text = (SHIPPED / "customer-bridge.yaml").read_text().replace("reads replies here.", "reads replies, badge-1234.")
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
        ("[[rules]", "rules.toml: the rule file is not TOML"),
        (
            "[[rules]]\nid = 'x'\nregex = '(('\n",
            "rules.toml: rule 'x' has an expression that RE2 cannot read",
        ),
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


@pytest.mark.skipif(not PUBLIC.exists(), reason="the reference data is not beside the project")
def test_public_rules_can_be_named_whole(tmp_path) -> None:
    """The public gitleaks configuration loads beside ours, every rule, and finds nothing in what is clean."""
    text = PUBLIC.read_text()
    assert (len(gitleaks_rules(text)), text.count("\nregex = ")) == (text.count("[[rules]]\n"), 221)
    profile = load_profile(named(tmp_path, PUBLIC.read_text()))
    found = {e.sentence for e in make_draft(profile=profile).register_ if e.code == "leak-suspected"}
    assert (len(profile.scan.gitleaks) > 50_000, found) == (True, set())


CAPITALS = "[[rules]]\nid = \"badge\"\nregex = '''\\bBADGE-[A-Z]{4}[a-z]\\b'''\nkeywords = [\"badge\"]\n"


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("BADGE-QWERx", True),
        ("badge-qwerx", False),
        ("BADGE-QWERX", False),
        ("ＢＡＤＧＥ-ＱＷＥＲｘ", True),
        ("BAD\u200bGE-QW\u00adERx", True),
        ("BADGE-\nQWERx", False),
        ("*BADGE*-QWERx", True),
        (base64.b64encode(b"BADGE-QWERx").decode(), True),
        ("&#66;ADGE-QWERx", True),
    ],
)
def test_rules_of_a_file_tell_capitals_from_small_letters(text, found) -> None:
    """They are looked for as the text stands, in its own case, with everything else taken away that hides."""
    message = Message(text=f"see {text} now", blocks=())
    assert bool(scan(message, Lexicon.of(()), gitleaks_rules(CAPITALS))) == found


MADE_UP = {
    "aws-access-token": "ABIA" + "QWERTYUIOPASD234",
    "sendgrid-api-token": "SG." + "ngeVfQFYQlKU0ufo8x5d1A.TwL2iGABf9DHoTf-09kqeF8tAmbihYzrnopKc-1s5cr",
    "postman-api-token": "PMAK-" + "6bb1d2a3c4e5f60718293a4b-0c1d2e3f405162738495a6b7c8d9eafb01",
    "anthropic-api-key": "sk-ant-api03-" + "aB3-_" * 18 + "xyzAA",
    "alibaba-access-key-id": "LTAI" + "qwertyuiop1234567890",
    "planetscale-api-token": "pscale_tkn_" + "AbCdEf0123456789AbCdEf0123456789AA",
    "sendinblue-api-token": "xkeysib-" + "a1" * 32 + "-abcdefghijklmnop",
}
"""By the public rule that knows its form; no one's."""


@pytest.mark.skipif(not PUBLIC.exists(), reason="the reference data is not beside the project")
@pytest.mark.parametrize("rule", MADE_UP)
def test_public_rules_find_what_they_are_about(rule) -> None:
    """In text, and in text that hides it."""
    rules = gitleaks_rules(PUBLIC.read_text())
    for text in (MADE_UP[rule], base64.b64encode(MADE_UP[rule].encode()).decode()):
        kinds = {found.kind for found in scan(Message(text=f"see {text} now", blocks=()), Lexicon.of(()), rules)}
        assert rule in kinds
