"""The views in which the leak scan compares: the same text with everything taken away that can hide a word in it.

Raw text finds a tenth of the evasions that people know; these views find nearly all. Each view is a pure function of a
string, and a withheld term is looked for in the same view of itself. Sources: Unicode NFKC, Default_Ignorable, TR39.
"""

import base64
import binascii
import html
import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache
from typing import Final
from urllib.parse import unquote

from transforms.skeleton import LOOKALIKES

HIDDEN_LETTERS: Final = frozenset("\u115f\u1160\u3164\uffa0\u2800\u034f\u17b4\u17b5")
"""Default-ignorable characters whose category is that of a letter, symbol or mark."""

LONGEST_DECODED: Final = 4000
DEEPEST: Final = 2


_LETTER_SETS: Final = (0x1F1E6, 0x1F150, 0x1F170)
"""Regional indicators, circled and squared letters on dark ground: A to Z that no compatibility form folds."""

_LOOKALIKES: Final = {ord(shape): like for like, shapes in LOOKALIKES.items() for shape in shapes} | {
    first + offset: chr(ord("a") + offset) for first in _LETTER_SETS for offset in range(26)
}
_BEYOND_ASCII: Final = re.compile(r"[^\x00-\x7f]+")
_HIDING: Final = re.compile(r"(?<=\w)[-\u2010\u00ad]\n\s*(?=\w)|[^\x00-\x7f]+|[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]+")
"""Hyphens at the end of a wrapped line, everything beyond ASCII, and control characters, in one pass."""

_KEPT: Final = frozenset("\u2010\u00ad") | {chr(code) for code in _LOOKALIKES}
_TO_SPACES: Final = {code: " " for code in range(128) if not chr(code).isalnum()}
_ROT13: Final = str.maketrans("abcdefghijklmnopqrstuvwxyz", "nopqrstuvwxyzabcdefghijklm")
_NOT_ALNUM: Final = re.compile(r"[\W_]+")
_MARKED: Final = re.compile(r"[<*_~`]|:regional")
_MARKS: Final = re.compile(r"[*_~`]+")
_TAG: Final = re.compile(r"<(?:[^<>|]*\|)?([^<>|]*)>")
_EMOJI_LETTER: Final = re.compile(r":regional_?indicator_?([a-z]): ?")

# Characters that pass for one another in TR39 or in the habit of writing letters as digits; both sides are mapped.
_CLASSES: Final = str.maketrans(
    {
        "i": "l",
        "1": "l",
        "|": "l",
        "!": "l",
        "0": "o",
        "3": "e",
        "4": "a",
        "@": "a",
        "5": "s",
        "$": "s",
        "7": "t",
        "8": "b",
        "6": "b",
        "9": "g",
        "2": "z",
    }
)


def folded(text: str) -> str:
    """Compatibility forms and letter case folded, invisible characters and marks gone, lines unwrapped."""
    return _HIDING.sub(_fold_run, text).casefold()


@lru_cache(maxsize=4096)
def _fold(run: str) -> str:
    decomposed = "".join(filter(_is_visible, unicodedata.normalize("NFKD", run)))
    shape = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", decomposed).casefold())
    # Punctuation beyond ASCII only separates words here; as a space it keeps the rest of the text fast to translate.
    return shape if shape.isascii() else "".join(c if c.isalnum() or c in _KEPT else " " for c in shape)


def _fold_run(found: re.Match[str]) -> str:
    run = found[0]
    return "" if run.isascii() else _fold(run)


def _is_visible(character: str) -> bool:
    hidden = unicodedata.category(character) in {"Cf", "Mn", "Me", "Cc", "Co", "Cs"}
    return not hidden and character not in HIDDEN_LETTERS


def lookalike(text: str) -> str:
    """A folded text with every character that looks like an ASCII letter written as that letter."""
    return text if text.isascii() else _BEYOND_ASCII.sub(_lookalike_run, text)


@lru_cache(maxsize=4096)
def _look(run: str) -> str:
    return _fold(run.translate(_LOOKALIKES))


