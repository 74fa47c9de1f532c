"""One door to Slack: every other way out that somebody could write into a workflow makes a check go red.

Each attempt is one or two lines, added to a copy of a workflow. Which check sees it is part of what is tested.
"""

import ast
import re
import shutil
import subprocess
import sys

import pytest
from slack_sdk.web.base_client import BaseClient
from slack_sdk.webhook import WebhookClient

from bot.app import make_bot
from bot.clock import SYSTEM_CLOCK
from bot.settings import load_deployment
from bot.slack.api import make_client
from bot.slack.connect import connect
from demo.sample import FOLDER
from storage.store import Store
from tests.databases import KEYS, SIGNING, sqlite_url
from tests.house.test_contracts import PACKAGES, ROOT, lint

WORKFLOW = "bot/workflows/close.py"
DOORS = {"slack", "intake"}

IMPORTS = {
    "a client of one's own": "from slack_sdk import WebClient",
    "a client by its module": "import slack_sdk.web.client",
    "a response URL": "from slack_sdk.webhook import WebhookClient",
    "Bolt": "from slack_bolt import App",
    "the bot's own client": "from bot.slack.api import open_client",
    "the bot's own calls": "import bot.slack.posts",
    "another connection": "from bot.slack.connect import open_slack",
    "httpx": "import httpx",
    "requests": "import requests",
    "urllib": "from urllib.request import urlopen",
    "http.client": "from http.client import HTTPSConnection",
    "websockets": "import websockets",
    "a socket": "import socket",
    "asyncio's sockets": "import asyncio",
    "curl": "import subprocess",
    "by name": "from importlib import import_module",
}
"""What import contracts see, each in a workflow of its own."""

TYPED = {
    "a client on the bot": 'bot.client.chat_postMessage(channel=case.audience.channel, text="x")',
    "a client on a collaborator": 'bot.internal.client.chat_postMessage(channel=case.audience.channel, text="x")',
    "a client that another file imports": "from bot.slack.gateway import WebClient; WebClient()",
    "the customer as a colleague": 'bot.internal.post(case.audience, Drawing("x", ()), "attempt")',
    "a release of a sentence": 'bot.bridge.release("x")',
    "a release of a message": "bot.bridge.release(stored.draft.message)",
    "a release without approvals": "bot.bridge.release(ApprovedPost(stored.draft, waiting))",
    "a release in other words": 'bot.bridge.release(ApprovedPost(stored.draft, posting, Drawing("x", ())))',
    "an amendment of one's own": 'bot.bridge.amend(case.audience, "1.0", stored.draft.message)',
    "an amendment made by hand": 'bot.bridge.amend(Amendment(case.audience, "1.0", stored.draft.message))',
    "an amendment of what waits": "bot.bridge.amend(Amendment.bare(stored.draft, waiting))",
}
"""What mypy sees."""

ALLOWED = (
    "bot.bridge.release(ApprovedPost(stored.draft, posting))",
    "bot.bridge.amend(Amendment.bare(stored.draft, released))",
    'bot.internal.post(case.bridge_case.channel, Drawing("x", ()), "attempt")',
)
"""What a workflow may do: these pass, so what does not pass fails for its own reason."""

TYPES = """

def _attempt_%d(
    bot: Bot, case: Case, stored: StoredDraft, waiting: Waiting, posting: Posting, released: Released
) -> None:
    from blocks.drawing import Drawing
    from bot.slack.gateway import ApprovedPost
    from transforms.publish.amendment import Amendment
    %s
"""
NAMES = "from storage.drafts import StoredDraft\nfrom transforms.model.lifecycle import Posting, Released, Waiting\n"

LINTED = {
    "a client taken out of a collaborator": 'bot.internal._client.chat_postMessage(channel="C", text="x")',
    "a client taken out by name": 'getattr(bot.internal, "_client").chat_postMessage(channel="C", text="x")',
    "an amendment past its constructors": 'Amendment._made(case.audience, "1.0", stored.draft.message)',
    "code from a text": 'exec("import slack_sdk")',
}
"""What ruff sees."""

