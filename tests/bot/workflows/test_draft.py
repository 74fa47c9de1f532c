"""Drafts and acknowledgements by command: what replaces what, what is refused, and what a broken source makes."""

import shutil

import pytest

from blocks import say
from bot.intake.commands import Typed
from bot.intake.requests import CommandRequest
from bot.workflows.dispatch import dispatch
from tests.bot.acts import asked_again, block_text, buttons, cards, everything, refusals
from tests.bot.stage import ACCOUNT_REVIEW, INCIDENT, SECURITY_REVIEW, staged
from tests.bot.steps import stepped
from tests.builders import SOURCES, make_person
from tests.databases import sqlite_url
from tests.lives import force, unclear
from transforms.model.package import Held
from transforms.publish.message import acknowledgement_message

UNCLEAR = (
    "Draft 1 may be visible to the customer already. Look at the bridge and answer its card first; until then nothing "
    "else goes out."
)
BROKEN = {
    "missing": None,
    "empty": b"",
    "blank": b" \n\t ",
    "truncated": b'{"alerts": [{"labels": {"component": "pay-',
    "not UTF-8": b'{"alerts": "\xff\xfe"}',
    "another shape": b'{"alerts": 7}',
    "a list": b"[1, 2, 3]",
    "a text": b'"operational"',
    "nested without end": b"[" * 5000,
    "NaN": b'{"alerts": [NaN]}',
    "a key twice": b'{"alerts": [], "alerts": []}',
}


def test_second_draft_replaces_the_first_and_voids_its_decisions(stage):
    """Approvals of the first draft do not count for the second, which reads differently."""
    stage.command("U0KIM", "draft")
    stage.approve_all("U0SAM", "U0KIM")
    stage.lay_out(2)
    assert stage.command("U0LEE", "draft") == (
        "Draft 2 of version 1 for Acme Corp is with 3 reviewers. `/bridgepkg status` says who is waited for."
    )
    first, second = stage.drafts()
    assert (first.state.state, first.state.by_draft, len(first.state.given)) == ("replaced", 2, 2)
    assert (second.state.state, second.state.given, second.drafter.user) == ("waiting", (), "U0LEE")
    for channel, role in (
        (INCIDENT, "Incident command"),
        (SECURITY_REVIEW, "Security"),
        (ACCOUNT_REVIEW, "Account leadership"),
    ):
        (card,) = cards(stage, channel)
        assert (buttons(card)[0], block_text(card, "card-standing")[:12]) == ("review_approve", "Waiting for:")
        assert block_text(card, "card-changed").startswith("Changed since draft 1:\n")
        (line,) = asked_again(stage, channel)
        assert line == f"Acme Corp · INC-1042 · draft 2 of version 1 asks {role} for approval"
    assert stage.bridge() == []


def test_nothing_is_drafted_while_a_post_is_unclear(sqlite_stage):
    """Before somebody has looked, neither an update nor an acknowledgement nor a hold makes another draft."""
    stage = sqlite_stage
    stage.released()
    with stage.bot.store.write() as transaction:
        force(transaction, stage.drafts()[0], unclear(stage.drafts()[0].state))
    before = everything(stage)
    assert [stage.command("U0KIM", words) for words in ("draft", "ack")] == [UNCLEAR, UNCLEAR]
    assert everything(stage) == before


def test_draft_below_the_severity_is_refused(sqlite_stage):
    """An incident that is no longer severe makes no draft, unless it was opened in somebody's name."""
    stage = sqlite_stage
    lower(stage)
    refused = "INC-1042 is P3 now, and this profile packages P1 or SEV1 only."
    assert (stage.command("U0KIM", "draft"), stage.drafts()) == (refused, [])


def test_override_lets_a_lesser_incident_be_drafted(tmp_path):
    """Opened with a named override, an incident of lower severity is packaged, and the log says in whose name."""
    with staged(sqlite_url(tmp_path), tmp_path, opened=False) as stage:
        lower(stage)
        assert stage.command("U0KIM", "open INC-1042 acme").startswith(
            "INC-1042 is P3, and this profile packages P1 or"
        )
        assert stage.command("U0KIM", "open INC-1042 acme OVERRIDE").startswith("INC-1042 is open here for Acme Corp.")
        assert stage.command("U0KIM", "draft").startswith("Draft 1 of version 1 for Acme Corp is with 3 reviewers.")
        assert stage.log() == ["opened", "drafted"]


