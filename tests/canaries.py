"""Canaries: everything in the evidence that must never leave, and a search that finds it in most disguises.

It shares no code with the product's own leak scan, so that one can be wrong without the other.
"""

import base64
import binascii
import html
import re
import unicodedata
from collections.abc import Iterable, Iterator
from functools import cache
from typing import Any
from urllib.parse import unquote_plus

import orjson

from profiles.documents import load_yaml
from profiles.loader import SHIPPED
from transforms.model.evidence import Evidence
from transforms.model.records import Record

SHORTEST = 4
DISTINCT = 8
"""A canary of this many letters and digits is looked for without regard to word boundaries, spaces and punctuation."""

_IDENTIFIER = re.compile(r"[^\W_][\w.:/@-]*[0-9._:/@-][\w.:/@-]*[^\W_]|[A-Z][a-z]+[A-Z]\w+")
_NAMES = ("component", "region", "depends_on", "subjects", "products")
_NAME_WORDS = 3
_COMMON = frozenset({"admin", "cloud", "console", "corporation", "group", "incident", "production", "retail"})
"""Words inside names that stand in harmless texts as well."""
LABEL = frozenset({"acme", "corp"})
"""The words of the account's own label; its owner reads them."""

_BASE64 = re.compile(r"[A-Za-z0-9+/_-]{12,}={0,2}")
_ESCAPE = re.compile(r"\\u([0-9a-fA-F]{4})")


def canaries(evidence: Evidence) -> frozenset[str]:
    """Every withheld string of the evidence: keys, components, withheld texts, unmapped values, and the names in them.

    What approved wording says anyway, times and plain numbers are no canaries. Evidence without any is no leak test.
    """
    spoken = _approved_words() | LABEL
    found = {text.strip() for record in evidence.records for text in _strings(record)}
    telling = frozenset(text for text in found if _is_telling(text, spoken))
    assert telling, "this evidence holds nothing that could leak"
    return telling


def assert_no_canary(data: Any, forbidden: Iterable[str]) -> None:
    """Fail if a canary stands in this text, these bytes or this JSON: as it is, in another case, escaped, encoded."""
    wanted = list(forbidden)
    assert wanted, "no canaries to look for"
    views = list(_views(data))
    plain = "\n".join(_folded(view) for view in views)
    squeezed = "\n".join(_compact(view) for view in views)
    seen = [canary for canary in wanted if _stands_in(canary, plain, squeezed)]
    assert seen == [], f"withheld: {sorted(seen)}"


def _stands_in(canary: str, plain: str, squeezed: str) -> bool:
    folded, compact = _folded(canary), _compact(canary)
    if len(compact) >= DISTINCT:
        return folded in plain or compact in squeezed
    return re.search(rf"(?<![^\W_]){re.escape(folded)}(?![^\W_])", plain) is not None


def _strings(record: Record) -> Iterator[str]:
    """The strings of one record that must not leave, whole and by the names inside them."""
    yield record.ref.key
    for name in _NAMES:
        value = getattr(record, name, None) or ()
        yield from (value,) if isinstance(value, str) else value
    for withheld in record.withheld:
        yield withheld.text
        yield from _IDENTIFIER.findall(withheld.text)
        words = withheld.text.split()
        if len(words) <= _NAME_WORDS and all(word[0].isupper() for word in words):
            yield from words
    for text in record.unmapped:
        if " " in text or _IDENTIFIER.fullmatch(text):
            yield text


def _is_telling(text: str, spoken: set[str]) -> bool:
    words = _words(text)
    letters = any(character.isalpha() for character in text)
    timestamp = re.match(r"\d{4}-\d\d-\d\d", text)
    return len(text) >= SHORTEST and letters and not timestamp and not (spoken | _COMMON).issuperset(words)


@cache
def _approved_words() -> frozenset[str]:
    """Every word of the shipped profile's labels, wordings, phrases and notices."""
    data = load_yaml((SHIPPED / "customer-bridge.yaml").read_bytes(), "profile")[0]
    said = [
        data["notices"],
        data["phrases"],
        [r["wording"] for r in data["reasons"]],
        [c["label"] for c in data["categories"]],
    ]
    said += [
        [c.get("label"), c.get("sentence")] for t in ("status", "readiness", "checkpoints") for c in data[t]["codes"]
    ]
    said += [[entry["label"]] for entry in (*data["capabilities"], *data["regions"])]
    return frozenset(word for text in _leaves(said) for word in _words(text))


def _words(text: str) -> list[str]:
    return re.findall(r"[^\W_]+", _folded(text))


def _views(data: Any) -> Iterator[str]:
    """The data as text in every form in which a reader or a program could read it."""
    if isinstance(data, bytes):
        data = data.decode("utf-8", "replace")
    text = data if isinstance(data, str) else orjson.dumps(data, default=str).decode()
    pieces = [text, html.unescape(text), unquote_plus(text), _ESCAPE.sub(lambda m: chr(int(m[1], 16)), text)]
    for piece in list(pieces):
        pieces.extend(_json_strings(piece))
    yield from pieces
    for piece in pieces:
        yield from filter(None, map(_debased, _BASE64.findall(piece)))


def _json_strings(text: str) -> list[str]:
    try:
        return list(_leaves(orjson.loads(text)))
    except orjson.JSONDecodeError:
        return []


def _leaves(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for key, item in value.items():
            yield str(key)
            yield from _leaves(item)
    elif isinstance(value, list | tuple):
        for item in value:
            yield from _leaves(item)


def _debased(token: str) -> str | None:
    try:
        return base64.b64decode(token.translate(str.maketrans("-_", "+/")).rstrip("=") + "==").decode("utf-8", "ignore")
    except (binascii.Error, ValueError):
        return None


def _folded(text: str) -> str:
    """One form for compatible characters and letter cases, without what cannot be seen."""
    visible = (c for c in unicodedata.normalize("NFKC", text) if unicodedata.category(c) not in {"Cf", "Mn"})
    return unicodedata.normalize("NFKC", "".join(visible).casefold())


def _compact(text: str) -> str:
    return "".join(c for c in _folded(text) if c.isalnum())
