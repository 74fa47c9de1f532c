"""The page in a real browser, with a small Bolt app behind the workspace."""

import json

import pytest
from playwright.sync_api import expect

from sandbox.faults import FaultKind
from tests.sandbox.builders import (
    BRIDGE,
    IMPATIENT,
    INCIDENT,
    RecordingBot,
    actions,
    button,
    connected,
    modal,
    option,
    section,
    select_input,
    text_input,
)
from tests.sandbox.visits import NARROW, WIDE, visiting

MARKUP = "<img src=x onerror=alert(1)>"
QUESTION = {
    "title": {"type": "plain_text", "text": "Sure?"},
    "text": {"type": "mrkdwn", "text": "It *posts* now."},
    "confirm": {"type": "plain_text", "text": "Post it"},
    "deny": {"type": "plain_text", "text": "Not yet"},
}


@pytest.fixture
def bot(sandbox):
    """A connected app that records what it gets."""
    recording = RecordingBot(sandbox)
    with connected(recording.app, sandbox):
        yield recording


def open_view(sandbox, bot, view: dict) -> str:
    """Open a modal for Kim and give its id."""
    trigger = sandbox.workspace.tickets.trigger("U0KIM")
    return bot.app.client.views_open(trigger_id=trigger, view=view)["view"]["id"]


def test_whole_way_by_keyboard_alone(sandbox, bot, visit):
    """Command with completion, confirm dialog, modal with an error, and back: no mouse anywhere."""
    bot.app.client.chat_postMessage(channel=INCIDENT, text="card", blocks=actions(button(confirm=QUESTION)))
    keys, page = visit.page.keyboard, visit.page
    visit.tab_to("Message #inc-1042")
    keys.type("/brid")
    expect(page.get_by_role("option")).to_have_text(["/bridgepkg"])
    keys.press("Tab")
    bot.ack = {"text": "only for *Kim*"}
    keys.type("status")
    keys.press("Enter")
    expect(page.locator("li.ephemeral")).to_contain_text("only for Kim")
    bot.ack = None
    visit.tab_to("Go", back=True)
    keys.press("Enter")
    expect(page.get_by_role("dialog")).to_contain_text("It posts now.")
    visit.tab_to("Post it")
    keys.press("Enter")
    sandbox.wait_until(lambda: len(bot.bodies) == 2)
    assert visit.focused() == "Go"
    open_view(sandbox, bot, modal(section("Say why"), text_input(), select_input()))
    expect(page.get_by_role("dialog")).to_contain_text("Say why")
    visit.tab_to("Save")
    keys.press("Enter")
    expect(page.get_by_text("Please complete this required field.")).to_have_count(2)
    why, choice = (page.locator("#modal").get_by_role(role) for role in ("textbox", "combobox"))
    expect(why).to_be_focused()
    keys.type("because")
    expect(why).to_have_value("because")
    visit.tab_to("Choose an option")
    keys.press("ArrowDown")
    expect(choice).not_to_have_value("")
    visit.tab_to("Save")
    keys.press("Enter")
    expect(page.locator("#modal")).to_be_hidden()
    values = bot.bodies[-1]["view"]["state"]["values"]
    assert values["note"]["note"]["value"] == "because"
    assert values["reason"]["reason"]["selected_option"]["value"] == "legal"


def test_no_click_is_sent_before_the_question_is_answered(sandbox, bot, visit):
    """Not yet, Escape: nothing. Yes: one click."""
    bot.app.client.chat_postMessage(channel=INCIDENT, text="card", blocks=actions(button(confirm=QUESTION)))
    go, page = visit.page.get_by_role("button", name="Go"), visit.page
    for leave in (lambda: page.get_by_role("button", name="Not yet").click(), lambda: page.keyboard.press("Escape")):
        go.click()
        expect(page.locator("#confirm")).to_be_visible()
        leave()
        expect(page.locator("#confirm")).to_be_hidden()
    assert bot.bodies == []
    go.click()
    page.get_by_role("button", name="Post it").click()
    sandbox.wait_until(lambda: [body["type"] for body in bot.bodies] == ["block_actions"])


def test_composer_sends_lines_and_keeps_drafts(sandbox, visit):
    """Shift+Enter begins a line; a draft waits in its channel while one looks elsewhere."""
    page = visit.page
    page.locator("#composer textarea").fill("first")
    page.keyboard.press("Shift+Enter")
    page.keyboard.type("second")
    page.get_by_role("link", name="general").click()
    expect(page.locator("#composer textarea")).to_have_value("")
    page.get_by_role("link", name="inc-1042").click()
    expect(page.locator("#composer textarea")).to_have_value("first\nsecond")
    page.locator("#composer textarea").press("Enter")
    expect(page.locator("#messages li.message .text")).to_have_text("first\nsecond")
    assert sandbox.person("U0KIM").messages(INCIDENT)[0]["text"] == "first\nsecond"


