"""What people type: messages and slash commands."""

from sandbox.acts import payloads
from sandbox.acts.replies import Replies
from sandbox.acts.rules import active_user, open_channel, visible_message
from sandbox.delivery.courier import Courier
from sandbox.delivery.envelope import Envelope, EnvelopeKind, NotAckedError
from sandbox.documents import JsonObject
from sandbox.errors import SlackError
from sandbox.ids import new_block_id
from sandbox.model.tickets import ReplyKind
from sandbox.model.workspace import Workspace
from sandbox.recorder import ACK
from sandbox.seed import Channel

ESCAPES = {"&": "&amp;", "<": "&lt;", ">": "&gt;"}


class Commands:
    """Typing into a channel's composer."""

    def __init__(self, workspace: Workspace, courier: Courier, replies: Replies, base_url: str) -> None:
        self._workspace = workspace
        self._courier = courier
        self._replies = replies
        self._base_url = base_url

    async def say(self, user: str, channel: str, text: str, thread_ts: str | None = None) -> JsonObject:
        """Post a message, or run a command when the text begins with a slash. Answers what the person would see."""
        active_user(self._workspace, user)
        found = open_channel(self._workspace, user, channel)
        if found.is_archived:
            return {"ok": False, "error": "is_archived"}
        if text.startswith("/"):
            return await self._command(user, found, text, thread_ts)
        return self._message(user, found, text, thread_ts)

    def _message(self, user: str, channel: Channel, text: str, thread_ts: str | None) -> JsonObject:
        with self._workspace.lock:
            if thread_ts is not None:
                visible_message(self._workspace, user, channel.id, thread_ts)
            blocks = [_rich_text(text)]
            said = self._workspace.messages.post(channel.id, user, _escaped(text), blocks=blocks, thread_ts=thread_ts)
            self._workspace.feed.touch()
        return {"ok": True, "ts": said.ts}

    async def _command(self, user: str, channel: Channel, text: str, thread_ts: str | None) -> JsonObject:
        name, _, rest = text.partition(" ")
        # Slack offers an app's commands only to its own workspace, and none in threads.
        if name != self._workspace.directory.app.command or self._workspace.directory.is_outsider(user):
            return {"ok": False, "acked": False, "error": "invalid_command"}
        if thread_ts is not None:
            return {"ok": False, "acked": False, "error": "not_supported_in_threads"}
        path = self._workspace.tickets.reply(ReplyKind.COMMAND, channel.id, user)
        payload = payloads.command(self._workspace, user, channel, _escaped(rest.strip()), self._base_url + path)
        try:
            ack = await self._courier.deliver(Envelope(EnvelopeKind.COMMAND, payload, accepts_response=True))
        except NotAckedError as error:
            return {"ok": False, "acked": False, "error": error.outcome.value}
        return self._answered(path, ack.payload)

    def _answered(self, path: str, payload: JsonObject) -> JsonObject:
        if not payload:
            return {"ok": True, "acked": True}
        ticket = self._workspace.tickets.peek(path)
        try:
            self._replies.give(ticket, payload, ACK)
        except SlackError as error:
            return {"ok": False, "acked": True, "error": error.error}
        return {"ok": True, "acked": True}


def _escaped(text: str) -> str:
    return "".join(ESCAPES.get(character, character) for character in text)


def _rich_text(text: str) -> JsonObject:
    section = {"type": "rich_text_section", "elements": [{"type": "text", "text": text}]}
    return {"type": "rich_text", "block_id": new_block_id(), "elements": [section]}
