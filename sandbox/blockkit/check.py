"""Whole messages and views against Slack's rules, also those that no single field shows."""

from collections import Counter
from collections.abc import Iterator
from typing import Any

from sandbox.blockkit.inputs import elements, offered
from sandbox.blockkit.limits import LIMITS
from sandbox.blockkit.rules import Problem
from sandbox.blockkit.schema import HOME, MESSAGE_BLOCKS, MODAL
from sandbox.documents import JsonObject

VIEW_SHAPES = {"modal": MODAL, "home": HOME}


def message_problems(blocks: Any) -> list[Problem]:
    """What Slack would refuse in the blocks of a message."""
    found = list(MESSAGE_BLOCKS.problems(blocks, "/blocks"))
    return found or list(_cross_checks(blocks, "/blocks"))


def view_problems(view: Any) -> list[Problem]:
    """What Slack would refuse in a view."""
    kind = view.get("type") if isinstance(view, dict) else None
    if kind not in VIEW_SHAPES:
        return [Problem(f"unsupported type: {kind}", "/view/type")]
    found = list(VIEW_SHAPES[kind].problems(view, "/view"))
    return found or [*_cross_checks(view["blocks"], "/view/blocks"), *_submit_problems(view)]


def total_text(blocks: Any) -> int:
    """The length of all text in a message's blocks, which Slack limits as a whole."""
    if isinstance(blocks, list):
        return sum(total_text(item) for item in blocks)
    if not isinstance(blocks, dict):
        return 0
    own = blocks.get("text")
    return (len(own) if isinstance(own, str) else 0) + sum(total_text(held) for held in blocks.values())


def _submit_problems(view: JsonObject) -> Iterator[Problem]:
    has_input = any(block["type"] == "input" for block in view["blocks"])
    if view["type"] == "modal" and has_input and not view.get("submit"):
        yield Problem("must define `submit` to use an `input` block in modals", "/view")


def _cross_checks(blocks: list[JsonObject], pointer: str) -> Iterator[Problem]:
    ids = Counter(block["block_id"] for block in blocks if block.get("block_id"))
    for index, block in enumerate(blocks):
        where = f"{pointer}/{index}"
        if ids[block.get("block_id")] > 1:
            yield Problem(f'"block_id" {block["block_id"]} already exists', f"{where}/block_id")
        yield from _block_problems(block, where)


def _block_problems(block: JsonObject, pointer: str) -> Iterator[Problem]:
    actions = Counter(element["action_id"] for _, element in elements([block]))
    for action_id, count in actions.items():
        if count > 1:
            yield Problem(f'"action_id" {action_id} already exists', pointer)
    if block["type"] == "section" and not (block.get("text") or block.get("fields")):
        yield Problem("missing required field: text", pointer)
    if block["type"] == "table" and total_text(block["rows"]) > LIMITS["table text"]:
        yield Problem(f"must be less than {LIMITS['table text'] + 1} characters", f"{pointer}/rows")
    for element in _held_elements(block):
        yield from _option_problems(element, f"{pointer}/element")


def _option_problems(element: JsonObject, pointer: str) -> Iterator[Problem]:
    if element["type"].endswith("static_select") and not offered(element):
        yield Problem("missing required field: options", pointer)
    initial = [element.get("initial_option"), *(element.get("initial_options") or [])]
    values = {option["value"] for option in offered(element)}
    if any(option and option.get("value") not in values for option in initial):
        yield Problem("initial option must be one of the options", pointer)


def _held_elements(block: JsonObject) -> list[JsonObject]:
    held = [block.get("accessory"), block.get("element")]
    return [element for element in held + list(block.get("elements", [])) if element]
