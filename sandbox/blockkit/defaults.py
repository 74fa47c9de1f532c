"""What Slack adds to blocks before it stores them. A bot that reads a message back must not expect its own bytes."""

import re
from typing import Any

from sandbox.blockkit.inputs import INPUTS
from sandbox.documents import JsonObject
from sandbox.ids import new_block_id

TEXT_DEFAULTS = {"plain_text": {"emoji": True}, "mrkdwn": {"verbatim": False}}
INTERACTIVE_TYPES = frozenset({*INPUTS, "button", "overflow"})
ENTITY = re.compile(r"&(?!amp;|lt;|gt;)")


def stored(blocks: list[JsonObject]) -> list[JsonObject]:
    """The blocks as Slack keeps them: ids for blocks and elements, flags on texts, and escaped plain text."""
    return [{"block_id": new_block_id(), **_filled(block)} for block in blocks]


def stored_view(view: JsonObject) -> JsonObject:
    """A view as Slack keeps it."""
    return {**_filled({key: value for key, value in view.items() if key != "blocks"}), "blocks": stored(view["blocks"])}


def _filled(value: Any) -> Any:
    if isinstance(value, list):
        return [_filled(item) for item in value]
    if not isinstance(value, dict):
        return value
    filled = {key: _filled(held) for key, held in value.items() if held is not None}
    kind = filled.get("type")
    if kind in TEXT_DEFAULTS and isinstance(filled.get("text"), str):
        return {**TEXT_DEFAULTS[kind], **filled, "text": _escaped(kind, filled["text"])}
    if kind in INTERACTIVE_TYPES:
        return {"action_id": new_block_id(), **filled}
    return filled


def _escaped(kind: str, text: str) -> str:
    """Lone control characters come back as entities (slackapi/bolt-python#513); in mrkdwn `<…>` is markup."""
    text = ENTITY.sub("&amp;", text)
    return text.replace("<", "&lt;").replace(">", "&gt;") if kind == "plain_text" else text
