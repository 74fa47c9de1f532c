"""Text that a customer may read, as a type (promise P2).

A `SafeText` comes into being in three ways only: it is read from approved data (a profile, a bridge's configuration, a
stored package), it is made from a time or a number, or it is put together from other `SafeText` by a `Phrase` or a
closed list of separators. A plain `str` is a type error before and a `TypeError` at run time, so that no value of a
source can reach the customer by accident.
"""

import re
import unicodedata
from collections.abc import Iterable
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, Final

from pydantic import GetCoreSchemaHandler
from pydantic_core import CoreSchema, core_schema

MAX_LENGTH: Final = 4000
"""Longer than any message that leaves; a table cell is limited by the profile's own types."""

_MRKDWN: Final = frozenset("<>*_~`@")
"""Slack gives these a meaning and (but for < and >) offers no way to escape them."""

INVISIBLE: Final = re.compile(
    "[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u3164\ufe00-\ufe0f\uffa0\U000e0100-\U000e01ef]"
)
"""Letters and marks that Unicode lets a renderer ignore: they look like nothing and can hide a word."""

_CATEGORIES: Final = frozenset(
    {"Lu", "Ll", "Lt", "Lm", "Lo", "Mn", "Mc", "Nd", "Pd", "Ps", "Pe", "Pi", "Pf", "Po", "Sc", "Sm"}
)


class Separator(StrEnum):
    """The only characters that stand between pieces of safe text without being wording."""

    NONE = ""
    SPACE = " "
    COMMA = ", "
    DOT = " · "
    SENTENCE = ". "
    LIST = "; "
    BULLET = "\n• "
    LINE = "\n"
    PARAGRAPH = "\n\n"
    INDENT = "\n   "


def unsafe_characters(text: str) -> list[str]:
    """The characters of `text` that may not stand in outward wording, each once, in order of appearance."""
    return [c for c in dict.fromkeys(text) if c != " " and _is_unsafe(c)]


def _is_unsafe(character: str) -> bool:
    known = unicodedata.category(character) in _CATEGORIES and not INVISIBLE.match(character)
    return character in _MRKDWN or not known


def _checked(text: str) -> str:
    if not text.strip():
        raise ValueError("wording is empty; write what the customer should read")
    if len(text) > MAX_LENGTH:
        raise ValueError(f"wording is longer than {MAX_LENGTH} characters; shorten it")
    if text != unicodedata.normalize("NFC", text):
        raise ValueError("wording is not in Unicode normal form NFC; type it again without combining characters")
    if bad := unsafe_characters(text):
        named = ", ".join(f"U+{ord(c):04X}" for c in bad)
        raise ValueError(f"wording holds characters that may not leave ({named}); use plain letters and punctuation")
    return text


