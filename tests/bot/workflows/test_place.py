"""Placing in Slack: incident command says what unplaced alerts are about, by labels, for this incident."""

import pytest

from blocks import say
from blocks.place import NOWHERE
from profiles.codes import RecordKind
from profiles.loader import load_estate
from tests.bot.acts import (
    cards,
    everything,
    lines_of,
    modal_text,
    options,
    refusals,
    sealed_side,
    submit,
    without_marks,
)
from tests.bot.placing import left, make_noise, place, place_form, standing, tags, told_in_log
from tests.bot.stage import INCIDENT, SECURITY_REVIEW, staged
from tests.databases import sqlite_url
from transforms.model.canonical import digest

CAPABILITIES = ["payments-api", "reporting", "webhooks", "fraud-screening"]
KIND = "40 alerts of alertmanager with team=batch"
SECRET = "edge-signer-7"


@pytest.fixture
def noise(monkeypatch):
    """Forty alerts of one team in every reading, which no table can place; a test may ask for others."""
    return make_noise(monkeypatch)


def test_kind_is_placed_by_the_form(stage, noise):
    """One act places forty alerts as unrelated: a directive with who and when, a log entry, a draft built with it."""
    stage.command("U0KIM", "draft")
    assert left(stage) == 40
    form = place_form(stage)
    assert [b["text"]["text"] for b in form["blocks"] if b["type"] == "section"] == [say.place.about_form("INC-1042")]
    (kind,) = options(form, "groups")
    assert KIND in str(form)
    answer = submit(stage, "U0KIM", form, INCIDENT, groups=[kind], to=NOWHERE)
    assert answer.splitlines()[:2] == [say.place.done("as unrelated", "INC-1042"), KIND]
    assert standing(stage) == [(1, tags(team="batch"), None, "U0KIM")]
    old, new = stage.drafts()
    assert (old.state.state, old.state.why) == ("replaced", say.place.placed("Kim", 40, [RecordKind.HEALTH]))
    assert left(stage) == 0
    assert sealed_side(stage, new).directives.placings[0].at <= new.created_at
    assert stage.log()[-3:] == ["placed", "drafted", "voided"]
    assert told_in_log(stage, "placed") == [{"by": "U0KIM", "name": "Kim", "role": "incident_command", "to": None}]


def test_later_ones_of_the_kind_are_placed_too(sqlite_stage, noise):
    """The placing survives drafts: the forty-first alert has a place, another team's has none."""
    stage, (wanted, _) = sqlite_stage, noise
    stage.command("U0KIM", "draft")
    place(stage, "team=batch unrelated")
    wanted.update(batch=41, web=2)
    stage.lay_out(2)
    stage.command("U0KIM", "draft")
    assert (left(stage), len(standing(stage))) == (2, 1)


def test_card_counts_what_is_unplaced_now(sqlite_stage, noise):
    """Whether a draft stays or is made again, its card counts the newest reading, and names no label."""
    stage, (wanted, _) = sqlite_stage, noise
    for wanted["batch"], told in ((40, "40 alerts"), (41, "41 alerts"), (1, "1 alert"), (0, "")):
        stage.command("U0KIM", "draft")
        assert stage.drafts()[-1].facts.unplaced == told


def test_words_fill_the_form_which_says_what_they_do(sqlite_stage, noise):
    """Before anything is done, people read how many it is, where they go, for which incident, and that it holds on."""
    stage = sqlite_stage
    stage.command("U0KIM", "draft")
    asked = modal_text(place_form(stage, "place team=batch")).splitlines()[0]
    assert asked == f"{KIND}, not placed yet. What you choose holds for INC-1042, for later ones too."
    form = place_form(stage, "place team=batch as payments-api")
    told = f"Places {KIND} under Payments API, for INC-1042. Later ones of the kind too."
    assert modal_text(form).splitlines()[0] == told
    assert standing(stage) == []
    submit(stage, "U0KIM", form, INCIDENT)
    assert standing(stage) == [(1, tags(team="batch"), "payments-api", "U0KIM")]
    assert told_in_log(stage, "placed")[0]["to"] == "payments-api"


