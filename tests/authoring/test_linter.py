"""The linter as a whole: the shipped profile is clean, every fault has its place, and nothing is refused in silence."""

import re
from collections.abc import Iterator
from typing import Any

import orjson
import pytest
from pydantic import ValidationError

from authoring.linter import has_errors, lint
from profiles.codes import HoldReason
from profiles.documents import DocumentError
from profiles.loader import SHIPPED
from profiles.models import Profile
from profiles.upgrade import completed
from tests.authoring.linting import TEXT, codes, linted, said
from tests.builders import profile_data


@pytest.mark.parametrize("path", sorted(SHIPPED.glob("*.yaml")), ids=lambda path: path.stem)
def test_shipped_profile_lints_clean(path) -> None:
    """What is installed gives nothing to fix, not even advice."""
    assert lint(path.read_bytes(), path.name) == ()


def test_finding_is_one_line_that_an_editor_can_follow() -> None:
    """File, line, column, severity, code, what is wrong, how to fix it."""
    (found,) = linted(("label: dependency detail", "label: vendor detail"))
    line = TEXT[: TEXT.index("label: dependency detail")].count("\n") + 1
    assert str(found) == (
        f'p.yaml:{line}:22: error telling-category: the label of category dependency says "vendor", which tells what '
        "is held; use a label that fits many things, such as: technical detail"
    )


TAKEN = "not written here, so that what ships with bridgepkg counts: "


def test_linter_reports_every_fault_of_the_shape_with_its_place() -> None:
    """All of them at once, not only the first; a union's tag does not lose the place."""
    assert said(
        ("rank: 0, label: operational", "rank: zero, label: operational"),
        ("    category: technical\n    role: security\n", "    category: technical\n"),
        ("  closed:", "  closd:"),
    ) == [
        (
            "error",
            "no-profile",
            "status.codes.0.rank: Input should be a valid integer",
            "rank: zero, label: operational, next_update: 120}",
        ),
        ("error", "no-profile", "disclosure.1.hold.role: is missing", "id: DR-2"),
        ("advice", "taken-from-shipped", f"{TAKEN}notices.closed", "notices:"),
        (
            "error",
            "no-profile",
            "notices.closd: is not a known key",
            'closd: "{account}: this bridge was closed at {time} UTC. No more updates follow here."',
        ),
    ]


def test_linter_places_each_fault_of_the_whole() -> None:
    """What the types refuse in one sentence, the linter lists with a place for each."""
    found = said(
        ("{source: alertmanager, key: us-east-1}", "{source: alertmanager, key: eu-west-1}"),
        ("{source: alertmanager, key: rpt-query}", "{source: alertmanager, key: pay-edge}"),
        ("  - {role: account_leadership}\nack", "  - {role: security}\nack"),
        ("value: quiet, code: SC0", "value: quiet, code: SC7"),
        ("    category: dependency\n", "    category: gossip\n"),
        ("required: [status]}", "required: [status, since]}"),
    )
    assert found == [
        (
            "error",
            "duplicate-value",
            "duplicate region member ('alertmanager', 'eu-west-1')",
            "{source: alertmanager, key: eu-west-1}",
        ),
        (
            "error",
            "duplicate-value",
            "duplicate component ('alertmanager', 'pay-edge')",
            "{source: alertmanager, key: pay-edge}",
        ),
        ("error", "not-listed", "code SC7 of row ST-1 is not in its table", "code: SC7}"),
        ("error", "not-listed", "category gossip of DR-1 is not listed", "category: gossip"),
        ("error", "duplicate-value", "duplicate gate security", "{role: security}"),
    ]


def test_linter_reports_a_kind_of_field_that_a_tier_requires_and_does_not_permit() -> None:
    """With the place of the list that requires it."""
    (found,) = said(
        ("permitted: [status, timeline], required: [status]", "permitted: [status], required: [status, timeline]")
    )
    assert found == (
        "error",
        "required-not-permitted",
        "tier TR-2 requires timeline but does not permit it",
        "required: [status, timeline]}",
    )


def test_linter_names_every_public_wording_that_is_the_shipped_one() -> None:
    """Each hold reason without a row, at the list where it belongs: whoever approves the profile approves it too."""
    start, end = TEXT.index("  - {reason: reviewer-hold"), TEXT.index("  - {reason: source-conflict")
    missing = (
        HoldReason.REVIEWER_HOLD,
        HoldReason.LINEAGE_INCOMPLETE,
        HoldReason.SOURCE_UNAVAILABLE,
        HoldReason.SOURCE_STALE,
        HoldReason.UNMAPPED_VALUE,
        HoldReason.SOURCE_INCOMPLETE,
        HoldReason.UNPLACED_EVIDENCE,
    )
    names = ", ".join(f"reasons.{reason}" for reason in sorted(missing))
    assert said((TEXT[start:end], "")) == [("advice", "taken-from-shipped", f"{TAKEN}{names}", "reasons:")]


