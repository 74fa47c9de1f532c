"""Every limit of the table: what is exactly at it is taken, one more is refused."""

import json
from collections.abc import Callable
from typing import NamedTuple

import pytest
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from sandbox.blockkit.limits import LIMITS
from sandbox.model.tickets import Tickets
from tests.sandbox.builders import (
    INCIDENT,
    actions,
    button,
    modal,
    option,
    refusal,
    section,
    select_input,
    text_input,
)


def words(count: int) -> str:
    """A text of this length."""
    return "x" * count


def plain(count: int) -> dict:
    """A plain_text object of this length."""
    return {"type": "plain_text", "text": words(count)}


def options(count: int) -> list[dict]:
    """Options with different values."""
    return [option(f"v{number}") for number in range(count)]


def held(kind: str, **changes) -> list[dict]:
    """The blocks of a message with one element in a section."""
    element = button() if kind == "button" else {"type": kind, "action_id": "pick"}
    return [section(accessory=element | changes)]


def confirming(**changes) -> list[dict]:
    """A button with a confirm dialog."""
    dialog = {"title": plain(5), "text": plain(5), "confirm": plain(5), "deny": plain(5)} | changes
    return actions(button(confirm=dialog))


def image(**changes) -> list[dict]:
    """An image block."""
    return [{"type": "image", "image_url": "http://127.0.0.1/x.png", "alt_text": "x"} | changes]


def table(rows: int, cells: int, size: int = 1) -> list[dict]:
    """A table block."""
    return [{"type": "table", "rows": [[{"type": "raw_text", "text": words(size)}] * cells] * rows}]


def spread(count: int) -> list[dict]:
    """Sections with this much text together."""
    full, rest = divmod(count, 3000)
    return [section(words(3000))] * full + [section(words(rest))] * bool(rest)


def view_of_bytes(count: int) -> dict:
    """A modal of exactly this size, of sections that are each within their limits."""
    sections = 90
    empty = len(json.dumps(modal(*[section("")] * sections)).encode())
    each, rest = divmod(count - empty, sections)
    return modal(*[section(words(each))] * (sections - 1), section(words(each + rest)))


class Case(NamedTuple):
    """How to reach a limit: the blocks of a message, its text, or a view, made for a size; and the refusal above it."""

    blocks: Callable[[int], list[dict]] | None = None
    text: Callable[[int], str] | None = None
    view: Callable[[int], dict] | None = None
    error: str = ""


def in_select(**sized: Callable[[int], object]) -> Callable[[int], list[dict]]:
    """A menu whose field depends on the size."""
    name, make = next(iter(sized.items()))
    base = {} if name == "option_groups" else {"options": options(1)}
    return lambda count: held("static_select", **(base | {name: make(count)}))


CASES = {
    "blocks per message": Case(lambda n: [{"type": "divider"}] * n),
    "blocks per view": Case(view=lambda n: modal(*[{"type": "divider"}] * n)),
    "block text per message": Case(spread, error="msg_blocks_too_long"),
    "message text": Case(text=words, error="msg_too_long"),
    "view bytes": Case(view=view_of_bytes, error="view_too_large"),
    "section text": Case(lambda n: [section(words(n))]),
    "section fields": Case(lambda n: [section(fields=[plain(1)] * n)]),
    "section field text": Case(lambda n: [section(fields=[plain(n)])]),
    "header text": Case(lambda n: [{"type": "header", "text": plain(n)}]),
    "context elements": Case(lambda n: [{"type": "context", "elements": [plain(1)] * n}]),
    "context text": Case(lambda n: [{"type": "context", "elements": [plain(n)]}]),
    "actions elements": Case(lambda n: actions(*(button(f"a{number}") for number in range(n)))),
    "image alt text": Case(lambda n: image(alt_text=words(n))),
    "image title": Case(lambda n: image(title=plain(n))),
    "image url": Case(lambda n: image(image_url=words(n))),
    "input label": Case(view=lambda n: modal(text_input(label=plain(n)))),
    "input hint": Case(view=lambda n: modal(text_input(hint=plain(n)))),
    "placeholder": Case(in_select(placeholder=plain)),
    "markdown text": Case(lambda n: [{"type": "markdown", "text": words(n)}]),
    "table rows": Case(lambda n: table(n, 1)),
    "table cells per row": Case(lambda n: table(1, n)),
    "table text": Case(lambda n: table(1, 1, n)),
    "button text": Case(lambda n: actions(button(text=plain(n)))),
    "button value": Case(lambda n: actions(button(value=words(n)))),
    "button url": Case(lambda n: actions(button(url=words(n)))),
    "accessibility label": Case(lambda n: actions(button(accessibility_label=words(n)))),
    "option text": Case(in_select(options=lambda n: [{"text": plain(n), "value": "v"}])),
    "option value": Case(in_select(options=lambda n: [{"text": plain(1), "value": words(n)}])),
    "option description": Case(in_select(options=lambda n: [option("v") | {"description": plain(n)}])),
    "select options": Case(in_select(options=options)),
    "select option groups": Case(in_select(option_groups=lambda n: [{"label": plain(1), "options": options(1)}] * n)),
    "option group label": Case(in_select(option_groups=lambda n: [{"label": plain(n), "options": options(1)}])),
    "radio options": Case(lambda n: held("radio_buttons", options=options(n))),
    "checkbox options": Case(lambda n: held("checkboxes", options=options(n))),
    "overflow options": Case(lambda n: held("overflow", options=options(n))),
    "confirm title": Case(lambda n: confirming(title=plain(n))),
    "confirm text": Case(lambda n: confirming(text=plain(n))),
    "confirm button": Case(lambda n: confirming(deny=plain(n))),
    "action id": Case(lambda n: actions(button(words(n)))),
    "block id": Case(lambda n: actions(block_id=words(n))),
    "callback id": Case(view=lambda n: modal(callback_id=words(n))),
    "external id": Case(view=lambda n: modal(external_id=words(n))),
    "private metadata": Case(view=lambda n: modal(private_metadata=words(n))),
    "modal title": Case(view=lambda n: modal(title=plain(n))),
    "modal submit": Case(view=lambda n: modal(submit=plain(n))),
    "modal close": Case(view=lambda n: modal(close=plain(n))),
}  # fmt: skip
# Tested where they matter: test_chat.py (edited and split texts).
ELSEWHERE = {"updated message text", "message text before it is split"}


