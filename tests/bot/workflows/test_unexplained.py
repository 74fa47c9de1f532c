"""A hold whose cause can no longer be found is a question for its role, not an answer (promise P15)."""

from blocks import say
from tests.bot.stage import INCIDENT


def holds(stage):
    """The holds of the newest draft, by key."""
    return {hold.key: hold for hold in stage.drafts()[-1].draft.holds}


def forget_the_note(stage):
    """Security's note leaves the folder, as if it had been moved; another one stands in its place."""
    (note,) = (stage.folder / "current" / "security-notes").glob("*.json")
    text = note.read_text().replace("MC-SA-2026-0091", "MC-SA-2026-0007").replace('"label": "RED"', '"label": "GREEN"')
    note.with_name("other.json").write_text(text)
    note.unlink()


def told_then_gone(stage):
    """A version told of a hold, and in the next draft nobody knows any more what stood behind it."""
    stage.released(2)
    forget_the_note(stage)
    stage.command("U0KIM", "draft")


def end(stage, user, what):
    """Click one of the buttons that end an unexplained hold."""
    stage.command(user, "holds")
    shown = stage.person(user).ephemerals(INCIDENT)[-1]
    block = next(b["block_id"] for b in shown["blocks"] if f"|{what}:detail/technical|" in str(b.get("elements")))
    return stage.click(user, INCIDENT, "hold_clear", message_ts=shown["ts"], block_id=block)


def test_hold_without_a_cause_stays_and_asks_its_role(sqlite_stage):
    """Its placeholder, number and version stand; the register asks, and nothing is released before it is decided."""
    stage = sqlite_stage
    told_then_gone(stage)
    first, now = stage.drafts()[0].draft.package, stage.drafts()[-1].draft
    then = next(hold for hold in first.holds if hold.key == "detail/technical")
    hold = next(hold for hold in now.package.holds if hold.key == "detail/technical")
    assert (hold.number, hold.since) == (then.number, 1)
    assert now.blocking == ("hold-unexplained:holds",)
    assert holds(stage)["detail/technical"].unexplained


def test_hold_without_a_cause_ends_by_its_roles_word(sqlite_stage):
    """Another role is refused; security says that it was solved, and the next draft no longer holds it."""
    stage = sqlite_stage
    told_then_gone(stage)
    assert end(stage, "U0KIM", "solved") == say.access.wrong_role(["security"], ["incident_command"])
    end(stage, "U0SAM", "solved")
    assert "detail/technical" not in holds(stage)
    assert stage.drafts()[-1].draft.blocking == ()
    assert stage.log()[-3:] == ["hold-ended", "drafted", "voided"]
    stage.approve_all()
    assert stage.drafts()[-1].state.state == "released"


def test_hold_without_a_cause_may_be_kept(sqlite_stage):
    """Waived, the placeholder goes out again under its number, and the next draft does not ask again."""
    stage = sqlite_stage
    told_then_gone(stage)
    stage.command("U0SAM", "exceptions")
    shown = stage.person("U0SAM").ephemerals(INCIDENT)[-1]
    block = next(b["block_id"] for b in shown["blocks"] if "|hold-unexplained:" in str(b.get("elements")))
    stage.click("U0SAM", INCIDENT, "exception_waive", message_ts=shown["ts"], block_id=block)
    stage.approve_all()
    assert "detail/technical" in {hold.key for hold in stage.drafts()[-1].draft.package.holds}
    stage.command("U0KIM", "draft")
    assert stage.drafts()[-1].draft.blocking == ()
