"""The review card: what it says in every state, within Slack's limits, whatever stands in it."""

import pytest

from blocks.review import review_card
from profiles.codes import RegisterCode
from tests.blocks.builders import LINK, endless, make_card, make_entry, states
from tests.blocks.hostile import HOSTILE, naughty
from tests.blocks.rules import assert_message, assert_text_tells, said
from tests.builders import make_profile, sample_drafts
from transforms.publish.message import date_token

STATES_BY_NAME = states()
STATES = tuple(STATES_BY_NAME)
OUR_LINK = f"<{LINK}|Open the message>"
BUTTONS = {
    "waiting": ["review_approve", "review_hold_all", "review_hold_part", "review_details"],
    "blocked": ["review_hold_all", "review_hold_part", "review_details"],
    "held": ["draft_next", "review_details"],
    "replaced": [],
    "approved": [],
    "stopped": ["package_release", "review_hold_all", "review_details"],
    "posting": [],
    "ambiguous": ["post_seen", "post_absent"],
    "released": ["package_withdraw", "review_details"],
    "not-posted": ["draft_next", "review_details"],
    "superseded": ["package_withdraw", "review_details"],
    "withdrawn": [],
}
"""What can be clicked in each state: a card never offers what would be refused."""

READS = {
    "waiting": "The customer will read exactly, in #bridge-acme:",
    "blocked": "The customer will read exactly, in #bridge-acme:",
    "held": "Held; the customer would have read, in #bridge-acme:",
    "replaced": None,
    "approved": "The customer will read exactly, in #bridge-acme:",
    "stopped": "The customer will read exactly, in #bridge-acme:",
    "posting": "The customer will read exactly, in #bridge-acme:",
    "ambiguous": "The customer may be reading, in #bridge-acme:",
    "released": "The customer reads, in #bridge-acme:",
    "not-posted": None,
    "superseded": "The customer reads, marked as replaced, in #bridge-acme:",
    "withdrawn": "Withdrawn; the customer had read, in #bridge-acme:",
}
"""How the message on the card stands to the customer: what is not current is never called so."""


def ours(card):
    """The tokens that we made ourselves: the two times in the reader's zone, and one link."""
    package = card.draft.package
    return date_token(package.as_of), date_token(package.next_update), OUR_LINK


def offered(drawn):
    """The buttons of a card."""
    return [e["action_id"] for block in drawn.blocks if block["type"] == "actions" for e in block["elements"]]


def shown_as(drawn):
    """The line above the message."""
    return next((b["elements"][0]["text"] for b in drawn.blocks if b.get("block_id") == "card-reads"), None)


@pytest.mark.parametrize("name", STATES)
def test_card_offers_only_what_its_state_allows(name):
    """Buttons give way to the outcome, and the message is called what it is."""
    drawn = review_card(make_card(states()[name]))
    assert offered(drawn) == BUTTONS[name]
    assert shown_as(drawn) == READS[name]


def test_card_of_a_passed_gate_offers_no_approval():
    """The gate's own card keeps the other buttons and shows who approved."""
    drawn = review_card(make_card(states()["waiting"], role="incident_command"))
    assert offered(drawn) == BUTTONS["blocked"]
    assert [line for line in said(drawn.blocks) if line.startswith("Approved")] == [
        "Approved 1 of 3: Incident command (Kim, 14:20 UTC)"
    ]


@pytest.mark.parametrize("name", STATES)
def test_card_bears_hostile_values(name):
    """Whatever sources and people wrote forges nothing and stays within the limits."""
    for foreign in HOSTILE:
        card = make_card(states(foreign)[name], foreign)
        assert_message(review_card(card), *ours(card))


def test_card_bears_naughty_strings():
    """The big list of naughty strings, each in every place of a card, through all states in turn."""
    for index, foreign in enumerate(naughty()):
        name = STATES[index % len(STATES)]
        card = make_card(states(foreign)[name], foreign)
        assert_message(review_card(card), *ours(card))


@pytest.mark.parametrize("name", STATES)
def test_card_text_tells_what_its_blocks_tell(name):
    """A screen reader reads the text instead of the blocks: what changed, is held, blocks, and who approved."""
    drawn = review_card(make_card(states()[name]))
    assert_text_tells(drawn, "In your time:", "The customer", "Held; the", "Withdrawn; the", "<https://")


@pytest.mark.parametrize("name", STATES)
def test_longest_card_keeps_its_buttons(name):
    """With the longest message, sixty holds and forty exceptions a card is taken, and nothing of it falls off."""
    draft = endless(sample_drafts()[2])
    assert draft.message.excess == ()
    changed = tuple(f"Payments API, region {index}: disrupted → degraded" for index in range(90))
    drawn = review_card(make_card(states("why " * 400)[name], draft=draft, changed=changed))
    assert_message(drawn, OUR_LINK)
    assert offered(drawn) == BUTTONS[name]
    assert [line for line in said(drawn.blocks) if "do not fit" in line] == []


