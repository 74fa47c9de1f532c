"""Reading: what status, diff, holds, history, lineage, manifest and trace tell of a whole incident, and to whom."""

import pytest

from blocks import say
from bot.intake.commands import parse
from bot.intake.requests import CommandRequest
from bot.slack.people import Insider
from bot.workflows.read import READERS
from tests.bot.acts import cards, lines_of, modal_text, open_form, sealed_side
from tests.bot.stage import ACCOUNT_REVIEW, INCIDENT, SECURITY_REVIEW
from tests.builders import make_person
from tests.canaries import assert_no_canary, canaries
from transforms.publish.compose import outward_fields
from transforms.publish.manifest import STOPS_AT

CLEARED = Insider(make_person("U0KIM"), "Kim", frozenset({"incident_command"}), cleared=True)
SUPPORT = Insider(make_person("U0VIC"), "Vic", frozenset({"leadership"}), cleared=False)


def versions(stage):
    """The drafts that became versions, by number."""
    return {d.draft.version: d for d in stage.drafts() if d.manifest and d.draft.version}


def answered(stage, words, asker=CLEARED):
    """The lines of an answer to a reading command."""
    typed = parse(words)
    request = CommandRequest("0" * 32, asker.person, INCIDENT, stage.bot.now(), typed=typed)
    effect = READERS[typed.name](stage.bot, request, asker)
    with stage.bot.store.read() as transaction:
        return effect(transaction).drawing.text.splitlines()


def at(moment):
    """A time as answers tell it."""
    return f"{moment:%H:%M}"


@pytest.fixture(scope="module")
def explained(told):
    """What `lineage` answers for every outward field and every hold of every version, by version and field."""
    return {
        (number, field): answered(told, f"lineage {field} {number}")
        for number, stored in versions(told).items()
        for field in outward_fields(stored.draft.package)
    }


def test_lineage_explains_every_outward_field_of_every_version(explained):
    """Each field, headline, footer and hold of all four versions says by which rule it came to be: none is left out."""
    assert {number for number, _ in explained} == {1, 2, 3, 4}
    assert len(explained) > 90
    told = {key: (lines[0].rpartition(" ")[2], lines[1].partition(": ")[0]) for key, lines in explained.items()}
    assert set(told.values()) == {("(shown)", "Rule"), ("(held)", "Rule"), ("(derived)", "Rule")}
    assert [key for key, (how, _) in told.items() if (how == "(derived)") != key[1].startswith(("head", "foot"))] == []


def test_lineage_gives_a_fact_or_a_silent_source_for_every_field_and_hold(explained):
    """A status, workaround, timeline entry or hold names a fact with revision and times, or which source was silent."""
    unexplained = [
        key
        for key, lines in explained.items()
        if not key[1].startswith(("headline/", "footer/"))
        and not any(", revision " in line and ": changed " in line for line in lines)
        and not any(line.endswith("gave no fact for it") for line in lines)
    ]
    assert unexplained == []


def test_lineage_by_command_is_at_the_readers_level(told):
    """Typed by the commander it names source and key; typed by leadership neither; of the newest draft or a version."""
    cleared = told.command("U0KIM", "lineage status/payments-api/europe 1")
    support = told.command("U0VIC", "lineage status/payments-api/europe 1")
    assert cleared.splitlines()[0] == support.splitlines()[0] == "Payments API, Europe = disrupted (SC3) (shown)"
    assert ("alertmanager a1b2c3d4e5f60718" in cleared, "alertmanager" in support) == (True, False)
    assert told.command("U0KIM", "lineage H3").splitlines()[0] == "H3 timeline entries (held)"
    title, rule, derived, _ = told.command("U0KIM", "lineage headline/overall 1").splitlines()
    assert (title, rule) == ("Overall status (derived)", "Rule: status: worst shown")
    places = [
        f"{what}, {where}" for what in ("Payments API", "Reporting", "Webhooks") for where in ("Europe", "Americas")
    ]
    assert derived == f"From: {' · '.join(places)}"


def test_lineage_of_what_is_not_there_lists_what_is(told):
    """A misspelt field is answered with those that there are; an unknown version with where to look."""
    unknown = told.command("U0KIM", "lineage status/paymnts")
    known = [entry.field for entry in told.drafts()[-1].draft.lineage]
    assert unknown == say.read.no_such_field(8, "status/paymnts", known)
    assert told.command("U0KIM", "lineage H3 9") == say.read.NO_SUCH_VERSION