def test_typed_words_survive_changes_elsewhere(sandbox, client, bot, visit):
    """While one fills a modal, messages arrive and the view itself is drawn again: nothing typed is lost."""
    view = modal(text_input())
    view_id = open_view(sandbox, bot, view)
    note = visit.page.get_by_label("note")
    note.fill("half a sen")
    client.chat_postMessage(channel=INCIDENT, text="meanwhile")
    client.views_update(view_id=view_id, view=modal(section("loaded"), text_input(), select_input()))
    expect(visit.page.get_by_role("dialog")).to_contain_text("loaded")
    expect(note).to_have_value("half a sen")
    expect(note).to_be_focused()


def test_modals_stack_and_close(sandbox, bot, visit):
    """A pushed view covers the first; Escape goes back, then closes, and the app hears of it."""
    first = open_view(sandbox, bot, modal(notify_on_close=True))
    trigger = sandbox.workspace.tickets.trigger("U0KIM", first)
    second = modal(
        section("details"), title={"type": "plain_text", "text": "Second"}, submit=None, notify_on_close=True
    )
    bot.app.client.views_push(trigger_id=trigger, view=second)
    title = visit.page.locator("#modal-title")
    expect(title).to_have_text("Second")
    visit.page.keyboard.press("Escape")
    expect(title).to_have_text("Hold")
    visit.page.keyboard.press("Escape")
    expect(visit.page.locator("#modal")).to_be_hidden()
    sandbox.wait_until(lambda: [body["type"] for body in bot.bodies] == ["view_closed", "view_closed"])


def test_errors_of_the_app_stand_at_their_field(sandbox, bot, visit):
    """response_action errors: said at the input, announced, focused; then fixed."""
    open_view(sandbox, bot, modal(text_input(), {**select_input("parts"), "optional": True}))
    bot.ack = {"response_action": "errors", "errors": {"note": "too vague"}}
    visit.page.get_by_label("note").fill("hm")
    visit.page.get_by_role("button", name="Save").click()
    expect(visit.page.get_by_role("alert").filter(has_text="too vague")).to_be_visible()
    expect(visit.page.get_by_label("note")).to_be_focused()
    bot.ack = None
    visit.page.get_by_role("button", name="Save").click()
    expect(visit.page.locator("#modal")).to_be_hidden()


@pytest.mark.parametrize("timing", [IMPATIENT], ids=[""])
def test_missing_acks_are_told_as_slack_tells_them(sandbox, bot, visit):
    """operation_timeout and dispatch_failed: a notice that only this person sees, or a line in the modal."""
    page = visit.page
    bot.app.client.chat_postMessage(channel=INCIDENT, text="card", blocks=actions())
    notices = page.locator("#notices li")
    sandbox.faults.add(FaultKind.NEVER_DELIVERED, "interactive")
    page.get_by_role("button", name="Go").click()
    expect(notices).to_contain_text(["The click on “Go” failed with the error “operation_timeout”"])
    sandbox.faults.add(FaultKind.NEVER_DELIVERED, "slash_commands")
    page.locator("#composer textarea").fill("/bridgepkg draft")
    page.keyboard.press("Enter")
    expect(notices.nth(1)).to_contain_text("/bridgepkg failed with the error “operation_timeout”")
    page.locator("#composer textarea").fill("/nonsense")
    page.keyboard.press("Enter")
    expect(notices.nth(2)).to_contain_text("That is not a command here.")
    notices.nth(0).get_by_role("button", name="Dismiss").click()
    expect(notices).to_have_count(2)
    open_view(sandbox, bot, modal(text_input(optional=True)))
    sandbox.faults.add(FaultKind.NEVER_DELIVERED, "interactive")
    page.get_by_role("button", name="Save").click()
    expect(page.locator("#modal")).to_contain_text("We had some trouble connecting.")


