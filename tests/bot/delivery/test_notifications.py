"""Cards that are drawn for a newer draft in their place: a short line says that they ask again, once (promise P18)."""

import pytest

from bot.workflows.effects import card_target
from sandbox.faults import FaultKind
from storage.cards import card_of
from tests.bot.acts import asked_again, block_text, buttons, cards
from tests.bot.stage import ACCOUNT_REVIEW, GATES, SECURITY_REVIEW
from tests.builders import make_profile

ROLES = ("Security", "Incident command", "Account leadership")


@pytest.fixture
def steps(sqlite_steps):
    """What the engine makes no difference to."""
    return sqlite_steps


def lines(steps) -> list[list[str]]:
    """What each gate's channel says of cards that ask again, without the account and incident before it."""
    found = [asked_again(steps.sandbox, channel) for _, channel in GATES]
    return [[line.removeprefix("Acme Corp · INC-1042 · ") for line in channel] for channel in found]


def test_first_draft_needs_no_line(steps):
    """Its cards are new messages, which make a sound themselves."""
    steps.draft()
    steps.settle()
    assert lines(steps) == [[], [], []]


def test_gate_is_told_that_its_card_asks_again(steps):
    """Each in its own channel and role, with a link to the card, which is the same message as before."""
    first = steps.draft()
    steps.settle()
    before = [card["ts"] for _, channel in GATES for card in cards(steps.sandbox, channel)]
    second = steps.draft(2)
    steps.settle()
    assert lines(steps) == [[f"draft 2 of version 1 asks {role} for approval"] for role in ROLES]
    assert [card["ts"] for _, channel in GATES for card in cards(steps.sandbox, channel)] == before
    with steps.bot.store.read() as transaction:
        assert card_of(transaction, card_target(first.id, "security")) is None
        card = card_of(transaction, card_target(second.id, "security"))
    told = steps.sandbox.person("U0SAM").messages(SECURITY_REVIEW)[-1]
    link = told["blocks"][-1]["elements"][0]["text"]
    assert link == f"<{steps.bot.bridge.permalink(SECURITY_REVIEW, card.ts)}|Open the card>"


def test_blocked_draft_asks_those_who_decide(steps):
    """Nobody can approve it yet; a gate that decides none of what blocks is left in peace."""
    steps.draft(2)
    steps.settle()
    blocked = steps.draft(3)
    steps.settle()
    deciding = {entry.role.replace("_", " ").capitalize() for entry in blocked.draft.register_ if entry.blocks}
    wants = "draft 2 of version 1 asks {} to decide what blocks it: /bridgepkg exceptions"
    assert lines(steps) == [[wants.format(role)] if role in deciding else [] for role in ROLES]
    assert 0 < len(deciding & {*ROLES}) < len(ROLES)


def test_gate_that_has_answered_is_not_told(steps):
    """Who is quicker than the line has seen the card."""
    steps.draft()
    steps.settle()
    second = steps.draft(2)
    steps.click("U0SAM", "review_approve", second)
    steps.work()
    steps.settle()
    assert [len(channel) for channel in lines(steps)] == [0, 1, 1]


def test_line_is_posted_once_although_slack_did_not_answer(steps):
    """One that may have been posted is looked for before it is posted again."""
    steps.draft()
    steps.settle()
    steps.draft(2)
    steps.client.timeout = 1
    steps.sandbox.faults.add(FaultKind.ACCEPT_THEN_TIMEOUT, "chat.postMessage", channel=ACCOUNT_REVIEW, seconds=20.0)
    steps.settle()
    assert len(steps.sandbox.faults.fired()) == 1
    assert [len(channel) for channel in lines(steps)] == [1, 1, 1]


def test_draft_of_the_next_version_gets_cards_of_its_own(steps):
    """The card of what was released stays, with its way to withdraw."""
    steps.released(1)
    steps.draft(2)
    steps.settle()
    assert [len(cards(steps.sandbox, channel)) for _, channel in GATES] == [2, 2, 2]
    assert lines(steps) == [[], [], []]


def test_line_waits_for_its_card(steps):
    """While Slack refuses the edit, nobody is sent to a card that still shows the older draft."""
    steps.draft()
    steps.settle()
    steps.sandbox.faults.add(FaultKind.HTTP_503, "chat.update", channel=SECURITY_REVIEW, times=2)
    steps.draft(2)
    while steps.unfinished() != (0, 0):
        steps.try_for(1)
        (card,) = cards(steps.sandbox, SECURITY_REVIEW)
        assert "draft 2 of" in card["text"] or asked_again(steps.sandbox, SECURITY_REVIEW) == []
    assert len(asked_again(steps.sandbox, SECURITY_REVIEW)) == 1


def test_gate_that_left_the_profile_keeps_no_live_card(steps):
    """Its card says that the draft was replaced; the gates that are left have the newer one."""
    steps.draft()
    steps.settle()
    gates = [{"role": "incident_command"}, {"role": "account_leadership"}]
    steps.bot.deployment.profiles["acme"] = make_profile(gates=gates)
    steps.draft(2)
    steps.settle()
    (old,) = cards(steps.sandbox, SECURITY_REVIEW)
    assert (buttons(old), block_text(old, "card-standing")) == ([], "Replaced by draft 2: drafted again")
    (new,) = cards(steps.sandbox, ACCOUNT_REVIEW)
    assert "draft 2 of" in new["text"]
