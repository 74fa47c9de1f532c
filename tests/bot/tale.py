"""The sample's whole tale, told in this process: acknowledgement, four versions, holds, exceptions, a withdrawal.

Then everything that is refused. What Slack was sent and what was logged meanwhile is kept for those who look for leaks.
"""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from bot.process.logs import make_formatter
from demo.running import wait_until
from tests.bot.acts import cards, hold_part, open_form, submit
from tests.bot.stage import ACCOUNT_REVIEW, BRIDGE, INCIDENT, SECURITY_REVIEW, Stage

EXCEPTIONS = (("U0KIM", "timing-disagreement"), ("U0ANA", "entitlement-changed"))
NOTE = "shows when we noticed"
REASON = "a wording needs another look"
WORDS = ("", "preview", "diff", "holds", "exceptions", "lineage H4", "manifest")
"""What tells most, and would be worst in the wrong channel."""


@dataclass
class Heard(logging.Handler):
    """Every log line from INFO on, in JSON, as an operator would have it."""

    lines: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        """A handler of its own."""
        super().__init__(logging.INFO)
        self.setFormatter(make_formatter("json"))

    def emit(self, record: logging.LogRecord) -> None:
        """Keep one line of the bot's own: `run` silences the libraries, and the tests' own client is none of it."""
        if record.name.startswith("bridgepkg.") and record.name != "bridgepkg.bolt":
            self.lines.append(self.format(record))

    __hash__ = logging.Handler.__hash__


@contextmanager
def overheard() -> Iterator[Heard]:
    """Listen to the log as `bridgepkg run` writes it."""
    heard, root = Heard(), logging.getLogger()
    before = root.level
    root.addHandler(heard)
    root.setLevel(logging.INFO)
    try:
        yield heard
    finally:
        root.removeHandler(heard)
        root.setLevel(before)


def tell(stage: Stage) -> None:
    """Play every stage of the sample; version 3 is withdrawn and version 4 stands."""
    stage.command("U0KIM", "ack")
    stage.click("U0LEE", ACCOUNT_REVIEW, "review_approve")
    stage.command("U0KIM", "draft")
    hold_part(stage, "U0SAM", SECURITY_REVIEW, "timeline/T2", note=NOTE)
    stage.approve_all()
    stage.released(2)
    stage.lay_out(3)
    stage.command("U0KIM", "draft")
    for user, code in EXCEPTIONS:
        waive(stage, user, code)
    stage.approve_all()
    stage.command("U0JO", f"withdraw {REASON}")
    stage.released(4)


def waive(stage: Stage, user: str, code: str) -> str:
    """Decide one exception of the newest draft, from the list that the person asked for."""
    stage.command(user, "exceptions")
    shown = stage.person(user).ephemerals(INCIDENT)[-1]
    block = next(b["block_id"] for b in shown["blocks"] if f"|{code}:" in str(b.get("elements")))
    return stage.click(user, INCIDENT, "exception_waive", message_ts=shown["ts"], block_id=block)


def provoke(stage: Stage) -> None:
    """Everything that is refused or answered with one line: by whom, where, and with what."""
    bridge = stage.person("U0CARA").messages(BRIDGE)[-1]["ts"]
    draft = stage.drafts()[-1]
    stage.sandbox.workspace.join(BRIDGE, "U0GUS")
    for user in ("U0CARA", "U0GUS", "U0KIM"):
        for action, about in (("review_approve", "security"), ("hold_clear", "timeline/T2"), ("draft_next", "")):
            value = f"{INCIDENT}|{draft.id}|{about}|{draft.draft.release_digest}"
            stage.click(user, BRIDGE, action, message_ts=bridge, value=value)
    for user in ("U0CARA", "U0GUS"):
        value = f"{INCIDENT}|{draft.id}|security|{draft.draft.release_digest}"
        open_form(stage, user, BRIDGE, "review_details", "details", message_ts=bridge, value=value)
    for words in (*WORDS, "draft", "stauts", "open INC-1042 acme", "withdraw leak"):
        stage.command("U0KIM", words, BRIDGE)
    stage.sandbox.workspace.leave(BRIDGE, "U0GUS")
    for words in (*WORDS, "history", "trace", "status", "draft", "lineage nothing"):
        stage.command("U0VIC", words)
    for user in ("U0VIC", "U0KIM"):
        stage.command(user, "lineage H4")
        open_form(stage, user, INCIDENT, "review_details", "details", message_ts=cards(stage)[-1]["ts"])
    for user in ("U0CARA", "U0GUS", "U0VIC", "U0KIM"):
        open_home(stage, user)


def open_home(stage: Stage, user: str) -> None:
    """Open the app's Home tab and wait until it is drawn: Slack tells the app of it after the fact."""
    before = len(stage.sandbox.calls("views.publish"))
    assert stage.person(user).open_home().ok
    assert wait_until(lambda: len(stage.sandbox.calls("views.publish")) > before, 10)
    stage.settle()


def guest_joins(stage: Stage) -> None:
    """A guest sits in the incident's channel while people draft, hold and ask."""
    stage.sandbox.workspace.join(INCIDENT, "U0GUS")
    stage.settle()
    stage.command("U0KIM", "draft")
    for words in WORDS:
        stage.command("U0KIM", words)
    form = open_form(stage, "U0SAM", SECURITY_REVIEW, "review_hold_part", "hold_form")
    submit(stage, "U0SAM", form, INCIDENT, fields=["timeline/T3"], reason="reviewer-hold", note=NOTE)
