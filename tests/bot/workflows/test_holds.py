"""Holds and waivers in Slack: what one person decides about a part, and that everybody is asked again."""

from blocks import say
from sandbox.errors import ImpossibleActError
from tests.bot.acts import (
    block_text,
    buttons,
    cards,
    everything,
    hold_part,
    lines_of,
    modal_text,
    open_form,
    options,
    refusals,
    sealed_side,
    submit,
    value,
    without_marks,
)
from tests.bot.stage import ACCOUNT_REVIEW, BRIDGE, GATES, INCIDENT, SECURITY_REVIEW, staged
from tests.databases import sqlite_url
from transforms.model.package import Coded, Held

NOTE = "Priya saw edge-signer time out first"


def asked(number):
    """The decision was recorded, and its draft of version 1 is with every gate."""
    return say.hold.recorded(say.draft.with_reviewers(f"Draft {number} of version 1 for Acme Corp", 3))


def blocked(number):
    """The decision was recorded, and something blocks its draft of version 1."""
    return say.hold.recorded(say.draft.blocked(f"Draft {number} of version 1 for Acme Corp"))


def fields(draft):
    """The fields of a draft by id."""
    return {field.id: field.value for field in draft.draft.package.fields}


def test_hold_form_offers_what_is_shown_and_why(sqlite_stage):
    """Everything that the customer would read can be chosen, for one of four reasons, with a note that is optional."""
    stage = sqlite_stage
    stage.command("U0KIM", "draft")
    form = open_form(stage, "U0SAM", SECURITY_REVIEW, "review_hold_part", "hold_form")
    shown = [name for name, shown in fields(stage.drafts()[0]).items() if isinstance(shown, Coded)]
    assert sorted(options(form, "fields")) == sorted(shown)
    assert options(form, "reason") == [
        "reviewer-hold",
        "security-review-pending",
        "legal-review-pending",
        "exploitability-restricted",
    ]
    assert stage.person("U0SAM").submit(form["id"], {"note": NOTE}).error == "incomplete"
    assert [draft.number for draft in stage.drafts()] == [1]


def test_holding_parts_asks_every_gate_again(stage):
    """Two fields held: the revised draft voids the approval, takes the cards, and shows only what changed."""
    stage.command("U0KIM", "draft")
    stage.click("U0SAM", SECURITY_REVIEW, "review_approve")
    assert hold_part(stage, "U0ANA", ACCOUNT_REVIEW, "timeline/T1", "timeline/T2", note=NOTE) == asked(2)
    old, new = stage.drafts()
    assert (old.state.state, len(old.state.given), old.state.why) == ("replaced", 1, say.hold.held("Ana", 2))
    assert (new.state.state, new.state.given, new.drafter.user) == ("waiting", (), "U0KIM")
    assert {fields(new)[name] for name in ("timeline/T1", "timeline/T2")} == {Held(number=3)}
    for _, channel in GATES:
        (card,) = cards(stage, channel)
        assert buttons(card) == ["review_approve", "review_hold_all", "review_hold_part", "review_details"]
        assert block_text(card, "card-changed") == (
            "Changed since draft 1:\ndraft 1 is void: Ana held 2 fields\n"
            "Timeline, impact detected: impact detected (T1) → held (H3)\n"
            "Timeline, investigating: investigating (T2) → held (H3)\nnow held: timeline entries (H3)"
        )
    stage.approve_all()
    assert "16:" not in stage.bridge()[0].partition("Timeline")[2].partition("Not shared yet")[0]
    assert stage.log()[-9:-5] == ["hold-placed", "hold-placed", "drafted", "voided"]


def test_note_of_a_hold_stays_in_the_annex(sqlite_stage):
    """What a reviewer writes is sealed beside the hold, and stands in nothing that Slack ever gets."""
    stage = sqlite_stage
    stage.command("U0KIM", "draft")
    hold_part(stage, "U0SAM", SECURITY_REVIEW, "timeline/T2", note=NOTE)
    stage.approve_all()
    stage.click("U0VIC", INCIDENT, "review_details")
    stage.command("U0VIC", "holds")
    draft = stage.drafts()[1]
    (annex,) = [a for a in sealed_side(stage, draft).draft.annexes if a.id == "A3"]
    (item,) = [item for item in annex.items if item.source == "reviewers"]
    assert [(held.name, held.text) for held in item.values] == [("hidden", "T2 investigating"), ("note", NOTE)]
    assert draft.draft.annexes == ()
    assert [call.method for call in stage.sandbox.calls() if NOTE in str(call.arguments)] == []


