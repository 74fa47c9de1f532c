"""What a reader could decode: each escape by itself, exactly, and what is none."""

import base64

import pytest

from tests.transforms.scan.test_leakscan import kinds, said
from transforms.scan.decodings import decodings
from transforms.scan.lexicon import Lexicon
from transforms.scan.views import suspicious_tokens

TERM = "edge-signer"
INDEX = Lexicon.of((TERM,))


def decoded(text: str) -> list[str]:
    """Everything that a text could be decoded to, in one layer."""
    return [*decodings(text, suspicious_tokens(text), 1)]


def encoded(data: bytes) -> str:
    """In base64."""
    return base64.b64encode(data).decode()


@pytest.mark.parametrize(
    "text",
    [
        "xn--edge-signer-",
        "&#101;dge-signer",
        "%65dge-signer",
        "=65dge-signer",
        r"\x65dge-signer",
        r"\u0065dge-signer",
        r"\145dge-signer",
        "edge-U+0073igner",
        TERM.encode().hex(),
        " ".join(str(ord(c)) for c in TERM),
        " ".join(f"{ord(c):08b}" for c in TERM),
        base64.b64encode(TERM.encode()).decode(),
        base64.b32encode(TERM.encode()).decode(),
        base64.b64encode(base64.b64encode(TERM.encode())).decode(),
        base64.b64encode(TERM.encode().hex().encode()).decode(),
        "".join(chr(0xE0000 + ord(c)) for c in TERM),
    ],
)
def test_decodings_read_what_a_reader_could_decode(text) -> None:
    """Each way to write a name otherwise, and one inside another."""
    assert any(TERM in reading.lower() for reading in decodings(text, suspicious_tokens(text)))
    assert "withheld term" in kinds(said(text), INDEX)


def test_third_layer_is_not_decoded() -> None:
    """Two layers are what a person undoes; the third ends the work."""
    text = TERM
    for _ in range(3):
        text = base64.b64encode(text.encode()).decode()
    assert not any(TERM in reading for reading in decodings(text, suspicious_tokens(text)))


@pytest.mark.parametrize("value", ["10ffff", "110000", "d800", "dfff", "ffffffff"])
def test_escapes_beyond_unicode_are_left_out(value) -> None:
    """An escape of no character ends nothing."""
    assert not any("\ud800" <= c <= "\udfff" for reading in decoded(rf"\U{value:0>8} edge") for c in reading)


@pytest.mark.parametrize(
    ("text", "readings"),
    [
        ("&lt;b&gt; &#65;&#x42;", ["<b> AB"]),
        ("a%20b%c3%a9%ff", ["a bé"]),
        ("=65d=\r\nge=\n x=3D=zz", ["edge x==zz"]),
        (r"\u{65}\u0065\U00000065\x65\145", ["eeeee", "   e"]),
        (r"\u{10ffff}|\u{110000}|\u{d800}|\u{dfff}|\u{d7ff}|\u{e000}", ["\U0010ffff||||\ud7ff|\ue000"]),
        ("U+0065 u+000065x U+65", ["eex U+65"]),
        ("xn--mnchen-3ya.example", ["münchen.example"]),
        ("XN--MNCHEN-3YA", ["MüNCHEN"]),
        ("xn--a", ["\x80"]),
        ("xn--99999999", []),
        ("\U000e0065\U000e0064\U000e0067\U000e0065 x \U000e007e\U000e0020", ["edge~ "]),
        ("656467652d", ["edge-"]),
        ("0x65 0x64,67:65", ["edge"]),
        ("65 64 67", []),
        ("6564676", []),
        ("c3a9c3a9ff0a", ["éé "]),
        ("101 100 103 101", ["edge"]),
        ("101, 100, 103, 256", []),
        ("101, 100, 103, 195, 171", ["edgë"]),
        ("101, 100, 103, 235", ["edgë"]),
        ("chr(101)+chr(100)+chr(103)+chr(101)", ["edge"]),
        ("127 101 100 103", ["\x7fedg"]),
        ("01100101 01100100 01100111 01100101", [f"{' ' * 16} and then edge"]),
        ("01100101 01100100 01100111 101", [f"{' ' * 13} and then edge"]),
        ("11000000 01100100 01100111 01100101", [f"{' ' * 16} and then Àdge"]),
        ("edgâ€“sÃ«", ["edg–së"]),
        ("Ã‡a Ã\x87a Ã", ["Ça Ça Ã"]),
        (r"\xc3\xab=", ["ë="]),
        ("Zo=C3=AB", ["Zoë"]),
        (r"edge-s\nig\tner", ["edge-signer"]),
        ("U+0065 now U+0064 U+0067", ["e now dg"]),
        ("101 100 103", []),
        (encoded(b"edge"), ["edge"]),
        (encoded(b"edgy!"), ["edgy!"]),
        (encoded(b"a?>b"), ["a?>b"]),
        (base64.urlsafe_b64encode(b"a?~>?b").decode(), ["a?~>?b"]),
        (encoded("é€".encode()), ["é€"]),
        (encoded("edge".encode("utf-16-le")), ["edge"]),
        (encoded("Zoë€".encode("utf-16-le")), ["Zoë€"]),
        (encoded(b"a\nb c\td"), ["a\nb c\td"]),
        (encoded(b"a\x01b c"), []),
        (encoded(b"\xff\xfe\xfd\xfc"), []),
        ("abcde", []),
        ("Abcdefgh-ij", []),
        (base64.b32encode(b"edge-").decode(), ["edge-"]),
        (base64.b32encode(b"edge-s").decode(), ["edge-s"]),
        ("ABCDEFG", []),
        ("all is well, and 3 of 4 regions answer", []),
    ],
)
def test_decoding_reads_exactly(text, readings) -> None:
    """Each escape of mail, web, programs and people; what no encoding is stays unread."""
    assert decoded(text) == readings


def test_pieces_stand_apart() -> None:
    """No term is made of two pieces."""
    assert decoded(f"{encoded(b'edge-')} {encoded(b'signer')} 6564676521") == ["edge! and then edge- and then signer"]
    assert decoded(f"{encoded(b'edge-')} and {'plain ' * 9} {encoded(b'signer')}") == ["edge- and then signer"]


def test_only_what_differs_is_read_again() -> None:
    """Of a long text that holds one escape, its surroundings; of a long reading, the beginning."""
    far = "far " * 200
    (reading,) = decoded(f"{far}&#101;dge {far}")
    assert "edge" in reading
    assert len(reading) < len(far)
    assert len(decoded(encoded(b"edge " * 4000))[0]) == 4000


def test_layers_are_read_in_their_order() -> None:
    """First what stands there, then what stands in that."""
    inner = encoded(b"edge-signer")
    assert [*decodings(encoded(inner.encode()), encoded(inner.encode()))] == [inner, "edge-signer"]
    assert [*decodings("&amp;#101;", "")] == ["&#101;", "e"]