def test_details_show_names_to_the_cleared_alone(told):
    """The modal of a card: leadership reads every field's rule and times, and not one withheld name; security both."""
    newest = cards(told, SECURITY_REVIEW, "U0SAM")[-1]["ts"]
    open_form(told, "U0SAM", SECURITY_REVIEW, "review_details", "details", message_ts=newest)
    cleared = modal_text(told.person("U0SAM").modal())
    newest = cards(told)[-1]["ts"]
    open_form(told, "U0VIC", INCIDENT, "review_details", "details", message_ts=newest)
    support = modal_text(told.person("U0VIC").modal())
    built = sealed_side(told, told.drafts()[-1])
    names = {name for e in built.draft.lineage for ref in e.origin.refs for name in (ref.source, ref.key)}
    assert [name for name in names if name not in cleared] == []
    assert [name for name in names if name in support] == []
    assert_no_canary(support, canaries(built.evidence))
    assert support.count("(names for the cleared)") == cleared.count(", revision ")
    told.person("U0SAM").close(told.person("U0SAM").modal()["id"])
    told.person("U0VIC").close(told.person("U0VIC").modal()["id"])


def test_diff_tells_the_customers_change_and_why(told):
    """By default the last two versions, or any two by number; the reasons are for the cleared."""
    first, second = versions(told)[1].draft.package, versions(told)[2].draft.package
    assert answered(told, "diff 1 2", SUPPORT) == [
        say.read.compared("Acme Corp", (1, first.as_of), (2, second.as_of)),
        "What the customer now reads differently",
        "  Payments API, Americas: operational (SC0) → degraded (SC1)",
        "  Payments API workaround: held (H1) → being tested (W2)",
        f"  Timeline: + {at(next(f.value.at for f in second.fields if f.id == 'timeline/T3'))} problem identified",
        "What is held",
        "  H1 Payments API workaround: no longer held",
        "  H2 Reporting workaround: still held, for another reason (unmapped-value)",
        "  H3 Timeline: still held (security-review-pending)",
        "  H4 dependency detail: still held (exploitability-restricted)",
        "  H5 technical detail: still held (security-review-pending)",
    ]
    why = answered(told, "diff 1 2").index("Why")
    assert answered(told, "diff 1 2")[why + 1].startswith("  Payments API, Americas: alertmanager ")
    assert answered(told, "diff")[0].startswith("Acme Corp · version 3 → version 4 · ")
    assert answered(told, "diff 2")[0].startswith("Acme Corp · version 2 → version 4 · ")
    assert answered(told, "diff 2 7") == [say.read.NO_SUCH_VERSION]


def test_history_tells_everything_that_was_shared(told):
    """The acknowledgement and four versions: when, by what replaced or withdrawn, and what was withheld at each."""
    lines = answered(told, "history", SUPPORT)
    ends = [line.partition(" UTC")[2].removesuffix(".") for line in lines[1::3]]
    stored = versions(told)
    second, third = at(stored[1].state.at), at(stored[2].state.at)
    assert lines[0] == "Acme Corp · INC-1042: what was shared"
    assert [line.partition(":")[0] for line in lines[1::3]] == [
        "The acknowledgement",
        *(f"Version {number}" for number in (1, 2, 3, 4)),
    ]
    first = at(told.drafts()[0].state.at)
    assert ends == [
        f", replaced by version 1 at {first}",
        f", replaced by version 2 at {second}",
        f", replaced by version 3 at {third}",
        f", withdrawn at {at(stored[3].state.at)}",
        "",
    ]
    withheld = [line.partition("Withheld: ")[2].partition(". Digest")[0] for line in lines[2::3]]
    assert withheld == ["nothing"] + [
        ", ".join(f"H{h.number} {h.what} ({h.annex})" for h in stored[n].draft.holds) for n in (1, 2, 3, 4)
    ]