def test_hold_is_ended_by_its_own_role(sqlite_stage):
    """Each of several holds under one number has its button; another role cannot end it, and its own makes a draft."""
    stage = sqlite_stage
    stage.command("U0KIM", "draft")
    hold_part(stage, "U0SAM", SECURITY_REVIEW, "timeline/T1", "timeline/T2")
    stage.command("U0SAM", "holds")
    shown = stage.person("U0SAM").ephemerals(INCIDENT)[-1]
    assert buttons(shown) == ["hold_clear", "hold_clear"]
    stage.command("U0KIM", "holds")
    before = everything(stage)
    assert stage.click("U0KIM", INCIDENT, "hold_clear") == say.access.wrong_role(["security"], ["incident_command"])
    assert (everything(stage), refusals(stage)) == (before, [("U0KIM", "wrong-role")])
    block = next(b["block_id"] for b in shown["blocks"] if "timeline/T2" in str(b.get("elements")))
    how = {"message_ts": shown["ts"], "block_id": block}
    assert stage.click("U0SAM", INCIDENT, "hold_clear", **how) == asked(3)
    newest = fields(stage.drafts()[-1])
    assert (type(newest["timeline/T1"]), type(newest["timeline/T2"])) == (Held, Coded)
    assert stage.click("U0SAM", INCIDENT, "hold_clear", **how) == say.hold.NOT_HELD
    assert stage.log()[-4:] == ["refused", "hold-ended", "drafted", "voided"]


def test_hold_is_answered_where_it_was_asked_for(sqlite_stage):
    """A reviewer who is not in the incident's channel reads the answer in their own."""
    stage = sqlite_stage
    stage.sandbox.workspace.leave(INCIDENT, "U0ANA")
    stage.command("U0KIM", "draft")
    assert hold_part(stage, "U0ANA", ACCOUNT_REVIEW, "timeline/T2") == asked(2)


def test_hold_form_of_an_outdated_draft_is_refused(sqlite_stage):
    """A form that was open while the draft was made again records nothing, and that is logged."""
    stage = sqlite_stage
    stage.command("U0KIM", "draft")
    form = open_form(stage, "U0SAM", SECURITY_REVIEW, "review_hold_part", "hold_form")
    stage.lay_out(2)
    stage.command("U0KIM", "draft")
    before, made = everything(stage), stage.drafts()[1].created_at
    answer = submit(
        stage, "U0SAM", form, SECURITY_REVIEW, fields=["timeline/T2"], reason="reviewer-hold", note="too late"
    )
    assert answer == say.case.stale_card(1, 2, made)
    assert (everything(stage), refusals(stage)) == (before, [("U0SAM", "stale-card")])


def test_hold_before_any_draft_says_so(sqlite_stage):
    """Without an update there is nothing to hold, by command or by the acknowledgement's card."""
    stage = sqlite_stage
    stage.command("U0SAM", "hold")
    assert modal_text(stage.person("U0SAM").modal()) == without_marks(say.hold.NO_UPDATE)
    stage.command("U0KIM", "ack")
    assert "review_hold_part" not in buttons(cards(stage, ACCOUNT_REVIEW)[-1])


def test_waiver_holds_for_exactly_its_evidence(sqlite_stage):
    """A decided exception blocks again when what stands behind it changes, and not when it is only read again."""
    stage = sqlite_stage
    stage.lay_out(3)
    stage.command("U0KIM", "draft")
    assert "review_approve" not in buttons(cards(stage)[-1])
    assert waive(stage, "U0KIM", "timing-disagreement") == asked(2)
    stage.lay_out(3)
    stage.command("U0KIM", "draft")
    assert blocking(stage) == []
    page = stage.folder / "current" / "statuspage.json"
    page.write_text(page.read_text().replace("major_outage", "partial_outage"))
    stage.command("U0KIM", "draft")
    assert blocking(stage) == ["timing-disagreement:status/payments-api"]
    assert waive(stage, "U0KIM", "timing-disagreement") == asked(4)
    stage.approve_all()
    assert stage.drafts()[-1].state.state == "released"


