"""The Home tab as it is drawn: what it says, how much fits, and that nothing foreign forges anything."""

from blocks.home import MOST_BRIDGES, MOST_WAITING, BridgeLine, Task, home_view, line_view
from tests.blocks.hostile import HOSTILE
from tests.blocks.rules import assert_surface, said
from tests.builders import AT

ADDRESS = "https://meridian-cloud.slack.com/archives/C0INC1042/p1"
LINK = f"<{ADDRESS}|Open the card>"


def bridge_of(foreign, count=3):
    """A bridge with this value wherever it is not ours."""
    return BridgeLine(foreign, foreign, foreign, foreign, (foreign,) * count)


def test_home_says_when_nothing_waits_and_nothing_stands():
    """An empty tab says so, and what to do."""
    assert list(said(home_view([], [], AT)["blocks"])) == [
        "Waiting for you",
        "Nothing.",
        "Open bridges",
        "None. In an incident's own channel: /bridgepkg open KEY BRIDGE",
        "As it stood at 14:20 UTC.",
    ]


def test_home_says_what_does_not_fit():
    """A night with hundreds of tasks and bridges still has a tab, which says how much is left out."""
    view = home_view([Task("x" * 400, ADDRESS)] * 200, [bridge_of("y" * 400)] * 200, AT)
    assert_surface(view, LINK)
    told = list(said(view["blocks"]))
    assert f"… and {200 - MOST_WAITING} more." in told
    assert f"… and {200 - MOST_BRIDGES} more: /bridgepkg status in their channels." in told
    assert told[-1] == "As it stood at 14:20 UTC."


def test_home_bears_hostile_values():
    """Whatever people and sources call things, nothing is forged and Slack takes it."""
    for foreign in HOSTILE:
        view = home_view([Task(foreign, ADDRESS)] * 20, [bridge_of(foreign, 9)] * 20, AT)
        assert_surface(view, LINK)
        assert_surface(line_view(foreign))