class SafeText:
    """Words that were approved for a customer. Compare, hash and sort it like a string; read it with `str()`."""

    __slots__ = ("_text",)
    _text: str

    def __init__(self) -> None:
        raise TypeError("customer text is read from approved data or composed from it, never made from a str")

    @classmethod
    def _trusted(cls, text: str) -> "SafeText":
        made = object.__new__(cls)
        object.__setattr__(made, "_text", text)
        return made

    @classmethod
    def of_number(cls, number: int) -> "SafeText":
        """A whole number in plain digits, such as a version or a hold's number."""
        if isinstance(number, bool) or not isinstance(number, int):
            raise TypeError("a number in customer text is an int")
        return cls._trusted(str(number))

    @classmethod
    def of_clock(cls, moment: datetime, today: datetime) -> "SafeText":
        """Hours and minutes in UTC, `14:32`, with the date where it is not today's: `2026-11-22 23:58`."""
        same_day = moment.astimezone(UTC).date() == today.astimezone(UTC).date()
        return cls._trusted(moment.astimezone(UTC).strftime("%H:%M" if same_day else "%Y-%m-%d %H:%M"))

    @classmethod
    def of_code(cls, code: str) -> "SafeText":
        """A customer-safe code such as `SC3`, of the profile's closed pattern."""
        if not re.fullmatch(r"[A-Z]{1,3}[0-9]{1,2}", code):
            raise TypeError("a code in customer text is one to three capitals and one or two digits")
        return cls._trusted(code)

    @classmethod
    def of_clearance(cls, wording: str) -> "SafeText":
        """Words that a role cleared one by one; `ValueError` for a character that may not leave.

        Called by `transforms.clearance` alone, which binds the words to one fact, one role and a time.
        """
        return cls._trusted(_checked(wording))

    @classmethod
    def of_digest(cls, digest: str) -> "SafeText":
        """The short form of a digest, `7f3a 91c2`: a reference that tells nothing."""
        if not re.fullmatch(r"[0-9a-f]{64}", digest):
            raise TypeError("a digest in customer text is 64 hexadecimal digits")
        return cls._trusted(f"{digest[:4]} {digest[4:8]}")

    @classmethod
    def join(cls, separator: Separator, parts: "Iterable[SafeText]") -> "SafeText":
        """The parts with one of the closed separators between them; a part that is not `SafeText` is a `TypeError`."""
        return cls._trusted(Separator(separator).value.join(_text_of(part) for part in parts))

    def __str__(self) -> str:
        return self._text

    def __repr__(self) -> str:
        return f"SafeText({self._text!r})"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, SafeText) and self._text == other._text

    def __lt__(self, other: "SafeText") -> bool:
        return self._text < _text_of(other)

    def __hash__(self) -> int:
        return hash((SafeText, self._text))

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError("SafeText does not change")

    @classmethod
    def __get_pydantic_core_schema__(cls, _source: Any, _handler: GetCoreSchemaHandler) -> CoreSchema:
        """Approved data arrives as JSON and is checked; in Python only an existing `SafeText` is accepted."""
        from_json = core_schema.no_info_after_validator_function(
            lambda text: cls._trusted(_checked(text)), core_schema.str_schema(strict=True)
        )
        return core_schema.json_or_python_schema(
            json_schema=from_json,
            python_schema=core_schema.is_instance_schema(cls),
            serialization=core_schema.plain_serializer_function_ser_schema(str, return_schema=core_schema.str_schema()),
        )


def _text_of(part: SafeText) -> str:
    if not isinstance(part, SafeText):
        raise TypeError(f"customer text is composed of SafeText, not of {type(part).__name__}")
    return str(part)


_PLACE: Final = re.compile(r"\{([a-z]+)\}")


class Phrase:
    """Approved wording with named places, such as `Replaced by version {version}`."""

    __slots__ = ("places", "template")
    template: SafeText
    places: frozenset[str]

    def __init__(self, template: SafeText) -> None:
        text = _text_of(template)
        if set("{}") & set(_PLACE.sub("", text)):
            raise ValueError("a brace in a phrase belongs to no place; write places as {name}")
        object.__setattr__(self, "template", template)
        object.__setattr__(self, "places", frozenset(_PLACE.findall(text)))

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError("Phrase does not change")

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Phrase) and self.template == other.template

    def __hash__(self) -> int:
        return hash((Phrase, self.template))

    def __str__(self) -> str:
        return str(self.template)

    @property
    def pieces(self) -> tuple[tuple[str, str], ...]:
        """The phrase as pairs of literal wording and the place that follows it; the last place is empty."""
        parts = _PLACE.split(str(self.template))
        return tuple(zip(parts[::2], (*parts[1::2], ""), strict=True))

    def fill(self, **values: SafeText) -> SafeText:
        """The phrase with each place filled; a place without a value is a `KeyError`, further values are ignored."""
        filled = {name: _text_of(values[name]) for name in self.places}
        return SafeText._trusted(_PLACE.sub(lambda found: filled[found[1]], str(self.template)))  # noqa: SLF001

    @classmethod
    def __get_pydantic_core_schema__(cls, _source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        """Read like `SafeText`, then split into places."""
        return core_schema.json_or_python_schema(
            json_schema=core_schema.no_info_after_validator_function(cls, handler.generate_schema(SafeText)),
            python_schema=core_schema.is_instance_schema(cls),
            serialization=core_schema.plain_serializer_function_ser_schema(str, return_schema=core_schema.str_schema()),
        )