def test_foreign_text_stays_text(sandbox, client, visit):
    """What looks like markup is shown, in messages, notices and announcements, and not run."""
    header = {"type": "header", "text": {"type": "plain_text", "text": MARKUP}}
    client.chat_postMessage(channel=INCIDENT, text=MARKUP, blocks=[header])
    sandbox.person("U0SAM").say(INCIDENT, MARKUP)
    expect(visit.page.locator("#messages h3")).to_have_text(MARKUP)
    expect(visit.page.locator("#announcer")).to_contain_text(MARKUP)
    visit.page.locator("#composer textarea").fill(f"/{MARKUP.replace(' ', '')}")
    visit.page.keyboard.press("Enter")
    expect(visit.page.locator("#notices li")).to_have_count(1)
    assert visit.page.locator("img").count() == 0


def test_changes_arrive_by_themselves(sandbox, client, visit):
    """New messages, edits, unread marks elsewhere, and reading them; a thread and the Home tab beside the channel."""
    page = visit.page
    ts = client.chat_postMessage(channel=INCIDENT, text="first")["ts"]
    expect(page.locator("#messages li.message")).to_contain_text("first")
    client.chat_update(channel=INCIDENT, ts=ts, text="second")
    expect(page.locator("#messages li.message")).to_contain_text("second (edited)")
    client.chat_postMessage(channel=BRIDGE, text="news")
    badge = page.locator(".places .badge")
    expect(badge).to_have_text("1")
    expect(page).to_have_title("(1) Kim Sato · #inc-1042")
    page.get_by_role("link", name="bridge-acme").click()
    expect(page.locator("#messages")).to_contain_text("news")
    expect(badge).to_have_count(0)
    page.go_back()
    page.locator("li.message").hover()
    page.get_by_role("link", name="Reply in a thread").click()
    expect(page.get_by_label("Reply in the thread")).to_be_focused()
    page.keyboard.type("a reply")
    page.keyboard.press("Enter")
    expect(page.locator("#panel li.message")).to_have_count(2)
    page.keyboard.press("Escape")
    expect(page.locator("#panel")).to_have_count(0)
    client.views_publish(user_id="U0KIM", view={"type": "home", "blocks": [section("my reviews")]})
    page.get_by_role("link", name="bridgepkg, Home").click()
    expect(page.get_by_role("complementary")).to_contain_text("my reviews")


def test_choices_outside_a_form_are_sent_at_once(sandbox, bot, visit):
    """A menu and a group of boxes in a message."""
    options = {"options": [option("legal"), option("security")]}
    menu = {"type": "static_select", "action_id": "menu", **options}
    boxes = {"type": "checkboxes", "action_id": "boxes", **options}
    bot.app.client.chat_postMessage(channel=INCIDENT, text="card", blocks=actions(menu, boxes))
    visit.page.locator("[data-action=menu]").select_option("security")
    sandbox.wait_until(lambda: len(bot.bodies) == 1)
    visit.page.get_by_label("Legal").check()
    sandbox.wait_until(lambda: len(bot.bodies) == 2)
    chosen, checked = (body["actions"][0] for body in bot.bodies)
    assert chosen["selected_option"]["value"] == "security"
    assert [one["value"] for one in checked["selected_options"]] == ["legal"]


def test_reactions_can_be_added_and_taken_back(sandbox, client, visit):
    """Through the menu of a message, and by its count."""
    ts = client.chat_postMessage(channel=INCIDENT, text="x")["ts"]
    visit.page.locator("li.message").hover()
    visit.page.get_by_text("React", exact=True).click()
    visit.page.get_by_role("button", name="eyes").click()
    count = visit.page.locator(".reaction")
    expect(count).to_have_attribute("aria-pressed", "true")
    assert sandbox.workspace.messages.find(INCIDENT, ts).reactions == {"eyes": ["U0KIM"]}
    count.click()
    expect(count).to_have_count(0)


def test_traffic_is_asked_for_only_when_it_is_open(sandbox, client, visit):
    """Closed at first; open, it follows."""
    client.chat_postMessage(channel=INCIDENT, text="x")
    expect(visit.page.locator("li.message")).to_be_visible()
    assert not any("traffic" in url for url in visit.urls)
    visit.page.get_by_text("Traffic", exact=False).first.click()
    expect(visit.page.locator("#passages tbody tr")).to_have_count(1)
    client.chat_postMessage(channel=INCIDENT, text="y")
    expect(visit.page.locator("#passages tbody tr")).to_have_count(2)


