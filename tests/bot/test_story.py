"""The story of the sample incident, with the whole bot on both engines."""

from tests.bot.stage import GATES


def test_release_needs_every_gate(stage):
    """Nothing reaches the bridge before the last approval, and then exactly one message."""
    stage.command("U0KIM", "draft")
    for user, channel in GATES[:-1]:
        stage.click(user, channel, "review_approve")
        assert stage.bridge() == []
    user, channel = GATES[-1]
    assert "last one" in stage.click(user, channel, "review_approve")
    assert [text.splitlines()[1][:9] for text in stage.bridge()] == ["Update 1 "]
    assert stage.log() == ["opened", "drafted", "approved", "approved", "approved", "posting", "released"]
