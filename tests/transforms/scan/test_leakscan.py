"""P2, P10: the second net finds what was withheld in most disguises, and is not tripped by what we say ourselves."""

from itertools import count
from typing import Any

import pytest

from profiles.loader import SHIPPED, load_profile
from tests.builders import (
    STAGES,
    canaries,
    make_audience,
    make_dependency,
    make_draft,
    make_entitlement,
    make_evidence,
    make_health,
    make_incident,
    make_note,
    make_profile,
    make_timeline,
    make_workaround,
    profile_data,
    sample_drafts,
    sample_evidence,
    with_records,
)
from tests.growth import IN_PROPORTION, growth
from transforms.model.records import Withheld
from transforms.publish.message import Message, section
from transforms.scan.gitleaks import gitleaks_rules
from transforms.scan.leakscan import commitments, scan
from transforms.scan.lexicon import Lexicon, lexicon, wording

APPROVED = (*wording(make_profile()), make_audience().label)
LONGEST = 80
BARE: dict = {"withheld": (), "unmapped": ()}
UNSEEN = {"g0.expr"}
"""Inside a query of a link, between brackets; the link as a whole is found."""


def said(text: str) -> Message:
    """A message with this text."""
    return Message(text=f"Acme Corp: see {text} now", blocks=(section("bridge-x", "All is well"),))


def shown(text: str) -> Message:
    """A message with this text in a block."""
    return Message(text="All is well", blocks=(section("bridge-x", f"see {text} now"),))


NOTHING = lexicon(make_evidence(records=(), sources=()), APPROVED)
"""The terms of a world in which nothing is withheld."""


def kinds(message: Message, terms: Any = NOTHING) -> set[str]:
    """What kinds of thing the scan suspects in a message."""
    return {suspicion.kind for suspicion in scan(message, terms or Lexicon.of(()))}


def full_width(text: str) -> str:
    """The same letters as wide as Chinese ones."""
    return "".join(chr(ord(c) + 0xFEE0) if "!" <= c <= "~" else c for c in text)


DISGUISES = {
    "as it is": str,
    "in capitals": str.upper,
    "in mixed case": str.title,
    "full width": full_width,
    "zero width between": "\u200b".join,
    "soft hyphens between": "\u00ad".join,
    "joiners between": "\u034f".join,
    "fillers between": "\u3164".join,
    "spaces for hyphens": lambda text: text.replace("-", " "),
    "underscores for hyphens": lambda text: text.replace("-", "_"),
    "dashes for hyphens": lambda text: text.replace("-", "–"),
    "in quotation marks": lambda text: f"“{text}”.",
    "across two lines": lambda text: text.replace(" ", "\n"),
}
LONG_DISGUISES = {
    "spaced": " ".join,
    "without punctuation": lambda text: "".join(c for c in text if c.isalnum()),
    "dotted": ".".join,
}
"""For terms of at least eight letters and digits; shorter ones are words of other words too often."""


def withheld(stage: str) -> list[str]:
    """Every withheld string of a stage of the sample that is short enough to be a term."""
    return sorted(term for term in canaries(sample_evidence(stage)) - UNSEEN if len(term) <= LONGEST)


@pytest.mark.parametrize("stage", STAGES)
@pytest.mark.parametrize("disguise", DISGUISES)
def test_scan_finds_every_withheld_term_of_the_sample(stage, disguise) -> None:
    """Keys, components, regions, names and texts, planted in text or block, in other letters or cases."""
    terms = lexicon(sample_evidence(stage), APPROVED)
    planted = [DISGUISES[disguise](term) for term in withheld(stage)]
    assert len(planted) > 100
    assert [text for text in planted if "withheld term" not in kinds(said(text), terms)] == []
    assert [text for text in planted if "withheld term" not in kinds(shown(text), terms)] == []


