"""The authority table, whole: every kind of person against everything that can be asked, default deny (promise P9)."""

from contextlib import contextmanager, suppress
from dataclasses import dataclass

import orjson
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from blocks import say
from blocks.ids import ActionId, CallbackId, Reference
from bot.access import ALLOWED, Action, refuse, refuse_role
from bot.app import Bot, make_bot
from bot.clock import SYSTEM_CLOCK
from bot.intake.commands import COMMANDS, parse
from bot.intake.requests import ActionRequest, CommandRequest, Request, SubmissionRequest
from bot.settings import load_deployment
from bot.slack.api import make_client
from bot.slack.connect import connect
from bot.workflows.dispatch import dispatch
from demo.sample import FOLDER, lay_out, load_sample, prepare
from sandbox.faults import FaultKind
from sandbox.seed import Seed
from sandbox.server import Sandbox
from storage.cases import cases_of
from storage.drafts import drafts_of
from storage.log import entries
from storage.store import Store
from tests.bot.stage import INCIDENT, SECURITY_REVIEW
from tests.builders import AT, make_person
from tests.databases import KEYS, SIGNING, sqlite_url

HOME, SISTER, OTHER = "T0MERIDIAN", "T0SISTER", "T0OTHER"
EVERYTHING = ("open", "draft", "read", "hold", "withdraw", "release", "look", "approve", "clear", "waive", "place")

LEAVE = {
    "U0KIM": "open draft read hold withdraw release look waive place",
    "U0SAM": "read hold withdraw approve clear",
    "U0ANA": "draft read hold withdraw release look",
    "U0LEE": "draft read hold withdraw release look",
    "U0JO": "read hold withdraw",
    "U0VIC": "read",
    "U0ADA": "open read",
    "U0DEE": "read hold withdraw approve clear",
    "U0TWO": "read hold withdraw approve clear",
    "U0ENT": "read hold withdraw",
    "U0PRIYA": "",
}
"""Who may do what. Commander, security, account lead, support lead (deputy of accounts), legal, leadership, admin; a
deputy of security; security and legal in one person; legal from a sister workspace; an engineer without a role."""

NOBODY = {
    "U0GUS": "not-inside",
    "U0SOLO": "not-inside",
    "U0OUT": "not-inside",
    "U0CARA": "not-inside",
    "U0BOT": "not-inside",
    "U0GONE": "not-inside",
    "U0NONE": "look-up-failed",
    "U0FAIL": "look-up-failed",
}
"""A guest, a single-channel guest, somebody of a third organisation, the customer, a bot, a former colleague, a user
whom Slack does not know, and one of whom it does not tell: nothing at all, and why."""

PEOPLE = [
    {"id": "U0ADA", "name": "ada", "team_id": HOME},
    {"id": "U0DEE", "name": "dee", "team_id": HOME},
    {"id": "U0TWO", "name": "two", "team_id": HOME},
    {"id": "U0FAIL", "name": "fail", "team_id": HOME},
    {"id": "U0ENT", "name": "ent", "team_id": SISTER},
    {"id": "U0OUT", "name": "out", "team_id": OTHER},
    {"id": "U0SOLO", "name": "solo", "team_id": HOME, "is_restricted": True, "is_ultra_restricted": True},
    {"id": "U0BOT", "name": "robot", "team_id": HOME, "is_bot": True},
    {"id": "U0GONE", "name": "gone", "team_id": HOME, "deleted": True},
]
TEAM_OF = {person["id"]: person["team_id"] for person in PEOPLE} | {"U0CARA": "T0ACME"}

COMMAND_LEAVE = {
    **dict.fromkeys(("open", "close", "close anyway", "reopen"), "open"),
    "draft": "draft",
    "ack": "draft",
    "release": "release",
    "hold": "hold",
    "withdraw": "withdraw",
    "withdraw a reason": "withdraw",
    **dict.fromkeys(("", "status", "preview", "diff", "holds", "exceptions", "history", "manifest", "trace"), "read"),
    "lineage headline/overall": "read",
    **dict.fromkeys(("place", "place list", "place end 1", "place team=batch unrelated"), "place"),
}
BUTTON_LEAVE = {
    ActionId.REVIEW_APPROVE: "approve",
    ActionId.REVIEW_HOLD_ALL: "hold",
    ActionId.REVIEW_HOLD_PART: "hold",
    ActionId.REVIEW_DETAILS: "read",
    ActionId.HOLD_CLEAR: "clear",
    ActionId.EXCEPTION_WAIVE: "waive",
    ActionId.EVIDENCE_PLACE: "place",
    ActionId.DRAFT_NEXT: "draft",
    ActionId.PACKAGE_RELEASE: "release",
    ActionId.PACKAGE_WITHDRAW: "withdraw",
    ActionId.POST_SEEN: "look",
    ActionId.POST_ABSENT: "look",
    ActionId.MENU_DRAFT: "draft",
    ActionId.MENU_ACK: "draft",
    ActionId.MENU_DIFF: "read",
    ActionId.MENU_HOLDS: "read",
}
FORM_LEAVE = {
    CallbackId.HOLD_FORM: "hold",
    CallbackId.PLACE_FORM: "place",
    CallbackId.WITHDRAW_FORM: "withdraw",
}


