"""One Web API call: its arguments, read as Slack reads them, and what the app may do."""

from dataclasses import dataclass
from typing import Any

from sandbox.documents import JsonObject, is_true, read_json
from sandbox.errors import SlackError
from sandbox.methods.scopes import ScopeFamily
from sandbox.model.channels import Readers
from sandbox.model.workspace import Workspace
from sandbox.seed import Channel


@dataclass
class ApiCall:
    """A call that passed authentication. A method that shows something to people fills `readers`."""

    workspace: Workspace
    method: str
    args: JsonObject
    socket_base: str
    readers: Readers | None = None

    def text(self, name: str) -> str | None:
        """An argument as text; None when it is absent or empty, which Slack treats alike."""
        value = self.args.get(name)
        return None if value is None or value == "" else str(value)

    def need(self, name: str) -> str:
        """A required argument; SlackError `invalid_arguments` when it is absent."""
        value = self.text(name)
        if value is None:
            raise invalid_arguments(f"missing required field: {name}")
        return value

    def flag(self, name: str) -> bool:
        """A yes or no argument."""
        return is_true(self.args.get(name))

    def number(self, name: str, default: int, most: int) -> int:
        """A count argument within 1 and its greatest value; SlackError `invalid_limit` for anything else."""
        raw = self.text(name)
        try:
            value = default if raw is None else int(raw)
        except ValueError:
            raise SlackError("invalid_limit") from None
        if value < 1:
            raise SlackError("invalid_limit")
        return min(value, most)

    def document(self, name: str, error: str) -> Any:
        """A JSON argument, as such or as a string in a form; SlackError with this name when it is not JSON."""
        value = self.args.get(name)
        try:
            return None if value is None or value == "" else read_json(value)
        except ValueError:
            raise SlackError(error) from None

    def need_scope(self, *any_of: str) -> None:
        """SlackError `missing_scope` unless the bot token has one of the scopes."""
        granted = self.workspace.scopes
        if any_of and not set(any_of) & set(granted):
            raise SlackError("missing_scope", needed=any_of[0], provided=",".join(granted))

    def visible_channel(self, family: ScopeFamily) -> Channel:
        """The channel argument, if the app may read about it."""
        channel = self.workspace.channels.visible(self.need("channel"))
        self.need_scope(family.scope_for(channel))
        return channel

    def joined_channel(self, family: ScopeFamily) -> Channel:
        """The channel argument, if the app is in it."""
        self.visible_channel(family)
        return self.workspace.channels.joined(self.need("channel"))


def invalid_arguments(*messages: str) -> SlackError:
    """The refusal that says in words which argument is wrong."""
    return SlackError("invalid_arguments", response_metadata={"messages": [f"[ERROR] {line}" for line in messages]})
