"""Thirty-seven ways in which people and programs write a name so that a search does not find it.

Each family is a function of the text and of a trial's number, which chooses the variant: every letter or some, this
alphabet or that one. They know nothing of the scan that they try. Sources: Unicode TR36 and TR39, RFC 2045, RFC 3492,
Slack's mrkdwn, and the habits of forums.
"""

import base64
import codecs
import quopri
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

Disguise = Callable[[str, int], str]

_ASCII: Final = "abcdefghijklmnopqrstuvwxyz"
_CYRILLIC: Final = str.maketrans("aceijopsxyABCEHIKMOPSTXY", "асеіјорѕхуАВСЕНІКМОРЅТХУ")
_GREEK: Final = str.maketrans("aioptuvABEHIKMNOPTXYZ", "αιορτυνΑΒΕΗΙΚΜΝΟΡΤΧΥΖ")
_ARMENIAN: Final = str.maketrans("ghnoquHOSU", "ցհոօզսՀՕՏՍ")
_CHEROKEE: Final = str.maketrans("ACDEHKLMPRSTVWZ", "ᎪᏟᎠᎬᎻᏦᏞᎷᏢᎡᏚᎢᏙᎳᏃ")
_LISU: Final = str.maketrans("ABCDEFGHIJKLMNOPRSTUVWXYZ", "ꓮꓐꓚꓓꓰꓝꓖꓧꓲꓙꓗꓡꓟꓠꓳꓑꓣꓢꓔꓴꓦꓪꓫꓬꓜ")
_SMALL_CAPITALS: Final = str.maketrans("abcdefghijklmnoprstuvwyz", "ᴀʙᴄᴅᴇꜰɢʜɪᴊᴋʟᴍɴᴏᴘʀꜱᴛᴜᴠᴡʏᴢ")
_RAISED: Final = str.maketrans("abcdefghijklmnoprstuvwxyz0123456789", "ᵃᵇᶜᵈᵉᶠᵍʰⁱʲᵏˡᵐⁿᵒᵖʳˢᵗᵘᵛʷˣʸᶻ⁰¹²³⁴⁵⁶⁷⁸⁹")
_LEET: Final = (
    str.maketrans("aeiost", "431057"),
    str.maketrans("aeos", "@30$"),
    str.maketrans("ilo", "1|0"),
    str.maketrans("abegst", "48364z"[:2] + "3957"),
    str.maketrans("eiot", "3!07"),
)
_EMOJI: Final = {letter: f":regional_indicator_{letter}: " for letter in _ASCII}


@dataclass(frozen=True)
class Family:
    """One way of disguise; `unicode` says that it hides behind characters beyond ASCII."""

    name: str
    disguise: Disguise
    unicode: bool


def _shifted(capital: int, small: int, digit: int = 0) -> Callable[[str], str]:
    """Letters and digits moved into another block of Unicode; without digits there, they stay."""

    def move(character: str) -> str:
        first = "a" if character.islower() else "A" if character.isupper() else "0"
        base = {"a": small, "A": capital, "0": digit}[first]
        known = character.isascii() and character.isalnum() and base
        return chr(base + ord(character) - ord(first)) if known else character

    return lambda text: "".join(map(move, text))


_MATHEMATICAL: Final = (
    _shifted(0x1D468, 0x1D482),  # bold italic
    _shifted(0x1D4D0, 0x1D4EA),  # bold script
    _shifted(0x1D56C, 0x1D586),  # bold Fraktur
    _shifted(0x1D670, 0x1D68A, 0x1D7F6),  # monospace
    _shifted(0x1D5A0, 0x1D5BA, 0x1D7E2),  # sans-serif
)
_BOLD: Final = _shifted(0x1D400, 0x1D41A, 0x1D7CE)
_CIRCLED: Final = _shifted(0x24B6, 0x24D0)
_ENCLOSED: Final = (
    _shifted(0x1F130, 0x1F130),  # squared
    _shifted(0x1F150, 0x1F150),  # circled on dark ground
    _shifted(0x1F170, 0x1F170),  # squared on dark ground
    _shifted(0x1F110, 0x249C),  # in parentheses
    _shifted(0x1F110, 0x1F110),
)


def _some(text: str, n: int, change: Callable[[str], str]) -> str:
    """Every character changed, or by the trial's number every second, every third, or only the first half."""
    chosen = (lambda _: True, lambda i: i % 2 == 0, lambda i: i % 3 == 1, lambda i: i < len(text) / 2, lambda _: True)
    return "".join(change(c) if chosen[n % 5](i) else c for i, c in enumerate(text))


