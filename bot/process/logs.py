"""Logs: one line for each record, plain at a terminal or JSON for a program, and the ids that it belongs to.

Every logger, ours and the libraries', goes through one formatter. A line carries when, how grave, who says it, what
happened, and the ids that were bound at the edge: in the worker around one row, in the listener around one payload.
Of an exception only its type is written: its words, and the lines of a traceback, may hold what is withheld.
"""

import logging
import sys
from functools import partial
from typing import Final

import orjson
import structlog
from structlog.typing import EventDict, WrappedLogger

from bot.clock import SYSTEM_CLOCK, Clock, on_thread_failure
from bot.settings import Environment, LogFormat

IDS: Final = ("request", "incident", "draft", "worker")
"""Everything that may be bound to a line, besides what was said: opaque ids, an incident's key, a worker's name."""

QUIET: Final = ("slack_bolt", "slack_sdk", "bridgepkg.bolt", "apscheduler", "httpx", "alembic", "asyncio")
"""Libraries that quote payloads or values when something fails; what matters of it, we say ourselves."""


def set_up_logs(environment: Environment, clock: Clock = SYSTEM_CLOCK) -> None:
    """Write this process's log to standard error; the libraries that quote values are silenced."""
    shown = logging.StreamHandler(sys.stderr)
    shown.setFormatter(make_formatter(environment.BRIDGEPKG_LOG_FORMAT, clock))
    logging.basicConfig(handlers=[shown], level=environment.BRIDGEPKG_LOG_LEVEL.upper())
    logging.raiseExceptions = False  # a line that cannot be formatted is no reason for a traceback
    logging.captureWarnings(capture=True)
    on_thread_failure(_say_type)
    for name in QUIET:
        logging.getLogger(name).setLevel(logging.CRITICAL)


def make_formatter(form: LogFormat, clock: Clock = SYSTEM_CLOCK) -> logging.Formatter:
    """What turns a record of any logger into one line."""
    return structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=[
            structlog.contextvars.merge_contextvars,
            structlog.stdlib.add_log_level,
            structlog.stdlib.add_logger_name,
            partial(_stamp, clock),
        ],
        processors=[_only_type, _as_json if form == "json" else _as_line],
    )


def _stamp(clock: Clock, _logger: WrappedLogger, _method: str, record: EventDict) -> EventDict:
    return {**record, "at": clock.now().isoformat().replace("+00:00", "Z")}


def _only_type(_logger: WrappedLogger, _method: str, record: EventDict) -> EventDict:
    """The fields of a line and no other; of an exception its type."""
    fields = {name: record[name] for name in ("at", "level", "logger")}
    fields["event"] = " ".join(str(record["event"]).split())
    fields |= {name: str(record[name]) for name in IDS if record.get(name)}
    raised = record.get("exc_info")
    kind = raised[0] if isinstance(raised, tuple) else type(raised) if isinstance(raised, BaseException) else None
    return fields | ({"error": kind.__name__} if kind else {})


def _as_json(_logger: WrappedLogger, _method: str, fields: EventDict) -> str:
    return orjson.dumps(fields).decode()


def _as_line(_logger: WrappedLogger, _method: str, fields: EventDict) -> str:
    extra = "".join(f" {name}={fields[name]}" for name in (*IDS, "error") if name in fields)
    return f"{fields['at']} {fields['level'].upper()} {fields['logger']}: {fields['event']}{extra}"


def _say_type(thread: str, kind: str) -> None:
    """A thread that ended by an exception: which one, and of what type."""
    logging.getLogger("bridgepkg.process").error("thread %s ended by %s", thread, kind)
