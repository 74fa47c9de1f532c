"""Brings requests to the app, whichever way it listens: deadlines, retries of events, injected faults, the log."""

import asyncio
from collections.abc import Coroutine
from dataclasses import replace
from typing import Any

from sandbox.delivery.envelope import (
    Ack,
    Carrier,
    Delivery,
    Drop,
    Envelope,
    EnvelopeKind,
    Mode,
    NotAckedError,
    Outcome,
    Timing,
)
from sandbox.delivery.http_mode import HttpMode
from sandbox.delivery.socket_mode import SocketMode
from sandbox.delivery.subscriptions import event_payload, is_wanted
from sandbox.documents import JsonObject
from sandbox.failures import Failures
from sandbox.faults import Fault, FaultBook, FaultKind
from sandbox.model.workspace import Workspace

DROPS = {FaultKind.DROP_BEFORE_ACK: Drop.BEFORE_ACK, FaultKind.DROP_AFTER_ACK: Drop.AFTER_ACK}
RETRY_REASONS = {
    Mode.SOCKET: {Outcome.OPERATION_TIMEOUT: "timeout", Outcome.DISPATCH_FAILED: "connection_failed"},
    Mode.HTTP: {Outcome.OPERATION_TIMEOUT: "http_timeout", Outcome.DISPATCH_FAILED: "http_error"},
}


class Courier:
    """Delivers envelopes. Lives in the server's event loop; `announce` may be called from any thread."""

    def __init__(self, workspace: Workspace, faults: FaultBook, failures: Failures, timing: Timing) -> None:
        self.socket_mode = SocketMode(workspace, failures, timing.leave)
        self._http_mode: HttpMode | None = None
        self._workspace = workspace
        self._faults = faults
        self._failures = failures
        self._timing = timing
        self._loop: asyncio.AbstractEventLoop | None = None
        self._tasks: set[asyncio.Task[Any]] = set()
        self._overtaken = asyncio.Event()
        self._log: list[Delivery] = []
        workspace.on_event(self.announce)

    @property
    def mode(self) -> Mode:
        """How requests reach the app now."""
        return Mode.SOCKET if self._http_mode is None else Mode.HTTP

    @property
    def log(self) -> tuple[Delivery, ...]:
        """Every attempt so far."""
        return tuple(self._log)

    def start(self) -> None:
        """Take the running event loop as the one that delivers."""
        self._loop = asyncio.get_running_loop()

    async def stop(self) -> None:
        """Give up what is still under way, and take no more events."""
        self._loop = None
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def use_socket_mode(self) -> None:
        """Deliver over the app's WebSocket connections."""
        self._http_mode = None

    async def use_http(self, url: str, *, verify: bool = True) -> bool:
        """Deliver to a request URL; False, and no change, when it does not answer Slack's challenge."""
        candidate = HttpMode(url, self._workspace.directory.app.signing_secret, self._timing.stamp)
        if verify and not await candidate.verify(self._timing.ack):
            return False
        self._http_mode = candidate
        return True

    async def deliver(self, envelope: Envelope) -> Ack:
        """Bring a command or an interaction to the app, once; NotAckedError is what the person sees."""
        fault = self._faults.for_delivery(envelope.kind.value, envelope.channel)
        if fault is None:
            return await self._attempt(envelope, None)
        return await self._attempt_with(envelope, fault)

    def announce(self, event: JsonObject, channel: str | None) -> None:
        """Bring an event to the app in the background, if it is one that it gets. Callable from any thread."""
        if self._loop is None or not is_wanted(self._workspace, event, channel):
            return
        envelope = Envelope(EnvelopeKind.EVENT, event_payload(self._workspace, event, channel))
        self._loop.call_soon_threadsafe(self._start_event, envelope)

    def spawn(self, work: Coroutine[Any, Any, Any]) -> None:
        """Run something in the background; an error in it is a failure of the sandbox."""
        task = asyncio.ensure_future(work)
        self._tasks.add(task)
        task.add_done_callback(self._finished)

    def _start_event(self, envelope: Envelope) -> None:
        self.spawn(self._deliver_event(envelope))

    def _finished(self, task: "asyncio.Task[Any]") -> None:
        self._tasks.discard(task)
        if not task.cancelled() and task.exception():
            self._failures.note("a delivery", task.exception() or Exception())

    async def _deliver_event(self, envelope: Envelope) -> None:
        for attempt, delay in enumerate((0.0, *self._timing.retries)):
            await asyncio.sleep(delay)
            try:
                await self.deliver(replace(envelope, retry_attempt=attempt))
            except NotAckedError as error:
                envelope = replace(envelope, retry_reason=RETRY_REASONS[self.mode][error.outcome])
                if not error.retry:
                    return
            else:
                return

    async def _attempt_with(self, envelope: Envelope, fault: Fault) -> Ack:
        if fault.kind is FaultKind.NEVER_DELIVERED:
            self._note(envelope, Outcome.OPERATION_TIMEOUT, {}, fault)
            raise NotAckedError(Outcome.OPERATION_TIMEOUT)
        if fault.kind is FaultKind.OUT_OF_ORDER:
            await self._wait_for_another(fault.seconds)
        if fault.kind is FaultKind.DELIVERED_LATE:
            await asyncio.sleep(fault.seconds)
        if fault.kind is FaultKind.DUPLICATE:
            self.spawn(self._attempt_quietly(envelope, fault))
        return await self._attempt(replace(envelope, drop=DROPS.get(fault.kind)), fault)

    async def _attempt(self, envelope: Envelope, fault: Fault | None) -> Ack:
        carrier: Carrier = self._http_mode or self.socket_mode
        try:
            ack = _unless_lost(await carrier.carry(envelope, self._timing.ack), fault)
        except NotAckedError as error:
            self._note(envelope, error.outcome, {}, fault)
            raise
        self._note(envelope, Outcome.ACKED, ack.payload, fault)
        return ack

    async def _attempt_quietly(self, envelope: Envelope, fault: Fault) -> None:
        try:
            await self._attempt(envelope, fault)
        except NotAckedError:
            return  # The log has it; nobody waits for the duplicate.

    async def _wait_for_another(self, seconds: float) -> None:
        self._overtaken.clear()
        try:
            await asyncio.wait_for(self._overtaken.wait(), seconds)
        except TimeoutError:
            return  # Nothing came to overtake it.

    def _note(self, envelope: Envelope, outcome: Outcome, ack: JsonObject, fault: Fault | None) -> None:
        named = fault.kind.value if fault else None
        entry = (envelope.kind, envelope.payload, envelope.retry_attempt, outcome, ack, named, self._workspace.clock())
        self._log.append(Delivery(len(self._log) + 1, *entry))
        self._overtaken.set()
        self._workspace.feed.touch()


def _unless_lost(ack: Ack, fault: Fault | None) -> Ack:
    if fault and fault.kind is FaultKind.ACK_LOST:
        raise NotAckedError(Outcome.OPERATION_TIMEOUT)
    return ack
