"""The page of one person: what its HTML holds, who may have it, and what it never says."""

import httpx
import pytest
from starlette.responses import JSONResponse
from starlette.routing import Route

from sandbox.server import Sandbox
from tests.sandbox.builders import BRIDGE, GENERAL, INCIDENT, actions, make_seed, modal, section
from tests.sandbox.drawn import get, is_harmless, page_of, read_html, screen_of

CANARY = "canary-4711"
POLICY = {
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self'",
    "connect-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
}
ASSETS = (
    "page.js",
    "screen.js",
    "morph.js",
    "clicks.js",
    "composer.js",
    "modal.js",
    "notices.js",
    "talk.js",
    "tour.js",
    "page.css",
    "messages.css",
    "dialogs.css",
    "icon.svg",
)


@pytest.mark.parametrize(
    "path", ["/", "/_people/U0KIM/screen", "/_people/U0KIM/traffic", "/page/page.js", "/?as=U0NOBODY"]
)
def test_every_answer_carries_the_policy(sandbox, path):
    """Nothing inline, nothing from elsewhere, no framing, no sniffing, no referrer, no keeping."""
    headers = httpx.get(sandbox.url + path).headers
    assert set(headers["Content-Security-Policy"].split("; ")) == POLICY
    named = ("X-Content-Type-Options", "Referrer-Policy", "Cache-Control")
    assert [headers[name] for name in named] == ["nosniff", "no-referrer", "no-store"]


@pytest.mark.parametrize("name", ASSETS)
def test_assets_name_nothing_elsewhere(sandbox, name):
    """Scripts, styles and pictures are ours, and none of them evaluates text."""
    answer = httpx.get(f"{sandbox.url}/page/{name}")
    assert answer.status_code == 200
    forbidden = ("http://", "https://", "eval(", "new Function", "insertAdjacentHTML", "document.write")
    assert [word for word in forbidden if word in answer.text.replace("http://www.w3.org/2000/svg", "")] == []


@pytest.mark.parametrize("name", ["__init__.py", "nothing.js", "..%2Fdrawing.py", "page.html"])
def test_only_assets_are_served(sandbox, name):
    """No other file of the package can be read."""
    assert httpx.get(f"{sandbox.url}/page/{name}").status_code == 404


def test_first_html_holds_the_view(sandbox, client):
    """Reading needs no script: person, channels, messages and composer are in the first answer."""
    client.chat_postMessage(channel=INCIDENT, text="x", blocks=[section("*hello*")])
    page = page_of(sandbox, channel=INCIDENT)
    assert is_harmless(page)
    assert [one.text for one in page.one("nav", id="places").all("a", aria_current="page")] == ["inc-1042"]
    assert "hello" in page.one("section", id="channel").text
    assert page.one("textarea").attributes["placeholder"] == "Message #inc-1042, or /bridgepkg"
    assert page.one("title").text == "Kim Sato · Northwind Cloud"
    assert page.all("header") == []


def test_without_a_name_the_page_is_the_first_persons(sandbox):
    """A newcomer who opens the bare address is somebody."""
    assert get(sandbox, "/").one("body").attributes["data-as"] == "U0KIM"


@pytest.mark.parametrize(
    "path", ["/?as=U0NOBODY", "/?as=%3Cscript%3E", "/_people/U0NOBODY/screen", "/_people/U0NOBODY/traffic"]
)
def test_nobody_has_no_page(sandbox, path):
    """Unknown people are told so, without repeating what was asked."""
    answer = httpx.get(sandbox.url + path)
    assert answer.status_code == 404
    assert "NOBODY" not in answer.text.replace("nobody", "")


@pytest.mark.parametrize(
    "asked",
    [{"mark": "x"}, {"thread": "x"}, {"thread": "1.1"}, {"channel": "C0NONE"}, {"show": "x"}, {"mark": "1" * 500}],
)
def test_strange_addresses_show_the_ordinary_page(sandbox, asked):
    """A wrong thread, mark or channel is as if it had not been asked for."""
    assert screen_of(sandbox, **asked).one("section", id="channel").attributes["data-channel"] == INCIDENT
    assert screen_of(sandbox, **asked).all("aside") == []


