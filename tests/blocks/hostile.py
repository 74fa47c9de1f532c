"""Values that a view must bear: empty, endless, right to left, full of markup, and a list of naughty strings."""

import orjson
import pytest

from tests.builders import SHARED_DATA

FORGERIES = (
    "<!channel>",
    "<!here|look>",
    "<@U0KIM>",
    "<#C0ACME|bridge-acme>",
    "<!subteam^S0SECURITY>",
    "<https://evil.example|Approve>",
    "<!date^1^{date}|now>",
    "a > b & c < d &lt;!channel&gt;",
    "*bold* _italic_ ~gone~ `code` ```block```",
    "> quoted\n• listed\n1. counted",
    "|U0KIM|security|" + "0" * 64,
)
HEBREW = "\N{HEBREW LETTER SHIN}\N{HEBREW LETTER LAMED}\N{HEBREW LETTER VAV}"
SHAPES = ("", " ", "\n", "\u202etxt.exe", HEBREW, "\u200b\u200d\ufeff", "x" * 9000, "long word " * 2000, "🧯" * 400)
HOSTILE = (*FORGERIES, *SHAPES)


def naughty() -> list[str]:
    """The big list of naughty strings; the test is skipped where it is not at hand."""
    path = SHARED_DATA / "blns" / "blns.json"
    if not path.is_file():
        pytest.skip("the big list of naughty strings is not at hand")
    return [text for text in orjson.loads(path.read_bytes()) if isinstance(text, str)]
