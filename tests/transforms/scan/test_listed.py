"""P10: words that a profile lists are found as its author is told, in each of its languages."""

import pytest
from pydantic import TypeAdapter, ValidationError

from profiles.wording import ListedWord
from tests.builders import make_draft, make_profile, profile_data
from tests.growth import IN_PROPORTION, growth
from tests.transforms.scan.test_leakscan import said
from transforms.scan.leakscan import commitments
from transforms.scan.listed import listed

EN, DE = profile_data()["commitments"]
NEXT = "Wir garantieren eine Gutschrift."


@pytest.mark.parametrize(
    ("entry", "text", "found"),
    [
        ("credit", "A credit, or CREDIT.", ["credit", "credit"]),
        ("credit", "credits accredited credit2", []),
        ("refund*", "refund, refunded; prerefund", ["refund", "refunded"]),
        ("*gutschrift*", "Servicegutschriften und Gutschrift", ["servicegutschriften", "gutschrift"]),
        ("*nachlass", "Preisnachlass, Nachlasses", ["preisnachlass"]),
        ("root cause", "the root-cause, the Root\n  Cause, rootcause, root of cause", ["root cause", "root cause"]),
        ("third part*", "third-party, third of a party", ["third party"]),
        ("corrective action*", "a corrective\u200b actions' list", ["corrective actions"]),
        (
            "rückvergüt*",
            "Rückvergütung RUECKVERGUETUNG ruckvergutet",
            ["ruckvergutung", "rueckverguetung", "ruckvergutet"],
        ),
        ("maßnahme", "Massnahme, MASSNAHME, Maßnahme", ["massnahme"] * 3),
        ("compensat*", "ｃｏｍpensation, соmреnsаtе, *comp*ensate", ["compensation", "compensate", "compensate"]),
        ("l'indemnité", "L’INDEMNITE", ["l indemnite"]),
    ],
)
def test_entry_is_found_as_its_author_is_told(entry, text, found) -> None:
    """Whole words in any case, accent, sign between or disguise; a star stands for any letters; phrases in order."""
    assert list(listed(text, (entry,))) == found


def test_entries_are_told_whole_and_in_the_order_of_the_text() -> None:
    """A phrase before a word of it, whichever is listed first."""
    assert list(listed("will be fixed, a credit will follow", ("will", "credit", "will be fixed"))) == [
        "will be fixed",
        "credit",
        "will",
    ]


def test_search_for_entries_costs_in_proportion_to_the_text() -> None:
    """However many entries begin with a star, and however long a word is."""
    entries = make_profile().committing
    assert growth(lambda size: list(listed("gutschrif" * size, entries)), 700) < IN_PROPORTION
    assert growth(lambda size: list(listed("will be " * size, entries)), 700) < IN_PROPORTION


@pytest.mark.parametrize(
    ("entry", "said"),
    [
        ("**", "'**' is no word and no phrase; write words apart by one space"),
        ("re*fund", "'re*fund' is no word and no phrase; write words apart by one space"),
        ("root  cause", "'root  cause' is no word and no phrase; write words apart by one space"),
        (" refund", "' refund' is no word and no phrase; write words apart by one space"),
        ("refund, credit", "'refund, credit' is no word and no phrase; write words apart by one space"),
        ("a b*", "'b*' would be found nearly everywhere; write at least 3 letters beside *"),
        ("*ab*", "'*ab*' would be found nearly everywhere; write at least 3 letters beside *"),
    ],
)
def test_entry_that_is_none_is_refused(entry, said) -> None:
    """An entry that would never or always be found is a mistake, and says so."""
    with pytest.raises(ValidationError, match="Value error") as caught:
        TypeAdapter(ListedWord).validate_python(entry)
    assert caught.value.errors()[0]["msg"].removeprefix("Value error, ") == said


ENGLISH = """
credits|refunds|compensation|reimburse|guarantee|promise|commits|committed|commitments|commit|SLA|SLAs|penalty|liable|
root cause|caused by|because of|due to|our fault|fault of|responsible for|breached|attacker|exploits|vulnerable|hacker|
compromise|will be fixed|will be restored|will be resolved|remediation|service level agreement|RCA
"""
GERMAN = """
Wir garantieren eine Gutschrift|Sie erhalten eine Servicegutschrift|Wir erstatten den Betrag|eine Rückerstattung|
eine Rueckerstattung|Entschädigung|Schadensersatz|unsere Zusage|Wir sichern eine Garantie zu|wir versprechen|Haftung|
Vertragsstrafen|wird behoben|werden wiederhergestellt|Abhilfe|die Fehlerursache|verursacht durch|wegen eines Fehlers|
aufgrund einer Änderung|unser Fehler|verantwortlich für|ein Angriff|eine Sicherheitslücke|KOMPENSATION|Kulanz|die SLAs
"""


@pytest.mark.parametrize("text", [text.strip() for text in f"{ENGLISH}|{GERMAN}".split("|")])
def test_shipped_profile_finds_promises_and_causes_in_english_and_german(text) -> None:
    """Credits, guarantees, remedies, contracts, causes and blame, in each of its languages, beside other words."""
    assert [found.kind for found in commitments(said(f"x {text} y"), make_profile())][:1] == ["commitment"]


@pytest.mark.parametrize(
    ("language", "text", "blocked"),
    [(EN, NEXT, False), (DE, NEXT, True), (EN, "We guarantee it.", True), (DE, "We promise it.", False)],
)
def test_words_of_a_language_are_those_of_its_profile(language, text, blocked) -> None:
    """The words are data: a draft is blocked by what its own profile lists, and by no constant of the code."""
    phrases = profile_data()["phrases"]
    phrases["footer"]["contact"] = text
    profile = make_profile(languages=[language["language"]], commitments=[language], phrases=phrases)
    found = {entry.id: entry.blocks for entry in make_draft(profile=profile).register_ if "commitment" in entry.code}
    assert found == ({"commitment-language:text": True, "commitment-language:bridge-footer": True} if blocked else {})


@pytest.mark.parametrize(
    ("languages", "commitments", "said"),
    [
        (["en"], [DE], "the wording is in en, but commitments has no words of en"),
        (["en", "fr"], [EN, DE], "the wording is in fr, but commitments has no words of fr"),
        (["en"], [EN, DE, EN], "duplicate language of commitments en; remove one"),
        (["en"], [], "Tuple should have at least 1 item"),
        ([], [EN], "Tuple should have at least 1 item"),
        (["en"], [EN | {"words": []}], "Tuple should have at least 1 item"),
        (["en"], [EN | {"telling": []}], "Tuple should have at least 1 item"),
        (["English"], [EN], "String should match pattern"),
    ],
)
def test_profile_without_the_words_of_its_languages_is_none(languages, commitments, said) -> None:
    """It cannot be read, so nobody can approve it and nothing is built with it."""
    with pytest.raises(ValidationError) as caught:
        make_profile(languages=languages, commitments=commitments)
    assert caught.value.errors()[0]["msg"].removeprefix("Value error, ").startswith(said)
