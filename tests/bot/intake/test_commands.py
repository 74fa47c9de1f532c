"""Typed commands: which there are, what unknown ones answer, and where nothing is answered at all."""

import pytest

from blocks import say
from bot.intake.commands import COMMANDS, NotUnderstood, Typed, named_version, parse
from bot.slack.gateway import SHARED_LINE, UNSEEN_LINE
from sandbox.seed import Channel
from tests.bot.acts import buttons, cards
from tests.bot.stage import BRIDGE, INCIDENT

GENERAL, PRIVATE = "C0GENERAL", "C0PRIVATE"


def told(text):
    """The sentence for a text that is no command."""
    found = parse(text)
    assert isinstance(found, NotUnderstood), found
    return found.sentence


@pytest.mark.parametrize("known", COMMANDS, ids=lambda known: known.name)
def test_command_is_known_with_the_words_that_it_takes(known):
    """Every command is understood in any case, with as many words as its usage says and with no others."""
    words = [known.closed[0] if known.closed else "x"] * known.most
    usage = say.commands.written_like(known.name, known.usage)
    for count in range(known.most + 2):
        given = [*words, "x"][:count]
        fits = known.least <= count <= known.most
        expected = Typed(known.name, tuple(given)) if fits else NotUnderstood(usage)
        assert parse(f"  {known.name.upper()}  {' '.join(given)} ") == expected


def test_nothing_typed_is_the_menu():
    """The bare command, with any white space."""
    assert [parse(text) for text in ("", "  ", "\n\t")] == [Typed("menu")] * 3


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("stauts", say.commands.unknown_word("stauts", "status")),
        ("withdarw now", say.commands.unknown_word("withdarw", "withdraw [N] [reason]")),
        ("Realease", say.commands.unknown_word("Realease", "release")),
        ("publish", say.commands.unknown_word("publish")),
        ("<!channel>", say.commands.unknown_word("<!channel>")),
        ("x" * 4000, say.commands.unknown_word("x" * 4000)),
        ("open INC-1042 acme overide", say.commands.written_like("open", "open KEY BRIDGE [override]")),
        ("open INC-1042", say.commands.written_like("open", "open KEY BRIDGE [override]")),
        ("lineage", say.commands.written_like("lineage", "lineage FIELD [N]")),
        ("draft now", say.commands.written_like("draft", "draft")),
    ],
)
def test_unknown_words_get_the_nearest_match(text, answer):
    """A slip of the finger is answered with what was meant; nothing is ever silently ignored."""
    assert told(text) == answer


@pytest.mark.parametrize(
    ("words", "version", "rest"),
    [
        ("3 names an engineer", 3, "names an engineer"),
        ("v3: a leak", 3, "a leak"),
        ("V12", 12, ""),
        ("#3 a leak", 3, "a leak"),
        ("version 3 a leak", 3, "a leak"),
        ("Version V3", 3, ""),
        ("", None, ""),
        ("names 3 engineers", None, "names 3 engineers"),
        ("version is wrong", None, "version is wrong"),
        ("3rd name is a leak", None, "3rd name is a leak"),
        ("-3 a leak", None, "-3 a leak"),
        ("٣ a leak", None, "٣ a leak"),
    ],
)
def test_words_that_begin_with_a_number_name_a_version(words, version, rest):
    """As people write a version; a number further on is part of what they say."""
    assert named_version(tuple(words.split())) == (version, tuple(rest.split()))


def test_help_lists_the_first_words_and_then_the_rest(sqlite_stage):
    """Six words in the first help, all of them under more, one of them by its name, and the nearest for another."""
    stage = sqlite_stage
    first, more = ([line(c) for c in COMMANDS if c.first is which] for which in (True, False))
    title = "bridgepkg tells the customer what may be told"
    assert len(first) == 6
    assert stage.command("U0PRIYA", "help").splitlines() == [title, *first, "/bridgepkg help more: everything else"]
    assert stage.command("U0PRIYA", "help more").splitlines() == [title, *first, *more]
    assert stage.command("U0PRIYA", "help ack").splitlines() == [title, *[line(c) for c in COMMANDS if c.name == "ack"]]
    assert stage.command("U0PRIYA", "help wthdraw") == say.commands.unknown_word("wthdraw", "withdraw [N] [reason]")


def line(command):
    """A command as the help lists it."""
    return f"/bridgepkg {command.usage}: {command.does}"


def test_menu_offers_what_makes_sense_now(sqlite_stage):
    """The bare command tells the state and offers buttons; each is answered as its command would be."""
    stage = sqlite_stage
    first = menu(stage)
    assert first["text"] == f"Acme Corp · INC-1042\n{say.read.NOTHING_POSTED}"
    assert buttons(first) == ["menu_ack", "menu_draft", "menu_holds"]
    assert stage.click("U0KIM", INCIDENT, "menu_holds") == stage.command("U0KIM", "holds")
    assert stage.click("U0KIM", INCIDENT, "menu_ack") == say.draft.with_reviewers(
        "The acknowledgement for Acme Corp", 1
    )
    assert buttons(menu(stage)) == ["menu_draft", "menu_holds"]
    assert stage.click("U0KIM", INCIDENT, "menu_draft") == say.draft.with_reviewers(
        "Draft 2 of version 1 for Acme Corp", 3
    )
    stage.approve_all()
    assert buttons(menu(stage)) == ["menu_draft", "menu_diff", "menu_holds"]
    assert stage.click("U0KIM", INCIDENT, "menu_diff") == stage.command("U0KIM", "diff")