class UndoneError(Exception):
    """Ends a transaction that must leave no trace."""


@dataclass
class House:
    """A bot with a blocked draft in which security holds a field, and a way to ask it anything without a trace."""

    bot: Bot
    sandbox: Sandbox

    def does(self, request: Request) -> None:
        """Work a request for good."""
        effect = dispatch(self.bot, request)
        with self.bot.store.write() as transaction:
            effect(transaction)

    def refused(self, request: Request) -> str:
        """The code under which a request is refused and logged; empty when it is not. Nothing of it is kept."""
        effect, code = dispatch(self.bot, request), ""
        with suppress(UndoneError), self.bot.store.write() as transaction:
            before = len(list(entries(transaction, "INC-1042")))
            effect(transaction)
            added = list(entries(transaction, "INC-1042"))[before:]
            code = next((entry.subject for entry in added if entry.kind == "refused"), "")
            raise UndoneError
        return code

    def drafts(self) -> list:
        """Every draft."""
        with self.bot.store.read() as transaction:
            return [d for bridge_case in cases_of(transaction) for d in drafts_of(transaction, bridge_case.id)]


def seed() -> Seed:
    """The sample's workspace with people of every kind, inside an enterprise."""
    data = orjson.loads((FOLDER / "workspace.json").read_bytes())
    data["team"]["enterprise_id"] = "E0MERIDIAN"
    data["teams"] += [
        {"id": SISTER, "name": "Meridian Labs", "domain": "labs", "enterprise_id": "E0MERIDIAN"},
        {"id": OTHER, "name": "Other", "domain": "other"},
    ]
    data["users"] += PEOPLE
    return Seed.model_validate(data)


def configured(config) -> None:
    """Roles for the people of this test, and the enterprise as home."""
    text = config.read_text()
    text = text.replace("home: {teams: [T0MERIDIAN]}", "home: {teams: [T0MERIDIAN], enterprise: E0MERIDIAN}")
    text = text.replace("{groups: [S0SECURITY]}", "{groups: [S0SECURITY], users: [U0TWO], deputies: [U0DEE]}")
    text = text.replace("{groups: [S0LEGAL]}", "{groups: [S0LEGAL], users: [U0TWO, U0ENT]}\n  admin: {users: [U0ADA]}")
    config.write_text(text)


@contextmanager
def housed(folder):
    """The bot on its sandbox, without listener and worker: requests are dispatched here."""
    config = prepare(folder)
    configured(config)
    store = Store(sqlite_url(folder), KEYS, SIGNING)
    with Sandbox(seed(), rate_limits=False) as sandbox:
        sample = load_sample()
        client = make_client(seed().app.bot_token, sandbox.api_url)
        deployment = load_deployment(config)
        slack = connect(client, deployment.config, SYSTEM_CLOCK)
        house = House(make_bot(deployment, store, slack, Ed25519PrivateKey.generate()), sandbox)
        now = house.bot.now()
        lay_out(sample.stages[2], sample, folder, began=now, now=now)
        yield house
    store.close()


@pytest.fixture(scope="module")
def house(tmp_path_factory):
    """One bot for the whole table, which no cell changes."""
    with housed(tmp_path_factory.mktemp("access")) as made:
        made.does(command("U0KIM", "open INC-1042 acme"))
        made.does(command("U0KIM", "draft"))
        form = Reference(INCIDENT, made.drafts()[0].id, INCIDENT)
        values = {"fields": ("timeline/T2",), "reason": "security-review-pending", "note": ""}
        made.does(submission("U0SAM", CallbackId.HOLD_FORM, form, values))
        yield made


def command(user: str, text: str, channel: str = INCIDENT) -> CommandRequest:
    """A typed command; its payload names our workspace, wherever the person is from."""
    return CommandRequest(id="0" * 32, person=make_person(user), channel=channel, received_at=AT, typed=parse(text))


