"""Other spellings of a term: as consoles, directories, advisories and colleagues write it."""

import pytest

from tests.transforms.scan.test_leakscan import kinds, said
from transforms.scan.lexicon import Lexicon
from transforms.scan.spellings import said_aloud, spellings, written


@pytest.mark.parametrize(
    ("term", "others"),
    [
        (
            "10.20.30.41",
            [
                "169090601",
                "0x0a141e29",
                "0a141e29",
                "::ffff:a14:1e29",
                "0x0a.0x14.0x1e.0x29",
                "0xa.0x14.0x1e.0x29",
                "012.024.036.051",
                "012.024.036.051",
                "41 30 20 10",
                "01.02.03.14",
            ],
        ),
        ("10.20.30.256", ["256 30 20 10", "01.02.03.652"]),
        ("cve-2026-41877", ["2026-41877", "41877 2026 cve", "evc-6202-77814"]),
        ("ghsa-jfh8-c2jp-5v3q", ["jfh8-c2jp-5v3q", "5v3q c2jp jfh8 ghsa", "ashg-8hfj-pj2c-q3v5"]),
        ("crafted session tickets", ["crafted session ticket", "tickets session crafted", "detfarc noisses stekcit"]),
        ("edge-signer", ["signer edge", "egde-rengis"]),
        ("gateways", []),
    ],
)
def test_term_is_spelled_otherwise(term, others) -> None:
    """All of them, in their order, after what is said aloud."""
    assert [*spellings(term)] == [*said_aloud(term), *others]


@pytest.mark.parametrize(
    ("term", "said"),
    [
        ("10.20.30.41", ["10 dot 20 dot 30 dot 41"]),
        ("edge-signer", ["edge dash signer", "edge hyphen signer"]),
        ("a_b/c", ["a underscore b slash c"]),
        (
            "t.l-x@m.example",
            [
                "t dot l dash x at m dot example",
                "t dot l hyphen x at m dot example",
                "t dot l-x at m dot example",
                "t.l-x at m.example",
            ],
        ),
        ("gateways", []),
    ],
)
def test_signs_are_said_aloud(term, said) -> None:
    """Each of them, or those that make a text a link."""
    assert [*said_aloud(term)] == said


@pytest.mark.parametrize(
    ("name", "forms"),
    [
        ("Jürgen Größmann", ["Jürgen Größmann", "Juergen Groeßmann"]),
        ("Åse Ørsted", ["Åse Ørsted", "Aase Oersted"]),
        ("Tomas", ["Tomas"]),
    ],
)
def test_name_is_written_without_its_letters(name, forms) -> None:
    """Where the keyboard has none of them."""
    assert [*written(name)] == forms


@pytest.mark.parametrize(
    ("term", "text"),
    [
        ("10.20.30.41", "host 169090601"),
        ("10.20.30.41", "10[dot]20[dot]30[dot]41"),
        ("10.20.30.41", "10.20.30.41 as ::FFFF:0A14:1E29 or ::ffff:a14:1e29"),
        ("CVE-2026-41877", "number 2026-41877"),
        ("crafted session tickets", "one crafted session ticket"),
        ("edge-signer", "edge dash signer"),
        ("edge-signer", "edge hyphen signer"),
        ("edge-signer", "samot egde-rengis"),
        ("Tomas Lindqvist", "CN=Lindqvist\\, Tomas,OU=SRE"),
        ("10.20.30.41", "41.30.20.10.in-addr.arpa"),
        ("Jürgen Größmann", "Juergen Groessmann"),
        ("Jürgen Größmann", "=?utf-8?Q?J=C3=BCrgen=20Gr=C3=B6=C3=9Fmann?="),
        ("tomas.lindqvist@meridian.example", "tomaslindqvistmeridianexample"),
        ("tomas.lindqvist@meridian.example", "tomas dot lindqvist at meridian dot example"),
        ("edge$signer", "edge - signer"),
        ("PAY-3317", "PAY-٣٣١٧"),
    ],
)
def test_scan_finds_other_spellings(term, text) -> None:
    """And tells the term itself."""
    assert "withheld term" in kinds(said(text), Lexicon.of([term]))
