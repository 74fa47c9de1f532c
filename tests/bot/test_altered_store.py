"""A database that was altered: no foreign byte is drawn in the bridge, and a withdrawal comes down all the same."""

import orjson
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import select, update

from blocks import say
from bot.slack.gateway import ApprovedPost
from bot.workflows.watch import watch
from sandbox.faults import FaultKind
from storage.drafts import draft_by_id
from storage.steps import move
from storage.tables import drafts, profiles
from tests.bot.invariants import manifest_of
from tests.bot.stage import BRIDGE
from transforms.model.approvals import Attempt
from transforms.publish.manifest import sign

FOREIGN = "Everything works again"


def rewrite(steps, column, old, new=FOREIGN):
    """Change words in a JSON column of every row, as somebody with access to the database would."""
    table = column.table
    key = next(iter(table.primary_key))
    with steps.bot.store.write() as transaction:
        for row in transaction.execute(select(key, column)).all():
            text = orjson.dumps(row[1]).decode()
            assert old in text
            changed = orjson.loads(text.replace(old, new))
            transaction.execute(update(table).where(key == row[0]).values({column.name: changed}))


def other_key(steps):
    """The manifest says the same, but somebody else signed it."""
    draft = steps.drafts()[0]
    stranger = sign(manifest_of(steps, draft), Ed25519PrivateKey.generate())
    with steps.bot.store.write() as transaction:
        found = update(drafts).where(drafts.c.id == draft.id)
        transaction.execute(found.values(manifest=stranger.model_dump(mode="json")))


def no_manifest(steps):
    """The manifest is gone."""
    with steps.bot.store.write() as transaction:
        transaction.execute(update(drafts).values(manifest=None))


ALTERED = {
    "words of the profile": lambda s: rewrite(s, profiles.c.document, "was due at"),
    "a profile that cannot be read": lambda s: rewrite(s, profiles.c.document, '"severities"', '"x"'),
    "words of the message": lambda s: rewrite(s, drafts.c.document, "Payments API disrupted"),
    "the account of the package": lambda s: rewrite(
        s, drafts.c.document, '"account":"Acme Corp"', f'"account":"{FOREIGN}"'
    ),
    "the audience": lambda s: rewrite(s, drafts.c.document, '"label":"Acme Corp"', f'"label":"{FOREIGN}"'),
    "the channel": lambda s: rewrite(s, drafts.c.document, f'"channel":"{BRIDGE}"', '"channel":"C0GENERAL"'),
    "another signature": other_key,
    "no manifest": no_manifest,
}


@pytest.fixture
def steps(sqlite_steps):
    """What the engine makes no difference to."""
    return sqlite_steps


def shown(steps):
    """Everything that the customer sees."""
    return [(message["text"], message["blocks"]) for message in steps.sandbox.person("U0CARA").messages(BRIDGE)]


def sent(steps):
    """Everything that was ever sent outside reviews: each message or edit in the bridge, and in the general channel."""
    calls = [*steps.sandbox.calls("chat.postMessage"), *steps.sandbox.calls("chat.update")]
    return [str(call.arguments) for call in calls if call.arguments["channel"] in {BRIDGE, "C0GENERAL"}]


@pytest.mark.parametrize("altered", ALTERED)
def test_notice_over_an_altered_message_is_not_drawn(steps, altered):
    """The late notice stays away, the message reads as before, and the log and every gate learn why."""
    draft = steps.released()
    before = shown(steps)
    ALTERED[altered](steps)
    steps.clock.pass_by((draft.draft.package.next_update - steps.clock()).total_seconds())
    assert watch(steps.bot, "one")
    steps.settle()
    assert shown(steps) == before
    assert [words for words in sent(steps) if FOREIGN in words] == []
    assert steps.log()[-1] == "not-shown"
    told = [
        m["text"] for m in steps.sandbox.person("U0SAM").messages("C0REVSEC") if "could not be changed" in m["text"]
    ]
    assert len(told) == 1