@pytest.mark.parametrize("disguise", LONG_DISGUISES)
def test_scan_finds_long_terms_without_their_spaces_and_punctuation(disguise) -> None:
    """What is long enough to be unmistakable is found however it is spaced."""
    terms = lexicon(sample_evidence(), APPROVED)
    planted = [LONG_DISGUISES[disguise](term) for term in withheld(STAGES[1]) if sum(map(str.isalnum, term)) >= 8]
    assert len(planted) > 80
    assert [text for text in planted if "withheld term" not in kinds(said(text), terms)] == []


@pytest.mark.parametrize("stage", range(4))
def test_scan_is_silent_on_the_sample(stage) -> None:
    """No code, label, time, number, digest or reader's time of ours looks like a leak or a commitment."""
    message = sample_drafts()[stage].message
    terms = lexicon(sample_evidence(STAGES[stage]), APPROVED)
    assert (scan(message, terms), commitments(message, make_profile())) == ((), ())


def test_scan_is_silent_on_every_shipped_word() -> None:
    """Labels, phrases and notices promise nothing, explain nothing and name nothing."""
    texts = [str(text) for text in wording(load_profile(SHIPPED / "customer-bridge.yaml"))]
    terms = lexicon(sample_evidence(), APPROVED)
    assert len(texts) >= 80
    assert [text for text in texts if scan(said(text), terms) or commitments(said(text), make_profile())] == []


def test_scan_is_not_tripped_by_a_name_that_approved_words_say() -> None:
    """A component called like a label is no secret; the same word beside another is."""
    evidence = with_records(
        make_evidence(), make_health(component="payments-api"), make_health(component="payments-hsm")
    )
    terms = lexicon(evidence, APPROVED)
    assert kinds(said("Payments API"), terms) == set()
    assert kinds(said("payments-hsm"), terms) == {"withheld term"}


@pytest.mark.parametrize(
    ("record", "name"),
    [
        (make_timeline(key="tick-4711-zeta"), "tick-4711-zeta"),
        (make_health(component="hsm-9000-blue", region=None), "hsm-9000-blue"),
        (make_health(region="mars-north-7"), "mars-north-7"),
        (make_workaround(component="hsm-9000-blue"), "hsm-9000-blue"),
        (make_dependency(component="hsm-9000-blue"), "hsm-9000-blue"),
        (make_dependency(depends_on=("vault-17-red",)), "vault-17-red"),
        (make_note(subjects=("vault-17-red",)), "vault-17-red"),
        (make_entitlement(account="ACC-4711-X"), "ACC-4711-X"),
        (make_entitlement(products=("SKU-77-GOLD",)), "SKU-77-GOLD"),
        (make_entitlement(regions=("MARS-WEST",)), "MARS-WEST"),
        (make_incident(withheld=(Withheld(name="host", text="fails on db-31.zone4, twice"),)), "db-31.zone4"),
        (make_incident(withheld=(Withheld(name="who", text="Ottoline Vance"),)), "Vance"),
        (make_incident(unmapped=("paged by Umbracorp desk",)), "paged by Umbracorp desk"),
        (make_incident(unmapped=("db-31.zone4",)), "db-31.zone4"),
    ],
)
def test_scan_knows_every_name_that_a_record_gives(record, name) -> None:
    """Keys, components, regions, edges, subjects, accounts, products; names and identifiers inside texts."""
    evidence = with_records(make_evidence(), record)
    assert kinds(said(name), lexicon(make_evidence(records=()), APPROVED)) == set()
    assert kinds(said(name), lexicon(evidence, APPROVED)) == {"withheld term"}


def test_scan_knows_components_that_are_silent() -> None:
    """What a source covers and does not list is a name as well."""
    assert kinds(said("hook-relay"), lexicon(make_evidence(records=()), APPROVED)) == {"withheld term"}


@pytest.mark.parametrize("word", ["pay-edges", "xpay-edge", "prepay-edge", "edges pay", "pay the edge", "tomassen"])
def test_scan_does_not_find_a_short_term_inside_another_word(word) -> None:
    """Boundaries are letters and digits, so that people do not switch the scan off."""
    terms = lexicon(
        make_evidence(records=(make_health(component="pay-edge", **BARE), make_timeline(key="tomas", **BARE))), APPROVED
    )
    assert kinds(said(word), terms) == set()
    assert kinds(said("(pay-edge)"), terms) == kinds(said("Tomas, too"), terms) == {"withheld term"}


