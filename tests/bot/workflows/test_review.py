"""Review in Slack: whose answers count, whose do not, and what a refused one leaves alone."""

from blocks import say
from tests.bot.acts import NOTHING, a_minute_later, block_text, buttons, cards, everything, refusals, value
from tests.bot.stage import ACCOUNT_REVIEW, BRIDGE, GATES, INCIDENT, SECURITY_REVIEW

APPROVE = "review_approve"
HELD = say.review.HELD


def own_button(stage, role):
    """The approval button that the card of the newest draft has, or had, for a role."""
    draft = stage.drafts()[-1]
    return f"{INCIDENT}|{draft.id}|{role}|{draft.draft.release_digest}"


def again(stage, user, channel, role):
    """Click the approval button of the newest card once more, as a client does that has not redrawn it."""
    ts = cards(stage, channel)[-1]["ts"]
    return stage.click(user, channel, APPROVE, message_ts=ts, value=own_button(stage, role))


def clock(moment):
    """A time as sentences tell it."""
    return f"{moment:%H:%M} UTC"


def test_injected_clicks_are_refused_with_their_reason_and_change_nothing(stage):
    """The customer, a guest, a wrong role, one person twice and an outdated card: each told why, each logged."""
    stage.command("U0KIM", "draft")
    outdated = cards(stage)[-1]
    stale = value(outdated, APPROVE)
    stage.lay_out(2)
    stage.command("U0KIM", "draft")
    stage.click("U0SAM", SECURITY_REVIEW, APPROVE)
    stage.sandbox.workspace.join(BRIDGE, "U0GUS")
    said = stage.person("U0KIM").say(BRIDGE, "Good morning").ts
    before = everything(stage)
    first = stage.drafts()[1].state.given[0]
    assert [
        stage.click("U0CARA", BRIDGE, APPROVE, message_ts=said, value=own_button(stage, "security")),
        stage.click("U0GUS", BRIDGE, APPROVE, message_ts=said, value=own_button(stage, "security")),
        stage.click("U0VIC", INCIDENT, APPROVE),
        again(stage, "U0SAM", SECURITY_REVIEW, "security"),
        stage.click("U0KIM", INCIDENT, APPROVE, message_ts=outdated["ts"], value=stale),
    ] == [
        f"Only members of the home workspace can do this. {NOTHING}",
        f"Guests cannot do this. {NOTHING}",
        f"Only Incident command can do this; you are Leadership. {NOTHING}",
        f"You approved this already, at {clock(first.at)}. {NOTHING}",
        say.case.stale_card(1, 2, stage.drafts()[1].created_at),
    ]
    assert everything(stage) == before
    assert refusals(stage) == [
        ("U0CARA", "not-inside"),
        ("U0GUS", "not-inside"),
        ("U0VIC", "wrong-role"),
        ("U0SAM", "already-approved"),
        ("U0KIM", "stale-card"),
    ]
    assert stage.log()[-6:] == ["approved", *["refused"] * 5]


def test_outdated_card_names_the_draft_that_replaced_it(sqlite_stage):
    """However many drafts follow, a card says which one took its own place, and when."""
    stage = sqlite_stage
    stage.command("U0KIM", "draft")
    card = cards(stage)[-1]
    for number in (2, 3):
        stage.lay_out(number)
        stage.command("U0KIM", "draft")
    replaced_at = stage.drafts()[1].created_at
    answer = stage.click("U0KIM", INCIDENT, APPROVE, message_ts=card["ts"], value=value(card, APPROVE))
    assert answer == say.case.stale_card(1, 2, replaced_at)
    assert [one["ts"] for one in cards(stage)] == [card["ts"]]


def test_gate_names_who_approved_it_first(sqlite_stage):
    """A second member of a role reads that a colleague was faster."""
    stage = sqlite_stage
    stage.command("U0KIM", "draft")
    stage.click("U0LEE", ACCOUNT_REVIEW, APPROVE)
    first = stage.drafts()[0].state.given[0]
    answer = again(stage, "U0ANA", ACCOUNT_REVIEW, "account_leadership")
    assert answer == f"Lee approved this already, at {clock(first.at)}. {NOTHING}"


def test_person_with_two_roles_fills_one_gate(sqlite_stage):
    """Two roles are not two people: the second gate waits for somebody else."""
    stage = sqlite_stage
    stage.sandbox.workspace.set_group("S0SECURITY", ["U0SAM", "U0KIM"])
    a_minute_later(stage)
    stage.command("U0KIM", "draft")
    stage.click("U0KIM", INCIDENT, APPROVE)
    before = everything(stage)
    answer = stage.click("U0KIM", SECURITY_REVIEW, APPROVE)
    assert answer == "You approved another gate of this draft; each gate needs a different person."
    assert everything(stage) == before
    stage.approve_all("U0SAM", "U0ANA")
    assert stage.drafts()[0].state.state == "released"


