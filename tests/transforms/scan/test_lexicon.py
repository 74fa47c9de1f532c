"""The lexicon: exactly the terms that a record withholds, each with where it came from."""

from itertools import pairwise

import pytest

from profiles.safetext import SafeText
from tests.builders import (
    make_dependency,
    make_entitlement,
    make_evidence,
    make_health,
    make_incident,
    make_note,
    make_profile,
    make_timeline,
    make_workaround,
    rebuilt,
)
from transforms.model.records import Record, Withheld
from transforms.scan.lexicon import MOST_PHRASES, Lexicon, lexicon, wording


def origins(*records: Record, spoken: tuple[SafeText, ...] = ()) -> dict[str, str]:
    """The lexicon of the evidence that holds only these records."""
    sources = tuple(rebuilt(source, coverage=None) for source in make_evidence().sources)
    return dict(lexicon(make_evidence(records=records, sources=sources), spoken).origins)


def of_text(text: str, name: str = "host-name", unmapped: tuple[str, ...] = ()) -> set[str]:
    """The terms of one withheld text of an incident with a key that is none."""
    withheld = (Withheld(name=name, text=text),) if text else ()
    return {*origins(make_incident(key="k", withheld=withheld, unmapped=unmapped))}


@pytest.mark.parametrize(
    ("record", "terms"),
    [
        (make_incident(key="INC-77"), {"inc-77": "a native key in an incident record"}),
        (
            make_health(key="H-771", component="Pay-Edge", region="eu-west-1"),
            {
                "h-771": "a native key in a health record",
                "pay-edge": "a native name in a health record",
                "eu-west-1": "a native name in a health record",
            },
        ),
        (
            make_workaround(key="W-771", component="pay-edge"),
            {
                "w-771": "a native key in a workaround record",
                "pay-edge": "a native name in a workaround record",
            },
        ),
        (
            make_dependency(key="D-771", component="pay-edge", depends_on=("vault-17", "gateway")),
            {
                "d-771": "a native key in the dependency map",
                "pay-edge": "a native name in the dependency map",
                "vault-17": "a native name in the dependency map",
                "gateway": "a native name in the dependency map",
            },
        ),
        (
            make_note(key="N-771", subjects=("vault-17",)),
            {"n-771": "a native key in a security note", "vault-17": "a native name in a security note"},
        ),
        (
            make_entitlement(key="E-771", account="ACC-1", products=("SKU-77",), regions=("EMEA-2",)),
            {
                "e-771": "a native key in an entitlement record",
                "acc-1": "a native name in an entitlement record",
                "sku-77": "a native name in an entitlement record",
                "emea-2": "a native name in an entitlement record",
            },
        ),
        (make_timeline(key="T-771"), {"t-771": "a native key in the timeline"}),
    ],
    ids=lambda value: getattr(value, "kind", ""),
)
def test_lexicon_of_a_record_is_its_names(record, terms) -> None:
    """Keys and names of each kind, with the words that a reviewer reads; a generic word counts as a name."""
    assert origins(record.model_copy(update={"withheld": (), "unmapped": ()})) == terms


def test_terms_keep_their_first_origin() -> None:
    """A key that another record's text repeats is told as a key."""
    repeated = (Withheld(name="ticket-key", text="see INC-77"),)
    found = origins(make_incident(key="INC-77"), make_timeline(key="T-771", withheld=repeated))
    assert (found["inc-77"], found["see inc-77"]) == (
        "a native key in an incident record",
        "a ticket key in the timeline",
    )


