"""Slack's cursors: opaque text that says where the next page begins."""

import base64
import binascii
from collections.abc import Sequence
from typing import TypeVar

from sandbox.errors import SlackError

Item = TypeVar("Item")


def page(items: Sequence[Item], limit: int, cursor: str | None) -> tuple[list[Item], str]:
    """One page of the items and the cursor of the next, empty at the end. SlackError `invalid_cursor`."""
    start = _start(cursor) if cursor else 0
    end = start + limit
    following = base64.b64encode(f"offset:{end}".encode()).decode() if end < len(items) else ""
    return list(items[start:end]), following


def _start(cursor: str) -> int:
    try:
        word, _, number = base64.b64decode(cursor, validate=True).decode().partition(":")
        if word == "offset":
            return int(number)
    except (binascii.Error, ValueError):
        pass
    raise SlackError("invalid_cursor")