HIDDEN = {
    "a client taken out of its object": 'vars(bot.internal)["_client"]',
    "a client taken out of its dictionary": 'bot.internal.__dict__["_client"]',
    "a client taken out by a computed name": 'getattr(bot.internal, "_cl" + "ient")',
    "an import by a function": '__import__("slack_sdk")',
    "a loaded module": 'sys.modules["slack_sdk"]',
    "a value built past its checks": "object.__new__(Amendment)",
}
"""What only the rule of this file sees."""

SHELL = ("workflows", "delivery", "process")
REFLECTION = {"vars", "getattr", "setattr", "__import__", "globals", "locals", "eval", "exec", "compile"}
INSIDES = {"__dict__", "__new__", "__setattr__", "__getattribute__", "modules"}


def reflections(text: str) -> list[str]:
    """Where a module looks into objects or modules by other means than their names."""
    found = []
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Name) and node.id in REFLECTION:
            found.append(node.id)
        if isinstance(node, ast.Attribute) and node.attr in INSIDES:
            found.append(node.attr)
    return found


@pytest.fixture(scope="module")
def imported(tmp_path_factory):
    """What import-linter says of a copy in which each attempt was imported by a workflow of its own."""
    folder = tmp_path_factory.mktemp("doors")
    for package in PACKAGES:
        shutil.copytree(ROOT / package, folder / package, ignore=shutil.ignore_patterns("__pycache__", "examples"))
    shutil.copy(ROOT / "pyproject.toml", folder)
    for number, line in enumerate(IMPORTS.values()):
        (folder / f"bot/workflows/attempt_{number}.py").write_text(f"{line}\n")
    return lint(folder)[1]


@pytest.mark.parametrize("attempt", IMPORTS)
def test_import_that_is_a_way_out_breaks_a_contract(imported, attempt):
    """A workflow that imports it is named by a contract."""
    number = list(IMPORTS).index(attempt)
    assert re.search(rf"bot\.workflows\.attempt_{number} -> \S+ \(l\.1\)", imported), imported


@pytest.fixture(scope="module")
def typed(tmp_path_factory):
    """The lines of a workflow with every attempt, and those at which mypy finds an error."""
    folder = tmp_path_factory.mktemp("typed")
    workflow, shadow = ROOT / WORKFLOW, folder / "close.py"
    attempts = [TYPES % numbered for numbered in enumerate((*TYPED.values(), *ALLOWED))]
    before, after = workflow.read_text().split("from storage.", 1)
    shadow.write_text(f"{before}{NAMES}from storage.{after}{''.join(attempts)}")
    if (ROOT / ".mypy_cache").exists():
        shutil.copytree(ROOT / ".mypy_cache", folder / "cache")
    command = [sys.executable, "-m", "mypy", "--cache-dir", str(folder / "cache"), "--no-pretty"]
    shadowed = ["--shadow-file", str(workflow), str(shadow), str(workflow)]
    done = subprocess.run([*command, *shadowed], cwd=ROOT, capture_output=True, text=True, check=False)
    wrong = {int(number) for number in re.findall(rf"^{WORKFLOW}:(\d+): error", done.stdout, re.MULTILINE)}
    return shadow.read_text().splitlines(), wrong, done.stdout


def at(typed, line) -> bool:
    """Whether mypy finds an error where this line was added."""
    lines, wrong, _ = typed
    return lines.index(f"    {line}") + 1 in wrong


@pytest.mark.parametrize("attempt", TYPED)
def test_call_that_is_a_way_out_is_an_error_of_types(typed, attempt):
    """Mypy refuses exactly this line."""
    assert at(typed, TYPED[attempt]), typed[2]


def test_calls_that_a_workflow_may_make_are_none(typed):
    """What is allowed passes beside them."""
    assert [at(typed, line) for line in ALLOWED] == [False] * len(ALLOWED), typed[2]


