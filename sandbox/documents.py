"""JSON documents as they travel: their type, and how Slack reads the body of a call."""

import json
from collections.abc import Mapping
from typing import Any, TypeAlias
from urllib.parse import parse_qsl

JsonObject: TypeAlias = dict[str, Any]

TRUE_WORDS = frozenset({"1", "true", "True"})


def read_body(content_type: str, raw: bytes) -> JsonObject:
    """The arguments in a request body: JSON when it says so, else a form (Slack takes both for every method).

    Raises ValueError for a JSON body that is not an object.
    """
    if not raw:
        return {}
    if content_type.startswith("application/json"):
        document = json.loads(raw)
        if not isinstance(document, dict):
            raise ValueError("a JSON body must be an object")
        return document
    return dict(parse_qsl(raw.decode(), keep_blank_values=True))


def read_json(value: object) -> object:
    """A JSON argument, which may come as a JSON string inside a form. Raises ValueError when it is neither."""
    return json.loads(value) if isinstance(value, str) else value


def is_true(value: object) -> bool:
    """Whether an argument says yes: slack_sdk sends "1" for True."""
    return value is True or value == 1 or (isinstance(value, str) and value in TRUE_WORDS)


def compact(document: Mapping[str, Any]) -> JsonObject:
    """The document without what is None: Slack leaves absent fields out."""
    return {key: value for key, value in document.items() if value is not None}
