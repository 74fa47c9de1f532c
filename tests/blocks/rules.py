"""What every view must keep to: Slack's limits, ids that stand once, nothing forged, and a text that tells the same."""

import re
from collections.abc import Iterable, Iterator
from typing import Any

import orjson

from blocks.drawing import Block, Drawing, unescape
from blocks.ids import ActionId, CallbackId
from sandbox.blockkit.check import message_problems, total_text, view_problems
from sandbox.blockkit.inputs import elements
from sandbox.blockkit.limits import LIMITS

MOST_BYTES = 250_000
"""What Slack takes of a view as JSON (Slack: views.publish, views.open)."""

ENTITY = re.compile(r"&(?!(?:amp|lt|gt);)")


def assert_message(drawn: Drawing, *ours: str) -> None:
    """A drawing that Slack takes, also as an update, with nothing in it that only looks like ours."""
    blocks = list(drawn.blocks)
    assert message_problems(blocks) == []
    assert total_text(blocks) <= LIMITS["block text per message"]
    assert 0 < len(drawn.text) < LIMITS["updated message text"]
    assert_ids(blocks)
    for text in (drawn.text, *marked_texts(blocks)):
        assert_unforged(text, ours)


def assert_view(view: Block) -> None:
    """A modal that Slack takes, whose answer comes back to us."""
    assert view["callback_id"] in set(CallbackId)
    assert_surface(view)


def assert_surface(view: Block, *ours: str) -> None:
    """A modal or Home tab that Slack takes, with nothing in it that only looks like ours."""
    assert view_problems(view) == []
    assert len(orjson.dumps(view)) <= MOST_BYTES
    assert_ids(view["blocks"])
    for text in marked_texts(view["blocks"]):
        assert_unforged(text, ours)


def assert_ids(blocks: list[Block]) -> None:
    """Block ids stand once; buttons are ones that we answer, and carry little."""
    named = [block["block_id"] for block in blocks if "block_id" in block]
    assert len(set(named)) == len(named)
    clicked = [element for _, element in elements(blocks) if element["type"] == "button"]
    assert {element["action_id"] for element in clicked} <= set(ActionId)
    assert all(element["value"].count("|") in {3, 4} for element in clicked)


def assert_unforged(text: str, ours: Iterable[str] = ()) -> None:
    """Outside our own tokens, no character stands that Slack would read as a link, a mention or an entity."""
    for token in ours:
        text = text.replace(token, "")
    assert {"<", ">"} & set(text) == set(), text
    assert ENTITY.findall(text) == [], text


def marked_texts(value: Any) -> Iterator[str]:
    """Every text in which Slack reads markup."""
    if isinstance(value, dict):
        if value.get("type") == "mrkdwn":
            yield value["text"]
        yield from (text for item in value.values() for text in marked_texts(item))
    elif isinstance(value, list | tuple):
        yield from (text for item in value for text in marked_texts(item))


def said(blocks: Iterable[Block]) -> Iterator[str]:
    """What the blocks say beside buttons, line by line, as a person reads it."""
    for block in blocks:
        if block["type"] in {"section", "context"}:
            for shown in (block.get("text"), *block.get("elements", ())):
                if shown:
                    text = unescape(shown["text"]) if shown["type"] == "mrkdwn" else shown["text"]
                    yield from (line for line in text.replace("*", "").splitlines() if line.strip())


def assert_text_tells(drawn: Drawing, *unless: str) -> None:
    """Whoever hears only the text hears all that the blocks say, but for lines that begin so."""
    heard = unescape(drawn.text).replace("*", "")
    missing = [line for line in said(drawn.blocks) if line not in heard and not line.startswith(unless)]
    assert missing == []