@pytest.mark.parametrize("text", ["IN C-1 042", "inc1042", "2401-CNI", "VAP-1042", "1 0.20.3 0.41", "102 03041"])
def test_scan_finds_short_identifiers_cut_in_other_places_turned_or_of_digits_alone(text) -> None:
    """They begin and end with words: an identifier of seven letters and digits is not looked for inside of words."""
    terms = Lexicon.of(["INC-1042", "10.20.30.41", "Costa"])
    assert "withheld term" in kinds(said(text), terms)
    assert kinds(said("the cost a customer pays since 11:04 in c 10"), terms) == set()


@pytest.mark.parametrize("before", ["see ", "be ", "\n\nsee ", "at 10 20 ", "added: "])
@pytest.mark.parametrize("encoded", ["617574682d6777", "61 75 74 68 2d 67 77", "0x617574682D6777", "YXV0aC1ndw=="])
def test_scan_decodes_a_name_whatever_stands_before_it(before, encoded) -> None:
    """Words of hexadecimal letters and numbers beside it do not shift what is decoded."""
    assert "withheld term" in kinds(said(before + encoded), Lexicon.of(["auth-gw"]))


@pytest.mark.parametrize("number", ["10.20.30.41", "+49 170 4711815", "4711 0815 99"])
def test_lexicon_knows_addresses_and_long_numbers_but_no_times_and_dates(number) -> None:
    """Numbers without a letter give something away too; seconds since 1970, dates and counts are in every message."""
    texts = (number, "1773324060.000100", "20260312", "2026-03-12", "14:20", "4711")
    record = make_incident(key="k", withheld=tuple(Withheld(name="text", text=text) for text in texts), unmapped=())
    terms = lexicon(make_evidence(records=(record,)), APPROVED).terms
    assert [text for text in texts if text in terms] == [number]


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("CVE-2026-41877", "vulnerability id"),
        ("GHSA-jfh8-c2jp-5v3q", "vulnerability id"),
        ("tomas@meridian.example", "e-mail address"),
        ("10.0.12.7", "address"),
        ("https://sgn-07.internal/admin", "web address"),
        ("ssh://host", "web address"),
        ("AKIAIOSFODNN7EXAMPLE", "access key"),
        ("xoxb-123456789012-abcdef", "access key"),
        ("ghp_" + "a" * 36, "access key"),
        ("-----BEGIN RSA PRIVATE KEY-----", "private key"),
        ("eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.x", "token"),
    ],
)
def test_scan_finds_secrets_and_personal_data_of_known_forms(text, kind) -> None:
    """Even where no record of this incident holds them, in any letter case and with zero width inside."""
    assert {kind} <= kinds(said(text)) & kinds(said(text.upper())) & kinds(said("\u200b".join(text)))
    assert {kind} <= kinds(shown(full_width(text)))


@pytest.mark.parametrize(
    "text", ["version 3.2.1", "14:20 UTC", "SC3 since 13:58", "ref 7f3a 91c2", "1.2.3.4.5", "2026-03-12"]
)
def test_scan_leaves_times_codes_and_versions(text) -> None:
    """What a package says every day is no secret."""
    assert kinds(said(text), lexicon(sample_evidence(), APPROVED)) == set()


@pytest.mark.parametrize(
    "text",
    [
        "a credit",
        "we will refund you",
        "compensation follows",
        "guaranteed",
        "we promise",
        "our commitment",
        "within the SLA",
        "penalties apply",
        "liability",
        "the root cause is known",
        "caused by a vendor",
        "because of a change",
        "due to an attack",
        "our fault",
        "responsible for",
        "a security breach",
        "exploited",
        "a vulnerability",
        "compromised",
        "hacked",
        "will be restored",
        "WILL BE FIXED",
        "r\u200boot cause",
        "ｒｅｆｕｎｄ",
    ],
)
def test_commitment_language_is_found(text) -> None:
    """Credits, promises, remedies, causes and blame block, in any case and disguise."""
    assert [suspicion.kind for suspicion in commitments(said(text), make_profile())][:1] == ["commitment"]
    assert [suspicion.where for suspicion in commitments(shown(text), make_profile())][:1] == ["bridge-x"]


