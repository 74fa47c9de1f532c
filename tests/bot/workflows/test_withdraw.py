"""Withdrawal: one person takes a message back, nothing stands in the way, and every gate is told (promise P11)."""

import shutil
from datetime import timedelta

import pytest

from blocks import say
from bot.access import ALLOWED, Action
from tests.bot.acts import block_text, buttons, cards, everything, last_line, lines_of, modal_text, open_form, submit
from tests.bot.stage import ACCOUNT_REVIEW, BRIDGE, GATES, INCIDENT, SECURITY_REVIEW
from tests.lives import force, only_seen, unclear

NO_LONGER = "Please do not rely on it."


def notice(stage, index=-1):
    """The fixed notice as the customer must read it, by when the draft was withdrawn."""
    return f"Acme Corp: this message was withdrawn at {stage.drafts()[index].state.at:%H:%M} UTC. {NO_LONGER}"


def shown(stage, index=-1):
    """Everything that the customer sees of one message: its text and what each block says."""
    message = stage.person("U0CARA").messages(BRIDGE)[index]
    return [message["text"], *lines_of(message)]


@pytest.mark.parametrize("user", ["U0JO", "U0SAM", "U0LEE"])
def test_one_person_withdraws_by_command(sqlite_stage, user):
    """Any one reviewing role, without asking anybody: only the fixed notice stands, in text and blocks."""
    stage = sqlite_stage
    stage.released()
    assert stage.command(user, "withdraw") == ""
    form = stage.person(user).modal()
    assert modal_text(form) == (
        "The customer then reads only the fixed notice in place of version 1. Notifications and copies that were "
        "delivered already cannot be taken back."
    )
    assert submit(stage, user, form, INCIDENT, reason="names an engineer") == say.withdraw.WITHDRAWN
    assert shown(stage) == [notice(stage), notice(stage)]
    assert stage.log()[-1] == "withdrawn"


def test_every_gate_is_told_who_withdrew_what_and_why(stage):
    """Each review channel gets one line, the card says so without buttons, and history and status tell it."""
    stage.released()
    assert stage.command("U0JO", "withdraw it names an engineer") == say.withdraw.WITHDRAWN
    withdrawn_at = stage.drafts()[0].state.at
    at = f"{withdrawn_at:%H:%M}"
    for _, channel in GATES:
        (card,), told = cards(stage, channel), last_line(stage, channel)
        assert told == say.withdraw.told(
            "Version 1 for Acme Corp (INC-1042)", "Jo", withdrawn_at, "it names an engineer"
        )
        assert (block_text(card, "card-standing"), buttons(card)) == (f"Withdrawn by Jo at {at} UTC", [])
        assert block_text(card, "card-reads") == "Withdrawn; the customer had read, in #bridge-acme:"
    assert stage.command("U0VIC", "status").splitlines()[1] == (
        f"Version 1 was withdrawn at {at} UTC: the customer reads its notice."
    )
    assert stage.command("U0VIC", "history").splitlines()[1].endswith(f", withdrawn at {at}.")


def test_next_version_continues_the_numbers(sqlite_stage):
    """After a withdrawal the next update is the next version, its holds keep their numbers, and no version repeats."""
    stage = sqlite_stage
    stage.released(2)
    held = {hold.key: hold.number for hold in stage.drafts()[0].draft.package.holds}
    stage.command("U0JO", "withdraw wrong wording")
    stage.command("U0KIM", "draft")
    stage.approve_all()
    package = stage.drafts()[-1].draft.package
    assert (package.version, package.replaces) == (2, 1)
    assert {hold.key: hold.number for hold in package.holds} == held
    assert [text.splitlines()[0] for text in stage.bridge()] == [
        notice(stage, 0),
        stage.drafts()[-1].draft.message.text.splitlines()[0],
    ]


def test_nothing_stands_in_the_way_of_a_withdrawal(sqlite_stage):
    """A guest and an open invitation in the bridge, and sources that are gone: what stops a release stops no leak."""
    stage = sqlite_stage
    stage.released()
    stage.sandbox.workspace.join(BRIDGE, "U0GUS")
    stage.sandbox.workspace.offer_share(BRIDGE, "T0ACME")
    shutil.rmtree(stage.folder / "current")
    assert stage.click("U0SAM", SECURITY_REVIEW, "package_withdraw") == ""
    assert (
        submit(stage, "U0SAM", stage.person("U0SAM").modal(), SECURITY_REVIEW, reason="leak") == say.withdraw.WITHDRAWN
    )
    assert shown(stage) == [notice(stage), notice(stage)]


