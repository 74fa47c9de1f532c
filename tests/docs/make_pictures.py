"""Takes the pictures of the docs by walking the whole story in every window: `make screenshots`.

With a folder as its argument it keeps every look of every window there instead, for somebody who wants to judge them.
"""

import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, Locator, Page

from demo.running import Demo
from tests.docs.pictures import FOLDER, PAPER, PICTURES, TALLER, WINDOWS
from tests.docs.report import export_report
from tests.docs.tour import walk
from tests.docs.walker import Walker
from tests.sandbox.visits import CHROMIUM, Visit, chromium, visiting

WIDEST = 800
"""Pixels of a part: a message ends where its lines do, not where the window does."""

TALLEST = 3000
COLOURS = 256

Keep = Callable[[str, bytes], None]


def main(folder: Path | None) -> None:
    """Walk in each window, then look at the report of the last walk."""
    if not CHROMIUM:
        sys.exit("make screenshots: there is no chromium on the PATH; install it, or name one in CHROMIUM")
    FOLDER.mkdir(parents=True, exist_ok=True)
    keep = keep_all(folder) if folder else keep_wanted
    with chromium() as browser, tempfile.TemporaryDirectory() as scratch:
        for window in WINDOWS:
            with Demo(dwell=0) as demo:
                walk_in(browser, demo, window, keep)
                report = export_report(demo, Path(scratch) / "report.html")
        look_at_report(browser, report, keep)
    if folder is None:
        for stale in set(FOLDER.glob("*.png")) - {FOLDER / f"{name}.png" for name in PICTURES}:
            stale.unlink()


def walk_in(browser: Browser, demo: Demo, window: str, keep: Keep) -> None:
    """The whole story in one window."""
    size, scheme = WINDOWS[window]

    def look(visit: Visit, step: str, part: Locator | None) -> None:
        keep(f"{step}-{window}", whole(visit.page, step) if part is None else cut_out(visit.page, part))

    with visiting(browser, demo.url, size, scheme) as visit:
        walk(Walker(visit, look))
    print(f"walked: {window}", file=sys.stderr)  # noqa: T201 -- a tool says how far it is


@contextmanager
def as_tall_as(page: Page, height: int) -> Iterator[None]:
    """A window of another height for a moment."""
    size = page.viewport_size
    page.set_viewport_size({"width": size["width"], "height": height})
    page.wait_for_timeout(100)
    yield
    page.set_viewport_size(size)


def whole(page: Page, step: str) -> bytes:
    """All that the window shows."""
    with as_tall_as(page, TALLER.get(step, page.viewport_size["height"])):
        return page.screenshot()


def cut_out(page: Page, part: Locator) -> bytes:
    """One part of the page, whole even where the window would show only some of it."""
    with as_tall_as(page, TALLEST):
        part.scroll_into_view_if_needed()
        box = part.bounding_box()
        return page.screenshot(clip={**box, "width": min(box["width"], WIDEST)})


def look_at_report(browser: Browser, report: Path, keep: Keep) -> None:
    """The top of the report, light, dark and on paper."""
    for window, scheme, media, size in (
        ("desktop", "light", "screen", WINDOWS["desktop"][0]),
        ("desktop-dark", "dark", "screen", WINDOWS["desktop"][0]),
        ("paper", "light", "print", PAPER),
    ):
        page = browser.new_page(viewport=size, color_scheme=scheme)
        page.emulate_media(media=media)
        page.goto(report.as_uri())
        if media == "print":
            page.add_style_tag(content="body { padding: 16mm 14mm }")  # a printer's margins, which a screen leaves out
        keep(f"report-{window}", page.screenshot())
        page.close()


def keep_wanted(name: str, picture: bytes) -> None:
    """Keep what the docs show."""
    if name in PICTURES:
        (FOLDER / f"{name}.png").write_bytes(small(picture))


def keep_all(folder: Path) -> Keep:
    """Keep every look."""
    folder.mkdir(parents=True, exist_ok=True)
    return lambda name, picture: (folder / f"{name}.png").write_bytes(picture) and None


def small(picture: bytes) -> bytes:
    """The picture with a palette: flat colours need few, and a repository keeps every version."""
    packed = BytesIO()
    colours = Image.open(BytesIO(picture)).convert("RGB")
    flat = colours.quantize(COLOURS, method=Image.Quantize.MAXCOVERAGE, dither=Image.Dither.NONE)
    flat.save(packed, "PNG", optimize=True)
    return packed.getvalue()


if __name__ == "__main__":
    main(Path(sys.argv[1]) if sys.argv[1:] else None)