def lower(stage):
    """The incident system says P3 from now on."""
    export = stage.folder / "current" / "pagerduty.json"
    export.write_text(export.read_text().replace('"P1"', '"P3"'))


@pytest.fixture
def steps(tmp_path):
    """A bot that is stepped by hand and says nothing: these tests look at drafts alone."""
    with stepped(sqlite_url(tmp_path), tmp_path) as stepping:
        stepping.cards = False
        yield stepping


def drafted(steps):
    """A draft from the sources as they are now."""
    steps.command("U0KIM", "draft")
    steps.work()
    return steps.newest().draft


def test_broken_source_makes_holds_and_never_an_old_value(steps):
    """However the health source breaks, every status is held and the register says so; no last value is shown.

    The customer would read the same of each, so one draft stands for all.
    """
    steps.released()
    export = steps.folder / "current" / "alertmanager.json"
    for what, content in BROKEN.items():
        export.unlink() if content is None else export.write_bytes(content)
        draft = drafted(steps)
        statuses = [field.value for field in draft.package.fields if field.id.startswith("status/")]
        assert ({type(value) for value in statuses}, type(draft.package.overall)) == ({Held}, Held), what
        sentences = {entry.id: entry.sentence for entry in draft.register_}
        unread = "a source of kind health could not be read"
        assert sentences["source-unavailable:source/alertmanager"] == unread, what
        assert draft.blocking == ("required-field-held:status/payments-api", *draft.blocking[1:]), what
        export.touch()
    assert len(steps.drafts()) == 2


def test_any_source_may_be_gone(steps):
    """Without one of its sources a draft is still made, says that it is missing, and shows nothing of it."""
    for name in SOURCES:
        steps.lay_out(2)
        for export in (steps.folder / "current").glob(f"{name}*"):
            shutil.rmtree(export) if export.is_dir() else export.unlink()
        draft = drafted(steps)
        assert f"source-unavailable:source/{name}" in {entry.id for entry in draft.register_}
        shown = [entry for entry in draft.lineage if entry.disposition == "shown"]
        assert [entry.field for entry in shown if name in {ref.source for ref in entry.origin.refs}] == [], name


def test_draft_without_any_source_holds_everything(steps):
    """When nothing can be read the customer would read that the state is being confirmed, and nothing else."""
    shutil.rmtree(steps.folder / "current")
    draft = drafted(steps)
    assert {type(field.value) for field in draft.package.fields} == {Held}
    assert draft.message.text.splitlines()[0].startswith("Acme Corp: we are confirming the state of the service (H1)")


def test_acknowledgement_is_its_fixed_words(stage):
    """One gate approves exactly the bytes that are posted, and a manifest states it: no source is read for it."""
    shutil.rmtree(stage.folder / "current")
    assert stage.command("U0KIM", "ack") == (
        "The acknowledgement for Acme Corp is with 1 reviewer. `/bridgepkg status` says who is waited for."
    )
    draft = stage.drafts()[0].draft
    assert draft.message == acknowledgement_message(draft.package, stage.bot.deployment.profiles["acme"])
    assert [len(cards(stage, channel)) for channel in (INCIDENT, SECURITY_REVIEW, ACCOUNT_REVIEW)] == [0, 0, 1]
    stage.click("U0ANA", ACCOUNT_REVIEW, "review_approve")
    at, due = draft.package.as_of, draft.package.next_update
    (posted,) = stage.bridge()
    assert posted == (
        "Acme Corp: we are investigating a problem that may affect your service. "
        "Next update within 20 minutes of this message."
    )
    assert int((due - at).total_seconds()) == 20 * 60
    assert stage.drafts()[0].manifest is not None
    assert stage.log() == ["opened", "drafted", "approved", "posting", "released"]


def test_acknowledgement_gives_way_to_version_one(sqlite_stage):
    """Version 1 replaces it in the bridge with a notice and a link, and after that none is drafted."""
    stage = sqlite_stage
    stage.command("U0KIM", "ack")
    stage.click("U0ANA", ACCOUNT_REVIEW, "review_approve")
    stage.released()
    at = f"{stage.drafts()[0].state.at:%H:%M}"
    first, second = stage.person("U0CARA").messages("C0ACME")
    assert first["text"].splitlines()[0] == f"Replaced at {at} UTC by update 1."
    link = f"https://meridian-cloud.slack.com/archives/C0ACME/p{second['ts'].replace('.', '')}"
    notice = f"*Replaced at {at} UTC by update 1.* <{link}|Read the current update>"
    assert first["blocks"][0]["text"]["text"] == notice
    assert stage.command("U0KIM", "ack") == "Version 1 is out already; draft the next update instead."
    assert len(stage.drafts()) == 2