def send(client: WebClient, tickets: Tickets, case: Case, size: int) -> object:
    """Post the message or open the view of a case."""
    if case.view:
        return client.views_open(trigger_id=tickets.trigger("U0KIM"), view=case.view(size))
    text = case.text(size) if case.text else "fallback"
    return client.chat_postMessage(channel=INCIDENT, text=text, blocks=case.blocks(size) if case.blocks else None)


def test_every_limit_has_a_case():
    """No limit of the table goes untested."""
    assert set(CASES) | ELSEWHERE == set(LIMITS)


@pytest.mark.parametrize("name", CASES)
def test_limit_is_inclusive(sandbox, client, name):
    """At the limit Slack takes it; one over is refused under Slack's name for it."""
    case, limit = CASES[name], LIMITS[name]
    assert send(client, sandbox.workspace.tickets, case, limit)["ok"]
    with pytest.raises(SlackApiError) as caught:
        send(client, sandbox.workspace.tickets, case, limit + 1)
    usual = "invalid_arguments" if case.view else "invalid_blocks"
    assert caught.value.response["error"] == (case.error or usual)


@pytest.mark.parametrize(
    ("blocks", "errors"),
    [
        ([{"type": "carousel"}], ["unsupported type: carousel [json-pointer:/blocks/0]"]),
        ([{"type": "section"}], ["missing required field: text [json-pointer:/blocks/0]"]),
        ([{"type": "actions", "elements": []}], ["no less than 1 items allowed [json-pointer:/blocks/0/elements]"]),
        ([{"type": "divider", "text": "x"}], ["invalid additional property: text [json-pointer:/blocks/0]"]),
        ([{"type": "header", "text": plain(0)}], ["must be more than 0 characters [json-pointer:/blocks/0/text/text]"]),
        (
            [{"type": "header", "text": {"type": "mrkdwn", "text": "x"}}],
            ["unsupported type: mrkdwn [json-pointer:/blocks/0/text/type]"],
        ),
        ([section("x") | {"text": "x"}], ["unsupported type: str [json-pointer:/blocks/0/text/type]"]),
        (actions(button(), button()), ['"action_id" go already exists [json-pointer:/blocks/0]']),
        (actions(button(style="loud")), ["must be a valid enum value [json-pointer:/blocks/0/elements/0/style]"]),
        (
            [select_input(initial_option=option("finance"))],
            ["initial option must be one of the options [json-pointer:/blocks/0/element]"],
        ),
        (held("static_select"), ["missing required field: options [json-pointer:/blocks/0/element]"]),
        (
            actions() + actions(),
            [f'"block_id" card already exists [json-pointer:/blocks/{index}/block_id]' for index in (0, 1)],
        ),
    ],
)  # fmt: skip
def test_bad_blocks_are_named(client, blocks, errors):
    """What is wrong with the blocks is said in words, with the place."""
    assert refusal(client.chat_postMessage, channel=INCIDENT, text="x", blocks=blocks)["errors"] == errors


@pytest.mark.parametrize(
    ("view", "message"),
    [
        (modal(submit=None), "must define `submit` to use an `input` block in modals [json-pointer:/view]"),
        (modal(title=None), "missing required field: title [json-pointer:/view]"),
        (modal(type="window"), "unsupported type: window [json-pointer:/view/type]"),
        (modal({"type": "table", "rows": []}), "unsupported type: table [json-pointer:/view/blocks/0]"),
        (modal(text_input(element={"type": "file"})), "unsupported type: file [json-pointer:/view/blocks/0/element]"),
    ],
)  # fmt: skip
def test_bad_view_is_named(sandbox, client, view, message):
    """What is wrong with a view is in the messages of invalid_arguments."""
    trigger = sandbox.workspace.tickets.trigger("U0KIM")
    body = refusal(client.views_open, trigger_id=trigger, view=view)
    assert body["error"] == "invalid_arguments"
    assert body["response_metadata"]["messages"] == [f"[ERROR] {message}"]


@pytest.mark.parametrize(
    "blocks",
    [
        [{"type": "rich_text", "elements": [{"type": "rich_text_section", "elements": [{"type": "emoji"}]}]}],
        [select_input()],
        held("datepicker", initial_date="2026-11-23"),
        held("multi_static_select", options=options(2), max_selected_items=1),
        actions(button(confirm={"title": plain(1), "text": plain(1), "confirm": plain(1), "deny": plain(1)})),
    ],
)  # fmt: skip
def test_ordinary_blocks_are_taken(client, blocks):
    """What Slack documents as valid passes."""
    assert client.chat_postMessage(channel=INCIDENT, text="x", blocks=blocks)["ok"]
