"""Block Kit as plain dicts, within Slack's limits by construction.

Slack's own models miss several limits (50 blocks, field and total length) and cost 149 times a dict. Text that holds
anything foreign goes into `plain_text`, which Slack does not interpret: no link, mention or button can be forged in it.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final

from transforms.publish.message import block_texts, escape

Block = dict[str, Any]

NAME: Final = "bridgepkg"
"""What a modal is called that has no title of its own."""

MOST_BLOCKS: Final = 50
MOST_VIEW_BLOCKS: Final = 80
"""Slack takes 100, but no more than 250 KB."""

TOTAL: Final = 12_900
"""Characters of all texts of one message; Slack refuses a little above 13,200."""

ROOM: Final = 100
"""Characters kept for the line that says how much does not fit."""

SECTION: Final = 2900
CONTEXT: Final = 1900
BUTTON: Final = 70
TITLE: Final = 24
TITLE_LINE: Final = 300
FALLBACK: Final = 3900
"""Slack takes no longer text in an update."""


@dataclass(frozen=True, slots=True)
class Drawing:
    """A view for people inside: the whole of it as text, and as blocks."""

    text: str
    blocks: tuple[Block, ...]


def clip(text: str, limit: int) -> str:
    """The text, or its beginning and an ellipsis; what is clipped here can be read whole in Details."""
    return text if len(text) <= limit else f"{text[: limit - 1]}…"


def clip_escaped(text: str, limit: int) -> str:
    """Escaped text within a limit, never cut inside an entity."""
    if len(text) <= limit:
        return text
    kept = text[: limit - 1]
    start = kept.rfind("&")
    return f"{kept[:start] if start >= 0 and ';' not in kept[start:] else kept}…"


def drawing(text: str, blocks: Iterable[Block]) -> Drawing:
    """A drawing with as much as a message takes; what does not fit is said, not dropped silently."""
    shown = [block for block in blocks if block]
    if len(shown) > MOST_BLOCKS or _length(shown) > TOTAL:
        fitting: list[Block] = []
        for block in shown:
            if len(fitting) == MOST_BLOCKS - 1 or _length([*fitting, block]) > TOTAL - ROOM:
                break
            fitting.append(block)
        shown = [*fitting, plain(f"… and {len(shown) - len(fitting)} more parts that do not fit into one message.")]
    return Drawing(text=clip_escaped(text, FALLBACK), blocks=tuple(shown))


def _length(blocks: Iterable[Block]) -> int:
    return sum(map(len, block_texts(blocks)))


def sentence(text: str) -> Drawing:
    """One sentence as an answer; marks for code are for the fallback only, because plain text would show them."""
    return Drawing(text=clip_escaped(escape(text), FALLBACK), blocks=(plain(text.replace("`", "")),))


def lines(title: str, entries: Iterable[str]) -> Drawing:
    """A title and lines under it, all of it foreign-safe."""
    found = list(entries)
    text = "\n".join([title, *found])
    return drawing(escape(text), [lead(title), *(plain(chunk) for chunk in chunks(found))])


def chunks(entries: list[str]) -> Iterable[str]:
    """Lines put together into texts of one section each."""
    chunk = ""
    for entry in entries:
        if chunk and len(chunk) + len(entry) + 1 > SECTION:
            yield chunk
            chunk = ""
        chunk = f"{chunk}\n{entry}" if chunk else entry
    if chunk:
        yield chunk


def plain(text: str, block_id: str = "") -> Block:
    """A section that Slack shows letter by letter."""
    return _with_id({"type": "section", "text": plain_text(text, SECTION), "expand": True}, block_id)


def lead(text: str, block_id: str = "") -> Block:
    """A bold line of our own words; anything foreign in it is escaped, and what would end the bold is dropped."""
    safe = escape(" ".join(clip(text, TITLE_LINE).split())).translate({ord(mark): None for mark in "*~`"}) or "–"
    return _with_id(
        {"type": "section", "text": {"type": "mrkdwn", "text": f"*{safe}*", "verbatim": True}, "expand": True},
        block_id,
    )


def small(text: str, block_id: str = "") -> Block:
    """A line in small print."""
    return _with_id({"type": "context", "elements": [plain_text(text, CONTEXT)]}, block_id)


def link(words: str, address: str) -> Block:
    """One link, made by us from an address that Slack gave."""
    text = f"<{escape(address)}|{escape(words)}>"
    return {"type": "context", "elements": [{"type": "mrkdwn", "text": text, "verbatim": True}]}


def divider() -> Block:
    """A line across."""
    return {"type": "divider"}


def buttons(block_id: str, elements: Iterable[Block]) -> Block:
    """A row of buttons; an empty row is no block."""
    found = list(elements)
    return {"type": "actions", "block_id": block_id, "elements": found} if found else {}


def button(words: str, action: str, value: str, *, style: str = "", confirm: Block | None = None) -> Block:
    """One button; about 30 characters of its words show on a phone."""
    found: Block = {"type": "button", "text": plain_text(words, BUTTON), "action_id": action, "value": value}
    if style:
        found["style"] = style
    if confirm:
        found["confirm"] = confirm
    return found


def confirm(title: str, text: str, yes: str, no: str = "Not yet") -> Block:
    """The question that Slack asks once before a click counts."""
    return {
        "title": plain_text(title, 100),
        "text": plain_text(text, 300),
        "confirm": plain_text(yes, 30),
        "deny": plain_text(no, 30),
    }


def modal(title: str, blocks: Iterable[Block], *, callback: str, reference: str = "", submit: str = "") -> Block:
    """A modal; `reference` says what it is about when it comes back."""
    view: Block = {
        "type": "modal",
        "callback_id": callback,
        "title": plain_text(title, TITLE),
        "close": plain_text("Close", TITLE),
        "private_metadata": reference,
        "blocks": _for_view([block for block in blocks if block]),
    }
    if submit:
        view["submit"] = plain_text(submit, TITLE)
    return view


def home(blocks: Iterable[Block]) -> Block:
    """A Home tab."""
    return {"type": "home", "blocks": _for_view([block for block in blocks if block])}


def _for_view(blocks: list[Block]) -> list[Block]:
    if len(blocks) <= MOST_VIEW_BLOCKS:
        return blocks
    left = len(blocks) - MOST_VIEW_BLOCKS + 1
    return [*blocks[: MOST_VIEW_BLOCKS - 1], plain(f"… and {left} more parts that do not fit into one view.")]


def unescape(text: str) -> str:
    """Escaped text as it reads: for plain text, and for the report, which escapes for HTML itself."""
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


def plain_text(text: str, limit: int) -> Block:
    """Slack's uninterpreted text; never empty, because Slack refuses that."""
    return {"type": "plain_text", "text": clip(text, limit) or "–", "emoji": False}


def option(words: str, value: str) -> Block:
    """One choice of a list."""
    return {"text": plain_text(words, 75), "value": clip(value, 150)}


def _with_id(block: Block, block_id: str) -> Block:
    return {**block, "block_id": block_id} if block_id else block
