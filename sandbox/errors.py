"""What can go wrong: Slack's own refusals, and ours."""

from collections.abc import Mapping
from typing import Any


class SlackError(Exception):
    """Slack's refusal of a Web API call, by the name that Slack gives it."""

    def __init__(
        self, error: str, *, status: int = 200, headers: Mapping[str, str] | None = None, **extra: Any
    ) -> None:
        super().__init__(error)
        self.error = error
        self.status = status
        self.headers = dict(headers or {})
        self.extra = extra

    def body(self) -> dict[str, Any]:
        """The JSON that Slack answers."""
        return {"ok": False, "error": self.error, **self.extra}


class ImpossibleActError(Exception):
    """A person was asked to do what no Slack client offers, such as clicking a button that is not there."""


class PortTakenError(OSError):
    """The sandbox cannot listen because another program uses the port."""
