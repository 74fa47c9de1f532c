"""What a reader could decode in a text, for the leak scan: the escapes of mail, web and programs, and of people.

Sources: RFC 2045 (quoted-printable), RFC 3492 (Punycode), RFC 3986 (percent), RFC 4648 (base64, base32, hexadecimal).
"""

import base64
import binascii
import html
import re
from collections.abc import Iterator
from typing import Final
from urllib.parse import unquote

from transforms.scan.views import changed, suspicious_tokens

LONGEST_DECODED: Final = 4000
DEEPEST: Final = 2

_TAGS: Final = re.compile("[\U000e0020-\U000e007e]+")
_BASE64: Final = re.compile(r"[A-Za-z0-9+/_-]{6,}={0,2}")
_WORDLIKE: Final = re.compile(r"[A-Z]?[a-z-]+")
_HEX: Final = re.compile(r"[0-9A-Fa-f]{2}(?:[\s:,]{0,2}+(?:0[xX])?+[0-9A-Fa-f]{2}){3,}+")
_HEX_SIGNS: Final = re.compile(r"0[xX]|[\s:,]+")
_ESCAPES: Final = re.compile(
    r"\\(?:u\{([0-9a-fA-F]{1,6})\}|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|x([0-9a-fA-F]{2})|([0-7]{3}))"
    r"|[uU]\+([0-9a-fA-F]{4,6})(?:\s(?=[uU]\+))?|\\[nrt]"
)
_OCTAL: Final = 5
_NUMBERS: Final = re.compile(r"\d{2,8}+(?:(?:[\s,]{1,2}+|\)\W{0,3}chr\()\d{2,8}+){3,}+")
"""Characters as decimal or binary numbers, one after the other."""

_OCTET: Final = re.compile(r"[01]{8}")
_QUOTED: Final = re.compile(r"=(?:\r?\n|([0-9A-Fa-f]{2}))")
_BYTES: Final = re.compile("[\u00c2-\u00f4][\u0080-\u00bf\u0152-\u2122]{1,3}")
"""The bytes of one character of UTF-8 read as Windows or Latin-1 characters."""

_PUNYCODE: Final = re.compile(r"xn--([a-z0-9-]+)", re.IGNORECASE)
_APART: Final = " and then "
"""Between decoded pieces, so that no term is made of two."""

_BASE32: Final = re.compile(r"[A-Z2-7]{8,}=*")


def decodings(text: str, rest: str, depth: int = DEEPEST) -> Iterator[str]:
    """What a reader could decode, in two layers: escapes of mail, web and programs, base64, hex, numbers, punycode.

    `rest` is what is odd in the text.
    """
    for decoded in _once(text, rest):
        if new := changed(text, decoded)[:LONGEST_DECODED]:
            yield new
            if depth > 1:
                yield from decodings(new, suspicious_tokens(new), depth - 1)


def _once(text: str, rest: str) -> Iterator[str]:
    if not text.isascii():
        yield "".join(chr(ord(c) - 0xE0000) for run in _TAGS.findall(text) for c in run) or text
        yield _as_utf8(text)
    if "&" in text:
        yield html.unescape(text)
    if "%" in text:
        yield unquote(text, errors="ignore")
    if "=" in text:
        yield _as_utf8(_QUOTED.sub(lambda found: chr(int(found[1], 16)) if found[1] else "", text))
    if "\\" in text or "U+" in text or "u+" in text:
        yield _as_utf8(_ESCAPES.sub(_unescaped, text))
    if "xn--" in text or "XN--" in text:
        yield _PUNYCODE.sub(_punycode, text)
    # All in one, because each further reading costs as much as the text itself.
    yield _APART.join(filter(None, _pieces(rest)))


def _pieces(text: str) -> Iterator[str]:
    yield from (_hex(found[0]) for found in _HEX.finditer(text))
    yield from (_numbers(found[0]) for found in _NUMBERS.finditer(text))
    for run in _BASE64.findall(text):
        if not _WORDLIKE.fullmatch(run):
            yield _base64(run)
        if _BASE32.fullmatch(run):
            yield _base32(run)


def _unescaped(found: re.Match[str]) -> str:
    if not found.lastindex:
        return ""
    value = int(found[found.lastindex], 8 if found.lastindex == _OCTAL else 16)
    return chr(value) if value <= 0x10FFFF and not 0xD800 <= value <= 0xDFFF else ""  # noqa: PLR2004 -- Unicode's range


def _hex(text: str) -> str:
    """Pairs of hexadecimal digits as text; what of them is none, such as the end of a word before, is left out."""
    found = bytes.fromhex(_HEX_SIGNS.sub("", text)).decode("utf-8", "ignore")
    return found if found.isprintable() else "".join(c if c.isprintable() else " " for c in found)


def _numbers(text: str) -> str:
    """Numbers of characters, decimal or in eight binary digits; nothing where one is larger than a byte."""
    numbers = re.findall(r"\d+", text)
    values = [int(n, 2) if _OCTET.fullmatch(n) else int(n) for n in numbers]
    return _as_utf8("".join(map(chr, values))) if max(values) < 256 else ""  # noqa: PLR2004 -- a byte


def _base64(text: str) -> str:
    padded = text.rstrip("=").replace("-", "+").replace("_", "/")
    try:
        return _utf8(binascii.a2b_base64(padded + "=" * (-len(padded) % 4)))
    except binascii.Error:
        return ""


def _base32(text: str) -> str:
    bare = text.rstrip("=")
    try:
        return _utf8(base64.b32decode(bare + "=" * (-len(bare) % 8)))
    except binascii.Error:
        return ""


def _utf8(data: bytes) -> str:
    """The bytes as text, of one byte or two for each character; nothing where they are none."""
    try:
        text = data.decode("utf-16-le" if data[1::2].count(0) > len(data) // 4 else "utf-8")
    except UnicodeDecodeError:
        return ""
    text = text.replace("\0", "")
    return text if text.isprintable() or " ".join(text.split()).isprintable() else ""


def _as_utf8(text: str) -> str:
    """The text with every run of characters that are really bytes of UTF-8 (`Ã«`) as what those bytes mean."""
    return text if text.isascii() else _BYTES.sub(_meant, text)


def _meant(found: re.Match[str]) -> str:
    for codec in ("cp1252", "latin-1"):
        try:
            return found[0].encode(codec).decode("utf-8")
        except UnicodeError:
            continue
    return found[0]


def _punycode(found: re.Match[str]) -> str:
    """One label of a domain name; as it stands where it is none."""
    try:
        return found[1].encode("ascii").decode("punycode")
    except ValueError:
        return found[0]
