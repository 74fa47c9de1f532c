"""Close and reopen: the last message says that the bridge was closed, and nothing is drafted until it is open again."""

import pytest

from tests.bot.acts import block_text, cards, everything, last_line, modal_text
from tests.bot.invariants import bridge_posts
from tests.bot.stage import ACCOUNT_REVIEW, BRIDGE, INCIDENT, SECURITY_REVIEW
from tests.lives import force, unclear

DONE = "Closed: the last message says so now, and nothing is drafted here until `/bridgepkg reopen`."


def closed_at(stage):
    """When the log says that the bridge was closed."""
    return stage.command("U0KIM", "draft").removeprefix("This bridge was closed at ")[:5]


def test_close_puts_the_notice_over_the_last_message(stage):
    """After the version that says it is over, the commander closes: fixed words above the unchanged message."""
    stage.released(4)
    draft = stage.drafts()[0].draft
    assert stage.command("U0KIM", "close") == DONE
    at = closed_at(stage)
    words = f"Acme Corp: this bridge was closed at {at} UTC."
    (shown,) = stage.person("U0CARA").messages(BRIDGE)
    assert shown["text"] == f"{words}\n\n{draft.message.text}"
    assert shown["blocks"][0]["text"]["text"] == f"*{words}*"
    assert (len([*bridge_posts(stage)]), stage.log()[-1]) == (1, "closed")
    assert last_line(stage, INCIDENT) == f"Kim closed the bridge to Acme Corp at {at} UTC."
    assert stage.command("U0VIC", "status").splitlines()[1] == (
        f"The bridge was closed at {at} UTC; /bridgepkg reopen opens it again. "
        "The customer reads version 1 under a notice that says so."
    )


@pytest.mark.parametrize(
    ("last", "refused"),
    [
        ("draft", "Version 1 does not say that it is over."),
        ("ack", "The acknowledgement does not say that it is over."),
        ("withdrawn", "Version 1 was withdrawn, and promised another."),
    ],
)
def test_close_is_refused_while_the_customer_reads_of_an_outage(sqlite_stage, last, refused):
    """Unless it is said that it shall be closed all the same."""
    stage = sqlite_stage
    if last == "ack":
        stage.command("U0KIM", "ack")
        stage.click("U0ANA", ACCOUNT_REVIEW, "review_approve")
    else:
        stage.released(1)
    if last == "withdrawn":
        stage.command("U0JO", "withdraw wrong wording")
    before = (everything(stage), stage.log())
    advice = "Release an update that does, or close all the same: `/bridgepkg close anyway`."
    assert stage.command("U0KIM", "close") == f"{refused} {advice}"
    assert (everything(stage), stage.log()) == before
    assert stage.command("U0KIM", "close anyway").startswith("Closed: ")
    assert stage.log()[-1] == "closed"


def test_close_ends_what_was_on_its_way(sqlite_stage):
    """An open draft cannot be approved, held or drafted again after that, and its cards say why."""
    stage = sqlite_stage
    stage.command("U0KIM", "draft")
    stage.approve_all("U0SAM")
    assert stage.command("U0KIM", "close") == (
        "Closed: no message needs to say so, and nothing is drafted here until `/bridgepkg reopen`."
    )
    card = cards(stage, SECURITY_REVIEW)[-1]
    assert block_text(card, "card-standing") == "Not posted: the bridge was closed"
    draft = stage.drafts()[0]
    reference = f"{INCIDENT}|{draft.id}|account_leadership|{draft.draft.release_digest}"
    answer = stage.click(
        "U0ANA", ACCOUNT_REVIEW, "review_approve", message_ts=cards(stage, ACCOUNT_REVIEW)[-1]["ts"], value=reference
    )
    assert answer == "This draft was not posted; draft again. Nothing was recorded."
    sentence = f"This bridge was closed at {closed_at(stage)} UTC; `/bridgepkg reopen` opens it again."
    assert [stage.command("U0KIM", words) for words in ("draft", "ack")] == [sentence, sentence]
    assert stage.click("U0KIM", INCIDENT, "draft_next", message_ts=cards(stage)[0]["ts"]) == sentence
    stage.command("U0SAM", "hold")
    told = f"{sentence.replace('`', '')} Nothing was recorded."
    assert modal_text(stage.person("U0SAM").modal()) == told
    assert stage.command("U0KIM", "close") == sentence
    assert (stage.bridge(), len(stage.drafts())) == ([], 1)


def test_reopened_bridge_goes_on_where_it_stood(sqlite_stage):
    """The notice goes, numbers continue, and what is open cannot be opened."""
    stage = sqlite_stage
    assert stage.command("U0KIM", "reopen") == "The bridge is open already."
    stage.released(4)
    stage.command("U0KIM", "close")
    assert stage.command("U0KIM", "open INC-1042 acme") == (
        "INC-1042 was closed here; `/bridgepkg reopen` opens it again."
    )
    assert stage.command("U0KIM", "reopen") == "Open again. Next: `/bridgepkg draft`."
    assert stage.bridge() == [stage.drafts()[0].draft.message.text]
    stage.released(4)
    assert (stage.drafts()[-1].draft.version, stage.log().count("reopened")) == (2, 1)


def test_closed_message_can_be_withdrawn(sqlite_stage):
    """A leak that is found later comes down as fast as ever."""
    stage = sqlite_stage
    stage.released(4)
    stage.command("U0KIM", "close")
    assert stage.command("U0JO", "withdraw names an engineer").startswith("Withdrawn: ")
    assert [text.startswith("Acme Corp: this message was withdrawn at ") for text in stage.bridge()] == [True]


def test_nothing_is_closed_while_a_post_is_unclear(sqlite_stage):
    """Before somebody has looked, nobody can say which message is the last."""
    stage = sqlite_stage
    stage.released(4)
    with stage.bot.store.write() as transaction:
        force(transaction, stage.drafts()[0], unclear(stage.drafts()[0].state))
    assert stage.command("U0KIM", "close anyway").startswith("Draft 1 may be visible to the customer already.")
    assert "closed" not in stage.log()