def test_several_kinds_are_placed_in_one_act(sqlite_stage, noise):
    """Two kinds chosen and one written: three directives with one draft."""
    stage, (wanted, _) = sqlite_stage, noise
    wanted.update(web=3, mail=1)
    stage.command("U0KIM", "draft")
    form = place_form(stage)
    submit(stage, "U0KIM", form, INCIDENT, groups=options(form, "groups")[:2], labels="team=mail", to="reporting")
    assert [labels[0].value for _, labels, _, _ in standing(stage)] == ["batch", "web", "mail"]
    assert stage.log()[-5:] == ["placed", "placed", "placed", "drafted", "voided"]
    assert (left(stage), len(stage.drafts())) == (0, 2)


@pytest.mark.parametrize(
    ("words", "answer"),
    [
        ("team=bach unrelated", say.place.no_match(tags(team="bach"))),
        ("batch unrelated", say.place.not_labels("batch unrelated")),
        ("payments-api", say.place.not_labels("payments-api")),
        (
            "team=batch pay",
            say.place.no_capability("pay", ["payments-api", "reporting", "webhooks", "fraud-screening"]),
        ),
    ],
)
def test_words_that_place_nothing_are_answered(sqlite_stage, noise, words, answer):
    """Labels that fit nothing, no labels at all, a capability that the bridge has not: each says what to do."""
    stage = sqlite_stage
    stage.command("U0KIM", "draft")
    before = everything(stage)
    assert modal_text(place_form(stage, f"place {words}")) == without_marks(answer)
    assert everything(stage) == before


def test_form_without_a_choice_or_with_odd_labels_places_nothing(sqlite_stage, noise):
    """What is sent off is checked like what is typed."""
    stage = sqlite_stage
    stage.command("U0KIM", "draft")
    before = everything(stage)
    sent = {"": say.place.CHOOSE, "batch": say.place.not_labels("batch"), "a=b": say.place.no_match(tags(a="b"))}
    for labels, answer in sent.items():
        assert submit(stage, "U0KIM", place_form(stage), INCIDENT, labels=labels, to=NOWHERE) == answer
    assert everything(stage) == before


def test_far_reaching_labels_are_warned_of(sqlite_stage, noise):
    """Labels that known evidence has too, and labels that say only how bad it is: told before and after."""
    stage, (wanted, known) = sqlite_stage, noise
    wanted.clear()
    known[:] = ["pay-ledger", "batch-runner"]
    stage.command("U0KIM", "draft")
    form = place_form(stage, "place team=batch unrelated")
    (warned,) = modal_text(form).splitlines()[1:2]
    assert warned.startswith("team=batch also fits 1 other that is known")
    assert warned in submit(stage, "U0KIM", form, INCIDENT)


def test_placing_is_ended_by_its_number(sqlite_stage, noise):
    """What it placed is unplaced from then on; its number is not given again, and a wrong one names those there are."""
    stage, (wanted, _) = sqlite_stage, noise
    wanted.update(web=1)
    stage.command("U0KIM", "draft")
    place(stage, "team=batch unrelated")
    place(stage, "team=web unrelated")
    assert stage.command("U0KIM", "place end 9") == say.place.no_number("9", [1, 2])
    answer = stage.command("U0KIM", "place end 1")
    assert answer.startswith("Recorded. Draft 4")
    assert [number for number, *_ in standing(stage)] == [2]
    assert (left(stage), stage.drafts()[-2].state.why) == (40, say.place.ended("Kim"))
    assert stage.log()[-3:] == ["placing-ended", "drafted", "voided"]
    place(stage, "team=batch reporting")
    assert [number for number, *_ in standing(stage)] == [2, 3]
    usage = say.commands.written_like("place", "place [LABEL=VALUE WHERE | list | end N]")
    assert [stage.command("U0KIM", f"place {words}") for words in ("end", "end 1 2", "list 1")] == [usage] * 3