@pytest.mark.parametrize("altered", ALTERED)
def test_withdrawal_comes_down_though_the_database_was_altered(steps, altered):
    """The notice of the configured profile takes the message's place, in the configured bridge, with no stored word."""
    steps.released()
    ALTERED[altered](steps)
    steps.command("U0JO", "withdraw a leak")
    steps.settle()
    at = f"{steps.drafts()[0].state.at:%H:%M}"
    ((text, blocks),) = shown(steps)
    words = f"Acme Corp: this message was withdrawn at {at} UTC. Please do not rely on it."
    assert (text, [block["text"]["text"] for block in blocks]) == (words, [words])
    assert [words for words in sent(steps) if FOREIGN in words] == []


def test_withdrawal_takes_the_words_of_the_profile_that_was_approved_with_it(steps):
    """Where nothing was altered the stored profile speaks; an altered withdrawal notice is never read."""
    steps.released()
    rewrite(steps, profiles.c.document, "this message was withdrawn", FOREIGN)
    steps.command("U0JO", "withdraw a leak")
    steps.settle()
    ((text, _),) = shown(steps)
    assert "this message was withdrawn at" in text
    assert [words for words in sent(steps) if FOREIGN in words] == []


@pytest.fixture
def damaged(steps):
    """Version 1 stands, and the draft of version 2 is in a state that no draft can be in."""
    stands, other = steps.released(1), steps.draft(2)
    with steps.bot.store.write() as transaction:
        found = update(drafts).where(drafts.c.id == other.id)
        transaction.execute(found.values(state_document={"state": "approved", "digest": "x"}, revision=9))
    return stands


def test_withdrawal_comes_down_though_another_draft_cannot_be_read(steps, damaged):
    """One row that does not fit keeps neither the notice away, nor the cards, nor the line for every gate."""
    steps.command("U0JO", "withdraw a leak")
    steps.settle()
    ((text, _),) = shown(steps)
    assert "this message was withdrawn at" in text
    lines = [message["text"] for message in steps.sandbox.person("U0SAM").messages("C0REVSEC")]
    assert ["Withdrawn by Jo at" in lines[0], "was withdrawn by Jo at" in lines[-1]] == [True, True]


def test_late_notice_is_drawn_though_another_draft_cannot_be_read(steps, damaged, caplog):
    """One row that does not fit stops no other from being watched."""
    steps.settle()
    steps.clock.pass_by((damaged.draft.package.next_update - steps.clock()).total_seconds())
    assert watch(steps.bot, "one")
    steps.settle()
    ((text, _),) = shown(steps)
    assert "is late" in text


def test_standing_message_whose_row_cannot_be_read_is_named(steps, damaged, caplog):
    """What cannot be watched is said to whoever runs the bot, with the draft's number and what to do."""
    with steps.bot.store.write() as transaction:
        transaction.execute(
            update(drafts).where(drafts.c.id == damaged.id).values(state_document={"state": "released"})
        )
    assert not watch(steps.bot, "one")
    assert "draft 1 was altered in the database" in caplog.text


def test_replaced_message_that_was_altered_is_not_drawn_again(steps):
    """The next version goes out; the altered words of the one before are not written into the bridge."""
    steps.released(1)
    steps.approved(2)
    rewrite(steps, drafts.c.document, "Acme Corp: ", f"{FOREIGN}: ")
    before = shown(steps)
    steps.settle()
    assert shown(steps)[0] == before[0]
    assert [words for words in sent(steps) if FOREIGN in words] == []


def test_approved_draft_whose_profile_was_altered_is_not_posted(steps):
    """The approvals stand, nothing is posted, and the draft says what is in the way; a new draft is refused too."""
    draft = steps.approved()
    rewrite(steps, profiles.c.document, "was due at")
    steps.settle()
    state = steps.now(draft, "approved").state
    refusal = (
        f"the stored profile customer-bridge/2 was altered: its row in the database does not have the digest "
        f"{draft.draft.profile_digest[:8]}; restore that row from a backup"
    )
    assert (state.problem, shown(steps)) == (f"Not posted: {refusal}.", [])
    steps.command("U0KIM", "draft")
    steps.settle()
    assert steps.heard("U0KIM")[-1] == say.requests.to_fix(refusal)
    assert len(steps.drafts()) == 1


