"""The pictures of the docs: each that a page shows is there, is shown, and is one that `make screenshots` takes."""

import re

from tests.docs.blocks import PAGES, ROOT
from tests.docs.pictures import FOLDER, PICTURES

SHOWN = re.compile(r"""(?:\]\(|src(?:set)?=")((?:docs/)?pictures/[^)"]+)""")
LINK = re.compile(r"\]\(([^)#:]+)(?:#[^)]*)?\)")
MOST_BYTES = 4_000_000


def test_pictures_are_those_that_are_shown_and_taken():
    """None is missing, none is left over, none is made by hand."""
    shown = {found.rpartition("/")[2] for page in PAGES for found in SHOWN.findall(page.read_text())}
    assert {file.name for file in FOLDER.iterdir()} == shown == {f"{name}.png" for name in PICTURES}


def test_pictures_stay_small():
    """A repository keeps every version of every picture."""
    assert sum(file.stat().st_size for file in FOLDER.iterdir()) < MOST_BYTES


def test_links_of_the_docs_lead_somewhere():
    """Each link to a file of the repository names one that is there."""
    lost = [
        f"{page.relative_to(ROOT)}: {found}"
        for page in PAGES
        for found in LINK.findall(page.read_text())
        if not (page.parent / found).exists()
    ]
    assert lost == []
