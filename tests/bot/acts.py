"""What tests of people's acts share: a card's buttons, forms, what a refused act must leave alone, sealed sides."""

from typing import Any

import orjson
from sqlalchemy import text

from blocks import say
from bot.slack.directory import KEPT_SECONDS
from demo.story import elements
from storage.cases import cases_of
from storage.directives import directives_of
from storage.drafts import StoredDraft, built_of
from storage.log import entries, payload
from tests.bot.stage import BRIDGE, INCIDENT, Stage
from transforms.publish.dossier import BuildResult

NOTHING = say.NOTHING_RECORDED


def buttons(message: dict) -> list[str]:
    """The action ids of a message's buttons, in order."""
    return [element["action_id"] for element in elements(message)]


def value(message: dict, action: str) -> str:
    """What the first button with this id carries."""
    return next(e["value"] for e in elements(message) if e["action_id"] == action)


def lines_of(message: dict) -> list[str]:
    """Every line that the blocks of a message show."""
    texts = [block.get("text", {}).get("text", "") for block in message["blocks"]]
    small = [e["text"] for b in message["blocks"] for e in b.get("elements", ()) if isinstance(e.get("text"), str)]
    return [line for shown in (*texts, *small) for line in shown.splitlines()]


def block_text(message: dict, block_id: str) -> str:
    """The text of one block; empty when it is not there."""
    for block in message.get("blocks", ()):
        if block.get("block_id") == block_id:
            return str((block.get("text") or block["elements"][0])["text"])
    return ""


def everything(stage: Stage) -> dict[str, Any]:
    """All that a refused act must not change: drafts, decisions, directives, and what the customer sees."""
    with stage.bot.store.read() as transaction:
        decisions = transaction.execute(text('SELECT digest, gate, "user", answer FROM decision ORDER BY id')).all()
        directives = [directives_of(transaction, bridge_case.id, ()) for bridge_case in cases_of(transaction)]
    states = [(draft.number, draft.revision, draft.state) for draft in stage.drafts()]
    bridge = [(message["text"], message["blocks"]) for message in stage.person("U0CARA").messages(BRIDGE)]
    return {"drafts": states, "decisions": decisions, "directives": directives, "bridge": bridge}


def refusals(stage: Stage, incident: str = "INC-1042") -> list[tuple[str, str]]:
    """Who was refused and why, as the log has it: user and code."""
    with stage.bot.store.read() as transaction:
        found = [entry for entry in entries(transaction, incident) if entry.kind == "refused"]
        told = [orjson.loads(payload(transaction, incident, entry.seq) or b"{}") for entry in found]
    return [(said["user"], said["code"]) for said in told]


def sealed_side(stage: Stage, stored: StoredDraft) -> BuildResult:
    """A draft with its annexes and everything else that is sealed."""
    with stage.bot.store.read() as transaction:
        return built_of(transaction, stored)[0]


def a_minute_later(stage: Stage) -> None:
    """Let what was looked up of people grow as old as it may become."""
    stage.clock.pass_by(KEPT_SECONDS)


def open_form(stage: Stage, user: str, channel: str, action: str, callback: str, **how: object) -> dict:
    """Click a button that opens a form, and give the form."""
    person = stage.person(user)
    outcome = person.click(action, channel=channel, confirmed=True, **how)
    assert outcome.ok, outcome
    stage.settle()
    form = person.modal()
    assert form is not None
    assert form["callback_id"] == callback, form
    return form


def submit(stage: Stage, user: str, form: dict, channel: str, **values: object) -> str:
    """Send a form off and give the answer that comes to a channel."""
    person = stage.person(user)
    heard = len(person.ephemerals(channel))
    outcome = person.submit(form["id"], values)
    assert outcome.ok, outcome
    stage.settle()
    answers = person.ephemerals(channel)[heard:]
    return str(answers[-1]["text"]) if answers else ""


def hold_part(stage: Stage, user: str, channel: str, *fields: str, note: str = "") -> str:
    """Hold fields from the newest card of a channel, and give the answer."""
    form = open_form(stage, user, channel, "review_hold_part", "hold_form")
    return submit(stage, user, form, channel, fields=list(fields), reason="security-review-pending", note=note)


def options(form: dict, action: str) -> list[str]:
    """The values that a form's menu offers."""
    element = next(b["element"] for b in form["blocks"] if b.get("element", {}).get("action_id") == action)
    groups = element.get("option_groups") or [element]
    return [option["value"] for group in groups for option in group["options"]]


def without_marks(sentence: str) -> str:
    """A sentence as a view shows it: the marks for code are for the text alone."""
    return sentence.replace("`", "")


def modal_text(form: dict | None) -> str:
    """Everything that a modal says."""
    assert form is not None
    return "\n".join(lines_of(form))


def cards(stage: Stage, channel: str = INCIDENT, user: str = "U0KIM") -> list[dict]:
    """The review cards of an internal channel, oldest first."""
    return [message for message in stage.person(user).messages(channel) if block_text(message, "card-title")]


def last_line(stage: Stage, channel: str, user: str = "U0KIM") -> str:
    """What the newest message of an internal channel says."""
    return str(stage.person(user).messages(channel)[-1]["text"])


def asked_again(stage: Stage, channel: str, user: str = "U0KIM") -> list[str]:
    """The lines of an internal channel that say that a card asks again."""
    lines = [block_text(message, "asks-again") for message in stage.person(user).messages(channel)]
    return [line for line in lines if line]
