"""Every block and element as the page draws it, read back from the HTML."""

import json
from pathlib import Path

import pytest

from tests.sandbox.builders import (
    BRIDGE,
    INCIDENT,
    actions,
    button,
    modal,
    option,
    section,
    select_input,
    text_input,
)
from tests.sandbox.drawn import is_harmless, screen_of

NAUGHTY = Path(__file__).parents[3] / "shared" / "data" / "blns" / "blns.json"
EVIL = "<img src=x onerror=alert(1)> \"'><script>alert(1)</script>"


def plain(text: str, **rest) -> dict:
    """A plain_text object."""
    return {"type": "plain_text", "text": text, **rest}


def mrkdwn(text: str, **rest) -> dict:
    """A mrkdwn object."""
    return {"type": "mrkdwn", "text": text, **rest}


@pytest.fixture
def shown(sandbox, client):
    """Post blocks into the incident's channel and give what Kim's page shows of them."""

    def show(*blocks: dict, user: str = "U0KIM", channel: str = INCIDENT):
        ts = client.chat_postMessage(channel=channel, text="fallback", blocks=list(blocks))["ts"]
        screen = screen_of(sandbox, user, channel=channel)
        assert is_harmless(screen)
        return screen.one("li", id=f"m-{ts}").one("div", class_="blocks")

    return show


def test_section_shows_markup_and_escapes_the_rest(shown):
    """Bold is bold, an escaped bracket is a bracket, and plain text is nothing but text."""
    drawn = shown(section("*Acme* R&amp;D &lt;b&gt;"), {"type": "section", "text": plain(f"*no* {EVIL}")})
    assert [one.text for one in drawn.all("strong")] == ["Acme"]
    assert [one.exact for one in drawn.all("div", class_="text")] == ["Acme R&D <b>", f"*no* {EVIL}"]


def test_line_breaks_stay(shown):
    """Text is shown with its own line breaks and no others."""
    assert shown(section("a\nb")).one("div", class_="text").exact == "a\nb"


def test_long_section_folds_unless_it_expands(shown):
    """Slack hides the end of a long section behind "Show more"; `expand` shows it whole."""
    long = "word " * 300
    assert [one.text for one in shown(section(long)).one("details").all("span")] == ["Show more", "Show less"]
    assert shown(section(long, expand=True)).all("details") == []
    assert shown(section("short")).all("details") == []


def test_links_lead_out_safely_or_stay_here(shown):
    """Outside links carry no referrer and no opener; a permalink of a channel that the reader sees opens here."""
    permalink = f"https://northwind.slack.com/archives/{BRIDGE}/p1700000000123456"
    elsewhere = "https://northwind.slack.com/archives/C0NOWHERE/p1700000000123456"
    drawn = shown(section(f"<https://a.example|out> <{permalink}|here> <{elsewhere}|hidden> <javascript:x|no>"))
    out, here, hidden = drawn.all("a")
    assert (out.attributes["href"], out.attributes["rel"]) == ("https://a.example", "noopener noreferrer")
    assert here.attributes["href"] == f"/?as=U0KIM&channel={BRIDGE}#m-1700000000.123456"
    assert hidden.attributes["href"] == elsewhere
    assert "<javascript:x|no>" in drawn.text


def test_mentions_name_only_what_the_reader_knows(shown):
    """The customer learns no name of a person or channel that they cannot see."""
    text = "<@U0KIM> <@U0SAM> <#C0INC1042> <#C0ACME> <!here> <!subteam^S0SEC|@sec>"
    assert shown(section(text), channel=BRIDGE).text == "@Kim Sato @Sam Okafor #inc-1042 #bridge-acme @here @sec"
    drawn = shown(section(text), channel=BRIDGE, user="U0CARA")
    assert drawn.text == "@Kim Sato @unknown private-channel #bridge-acme @here @sec"
    assert [one.attributes["href"] for one in drawn.all("a")] == [f"/?as=U0CARA&channel={BRIDGE}"]


