"""A draft that is asked for while one is open: it stays where the sources say the same, with its approvals (P13)."""

from blocks import say
from storage.decisions import decisions_on
from storage.drafts import built_of
from storage.tables import decisions
from tests.bot.acts import block_text, cards
from tests.bot.invariants import assert_invariants, bridge_posts
from tests.bot.stage import INCIDENT

MINUTE = 60


def asked_again(steps, minutes: float, stage: int = 1) -> str:
    """So many minutes later, with the sources as fresh as they were, Kim asks for a draft: the answer."""
    steps.clock.pass_by(minutes * MINUTE)
    steps.lay_out(stage)
    steps.command("U0KIM", "draft")
    steps.settle()
    return steps.heard("U0KIM")[-1]


def test_open_draft_stays_with_its_approvals(steps):
    """The draft and what two people said of it stand; the newer reading is under it, and it goes out on the third."""
    draft = steps.draft()
    steps.approve(draft, "U0SAM", "U0KIM")
    steps.settle()
    at = f"{steps.clock():%H:%M}"
    answer = asked_again(steps, 5)
    later = f"{steps.clock():%H:%M}"
    assert answer == (
        f"Draft 1 of version 1 for Acme Corp stays: the sources, read again at {later} UTC, say the same. "
        "Its 2 approvals stand. "
        "`/bridgepkg status` says who is waited for."
    )
    (kept,) = steps.drafts()
    assert (kept.id, kept.state, kept.draft.release_digest) == (draft.id, steps.now(draft).state, draft.state.digest)
    assert [approval.person.user for approval in kept.state.given] == ["U0SAM", "U0KIM"]
    assert f"Update 1 · {at} UTC" in kept.draft.message.text
    with steps.bot.store.read() as transaction:
        built, _ = built_of(transaction, kept)
    newest = max(record.ref.observed_at for record in built.evidence.records)
    assert newest > draft.created_at
    assert steps.log() == ["opened", "drafted", "approved", "approved", "renewed"]
    steps.approve(kept, "U0ANA")
    steps.settle()
    assert (steps.now(draft).state.state, len([*bridge_posts(steps)])) == ("released", 1)
    assert_invariants(steps)


def test_card_of_a_draft_that_stays_tells_the_age_of_the_newer_reading(sqlite_steps):
    """How old the oldest source is counts from the newest reading, not from the one that was drafted on."""
    steps = sqlite_steps
    steps.draft()
    steps.settle()
    card = cards(steps.sandbox, INCIDENT)[-1]
    before = block_text(card, "card-sources")
    steps.clock.pass_by(5 * MINUTE)
    steps.command("U0KIM", "draft")
    steps.settle()
    after = block_text(cards(steps.sandbox, INCIDENT)[-1], "card-sources")
    assert (len(steps.drafts()), before != after) == (1, True)


def test_draft_that_is_blocked_says_so_again(sqlite_steps):
    """Asking again does not decide what blocks."""
    steps = sqlite_steps
    steps.draft(3)
    steps.settle()
    answer = asked_again(steps, 1, stage=3)
    assert answer.endswith("say the same. Something blocks it: see `/bridgepkg exceptions`.")
    assert len(steps.drafts()) == 1


def test_later_half_of_its_time_makes_a_new_draft(sqlite_steps):
    """The customer is told of the moment when it is asked for; the approvals of the older one are void."""
    steps = sqlite_steps
    draft = steps.draft()
    steps.approve(draft, "U0SAM")
    steps.settle()
    answer = asked_again(steps, 16)
    assert answer.startswith("Draft 2 of version 1 for Acme Corp is with 3 reviewers.")
    assert [one.state.state for one in steps.drafts()] == ["replaced", "waiting"]


def test_draft_that_a_reviewer_held_does_not_stay(sqlite_steps):
    """Another draft is the way on from a hold, also when it reads the same."""
    steps = sqlite_steps
    draft = steps.draft()
    steps.click("U0SAM", "review_hold_all", draft)
    steps.settle()
    assert asked_again(steps, 0).startswith("Draft 2 of version 1 for Acme Corp is with 3 reviewers.")
    assert [one.state.state for one in steps.drafts()] == ["replaced", "waiting"]