def menu(stage):
    """What the bare command shows Kim."""
    stage.command("U0KIM", "")
    return stage.person("U0KIM").ephemerals(INCIDENT)[-1]


def test_command_in_a_channel_with_outsiders_gets_one_line_without_content(sqlite_stage):
    """In the bridge, and wherever an organisation, an invitation or a guest is, nothing internal is answered."""
    stage = sqlite_stage
    stage.command("U0KIM", "draft")
    words = ("", "status", "preview", "holds", "help", "history", "draft", "ack", "stauts", "withdraw leak", "diff 1")
    assert {stage.command("U0KIM", word, BRIDGE) for word in words} == {SHARED_LINE}
    workspace = stage.sandbox.workspace
    for change, undo in (
        (lambda: workspace.share(INCIDENT, "T0ACME"), lambda: workspace.unshare(INCIDENT, "T0ACME")),
        (lambda: workspace.offer_share(INCIDENT, "T0ACME"), lambda: workspace.unshare(INCIDENT, "T0ACME")),
        (lambda: pending(workspace, invited=True), lambda: pending(workspace, invited=False)),
        (lambda: workspace.join(INCIDENT, "U0GUS"), lambda: workspace.leave(INCIDENT, "U0GUS")),
    ):
        change()
        assert {stage.command("U0KIM", word) for word in ("", "preview")} == {SHARED_LINE}
        undo()
    assert stage.command("U0KIM", "status").startswith("Acme Corp · INC-1042\n")
    assert [draft.number for draft in stage.drafts()] == [1]


def pending(workspace, *, invited):
    """An invitation of which Slack does not say to whom."""
    workspace.set_channel(INCIDENT, is_pending_ext_shared=invited)


def test_command_in_a_channel_that_cannot_be_seen_gets_one_line_without_content(sqlite_stage):
    """Where the bot is not invited it cannot see who reads along, so it answers nothing of an incident."""
    stage = sqlite_stage
    members = ("U0KIM", "U0SAM")
    stage.sandbox.workspace.add_channel(Channel(id=PRIVATE, name="private", is_private=True, members=members))
    answers = {stage.command("U0KIM", words, PRIVATE) for words in ("status", "open INC-1042 acme", "help")}
    assert answers == {UNSEEN_LINE}


def test_command_in_a_direct_message_gets_one_line_without_content(sqlite_stage):
    """Without leave to see direct messages the bot answers nothing in one; with it, no incident can be opened there."""
    stage = sqlite_stage
    direct = stage.sandbox.workspace.channels.direct_message("U0KIM").id
    assert {stage.command("U0KIM", words, direct) for words in ("status", "open INC-1042 acme")} == {UNSEEN_LINE}
    stage.sandbox.workspace.grant((*stage.sandbox.workspace.scopes, "im:read"))
    assert stage.command("U0KIM", "open INC-1042 acme", direct) == say.opening.DIRECT_MESSAGE


def test_command_elsewhere_says_that_no_incident_is_open_there(sqlite_stage):
    """In another channel of ours the answer says what to do; an incident stays in its channel."""
    stage = sqlite_stage
    stage.sandbox.workspace.join(GENERAL, "U0BRIDGEPKG")
    stage.sandbox.workspace.leave(GENERAL, "U0GUS")
    asked = ("", "status", "draft", "ack", "release")
    assert {stage.command("U0KIM", words, GENERAL) for words in asked} == {say.case.NOT_OPEN}


def test_nothing_internal_is_posted_where_outsiders_read(sqlite_stage):
    """A guest joins the incident's channel: cards are posted there no more, and the other gates still get theirs."""
    stage = sqlite_stage
    stage.command("U0KIM", "draft")
    stage.sandbox.workspace.join(INCIDENT, "U0GUS")
    stage.settle()
    stage.lay_out(2)
    before = stage.sandbox.calls()[-1].seq
    stage.command("U0KIM", "draft", INCIDENT)
    shown = [c for c in stage.sandbox.calls(since=before) if c.method in {"chat.postMessage", "chat.update"} and c.ok]
    assert {call.arguments["channel"] for call in shown} == {"C0REVSEC", "C0REVACC"}
    assert len(cards(stage)) == 1
    assert [message["text"] for message in stage.person("U0GUS").ephemerals(INCIDENT)] == []


def test_text_of_a_command_is_read_as_it_was_typed(sqlite_stage):
    """Slack escapes what people type; a reason reads in the review channels as it was written."""
    stage = sqlite_stage
    stage.released()
    stage.command("U0JO", "withdraw Q&A says <two> *things*")
    assert stage.drafts()[0].state.reason == "Q&A says <two> *things*"
    told = stage.person("U0KIM").messages("C0REVSEC")[-1]
    assert told["blocks"][0]["text"]["text"].endswith(": Q&amp;A says &lt;two&gt; *things*.")
    assert told["blocks"][0]["text"]["type"] == "plain_text"


def test_preview_reads_as_the_customer_will(sqlite_stage):
    """What the preview shows is posted, byte for byte, once it is approved."""
    stage = sqlite_stage
    assert stage.command("U0KIM", "preview") == say.read.NO_DRAFT
    stage.command("U0KIM", "draft")
    shown = stage.command("U0VIC", "preview")
    stage.approve_all()
    assert shown == f"Draft 1 (version 1) would read exactly:\n\n{stage.bridge()[0]}"