def test_date_is_in_the_readers_zone(sandbox, shown):
    """One message, two clocks; the sender's fallback is the title."""
    sandbox.workspace.set_user("U0KIM", tz="Asia/Tokyo")
    text = "<!date^1700000000^{date_num} {time}|2023-11-14 22:13 UTC>"
    kim = shown(section(text), channel=BRIDGE).one("time")
    cara = shown(section(text), channel=BRIDGE, user="U0CARA").one("time")
    assert (kim.text, cara.text) == ("2023-11-15 7:13 AM", "2023-11-14 10:13 PM")
    assert kim.attributes["title"] == "2023-11-14 22:13 UTC"


def test_simple_blocks(shown):
    """Header, divider, context, fields, image and markdown; no picture is fetched."""
    drawn = shown(
        {"type": "header", "text": plain("Title :warning:", emoji=True)},
        {"type": "divider"},
        {
            "type": "context",
            "elements": [mrkdwn("*small*"), {"type": "image", "image_url": "https://a.b/c.png", "alt_text": "seal"}],
        },
        {"type": "section", "fields": [mrkdwn("*A*"), plain("B")]},
        {"type": "image", "image_url": "https://a.b/c.png", "alt_text": "graph", "title": plain("Load")},
        {"type": "markdown", "text": "# not drawn as a heading"},
    )
    assert drawn.one("h3").text == "Title ⚠️"
    assert len(drawn.all("hr")) == 1
    assert [one.text for one in drawn.one("div", class_="context").all("span", class_="text")] == ["small", "seal"]
    assert drawn.one("div", class_="fields").text == "AB"
    assert [one.attributes["aria-label"] for one in drawn.all("span", class_="picture")] == ["seal", "graph"]
    assert "# not drawn as a heading" in drawn.text


def test_table_has_a_head(shown):
    """The first row names the columns."""
    rows = [[{"type": "raw_text", "text": text} for text in row] for row in (("Region", "State"), ("Europe", EVIL))]
    drawn = shown({"type": "table", "rows": rows})
    assert [one.text for one in drawn.all("th")] == ["Region", "State"]
    assert [one.exact for one in drawn.all("td")] == ["Europe", EVIL]


def test_rich_text_keeps_its_styles(shown):
    """Styles, links, lists, quotes, code, people and dates of rich text."""
    leaves = [
        {"type": "text", "text": f"b{EVIL}", "style": {"bold": True, "code": True}},
        {"type": "link", "url": "javascript:x", "text": "no link"},
        {"type": "link", "url": "https://a.b"},
        {"type": "user", "user_id": "U0SAM"},
        {"type": "emoji", "name": "eyes"},
        {"type": "broadcast", "range": "here"},
        {"type": "channel", "channel_id": "C0NONE"},
        {"type": "date", "timestamp": 1700000000, "format": "{date_num}", "fallback": "then"},
    ]
    run = {"type": "rich_text_section", "elements": [{"type": "text", "text": "item"}]}
    parts = [
        {"type": "rich_text_section", "elements": leaves},
        {"type": "rich_text_list", "style": "ordered", "elements": [run]},
        {"type": "rich_text_quote", "elements": [{"type": "text", "text": "q"}]},
        {"type": "rich_text_preformatted", "elements": [{"type": "text", "text": "p  p"}]},
    ]
    drawn = shown({"type": "rich_text", "elements": parts})
    assert drawn.one("strong").one("code").exact == f"b{EVIL}"
    assert [one.attributes["href"] for one in drawn.all("a")] == ["https://a.b"]
    assert [one.text for one in drawn.all("span", class_="mention")] == ["@Sam Okafor", "@here", "#private-channel"]
    assert (drawn.one("ol").text, drawn.one("blockquote").text, drawn.one("pre").exact) == ("item", "q", "p  p")
    assert drawn.one("time").text == "2023-11-14"
    assert "no link" in drawn.text
    assert "👀" in drawn.text


