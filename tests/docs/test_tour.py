"""The whole story on the page, by hand, as each of the cast; and the report that comes of it, read by axe."""

import json
import re
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from blocks.drawing import Drawing
from demo.running import Demo
from tests.blocks.rules import assert_text_tells
from tests.docs.pictures import OTHERS, STORY, WINDOWS
from tests.docs.report import export_report
from tests.docs.tour import walk
from tests.docs.walker import Walker
from tests.sandbox.conftest import browser as browser  # noqa: PLC0414 -- the browser of the page's tests
from tests.sandbox.test_page_access import complaints
from tests.sandbox.visits import Visit, visiting

SAYING = ("chat.postMessage", "chat.update", "chat.postEphemeral", "response_url")
FRAMING = ("In your time:", "The customer", "Withdrawn; the customer", "Held; the customer")
LINK = re.compile(r" ?<https?://[^>]*>")
LOOKS = {name.removesuffix(f"-{window}") for name in OTHERS for window in WINDOWS if name.endswith(f"-{window}")}


def look_away(_visit: Visit, _step: str, _part: object) -> None:
    """Nobody takes pictures here."""


def test_whole_story_can_be_walked_on_the_page(browser: Browser, tmp_path: Path):
    """In a wide, light window and on a dark phone in turn: no error in any console, no request to anybody else."""
    with Demo(rate_limits=False, dwell=0) as demo:
        with (
            visiting(browser, demo.url, *WINDOWS["desktop"]) as wide,
            visiting(browser, demo.url, *WINDOWS["phone-dark"]) as narrow,
        ):
            walkers = [Walker(visit, look_away) for visit in (wide, narrow)]
            walk(*walkers)
        assert_texts_tell_what_blocks_tell(demo)
        assert {*STORY, *LOOKS} - {"report"} <= {step for walker in walkers for step in walker.shown}
        report = export_report(demo, tmp_path / "report.html")
    assert "Sam" in report.read_text()
    assert_accessible(browser, report)


def assert_texts_tell_what_blocks_tell(demo: Demo) -> None:
    """Everything that was posted, changed or answered: its text read alone tells what its blocks tell.

    But for what frames the customer's message on a card, the times in the reader's zone, and links. Marks for code
    stand in texts alone.
    """
    calls = [call for name in SAYING for call in demo.sandbox.calls(name)]
    assert {call.method for call in calls} == set(SAYING)
    for call in calls:
        if said := call.arguments.get("blocks"):
            shown = json.loads(LINK.sub("", json.dumps(said)))
            assert_text_tells(Drawing(call.arguments["text"].replace("`", ""), tuple(shown)), *FRAMING)


def assert_accessible(browser: Browser, report: Path) -> None:
    """Axe finds nothing in the report, and nothing lies beyond the window's edge."""
    for size, scheme in WINDOWS.values():
        page = browser.new_page(viewport=size, color_scheme=scheme)
        page.goto(report.as_uri())
        for details in page.locator("details").all():
            details.evaluate("node => { node.open = true }")
        assert complaints(page) == []
        assert page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") <= 0
        page.close()


@pytest.mark.torture
@pytest.mark.parametrize("window", WINDOWS)
def test_whole_story_can_be_walked_in_every_window(browser: Browser, window: str):
    """Wide and narrow, light and dark, each from beginning to end."""
    with Demo(rate_limits=False, dwell=0) as demo, visiting(browser, demo.url, *WINDOWS[window]) as visit:
        walk(Walker(visit, look_away))