def test_message_that_does_not_fit_is_shown_as_text():
    """A draft whose message is too large for Slack still has a card, on which it reads as the customer would."""
    draft = sample_drafts()[2]
    message = draft.message.model_copy(update={"text": "Smith &amp; Sons &lt;x&gt; " * 200})
    drawn = review_card(make_card(states()["blocked"], draft=draft.model_copy(update={"message": message})))
    assert_message(drawn, OUR_LINK)
    assert next(b["text"]["text"] for b in drawn.blocks if b.get("block_id") == "card-message").startswith(
        "Smith & Sons <x> Smith"
    )


WHERE = "Acme Corp, #bridge-acme"
QUESTIONS = {
    ("security", 0, 14): (
        f"Approve for {WHERE} (1 of 3). It posts when Incident command and Account leadership also approve."
    ),
    ("security", 1, 14): f"Approve for {WHERE} (2 of 3). It posts when Account leadership also approves.",
    ("account_leadership", 2, 14): (
        f"Last approval (3 of 3). This posts now to {WHERE}, read by 14 people of the customer."
    ),
    (
        "account_leadership",
        2,
        1,
    ): f"Last approval (3 of 3). This posts now to {WHERE}, read by 1 person of the customer.",
    ("account_leadership", 2, 0): f"Last approval (3 of 3). This posts now to {WHERE}, read by the customer.",
}


@pytest.mark.parametrize(("role", "approved", "readers"), QUESTIONS)
def test_approval_asks_once_what_it_will_do(role, approved, readers):
    """The question says where, how many are missing, and of the last one that it posts now and to how many."""
    approvals = states()["approved"].given[:approved]
    waiting = states()["waiting"].model_copy(update={"approvals": approvals})
    drawn = review_card(make_card(waiting, role=role, readers=readers))
    (approve,) = [e for b in drawn.blocks for e in b.get("elements", ()) if e.get("action_id") == "review_approve"]
    assert approve["confirm"]["text"]["text"] == QUESTIONS[role, approved, readers]


def test_card_does_not_say_twice_why_something_is_held():
    """A note about a hold is left out, because the hold stands with its reason; other notes stay."""
    draft = sample_drafts()[2]
    about_holds = {f"{code}:{hold.key}" for hold in draft.holds for code in RegisterCode}
    extra = make_entry(1, RegisterCode.SOURCE_UNAVAILABLE, id="source-unavailable:source/jira", blocks=False)
    entries = (*(entry for entry in draft.register_ if entry.id in about_holds and not entry.blocks), extra)
    drawn = review_card(make_card(STATES_BY_NAME["waiting"], draft=draft.model_copy(update={"register_": entries})))
    assert len(entries) > 1
    assert [line for line in drawn.text.splitlines() if line.startswith("Note ")] == [
        f"Note source-unavailable: {extra.sentence}"
    ]


def test_card_counts_every_person_that_a_gate_asks_for():
    """Of a gate that asks for two people both count, beside the button and in the line of approvals alike."""
    gates = [{"role": "incident_command"}, {"role": "security"}, {"role": "account_leadership", "quorum": 2}]
    drawn = review_card(make_card(states()["waiting"], profile=make_profile(gates=gates)))
    (told,) = [block["text"]["text"] for block in drawn.blocks if block.get("block_id") == "card-approvals"]
    assert told.startswith("Approved 1 of 4: ")


def test_card_of_incident_command_offers_to_place():
    """Only their card, only while it is reviewed, and only where unplaced evidence stands against the draft."""
    entry = make_entry(1, RegisterCode.UNPLACED_EVIDENCE, blocks=True)
    draft = sample_drafts()[2]
    stopped = draft.model_copy(update={"register_": (*draft.register_, entry)})
    found = {
        (role, name, about is stopped): "evidence_place" in offered(drawn)
        for role in ("incident_command", "security")
        for name in ("waiting", "blocked", "held", "released")
        for about in (draft, stopped)
        for drawn in [review_card(make_card(STATES_BY_NAME[name], role=role, draft=about, unplaced="3 alerts"))]
    }
    here = {("incident_command", "waiting", True), ("incident_command", "blocked", True)}
    assert {place for place, shown in found.items() if shown} == here
    none = make_card(STATES_BY_NAME["blocked"], role="incident_command", draft=stopped, unplaced="")
    assert "evidence_place" not in offered(review_card(none))