def test_button_tells_everything_that_a_click_needs(shown):
    """Ids for the click, the whole words as a title, the style, and the question as Slack asks it."""
    question = {
        "title": plain("Sure?"),
        "text": mrkdwn("It *posts* now."),
        "confirm": plain("Post"),
        "deny": plain("Not yet"),
        "style": "danger",
    }
    words = "A button with a text that is longer than thirty characters"
    drawn = shown(*actions(button(text=plain(words), style="primary", confirm=question, accessibility_label="Post it")))
    made = drawn.one("button", data_action="go")
    assert (made.attributes["data-block"], made.attributes["title"]) == ("card", words)
    assert (made.attributes["aria-label"], made.text) == ("Post it", words)
    assert "primary" in made.attributes["class"]
    asked = drawn.one("template", id=made.attributes["data-confirm"])
    assert (asked.one("h2").text, asked.one("div", class_="text").text) == ("Sure?", "It posts now.")
    assert [(one.attributes["value"], one.text) for one in asked.all("button")] == [("no", "Not yet"), ("yes", "Post")]
    assert asked.one("strong").text == "posts"
    assert "danger" in asked.all("button")[1].attributes["class"]


@pytest.mark.parametrize(("url", "target"), [("https://a.b/c", "https://a.b/c"), ("javascript:alert(1)", None)])
def test_link_button_leads_only_to_addresses(shown, url, target):
    """A button with an address opens it; any other scheme leads nowhere."""
    assert shown(*actions(button(url=url))).one("button").attributes.get("data-url") == target


def test_menus_and_groups_offer_their_options(shown):
    """Selects, overflow, checkboxes, radio buttons, and the people whom the reader knows."""
    offered = {"options": [option("legal"), option("security")]}
    drawn = shown(
        *actions(
            {"type": "static_select", "action_id": "s", "placeholder": plain("Pick"), **offered},
            {"type": "overflow", "action_id": "o", **offered},
            {"type": "users_select", "action_id": "u"},
            {"type": "checkboxes", "action_id": "c", "initial_options": [option("legal")], **offered},
            {"type": "radio_buttons", "action_id": "r", **offered},
            {"type": "datepicker", "action_id": "d", "initial_date": "2026-11-23"},
            {"type": "datetimepicker", "action_id": "t"},
        )
    )
    menu, overflow, people = drawn.all("select")
    assert [one.text for one in menu.all("option")] == ["Pick", "Legal", "Security"]
    assert [one.attributes["value"] for one in overflow.all("option")] == ["", "legal", "security"]
    assert "Sam Okafor" in [one.text for one in people.all("option")]
    assert [one.attributes["value"] for one in drawn.all("input", checked="")] == ["legal"]
    assert [one.attributes["type"] for one in drawn.all("input")] == ["checkbox"] * 2 + ["radio"] * 2 + ["date"]
    assert "datetimepicker is not drawn here" in drawn.text


def test_unknown_block_is_named(sandbox, client):
    """A block that the page does not know is said to be there."""
    client.chat_postMessage(channel=INCIDENT, text="x", blocks=[section("y")])
    sandbox.workspace.messages.everything(INCIDENT)[0].blocks = [{"type": "video", "block_id": "v"}]
    assert "(video)" in screen_of(sandbox).text


def opened(sandbox, client, view: dict, user: str = "U0KIM"):
    """Open a modal for someone and give the dialog on their page."""
    client.views_open(trigger_id=sandbox.workspace.tickets.trigger(user), view=view)
    return screen_of(sandbox, user).one("dialog", id="modal")


