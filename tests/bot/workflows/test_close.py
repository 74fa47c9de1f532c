"""Close and reopen: the last message says that the bridge was closed, and nothing is drafted until it is open again."""

import pytest

from blocks import say
from profiles.codes import LogKind
from storage.cases import cases_of
from storage.log import latest
from tests.bot.acts import block_text, cards, everything, last_line, modal_text, without_marks
from tests.bot.invariants import bridge_posts
from tests.bot.stage import ACCOUNT_REVIEW, BRIDGE, INCIDENT, SECURITY_REVIEW
from tests.lives import force, unclear


def closed_at(stage):
    """When the log says that the bridge was closed."""
    with stage.bot.store.read() as transaction:
        return latest(transaction, "INC-1042", LogKind.CLOSED, cases_of(transaction)[0].id).at


def test_close_puts_the_notice_over_the_last_message(stage):
    """After the version that says it is over, the commander closes: fixed words above it, and no promise in it."""
    stage.released(4)
    draft = stage.drafts()[0].draft
    assert stage.command("U0KIM", "close") == say.close.closed(noticed=True)
    at = f"{closed_at(stage):%H:%M}"
    words = f"Acme Corp: this bridge was closed at {at} UTC. No more updates follow here."
    (shown,) = stage.person("U0CARA").messages(BRIDGE)
    promise = next(b for b in draft.message.blocks if b["block_id"] == "bridge-footer")["text"]["text"]
    kept = draft.message.text.replace(f"{promise}\n\n", "")
    assert (shown["text"], "Next update" in kept) == (f"{words}\n\n{kept}", False)
    assert shown["blocks"][0]["text"]["text"] == f"*{words}*"
    assert (len([*bridge_posts(stage)]), stage.log()[-1]) == (1, "closed")
    assert last_line(stage, INCIDENT) == say.close.closed_by("Kim", "Acme Corp", closed_at(stage))
    assert stage.command("U0VIC", "status").splitlines()[1] == (
        f"The bridge was closed at {at} UTC; /bridgepkg reopen opens it again. "
        "The customer reads version 1 under a notice that says so."
    )


@pytest.mark.parametrize(
    ("last", "refused"),
    [
        ("draft", say.close.not_over("Version 1")),
        ("ack", say.close.not_over("The acknowledgement")),
        ("withdrawn", say.close.owes_an_update("Version 1")),
    ],
)
def test_close_is_refused_while_the_customer_reads_of_an_outage(sqlite_stage, last, refused):
    """Unless somebody says that it is to be closed anyway."""
    stage = sqlite_stage
    if last == "ack":
        stage.command("U0KIM", "ack")
        stage.click("U0ANA", ACCOUNT_REVIEW, "review_approve")
    else:
        stage.released(1)
    if last == "withdrawn":
        stage.command("U0JO", "withdraw wrong wording")
    before = (everything(stage), stage.log())
    assert stage.command("U0KIM", "close") == refused
    assert (everything(stage), stage.log()) == before
    assert stage.command("U0KIM", "close anyway") == say.close.closed(noticed=last != "withdrawn")
    assert stage.log()[-1] == "closed"


def test_close_ends_what_was_on_its_way(sqlite_stage):
    """An open draft cannot be approved, held or drafted again after that, and its cards say why."""
    stage = sqlite_stage
    stage.command("U0KIM", "draft")
    stage.approve_all("U0SAM")
    assert stage.command("U0KIM", "close") == say.close.closed(noticed=False)
    card = cards(stage, SECURITY_REVIEW)[-1]
    assert block_text(card, "card-standing") == f"Not posted: {say.close.BECAUSE_CLOSED}"
    draft = stage.drafts()[0]
    reference = f"{INCIDENT}|{draft.id}|account_leadership|{draft.draft.release_digest}"
    answer = stage.click(
        "U0ANA", ACCOUNT_REVIEW, "review_approve", message_ts=cards(stage, ACCOUNT_REVIEW)[-1]["ts"], value=reference
    )
    assert answer == "This draft was not posted; draft again. Nothing was recorded."
    sentence = say.case.closed(closed_at(stage))
    assert [stage.command("U0KIM", words) for words in ("draft", "ack")] == [sentence, sentence]
    assert stage.click("U0KIM", INCIDENT, "draft_next", message_ts=cards(stage)[0]["ts"]) == sentence
    stage.command("U0SAM", "hold")
    assert modal_text(stage.person("U0SAM").modal()) == without_marks(say.hold.closed(closed_at(stage)))
    assert stage.command("U0KIM", "close") == sentence
    assert (stage.bridge(), len(stage.drafts())) == ([], 1)


def test_reopened_bridge_goes_on_where_it_stood(sqlite_stage):
    """The notice goes, numbers continue, and what is open cannot be opened."""
    stage = sqlite_stage
    assert stage.command("U0KIM", "reopen") == say.close.ALREADY_OPEN
    stage.released(4)
    stage.command("U0KIM", "close")
    assert stage.command("U0KIM", "open INC-1042 acme") == say.opening.closed_here("INC-1042")
    assert stage.command("U0KIM", "reopen") == say.close.REOPENED
    assert stage.bridge() == [stage.drafts()[0].draft.message.text]
    stage.released(4)
    assert (stage.drafts()[-1].draft.version, stage.log().count("reopened")) == (2, 1)


def test_closed_message_can_be_withdrawn(sqlite_stage):
    """A leak that is found later comes down as fast as ever."""
    stage = sqlite_stage
    stage.released(4)
    stage.command("U0KIM", "close")
    assert stage.command("U0JO", "withdraw names an engineer") == say.withdraw.WITHDRAWN
    assert [text.startswith("Acme Corp: this message was withdrawn at ") for text in stage.bridge()] == [True]


def test_nothing_is_closed_while_a_post_is_unclear(sqlite_stage):
    """Before somebody has looked, nobody can say which message is the last."""
    stage = sqlite_stage
    stage.released(4)
    with stage.bot.store.write() as transaction:
        force(transaction, stage.drafts()[0], unclear(stage.drafts()[0].state))
    assert stage.command("U0KIM", "close anyway") == say.bridge.unclear(1)
    assert "closed" not in stage.log()


def test_release_in_a_closed_bridge_says_that_it_is_closed(sqlite_stage):
    """It names the way back, and not a draft, which would be refused."""
    stage = sqlite_stage
    stage.command("U0KIM", "close anyway")
    assert stage.command("U0KIM", "release") == say.case.closed(closed_at(stage))