def test_linter_warns_when_what_is_taken_is_in_another_language() -> None:
    """A message in two languages is hardly meant."""
    contact = re.search(r"\n    contact: .*", TEXT)[0]
    assert [f[0] for f in said((contact, ""))] == ["advice"]
    assert [f[0] for f in said((contact, ""), ("languages: [en]", "languages: [de]"))] == ["warning"]


def test_linter_reads_an_older_profile_and_says_so() -> None:
    """It is linted as it counts, with the place of what it has."""
    found = said(("schema: bridgepkg.profile/2", "schema: bridgepkg.profile/1"), ("settle: 5", "settle: 500"))
    assert [f[1] for f in found] == ["older-schema", "settle-beyond-freshness", "taken-from-shipped"]


def test_linter_reads_the_rules_that_a_profile_names(tmp_path) -> None:
    """As the loader does: a key that one of them knows, the other knows."""
    path = tmp_path / "own.yaml"
    path.write_text(f"{TEXT}\nscan: {{gitleaks_file: rules.toml}}\n")
    with pytest.raises(DocumentError, match=r"own\.yaml:\d+:8: scan\.gitleaks_file: .*cannot be read"):
        lint(path.read_bytes(), str(path))
    (tmp_path / "rules.toml").write_text("[[rules]]\nid = \"badge\"\nregex = '''badge-[0-9]{4}'''\n")
    assert lint(path.read_bytes(), "own.yaml", file=path) == ()


def test_linter_names_a_register_rule_that_is_the_shipped_one_and_reports_a_missing_unaffected_code() -> None:
    """Closed lists are covered whole, and one code means that nothing is wrong."""
    found = codes(("  - {code: leak-suspected, blocks: true, role: security}\n", ""), ("SC0, rank: 0", "SC0, rank: 9"))
    assert found == ["no-unaffected", "taken-from-shipped"]


def test_linter_reports_a_language_without_commitment_words() -> None:
    """A profile that speaks a language in which nobody said what promises."""
    (found,) = said(("languages: [en]", "languages: [en, fr]"))
    sentence = "the wording is in fr, but commitments has no words of fr"
    assert found == ("error", "no-commitments", sentence, "fr]")


def test_linter_refuses_what_is_no_yaml() -> None:
    """Then there is nothing to lint, and the reader says where it fails."""
    with pytest.raises(DocumentError, match=r"p\.yaml:1:4: uses an anchor or alias"):
        lint(b"a: &x 1\n", "p.yaml")


def test_only_errors_count_as_a_no() -> None:
    """Warnings and advice are told, and the answer is still yes."""
    warned = linted(
        (
            "  - {id: technical, label: technical detail}\n",
            "  - {id: technical, label: technical detail}\n  - {id: other, label: other detail}\n",
        )
    )
    assert ([f.severity for f in warned], has_errors(warned)) == (["warning"], False)
    told = linted(
        ("label: technical detail", "label: security detail"),
        ("label: disrupted, next_update: 30", "label: disrupted, next_update: 45"),
    )
    assert (sorted(f.severity for f in told), has_errors(told)) == (["advice", "error"], True)


def test_fault_of_the_shape_says_where_to_look_when_it_has_no_fix_of_its_own() -> None:
    """Every finding ends with something to do."""
    fixes = [
        f.fix
        for f in linted(("rank: 0, label: operational", "rank: zero, label: operational"), ("gates:\n", "gats:\n"))
    ]
    assert sorted(fixes) == [
        "add it",
        "remove it or correct its spelling",
        "see docs/profile.schema.json for what fits",
    ]


def _paths(value: Any, path: tuple = ()) -> Iterator[tuple]:
    entries = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, item in entries:
        yield (*path, key)
        yield from _paths(item, (*path, key))


def _without(path: tuple) -> bytes:
    """The shipped profile with one entry gone, as JSON, which is YAML."""
    data = profile_data()
    part = data
    for step in path[:-1]:
        part = part[step]
    del part[path[-1]]
    return orjson.dumps(data)


def test_linter_finds_an_error_in_whatever_the_types_refuse() -> None:
    """With any entry gone: what would not load never lints clean, and nothing makes the linter fail."""
    passed = set()
    for path in [*_paths(profile_data())][::4]:
        content = _without(path)
        try:
            Profile.model_validate_json(orjson.dumps(completed(orjson.loads(content), profile_data()).data))
        except ValidationError:
            if not has_errors(lint(content, "p.yaml")):
                passed.add(path)
        else:
            lint(content, "p.yaml")
    assert passed == set()
