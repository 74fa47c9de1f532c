"""Other ways in which people write a term: as a console, a directory, an advisory or a colleague spells it.

An index is made of all of them, so that the text itself is read once. Sources: RFC 6943 (forms of IPv4 addresses),
RFC 4291 (addresses mapped into IPv6), the CVE record format.
"""

import re
from collections.abc import Iterator
from ipaddress import IPv4Address
from typing import Final

_ADDRESS: Final = re.compile(r"(?:\d{1,3}\.){3}\d{1,3}")
_NUMBERED: Final = re.compile(r"(?:cve|ghsa)-(.+)")
_PART: Final = re.compile(r"[^\W_]+")
_UMLAUTS: Final = str.maketrans(
    {"ä": "ae", "ö": "oe", "ü": "ue", "Ä": "Ae", "Ö": "Oe", "Ü": "Ue", "å": "aa", "Å": "Aa", "ø": "oe", "Ø": "Oe"}
)
_SPOKEN: Final = tuple(
    str.maketrans(signs)
    for signs in (
        {"-": " dash ", ".": " dot ", "_": " underscore ", "@": " at ", "/": " slash "},
        {"-": " hyphen ", ".": " dot ", "_": " underscore ", "@": " at ", "/": " slash "},
        {".": " dot ", "@": " at "},
        {"@": " at "},
    )
)
"""Signs as people say them, all of them or only those that make an address a link."""


def spellings(term: str) -> Iterator[str]:
    """Others of a folded term: said aloud, an address as numbers, an advisory's number, one of many, parts swapped."""
    yield from said_aloud(term)
    if _ADDRESS.fullmatch(term):
        yield from _addresses(term)
    if found := _NUMBERED.fullmatch(term):
        yield found[1]
    if " " in term and term.endswith("s"):
        yield term[:-1]
    if len(parts := _PART.findall(term)) > 1:
        yield " ".join(reversed(parts))
        yield _PART.sub(lambda part: part[0][::-1], term)


def said_aloud(term: str) -> Iterator[str]:
    """A term with the names of its signs, as people type what they would say: `edge dash signer`."""
    yield from (said for said in dict.fromkeys(map(term.translate, _SPOKEN)) if said != term)


def _addresses(term: str) -> Iterator[str]:
    """One number in decimal and hexadecimal, its octets in hexadecimal and octal, and what IPv6 makes of it."""
    octets = [int(part) for part in term.split(".")]
    if max(octets) > 255:  # noqa: PLR2004 -- a byte
        return
    value = int(IPv4Address(bytes(octets)))
    yield from (str(value), f"0x{value:08x}", f"{value:08x}", f"::ffff:{value >> 16:x}:{value & 0xFFFF:x}")
    yield from (".".join(form.format(octet) for octet in octets) for form in ("0x{:02x}", "0x{:x}", "0{:o}", "{:03o}"))


def written(text: str) -> Iterator[str]:
    """A name as it stands, and as it is typed where the keyboard has no such letters: `Groessmann` for Größmann."""
    yield text
    if (typed := text.translate(_UMLAUTS)) != text:
        yield typed