def test_message_says_who_and_when(sandbox, client):
    """Name, badge of the app, the reader's own time, and a mark where Slack shows one."""
    sandbox.workspace.set_user("U0KIM", tz="Asia/Tokyo")
    sandbox.workspace.clock = lambda: 1700000000.0
    ts = client.chat_postMessage(channel=INCIDENT, text="first")["ts"]
    message = screen_of(sandbox).one("li", id=f"m-{ts}")
    assert message.one("p", class_="who").text.startswith("bridgepkg APP")
    assert message.one("time").attributes["datetime"].endswith("+09:00")
    assert message.all("span", class_="edited") == []
    client.chat_update(channel=INCIDENT, ts=ts, text="second")
    assert screen_of(sandbox).one("span", class_="edited").text == "(edited)"
    client.chat_update(channel=INCIDENT, ts=ts, text="third", blocks=[section("third")])
    assert screen_of(sandbox).all("span", class_="edited") == []


def test_ephemeral_is_marked_and_can_be_put_away(sandbox, client):
    """Only its reader sees it, with that said; dismissed, it is gone; nobody else can dismiss it."""
    client.chat_postEphemeral(channel=INCIDENT, user="U0KIM", text="psst")
    [message] = screen_of(sandbox).all("li", class_="ephemeral")
    assert message.one("p", class_="only-you").text == "Only visible to you Dismiss"
    assert screen_of(sandbox, "U0SAM").all("li", class_="ephemeral") == []
    body = {"channel": INCIDENT, "ts": message.attributes["data-ts"]}
    assert httpx.post(f"{sandbox.url}/_people/U0SAM/dismiss", json=body).status_code == 404
    assert httpx.post(f"{sandbox.url}/_people/U0KIM/dismiss", json=body).json() == {"ok": True}
    assert screen_of(sandbox).all("li", class_="ephemeral") == []


def unread(sandbox, user: str) -> dict[str, str]:
    """The unread marks on someone's page of another channel, by name."""
    places = screen_of(sandbox, user, channel=INCIDENT).one("nav", id="places").all("a", class_="unread")
    return {one.one("span", class_="place-name").text: one.one("span", class_="badge").text for one in places}


def kinds(sandbox, channel: str) -> list[str]:
    """The lines of a channel on Kim's page, by kind."""
    lines = screen_of(sandbox, channel=channel).all("ol", class_="lines")[0].all("li")
    return [one.attributes["class"] for one in lines if one.attributes.get("class") in {"day", "new", "message"}]


def read(sandbox, user: str, channel: str, ts: str) -> int:
    """Say that someone has read a channel up to a message."""
    return httpx.post(f"{sandbox.url}/_people/{user}/read", json={"channel": channel, "ts": ts}).status_code


def test_unread_marks_count_what_others_said(sandbox, client):
    """Own messages, replies and edits do not count; reading takes the mark away; a new line says where news begins."""
    first = client.chat_postMessage(channel=BRIDGE, text="one")["ts"]
    sandbox.person("U0KIM").say(BRIDGE, "mine")
    sandbox.person("U0ANA").say(BRIDGE, "yours")
    client.chat_postMessage(channel=BRIDGE, text="reply", thread_ts=first)
    assert unread(sandbox, "U0KIM") == {"bridge-acme": "2"}
    assert read(sandbox, "U0KIM", BRIDGE, first) == 200
    assert unread(sandbox, "U0KIM") == {"bridge-acme": "1"}
    last = client.chat_postMessage(channel=BRIDGE, text="last")["ts"]
    assert kinds(sandbox, BRIDGE) == ["day", "message", "message", "new", "message", "message"]
    read(sandbox, "U0KIM", BRIDGE, last)
    client.chat_update(channel=BRIDGE, ts=first, text="changed")
    assert unread(sandbox, "U0KIM") == {}
    assert screen_of(sandbox, channel=BRIDGE, mark=first).all("li", class_="new") != []


