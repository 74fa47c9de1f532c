"""`bridgepkg demo --autoplay`: the whole story as a transcript, and a broken step by its name."""

from demo import autoplay, story
from demo.running import Demo
from demo.story import ACCOUNT_REVIEW
from sandbox.faults import FaultKind


def test_autoplay_plays_the_story():
    """Every step comes out as expected; the transcript tells who did what, what each channel shows, and the diff.

    The shell of the docs and the wheel play it from the command line, under Slack's rate limits.
    """
    lines: list[str] = []
    with Demo(rate_limits=False) as demo:
        problem = autoplay.play_and_time(demo, lines.append)
    told_all = "\n".join(lines)
    assert problem is None, told_all
    for number, (name, _) in enumerate(autoplay.STEPS, 1):
        assert f"{number:>3}. {name}\n" in told_all
    for told in (
        "Sam (security) clicks [Approve] in #review-security",
        "#bridge-acme now shows the customer:",
        "Only members of the home workspace can do this. Nothing was recorded.",
        "Payments API, Americas: operational (SC0) → degraded (SC1)",
        f"All {len(autoplay.STEPS)} steps came out as expected",
    ):
        assert told in told_all


def test_autoplay_names_the_step_that_fails(monkeypatch):
    """A card that never arrives ends the play at its step, with what was expected."""
    monkeypatch.setattr(story, "SECONDS", 2.0)
    with Demo() as demo:
        demo.sandbox.faults.add(
            FaultKind.API_ERROR, "chat.postMessage", channel=ACCOUNT_REVIEW, times=None, error="is_archived"
        )
        lines = []
        problem = autoplay.play(demo, lines.append)
    assert problem == ("step 2 (The first ten minutes are not silent) failed: expected the acknowledgement's card")
    assert "  3. The commander drafts version 1" not in lines