def waive(stage, user, code):
    """Decide one exception of the newest draft from the list that the person asked for."""
    stage.command(user, "exceptions")
    shown = stage.person(user).ephemerals(INCIDENT)[-1]
    block = next(b["block_id"] for b in shown["blocks"] if f"|{code}:" in str(b.get("elements")))
    return stage.click(user, INCIDENT, "exception_waive", message_ts=shown["ts"], block_id=block)


def blocking(stage):
    """What blocks the newest draft."""
    return list(stage.drafts()[-1].state.blocking)


def test_waiver_is_told_on_the_card_with_its_person(sqlite_stage):
    """Who decided an exception, and in which role, stands on every card from then on."""
    stage = sqlite_stage
    stage.lay_out(3)
    stage.command("U0KIM", "draft")
    waive(stage, "U0KIM", "timing-disagreement")
    (line,) = [line for line in lines_of(cards(stage)[-1]) if line.startswith("Waived")]
    why = "what we see inside and what the customer is shown elsewhere disagree"
    assert line == f"Waived timing-disagreement: H1 Payments API status: {why} (by Kim, Incident command)"
    assert block_text(cards(stage)[-1], "card-changed") == (
        "Changed since draft 1:\ndraft 1 is void: Kim decided timing-disagreement\ndecided: timing-disagreement"
    )


def test_exception_of_an_outdated_list_is_refused(sqlite_stage):
    """A button of an older list decides nothing about the newer draft."""
    stage = sqlite_stage
    stage.lay_out(3)
    stage.command("U0KIM", "draft")
    stage.command("U0KIM", "exceptions")
    stage.lay_out(4)
    stage.command("U0KIM", "draft")
    before, made = everything(stage), stage.drafts()[1].created_at
    answer = stage.click("U0KIM", INCIDENT, "exception_waive")
    assert answer == say.case.stale_card(1, 2, made)
    assert (everything(stage), refusals(stage)) == (before, [("U0KIM", "stale-card")])


def test_nobody_waives_what_cannot_be_proved(tmp_path):
    """A profile that nobody approved offers no button, and a forged one is refused and logged."""
    with staged(sqlite_url(tmp_path), tmp_path, configure=unapproved) as stage:
        stage.command("U0KIM", "draft")
        assert blocking(stage) == ["profile-not-approved:profile"]
        stage.command("U0KIM", "exceptions")
        shown = stage.person("U0KIM").ephemerals(INCIDENT)[-1]
        assert buttons(shown) == []
        before, draft = everything(stage), stage.drafts()[0]
        forged = f"{INCIDENT}|{draft.id}|profile-not-approved:profile|{draft.draft.release_digest}"
        ts = cards(stage)[-1]["ts"]
        answer = stage.click("U0KIM", INCIDENT, "exception_waive", message_ts=ts, value=forged)
        digest = draft.draft.profile_digest[:8]
        assert answer == say.hold.never_waived(f"profile digest {digest} is not approved for this bridge")
        assert (everything(stage), refusals(stage)) == (before, [("U0KIM", "never-waived")])


def unapproved(config):
    """Another digest in the trust root than the profile has."""
    text = config.read_text()
    head, _, tail = text.partition("approved_profiles: [")
    config.write_text(f"{head}approved_profiles: [{'0' * 64}{tail[64:]}")


def test_hold_cannot_be_clicked_where_its_button_is_gone(sqlite_stage):
    """The bridge shows no button at all: nothing in it can be clicked by anybody."""
    stage = sqlite_stage
    stage.released()
    for action in ("review_hold_part", "review_approve", "package_withdraw"):
        try:
            stage.person("U0CARA").click(action, channel=BRIDGE)
        except ImpossibleActError:
            continue
        raise AssertionError(action)
    assert value(cards(stage)[-1], "package_withdraw").startswith(f"{INCIDENT}|")
