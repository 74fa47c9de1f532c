"""Faults to inject: a closed list of ways in which a call or a delivery goes wrong."""

import threading
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from types import MappingProxyType


class FaultKind(StrEnum):
    """Every way in which the sandbox can misbehave: first those of Web API calls, then those of deliveries."""

    RATELIMITED = "ratelimited"
    RATELIMITED_WITHOUT_RETRY_AFTER = "ratelimited_without_retry_after"
    HTTP_500 = "http_500"
    HTTP_503 = "http_503"
    HTML_BODY = "html_body"
    EMPTY_BODY = "empty_body"
    TRUNCATED_JSON = "truncated_json"
    ACCEPT_THEN_DROP = "accept_then_drop"
    ACCEPT_THEN_RESET = "accept_then_reset"
    ACCEPT_THEN_TIMEOUT = "accept_then_timeout"
    SLOW = "slow"
    REFUSE = "refuse"
    API_ERROR = "api_error"
    WRONG_CHANNEL = "wrong_channel"

    DUPLICATE = "duplicate"
    OUT_OF_ORDER = "out_of_order"
    DROP_BEFORE_ACK = "drop_before_ack"
    DROP_AFTER_ACK = "drop_after_ack"
    ACK_LOST = "ack_lost"
    NEVER_DELIVERED = "never_delivered"
    DELIVERED_LATE = "delivered_late"


DELIVERY_FAULTS = frozenset(
    {
        FaultKind.DUPLICATE,
        FaultKind.OUT_OF_ORDER,
        FaultKind.DROP_BEFORE_ACK,
        FaultKind.DROP_AFTER_ACK,
        FaultKind.ACK_LOST,
        FaultKind.NEVER_DELIVERED,
        FaultKind.DELIVERED_LATE,
    }
)
# Slack has done what it was asked before these go wrong; the others fail before anything is done.
PERFORMING = frozenset(
    {
        FaultKind.ACCEPT_THEN_DROP,
        FaultKind.ACCEPT_THEN_RESET,
        FaultKind.ACCEPT_THEN_TIMEOUT,
        FaultKind.SLOW,
        FaultKind.WRONG_CHANNEL,
    }
)
DEFAULT_SECONDS: Mapping[FaultKind, float] = MappingProxyType(
    {
        FaultKind.RATELIMITED: 1.0,
        FaultKind.ACCEPT_THEN_TIMEOUT: 60.0,
        FaultKind.SLOW: 1.0,
        FaultKind.OUT_OF_ORDER: 1.0,
        FaultKind.DELIVERED_LATE: 1.0,
    }
)


@dataclass(frozen=True)
class Fault:
    """One fault. `target` is a method, an envelope type (`slash_commands`, `interactive`, `events_api`) or `*`.

    `times` None means until cleared; `skip` lets that many matching calls pass first; `seconds` is the delay, or the
    Retry-After; `error` is the name for `api_error`; `performs` overrides whether Slack did the work before failing.
    """

    id: int
    kind: FaultKind
    target: str = "*"
    channel: str | None = None
    times: int | None = 1
    skip: int = 0
    seconds: float = 0.0
    error: str = "fatal_error"
    performs: bool = False

    def matches(self, target: str, channel: str | None) -> bool:
        """Whether it applies to a call of this method, or a delivery of this type, about this channel."""
        return self.target in {"*", target} and self.channel in {None, channel}


@dataclass
class FaultBook:
    """The faults that are waiting, and those that have struck."""

    _waiting: list[Fault] = field(default_factory=list)
    _fired: list[Fault] = field(default_factory=list)
    _count: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def add(
        self,
        kind: FaultKind | str,
        target: str = "*",
        *,
        channel: str | None = None,
        times: int | None = 1,
        skip: int = 0,
        seconds: float | None = None,
        error: str = "fatal_error",
        performs: bool | None = None,
    ) -> int:
        """Add a fault and answer its id. Raises ValueError for a kind that is not on the list."""
        kind = FaultKind(kind)
        wait = DEFAULT_SECONDS.get(kind, 0.0) if seconds is None else seconds
        done = kind in PERFORMING if performs is None else performs
        with self._lock:
            self._count += 1
            self._waiting.append(Fault(self._count, kind, target, channel, times, skip, wait, error, done))
            return self._count

    def clear(self, fault_id: int | None = None) -> None:
        """Remove one fault, or all."""
        with self._lock:
            self._waiting = [fault for fault in self._waiting if fault_id not in {None, fault.id}]

    def for_call(self, method: str, channel: str | None) -> Fault | None:
        """The fault that strikes this call, counted as used."""
        return self._take(method, channel, deliveries=False)

    def for_delivery(self, envelope_type: str, channel: str | None) -> Fault | None:
        """The fault that strikes this delivery, counted as used."""
        return self._take(envelope_type, channel, deliveries=True)

    def waiting(self) -> tuple[Fault, ...]:
        """The faults that may still strike."""
        with self._lock:
            return tuple(self._waiting)

    def fired(self) -> tuple[Fault, ...]:
        """The faults that have struck, in order."""
        with self._lock:
            return tuple(self._fired)

    def _take(self, target: str, channel: str | None, *, deliveries: bool) -> Fault | None:
        with self._lock:
            for index, fault in enumerate(self._waiting):
                if (fault.kind in DELIVERY_FAULTS) is not deliveries or not fault.matches(target, channel):
                    continue
                if fault.skip:
                    self._waiting[index] = replace(fault, skip=fault.skip - 1)
                    continue
                self._use(index, fault)
                return fault
        return None

    def _use(self, index: int, fault: Fault) -> None:
        self._fired.append(fault)
        if fault.times is None:
            return
        if fault.times > 1:
            self._waiting[index] = replace(fault, times=fault.times - 1)
        else:
            del self._waiting[index]
