"""Which pictures the docs have: a step of the tour as seen in a window. `make screenshots` takes exactly these."""

from pathlib import Path
from typing import Final

from tests.sandbox.visits import NARROW

FOLDER: Final = Path(__file__).parents[2] / "docs" / "pictures"
DESKTOP: Final = {"width": 1280, "height": 800}
PAPER: Final = {"width": 794, "height": 1123}
"""A4 at 96 dots per inch."""

TALLER: Final = {"commander": 1140}
"""Steps that are looked at in a taller window, so that a whole card is seen in its place."""

WINDOWS: Final = {
    "desktop": (DESKTOP, "light"),
    "desktop-dark": (DESKTOP, "dark"),
    "phone": (NARROW, "light"),
    "phone-dark": (NARROW, "dark"),
}

STORY: Final = (
    "first-visit",
    "acknowledgement-card",
    "customer-acknowledgement-page",
    "commander-card",
    "refusal",
    "details",
    "hold-form",
    "review-card",
    "last-approval",
    "customer-message-page",
    "customer-replaced-page",
    "leadership-diff",
    "blocked-card",
    "exceptions",
    "withdraw-form",
    "customer-withdrawn-page",
    "customer-restored-page",
    "history",
)
"""What docs/story.md shows, wide and light beside narrow and dark."""

OTHERS: Final = (
    "commander-desktop",
    "commander-desktop-dark",
    "menu-desktop",
    "home-desktop",
    "approval-phone",
    "review-card-phone",
    "customer-message-desktop",
    "customer-message-phone",
    "holds-desktop",
    "manifest-desktop",
    "traffic-desktop",
    "report-desktop",
    "report-desktop-dark",
    "report-paper",
)
"""What the pages for each user show beside."""

PICTURES: Final = (*(f"{step}-{window}" for step in STORY for window in ("desktop", "phone-dark")), *OTHERS)