def test_waiting_acknowledgement_is_void_once_version_one_is_out(sqlite_stage):
    """An acknowledgement that nobody approved in time cannot follow the first version."""
    stage = sqlite_stage
    stage.command("U0KIM", "ack")
    stage.released()
    card = cards(stage, ACCOUNT_REVIEW)[0]
    assert (buttons(card), block_text(card, "card-standing")) == ([], "Replaced by draft 2: version 1 is out")
    reference = f"{INCIDENT}|{stage.drafts()[0].id}|account_leadership|{stage.drafts()[0].draft.release_digest}"
    answer = stage.click("U0ANA", ACCOUNT_REVIEW, "review_approve", message_ts=card["ts"], value=reference)
    assert answer.startswith("That was about draft 1; draft 2 replaced it at ")
    assert (len(stage.bridge()), refusals(stage)) == (1, [("U0ANA", "stale-card")])


def test_second_acknowledgement_replaces_the_waiting_one(sqlite_stage):
    """One acknowledgement waits at a time; an update that waits beside it is left alone."""
    stage = sqlite_stage
    stage.command("U0KIM", "draft")
    for _ in range(2):
        stage.command("U0KIM", "ack")
    assert [(d.number, d.draft.kind, d.state.state) for d in stage.drafts()] == [
        (1, "update", "waiting"),
        (2, "acknowledgement", "replaced"),
        (3, "acknowledgement", "waiting"),
    ]


def test_acknowledgement_is_not_posted_twice_within_a_minute(steps):
    """The customer would read the same words twice; a minute later they promise another update, and may be said."""
    steps.clock.pass_by(60 - steps.clock().second)
    steps.command("U0KIM", "ack")
    steps.work()
    steps.approve(steps.newest(), "U0ANA")
    steps.settle()
    steps.command("U0KIM", "ack")
    steps.settle()
    assert (steps.heard("U0KIM")[-1], len(steps.drafts())) == (say.draft.ACKNOWLEDGED, 1)
    steps.clock.pass_by(60)
    steps.command("U0KIM", "ack")
    steps.work()
    assert len(steps.drafts()) == 2


def test_acknowledgement_that_an_update_overtook_is_not_stored(steps):
    """What it checked before its transaction is checked once more inside: the first version may be out by then."""
    effect = acknowledging(steps)
    steps.released(1)
    with steps.bot.store.write() as transaction:
        assert effect(transaction).drawing.text == say.draft.version_is_out(1)
    assert [draft.draft.kind for draft in steps.drafts()] == ["update"]


def test_acknowledgement_that_another_overtook_is_not_stored(steps):
    """Two people type it in the same minute: the customer reads it once."""
    steps.clock.pass_by(60 - steps.clock().second)
    effect = acknowledging(steps)
    steps.command("U0KIM", "ack")
    steps.work()
    steps.approve(steps.newest(), "U0ANA")
    steps.settle()
    with steps.bot.store.write() as transaction:
        assert effect(transaction).drawing.text == say.draft.ACKNOWLEDGED
    assert len(steps.drafts()) == 1


def acknowledging(steps):
    """What an acknowledgement that somebody asks for is about to write."""
    asked = CommandRequest(
        id="1" * 32, person=make_person(), channel=INCIDENT, received_at=steps.clock(), typed=Typed("ack")
    )
    return dispatch(steps.bot, asked)


def test_hold_that_only_got_another_number_is_no_change(steps):
    """Numbers of holds shift between drafts; a reviewer reads what reads differently to the customer."""
    before = steps.draft(1).draft
    steps.lay_out(2)
    steps.command("U0KIM", "draft")
    steps.work()
    numbers = [{hold.key: hold.number for hold in draft.holds} for draft in (before, steps.newest().draft)]
    assert (numbers[0]["workaround/reporting"], numbers[1]["workaround/reporting"]) == (2, 1)
    assert [line for line in steps.newest().facts.changed if "held (H2) → held (H1)" in line] == []
