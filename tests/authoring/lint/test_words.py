"""Wording that must not stand in a profile: promises, causes and blame, secrets, and words that tell why."""

import pytest

from authoring.lint.words import worded
from tests.authoring.linting import codes, said
from tests.builders import make_profile
from transforms.scan.lexicon import wording

DEGRADED = "label: degraded,"
SENTENCE = "Most requests fail."
NEVER = ("never:\n", 'never:\n  - {id: NV-9, about: other, words: "most requests"}\n')


@pytest.mark.parametrize(
    ("edit", "term"),
    [
        ((SENTENCE, "Credits are due while disrupted."), "credits"),
        ((SENTENCE, "We promise to restore it."), "promise"),
        ((SENTENCE, "It was caused by a change."), "caused by"),
        ((SENTENCE, "It is due to a supplier."), "due to"),
        ((SENTENCE, "It will be fixed soon."), "will be fixed"),
        ((SENTENCE, "Wir garantieren Hilfe."), "garantieren"),
        (("Support duty reads replies here.", "Ask about your SLA here."), "sla"),
        (('heading: "Details"', 'heading: "Root cause"'), "root cause"),
        (("it follows here", "it follows here"), None),
        ((SENTENCE, "Nothing works."), None),
    ],
)
def test_wording_that_promises_explains_or_blames_is_reported(edit, term) -> None:
    """Anywhere in a profile, in a sentence as in a heading (P10)."""
    edit = edit if term or edit[0] == SENTENCE else (SENTENCE, SENTENCE)
    sentence = f'"{term}" promises, explains or blames; a package stops before that'
    assert [f[:3] for f in said(edit)] == ([("error", "commitment-wording", sentence)] if term else [])


def test_wording_is_reported_where_it_stands() -> None:
    """Line and column of the text itself."""
    (found,) = said(('    heading: "Details"', '    heading: "Guaranteed times"'))
    assert found[3] == 'heading: "Guaranteed times"'


def test_words_that_the_profile_itself_forbids_are_reported() -> None:
    """The profile's own list counts for its own words."""
    found = said(NEVER)
    assert [f[:3] for f in found] == [("error", "never-wording", '"most requests" must never be said, by NV-9')]
    assert SENTENCE in found[0][3]
    assert codes((NEVER[0], NEVER[1].replace("most requests", "many thanks"))) == []


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("See CVE-2026-41877 for more.", "vulnerability id"),
        ("Ask ops@meridian.example now.", None),
        ("Use sk_live_4242424242424242abcd now.", "access key"),
        ("Call +49 30 901820 123 now.", "phone number"),
    ],
)
def test_wording_that_trips_the_scan_is_reported(text, kind) -> None:
    """The scan would stop each release; a character that may not leave does not even get there."""
    if kind is None:
        assert codes((SENTENCE, text)) == ["no-profile"]
        return
    (found,) = said((SENTENCE, text.replace("_", "-")) if kind != "access key" else (SENTENCE, "AKIAIOSFODNN7EXAMPLE"))
    assert found[:3] == (
        "error",
        "secret-wording",
        f"this wording looks like it holds a {kind}; a release with it would be stopped",
    )


@pytest.mark.parametrize(
    ("reason", "wording", "word"),
    [
        ("security-review-pending", "waiting for security", "security"),
        ("exploitability-restricted", "exploitation not excluded", "exploitation"),
        ("legal-review-pending", "with counsel", "counsel"),
        ("reviewer-hold", "with our vendor", "vendor"),
        ("source-conflict", "sources disagree", "sources"),
        ("reviewer-hold", "bei der Rechtsabteilung", "rechtsabteilung"),
        ("source-stale", "being looked at", None),
    ],
)
def test_public_wording_that_tells_the_reason_is_reported(reason, wording, word) -> None:
    """Even the word security needs clearance (P3)."""
    before = "under review" if f"{reason}, wording: under" in TEXT_OF_REASONS else "being confirmed"
    found = said((f"{reason}, wording: {before}", f"{reason}, wording: {wording}"))
    told = [f[:3] for f in found if f[1] == "telling-reason"]
    sentence = f'"{word}" tells the customer why something is held ({reason})'
    assert told == ([("error", "telling-reason", sentence)] if word else [])


TEXT_OF_REASONS = "".join(
    f"{name}, wording: under"
    for name in ("exploitability-restricted", "security-review-pending", "legal-review-pending", "reviewer-hold")
)


def test_sensitive_reason_with_words_of_its_own_is_reported() -> None:
    """Neutral words that stand for one reason alone are a code word; for an ordinary reason they tell nothing."""
    edit = ("legal-review-pending, wording: under review", "legal-review-pending, wording: being read")
    assert codes(edit) == ["reason-alone"]
    assert codes(("source-stale, wording: being confirmed", "source-stale, wording: being read")) == []


@pytest.mark.parametrize("label", ["security detail", "third-party detail", "legal matter", "privileged detail"])
def test_category_label_that_tells_too_much_is_reported(label) -> None:
    """The category itself may tell what is held."""
    assert codes(("label: technical detail", f"label: {label}")) == ["telling-category"]
    assert codes(("label: technical detail", "label: further detail")) == []


def test_every_approved_text_is_looked_at() -> None:
    """The walk with places finds exactly what the scan's own list of approved wording holds."""
    profile = make_profile()
    assert [text for _, text in worded(profile, ())] == list(map(str, wording(profile)))