def test_replaced_message_can_be_withdrawn_from_its_card(sqlite_stage):
    """Under its notice a replaced version still shows its words: it can be taken back, and the newer one stays."""
    stage = sqlite_stage
    stage.released(1)
    first = cards(stage, SECURITY_REVIEW)[-1]["ts"]
    stage.released(2)
    current = shown(stage)
    form = open_form(stage, "U0SAM", SECURITY_REVIEW, "package_withdraw", "withdraw_form", message_ts=first)
    assert submit(stage, "U0SAM", form, SECURITY_REVIEW, reason="leak") == say.withdraw.WITHDRAWN
    assert shown(stage, 0) == [notice(stage, 0), notice(stage, 0)]
    assert shown(stage) == current
    assert [draft.state.state for draft in stage.drafts()] == ["withdrawn", "released"]


@pytest.mark.parametrize("named", ["1", "v1", "version 1"])
def test_version_is_withdrawn_by_its_number(sqlite_stage, named):
    """A leading number is the version that comes down; the newer one stays, and no other is ever taken for it."""
    stage = sqlite_stage
    stage.released(1)
    stage.released(2)
    current = shown(stage)
    assert stage.command("U0SAM", f"withdraw {named} names an engineer") == say.withdraw.WITHDRAWN
    assert [draft.state.state for draft in stage.drafts()] == ["withdrawn", "released"]
    assert (shown(stage, 0), shown(stage)) == ([notice(stage, 0), notice(stage, 0)], current)
    assert stage.drafts()[0].state.reason == "names an engineer"


def test_version_that_does_not_stand_is_refused(sqlite_stage):
    """A number that was never released, was withdrawn already, or is only drafted: one sentence, nothing comes down."""
    stage = sqlite_stage
    assert stage.command("U0SAM", "withdraw 1 leak") == say.withdraw.no_such_version(1, [])
    stage.released(1)
    stage.released(2)
    stage.command("U0KIM", "draft")
    before = everything(stage)
    for number in (0, 3, 10):
        assert stage.command("U0SAM", f"withdraw {number} leak") == say.withdraw.no_such_version(number, [1, 2])
    assert everything(stage) == before
    stage.command("U0SAM", "withdraw 2 leak")
    before = everything(stage)
    already = say.withdraw.already_withdrawn("Version 2", stage.drafts()[1].state.at)
    assert stage.command("U0SAM", "withdraw 2 leak") == already
    assert everything(stage) == before


def test_number_alone_asks_for_the_reason_in_the_form(sqlite_stage):
    """The form names the version, and takes down that one."""
    stage = sqlite_stage
    stage.released(1)
    stage.released(2)
    assert stage.command("U0JO", "withdraw 1") == ""
    form = stage.person("U0JO").modal()
    assert "in place of version 1." in modal_text(form)
    assert submit(stage, "U0JO", form, INCIDENT, reason="leak") == say.withdraw.WITHDRAWN
    assert [draft.state.state for draft in stage.drafts()] == ["withdrawn", "released"]


def test_form_withdraws_the_version_that_it_named_though_a_newer_one_is_out(sqlite_stage):
    """Somebody thinks about the reason while the next version goes out: that one stays."""
    stage = sqlite_stage
    stage.released(1)
    stage.command("U0JO", "withdraw")
    form = stage.person("U0JO").modal()
    stage.released(2)
    assert submit(stage, "U0JO", form, INCIDENT, reason="leak") == say.withdraw.WITHDRAWN
    assert [draft.state.state for draft in stage.drafts()] == ["withdrawn", "released"]


def test_withdrawal_takes_down_what_stood_when_it_was_asked(steps):
    """A request that is worked only after the next version went out takes down what its person read."""
    steps.released(1)
    steps.approved(2)
    steps.command("U0JO", "withdraw a leak")
    steps.deliver()
    first, second = steps.drafts()
    assert (first.state.state, second.state.state) == ("superseded", "released")
    steps.settle()
    assert [draft.state.state for draft in steps.drafts()] == ["withdrawn", "released"]


