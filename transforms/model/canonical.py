"""The one byte form that is digested, signed and stored: JSON with sorted keys, no spaces, UTF-8, no floats."""

import hashlib
import hmac
from collections.abc import Collection, Iterator
from typing import Any, Final

import orjson
from pydantic import BaseModel

_MANY: Final = (list, tuple)


def canonical(value: Any) -> bytes:
    """The canonical bytes of a core type or of JSON data. A float is a `TypeError`: its text differs by writer."""
    plain = value.model_dump(mode="json") if isinstance(value, BaseModel) else value
    refuse_floats(plain)
    return orjson.dumps(plain, option=orjson.OPT_SORT_KEYS)


def strings(value: Any, without: Collection[str] = ()) -> Iterator[str]:
    """Every string inside JSON data in document order, without recursion, but for what stands under these keys."""
    pending = [value]
    while pending:
        item = pending.pop()
        if isinstance(item, str):
            yield item
        elif isinstance(item, dict):
            pending.extend(inner for key, inner in reversed(item.items()) if key not in without)
        elif isinstance(item, _MANY):
            pending.extend(reversed(item))


def refuse_floats(value: Any) -> None:
    """Walk JSON data without recursion and raise `TypeError` at the first float."""
    pending = [value]
    while pending:
        item = pending.pop()
        if isinstance(item, str):  # nearly everything; asked first because a draft is digested a dozen times
            continue
        if isinstance(item, float):
            raise TypeError("canonical data holds no floats; write a whole number or a string")
        if isinstance(item, dict):
            pending.extend(item.values())
        elif isinstance(item, _MANY):
            pending.extend(item)


def digest(value: Any) -> str:
    """SHA-256 of the canonical bytes, or of `bytes` as they are, in hexadecimal."""
    return hashlib.sha256(value if isinstance(value, bytes) else canonical(value)).hexdigest()


def keyed_digest(key: str, value: Any) -> str:
    """HMAC-SHA-256 under an incident's or a bridge's own key (hexadecimal), for withheld values.

    A plain hash of a CVE id or of a host name can be guessed by trying all of them; this one cannot.
    """
    return hmac.new(bytes.fromhex(key), canonical(value), hashlib.sha256).hexdigest()


def bridge_key(incident_key: str, bridge: str) -> str:
    """A bridge's own key, derived from its incident's: what two customers hold cannot be compared by digest."""
    return hmac.new(bytes.fromhex(incident_key), f"bridge/{bridge}".encode(), hashlib.sha256).hexdigest()