def click(user: str, action: str, reference: Reference) -> ActionRequest:
    """A click; its payload names the person's own workspace."""
    person = make_person(user, TEAM_OF.get(user, HOME))
    return ActionRequest(
        id="0" * 32, person=person, channel=SECURITY_REVIEW, received_at=AT, action=action, reference=reference
    )


def submission(user: str, callback: str, reference: Reference, values: dict | None = None) -> SubmissionRequest:
    """A form that was sent off."""
    person = make_person(user, TEAM_OF.get(user, HOME))
    return SubmissionRequest(
        id="0" * 32,
        person=person,
        channel=reference.lane,
        received_at=AT,
        callback=callback,
        reference=reference,
        values=values or {},
    )


def reference_of(house: House, action: str) -> Reference:
    """What the button is about: security's gate, security's hold, or the commander's exception."""
    draft = house.drafts()[-1]
    timing = next(entry.id for entry in draft.draft.register_ if entry.code == "timing-disagreement")
    about = {ActionId.HOLD_CLEAR: "timeline/T2", ActionId.EXCEPTION_WAIVE: timing}.get(action, "security")
    return Reference(INCIDENT, draft.id, about, draft.draft.release_digest)


def cells(house: House, user: str) -> dict[str, list[str]]:
    """Every code under which somebody is refused something, by the leave that it takes."""
    found: dict[str, list[str]] = {name: [] for name in EVERYTHING}
    for text, leave in COMMAND_LEAVE.items():
        typed = "open INC-1042 acme" if text == "open" else text
        found[leave].append(house.refused(command(user, typed)))
    for action, leave in BUTTON_LEAVE.items():
        found[leave].append(house.refused(click(user, action, reference_of(house, action))))
    for callback, leave in FORM_LEAVE.items():
        found[leave].append(house.refused(submission(user, callback, reference_of(house, callback))))
    return found


@pytest.mark.parametrize("user", LEAVE)
def test_insider_may_do_exactly_what_the_table_says(house, user):
    """Each command, button and form asks for its leave, by whatever way a role was given.

    The draft is blocked, so that an approval which would count is refused for that alone.
    """
    expected = {
        name: {"blocked" if name == "approve" else ""} if name in LEAVE[user].split() else {"wrong-role"}
        for name in EVERYTHING
    }
    assert {name: set(codes) for name, codes in cells(house, user).items()} == expected


@pytest.mark.parametrize("user", NOBODY)
def test_nobody_may_do_nothing(house, user):
    """Whoever is no full member of the home, or cannot be looked up, is refused everything, and it is logged."""
    if user == "U0FAIL":
        house.sandbox.faults.add(FaultKind.HTTP_500, "users.info", times=None)
    try:
        found = cells(house, user)
    finally:
        house.sandbox.faults.clear()
    assert {name: set(codes) for name, codes in found.items()} == {name: {NOBODY[user]} for name in EVERYTHING}


def test_table_covers_everything_that_can_be_asked():
    """No command, button or form is missing from the table of this test."""
    typed = {text.split()[0] for text in COMMAND_LEAVE if text}
    assert typed | {"help"} == {known.name for known in COMMANDS}
    assert set(BUTTON_LEAVE) == set(ActionId)
    assert set(FORM_LEAVE) | {CallbackId.DETAILS} == set(CallbackId)


@pytest.mark.parametrize("action", ["review_everything", "", "package_publish"])
def test_unknown_button_does_nothing(house, action):
    """A button of another version answers with a sentence, to everybody."""
    effect = dispatch(house.bot, click("U0KIM", action, reference_of(house, "")))
    with house.bot.store.read() as transaction:
        told = effect(transaction).drawing.text
    assert told == say.requests.OLD_BUTTON


def test_refusal_names_the_roles_that_may_and_those_one_has():
    """Roles are listed as people say them, with what is missing and what is there."""
    assert refuse(Action.OPEN, frozenset({"legal", "leadership"})).sentence == (
        say.access.wrong_role(["admin", "incident_command"], ["leadership", "legal"])
    )
    assert refuse_role("security", frozenset()).sentence == say.access.wrong_role(["security"], [])


@pytest.mark.parametrize("action", Action)
def test_no_role_no_action(action):
    """Without a role, or with one that only a configuration knows, nothing is allowed."""
    assert [refuse(action, roles).code for roles in (frozenset(), frozenset({"field_engineering"}))] == [
        "wrong-role"
    ] * 2
    assert "" not in ALLOWED[action]
