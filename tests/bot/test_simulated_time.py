"""The whole story on simulated time: an hour and more of a bot's life, within seconds."""

from datetime import timedelta

import pytest

from blocks import say
from bot.workflows.release import LOOKS
from profiles.codes import HoldReason
from sandbox.faults import FaultKind
from storage.decisions import record_decision
from tests.bot.simulated import SOON, simulated
from tests.bot.stage import BRIDGE, SECURITY_REVIEW
from tests.builders import rebuilt
from tests.lives import force
from transforms.model.lifecycle import Ambiguous, Replaced

LATE = "The next update was due at {} UTC and is late. It follows here."


@pytest.fixture
def life(tmp_path):
    """A bot that lives as long as a test lets it, with an opened incident."""
    with simulated(tmp_path) as running:
        assert running.command("U0KIM", "open INC-1042 acme") == say.opening.opened("INC-1042", "Acme Corp")
        yield running


def due(life):
    """When the newest draft promises the next update."""
    return life.drafts()[-1].draft.package.next_update


def pass_to(life, moment):
    """Live on until a moment."""
    life.clock.pass_by((moment - life.clock.now()).total_seconds())


def test_story_of_an_hour(life):
    """Acknowledged, drafted, approved, released, reminded of, late, replaced and withdrawn, each at its time."""
    began = life.clock.now()
    life.command("U0KIM", "ack")
    life.approve("U0ANA")
    life.command("U0KIM", "draft")
    life.approve()
    assert [state.state.state for state in life.drafts()] == ["superseded", "released"]
    promised = due(life)
    pass_to(life, promised - timedelta(minutes=10, seconds=1))
    assert life.told() == []
    life.clock.pass_by(SOON)
    assert [line.partition(" Nothing")[0] for line in life.told()] == [say.watch.due_soon("Acme Corp", promised, 10)]
    pass_to(life, promised - timedelta(seconds=1))
    assert LATE.format(f"{promised:%H:%M}") not in life.bridge()[1]
    life.clock.pass_by(SOON)
    assert life.bridge()[1].startswith(LATE.format(f"{promised:%H:%M}"))
    life.staging.move_to(1)
    life.command("U0KIM", "draft")
    life.approve()
    assert life.bridge()[1].startswith("Replaced at ")
    assert life.command("U0JO", "withdraw wrong wording") == say.withdraw.WITHDRAWN
    assert "was withdrawn at" in life.bridge()[2]
    pass_to(life, began + timedelta(minutes=70))
    version = ["drafted", "approved", "approved", "approved", "posting", "released", "superseded"]
    first = ["opened", "drafted", "approved", "posting", "released", *version]
    assert life.log() == [*first, "reminded", "overdue", *version, "withdrawn"]


def test_approvals_that_waited_too_long_release_nothing(life):
    """A release that a guest kept back until its next update was due is void: every gate is asked again."""
    life.sandbox.workspace.join(BRIDGE, "U0GUS")
    life.command("U0KIM", "draft")
    life.approve()
    assert life.drafts()[0].state.state == "approved"
    pass_to(life, due(life))
    life.sandbox.workspace.leave(BRIDGE, "U0GUS")
    life.command("U0KIM", "release")
    voided, asking = life.drafts()
    assert isinstance(voided.state, Replaced)
    assert (voided.state.why, asking.state.state) == (say.recheck.UPDATE_OVERDUE, "waiting")
    assert life.bridge() == []


def test_approval_that_expires_before_the_release_releases_nothing(life):
    """Five minutes after it was given one approval holds no longer: the draft is void, and every gate asked again."""
    life.sandbox.workspace.join(BRIDGE, "U0GUS")
    life.command("U0KIM", "draft")
    life.approve()
    (approved,) = life.drafts()
    first, *others = approved.state.given
    expiring = (rebuilt(first, act="e" * 32, until=life.clock.now() + timedelta(minutes=5)), *others)
    with life.bot.store.write() as transaction:
        approvals = rebuilt(approved.state.approvals, decisions=expiring)
        force(transaction, approved, rebuilt(approved.state, approvals=approvals))
        record_decision(transaction, approved.bridge_case, expiring[0])
    life.pass_by(minutes=5)
    life.sandbox.workspace.leave(BRIDGE, "U0GUS")
    life.command("U0KIM", "release")
    voided, asking = life.drafts()
    assert (voided.state.why, asking.state.state) == (say.recheck.APPROVAL_EXPIRED, "waiting")
    assert life.bridge() == []