def _between(text: str, n: int, pieces: Sequence[str]) -> str:
    """One of the pieces between all characters, or between some."""
    return _some(text[:-1], n, lambda c: c + pieces[n % len(pieces)]) + text[-1:]


def _inserted(*pieces: str) -> Disguise:
    return lambda text, n: _between(text, n, pieces)


def _translated(table: dict[int, int]) -> Disguise:
    return lambda text, n: _some(text, n, lambda c: c.translate(table))


def _further_scripts(text: str, n: int) -> str:
    """Armenian as it stands; Cherokee and Lisu, which look like capitals, of the text in capitals."""
    if n % 3 == 0:
        return text.translate(_ARMENIAN)
    return text.upper().translate((_CHEROKEE, _LISU)[n % 3 - 1])


def _enclosed(text: str, n: int) -> str:
    return _ENCLOSED[n % 5](text)


def _flags(text: str, n: int) -> str:
    """Regional indicators as characters, or as the names by which Slack writes them."""
    if n % 2:
        return "".join(_EMOJI.get(c, c) for c in text.lower())
    return _shifted(0x1F1E6, 0x1F1E6)(text)


def _overridden(text: str, n: int) -> str:
    """Written backwards and shown forwards by an override of direction."""
    start, end = (("\u202e", "\u202c"), ("\u2067\u202e", "\u202c\u2069"))[n % 2]
    return f"{start}{text[::-1]}{end}"


def _tagged(text: str, n: int) -> str:
    """Tag characters, which nobody sees: the whole text in them, or some between visible letters."""
    tags = "".join(chr(0xE0000 + ord(c)) for c in text if c.isascii())
    return tags if n % 2 else _between(text, n, ("\U000e0020", "\U000e0041"))


def _unusual_separators(text: str, n: int) -> str:
    """Spaces and hyphens of other widths and kinds."""
    space, hyphen = ("\u00a0\u2010", "\u2009\u2011", "\u202f\u2013", "\u3000\u2212", "\u205f\ufe63")[n % 5]
    return text.replace(" ", space).replace("-", hyphen)


def _cased(text: str, n: int) -> str:
    ways = (str.upper, str.title, str.swapcase, str.lower, lambda t: _some(t.lower(), 1, str.upper))
    return ways[n % 5](text)


def _leet(text: str, n: int) -> str:
    return text.lower().translate(_LEET[n % 5])


def _rejoined(text: str, n: int) -> str:
    """As an identifier of another language: snake, camel, dotted, with slashes, with spaces."""
    parts = [part for part in re.split(r"[^A-Za-z0-9]+", text) if part]
    joined = ("_".join, lambda p: "".join(x[:1].upper() + x[1:] for x in p), ".".join, "/".join, " ".join)
    return joined[n % 5](parts)


