"""Socket Mode: WebSocket connections of the app, each envelope to exactly one of them."""

import asyncio
import json
import logging
import uuid
from dataclasses import dataclass

from starlette.websockets import WebSocket, WebSocketDisconnect

from sandbox.delivery.envelope import (
    Ack,
    Drop,
    Envelope,
    EnvelopeKind,
    NotAckedError,
    Outcome,
    answer_within,
)
from sandbox.documents import JsonObject
from sandbox.failures import Failures
from sandbox.model.workspace import Workspace
from sandbox.wire import transport_of

MOST_CONNECTIONS = 10
DEBUG_INFO = {"host": "applink-sandbox", "build_number": 1, "approximate_connection_time": 18060}
REFRESH = "refresh_requested"

logger = logging.getLogger(__name__)


@dataclass(eq=False)
class Connection:
    """One WebSocket of the app. `sent` counts the envelopes that it was given."""

    websocket: WebSocket
    transport: asyncio.Transport
    sent: int = 0

    async def send(self, frame: JsonObject) -> None:
        """Send one frame; what is lost on a dying connection is found by the missing ack."""
        try:
            await self.websocket.send_text(json.dumps(frame))
        except (WebSocketDisconnect, RuntimeError) as error:
            logger.info("a Socket Mode connection was gone: %s", error)

    def drop(self) -> None:
        """Close the TCP connection without a word; frames already sent still arrive."""
        self.transport.close()


class SocketMode:
    """The app's connections. Envelopes rotate among them; an ack counts from whichever it comes."""

    def __init__(self, workspace: Workspace, failures: Failures, leave_seconds: float) -> None:
        self._workspace = workspace
        self._leave_seconds = leave_seconds
        self._failures = failures
        self._connections: list[Connection] = []
        self._waiting: dict[str, asyncio.Future[Ack]] = {}
        self._turn = 0
        self.stray_acks: list[str] = []

    @property
    def connections(self) -> tuple[Connection, ...]:
        """The open connections, the oldest first."""
        return tuple(self._connections)

    async def endpoint(self, websocket: WebSocket) -> None:
        """`/link/`: greet, then take acks until the connection ends. A used or unknown ticket is refused."""
        if not self._workspace.tickets.take_link(websocket.query_params.get("ticket", "")):
            await websocket.close(4001)
            return
        await websocket.accept()
        if len(self._connections) >= MOST_CONNECTIONS:
            await websocket.send_text(json.dumps({"type": "disconnect", "reason": "too_many_websockets"}))
            await websocket.close()
            return
        connection = Connection(websocket, transport_of(websocket.scope))
        self._connections.append(connection)
        try:
            await self._serve(connection)
        except Exception as error:  # noqa: BLE001 -- whatever it is, it must be counted and not end the server
            self._failures.note("a Socket Mode connection", error)
        finally:
            self._connections.remove(connection)
            self._workspace.feed.touch()

    async def carry(self, envelope: Envelope, seconds: float) -> Ack:
        """Give the envelope to the next connection and wait for its ack."""
        if not self._connections:
            raise NotAckedError(Outcome.DISPATCH_FAILED)
        self._turn += 1
        connection = self._connections[self._turn % len(self._connections)]
        connection.sent += 1
        envelope_id = str(uuid.uuid4())
        answer: asyncio.Future[Ack] = asyncio.get_running_loop().create_future()
        self._waiting[envelope_id] = answer
        try:
            await connection.send(_frame(envelope_id, envelope))
            if envelope.drop is Drop.BEFORE_ACK:
                connection.drop()
            ack = await answer_within(answer, seconds)
        finally:
            del self._waiting[envelope_id]
        if envelope.drop is Drop.AFTER_ACK:
            connection.drop()
        return ack

    def give_up(self) -> None:
        """Wait for no more acks: the sandbox is stopping."""
        for answer in self._waiting.values():
            if not answer.done():
                answer.set_exception(NotAckedError(Outcome.DISPATCH_FAILED))

    async def ask_to_leave(self, reason: str = REFRESH) -> None:
        """Tell every connection to reconnect, as Slack does every few hours, and close it after a while."""
        frame = {"type": "disconnect", "reason": reason, "debug_info": DEBUG_INFO}
        loop = asyncio.get_running_loop()
        for connection in self.connections:
            await connection.send(frame)
            loop.call_later(self._leave_seconds, connection.drop)

    async def drop_all(self) -> None:
        """Tear down every connection without a word."""
        for connection in self.connections:
            connection.drop()

    async def _serve(self, connection: Connection) -> None:
        await connection.send(self._hello())
        self._workspace.feed.touch()
        async for text in connection.websocket.iter_text():
            self._acknowledge(text)

    def _hello(self) -> JsonObject:
        return {
            "type": "hello",
            "num_connections": len(self._connections),
            "debug_info": DEBUG_INFO,
            "connection_info": {"app_id": self._workspace.directory.app.app_id},
        }

    def _acknowledge(self, text: str) -> None:
        frame = _parsed(text)
        envelope_id = str(frame.get("envelope_id"))
        answer = self._waiting.get(envelope_id)
        if answer is None or answer.done():
            self.stray_acks.append(envelope_id)
            self._workspace.feed.touch()
        else:
            answer.set_result(Ack(frame.get("payload") or {}))


def _parsed(text: str) -> JsonObject:
    """A frame of the app; one that is not an ack in JSON counts as a stray ack."""
    try:
        frame = json.loads(text)
    except ValueError:
        frame = None
    return frame if isinstance(frame, dict) else {"envelope_id": f"unreadable: {text[:80]}"}


def _frame(envelope_id: str, envelope: Envelope) -> JsonObject:
    frame: JsonObject = {
        "envelope_id": envelope_id,
        "payload": envelope.payload,
        "type": envelope.kind.value,
        "accepts_response_payload": envelope.accepts_response,
    }
    if envelope.kind is EnvelopeKind.EVENT:
        frame |= {"retry_attempt": envelope.retry_attempt, "retry_reason": envelope.retry_reason}
    return frame