def test_caches_run_out_after_a_minute(life):
    """A group is asked for again once what is known of it is a minute old on the bot's own clock, and not before."""
    life.command("U0KIM", "draft")
    life.sandbox.workspace.join(SECURITY_REVIEW, "U0PRIYA")
    press = {"channel": SECURITY_REVIEW, "confirmed": True}
    assert life.person("U0PRIYA").click("review_approve", **press).ok
    life.clock.pass_by(SOON)
    assert [a.person.user for a in life.drafts()[0].state.given] == []
    life.sandbox.workspace.set_group("S0SECURITY", ["U0SAM", "U0PRIYA"])
    assert life.person("U0PRIYA").click("review_approve", **press).ok
    life.clock.pass_by(SOON)
    assert [a.person.user for a in life.drafts()[0].state.given] == []
    life.pass_by(minutes=1)
    assert life.person("U0PRIYA").click("review_approve", **press).ok
    life.clock.pass_by(SOON)
    assert [a.person.user for a in life.drafts()[0].state.given] == ["U0PRIYA"]


def test_unclear_post_is_looked_for_on_the_bots_clock(life):
    """Between the looks the simulated seconds pass, and then a person is asked; nothing is posted again."""
    life.command("U0KIM", "draft")
    life.sandbox.faults.add(FaultKind.ACCEPT_THEN_DROP, "chat.postMessage", channel=BRIDGE, performs=False)
    life.approve()
    state = life.drafts()[0].state
    assert (isinstance(state, Ambiguous), life.bridge()) == (True, [])
    looked = [entry.at for entry in life.entries() if entry.kind in {"posting", "ambiguous"}]
    assert (looked[1] - looked[0]).total_seconds() == sum(LOOKS)


def test_demo_left_open_for_an_hour_drafts_with_fresh_evidence(life):
    """The sources are kept as fresh as a live system keeps its own, so an hour later nothing more is stale."""
    life.command("U0KIM", "draft")
    life.pass_by(minutes=61)
    life.command("U0KIM", "draft")
    before, after = (stored.draft for stored in life.drafts())
    assert after.package.as_of - before.package.as_of > timedelta(hours=1)
    stale = [[hold.key for hold in draft.holds if hold.reason is HoldReason.SOURCE_STALE] for draft in (before, after)]
    assert (stale[1], len(after.holds)) == (stale[0], len(before.holds))


def test_demo_whose_sources_stand_still_goes_stale(tmp_path):
    """Without new exports an hour holds what they said, so the test above would see it."""
    with simulated(tmp_path, fresh=False) as life:
        life.command("U0KIM", "open INC-1042 acme")
        life.pass_by(minutes=61)
        life.command("U0KIM", "draft")
        assert HoldReason.SOURCE_STALE in {hold.reason for hold in life.drafts()[0].draft.holds}


def test_same_acts_happen_at_the_same_moments(tmp_path):
    """Threads take turns, so two lives with the same acts are the same to the microsecond."""
    lived = []
    for name in ("one", "two"):
        with simulated(tmp_path / name) as life:
            life.command("U0KIM", "open INC-1042 acme")
            life.command("U0KIM", "ack")
            life.approve("U0ANA")
            life.pass_by(minutes=21)
            lived.append([(entry.kind, entry.at) for entry in life.entries()])
    assert lived[0] == lived[1]
    assert [kind for kind, _ in lived[0]][-2:] == ["reminded", "overdue"]
