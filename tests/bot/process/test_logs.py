"""Logs: one line for each record in either format, with the bound ids, and never the words of an exception."""

import json
import logging
import os
import subprocess
import sys

import pytest
from structlog.contextvars import bound_contextvars, clear_contextvars

from bot.process.logs import make_formatter

SECRET = "edge-signer has CVE-2026-41877"


def record(*arguments, name="bridgepkg.work", raised=None, **more):
    """One log record as a library or we would make it."""
    made = logging.LogRecord(name, logging.WARNING, "file.py", 1, arguments[0], arguments[1:], raised and exc(raised))
    made.__dict__.update(more)
    return made


def exc(problem):
    """What `exc_info` holds of an exception that was raised somewhere."""
    try:
        raise problem
    except type(problem):
        return sys.exc_info()


@pytest.fixture(autouse=True)
def unbound():
    """Nothing is bound that another test left behind."""
    clear_contextvars()


def written(form, *arguments, **more) -> str:
    """The line of one record."""
    return make_formatter(form).format(record(*arguments, **more))


def test_json_line_has_the_bound_ids_and_nothing_else():
    """When, how grave, who, what and the ids; what a caller adds beside them is left out."""
    with bound_contextvars(request="a" * 32, incident="INC-1042", draft="b" * 32, worker="one", asked=SECRET):
        line = json.loads(written("json", "%s row: %s", "card", "ratelimited", answer=SECRET))
    assert line.pop("at").endswith("Z")
    assert line == {
        "level": "warning",
        "logger": "bridgepkg.work",
        "event": "card row: ratelimited",
        "request": "a" * 32,
        "incident": "INC-1042",
        "draft": "b" * 32,
        "worker": "one",
    }


def test_plain_line_is_for_people():
    """The same in one line of words; without ids there is nothing after what happened."""
    with bound_contextvars(incident="INC-1042", worker="one"):
        line = written("plain", "a request was worked")
    assert line.partition(" ")[2] == "WARNING bridgepkg.work: a request was worked incident=INC-1042 worker=one"
    assert written("plain", "listening").endswith(" WARNING bridgepkg.work: listening")


@pytest.mark.parametrize("form", ["plain", "json"])
@pytest.mark.parametrize("name", ["bridgepkg.work", "uvicorn.error"])
def test_exception_is_its_type_alone(form, name):
    """Neither its words nor a traceback, whoever logs it: both may hold what is withheld."""
    line = written(form, "it failed\nhere", name=name, raised=ValueError(SECRET))
    assert ("ValueError" in line, SECRET in line, "Traceback" in line, "\n" in line) == (True, False, False, False)
    assert "it failed here" in line


@pytest.mark.parametrize(("level", "kept"), [("debug", 4), ("info", 3), ("warning", 2), ("error", 1)])
def test_lines_below_the_level_are_left_out(level, kept):
    """`BRIDGEPKG_LOG_LEVEL` says how grave a line must be."""
    program = """
import logging
from bot.process.logs import set_up_logs
from bot.settings import read_environment
set_up_logs(read_environment())
for name in ("debug", "info", "warning", "error"):
    getattr(logging.getLogger("bridgepkg.work"), name)("said")
"""
    environment = {**os.environ, "BRIDGEPKG_LOG_LEVEL": level}
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, env=environment)
    assert len(done.stderr.splitlines()) == kept


def test_whole_process_logs_json(tmp_path):
    """Ours, a library's, a warning and a thread that dies: each is one object on standard error, nothing else is."""
    program = f"""
import logging, threading, warnings
from bot.process.logs import set_up_logs
from bot.settings import read_environment
set_up_logs(read_environment())
logging.getLogger("bridgepkg.work").info("ours")
logging.getLogger("some.library").warning("theirs")
logging.getLogger("slack_sdk.web").error({SECRET!r})
logging.getLogger("bridgepkg.work").info("%d", "no number")
warnings.warn("old", UserWarning)
def fail(): raise ValueError({SECRET!r})
dying = threading.Thread(target=fail, name="dying"); dying.start(); dying.join()
"""
    environment = {**os.environ, "BRIDGEPKG_LOG_FORMAT": "json"}
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, env=environment)
    lines = [json.loads(line) for line in done.stderr.splitlines()]
    assert [line["logger"] for line in lines] == ["bridgepkg.work", "some.library", "py.warnings", "bridgepkg.process"]
    assert (lines[0]["event"], lines[1]["event"]) == ("ours", "theirs")
    assert lines[3]["event"] == "thread dying ended by ValueError"
    assert (SECRET in done.stderr, done.stdout) == (False, "")