def test_modal_holds_labelled_fields_with_their_values(sandbox, client):
    """Every input has its label, hint, initial value, and says whether it is needed."""
    many = {"type": "multi_static_select", "options": [option("a"), option("b")], "initial_options": [option("b")]}
    view = modal(
        text_input(element={"multiline": True, "initial_value": EVIL}, hint=plain("Stays inside")),
        text_input("extra", optional=True),
        select_input(initial_option=option("security")),
        {"type": "input", "block_id": "parts", "label": plain("Parts"), "element": {"action_id": "parts", **many}},
        close=plain("Never mind"),
    )
    dialog = opened(sandbox, client, view)
    area = dialog.one("textarea")
    assert (area.exact, area.attributes["name"], area.attributes["aria-required"]) == (EVIL, "note", "true")
    assert dialog.one("label", for_=area.attributes["id"]).text == "note"
    assert dialog.one("div", id=area.attributes["aria-describedby"]).text == "Stays inside"
    line = dialog.one("input", name="extra")
    assert "aria-required" not in line.attributes
    assert "(optional)" in dialog.one("label", for_=line.attributes["id"]).text
    assert [one.text for one in dialog.all("option", selected="")] == ["Security"]
    assert dialog.one("fieldset").one("legend").text == "Parts"
    assert [one.attributes["value"] for one in dialog.all("input", checked="")] == ["b"]
    assert [one.text for one in dialog.all("button")] == ["✕", "Never mind", "Save"]
    assert dialog.one("h2").text == "Hold"


def test_errors_stand_at_their_fields(sandbox, client):
    """What the client refuses is said at the input, which is marked as wrong."""
    opened(sandbox, client, modal(text_input(), select_input()))
    kim = sandbox.person("U0KIM")
    kim.submit(kim.modal()["id"], {"reason": "legal"})
    dialog = screen_of(sandbox).one("dialog", id="modal")
    [wrong] = dialog.all("input", aria_invalid="true")
    assert dialog.one("div", id=wrong.attributes["aria-describedby"]).text == "Please complete this required field."
    assert dialog.one("p", role="alert", class_="error", data_notice="").text == ""
    assert [one.text for one in dialog.all("option", selected="")] == ["Legal"]


def test_only_the_top_of_a_stack_is_shown(sandbox, client):
    """A pushed view covers the one below, with a way back to it."""
    first = client.views_open(trigger_id=sandbox.workspace.tickets.trigger("U0KIM"), view=modal())["view"]["id"]
    trigger = sandbox.workspace.tickets.trigger("U0KIM", first)
    client.views_push(trigger_id=trigger, view=modal(section("above"), title=plain("Second"), submit=None))
    dialog = screen_of(sandbox).one("dialog", id="modal")
    assert dialog.one("h2").text == "Second"
    assert [one.attributes.get("aria-label", one.text) for one in dialog.all("button")] == [
        "Back to Hold",
        "Close",
        "Cancel",
    ]


@pytest.mark.skipif(not NAUGHTY.exists(), reason="the list of naughty strings is not beside this checkout")
def test_naughty_strings_are_shown_and_not_run(sandbox, client):
    """Each as mrkdwn, as plain text, as a button, as a person's message: the page stays harmless and well nested."""
    strings = [text for text in json.loads(NAUGHTY.read_text(encoding="utf-8")) if text.strip()]
    for start in range(0, len(strings), 20):
        some = strings[start : start + 20]
        blocks = [section(text[:2900]) for text in some] + [
            {"type": "section", "text": plain(text[:2900])} for text in some
        ]
        client.chat_postMessage(channel=INCIDENT, text="x", blocks=blocks)
        sandbox.person("U0SAM").say(INCIDENT, "·" + "\n".join(some))
    sandbox.workspace.set_user("U0SAM", real_name=EVIL, title=EVIL)
    sandbox.workspace.set_channel(INCIDENT, topic=EVIL, name=EVIL)
    screen = screen_of(sandbox)
    assert is_harmless(screen)
    assert screen.all("script") == []
    assert screen.one("p", class_="topic").exact == EVIL
