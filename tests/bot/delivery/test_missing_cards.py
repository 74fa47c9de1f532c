"""Cards that cannot be shown where they stood, or at all: nobody is waited for in silence (promise P18)."""

import pytest

from blocks import say
from blocks.drawing import sentence
from bot.workflows.effects import card_target, draw_cards
from bot.workflows.posted import MessageSlot, redraw
from sandbox.faults import FaultKind
from storage.cards import card_of
from storage.store import CollisionError
from tests.bot.acts import asked_again, buttons, cards, last_line
from tests.bot.stage import ACCOUNT_REVIEW, INCIDENT, SECURITY_REVIEW

GENERAL = "C0GENERAL"


@pytest.fixture
def steps(sqlite_steps):
    """What the engine makes no difference to."""
    return sqlite_steps


def move_security(steps) -> None:
    """Security reviews in another channel from now on, in which only insiders are."""
    steps.sandbox.workspace.leave(GENERAL, "U0GUS")
    steps.sandbox.workspace.join(GENERAL, "U0BRIDGEPKG")
    steps.bot.deployment.config.review_channels["security"] = GENERAL


def test_card_that_somebody_deleted_is_posted_again(steps):
    """The next thing that moves the draft shows it again, with its buttons."""
    steps.draft()
    steps.settle()
    (card,) = cards(steps.sandbox, SECURITY_REVIEW)
    messages = steps.sandbox.workspace.messages
    messages.remove(messages.find(SECURITY_REVIEW, card["ts"]))
    steps.draft(2)
    steps.settle()
    (new,) = cards(steps.sandbox, SECURITY_REVIEW)
    assert (buttons(new)[0], new["ts"] != card["ts"]) == ("review_approve", True)


@pytest.mark.parametrize("error", ["cant_update_message", "edit_window_closed"])
def test_card_that_slack_lets_nobody_change_is_posted_again(steps, error):
    """Once: the new message is the card from then on."""
    steps.draft()
    steps.settle()
    steps.sandbox.faults.add(FaultKind.API_ERROR, "chat.update", channel=ACCOUNT_REVIEW, error=error)
    for stage in (2, 3):
        steps.draft(stage)
        steps.settle()
    old, new = cards(steps.sandbox, ACCOUNT_REVIEW)
    assert ["draft 1 of" in old["text"], "draft 3 of" in new["text"]] == [True, True]


def test_card_follows_its_review_channel(steps):
    """Another channel in the configuration gets the card; in the old one it says so, and has no button."""
    steps.draft()
    steps.settle()
    move_security(steps)
    steps.draft(2)
    steps.settle()
    assert [buttons(card)[0] for card in cards(steps.sandbox, GENERAL)] == ["review_approve"]
    assert cards(steps.sandbox, SECURITY_REVIEW) == []
    assert steps.sandbox.person("U0SAM").messages(SECURITY_REVIEW)[0]["text"] == say.card.MOVED
    assert asked_again(steps.sandbox, SECURITY_REVIEW) == []


def test_gate_whose_card_cannot_be_shown_is_named_once_in_the_incident(steps):
    """With what is in the way, and what to do; asking for the draft again shows the card."""
    steps.sandbox.workspace.archive(SECURITY_REVIEW)
    draft = steps.draft()
    steps.settle()
    steps.approve(draft, "U0KIM")
    steps.settle()
    told = [text for text in texts(steps, INCIDENT) if "cannot be shown" in text]
    problem = "that channel is archived; unarchive it or open the bridge in another"
    assert told == [say.card.missing("Draft 1 of version 1 for Acme Corp", "security", problem)]
    steps.sandbox.workspace.archive(SECURITY_REVIEW, archived=False)
    steps.command("U0KIM", "draft")
    steps.settle()
    assert len(cards(steps.sandbox, SECURITY_REVIEW)) == 1


def test_gate_in_the_incident_is_named_to_another_gate(steps):
    """Where the incident's own channel cannot be posted to, it is said where a card could be drawn."""
    steps.sandbox.workspace.join(INCIDENT, "U0GUS")
    steps.draft()
    steps.settle()
    told = [
        channel
        for channel in (SECURITY_REVIEW, ACCOUNT_REVIEW)
        if "cannot be shown" in last_line(steps.sandbox, channel)
    ]
    assert told == [SECURITY_REVIEW]


def texts(steps, channel) -> list[str]:
    """Everything that a channel shows, oldest first."""
    return [message["text"] for message in steps.sandbox.person("U0KIM").messages(channel)]


def test_card_that_was_drawn_for_the_older_draft_is_drawn_again(steps):
    """A worker that was away for longer than its claim draws over a newer draft's card: it is put right at once."""
    first = steps.draft()
    steps.settle()
    target = card_target(first.id, "security")
    with steps.bot.store.read() as transaction:
        record = card_of(transaction, target)
    second = steps.draft(2)
    steps.settle()
    slot = MessageSlot(target, SECURITY_REVIEW, first.created_at)
    with pytest.raises(CollisionError):
        redraw(steps.bot, slot, record, sentence("draft 1 of version 1"))
    with steps.bot.store.write() as transaction:
        draw_cards(transaction, second.bridge_case, steps.clock())
    steps.settle()
    (card,) = cards(steps.sandbox, SECURITY_REVIEW)
    assert f"draft {second.number} of version 1" in card["text"]


def test_gate_is_named_although_another_card_is_only_delayed(steps):
    """What is lasting at one gate is told while Slack is asked again for the other."""
    steps.sandbox.workspace.archive(SECURITY_REVIEW)
    steps.sandbox.faults.add(FaultKind.HTTP_503, "chat.postMessage", channel=ACCOUNT_REVIEW, times=None)
    steps.draft()
    steps.try_for(2)
    assert [text for text in texts(steps, INCIDENT) if "waits for Security, whose card cannot be shown" in text]


def test_card_that_nobody_can_change_is_posted_once_for_each_draft(steps):
    """However often another gate's card is tried again, and however many approve meanwhile."""
    steps.draft()
    steps.settle()
    steps.sandbox.faults.add(
        FaultKind.API_ERROR, "chat.update", channel=ACCOUNT_REVIEW, times=None, error="edit_window_closed"
    )
    steps.sandbox.faults.add(FaultKind.HTTP_503, "chat.update", channel=SECURITY_REVIEW, times=None)
    second = steps.draft(2)
    steps.try_for(5)
    steps.approve(second, "U0KIM")
    steps.try_for(5)
    assert len(cards(steps.sandbox, ACCOUNT_REVIEW)) == 2


def test_moved_card_loses_its_buttons_although_the_new_post_is_delayed(steps):
    """The old channel is told before the new card is begun, so that a hiccup there leaves no live button."""
    steps.draft()
    steps.settle()
    move_security(steps)
    steps.sandbox.faults.add(FaultKind.RATELIMITED, "chat.postMessage", channel=GENERAL, seconds=1)
    steps.draft(2)
    steps.settle()
    assert len(cards(steps.sandbox, GENERAL)) == 1
    assert cards(steps.sandbox, SECURITY_REVIEW) == []
