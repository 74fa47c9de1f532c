"""The outbox: what must be said is said once, however long Slack is away, and what cannot be said is told to people."""

import pytest
from sqlalchemy import select, update

from blocks import say
from bot.delivery.outbox import deliver_next
from bot.intake.opener import Opener
from bot.workflows.effects import draw_cards
from bot.workflows.messages import MOST_ATTEMPTS
from sandbox.faults import FaultKind
from storage.queues import OutboxMessage, enqueue
from storage.tables import cards, drafts, outbox
from tests.bot.acts import cards as review_cards
from tests.bot.invariants import assert_invariants
from tests.bot.stage import ACCOUNT_REVIEW, BRIDGE, INCIDENT, SECURITY_REVIEW

OUTAGE = 10


def shown(steps, channel, user="U0KIM") -> list[str]:
    """The first line of every message in a channel."""
    return [message["text"].splitlines()[0] for message in steps.sandbox.person(user).messages(channel)]


def given_up(steps) -> list[tuple[str, str]]:
    """The kinds of rows that were given up, with the problem."""
    with steps.bot.store.read() as transaction:
        rows = transaction.execute(select(outbox.c.kind, outbox.c.problem).where(outbox.c.state == "failed"))
        return [tuple(row) for row in rows]


def test_card_is_drawn_once_for_each_gate(steps):
    """Three gates, three cards, each in its channel, and each then shows the outcome in its place."""
    draft = steps.released()
    with steps.bot.store.read() as transaction:
        rows = transaction.execute(select(cards.c.target, cards.c.channel).order_by(cards.c.channel)).all()
    assert [tuple(row) for row in rows] == [
        (f"card/{draft.id}/incident_command", INCIDENT),
        (f"card/{draft.id}/account_leadership", ACCOUNT_REVIEW),
        (f"card/{draft.id}/security", SECURITY_REVIEW),
    ]
    assert [len(shown(steps, channel)) for channel in (SECURITY_REVIEW, INCIDENT, ACCOUNT_REVIEW)] == [1, 1, 1]
    outcomes = [shown(steps, channel)[0].split(". ")[1] for channel in (SECURITY_REVIEW, INCIDENT, ACCOUNT_REVIEW)]
    assert outcomes == [f"Released {draft.state.at:%H:%M} UTC"] * 3
    assert_invariants(steps)


def test_card_is_not_drawn_again_for_nothing(sqlite_steps):
    """A card that would look the same is not sent again."""
    steps = sqlite_steps
    draft = steps.draft()
    steps.settle()
    before = len(steps.sandbox.calls("chat.update"))
    with steps.bot.store.write() as transaction:
        draw_cards(transaction, draft.bridge_case, steps.clock())
    steps.settle()
    assert len(steps.sandbox.calls("chat.update")) == before


def test_cards_ask_no_more_of_slack_while_it_asks_for_patience(sqlite_steps):
    """One limited question stops the rest of the row, and a card that was never posted is not looked for."""
    steps = sqlite_steps
    draft = steps.draft()
    steps.sandbox.faults.add(FaultKind.RATELIMITED, "conversations.info", channel=SECURITY_REVIEW, times=2)
    steps.settle()
    refused = [call for call in steps.sandbox.calls() if call.status == 429]
    after = [call for call in steps.sandbox.calls() if call.seq in {one.seq + 1 for one in refused}]
    assert [call.arguments["channel"] for call in (*refused, *after)] == [SECURITY_REVIEW] * 4
    assert steps.sandbox.calls("conversations.history") == ()
    assert [len(shown(steps, channel)) for channel in (SECURITY_REVIEW, INCIDENT, ACCOUNT_REVIEW)] == [1, 1, 1]
    steps.now(draft, "waiting")


def test_card_needs_nothing_that_is_withheld(sqlite_steps):
    """What a card says of the evidence was stored beside the draft: its sealed side may be out of reach."""
    steps = sqlite_steps
    draft = steps.draft()
    with steps.bot.store.write() as transaction:
        gone = {"key": "gone", "nonce": "", "ciphertext": ""}
        transaction.execute(update(drafts).where(drafts.c.id == draft.id).values(sealed=gone))
    steps.settle()
    texts = [steps.sandbox.person("U0KIM").messages(channel)[0]["text"] for channel in (SECURITY_REVIEW, INCIDENT)]
    assert ["Sources 8 of 8, oldest " in text for text in texts] == [True, True]