def test_manifest_tells_who_approved_what_and_where_it_stops(told):
    """The signed statement of any version in words; names instead of ids, holds with their annexes, and the limit."""
    stored = versions(told)[3]
    lines = answered(told, "manifest 3")
    approvals = {f"{a.role.replace('_', ' ').capitalize()} ({at(a.at)} UTC)" for a in stored.state.released.given}
    assert lines[0] == "Manifest of version 3"
    assert lines[6] == "Approved by: " + ", ".join(
        f"{a.role.replace('_', ' ').capitalize()} ({name}, {at(a.at)} UTC)"
        for a, name in zip(stored.state.released.given, ("Sam", "Kim", "Ana"), strict=True)
    )
    assert len(approvals) == 3
    assert lines[7].startswith("Held: H6 timing-disagreement (annex A6), H3 security-review-pending (annex A3)")
    assert lines[9:11] == ["Replaces version 2", STOPS_AT]
    assert answered(told, "manifest")[0] == "Manifest of version 4"
    assert answered(told, "manifest v2")[0] == "Manifest of version 2"
    assert answered(told, "manifest first") == answered(told, "manifest 9")


def test_trace_tells_the_four_stages(told):
    """Each draft's stages with what they took and gave; an unknown number is answered with the newest."""
    stages = told.drafts()[1].draft.stages
    assert answered(told, "trace 2")[1:] == [
        f"{s.stage}: {s.input[:4]} {s.input[4:8]} → {s.output[:4]} {s.output[4:8]}" for s in stages
    ]
    assert [stage.stage for stage in stages] == ["retrieve", "render", "validate", "publish"]
    assert answered(told, "trace")[0] == "Stages of draft 8"
    assert answered(told, "trace 99") == [say.read.no_such_draft("99", 8)]


def test_status_and_holds_tell_what_stands(told):
    """At the end version 4 stands with its next update; what is held has its age since it first was."""
    package = versions(told)[4].draft.package
    title, stands = answered(told, "status", SUPPORT)
    assert title == "Acme Corp · INC-1042"
    due = at(package.next_update)
    assert stands.startswith(
        f"The customer reads version 4, as of {at(package.as_of)} UTC. Next update due {due} UTC, in "
    )
    # A minute may pass while it is answered.
    before, (title, *held), after = held_lines(told), answered(told, "holds", SUPPORT), held_lines(told)
    assert title.startswith("Held")
    assert [line.partition(".")[0] for line in held] in (before, after)


def held_lines(stage) -> list[str]:
    """What version 4 holds, and for how many minutes since a draft first held it."""
    since = dict(versions(stage)[4].facts.held_since)
    ages = {number: int((stage.bot.now() - first).total_seconds() // 60) for number, first in since.items()}
    return [
        f"H3 timeline entries: security-review-pending, {ages[3]} min",
        f"H4 dependency detail: exploitability-restricted, {ages[4]} min",
        f"H5 technical detail: security-review-pending, {ages[5]} min",
    ]


def test_answers_before_anything_happened_say_so(sqlite_stage):
    """Each reading command has a sentence for an incident that has just been opened."""
    assert {words: sqlite_stage.command("U0VIC", words) for words in EARLY} == {
        **dict.fromkeys(("preview", "holds", "exceptions", "lineage x", "trace", "trace 2"), say.read.NO_DRAFT),
        **dict.fromkeys(("manifest", "diff"), say.read.NOTHING_RELEASED),
        "status": f"Acme Corp · INC-1042\n{say.read.NOTHING_POSTED}",
        "history": "Acme Corp · INC-1042: what was shared\nNothing yet.",
    }


EARLY = ("preview", "holds", "exceptions", "lineage x", "trace", "trace 2", "manifest", "diff", "status", "history")


def test_answers_are_for_one_person(told):
    """What somebody asks is shown to nobody else, in no channel."""
    seen = {user: len(told.person(user).ephemerals(INCIDENT)) for user in ("U0SAM", "U0ANA", "U0PRIYA")}
    before = [len(cards(told, channel)) for channel in (INCIDENT, SECURITY_REVIEW, ACCOUNT_REVIEW)]
    for words in ("status", "preview", "history", "manifest 2", "exceptions", "holds"):
        told.command("U0KIM", words)
    assert {user: len(told.person(user).ephemerals(INCIDENT)) for user in seen} == seen
    assert [len(cards(told, channel)) for channel in (INCIDENT, SECURITY_REVIEW, ACCOUNT_REVIEW)] == before
    shown = lines_of(told.person("U0KIM").ephemerals(INCIDENT)[-1])
    assert shown[0] == "*Held*"