def test_reading_never_goes_back_and_stays_at_home(sandbox, client):
    """An older timestamp unreads nothing, and a channel that one does not see cannot be read."""
    first, last = (client.chat_postMessage(channel=BRIDGE, text=text)["ts"] for text in "ab")
    read(sandbox, "U0CARA", BRIDGE, last)
    read(sandbox, "U0CARA", BRIDGE, first)
    assert sandbox.workspace.reading.mark("U0CARA", BRIDGE) == last
    assert read(sandbox, "U0CARA", INCIDENT, last) == 404
    assert read(sandbox, "U0CARA", BRIDGE, "now") == 400


def test_page_opens_where_one_was(sandbox, client):
    """Without a channel in the address, the one that was read last; its marks follow a changed id."""
    ts = client.chat_postMessage(channel=BRIDGE, text="x")["ts"]
    read(sandbox, "U0KIM", BRIDGE, ts)
    assert screen_of(sandbox).one("section", id="channel").attributes["data-channel"] == BRIDGE
    sandbox.workspace.change_channel_id(BRIDGE, "C0ACME2")
    assert screen_of(sandbox).one("section", id="channel").attributes["data-read"] == ts


def test_thread_stands_beside_the_channel(sandbox, client):
    """Parent and replies in the panel, a count in the channel, a composer that knows no commands."""
    parent = client.chat_postMessage(channel=INCIDENT, text="parent")["ts"]
    sandbox.person("U0SAM").say(INCIDENT, "reply", thread_ts=parent)
    screen = screen_of(sandbox, thread=parent)
    panel = screen.one("aside", id="panel")
    assert [one.one("p", class_="who").text.split()[0] for one in panel.all("li", class_="message")] == [
        "bridgepkg",
        "Sam",
    ]
    assert screen.one("a", class_="replies").text == "1 reply"
    composer = panel.one("form", id="replier")
    assert ("data-command" in composer.attributes, composer.attributes["data-thread"]) == (False, parent)


def test_home_is_shown_when_asked_for(sandbox, client):
    """Published or not yet; an outsider has none."""
    assert "no Home tab for you yet" in screen_of(sandbox, show="home").one("aside").text
    client.views_publish(user_id="U0KIM", view={"type": "home", "blocks": [section("my reviews")]})
    home = screen_of(sandbox, show="home").one("aside")
    assert "my reviews" in home.text
    assert home.one("div", data_surface="").attributes["data-view"].startswith("V0")
    assert screen_of(sandbox, "U0CARA", show="home").all("aside") == []


def test_members_are_named_with_their_organisation(sandbox):
    """Who reads along is visible, and who of them is from elsewhere."""
    members = screen_of(sandbox, channel=BRIDGE).one("details", class_="members")
    assert [one.text for one in members.all("li")] == ["Kim Sato", "Ana Costa", "Cara Diaz Acme Corp", "bridgepkg APP"]
    assert screen_of(sandbox, channel=BRIDGE).one("span", class_="shared").text == "shared with Acme Corp"


def test_archived_channel_has_no_composer(sandbox):
    """Nobody can write there, and the page says so."""
    sandbox.workspace.archive(INCIDENT)
    assert screen_of(sandbox).all("textarea") == []
    assert "archived" in screen_of(sandbox).one("p", id="composer").text


def test_person_without_channels_has_a_page(sandbox):
    """An outsider whose team was disconnected sees an empty page."""
    sandbox.workspace.unshare(BRIDGE, "T0ACME")
    screen = screen_of(sandbox, "U0CARA")
    assert "is in no channel" in screen.text
    assert BRIDGE not in str(screen)


