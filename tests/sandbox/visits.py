"""The page in a real browser: what it asks for, what it complains about, and how keys and clicks reach it."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page, Response, expect, sync_playwright

CHROMIUM = os.environ.get("CHROMIUM") or shutil.which("chromium")
REQUIRED = os.environ.get("BRIDGEPKG_REQUIRE_CHROMIUM") == "1"
FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
WIDE, NARROW = {"width": 1200, "height": 800}, {"width": 390, "height": 844}
SECONDS = 20


@contextmanager
def chromium() -> Iterator[Browser]:
    """A running Chromium; without one the test is skipped, unless it is required."""
    if not CHROMIUM and not REQUIRED:
        pytest.skip("there is no Chromium on this machine")
    expect.set_options(timeout=SECONDS * 1000)
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=CHROMIUM, args=list(FLAGS))
        yield launched
        launched.close()


@dataclass
class Visit:
    """One window on the page, with everything that it asked for and complained about."""

    page: Page
    complaints: list[str] = field(default_factory=list)
    responses: list[Response] = field(default_factory=list)
    urls: list[str] = field(default_factory=list)

    @property
    def hosts(self) -> set[str]:
        """Whom the page has spoken to."""
        return {urlsplit(url).hostname or "" for url in self.urls}

    def wait_until_live(self) -> None:
        """Wait until the page's script runs; before that it can only be read."""
        self.page.wait_for_function("document.documentElement.classList.contains('live')")

    def focused(self) -> str:
        """What the keyboard is on, in words."""
        return str(
            self.page.evaluate(
                "() => { const at = document.activeElement, shown = at.cloneNode(true);"
                "shown.querySelectorAll('[aria-hidden]').forEach((one) => one.remove());"
                "return at.getAttribute('aria-label') || at.placeholder || shown.textContent || at.id; }"
            )
        ).strip()

    def tab_to(self, words: str, *, most: int = 120, back: bool = False) -> None:
        """Press Tab until something that begins with these words has the focus."""
        for _ in range(most):
            if self.focused().startswith(words):
                return
            self.page.keyboard.press("Shift+Tab" if back else "Tab")
        pytest.fail(f"no way by keyboard to {words!r}; stopped at {self.focused()!r}")


@contextmanager
def visiting(browser: Browser, address: str, size: dict[str, int] = WIDE, scheme: str = "light") -> Iterator[Visit]:
    """Open the page; by the end it must have complained of nothing and spoken to nobody else."""
    context = browser.new_context(viewport=size, color_scheme=scheme, has_touch=size is NARROW, reduced_motion="reduce")
    context.set_default_timeout(SECONDS * 1000)
    visit = Visit(context.new_page())
    visit.page.on("console", lambda said: visit.complaints.append(said.text) if said.type == "error" else None)
    visit.page.on("pageerror", lambda error: visit.complaints.append(str(error)))
    context.on("request", lambda request: visit.urls.append(request.url))
    context.on("response", lambda response: visit.responses.append(response))  # noqa: PLW0108 -- Playwright cannot mark a bound method
    visit.page.goto(address)
    visit.wait_until_live()
    yield visit
    context.close()
    assert visit.complaints == []
    assert visit.hosts == {"127.0.0.1"}
