"""What the app answers to a command or click, through the ack or a response URL."""

from typing import Any

from sandbox.documents import JsonObject, is_true
from sandbox.errors import SlackError
from sandbox.methods.call import ApiCall
from sandbox.methods.content import Content, read_content
from sandbox.methods.table import TokenKind
from sandbox.model.channels import Readers
from sandbox.model.tickets import ReplyTicket
from sandbox.model.workspace import Workspace
from sandbox.recorder import Recorder

IN_CHANNEL = "in_channel"


class Replies:
    """Puts answers where they belong: by default a new message that only the acting person sees."""

    def __init__(self, workspace: Workspace, recorder: Recorder) -> None:
        self._workspace = workspace
        self._recorder = recorder

    def give(self, ticket: ReplyTicket, body: JsonObject, source: str) -> None:
        """Show an answer and record it; SlackError, also recorded, when Slack would not take it."""
        try:
            readers = self._place(ticket, body)
        except SlackError as error:
            self._record(source, ticket, body, response=error.body(), status=error.status)
            raise
        self._record(source, ticket, body, response={"ok": True}, status=200, readers=readers)

    def _place(self, ticket: ReplyTicket, body: JsonObject) -> Readers:
        with self._workspace.lock:
            if is_true(body.get("delete_original")):
                self._delete_original(ticket)
                return self._readers(ticket, whole_channel=False)
            content = read_content(ApiCall(self._workspace, "response_url", body, ""), "message text")
            if is_true(body.get("replace_original")):
                return self._replace_original(ticket, content)
            if body.get("response_type") == IN_CHANNEL:
                return self._post(ticket, content, body)
            self._whisper(ticket, content)
            return self._readers(ticket, whole_channel=False)

    def _post(self, ticket: ReplyTicket, content: Content, body: JsonObject) -> Readers:
        bot = self._workspace.directory.app.bot_user_id
        message = self._workspace.messages.post(
            ticket.channel, bot, content.text, blocks=content.stored_blocks, by_app=True, sent_with=content.sent_with
        )
        message.thread_ts = body.get("thread_ts") or ticket.thread_ts
        return self._readers(ticket, whole_channel=True)

    def _whisper(self, ticket: ReplyTicket, content: Content) -> None:
        self._workspace.messages.whisper(
            ticket.channel, ticket.user, content.text, blocks=content.stored_blocks, thread_ts=ticket.thread_ts
        )

    def _replace_original(self, ticket: ReplyTicket, content: Content) -> Readers:
        messages = self._workspace.messages
        if ticket.original_ts is None:
            self._whisper(ticket, content)
        elif ticket.original_is_ephemeral:
            shown = messages.find_ephemeral(ticket.channel, ticket.original_ts)
            if shown is not None:
                shown.text, shown.blocks = content.text, content.stored_blocks
        else:
            messages.rewrite(messages.find(ticket.channel, ticket.original_ts), content.text, content.stored_blocks)
        in_channel = ticket.original_ts is not None and not ticket.original_is_ephemeral
        return self._readers(ticket, whole_channel=in_channel)

    def _delete_original(self, ticket: ReplyTicket) -> None:
        messages = self._workspace.messages
        if ticket.original_ts is None:
            return
        if ticket.original_is_ephemeral:
            shown = messages.find_ephemeral(ticket.channel, ticket.original_ts)
            if shown is not None:
                messages.hide(shown)
        else:
            messages.remove(messages.find(ticket.channel, ticket.original_ts))

    def _readers(self, ticket: ReplyTicket, *, whole_channel: bool) -> Readers:
        if whole_channel:
            return self._workspace.channels.readers(self._workspace.channels.get(ticket.channel))
        outside = self._workspace.directory.outsiders([ticket.user])
        return Readers(outside=outside) if outside else Readers(inside=(ticket.user,))

    def _record(self, source: str, ticket: ReplyTicket, body: JsonObject, **rest: Any) -> None:
        arguments = {**body, "channel": ticket.channel, "user": ticket.user}
        self._recorder.add(source, TokenKind.ABSENT, arguments, at=self._workspace.clock(), **rest)