def test_card_that_cannot_be_posted_stops_no_other(sqlite_steps):
    """A channel that outsiders can read gets no card; the other gates are asked, and the row says why."""
    steps = sqlite_steps
    steps.sandbox.workspace.join(INCIDENT, "U0GUS")
    steps.draft()
    steps.settle()
    found = [review_cards(steps.sandbox, channel) for channel in (SECURITY_REVIEW, INCIDENT, ACCOUNT_REVIEW)]
    assert [*map(len, found)] == [1, 0, 1]
    ((kind, why),) = given_up(steps)
    assert (kind, "guest" in why) == ("draw-cards", True)


def swap_answers(steps) -> None:
    """Exchange the sealed contents of the two answers that wait."""
    with steps.bot.store.write() as transaction:
        waits = select(outbox.c.seq, outbox.c.sealed).where(outbox.c.state == "new").order_by(outbox.c.seq)
        (one, first), (other, second) = transaction.execute(waits).all()
        for seq, sealed in ((one, second), (other, first)):
            transaction.execute(update(outbox).where(outbox.c.seq == seq).values(sealed=sealed))


def relabel_answers(steps) -> None:
    """Make the answers that wait look like words for a gate."""
    with steps.bot.store.write() as transaction:
        transaction.execute(update(outbox).where(outbox.c.state == "new").values(kind="tell"))


@pytest.mark.parametrize("alter", [swap_answers, relabel_answers])
def test_altered_rows_are_never_sent(steps, alter):
    """Whoever writes to the database alone makes nobody read what was meant for somebody else (promise P16)."""
    for user in ("U0KIM", "U0SAM"):
        steps.command(user, "status")
    steps.work()
    alter(steps)
    before = len(steps.sandbox.calls())
    assert not deliver_next(steps.bot, steps.name)
    assert len(steps.sandbox.calls()) == before


def test_message_of_a_different_version_is_given_up(sqlite_steps):
    """A row that this version cannot read is not tried for ever, and says so."""
    steps = sqlite_steps
    with steps.bot.store.write() as transaction:
        enqueue(transaction, OutboxMessage("page", "page/1", {"kind": "page", "who": "U0SAM"}, steps.clock()))
    steps.settle()
    assert given_up(steps) == [("page", "a different version of the app wrote this row")]


def test_card_waits_for_slack_to_come_back(sqlite_steps):
    """After ten minutes in which Slack took nothing, every gate is asked, once."""
    steps = sqlite_steps
    steps.sandbox.faults.add(FaultKind.HTTP_503, "*", times=None)
    draft = steps.draft()
    assert draft.number == 1
    steps.try_for(OUTAGE)
    assert shown(steps, SECURITY_REVIEW) == []
    steps.sandbox.faults.clear()
    steps.settle()
    assert [len(shown(steps, channel)) for channel in (SECURITY_REVIEW, INCIDENT, ACCOUNT_REVIEW)] == [1, 1, 1]
    assert_invariants(steps)


def test_withdrawal_waits_for_slack_to_come_back(sqlite_steps):
    """A leak comes down as soon as Slack takes an edit again, however long it did not (promise P11)."""
    steps = sqlite_steps
    draft = steps.released()
    steps.command("U0JO", "withdraw wrong wording")
    steps.work()
    steps.sandbox.faults.add(FaultKind.HTTP_500, "chat.update", times=None)
    steps.try_for(OUTAGE)
    assert draft.draft.message.text in steps.sandbox.person("U0CARA").messages(BRIDGE)[0]["text"]
    steps.sandbox.faults.clear()
    steps.settle()
    assert "was withdrawn at" in shown(steps, BRIDGE, "U0CARA")[0]
    assert_invariants(steps)


@pytest.mark.parametrize("error", ["cant_update_message", "edit_window_closed", "message_not_found"])
def test_withdrawal_that_slack_refuses_is_told_to_every_gate(sqlite_steps, error):
    """When a message cannot be taken back, the log says so, and people are told to do it by hand."""
    steps = sqlite_steps
    steps.released()
    steps.sandbox.faults.add(FaultKind.API_ERROR, "chat.update", channel=BRIDGE, times=None, error=error)
    steps.command("U0JO", "withdraw wrong wording")
    steps.settle()
    why = error.replace("_", " ")
    said = say.bridge.unchanged("Version 1 for Acme Corp (INC-1042)", f"Slack refused: {why}", by_hand=True)
    assert [said in shown(steps, channel) for channel in (SECURITY_REVIEW, INCIDENT, ACCOUNT_REVIEW)] == [True] * 3
    assert steps.log()[-1] == "not-shown"
    assert given_up(steps) == [("take-down", f"Slack refused: {why}")]


