"""Words that security cleared until a time: they reach the bridge before it, and not after (promises P1, P2)."""

import json
from datetime import timedelta

from storage.directives import add_directive
from tests.bot.invariants import assert_invariants, bridge_posts
from tests.bot.stage import BRIDGE
from tests.builders import make_person
from transforms.model.directives import Waiver
from transforms.model.lifecycle import Replaced, Waiting

WORDS = "A part that signs requests answers too slowly"
MINUTES = 10
"""Less than until the next update is due, so that nothing else ends the approval."""


def clear_words(steps) -> None:
    """Security writes into its note what may be said for ten minutes."""
    steps.lay_out(1)
    (file,) = steps.folder.glob("current/**/mc-sa-2026-0091.json")
    until = (steps.clock() + timedelta(minutes=MINUTES)).isoformat()
    note = json.loads(file.read_text())
    told = {"category": "other", "title": "customer wording", "text": WORDS}
    version = note["document"]["tracking"]["version"]
    note["document"]["notes"].append(told | {"x_bridgepkg": {"revision": version, "until": until}})
    file.write_text(json.dumps(note))


def approved(steps):
    """A draft that says the cleared words, approved by every gate."""
    clear_words(steps)
    steps.command("U0KIM", "draft")
    steps.work()
    draft = steps.newest()
    assert WORDS in draft.draft.message.text
    steps.approve(draft)
    return steps.now(draft, "approved")


def test_cleared_words_are_released_while_they_are_cleared(steps) -> None:
    """Approved and posted within their time, word for word."""
    draft = approved(steps)
    steps.settle()
    assert WORDS in steps.now(draft, "released").draft.message.text
    (post,) = bridge_posts(steps)
    assert WORDS in post.arguments["text"]
    assert_invariants(steps)


def test_clearance_that_ends_before_the_post_voids_the_approvals(steps) -> None:
    """The time passes between the last approval and the post: nothing goes out, and the new draft holds the words."""
    draft = approved(steps)
    steps.clock.pass_by(MINUTES * 60)
    steps.deliver()
    voided, asking = steps.now(draft), steps.newest()
    assert isinstance(voided.state, Replaced)
    assert (voided.state.why, voided.state.by_draft) == ("wording in it is no longer cleared", asking.number)
    assert isinstance(asking.state, Waiting)
    assert asking.state.given == ()
    assert WORDS not in asking.draft.message.text
    assert "detail/technical" in {hold.key for hold in asking.draft.holds}
    assert [*bridge_posts(steps)] == []
    assert_invariants(steps)


def test_words_that_are_no_longer_cleared_leave_the_bridge(steps) -> None:
    """The version that told them is replaced by its notice and the link alone, and no change repeats them."""
    approved(steps)
    steps.settle()
    steps.clock.pass_by(MINUTES * 60 + 60)
    steps.lay_out(2)
    steps.command("U0KIM", "draft")
    steps.work()
    narrowed = next(e for e in steps.newest().draft.register_ if e.code == "clearance-narrowed")
    waiver = Waiver(
        entry=narrowed.id,
        evidence=narrowed.evidence,
        decided=narrowed.decided,
        by=make_person("U0SAM"),
        role="security",
        at=steps.clock(),
    )
    with steps.bot.store.write() as transaction:
        add_directive(transaction, steps.bot.new_id(), steps.newest().bridge_case, waiver)
    steps.command("U0KIM", "draft")
    steps.work()
    steps.approve(steps.newest())
    steps.settle()
    shown = [message["text"] for message in steps.sandbox.person("U0CARA").messages(BRIDGE)]
    assert shown[0].startswith("Replaced by version 2")
    assert [text for text in shown if WORDS in text] == []
    assert_invariants(steps)