def _wrapped(text: str, n: int) -> str:
    """Broken over lines, in the middle of a word with a hyphen or at a space."""
    middle = max(1, len(text) // (2 + n % 3))
    return text[:middle] + ("-\n", "\n", "-\n  ", "\r\n", "\n> ")[n % 5] + text[middle:]


def _formatted(text: str, n: int) -> str:
    """Slack's marks inside: bold, italic, struck, code, and a link around a part."""
    middle = max(1, len(text) // 2)
    first, second = text[:middle], text[middle:]
    ways = (
        f"*{first}*{second}",
        f"_{first}_{second}",
        f"{first}~{second}~",
        f"`{first}``{second}`",
        f"<https://status.example/|{first}>{second}",
    )
    return ways[n % 5]


def _base64(text: str, n: int) -> str:
    """Standard, for addresses, without padding, of UTF-16, and twice."""
    once = base64.b64encode(text.encode())
    wide = base64.b64encode(text.encode("utf-16-le"))
    ways = (once, base64.urlsafe_b64encode(text.encode()), once.rstrip(b"="), wide, base64.b64encode(once))
    return ways[n % 5].decode()


def _hex(text: str, n: int) -> str:
    data = text.encode()
    return (data.hex(), data.hex().upper(), data.hex(" "), data.hex(":"), "0x" + data.hex())[n % 5]


def _percent(text: str, n: int) -> str:
    """Every byte, lower or upper case, some, and twice."""
    every = _some(text, (0, 1, 2, 0, 0)[n % 5], lambda c: "".join(f"%{b:02X}" for b in c.encode()))
    return (every, every, every, every.lower(), every.replace("%", "%25"))[n % 5]


def _entities(text: str, n: int) -> str:
    forms = ("&#{};", "&#x{:x};", "&#x{:X};", "&#0{};", "&#{};")
    return _some(text, (0, 0, 1, 2, 3)[n % 5], lambda c: forms[n % 5].format(ord(c)))


def _quoted_printable(text: str, n: int) -> str:
    """RFC 2045: every character as an escape, some, or with soft line breaks."""
    if n % 5 == 4:  # noqa: PLR2004 -- the fifth variant
        return quopri.encodestring(text.encode(), quotetabs=True, header=True).decode()
    escaped = _some(text, n % 4, lambda c: f"={ord(c):02X}")
    return escaped[: len(escaped) // 2 // 3 * 3] + "=\n" + escaped[len(escaped) // 2 // 3 * 3 :] if n == 0 else escaped


def _punycode(text: str, n: int) -> str:
    """Each word as a name of the domain name system, with letters of another alphabet or full width."""
    changed = (_CYRILLIC, _GREEK)[n % 2]
    words = []
    for word in re.split(r"[^A-Za-z0-9-]+", text.lower()):
        other = word.translate(changed)
        encoded = word if other.isascii() else "xn--" + other.encode("punycode").decode()
        words.append(encoded)
    return ".".join(filter(None, words))


def _escaped(text: str, n: int) -> str:
    r"""As programs write characters: \u0070, \x70, \160, \U00000070, \u{70}."""
    forms = ("\\u{:04x}", "\\x{:02x}", "\\{:03o}", "\\U{:08x}", "\\u{{{:x}}}")
    return "".join(forms[n % 5].format(ord(c)) for c in text)


FAMILIES: Final = (
    Family("Cyrillic letters", _translated(_CYRILLIC), unicode=True),
    Family("Greek letters", _translated(_GREEK), unicode=True),
    Family("letters of further scripts", _further_scripts, unicode=True),
    Family("small capitals", lambda t, n: _some(t.lower(), n, lambda c: c.translate(_SMALL_CAPITALS)), unicode=True),
    Family("raised letters", lambda t, n: _some(t.lower(), n, lambda c: c.translate(_RAISED)), unicode=True),
    Family("full width", lambda t, n: _some(t, n, _shifted(0xFF21, 0xFF41, 0xFF10)), unicode=True),
    Family("mathematical bold", lambda t, n: _some(t, n, _BOLD), unicode=True),
    Family("mathematical script and others", lambda t, n: _MATHEMATICAL[n % 5](t), unicode=True),
    Family("circled", lambda t, n: _some(t, n, _CIRCLED), unicode=True),
    Family("squared and in parentheses", _enclosed, unicode=True),
    Family("emoji letters", _flags, unicode=True),
    Family("zero-width space", _inserted("\u200b", "\u200b\u200b"), unicode=True),
    Family("joiners and byte order marks", _inserted("\u200d", "\u200c", "\u2060", "\ufeff", "\u034f"), unicode=True),
    Family("soft hyphens", _inserted("\u00ad"), unicode=True),
    Family("invisible letters", _inserted("\u3164", "\u115f", "\uffa0", "\u2800", "\u17b4"), unicode=True),
    Family("direction marks", _inserted("\u200e", "\u200f", "\u202a\u202c", "\u2066\u2069", "\u061c"), unicode=True),
    Family("direction override", _overridden, unicode=True),
    Family("tag characters", _tagged, unicode=True),
    Family("variation selectors", _inserted("\ufe0f", "\ufe00", "\U000e0100", "\u180b", "\ufe0e"), unicode=True),
    Family("combining marks", _inserted("\u0301", "\u0336", "\u20dd", "\u0489", "\u0327\u0308"), unicode=True),
    Family("unusual spaces and hyphens", _unusual_separators, unicode=True),
    Family("letter case", _cased, unicode=False),
    Family("leet", _leet, unicode=False),
    Family("letters spaced", _inserted(" ", "  ", " ", "\t", " "), unicode=False),
    Family("punctuation inserted", _inserted(".", "-", "|", ",", "/"), unicode=False),
    Family(
        "reversed", lambda t, n: (t[::-1], t[::-1].upper(), t[::-1].lower(), t[::-1], t[::-1])[n % 5], unicode=False
    ),
    Family("joined in another way", _rejoined, unicode=False),
    Family("broken over lines", _wrapped, unicode=False),
    Family("Slack's marks inside", _formatted, unicode=False),
    Family("base64", _base64, unicode=False),
    Family("hexadecimal", _hex, unicode=False),
    Family("percent escapes", _percent, unicode=False),
    Family("HTML entities", _entities, unicode=False),
    Family("ROT13", lambda t, _: codecs.encode(t, "rot13"), unicode=False),
    Family("quoted-printable", _quoted_printable, unicode=False),
    Family("punycode", _punycode, unicode=False),
    Family("escapes of programs", _escaped, unicode=False),
)