def fill_with_canaries(sandbox, client) -> None:
    """Put a canary wherever the customer must not look."""
    for channel in (INCIDENT, GENERAL, "U0KIM"):
        if channel == GENERAL:
            sandbox.person("U0VIC").say(GENERAL, CANARY)
        else:
            client.chat_postMessage(channel=channel, text=CANARY, blocks=actions())
    client.chat_postEphemeral(channel=BRIDGE, user="U0KIM", text=CANARY)
    client.views_open(trigger_id=sandbox.workspace.tickets.trigger("U0KIM"), view=modal(section(CANARY)))
    client.views_publish(user_id="U0KIM", view={"type": "home", "blocks": [section(CANARY)]})
    hidden = {"event_type": "attempt", "event_payload": {"id": CANARY}}
    client.chat_postMessage(channel=BRIDGE, text="for you", metadata=hidden)


@pytest.mark.parametrize("user", ["U0CARA", "U0GUS"])
def test_outsiders_and_guests_get_nothing_else(sandbox, client, user):
    """Neither content nor names of people, channels or calls; and there is no traffic for them."""
    guest = {"id": "U0GUS", "name": "gus", "team_id": "T0HOME", "real_name": "Gus Weber", "is_restricted": True}
    sandbox.workspace.add_user(make_seed().users[0].model_validate(guest))
    sandbox.workspace.join(BRIDGE, "U0GUS")
    fill_with_canaries(sandbox, client)
    asked = ("", f"&channel={INCIDENT}", "&show=home", f"&channel={BRIDGE}&thread=1.1")
    texts = [
        httpx.get(f"{sandbox.url}{path}{rest}").text
        for rest in asked
        for path in (f"/?as={user}", f"/_people/{user}/screen?x=1")
    ]
    assert all("for you" in text for text in texts)
    words = (
        CANARY,
        "inc-1042",
        INCIDENT,
        GENERAL,
        "general",
        "Okafor",
        "U0SAM",
        "Chen",
        "Commander",
        "traffic",
        "stage",
        "Web API",
    )
    assert [(word, text[:80]) for word in words for text in texts if word.lower() in text.lower()] == []
    assert httpx.get(f"{sandbox.url}/_people/{user}/traffic").status_code == 404
    assert CANARY in httpx.get(f"{sandbox.url}/?as=U0KIM").text


def test_change_feed_says_only_that_something_changed(sandbox, client):
    """A number, whoever asks."""
    client.chat_postMessage(channel=INCIDENT, text=CANARY)
    answer = httpx.get(f"{sandbox.url}/_sandbox/changes?since=0").json()
    assert {name: type(value) for name, value in answer.items()} == {"seq": int}


def test_traffic_lists_calls_and_envelopes(sandbox, client):
    """Newest first, with channel and outcome; the content of messages is not in it."""
    client.chat_postMessage(channel=INCIDENT, text=CANARY)
    sandbox.person("U0KIM").say(INCIDENT, "/bridgepkg <draft>")
    table = get(sandbox, "/_people/U0KIM/traffic")
    rows = [[cell.text for cell in row.all("td")][1:] for row in table.all("tr")[1:]]
    assert rows == [
        ["Slack → app", "slash_commands", "/bridgepkg <draft>", "#inc-1042", "dispatch_failed"],
        ["app → Slack", "chat.postMessage", "", "#inc-1042", "ok"],
    ]
    assert CANARY not in table.text


@pytest.mark.parametrize(("user", "bars"), [("U0KIM", 1), ("U0CARA", 0)])
def test_stage_bar_needs_a_stage_and_somebody_inside(user, bars):
    """Only who serves a stage has the bar, and only those inside see it."""
    route = Route("/_demo/stage", lambda _: JSONResponse({}))
    with Sandbox(make_seed(), extras=[route]) as shown:
        assert len(page_of(shown, user).all("header", id="stage")) == bars
    with Sandbox(make_seed()) as bare:
        assert page_of(bare, user).all("header", id="stage") == []


def test_page_is_well_nested_html():
    """The reader of these tests notices a broken document."""
    with pytest.raises(AssertionError):
        read_html("<p><b></p>")
