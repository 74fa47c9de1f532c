"""The page in a real browser, where there is one."""

import os
import shutil
from collections.abc import Iterator

import httpx
import pytest
from playwright.sync_api import Page, expect, sync_playwright

from tests.bot.sandbox.builders import (
    BRIDGE,
    INCIDENT,
    RecordingBot,
    actions,
    button,
    connected,
    modal,
    section,
    select_input,
    text_input,
)

CHROMIUM = os.environ.get("CHROMIUM") or shutil.which("chromium")
REQUIRED = os.environ.get("BRIDGEPKG_REQUIRE_CHROMIUM") == "1"
needs_browser = pytest.mark.skipif(not CHROMIUM and not REQUIRED, reason="there is no Chromium on this machine")
MARKUP = "<img src=x onerror=alert(1)>"


@pytest.fixture(scope="module")
def browser():
    """One browser for all tests of the page."""
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield launched
        launched.close()


@pytest.fixture
def page(browser, sandbox) -> Iterator[Page]:
    """The page as Kim, without any script error by the end."""
    opened = browser.new_page()
    errors = []
    opened.on("pageerror", lambda error: errors.append(str(error)))
    opened.goto(f"{sandbox.url}/?as=U0KIM")
    expect(opened.locator("#channel-name")).to_have_text("# inc-1042 (private)")
    yield opened
    opened.close()
    assert errors == []


@pytest.mark.parametrize("path", ["/", "/page/page.css", "/page/page.js", "/page/text.js", "/page/blocks.js"])
def test_assets_come_from_here_and_load_nothing_from_elsewhere(sandbox, path):
    """Every file is served with a policy that forbids other origins, and names none."""
    answer = httpx.get(sandbox.url + path)
    assert (answer.status_code, answer.headers["Content-Security-Policy"].split(";")[0]) == (200, "default-src 'self'")
    assert [word for word in ("http://", "https://", "//cdn") if word in answer.text] == []


@pytest.mark.parametrize("name", ["__init__.py", "nothing.js", "..%2Fseed.py"])
def test_only_assets_are_served(sandbox, name):
    """No other file of the package can be read."""
    assert httpx.get(f"{sandbox.url}/page/{name}").status_code == 404


@needs_browser
def test_person_works_through_the_page(sandbox, page):
    """Command, ephemeral, button with confirm dialog, modal with an error: the whole way in the browser."""
    bot = RecordingBot(sandbox)
    dialog = {name: {"type": "plain_text", "text": name.title()} for name in ("title", "text", "confirm", "deny")}
    client = bot.app.client
    client.chat_postMessage(
        channel=INCIDENT, text="card", blocks=[section("*Acme* R&amp;D"), *actions(button(confirm=dialog))]
    )
    with connected(bot.app, sandbox):
        bot.ack = {"text": "only for Kim"}
        page.get_by_label("Message").fill("/bridgepkg status")
        page.get_by_role("button", name="Send").click()
        expect(page.locator("li.ephemeral")).to_contain_text("only for Kim")
        expect(page.locator("#messages strong", has_text="Acme")).to_be_visible()
        bot.ack = None
        page.get_by_role("button", name="Go").click()
        page.get_by_role("button", name="Confirm").click()
        sandbox.wait_until(lambda: len(bot.bodies) == 2)
        view = modal(section("Say why"), text_input(), select_input(), text_input("extra", optional=True))
        client.views_open(trigger_id=bot.bodies[1]["trigger_id"], view=view)
        bot.ack = {"response_action": "errors", "errors": {"note": "too vague"}}
        expect(page.locator("#modal .block").first).to_have_text("Say why")
        page.get_by_label("note").fill("hm")
        page.get_by_label("reason").select_option("legal")
        page.get_by_role("button", name="Save").click()
        expect(page.get_by_role("alert")).to_have_text("too vague")
        bot.ack = None
        page.get_by_label("note").fill("because")
        page.get_by_role("button", name="Save").click()
        expect(page.locator("#modal")).to_be_hidden()
    values = bot.bodies[-1]["view"]["state"]["values"]
    assert values["note"]["note"]["value"] == "because"
    assert values["reason"]["reason"]["selected_option"]["value"] == "legal"


@needs_browser
def test_customer_sees_one_channel(sandbox, client, page):
    """Acting as the customer shows the bridge, as it changes, and no composer for commands."""
    page.get_by_label("You are").select_option("U0CARA")
    expect(page.locator("#channels li")).to_have_text(["# bridge-acme (shared)"])
    ts = client.chat_postMessage(channel=BRIDGE, text="first")["ts"]
    expect(page.locator("#messages li")).to_contain_text("first")
    client.chat_update(channel=BRIDGE, ts=ts, text="second")
    expect(page.locator("#messages li")).to_contain_text("edited")
    expect(page.locator("#text")).to_have_attribute("placeholder", "Message")


@needs_browser
def test_foreign_text_stays_text(sandbox, client, page):
    """What looks like markup is shown, not run."""
    header = {"type": "header", "text": {"type": "plain_text", "text": MARKUP}}
    client.chat_postMessage(channel=INCIDENT, text="x", blocks=[header])
    sandbox.person("U0SAM").say(INCIDENT, MARKUP)
    expect(page.locator("#messages h3")).to_have_text(MARKUP)
    expect(page.locator("#messages li").nth(1)).to_contain_text(MARKUP)
    assert page.locator("#messages img").count() == 0


@needs_browser
def test_home_and_threads_are_shown(sandbox, client, page):
    """A published Home appears beside the channel, replies under their parent, calls in the strip."""
    parent = client.chat_postMessage(channel=INCIDENT, text="parent")["ts"]
    client.chat_postMessage(channel=INCIDENT, text="reply", thread_ts=parent)
    client.views_publish(user_id="U0KIM", view={"type": "home", "blocks": [section("my reviews")]})
    expect(page.locator("#home")).to_contain_text("my reviews")
    expect(page.locator("ol.replies li")).to_contain_text("reply")
    page.get_by_text("Web API calls").click()
    expect(page.locator("#calls li")).to_have_text(
        ["views.publish → ok", "chat.postMessage → ok", "chat.postMessage → ok"]
    )
