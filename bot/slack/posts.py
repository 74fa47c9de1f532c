"""Posts: how one is written for Slack, and how it is found again by its attempt."""

from datetime import datetime
from typing import Any, Final

from slack_sdk import WebClient

from blocks.drawing import Drawing
from bot.slack.api import call

METADATA: Final = "bridgepkg_post"
QUIET: Final = {"unfurl_links": False, "unfurl_media": False, "parse": "none", "link_names": False}


def find_attempt(client: WebClient, channel: str, attempt: str, since: datetime) -> dict[str, Any] | None:
    """The message that carries this attempt id, among those since a moment."""
    arguments: dict[str, Any] = {
        "channel": channel,
        "oldest": f"{since.timestamp() - 120:.6f}",
        "include_all_metadata": True,
        "limit": 200,
    }
    while True:
        answer = call(client, "conversations.history", arguments)
        for message in answer.get("messages", ()):
            if message.get("metadata", {}).get("event_payload", {}).get("attempt") == attempt:
                found: dict[str, Any] = message
                return found
        cursor = answer.get("response_metadata", {}).get("next_cursor")
        if not cursor:
            return None
        arguments["cursor"] = cursor


def message_of(channel: str, drawing: Drawing, attempt: str | None = None) -> dict[str, Any]:
    """The arguments that post a drawing under an attempt, or draw it again."""
    metadata = {"metadata": {"event_type": METADATA, "event_payload": {"attempt": attempt}}} if attempt else {}
    blocks = {"blocks": list(drawing.blocks)} if drawing.blocks else {}
    return {"channel": channel, "text": drawing.text, **blocks, **QUIET, **metadata}
