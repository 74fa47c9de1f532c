"""P1: a draft follows the last version as reviewers knew it; once that is withdrawn, the draft asks again."""

from blocks import say
from bot.workflows import recheck, release
from tests.bot.invariants import assert_invariants, bridge_posts
from transforms.model.lifecycle import Replaced, Waiting


def posts(steps) -> int:
    """How many messages Slack took for the bridge."""
    return len([*bridge_posts(steps)])


def test_release_of_a_draft_whose_prior_was_withdrawn_is_void(steps):
    """What reviewers approved follows a version that the customer reads no more: it asks again, and then goes out."""
    steps.released(1)
    draft = steps.approved(2)
    steps.command("U0JO", "withdraw a leak")
    steps.work()
    steps.settle()
    voided, asking = steps.now(draft), steps.newest()
    assert isinstance(voided.state, Replaced), voided.state
    assert voided.state.why == say.recheck.prior_withdrawn(1)
    assert (isinstance(asking.state, Waiting), asking.state.given, posts(steps)) == (True, (), 1)
    steps.approve(asking)
    steps.settle()
    assert (steps.now(asking).state.state, posts(steps)) == ("released", 2)
    assert_invariants(steps)


def test_release_does_not_begin_when_its_prior_is_withdrawn_during_the_recheck(steps, monkeypatch):
    """Reading the sources takes time; who withdraws meanwhile is not overtaken by the next version."""
    steps.released(1)
    draft = steps.approved(2)

    def checked(bot, case, stored, real=recheck.recheck, **how):
        """Jo withdraws at the end of the first recheck."""
        found = real(bot, case, stored, **how)
        monkeypatch.setattr(release, "recheck", real)
        steps.command("U0JO", "withdraw a leak")
        steps.work()
        return found

    monkeypatch.setattr(release, "recheck", checked)
    steps.settle()
    assert isinstance(steps.now(draft).state, Replaced), steps.now(draft).state
    assert (isinstance(steps.newest().state, Waiting), posts(steps)) == (True, 1)
    assert_invariants(steps)