def test_what_is_placed_already_says_by_which(sqlite_stage, noise):
    """Whoever places the same elsewhere learns which placing to end."""
    stage = sqlite_stage
    stage.command("U0KIM", "draft")
    place(stage, "team=batch unrelated")
    answer = modal_text(place_form(stage, "place team=batch reporting"))
    assert answer == without_marks(say.place.placed_already(tags(team="batch"), 1))


def test_list_tells_who_and_when_and_the_lines_for_good(sqlite_stage, noise):
    """With nothing unplaced the command lists what stands, and for a component that no table knows the YAML of it."""
    stage, (_, known) = sqlite_stage, noise
    known[:] = ["batch-runner"]
    stage.command("U0KIM", "draft")
    answer = place(stage, "team=batch reporting")
    proposal = [
        "For good, in the profile, under components of reporting:",
        "  - {source: alertmanager, key: batch-runner}",
    ]
    assert answer.splitlines()[-3:-1] == proposal
    assert answer.splitlines()[-1] == say.place.nameless(40)
    first, line, fits, *rest = lines_of(place_form(stage))
    assert first.strip("*") == say.place.NOTHING
    assert line.startswith("1. team=batch of alertmanager, placed under Reporting by Kim (Incident command) at ")
    assert fits == "Fits 41 now. /bridgepkg place end 1 ends it."
    assert rest[:2] == proposal
    listed = stage.command("U0KIM", "place list").splitlines()
    assert [listed[0], *listed[1:]] == [say.place.STANDING, line, fits, *rest]


@pytest.mark.parametrize(("approved", "expected"), [(True, 0), (False, 1)])
def test_component_of_the_estate_is_not_unplaced(tmp_path, noise, approved, expected):
    """What the house is known to have is about something else, once the installer approved the file that says so."""
    _, known = noise
    noise[0].clear()
    known[:] = ["batch-runner"]

    def configure(config):
        text = "schema: bridgepkg.estate/1\ncomponents: [{source: alertmanager, key: batch-runner}]\n"
        (config.parent / "estate.yaml").write_text(text)
        own = digest(load_estate(config.parent / "estate.yaml")) if approved else "0" * 64
        config.write_text(f"{config.read_text()}\nestate: estate.yaml\napproved_estate: {own}\n")

    with staged(sqlite_url(tmp_path), tmp_path, configure=configure) as stage:
        stage.command("U0KIM", "draft")
        assert left(stage) == expected


def test_nothing_unplaced_and_nothing_placed_says_so(sqlite_stage):
    """Before any draft, with one that has nothing to place, and in a closed bridge."""
    stage = sqlite_stage
    assert modal_text(place_form(stage)) == without_marks(say.hold.NO_UPDATE)
    assert stage.command("U0KIM", "place list") == say.place.NONE_STANDS
    stage.command("U0KIM", "draft")
    assert lines_of(place_form(stage))[1] == say.place.NONE_STANDS
    stage.command("U0KIM", "close anyway")
    assert "closed" in modal_text(place_form(stage))
    assert "closed" in stage.command("U0KIM", "place end 1")
    assert refusals(stage) == [("U0KIM", "closed")] * 2


def test_only_incident_command_places(sqlite_stage, noise):
    """Another role is refused with the reason, before it reads any label, by every way in."""
    stage = sqlite_stage
    stage.command("U0KIM", "draft")
    refused = say.access.wrong_role(["incident_command"], ["security"])
    for words in ("place", "place team=batch unrelated"):
        assert modal_text(place_form(stage, words, "U0SAM")) == without_marks(refused)
    assert [stage.command("U0SAM", f"place {words}") for words in ("list", "end 1")] == [refused] * 2
    assert (standing(stage), refusals(stage)) == ([], [("U0SAM", "wrong-role")] * 4)


