"""The page in front of the real bot and the sample incident: a first visit by keyboard, and what the customer gets."""

import threading
from collections.abc import Iterator

import httpx
import pytest
from playwright.sync_api import expect

from demo.autoplay import play
from demo.running import Demo
from tests.sandbox.visits import WIDE, Visit, visiting

LEAKS = (
    "inc-1042",
    "c0inc1042",
    "review-",
    "c0rev",
    "general",
    "okafor",
    "u0sam",
    "vic chen",
    "commander",
    "draft",
    "annex",
    "approve",
    "alertmanager",
    "exploitability",
    "traffic",
    "stage",
    "/bridgepkg",
    "chat.postmessage",
)
"""Words that stand on the pages of those inside, in any case; none of them is for the customer."""


@pytest.fixture
def demo() -> Iterator[Demo]:
    """The demo as `bridgepkg demo` runs it."""
    with Demo(rate_limits=False) as running:
        yield running


def be(visit: Visit, name: str) -> None:
    """Act as somebody else, by keyboard."""
    visit.page.locator("#composer textarea").blur()
    visit.tab_to(name)
    with visit.page.expect_navigation():
        visit.page.keyboard.press("Enter")
    visit.wait_until_live()


def approve(visit: Visit, channel: str) -> None:
    """Go to a channel and approve the card there, by keyboard."""
    visit.tab_to(channel)
    visit.page.keyboard.press("Enter")
    expect(visit.page.locator("#channel h2")).to_contain_text(f"#{channel}")
    visit.tab_to("Approve", back=True)
    visit.page.keyboard.press("Enter")
    visit.tab_to("Approve")
    visit.page.keyboard.press("Enter")
    expect(visit.page.locator("li.ephemeral").last).to_contain_text("Recorded")


def test_first_visit_by_keyboard(demo, browser):
    """The hints lead from the first command to what the customer reads; then the incident moves on."""
    with visiting(browser, demo.url) as visit:
        page, keys = visit.page, visit.page.keyboard
        expect(page.locator("#stage-title")).to_have_text("Declared, stage 1 of 4")
        hint = page.get_by_role("region", name="Hint")
        for command in ("/bridgepkg open INC-1042 acme", "/bridgepkg draft"):
            visit.tab_to(command)
            keys.press("Enter")
            keys.press("Enter")
            expect(page.locator("li.ephemeral").last).to_contain_text(
                "INC-1042" if "open" in command else "3 reviewers"
            )
        expect(hint).to_contain_text("2 of 3")
        approve(visit, "inc-1042")
        be(visit, "Be Sam")
        expect(page.locator("#channel h2")).to_contain_text("#review-security")
        expect(hint).to_contain_text("3 of 3")
        approve(visit, "review-security")
        be(visit, "Ana Costa")
        approve(visit, "review-accounts")
        be(visit, "Look as the customer")
        expect(page.locator("li.message")).to_contain_text("Update 1 · ")
        be(visit, "Back to the cast")
        expect(page.locator(".narrow-who")).to_contain_text("Ana Costa")
        visit.tab_to("Next stage")
        keys.press("Enter")
        expect(page.locator("#stage-title")).to_have_text("Identified, stage 2 of 4")


@pytest.fixture
def unmanned() -> Iterator[Demo]:
    """The demo's workspace and stages without its bot."""
    made = Demo()
    made.sandbox.start()
    yield made
    made.close()


def test_stages_can_be_moved_and_hints_read(unmanned):
    """To the next, to any, not beyond the last; nonsense is refused."""
    demo = unmanned
    advance = f"{demo.url}/_demo/advance"
    assert httpx.post(advance).json()["stage"] == 1
    assert httpx.post(advance, json={"stage": 3}).json()["stage"] == 3
    assert httpx.post(advance).json()["stage"] == 3
    assert [httpx.post(advance, json=body).status_code for body in ({"stage": "x"}, {"stage": -1}, [])] == [400] * 3
    assert httpx.post(advance, json={"stage": 0}).json() == httpx.get(f"{demo.url}/_demo/stage").json()
    told = httpx.get(f"{demo.url}/_demo/hints").json()
    assert [word["word"] for word in told["words"]] == ["draft", "status", "hold", "diff", "release", "withdraw"]
    assert len(told["hints"]) == 3


def test_customer_gets_the_bridge_channel_and_nothing_else(demo, browser):
    """The whole story is played while the customer's page is open: every answer to it and every state of it is read."""
    problems: list[str | None] = []
    playing = threading.Thread(target=lambda: problems.append(play(demo, lambda _: None)))
    with visiting(browser, f"{demo.url}/?as=U0CARA&channel=C0INC1042", WIDE) as visit:
        playing.start()
        seen, read = [visit.page.content()], 0
        while playing.is_alive() or read < len(visit.responses):
            visit.page.wait_for_timeout(200)
            seen.append(visit.page.content() + visit.page.title() + visit.page.url)
            for response in visit.responses[read:]:
                read += 1
                if "/page/" not in response.url:
                    response.finished()
                    seen.append(response.text())
        assert problems == [None]
        expect(visit.page.locator("li.message:not(.ephemeral)")).to_have_count(5)
        expect(visit.page.locator("li.ephemeral")).to_contain_text(["Only members of the home workspace"])
        asked = {url.partition("?")[0].removeprefix(demo.url) for url in visit.urls}
    assert {path for path in asked if not path.startswith("/page/")} <= {
        "/",
        "/_sandbox/changes",
        "/_people/U0CARA/screen",
        "/_people/U0CARA/read",
    }
    assert leaks(seen) == set()
    assert leaks(inside(demo)) == set(LEAKS)


def inside(demo: Demo) -> list[str]:
    """What those inside can see in the end: the data that could have leaked."""
    channels = ("C0INC1042", "C0REVSEC", "C0REVACC")
    pages = [httpx.get(f"{demo.url}/?as=U0KIM&channel={channel}").text for channel in channels]
    return [*pages, httpx.get(f"{demo.url}/_people/U0KIM/traffic").text]


def leaks(texts: list[str]) -> set[str]:
    """The words that stand in any of the texts."""
    whole = "\n".join(texts).lower()
    return {word for word in LEAKS if word in whole}
