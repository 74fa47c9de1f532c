"""The shell of the docs: a newcomer's first hour and what follows it, run exactly as the pages tell it."""

from pathlib import Path

from tests.docs.blocks import PAGES, ROOT, clone, missing, run, scripts

ORDER = ("first-hour.md", "auditor.md", "platform-engineer.md", "README.md")
"""The auditor's page goes on in the folder of the first hour."""

ALONE = ("profile-author.md",)
"""Pages that a test of their own runs, in a folder of their own."""


def test_shell_of_the_docs_runs_as_it_is_told(tmp_path: Path):
    """Every block runs in a fresh clone, in order, and prints what stands under it."""
    pages = {page.name: page for page in PAGES if list(scripts(page))}
    assert set(pages) == {*ORDER, *ALONE}
    folder, lost = clone(tmp_path), {}
    for name in ORDER:
        for printed, said in run(pages[name], folder):
            lost |= {(name, line): printed[-2000:] for line in missing(printed, said)}
    assert lost == {}
    assert (folder / "report.html").read_text().count("What the customer read") >= len(("ack", 1, 2, 3, 4))


def test_first_hour_shows_what_it_prints():
    """No block of the first hour runs without a word of what comes of it."""
    assert [script for script, said in scripts(ROOT / "docs" / "first-hour.md") if not said] == []
