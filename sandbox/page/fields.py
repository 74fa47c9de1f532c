"""Block Kit elements as fields of a form: which kind, what they offer, what they hold."""

from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from sandbox.blockkit.inputs import INPUTS, State, offered
from sandbox.documents import JsonObject

# The HTML that draws an element; what is not here is named on the page, not drawn.
KINDS = {
    "button": "button",
    "overflow": "menu",
    "static_select": "menu",
    "users_select": "menu",
    "conversations_select": "menu",
    "channels_select": "menu",
    "multi_static_select": "boxes",
    "multi_users_select": "boxes",
    "multi_conversations_select": "boxes",
    "multi_channels_select": "boxes",
    "checkboxes": "boxes",
    "radio_buttons": "radios",
    "plain_text_input": "line",
    "number_input": "line",
    "email_text_input": "line",
    "url_text_input": "line",
    "datepicker": "line",
    "timepicker": "line",
}
LINE_TYPES = {
    "plain_text_input": "text",
    "number_input": "number",
    "email_text_input": "email",
    "url_text_input": "url",
    "datepicker": "date",
    "timepicker": "time",
}


@dataclass(frozen=True)
class Option:
    """One thing that can be chosen; `text` is a text object."""

    value: str
    text: JsonObject
    description: JsonObject | None = None


@dataclass(frozen=True)
class Field:
    """One element, ready to be drawn. `id` is stable as long as block_id and action_id are."""

    kind: str
    id: str
    line_type: str = "text"
    options: tuple[Option, ...] = ()
    chosen: tuple[str, ...] = ()


def field_of(element: JsonObject, block: JsonObject, values: State, view: JsonObject) -> Field:
    """The field for an element with the values that its surface holds; `view` is the screen of who looks."""
    kind = KINDS.get(element["type"], "unknown")
    if kind == "line" and element.get("multiline"):
        kind = "area"
    name = short_id(block["block_id"], element["action_id"])
    held = values.get(block["block_id"], {}).get(element["action_id"], {})
    key = INPUTS[element["type"]].value_key if element["type"] in INPUTS else ""
    options = tuple(_options(element, view))
    return Field(kind, name, LINE_TYPES.get(element["type"], "text"), options, tuple(_chosen(held.get(key))))


def short_id(*names: str) -> str:
    """An id for the document made of names that may hold anything."""
    return f"x{sha256(chr(0).join(names).encode()).hexdigest()[:12]}"


def _options(element: JsonObject, view: JsonObject) -> Iterable[Option]:
    """What can be chosen: the element's own options, or the people and channels that the person sees."""
    if "users" in element["type"]:
        return [Option(key, _words(one["name"])) for key, one in view["people"].items() if not one["is_bot"]]
    if "channels" in element["type"] or "conversations" in element["type"]:
        return [Option(one["id"], _words(f"#{one['name']}")) for one in view["channels"]]
    return [Option(one["value"], one["text"], one.get("description")) for one in offered(element)]


def _words(text: str) -> JsonObject:
    return {"type": "plain_text", "text": text}


def _chosen(held: Any) -> Iterable[str]:
    many = held if isinstance(held, list) else [] if held is None else [held]
    return [str(one["value"] if isinstance(one, dict) else one) for one in many]
