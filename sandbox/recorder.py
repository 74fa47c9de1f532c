"""The log of everything that the app sent: Web API calls, response URLs and acks that carry text."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from sandbox.documents import JsonObject, read_json
from sandbox.methods.table import TokenKind
from sandbox.model.channels import Readers
from sandbox.model.feed import Feed

JSON_ARGUMENTS = frozenset({"blocks", "view", "metadata", "attachments"})
RESPONSE_URL = "response_url"
ACK = "ack"


@dataclass(frozen=True)
class Call:
    """One call. The token itself is never kept, only which kind it was; `readers` is who could see what was shown."""

    seq: int
    method: str
    token: TokenKind
    arguments: JsonObject
    response: JsonObject
    status: int
    at: float
    readers: Readers | None = None
    fault: str | None = None

    @property
    def ok(self) -> bool:
        """Whether Slack did what it was asked, whatever the app got to know of it."""
        return bool(self.response.get("ok"))

    def as_json(self) -> JsonObject:
        """The call as a JSON document."""
        return asdict(self)


@dataclass
class Recorder:
    """Keeps calls in order."""

    feed: Feed
    _calls: list[Call] = field(default_factory=list)

    def add(self, method: str, token: TokenKind, arguments: Mapping[str, Any], **rest: Any) -> Call:
        """Record a call; JSON arguments are parsed, the token is left out."""
        with self.feed.condition:
            call = Call(len(self._calls) + 1, method, token, _readable(arguments), **rest)
            self._calls.append(call)
        self.feed.touch()
        return call

    def calls(self, method: str | None = None, since: int = 0) -> tuple[Call, ...]:
        """The calls after number `since`, all or those of one method."""
        with self.feed.condition:
            return tuple(call for call in self._calls[since:] if method in {None, call.method})


def _readable(arguments: Mapping[str, Any]) -> JsonObject:
    return {name: _parsed(name, value) for name, value in arguments.items() if name != "token"}


def _parsed(name: str, value: Any) -> Any:
    if name not in JSON_ARGUMENTS:
        return value
    try:
        return read_json(value)
    except ValueError:
        return value
