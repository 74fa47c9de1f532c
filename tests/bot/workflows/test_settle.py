"""What is new at the moment of a release and stops it, and what is the next version's (promises P1, P13, P14)."""

from datetime import timedelta

import orjson

from storage.directives import add_directive
from tests.bot.invariants import assert_invariants, bridge_posts, manifest_of
from tests.builders import make_person
from transforms.model.directives import Waiver
from transforms.model.lifecycle import Released, Replaced


def posts(steps) -> int:
    """How many messages Slack took for the bridge."""
    return len([*bridge_posts(steps)])


def test_release_goes_out_on_more_evidence_of_the_same(steps):
    """What stays inside may gain or change a record: what people decided about the hold is the same (P1, P13)."""
    draft = steps.approved()
    note = next(steps.folder.glob("current/**/mc-sa-2026-0091.json"))
    note.write_text(note.read_text().replace("Jonas Weber", "Petra Lang"))
    steps.deliver()
    assert isinstance(steps.now(draft).state, Released)
    assert posts(steps) == 1
    stated = manifest_of(steps, steps.now(draft))
    assert stated.released_on.evidence != stated.approved_on.evidence
    assert_invariants(steps)


def unlabelled_alert(minutes_ago, steps):
    """An alert that names no service fires since so many minutes, beside the stage's own."""
    found = steps.folder / "current" / "alertmanager.json"
    alerts = orjson.loads(found.read_bytes())
    began = (steps.clock() - timedelta(minutes=minutes_ago)).isoformat()
    strange = {**alerts[-1], "fingerprint": "5ca1ab1e", "startsAt": began, "labels": {"severity": "critical"}}
    found.write_bytes(orjson.dumps([*alerts, strange]))


def test_release_waits_for_nothing_that_has_not_settled(steps):
    """New trouble that no table places is the next draft's after one minute, and stops the release after six."""
    draft = steps.approved()
    unlabelled_alert(1, steps)
    steps.deliver()
    assert isinstance(steps.now(draft).state, Released)
    draft = steps.approved(2)
    unlabelled_alert(6, steps)
    steps.deliver()
    assert isinstance(steps.now(draft).state, Replaced)
    assert "unplaced-evidence:evidence" in steps.newest().draft.blocking
    assert_invariants(steps)


def waive_all(steps):
    """Whoever may decides every exception that blocks the newest draft, and a draft is made with it."""
    draft = steps.newest()
    with steps.bot.store.write() as transaction:
        for entry in draft.draft.register_:
            if entry.blocks:
                told = {"entry": entry.id, "evidence": entry.evidence, "decided": entry.decided, "role": entry.role}
                waiver = Waiver(**told, by=make_person("U0KIM"), at=steps.clock())
                add_directive(transaction, steps.bot.new_id(), draft.bridge_case, waiver)
    steps.command("U0KIM", "draft")
    steps.work()
    return steps.newest()


def another_alert(steps):
    """One more alert of the same component and region fires, as bad as those that do already."""
    found = steps.folder / "current" / "alertmanager.json"
    alerts = orjson.loads(found.read_bytes())
    same = next(a for a in alerts if a["labels"].get("service") == "pay-edge" and "eu-west" in a["labels"]["region"])
    found.write_bytes(orjson.dumps([*alerts, {**same, "fingerprint": "0dd5", "updatedAt": alerts[0]["updatedAt"]}]))


def test_release_goes_out_with_one_more_alert_where_it_is_held_anyway(steps):
    """The cell is held because both sides disagree; that more of the same fires inside changes nothing of it."""
    steps.lay_out(3)
    steps.command("U0KIM", "draft")
    steps.work()
    draft = waive_all(steps)
    held = {hold.key for hold in draft.draft.holds}
    assert (draft.draft.blocking, "status/payments-api" in held) == ((), True)
    steps.approve(draft)
    another_alert(steps)
    steps.settle()
    assert isinstance(steps.now(draft).state, Released)
    assert_invariants(steps)
