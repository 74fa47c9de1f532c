"""What the bridge takes: a draft under an attempt with its own complete approvals (promise P1)."""

from dataclasses import FrozenInstanceError

import pytest

from bot.slack.gateway import ApprovedPost
from tests.builders import make_draft, rebuilt
from tests.lives import posting_of

DRAFT = make_draft()


def test_approved_post_is_of_the_approved_draft_and_its_channel() -> None:
    """Approvals of other bytes, or an attempt for another channel, make no post, whichever way they differ."""
    assert ApprovedPost(DRAFT, posting_of(DRAFT)).draft is DRAFT
    assert ApprovedPost(DRAFT, posting_of(DRAFT, "".join(DRAFT.audience.channel)))
    for digest in ("0" * 64, "f" * 64):
        with pytest.raises(ValueError, match="of other bytes"):
            ApprovedPost(DRAFT, posting_of(rebuilt(DRAFT, release_digest=digest)))
    for channel in ("C0AAAA", "C0ZZZZ"):
        with pytest.raises(ValueError, match="another channel"):
            ApprovedPost(DRAFT, posting_of(DRAFT, channel))


def test_approved_post_stays_as_it_was_checked() -> None:
    """Nobody puts another draft into it afterwards."""
    with pytest.raises(FrozenInstanceError):
        ApprovedPost(DRAFT, posting_of(DRAFT)).draft = DRAFT
