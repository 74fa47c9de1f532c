"""Amendments: only what was approved and posted, under a notice of the profile, where it stands (promises P1, P11)."""

from dataclasses import FrozenInstanceError

import pytest

from tests.builders import AT, make_draft, make_person, make_profile, rebuilt
from tests.lives import posting_of
from transforms.model.approvals import Located, Sighted
from transforms.model.lifecycle import Released
from transforms.publish.amendment import Amendment, NotReleasedError
from transforms.publish.message import Message

DRAFT, PROFILE = make_draft(), make_profile()
OTHER = rebuilt(DRAFT, release_digest="0" * 64)
ELSEWHERE = rebuilt(DRAFT, audience=rebuilt(DRAFT.audience, channel="C0OTHER"))
STANDS = Located(ts="1.5", how="answered")


def released(where=STANDS) -> Released:
    """The draft, standing in the bridge."""
    return posting_of(DRAFT).stand(where, AT).after


MADE = {
    "bare": Amendment.bare,
    "overdue": lambda draft, state: Amendment.overdue(draft, state, PROFILE),
    "closed": lambda draft, state: Amendment.closed(draft, state, PROFILE, AT),
    "replaced": lambda draft, state: Amendment.replaced(draft, state.supersede(2, AT).after, PROFILE, None),
}


@pytest.mark.parametrize("name", MADE)
def test_amendment_is_the_approved_message_where_it_stands(name) -> None:
    """Its words end with those that were approved, in the place and before the readers of the release.

    A closed one promises no update, and has every other word.
    """
    made = MADE[name](DRAFT, released())
    footer = f"{DRAFT.message.blocks[-2]['text']['text']}\n\n"
    words = DRAFT.message.text.replace(footer, "") if name == "closed" else DRAFT.message.text
    assert (made.audience, made.ts, made.message.text.endswith(words)) == (DRAFT.audience, "1.5", True)
    assert (made.message == DRAFT.message) == (name == "bare")


@pytest.mark.parametrize("draft", [OTHER, ELSEWHERE], ids=["other bytes", "another channel"])
@pytest.mark.parametrize("name", MADE)
def test_amendment_of_what_was_not_approved_cannot_be_made(name, draft) -> None:
    """The draft has to be the one whose digest was approved, in the channel of its attempt."""
    with pytest.raises(NotReleasedError, match="not what was approved and posted"):
        MADE[name](draft, released())


@pytest.mark.parametrize("name", MADE)
def test_message_that_only_a_person_saw_cannot_be_amended(name) -> None:
    """Without a place there is nothing to edit."""
    with pytest.raises(NotReleasedError, match="only a person saw"):
        MADE[name](DRAFT, released(Sighted(by=make_person())))


def test_withdrawal_holds_no_word_of_the_draft() -> None:
    """It is the profile's notice alone."""
    made = Amendment.withdrawn(DRAFT.audience, released(), PROFILE, AT)
    assert (made.ts, "was withdrawn at" in made.message.text) == ("1.5", True)
    assert len(made.message.blocks) == 1


def test_amendment_is_neither_made_by_hand_nor_changed() -> None:
    """No other words get in: not at first, and not afterwards."""
    with pytest.raises(TypeError):
        Amendment()
    with pytest.raises(FrozenInstanceError):
        Amendment.bare(DRAFT, released()).message = Message(text="all is well", blocks=())
