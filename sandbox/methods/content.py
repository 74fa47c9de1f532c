"""What a message is made of, checked as Slack checks it: text, blocks, metadata."""

from dataclasses import dataclass, field
from typing import Any

from sandbox.blockkit.check import message_problems, total_text
from sandbox.blockkit.defaults import stored
from sandbox.blockkit.limits import LIMITS
from sandbox.documents import JsonObject
from sandbox.errors import SlackError
from sandbox.methods.call import ApiCall

# Arguments that change how Slack shows a message; kept so that tests can ask what was sent.
SENT_WITH = ("unfurl_links", "unfurl_media", "parse", "mrkdwn", "link_names", "username", "icon_emoji", "icon_url")


@dataclass
class Content:
    """The checked content of a message. `blocks` is None when the argument was absent, which is not the same as []."""

    text: str
    blocks: list[JsonObject] | None = None
    sent_with: JsonObject = field(default_factory=dict)

    @property
    def stored_blocks(self) -> list[JsonObject]:
        """The blocks as Slack keeps them."""
        return stored(self.blocks or [])


def read_content(call: ApiCall, text_limit: str) -> Content:
    """Read and check text and blocks; SlackError by Slack's names for whatever is wrong."""
    text = call.text("text") or ""
    blocks = checked_blocks(call.document("blocks", "invalid_blocks_format"))
    if not text.strip() and not blocks and not call.document("attachments", "invalid_attachments"):
        raise SlackError("no_text")
    if len(text) > LIMITS[text_limit]:
        raise SlackError("msg_too_long")
    return Content(text, blocks, {name: call.args[name] for name in SENT_WITH if name in call.args})


def checked_blocks(blocks: Any) -> list[JsonObject] | None:
    """The blocks if Slack would take them, else SlackError with the json-pointers of what is wrong."""
    if blocks is None:
        return None
    if not isinstance(blocks, list):
        raise SlackError("invalid_blocks_format")
    problems = [str(problem) for problem in message_problems(blocks)]
    if problems:
        messages = [f"[ERROR] {problem}" for problem in problems]
        raise SlackError("invalid_blocks", errors=problems, response_metadata={"messages": messages})
    if total_text(blocks) > LIMITS["block text per message"]:
        raise SlackError("msg_blocks_too_long")
    return blocks


def read_metadata(call: ApiCall) -> JsonObject | None:
    """The metadata of a message: an event type and a payload. An empty object means: remove it."""
    metadata = call.document("metadata", "invalid_metadata_format")
    if metadata is None or metadata == {}:
        return None if metadata is None else {}
    if not isinstance(metadata, dict):
        raise SlackError("invalid_metadata_format")
    event_type, payload = metadata.get("event_type"), metadata.get("event_payload")
    if not isinstance(event_type, str) or not event_type or not isinstance(payload, dict):
        raise SlackError("invalid_metadata_format")
    return {"event_type": event_type, "event_payload": payload}