@pytest.mark.parametrize("text", ["accredited", "next update due 15:02 UTC", "commission", "slate", "unguarded words"])
def test_commitment_language_is_not_seen_in_other_words(text) -> None:
    """The cadence promises an update and nothing else."""
    assert commitments(said(text), make_profile()) == ()


@pytest.mark.parametrize(
    ("words", "code"),
    [("We guarantee a refund.", "commitment-language"), ("Call 10.0.12.7 then.", "leak-suspected")],
)
def test_suspicion_in_approved_wording_blocks_the_draft_and_changes_no_byte(words, code) -> None:
    """A profile that promises or tells an address is caught by the register; the scan alters nothing."""
    phrases = profile_data()["phrases"]
    phrases["footer"]["contact"] = words
    draft = make_draft(profile=make_profile(phrases=phrases))
    assert words in draft.message.text
    found = {entry.id: entry.blocks for entry in draft.register_ if entry.code == code}
    assert found == {f"{code}:text": True, f"{code}:bridge-footer": True}
    assert all("10.0.12.7" not in entry.sentence for entry in draft.register_)


def hostile_lexicon(size: int, zone: int) -> Lexicon:
    """The lexicon of so many records, two names of a zone in each, beside four texts six or seven times as long."""
    texts = ("x" * (size * 20 // 3), "-" * (size * 20 // 3), "a.b-" * (size * 5 // 3), "word " * (size * 4 // 3))
    records = [
        make_timeline(key=f"k-{n}", unmapped=(f"host-{n}.zone{zone}", f"user{n}@x{zone}.example")) for n in range(size)
    ]
    records += [
        make_timeline(key=f"t-{n}", withheld=(Withheld(name="text", text=text),)) for n, text in enumerate(texts)
    ]
    return lexicon(with_records(make_evidence(), *records), APPROVED)


def test_scan_of_many_terms_and_long_texts_costs_in_proportion() -> None:
    """A hostile export cannot keep a release waiting: long words, long texts, many records."""
    zones = count()

    def scanned(size: int) -> None:
        # Other names each time: of those it has seen the scan remembers what to look for.
        zone = next(zones)
        assert kinds(said(f"host-{size - 1}.zone{zone}"), hostile_lexicon(size, zone)) == {"withheld term"}

    assert growth(scanned, 375) < IN_PROPORTION


def test_scan_of_a_row_of_digits_costs_in_proportion() -> None:
    """However many groups could be a payment card."""
    assert growth(lambda size: said("7 " * size + "x"), 1_000) < IN_PROPORTION


@pytest.mark.parametrize(
    ("text", "other", "kind"),
    [
        ("4242 4242 4242 4242", "4242 4242 4242 4243", "payment card"),
        ("4111111111111111", "4111111111111112", "payment card"),
        ("DE89 3704 0044 0532 0130 00", "DE88 3704 0044 0532 0130 00", "bank account"),
        ("GB82WEST12345698765432", "GB83WEST12345698765432", "bank account"),
    ],
)
def test_scan_counts_the_check_digits_of_cards_and_accounts(text, other, kind) -> None:
    """A number whose checksum is right is one; the same with another digit is any number."""
    assert (kind in kinds(said(text)), kind in kinds(said(other))) == (True, False)


def test_rule_without_keywords_is_tried_on_every_text() -> None:
    """A rule file may name no keyword; then nothing but the form decides."""
    rules = gitleaks_rules("[[rules]]\nid = 'badge'\nregex = 'badge-[0-9]{4}'\n")
    assert list(rules.find("my badge-1234 is lost")) == [("badge", "badge-1234")]
    assert list(rules.find("my badge is lost")) == []