@pytest.mark.parametrize("attempt", LINTED)
def test_line_that_is_a_way_out_is_found_by_ruff(attempt):
    """Ruff refuses it in a workflow, with the settings of the house."""
    text = f"{(ROOT / WORKFLOW).read_text()}\n\n{LINTED[attempt]}\n"
    command = [sys.executable, "-m", "ruff", "check", "--no-cache", "--output-format", "concise"]
    shown = [*command, "--select", "SLF001,B009,S102,S307", "--stdin-filename", WORKFLOW, "-"]
    done = subprocess.run(shown, cwd=ROOT, input=text, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout.count(f"{WORKFLOW}:{len(text.splitlines())}:")) == (1, 1), done.stdout


def test_ruff_looks_at_private_names_in_the_bot():
    """The rules above are on for the bot: nothing ignores them, for a file or for a line."""
    done = subprocess.run(
        [sys.executable, "-m", "ruff", "check", "--show-settings", WORKFLOW],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    enabled = done.stdout.partition("linter.rules.enabled = [")[2].partition("]")[0]
    assert [code for code in ("SLF001", "B009", "S102", "S307") if f"({code})" not in enabled] == []
    noqa = re.compile(r"noqa(?!: )|noqa:.*(SLF001|B009)")
    excused = [str(path) for path in (ROOT / "bot").rglob("*.py") if noqa.search(path.read_text())]
    assert excused == []


@pytest.mark.parametrize("attempt", HIDDEN)
def test_looking_into_objects_is_a_way_out(attempt):
    """The rule of this file sees it."""
    assert reflections(HIDDEN[attempt]) != []


def test_workflows_look_into_nothing():
    """No workflow, delivery or process takes things out of objects or modules by other means than their names."""
    files = [path for wing in SHELL for path in (ROOT / "bot" / wing).rglob("*.py")]
    assert {str(path): found for path in files if (found := reflections(path.read_text()))} == {}


def reachable(thing, path="bot", seen=None):
    """Everything that public attributes lead to from a thing, with the way there."""
    seen = {} if seen is None else seen
    if id(thing) in seen:
        return
    seen[id(thing)] = thing
    yield path, thing
    if not type(thing).__module__.startswith(("bot.", "slack_sdk", "tests.")):
        return
    for name in dir(thing):
        if not name.startswith(("_", "model_")):  # pydantic's own
            yield from reachable(getattr(thing, name), f"{path}.{name}", seen)


def clients(thing) -> list[str]:
    """The ways to a client of Slack."""
    return [path for path, found in reachable(thing) if isinstance(found, BaseClient | WebhookClient)]


def test_bot_leads_to_no_client(tmp_path):
    """No public attribute of the bot, however deep, is a client of Slack; one that were would be found."""
    deployment = load_deployment(FOLDER / "bridgepkg.yaml")
    store, client = Store(sqlite_url(tmp_path), KEYS, SIGNING), make_client("xoxb-none", "http://127.0.0.1:1/")
    bot = make_bot(deployment, store, connect(client, deployment.config, SYSTEM_CLOCK), SIGNING)
    ways = {path for path, _ in reachable(bot)}
    assert clients(bot) == []
    assert {"bot.internal.post", "bot.bridge.release", "bot.people.fresh", "bot.deployment.config"} <= ways
    bot.people.client = client
    assert clients(bot) == ["bot.people.client"]
    store.close()


def test_only_the_doors_name_slacks_libraries():
    """Nothing but the two wings speaks of Slack's libraries or clients; the logs only name loggers to be silenced."""
    apart = {"bot/process/logs.py"}
    files = [path for path in (ROOT / "bot").rglob("*.py") if path.relative_to(ROOT / "bot").parts[0] not in DOORS]
    naming = {str(p.relative_to(ROOT)) for p in files if re.search(r"slack_sdk|slack_bolt|WebClient", p.read_text())}
    assert naming == apart