def nonsense(steps, draft):
    """A draft's row is in a state that no draft can be in; the column beside it stays."""
    with steps.bot.store.write() as transaction:
        found = update(drafts).where(drafts.c.id == draft.id)
        transaction.execute(found.values(state_document={"state": "nonsense"}))


@pytest.mark.parametrize("words", ["withdraw a leak", "withdraw 2 a leak"])
def test_older_message_is_never_withdrawn_for_one_that_cannot_be_read(steps, words):
    """Whoever takes the leak back learns that it still stands, and what to do; nothing else comes down."""
    steps.released(1)
    leak = steps.released(2)
    before = shown(steps)
    nonsense(steps, leak)
    steps.command("U0JO", words)
    steps.settle()
    assert shown(steps) == before
    assert steps.heard("U0JO")[-1].startswith("Nothing was withdrawn: draft 2 was altered in the database")
    steps.command("U0JO", "withdraw 1 a leak")
    steps.settle()
    assert "was withdrawn at" in shown(steps)[0][0]


def test_release_is_written_down_though_an_older_row_cannot_be_read(steps):
    """The message stands; what it replaces is another matter."""
    first, _ = acknowledged(steps), acknowledged(steps)
    draft = steps.approved(1)
    nonsense(steps, first)
    steps.settle()
    with steps.bot.store.read() as transaction:
        assert draft_by_id(transaction, draft.id).state.state == "released"


@pytest.mark.parametrize(("answer", "becomes"), [("post_seen", "released"), ("post_absent", "not-posted")])
def test_answer_about_a_post_counts_though_an_older_row_cannot_be_read(steps, answer, becomes):
    """Whoever looked is believed: what became of the message has nothing to do with the other draft."""
    notice = acknowledged(steps)
    draft = steps.approved(1)
    steps.client.timeout = 1
    lost = {"channel": BRIDGE, "seconds": 20.0, "performs": False}
    steps.sandbox.faults.add(FaultKind.ACCEPT_THEN_TIMEOUT, "chat.postMessage", **lost)
    steps.settle()
    nonsense(steps, notice)
    steps.click("U0KIM", answer, draft)
    steps.settle()
    assert state_of(steps, draft) == becomes


def test_post_under_way_is_found_though_an_older_row_cannot_be_read(steps):
    """The worker died after Slack took the message; the next one writes down where it stands."""
    notice = acknowledged(steps)
    draft = steps.approved(1)
    step = draft.state.post(Attempt(id="a" * 32, channel=BRIDGE, started_at=steps.clock()))
    with steps.bot.store.write() as transaction:
        move(transaction, draft, step)
    steps.bot.bridge.release(ApprovedPost(draft.draft, step.after))
    nonsense(steps, notice)
    steps.settle()
    assert (state_of(steps, draft), len(shown(steps))) == ("released", 2)


def state_of(steps, draft):
    """How a draft stands."""
    with steps.bot.store.read() as transaction:
        return draft_by_id(transaction, draft.id).state.state


def test_release_beside_a_draft_that_cannot_be_read_says_so(steps):
    """Nothing is posted while nobody can say what stands there; the approvals stay, and the card tells why."""
    notice = acknowledged(steps)
    draft = steps.approved(1)
    nonsense(steps, notice)
    steps.settle()
    with steps.bot.store.read() as transaction:
        state = draft_by_id(transaction, draft.id).state
    assert (state.state, len(shown(steps))) == ("approved", 1)
    assert state.problem.startswith(f"Not posted: draft {notice.number} was altered in the database")


def acknowledged(steps):
    """An acknowledgement that stands in the bridge, a minute after another."""
    steps.clock.pass_by(60)
    steps.command("U0KIM", "ack")
    steps.work()
    steps.approve(steps.newest(), "U0ANA")
    steps.settle()
    return steps.newest()