@pytest.mark.parametrize(
    ("text", "terms"),
    [
        ("db-31.zone4", {"db-31.zone4"}),
        ("(db-31.zone4),", {"db-31.zone4"}),
        ("Ottoline Vance", {"ottoline vance", "ottoline", "vance"}),
        ("Ottoline ann van Vance", {"ottoline ann van vance", "ottoline", "vance"}),
        ("Ottoline ann van der Vance", {"ottoline ann van der vance"}),
        ("Ann", set()),
        ("Anna", {"anna"}),
        ("gateway", set()),
        (
            "it fails on a_b-c and x@y.z",
            {"it fails on a_b-c and x@y.z", "it fails on a_b-c and", "fails on a_b-c and x@y.z", "a_b-c", "x@y.z"},
        ),
        ("a:b/c", {"a:b/c"}),
        (
            "component:default/edge-signer",
            {"component:default/edge-signer", "edge-signer"},
        ),
        ("x.y/pay-edge?q=db-31&z", {"x.y/pay-edge?q=db-31&z", "pay-edge", "db-31"}),
        ("rack#12345", {"rack#12345"}),
        ("dom\\user", {"dom\\user"}),
        ("one two three four five", {"one two three four five"}),
        (
            "one two three four five six",
            {"one two three four five six", "one two three four five", "two three four five six"},
        ),
        ("14:20", set()),
        ("14:20:31z", set()),
        ("2026-03-12t14:20", set()),
        ("2026-11-24T02:20:41.280Z", set()),
        ("at=2026-11-24T02:20:41.280Z", {"at=2026-11-24t02:20:41.280z"}),
        ("2026-11-24T02:20:41+00:00", set()),
        ("2026-03-12t-edge", {"2026-03-12t-edge"}),
        ("2026-03-12", set()),
        ("2026-03-12x", {"2026-03-12x"}),
        ("10.20.30.41", {"10.20.30.41"}),
        ("10.20.30.41:8443", {"10.20.30.41:8443", "10.20.30.41"}),
        ("10.20.30.0/24", {"10.20.30.0/24", "10.20.30.0"}),
        ("tomas.lindqvist@x.example", {"tomas.lindqvist@x.example", "tomas.lindqvist"}),
        ("sgn-07.eu.meridian.internal", {"sgn-07.eu.meridian.internal", "sgn-07"}),
        ("gateway.eu.meridian.internal", {"gateway.eu.meridian.internal"}),
        ("Größmann", {"grossmann", "groessmann"}),
        ("1.2.3", set()),
        ("4711 0815 99", {"4711 0815 99"}),
        ("471108", set()),
        ("4711081", {"4711081"}),
        ("+49 (170) 471-1815", {"+49 (170) 471-1815", "471-1815"}),
        ("1773324060", set()),
        ("1773324060123", set()),
        ("2773324060", {"2773324060"}),
        ("20260312", set()),
        ("-----", set()),
    ],
)
def test_lexicon_of_a_text_is_what_gives_something_away(text, terms) -> None:
    """Identifiers, what stands inside of them, names, phrases, addresses, long numbers; no times, dates and counts."""
    assert of_text(text) == terms


def test_lexicon_takes_unmapped_values_as_phrases_and_identifiers() -> None:
    """One word without a sign is no term; several are."""
    assert of_text("", unmapped=("Umbracorp",)) == set()
    assert of_text("", unmapped=("Umbracorp desk",)) == {"umbracorp desk"}
    assert of_text("", unmapped=("db-31.zone4",)) == {"db-31.zone4"}
    found = origins(make_incident(key="k", withheld=(), unmapped=("db-31.zone4",)))["db-31.zone4"]
    assert found == "an unmapped value in an incident record"


@pytest.mark.parametrize(("length", "kept"), [(3, False), (4, True), (80, True), (81, False)])
def test_terms_have_four_to_eighty_characters(length, kept) -> None:
    """Shorter ones are everywhere, longer ones are found by their phrases."""
    assert (of_text("x-" + "y" * (length - 2)) != set()) == kept


def test_phrases_of_a_long_text_are_spread_over_it_and_bounded() -> None:
    """Forty or a few more, the first at its begin and the last near its end, so that a copied part is found."""
    text = " ".join(f"w{n}" for n in range(500))
    phrases = {term for term in of_text(text) if " " in term}
    assert MOST_PHRASES <= len(phrases) <= MOST_PHRASES + 6
    assert "w0 w1 w2 w3 w4" in phrases
    starts = sorted(int(phrase.split()[0][1:]) for phrase in phrases)
    assert {after - before for before, after in pairwise(starts)} == {12}
    assert starts[-1] >= 500 - 5 - 12


def test_terms_made_of_approved_words_alone_are_none() -> None:
    """What approved wording says anyway is no secret, whatever stands between its words."""
    spoken = (SafeText.of_clearance("Payments API, edge"),)
    record = make_health(key="k", component="payments-api", region="edge_2", withheld=(), unmapped=())
    assert origins(record, spoken=spoken).keys() == {"edge_2"}


def test_lexicon_of_terms_is_folded_without_edges() -> None:
    """As a record's own are."""
    made = Lexicon.of(["(Edge-Signer)", "“Ｖault-17”,"])
    assert (made.terms, len(made), {*made.origins.values()}) == ({"edge-signer", "vault-17"}, 2, {"what is withheld"})


def test_wording_is_every_approved_text_of_a_value() -> None:
    """Inside of tuples, frozen values and phrases; nothing else."""
    profile = make_profile()
    texts = [*wording(profile)]
    assert {type(text) for text in texts} == {SafeText}
    assert len(texts) > 40
    assert [*wording((texts[0], ("x", 1), texts[1]))] == [texts[0], texts[1]]
    assert [*wording("x")] == []