def test_what_gates_are_told_is_told_once(sqlite_steps):
    """An unclear answer to a sentence for a gate does not repeat it."""
    steps = sqlite_steps
    steps.released()
    steps.sandbox.faults.add(FaultKind.ACCEPT_THEN_DROP, "chat.postMessage", times=2)
    steps.command("U0JO", "withdraw wrong wording")
    steps.settle()
    said = [line for line in shown(steps, SECURITY_REVIEW) if "withdrawn by" in line]
    assert len(said) == 1
    assert_invariants(steps)


def details(steps) -> str:
    """Somebody asks for the details of a draft, which are shown in a modal; the trigger id."""
    draft = steps.draft()
    steps.settle()
    steps.click("U0KIM", "review_details", draft)
    return steps.sandbox.workspace.tickets.trigger("U0KIM")


def open_for(steps, trigger) -> None:
    """Open the loading view of the last request, as `listen` does beside it."""
    with steps.bot.store.read() as transaction:
        found = transaction.execute(select(outbox.c.target).where(outbox.c.kind == "fill-modal").order_by(outbox.c.seq))
        request = list(found.scalars())[-1].removeprefix("modal/")
    opener = Opener(steps.bot.internal, steps.clock)
    opener.open(trigger, request)
    opener.close()


def test_modal_is_filled_although_work_was_faster(sqlite_steps):
    """The answer is ready before Slack has opened the loading view, which is filled all the same."""
    steps = sqlite_steps
    trigger = details(steps)
    heard = steps.heard("U0KIM")
    steps.work()
    steps.deliver()
    open_for(steps, trigger)
    steps.settle()
    blocks = steps.sandbox.person("U0KIM").modal()["blocks"]
    assert [block["block_id"] for block in blocks if block["block_id"] == "loading"] == []
    assert steps.heard("U0KIM") == heard


def test_modal_that_never_opened_is_answered_beside_it(sqlite_steps):
    """When Slack never opened the form, the person reads so after a few seconds."""
    steps = sqlite_steps
    details(steps)
    heard, began = steps.heard("U0KIM"), steps.clock()
    steps.settle()
    assert steps.heard("U0KIM")[len(heard) :] == [say.requests.FORM_NOT_OPENED]
    assert (steps.clock() - began).total_seconds() < 10


@pytest.mark.parametrize("kind", [FaultKind.HTTP_500, FaultKind.HTTP_503, FaultKind.REFUSE])
def test_answer_is_tried_again(sqlite_steps, kind):
    """An answer that Slack did not take comes a little later, once."""
    steps = sqlite_steps
    steps.sandbox.faults.add(kind, "response_url", times=2)
    steps.command("U0KIM", "status", response_url=steps.response_url("U0KIM"))
    before = steps.heard("U0KIM")
    steps.settle()
    assert len(steps.heard("U0KIM")) == len(before) + 1


def test_answer_outlasts_being_asked_to_slow_down(sqlite_steps):
    """Slack says when to come back, so nothing has failed: far more than the usual attempts, then the answer."""
    steps = sqlite_steps
    steps.sandbox.faults.add(FaultKind.RATELIMITED, "conversations.info", times=3 * MOST_ATTEMPTS)
    steps.command("U0KIM", "status")
    steps.settle()
    assert steps.heard("U0KIM")[-1].startswith("Acme Corp · INC-1042")


def test_answer_is_given_up_in_the_end(sqlite_steps):
    """An answer to somebody who has gone on is not tried for ever."""
    steps = sqlite_steps
    steps.sandbox.faults.add(FaultKind.HTTP_500, "response_url", times=None)
    steps.command("U0KIM", "status", response_url=steps.response_url("U0KIM"))
    steps.settle()
    assert given_up(steps) == [("answer", "UnclearError")]


def test_expired_response_url_is_given_up_at_once(sqlite_steps):
    """An address that Slack does not know any more is not asked twice."""
    steps = sqlite_steps
    steps.command("U0KIM", "status", response_url=steps.response_url("U0KIM"))
    steps.clock.pass_by(31 * 60)
    steps.settle()
    assert given_up(steps) == [("answer", "Slack refused: response url refused")]