def _lookalike_run(found: re.Match[str]) -> str:
    return _look(found[0])


def classed(text: str) -> str:
    """A look-alike view in which characters that pass for one another are one: `rn` for m, 1, I and l, 0 and O."""
    return text.translate(_CLASSES).replace("rn", "m").replace("vv", "w")


def words(text: str) -> str:
    """Words with one space between them, so that `pay edge` and `pay_edge` do not hide `pay-edge`."""
    if text.isascii():
        return " ".join(text.translate(_TO_SPACES).split())
    return _NOT_ALNUM.sub(" ", text).strip()


def unmarked(text: str) -> str:
    """The text as Slack shows it: emphasis marks gone, links and dates as their labels, emoji letters as letters."""
    if not _MARKED.search(text):
        return text
    return _EMOJI_LETTER.sub(r"\1", _MARKS.sub("", _TAG.sub(r"\1", text)))


def squeezed(text: str) -> str:
    """Letters and digits only, so that spaces, punctuation and markup inside a name do not hide it."""
    return _NOT_ALNUM.sub("", text)


_TAGS: Final = re.compile("[\U000e0020-\U000e007e]+")
_BASE64: Final = re.compile(r"(?<![A-Za-z0-9+/_-])(?![A-Z]?[a-z-]+(?![A-Za-z0-9+/=_]))[A-Za-z0-9+/_-]{8,}={0,2}")
"""Runs that could be base64: eight or more of its letters that are not simply a word."""

_HEX: Final = re.compile(r"(?<![0-9A-Za-z])(?:[0-9A-Fa-f]{2}[\s:]?){4,}")
_ESCAPES: Final = re.compile(r"\\(?:u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8}|x[0-9a-fA-F]{2}|[0-7]{3})")
_PUNYCODE: Final = re.compile(r"xn--[a-z0-9-]+", re.IGNORECASE)


def decodings(text: str, depth: int = DEEPEST) -> Iterator[str]:
    """What a reader could decode: entities, percent and backslash escapes, base64, hex, punycode, in two layers."""
    for decoded in _once(text):
        if decoded and decoded != text:
            yield decoded[:LONGEST_DECODED]
            if depth > 1:
                yield from decodings(decoded[:LONGEST_DECODED], depth - 1)


def _once(text: str) -> Iterator[str]:
    if tags := _TAGS.findall(text):
        yield "".join(chr(ord(c) - 0xE0000) for run in tags for c in run)
    if "&" in text:
        yield html.unescape(text)
    if "%" in text:
        yield unquote(text, errors="ignore")
    if "\\" in text:
        yield _ESCAPES.sub(_unescaped, text)
    yield from (_hex(found[0]) for found in _HEX.finditer(text))
    yield from (_base64(found[0]) for found in _BASE64.finditer(text))
    if "xn--" in text.lower():
        yield from (_punycode(found[0]) for found in _PUNYCODE.finditer(text))


def _unescaped(found: re.Match[str]) -> str:
    code = found[0][1:]
    value = int(code[1:], 16) if code[0] in "uUx" else int(code, 8)
    return chr(value) if value <= 0x10FFFF and not 0xD800 <= value <= 0xDFFF else ""  # noqa: PLR2004 -- Unicode's range


def _hex(text: str) -> str:
    try:
        return bytes.fromhex(re.sub(r"[\s:]", "", text)).decode("utf-8")
    except ValueError:
        return ""


def _base64(text: str) -> str:
    padded = text.rstrip("=").replace("-", "+").replace("_", "/")
    try:
        return base64.b64decode(padded + "=" * (-len(padded) % 4), validate=True).decode("utf-8")
    except (binascii.Error, ValueError):
        return ""


def _punycode(text: str) -> str:
    try:
        return text.encode("ascii").decode("idna")
    except ValueError:
        return ""


def turned(text: str) -> tuple[str, str]:
    """The folded text backwards and in ROT13; of letters and digits only, because that is how they are compared."""
    return text[::-1], text.translate(_ROT13)