def test_permalink_opens_here_and_marks_its_message(sandbox, client, visit):
    """A link to a message of this workspace leads to it, on this page."""
    for number in range(30):
        client.chat_postMessage(channel=BRIDGE, text=f"line {number}\n\n\n")
    ts = sandbox.person("U0KIM").messages(BRIDGE)[3]["ts"]
    link = client.chat_getPermalink(channel=BRIDGE, message_ts=ts)["permalink"]
    client.chat_postMessage(channel=INCIDENT, text=f"<{link}|Open the message>")
    visit.page.get_by_role("link", name="Open the message").click()
    expect(visit.page.locator("li[data-named]")).to_contain_text("line 3")
    expect(visit.page.locator("li[data-named]")).to_be_in_viewport()


def test_page_reads_without_scripts(sandbox, client, browser):
    """Messages, modal and Home are in the first HTML."""
    client.chat_postMessage(channel=INCIDENT, text="x", blocks=[section("*read me*")])
    client.views_open(trigger_id=sandbox.workspace.tickets.trigger("U0KIM"), view=modal(section("and me")))
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{sandbox.url}/?as=U0KIM&show=home")
    for words in ("read me", "and me", "no Home tab"):
        expect(page.get_by_text(words)).to_be_visible()
    context.close()


@pytest.mark.parametrize("size", [WIDE, NARROW], ids=["wide", "narrow"])
def test_nothing_is_wider_than_the_window(sandbox, client, browser, size):
    """Long words, long buttons, wide tables: no sideways scrolling; buttons about thirty characters on a phone."""
    long = "x" * 200
    cells = [{"type": "raw_text", "text": long} for _ in range(4)]
    wordy = button(text={"type": "plain_text", "text": "A button with far more than thirty characters in it"})
    blocks = [section(f"{long} `{long}`"), {"type": "table", "rows": [cells]}, *actions(wordy)]
    client.chat_postMessage(channel=INCIDENT, text="x", blocks=blocks)
    sandbox.workspace.set_channel(INCIDENT, topic=long)
    with visiting(browser, f"{sandbox.url}/?as=U0KIM", size) as visit:
        for address in ("", "&show=home"):
            visit.page.goto(f"{sandbox.url}/?as=U0KIM{address}")
            assert visit.page.evaluate("document.documentElement.scrollWidth") <= size["width"]
        if size is NARROW:
            visit.page.goto(f"{sandbox.url}/?as=U0KIM")
            assert visit.page.locator("[data-action=go]").bounding_box()["width"] <= 340
            assert visit.page.locator("[data-action=go]").get_attribute("title").endswith("characters in it")


def test_narrow_page_changes_person_and_channel(sandbox, client, browser):
    """On a phone both are behind one button; Escape closes it."""
    client.chat_postMessage(channel=BRIDGE, text="news")
    with visiting(browser, f"{sandbox.url}/?as=U0KIM", NARROW) as visit:
        page, menu = visit.page, visit.page.get_by_role("button", name="Menu")
        expect(page.get_by_role("navigation", name="People and channels")).to_be_hidden()
        menu.click()
        page.keyboard.press("Escape")
        expect(menu).to_be_focused()
        menu.click()
        page.get_by_role("link", name="bridge-acme").click()
        expect(page.locator("#messages")).to_contain_text("news")
        menu.click()
        page.get_by_role("link", name="Cara Diaz").click()
        expect(page.locator(".narrow-who")).to_have_text("Cara Diaz · #bridge-acme")


def test_arrows_move_in_lists_and_links_skip(sandbox, visit):
    """The first Tab offers to skip; up and down move among people and channels."""
    visit.page.keyboard.press("Tab")
    assert visit.focused() == "Skip to the messages"
    visit.tab_to("inc-1042")
    visit.page.keyboard.press("ArrowDown")
    assert visit.focused().startswith("bridge-acme")
    visit.page.keyboard.press("ArrowUp")
    assert visit.focused().startswith("inc-1042")
    ring = visit.page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
    assert ring != "none"


def test_page_comes_back_after_the_sandbox_was_away(sandbox, client, browser):
    """A lost connection is said, and forgotten once it is back."""
    with visiting(browser, f"{sandbox.url}/?as=U0KIM") as visit:
        visit.page.route("**/_sandbox/changes*", lambda route: route.fulfill(status=200, body="not json"))
        client.chat_postMessage(channel=INCIDENT, text="wakes the page")
        expect(visit.page.locator("#lost")).to_be_visible()
        visit.page.unroute("**/_sandbox/changes*")
        client.chat_postMessage(channel=INCIDENT, text="said meanwhile")
        expect(visit.page.locator("#lost")).to_be_hidden()
        expect(visit.page.locator("#messages")).to_contain_text("said meanwhile")
        assert json.dumps(visit.complaints) == "[]"