def test_approved_draft_that_cannot_be_posted_yet_stays(sqlite_steps):
    """What is in the way of posting is not in the draft: whoever asks for one has the approved words tried again."""
    steps = sqlite_steps
    draft = steps.approved()
    steps.sandbox.workspace.archive("C0ACME")
    steps.settle()
    assert asked_again(steps, 2).endswith(say.draft.APPROVED_BY_ALL)
    assert steps.now(draft).state.state == "approved"
    steps.sandbox.workspace.archive("C0ACME", archived=False)
    assert asked_again(steps, 2).endswith(say.draft.APPROVED_BY_ALL)
    assert steps.now(draft).state.state == "released"


def test_click_on_an_older_card_counts_where_the_newer_draft_reads_the_same(sqlite_steps):
    """A decision is about the bytes: an approval of an equal digest stands for the draft that has it now."""
    steps = sqlite_steps
    steps.clock.pass_by(MINUTE - steps.clock().second)
    draft = steps.draft()
    steps.click("U0SAM", "review_hold_all", draft)
    steps.settle()
    asked_again(steps, 0)
    older, newer = steps.drafts()
    assert older.draft.release_digest == newer.draft.release_digest
    steps.click("U0ANA", "review_approve", older)
    steps.settle()
    assert [approval.person.user for approval in steps.now(newer).state.given] == ["U0ANA"]


def test_approval_that_nobody_gave_posts_nothing(sqlite_steps):
    """What a draft's row claims was approved is looked for among the decisions, by the act that made each."""
    steps = sqlite_steps
    draft = steps.approved()
    with steps.bot.store.write() as transaction:
        assert len(decisions_on(transaction, draft.bridge_case, draft.draft.release_digest)) == len(draft.state.given)
        transaction.execute(decisions.delete().where(decisions.c.user == "U0SAM"))
    steps.settle()
    assert [*bridge_posts(steps)] == []
    assert steps.now(draft).state.why == say.recheck.NEVER_GIVEN


def test_draft_whose_prior_was_withdrawn_does_not_stay(sqlite_steps):
    """It could never go out, so nobody is asked to approve it: a new one asks, and its card says why."""
    steps = sqlite_steps
    steps.released(1)
    draft = steps.draft(1)
    steps.approve(draft, "U0SAM")
    steps.command("U0JO", "withdraw a leak")
    steps.settle()
    asked_again(steps, 0)
    assert steps.now(draft).state.why == say.recheck.prior_withdrawn(1)
    void = say.card.void(draft.number, say.recheck.prior_withdrawn(1))
    assert void in block_text(cards(steps.sandbox, INCIDENT)[-1], "card-changed")


def test_draft_of_somebody_who_left_the_role_does_not_stay(sqlite_steps):
    """An approval that would not count at the release is asked for again at once, in words that say so."""
    steps = sqlite_steps
    draft = steps.draft()
    steps.approve(draft, "U0SAM")
    steps.settle()
    steps.sandbox.workspace.set_group("S0SECURITY", ["U0PRIYA"])
    asked_again(steps, 2)
    assert steps.now(draft).state.why == say.recheck.left_role("security")
    assert "no longer fills the role Security" in block_text(cards(steps.sandbox, INCIDENT)[-1], "card-changed")


def test_release_that_voids_its_approvals_says_why_on_the_next_card(sqlite_steps):
    """Who approved last was told that it posts: the card that asks again tells what became of it."""
    steps = sqlite_steps
    draft = steps.approved()
    steps.sandbox.workspace.set_group("S0SECURITY", ["U0PRIYA"])
    steps.settle()
    void = say.card.void(draft.number, say.recheck.left_role("security"))
    assert void in block_text(cards(steps.sandbox, INCIDENT)[-1], "card-changed")
