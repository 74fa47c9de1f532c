"""`bridgepkg demo --autoplay`: the whole story as a transcript, and a broken step by its name."""

import subprocess
import sys

from demo import autoplay, story
from demo.running import Demo
from demo.story import ACCOUNT_REVIEW
from sandbox.faults import FaultKind


def test_autoplay_plays_the_story():
    """Every step comes out as expected; the transcript tells who did what, what each channel shows, and the diff."""
    command = [sys.executable, "-m", "bot.commandline.cli", "demo", "--autoplay"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.returncode, "Traceback" in done.stderr) == (0, False), done.stdout + done.stderr
    assert done.stdout.startswith("ready http://127.0.0.1:")
    for number, (name, _) in enumerate(autoplay.STEPS, 1):
        assert f"{number:>3}. {name}\n" in done.stdout
    for told in (
        "Sam (security) clicks [Approve] in #review-security",
        "#bridge-acme now shows the customer:",
        "Only members of the home workspace can do this. Nothing was recorded.",
        "Payments API, Americas: operational (SC0) → degraded (SC1)",
        f"All {len(autoplay.STEPS)} steps came out as expected",
    ):
        assert told in done.stdout


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
