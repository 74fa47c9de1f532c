"""The views in which the leak scan compares: the same text with everything taken away that can hide a word in it.

Raw text finds a tenth of the evasions that people know; these views find nearly all. Each view is a pure function of a
string, and a withheld term is looked for in the same view of itself. Sources: Unicode NFKC, Default_Ignorable, TR39.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from typing import Final

from transforms.scan.confusables import LOOKALIKES

HIDDEN_LETTERS: Final = frozenset("\u115f\u1160\u3164\uffa0\u2800\u034f\u17b4\u17b5")
"""Default-ignorable characters whose category is that of a letter, symbol or mark."""

_DASHES: Final = frozenset("\u30fc\u4e00\u3161\u1173")
"""Letters of other scripts that are one stroke; TR39 counts them as one another."""

AROUND: Final = 250
"""Characters around what reads differently: the longest term, were it spelled out."""


_LETTER_SETS: Final = (0x1F1E6, 0x1F150, 0x1F170)
"""Regional indicators, circled and squared letters on dark ground: A to Z that no compatibility form folds."""

_LATIN_ROWS: Final = (0x0000, 0x0100, 0x0200, 0x1D00, 0x1E00, 0x2100, 0x2C00, 0xA700, 0xAB00, 0x1DF00)
"""Rows of 256 characters in which Unicode has Latin letters."""

_OLD_LETTERS: Final = {"SCHWA": "e", "ENG": "n", "ETH": "d", "ESH": "s", "EZH": "z", "ALPHA": "a", "KRA": "k"}
_NAMED: Final = re.compile(
    rf"LATIN [A-Z ]*LETTER (?:[A-Z-]{{2,}} )*?([A-Z]|{'|'.join(_OLD_LETTERS)})(?: BAR| REVERSED)?(?: WITH .*)?"
)
"""Latin letters by what Unicode calls them: small capitals, turned and open ones, those with a stroke or a hook."""


def _named_letters() -> Iterator[tuple[int, str]]:
    for row in _LATIN_ROWS:
        for code in range(row, row + 256):
            if found := _NAMED.fullmatch(unicodedata.name(chr(code), "")):
                yield code, _OLD_LETTERS.get(found[1], found[1].lower())


def _drawn() -> dict[int, str]:
    """Each character with the ASCII letters that it looks like; as drawn, before what its small letter looks like."""
    shapes = [(shape, like) for like, group in LOOKALIKES.items() for shape in group]
    small = {ord(other): like for shape, like in shapes if len(other := shape.casefold()) == 1 and not other.isascii()}
    sets = {first + offset: chr(ord("a") + offset) for first in _LETTER_SETS for offset in range(26)}
    return dict(_named_letters()) | small | {ord(shape): like for shape, like in shapes} | sets


_LOOKALIKES: Final = _drawn()
_BEYOND_ASCII: Final = re.compile(r"[^\x00-\x7f]+")
_CONTROL: Final = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_NO_CONTROL: Final = {code: None for code in range(128) if _CONTROL.match(chr(code))}
_WRAPPED: Final = re.compile(r"(?<=\w)[-\u2010\u00ad]\r?\n\s*(?=\w)")
"""A hyphen at the end of a wrapped line, and the beginning of the next."""

_KEPT: Final = frozenset("\u2010\u00ad") | {chr(code) for code in _LOOKALIKES}
_TO_SPACES: Final = {code: " " for code in range(128) if not chr(code).isalnum()}
MOST_WORDS: Final = 16_384
_GAP: Final = ";"
_PLAIN: Final = re.compile(r"[\"'(]*(?![a-fA-F-]+[^\w-]*$)[A-Za-z]?[a-z]+(?:['-][a-z]+)*[.,;:!?)\"']*")
"""A word of letters with the punctuation around it, unless it could be hexadecimal."""

_SIGNS: Final = ("!", "|", "@", "$", "+")
_ROT13: Final = {ord("a") + place: chr(ord("a") + (place + 13) % 26) for place in range(26)}
_NOT_ALNUM: Final = re.compile(r"[\W_]+")
_MARKED: Final = ("<", "*", "~", "`")
_UNDERSCORED: Final = re.compile(r"_(?:(?!\w)|(?<!\w_))")
"""What makes Slack show something else than what is written; an underscore does so only at the edge of a word."""

_MARKS: Final = re.compile(r"[*_~`]+")
_TAG: Final = re.compile(r"<(?:[^<>|]*\|)?([^<>|]*)>")
_DIGITS: Final = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
_EMOJI: Final = re.compile(
    rf":(?:(?:regional_?indicator_?|alphabet-(?:white|yellow)-)([a-z])|({'|'.join(_DIGITS)})):(?: (?=:))?"
)
_RESIDUE: Final = re.compile(r"\x1b?\[\d{1,3}(?:;\d{1,3})*[m\]]")
"""Colours of a terminal and marks of footnotes, as they are left in copied text."""

# Characters that pass for one another in TR39 or in the habit of writing letters as digits; both sides are mapped.
_CLASSES: Final = {
    ord(other): like
    for other, like in {
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
        "+": "t",
    }.items()
}


def _table(changes: Mapping[int, str]) -> bytes:
    """A change of single ASCII characters as a table of bytes: ten times as fast as one of characters."""
    return bytes(ord(changes.get(code, chr(code))) if code < 128 else code for code in range(256))  # noqa: PLR2004


_CLASSES_TABLE: Final = _table(_CLASSES)
_ROT13_TABLE: Final = _table(_ROT13)
_SPACES_TABLE: Final = _table(_TO_SPACES)


def _translated(text: str, table: bytes) -> str:
    """An ASCII text with each character changed by a table."""
    return text.encode("ascii").translate(table).decode("ascii")


def strip_hidden(text: str) -> str:
    """Compatibility forms folded, invisible characters and marks gone, lines unwrapped; letters in their own case."""
    if "-\n" in text or "\r" in text or not text.isascii():
        text = _WRAPPED.sub("", text)
    if text.isascii():
        return text.translate(_NO_CONTROL)
    return _BEYOND_ASCII.sub(_strip_hidden_run, _CONTROL.sub("", text))


@lru_cache(maxsize=4096)
def _strip_hidden(run: str) -> str:
    decomposed = "".join(filter(_is_visible, unicodedata.normalize("NFKD", run)))
    return unicodedata.normalize("NFKC", "".join(map(_plain, decomposed)))


def _plain(character: str) -> str:
    """A digit of any script as ours, and a letter that is drawn as a dash as a dash."""
    if character in _DASHES:
        return "-"
    return str(unicodedata.decimal(character)) if character.isdecimal() else character


def _strip_hidden_run(found: re.Match[str]) -> str:
    return _strip_hidden(found[0])


def folded(text: str) -> str:
    """The bare text in small letters."""
    plain = strip_hidden(text)
    return plain.lower() if plain.isascii() else _BEYOND_ASCII.sub(_fold_run, plain).casefold()


@lru_cache(maxsize=4096)
def _fold(run: str) -> str:
    shape = unicodedata.normalize("NFKC", run.casefold())
    # Punctuation beyond ASCII only separates words here; as a space it keeps the rest of the text fast to translate.
    return shape if shape.isascii() else "".join(c if c.isalnum() or c in _KEPT else " " for c in shape)


def _fold_run(found: re.Match[str]) -> str:
    return _fold(found[0])


def _is_visible(character: str) -> bool:
    hidden = unicodedata.category(character) in {"Cf", "Mn", "Me", "Cc", "Co", "Cs"}
    return not hidden and character not in HIDDEN_LETTERS


def lookalike(text: str) -> str:
    """A folded text with every character that looks like an ASCII letter written as that letter."""
    return text if text.isascii() else _BEYOND_ASCII.sub(_lookalike_run, text)


@lru_cache(maxsize=4096)
def _look(run: str) -> str:
    return folded(run.translate(_LOOKALIKES))


def _lookalike_run(found: re.Match[str]) -> str:
    return _look(found[0])


def fold_classes(text: str) -> str:
    """A look-alike view in which characters that pass for one another are one: `rn` for m, 1, I and l, 0 and O."""
    same = _translated(text, _CLASSES_TABLE) if text.isascii() else text.translate(_CLASSES)
    return same.replace("rn", "m").replace("vv", "w")


def suspicious_tokens(text: str) -> str:
    """The text with a gap for every plain word: all that can be encoded or a secret, in a fifth of the length."""
    gaps = " ".join(map(_ODD.__getitem__, text.replace("\n", " \n ").split(" ")))
    for count in (16, 4, 2, 2):
        gaps = gaps.replace(f"{_GAP} " * count, f"{_GAP} ")
    return gaps


class _Odd(dict[str, str]):
    """What becomes of each word, remembered; quicker to ask than `lru_cache`, and begun again when it is full."""

    def __missing__(self, token: str) -> str:
        if len(self) >= MOST_WORDS:
            self.clear()
        self[token] = found = _GAP if _PLAIN.fullmatch(token) else token
        return found


_ODD: Final = _Odd()


def signs_as_letters(text: str) -> str:
    """The classed text around signs that may stand for letters (`c3r7!f!ca73`); empty where there are none."""
    return words(fold_classes(around(text, _SIGNS)))


def around(text: str, signs: Iterable[str]) -> str:
    """The part of a text in which any of these signs stand, with what stands around it, whole words; or nothing."""
    first = min((place for sign in signs if (place := text.find(sign)) >= 0), default=-1)
    last = max(text.rfind(sign) for sign in signs)
    return _whole_words(text, first - AROUND, last + AROUND) if first >= 0 else ""


def _whole_words(text: str, start: int, end: int) -> str:
    """The text between two places, extended to spaces, so that no word and no number is cut in two."""
    return text[text.rfind(" ", 0, max(0, start)) + 1 : (text.find(" ", end) + 1 or len(text))]


def words(text: str) -> str:
    """Words with one space between them, so that `pay edge` and `pay_edge` do not hide `pay-edge`."""
    if text.isascii():
        return " ".join(_translated(text, _SPACES_TABLE).split())
    return _NOT_ALNUM.sub(" ", text).strip()


def unmarked(text: str) -> str:
    """The text as it is meant: emoji as letters, emphasis gone, links and dates as labels, no residue of copying."""
    if ":" in text:
        text = _EMOJI.sub(_emoji, text)
    if "[" in text:
        text = _RESIDUE.sub("", text)
    if any(mark in text for mark in _MARKED) or ("_" in text and _UNDERSCORED.search(text)):
        text = _MARKS.sub("", _TAG.sub(r"\1", text))
    return text


def _emoji(found: re.Match[str]) -> str:
    return found[1] or str(_DIGITS.index(found[2]))


def compact(text: str) -> str:
    """Letters and digits only, so that spaces, punctuation and markup inside a name do not hide it."""
    return _NOT_ALNUM.sub("", text)


def changed(text: str, reading: str) -> str:
    """The part of another reading that is not as in the text, with what stands around it; empty where nothing is."""
    if reading == text:
        return ""
    same = _common(text, reading)
    rest = min(len(text), len(reading)) - same
    tail = _common(text[::-1][:rest], reading[::-1][:rest])
    return _whole_words(reading, same - AROUND, len(reading) - tail + AROUND)


def _common(one: str, other: str) -> int:
    """How many characters both begin with."""
    least, most = 0, min(len(one), len(other))
    while least < most:
        middle = (least + most + 1) // 2
        least, most = (middle, most) if one.startswith(other[:middle]) else (least, middle - 1)
    return least


_ONE_LETTER: Final = _table({code: "x" for code in range(128) if chr(code).isalnum()})


def has_single_letters(text: str) -> bool:
    """Whether a text of words holds three of one letter after one another; quick, and true where it is not sure."""
    return not text.isascii() or b" x x x " in f" {text} ".encode("ascii").translate(_ONE_LETTER)


def reversed_and_rot13(text: str) -> tuple[str, str]:
    """The folded text backwards and in ROT13."""
    return text[::-1], _translated(text, _ROT13_TABLE) if text.isascii() else text.translate(_ROT13)
