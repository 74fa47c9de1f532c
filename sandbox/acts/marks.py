"""What a person's client does without telling the app: how far they have read, and what they have put away."""

from sandbox.acts.rules import active_user, open_channel
from sandbox.documents import JsonObject
from sandbox.errors import ImpossibleActError
from sandbox.model.workspace import Workspace


class Marks:
    """Reading channels and dismissing ephemerals."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace

    def read(self, user: str, channel: str, ts: str) -> JsonObject:
        """Note that a person has read a channel up to a message."""
        with self._workspace.lock:
            active_user(self._workspace, user)
            open_channel(self._workspace, user, channel)
            if self._workspace.reading.read(user, channel, ts):
                self._workspace.feed.touch()
        return {"ok": True}

    def dismiss(self, user: str, channel: str, ts: str) -> JsonObject:
        """Put away an ephemeral; ImpossibleActError for any other message."""
        with self._workspace.lock:
            active_user(self._workspace, user)
            open_channel(self._workspace, user, channel)
            whispered = self._workspace.messages.find_ephemeral(channel, ts)
            if whispered is None or whispered.user != user:
                raise ImpossibleActError(f"{user} has no ephemeral {ts} in {channel}")
            self._workspace.messages.hide(whispered)
            self._workspace.feed.touch()
        return {"ok": True}
