"""What happens to a click when the page is drawn again at the same moment, as cards are while others approve."""

import pytest
from playwright.sync_api import expect

from tests.sandbox.builders import INCIDENT, RecordingBot, actions, button, connected, section
from tests.sandbox.test_page_browser import QUESTION


@pytest.fixture
def bot(sandbox):
    """A connected app that records what it gets."""
    recording = RecordingBot(sandbox)
    with connected(recording.app, sandbox):
        yield recording


def test_click_counts_though_its_message_changes_meanwhile(sandbox, bot, visit):
    """While the question is open somebody else decides and the card grows; the answer still reaches the app."""
    row = actions(button(confirm=QUESTION))
    posted = bot.app.client.chat_postMessage(channel=INCIDENT, text="card", blocks=row)
    page = visit.page
    page.get_by_role("button", name="Go").click()
    expect(page.locator("#confirm")).to_be_visible()
    grown = [section("Approved 1 of 3"), section("another line"), *row]
    bot.app.client.chat_update(channel=INCIDENT, ts=posted["ts"], text="card", blocks=grown)
    expect(page.locator("#messages")).to_contain_text("Approved 1 of 3")
    page.get_by_role("button", name="Post it").click()
    sandbox.wait_until(lambda: [body["type"] for body in bot.bodies] == ["block_actions"])


def test_button_keeps_the_focus_though_its_message_grows(sandbox, bot, visit):
    """Whoever has found the button by keyboard does not lose it when a line comes above it."""
    row = [{**actions(button())[0], "block_id": "card-review"}]
    posted = bot.app.client.chat_postMessage(channel=INCIDENT, text="card", blocks=row)
    visit.tab_to("Go", back=True)
    grown = [section("Approved 1 of 3"), *row]
    bot.app.client.chat_update(channel=INCIDENT, ts=posted["ts"], text="card", blocks=grown)
    expect(visit.page.locator("#messages")).to_contain_text("Approved 1 of 3")
    assert visit.focused() == "Go"


def test_way_to_a_channel_is_not_lost_to_a_change_elsewhere(client, visit):
    """A drawing that was asked for before the click arrives after it, and does not bring the old channel back."""
    page, held = visit.page, []
    page.route("**/screen?**", lambda route: route.continue_() if held else held.append(route))
    client.chat_postMessage(channel=INCIDENT, text="news")
    while not held:
        page.wait_for_timeout(20)
    page.get_by_role("link", name="general").click()
    held[0].continue_()
    expect(page.locator("#channel h2")).to_contain_text("#general")
