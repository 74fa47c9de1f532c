"""The page judged by axe-core: wide and narrow, light and dark, with a panel and with a modal."""

import json

import pytest

from tests.sandbox.builders import INCIDENT, actions, button, modal, option, section, select_input, text_input
from tests.sandbox.visits import NARROW, WIDE, visiting

axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="axe-playwright-python is not installed")

QUESTION = {name: {"type": "plain_text", "text": name.title()} for name in ("title", "text", "confirm", "deny")}
CHOICES = {"options": [option("legal"), option("security")]}
BLOCKS = [
    {"type": "header", "text": {"type": "plain_text", "text": "Header"}},
    section("*b* `c` <https://a.example|link> <@U0KIM> <#C0ACME> <!date^5^{date_pretty}|then>\n&gt; quote\n```pre```"),
    {"type": "divider"},
    {"type": "context", "elements": [{"type": "mrkdwn", "text": "small print"}]},
    {"type": "table", "rows": [[{"type": "raw_text", "text": "a"}], [{"type": "raw_text", "text": "b"}]]},
    section("long " * 300),
    *actions(
        button(style="primary", confirm=QUESTION),
        button("stop", style="danger"),
        {"type": "static_select", "action_id": "menu", **CHOICES},
        {"type": "checkboxes", "action_id": "boxes", **CHOICES},
        {"type": "radio_buttons", "action_id": "radios", **CHOICES},
    ),
]


def complaints(page) -> list[str]:
    """What axe finds, in one line each."""
    found = axe.Axe().run(page).response["violations"]
    return [f"{one['id']} {one['impact']} {json.dumps([node['target'] for node in one['nodes']])}" for one in found]


@pytest.mark.parametrize(("size", "scheme"), [(WIDE, "light"), (NARROW, "dark")], ids=["wide-light", "narrow-dark"])
def test_axe_finds_nothing(sandbox, client, browser, size, scheme):
    """No violation of any of its rules, best practices included."""
    ts = client.chat_postMessage(channel=INCIDENT, text="x", blocks=BLOCKS)["ts"]
    sandbox.person("U0SAM").react(INCIDENT, ts, "eyes")
    sandbox.person("U0SAM").say(INCIDENT, "reply", thread_ts=ts)
    client.chat_postEphemeral(channel=INCIDENT, user="U0KIM", text="only you")
    client.views_publish(user_id="U0KIM", view={"type": "home", "blocks": BLOCKS[:2]})
    with visiting(browser, f"{sandbox.url}/?as=U0KIM&channel={INCIDENT}", size, scheme) as visit:
        assert complaints(visit.page) == []
        for more in ("&show=home", f"&thread={ts}"):
            visit.page.goto(f"{sandbox.url}/?as=U0KIM&channel={INCIDENT}{more}")
            assert complaints(visit.page) == []
        view = modal(
            section("*why*"), text_input(hint=QUESTION["text"]), select_input(), text_input("x", optional=True)
        )
        client.views_open(trigger_id=sandbox.workspace.tickets.trigger("U0KIM"), view=view)
        visit.page.get_by_role("button", name="Save").click()
        visit.page.get_by_text("Please complete this required field.").first.wait_for()
        assert complaints(visit.page) == []
        visit.page.goto(f"{sandbox.url}/?as=U0CARA")
        assert complaints(visit.page) == []