def test_drafter_fills_one_gate_of_three(sqlite_stage):
    """Whoever drafted may approve where others approve too, and the card tells who did."""
    stage = sqlite_stage
    stage.command("U0KIM", "draft")
    assert stage.click("U0KIM", INCIDENT, APPROVE) == (
        "Recorded. It posts when Security and Account leadership also approve."
    )
    stage.click("U0SAM", SECURITY_REVIEW, APPROVE)
    approvals = [(a.person.user, clock(a.at)) for a in stage.drafts()[0].state.given]
    kim, sam = (at for _, at in approvals)
    told = block_text(cards(stage)[-1], "card-approvals")
    assert told == f"Approved 2 of 3: Incident command (Kim, {kim}), Security (Sam, {sam})"


def test_own_acknowledgement_needs_another_person(sqlite_stage):
    """With one gate the drafter does not count; a colleague of the same role does."""
    stage = sqlite_stage
    stage.command("U0ANA", "ack")
    before = everything(stage)
    answer = stage.click("U0ANA", ACCOUNT_REVIEW, APPROVE)
    assert answer == "You drafted this one, so somebody else must approve it."
    assert everything(stage) == before
    stage.click("U0LEE", ACCOUNT_REVIEW, APPROVE)
    assert [text.partition(".")[0] for text in stage.bridge()] == [
        "Acme Corp: we are investigating a problem that may affect your service"
    ]


def test_hold_all_stops_a_draft_at_any_time(sqlite_stage):
    """Before any approval, between approvals, and by somebody who has just approved: nothing of it leaves."""
    stage = sqlite_stage
    for approving, (holder, channel) in (((), GATES[0]), (("U0SAM",), GATES[2]), (("U0SAM", "U0KIM"), GATES[1])):
        stage.command("U0KIM", "draft")
        stage.approve_all(*approving) if approving else None
        assert stage.click(holder, channel, "review_hold_all") == HELD
        state = stage.drafts()[-1].state
        assert (state.state, state.by.person.user, len(state.given)) == ("held-back", holder, len(approving))
        assert again(stage, "U0ANA", ACCOUNT_REVIEW, "account_leadership") == (
            f"A reviewer has held this draft. {NOTHING}"
        )
        assert {tuple(buttons(cards(stage, where)[-1])) for _, where in GATES} == {("draft_next", "review_details")}
    assert stage.bridge() == []


def test_hold_all_stops_an_approved_draft_that_is_not_posted(sqlite_stage):
    """After the last approval a hold still counts, as long as nothing was posted."""
    stage = sqlite_stage
    stage.command("U0KIM", "draft")
    stage.sandbox.workspace.archive(BRIDGE)
    stage.approve_all()
    assert stage.drafts()[0].state.state == "approved"
    assert stage.click("U0SAM", SECURITY_REVIEW, "review_hold_all") == HELD
    stage.sandbox.workspace.archive(BRIDGE, archived=False)
    assert stage.command("U0KIM", "release") == (
        "Nothing is approved and unposted here; `/bridgepkg draft` makes the next draft."
    )
    assert (stage.bridge(), stage.drafts()[0].state.state) == ([], "held-back")


def test_held_acknowledgement_is_drafted_again_as_one(sqlite_stage):
    """The button on a held acknowledgement makes another acknowledgement, not an update."""
    stage = sqlite_stage
    stage.command("U0KIM", "ack")
    stage.click("U0LEE", ACCOUNT_REVIEW, "review_hold_all")
    stage.click("U0LEE", ACCOUNT_REVIEW, "draft_next")
    assert [(d.draft.kind, d.state.state) for d in stage.drafts()] == [
        ("acknowledgement", "replaced"),
        ("acknowledgement", "waiting"),
    ]


def test_click_of_a_tampered_client_is_refused_calmly(sqlite_stage):
    """A button without a digest, of no draft, for no gate or of no kind ends in a sentence and changes nothing."""
    stage = sqlite_stage
    stage.command("U0KIM", "draft")
    before, draft = everything(stage), stage.drafts()[0]
    digest = draft.draft.release_digest
    no_gate = f"This draft does not ask for an approval in that role. {NOTHING}"
    tampered = {
        f"{INCIDENT}|{draft.id}|incident_command|": f"This card shows an earlier draft. {NOTHING}",
        f"{INCIDENT}|{draft.id}|incident_command|{digest.upper()}": f"This card shows an earlier draft. {NOTHING}",
        f"{INCIDENT}|{draft.id}|security|{digest}": f"Only Security can do this; you are Incident command. {NOTHING}",
        f"{INCIDENT}|{draft.id}||{digest}": no_gate,
        f"{INCIDENT}|{draft.id}|leadership|{digest}": no_gate,
        f"{INCIDENT}|nothing|incident_command|{digest}": (
            f"I do not know this draft; it may belong to another installation. {NOTHING}"
        ),
        "": f"I do not know this draft; it may belong to another installation. {NOTHING}",
    }
    ts = cards(stage)[-1]["ts"]
    answers = {v: stage.click("U0KIM", INCIDENT, APPROVE, message_ts=ts, value=v) for v in tampered}
    assert answers == tampered
    assert everything(stage) == before
