"""Traces: the ids that one row is about, bound at the edge to every log line that is written while it is worked."""

import re
from typing import Final
from weakref import WeakKeyDictionary

from structlog.contextvars import bind_contextvars, clear_contextvars

from bot.app import Bot
from storage.cases import incident_of
from storage.queues import Claimed
from storage.store import Store

MOST_KNOWN: Final = 10_000
_KNOWN: Final[WeakKeyDictionary[Store, dict[str, str]]] = WeakKeyDictionary()
"""What each database said already: a channel, a case or a draft never changes its incident, so it is asked once."""

_ID: Final = re.compile(r"[0-9a-f]{32}")


def begin_row(worker: str) -> None:
    """Forget the row before; until the next one, lines carry the worker alone."""
    clear_contextvars()
    bind_contextvars(worker=worker)


def trace_request(bot: Bot, claimed: Claimed) -> None:
    """Bind an inbox row: its request, and the incident of its channel."""
    bind_contextvars(request=claimed.id, **_incident(bot.store, claimed.lane))


def trace_draft(draft: str) -> None:
    """Bind the draft that a request names; what is no id of ours is left out."""
    if _ID.fullmatch(draft):
        bind_contextvars(draft=draft)


def trace_message(bot: Bot, claimed: Claimed) -> None:
    """Bind an outbox row: the request that it answers or the draft that it names, and the incident of either."""
    named = [str(claimed.content.get(name) or "") for name in ("draft", "bridge_case", "channel")]
    if request := str(claimed.content.get("request") or ""):
        bind_contextvars(request=request)
    trace_draft(named[0])
    bind_contextvars(**_incident(bot.store, next(filter(None, named), "")))


def _incident(store: Store, name: str) -> dict[str, str]:
    """The incident that a channel, a case or a draft belongs to, if any."""
    known = _KNOWN.setdefault(store, {})
    if name and name not in known:
        with store.read() as transaction:
            incident = incident_of(transaction, name)
        if not incident:
            return {}
        if len(known) >= MOST_KNOWN:
            known.clear()
        known[name] = incident
    return {"incident": known[name]} if name else {}
