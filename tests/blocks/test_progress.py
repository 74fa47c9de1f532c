"""Progress: what a channel reads of sources on their way, within Slack's limits whatever they are called."""

from blocks.progress import Arrivals, ended_drawing, progress_drawing
from tests.blocks.hostile import HOSTILE
from tests.blocks.rules import assert_message, assert_text_tells, said


def test_progress_counts_sources_by_kind():
    """Kinds stand once with their number, in an order of their own."""
    drawn = progress_drawing("Acme Corp", Arrivals(("incident",), ("timeline", "health", "health"), (), "admin"))
    assert list(said(drawn.blocks)) == [
        "Acme Corp: reading 4 sources…",
        "1 of 4 is here. Awaited: health (2) and timeline.",
    ]
    assert_text_tells(drawn)


def test_progress_at_its_end_awaits_nothing():
    """With every source here nothing is awaited, and one source is no plural."""
    drawn = progress_drawing("Acme Corp", Arrivals(("incident",), (), (), "admin"))
    assert list(said(drawn.blocks)) == ["Acme Corp: reading 1 source…", "1 of 1 is here."]


def test_progress_bears_hostile_values():
    """However a customer, a kind or a role is called, nothing is forged and Slack takes it."""
    for foreign in HOSTILE:
        kinds = (foreign,) * 40
        assert_message(progress_drawing(foreign, Arrivals(kinds, kinds, kinds, foreign)))
        assert_message(ended_drawing(foreign))
