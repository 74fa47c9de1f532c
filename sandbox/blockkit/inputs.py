"""Elements that hold a value: where Slack keeps it, what it starts with, and how a person changes it."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

from sandbox.documents import JsonObject
from sandbox.errors import ImpossibleActError

# block_id -> action_id -> {"type": …, "value" or "selected_…": …}, as in `view.state.values`.
State: TypeAlias = dict[str, dict[str, JsonObject]]


@dataclass(frozen=True)
class InputKind:
    """How one type of element keeps its value."""

    value_key: str
    initial_key: str
    is_list: bool = False
    has_options: bool = False


INPUTS: Mapping[str, InputKind] = {
    "plain_text_input": InputKind("value", "initial_value"),
    "email_text_input": InputKind("value", "initial_value"),
    "url_text_input": InputKind("value", "initial_value"),
    "number_input": InputKind("value", "initial_value"),
    "rich_text_input": InputKind("rich_text_value", "initial_value"),
    "datepicker": InputKind("selected_date", "initial_date"),
    "timepicker": InputKind("selected_time", "initial_time"),
    "datetimepicker": InputKind("selected_date_time", "initial_date_time"),
    "static_select": InputKind("selected_option", "initial_option", has_options=True),
    "multi_static_select": InputKind("selected_options", "initial_options", is_list=True, has_options=True),
    "radio_buttons": InputKind("selected_option", "initial_option", has_options=True),
    "checkboxes": InputKind("selected_options", "initial_options", is_list=True, has_options=True),
    "users_select": InputKind("selected_user", "initial_user"),
    "multi_users_select": InputKind("selected_users", "initial_users", is_list=True),
    "conversations_select": InputKind("selected_conversation", "initial_conversation"),
    "multi_conversations_select": InputKind("selected_conversations", "initial_conversations", is_list=True),
    "channels_select": InputKind("selected_channel", "initial_channel"),
    "multi_channels_select": InputKind("selected_channels", "initial_channels", is_list=True),
}


def elements(blocks: Iterable[JsonObject]) -> Iterator[tuple[JsonObject, JsonObject]]:
    """Every interactive element with the block that holds it."""
    for block in blocks:
        held = [block.get("element"), block.get("accessory")]
        if block.get("type") in {"actions", "context_actions"}:
            held += block.get("elements", [])
        yield from ((block, element) for element in held if element and "action_id" in element)


def find_element(
    blocks: Iterable[JsonObject], action_id: str, block_id: str | None
) -> tuple[JsonObject, JsonObject] | None:
    """The element with this action id, in the block with this id when one is given."""
    for block, element in elements(blocks):
        if element["action_id"] == action_id and block_id in {None, block["block_id"]}:
            return block, element
    return None


def initial_state(blocks: Iterable[JsonObject], kept: State) -> State:
    """The values that a freshly drawn surface holds; `kept` are values entered before that survive an update."""
    state: State = {}
    for block, element in elements(blocks):
        kind = INPUTS.get(element["type"])
        if kind is None:
            continue
        before = kept.get(block["block_id"], {}).get(element["action_id"])
        fresh = _held(element, element.get(kind.initial_key))
        same_type = before is not None and before["type"] == element["type"]
        state.setdefault(block["block_id"], {})[element["action_id"]] = before if before and same_type else fresh
    return state


def chosen(element: JsonObject, value: Any) -> JsonObject:
    """The value that a person enters in an element, as Slack sends it: plain words, or the value of an option.

    Raises ImpossibleActError for an element without a value and for an option that it does not offer.
    """
    kind = INPUTS.get(element["type"])
    if kind is None:
        raise ImpossibleActError(f"{element['type']} holds no value")
    if not kind.has_options:
        return _held(element, value)
    wanted = value if isinstance(value, list | tuple) else [value]
    options = [_option(element, one) for one in wanted if one is not None]
    return _held(element, options if kind.is_list else next(iter(options), None))


def offered(element: JsonObject) -> list[JsonObject]:
    """The options of a select, radio group, checkbox group or overflow menu, also those inside option groups."""
    groups = element.get("option_groups") or [element]
    return [option for group in groups for option in group.get("options", [])]


def is_empty(held: JsonObject) -> bool:
    """Whether an element holds nothing: Slack does not submit a required input then."""
    return all(value in (None, "", []) for key, value in held.items() if key != "type")


def _held(element: JsonObject, value: Any) -> JsonObject:
    kind = INPUTS[element["type"]]
    return {"type": element["type"], kind.value_key: ([] if kind.is_list else None) if value is None else value}


def _option(element: JsonObject, wanted: Any) -> JsonObject:
    value = wanted.get("value") if isinstance(wanted, dict) else wanted
    for option in offered(element):
        if option["value"] == value:
            return {"text": option["text"], "value": option["value"]}
    raise ImpossibleActError(f"{element['action_id']} offers no option {value!r}")