def test_incident_command_that_is_not_cleared_reads_no_label(tmp_path, noise):
    """Labels may name what is restricted: a house may clear its commanders or not."""

    def uncleared(config):
        config.write_text(config.read_text().replace("cleared_roles: [incident_command, ", "cleared_roles: ["))

    with staged(sqlite_url(tmp_path), tmp_path, configure=uncleared) as stage:
        stage.command("U0KIM", "draft")
        for words in ("place", "place team=batch unrelated"):
            assert modal_text(place_form(stage, words)) == without_marks(say.place.NOT_CLEARED)
        assert stage.command("U0KIM", "place list") == say.place.NOT_CLEARED


def test_form_of_an_outdated_draft_places_nothing(sqlite_stage, noise):
    """What was offered may not be what is unplaced any more."""
    stage = sqlite_stage
    stage.command("U0KIM", "draft")
    form = place_form(stage)
    stage.lay_out(2)
    stage.command("U0KIM", "draft")
    made = stage.drafts()[-1].created_at
    answer = submit(stage, "U0KIM", form, INCIDENT, groups=options(form, "groups"), to=NOWHERE)
    assert (answer, standing(stage)) == (say.case.stale_card(1, 2, made), [])


def test_labels_stay_with_whoever_placed(sqlite_stage, noise):
    """A label reaches only who asked: no card, no channel, no draft's reason, no log; nothing of it the customer."""
    stage, (wanted, _) = sqlite_stage, noise
    wanted.clear()
    wanted[SECRET] = 2
    stage.command("U0KIM", "draft")
    place(stage, f"team={SECRET} unrelated")
    stage.command("U0KIM", "exceptions")
    stage.command("U0JO", "exceptions")
    shown = {channel: str(stage.person("U0KIM").messages(channel)) for channel in (INCIDENT, SECURITY_REVIEW)}
    assert [channel for channel, text in shown.items() if SECRET in text] == []
    assert SECRET not in str(stage.person("U0JO").ephemerals(INCIDENT))
    assert SECRET in str(stage.person("U0KIM").ephemerals(INCIDENT))
    assert SECRET not in str(told_in_log(stage, "placed"))
    assert SECRET not in stage.drafts()[-1].model_dump_json()


def test_story_of_a_noisy_estate(sqlite_stage, noise):
    """Forty strange alerts stop good news: one exception, one act from the card, then the version goes out.

    The forty-first changes nothing; once the placing is ended they stand in the way again.
    """
    stage, (wanted, _) = sqlite_stage, noise
    stage.command("U0KIM", "draft")
    (entry,) = [entry for entry in stage.drafts()[-1].draft.register_ if entry.code == "unplaced-evidence"]
    assert (entry.blocks, entry.role) == (True, "incident_command")
    offering = {channel: "evidence_place" in str(cards(stage, channel)[-1]) for channel in (INCIDENT, SECURITY_REVIEW)}
    assert offering == {INCIDENT: True, SECURITY_REVIEW: False}
    for user, may in (("U0KIM", True), ("U0SAM", False)):
        stage.command(user, "exceptions")
        assert ("evidence_place" in str(stage.person(user).ephemerals(INCIDENT)[-1])) is may
    person = stage.person("U0KIM")
    assert person.click("evidence_place", channel=INCIDENT).ok
    stage.settle()
    form = person.modal()
    submit(stage, "U0KIM", form, INCIDENT, groups=options(form, "groups"), to=NOWHERE)
    assert stage.drafts()[-1].state.blocking == ()
    stage.approve_all()
    assert stage.drafts()[-1].state.state == "released"
    wanted["batch"] = 41
    stage.lay_out(2)
    stage.command("U0KIM", "draft")
    assert [entry for entry in stage.drafts()[-1].draft.register_ if entry.code == "unplaced-evidence"] == []
    stage.command("U0KIM", "place end 1")
    assert any(name.startswith("unplaced-evidence:") for name in stage.drafts()[-1].state.blocking)