def test_withdrawal_of_what_was_read_before_it_was_written_down(steps):
    """A message is seen in Slack before our note of it: who asks in between means that message."""
    steps.released(1)
    late = steps.released(2)
    steps.command("U0JO", "withdraw a leak")
    with steps.bot.store.write() as transaction:
        noted = late.state.model_copy(update={"at": steps.clock() + timedelta(minutes=1)})
        force(transaction, late, noted)
    steps.settle()
    assert [draft.state.state for draft in steps.drafts()] == ["superseded", "withdrawn"]


def test_acknowledgement_can_be_withdrawn(sqlite_stage):
    """The first notice too; its one gate is told."""
    stage = sqlite_stage
    stage.command("U0KIM", "ack")
    stage.click("U0ANA", ACCOUNT_REVIEW, "review_approve")
    assert stage.command("U0KIM", "withdraw wrong customer") == say.withdraw.WITHDRAWN
    assert shown(stage) == [notice(stage), notice(stage)]
    assert last_line(stage, ACCOUNT_REVIEW).startswith(
        "The acknowledgement for Acme Corp (INC-1042) was withdrawn by Kim"
    )
    assert stage.drafts()[0].draft.version is None


def test_withdrawing_nothing_says_so(sqlite_stage):
    """Nothing released, withdrawn already, or a draft that never stood: a sentence, and nothing changes."""
    stage = sqlite_stage
    assert stage.command("U0KIM", "withdraw x") == say.withdraw.NOTHING_THERE
    stage.command("U0KIM", "draft")
    ts = cards(stage)[-1]["ts"]
    button = f"{INCIDENT}|{stage.drafts()[0].id}||"
    stage.click("U0KIM", INCIDENT, "package_withdraw", message_ts=ts, value=button)
    assert modal_text(stage.person("U0KIM").modal()) == say.withdraw.NOTHING_THERE
    stage.approve_all()
    stage.command("U0KIM", "withdraw once")
    before = everything(stage)
    already = say.withdraw.already_withdrawn("Version 1", stage.drafts()[0].state.at)
    assert stage.command("U0SAM", "withdraw twice") == already
    assert everything(stage) == before


def test_unclear_post_that_can_be_seen_is_withdrawn_at_once(sqlite_stage):
    """Nobody need first confirm that it is there: security takes back what Slack gave no clear answer about."""
    stage = sqlite_stage
    stage.released()
    settled = stage.drafts()[0].state
    put_back(stage, unclear(settled, settled.attempt.id))
    assert stage.command("U0SAM", "withdraw leak") == say.withdraw.WITHDRAWN
    assert shown(stage) == [notice(stage), notice(stage)]


def test_unclear_post_that_cannot_be_seen_must_be_looked_for(sqlite_stage):
    """What the bot does not find it cannot edit: it says so, and what to do by hand."""
    stage = sqlite_stage
    stage.released()
    put_back(stage, unclear(stage.drafts()[0].state, "f" * 32))
    before = everything(stage)
    assert stage.command("U0SAM", "withdraw leak") == f"{say.bridge.unclear(1)} {say.bridge.DELETE_BY_HAND}"
    assert everything(stage) == before


def test_message_that_only_a_person_saw_is_deleted_by_hand(sqlite_stage):
    """Without its place in Slack a message cannot be edited: the withdrawal is recorded and says what is to be done."""
    stage = sqlite_stage
    stage.released()
    put_back(stage, only_seen(stage.drafts()[0].state))
    assert stage.command("U0SAM", "withdraw leak") == say.withdraw.BY_HAND
    assert stage.drafts()[0].state.state == "withdrawn"


def put_back(stage, state):
    """Give the first draft another state, as a worker that died would have left it."""
    with stage.bot.store.write() as transaction:
        force(transaction, stage.drafts()[0], state)


def test_withdrawal_of_the_wrong_role_changes_nothing(sqlite_stage):
    """Leadership reads, but takes nothing back; the message stays and the attempt is logged."""
    stage = sqlite_stage
    stage.released()
    before = everything(stage)
    assert stage.command("U0VIC", "withdraw x") == say.access.wrong_role(
        sorted(ALLOWED[Action.WITHDRAW]), ["leadership"]
    )
    assert (everything(stage), stage.log()[-1]) == (before, "refused")
