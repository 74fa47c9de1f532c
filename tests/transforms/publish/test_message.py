"""The customer's message: the words of the profile in the order of the schema, whole or not at all."""

import pytest

from profiles.codes import DraftKind
from profiles.models import Profile
from tests.builders import (
    AT,
    PUBLIC,
    make_audience,
    make_draft,
    make_entitlement,
    make_evidence,
    make_field_hold,
    make_health,
    make_profile,
    make_public_health,
    minutes,
    profile_data,
    safe,
    sample_drafts,
    with_records,
)
from tests.transforms.dossiers import make_acknowledgement
from tests.transforms.reading import entries
from transforms.model.records import EntitlementRecord, HealthRecord
from transforms.publish.draft import Draft
from transforms.publish.message import (
    BLOCK_COUNT_LIMIT,
    BLOCKS_LIMIT,
    SECTION_LIMIT,
    TEXT_LIMIT,
    Message,
    block_texts,
    closed_message,
    date_token,
    escape,
    overdue_message,
    reads_the_same,
    replaced_message,
    section,
    withdrawn_message,
)

SECOND_STAGE = """\
Acme Corp: Payments API disrupted in Europe, degraded in Americas; Reporting degraded in Europe
Update 2 · 14:20 UTC · replaces 14:02
New: Payments API, Americas: operational → degraded (worse)
New: Payments API, workaround: being tested

Payments API
• Europe: disrupted since 13:58. Most requests fail.
• Americas: degraded since 14:12. Some requests fail or are slow.
• Workaround: being tested

Reporting
• Europe: degraded since 14:00
• Americas: operational
• Workaround: we are confirming this (H2)

13:58 impact detected · 14:01 investigating · 14:17 problem identified

Not shared yet: H3 dependency detail, under review since 14:02
Not shared yet: H4 technical detail, under review since 14:02

Next update within 30 minutes of this message, even if nothing changes. Support duty reads replies here.

SC3 SC1 SC0 · W2 · ref """


def test_message_reads_as_the_profile_words_it() -> None:
    """Headline, changes, affected capabilities, timeline, holds, footer; nothing else."""
    draft = sample_drafts()[1]
    digest = draft.package.digest
    assert draft.message.text == f"{SECOND_STAGE}{digest[:4]} {digest[4:8]}"


def test_message_blocks_say_the_same_as_its_text() -> None:
    """Screen readers read the text: without markup the blocks hold the same words in the same order."""
    message = sample_drafts()[1].message
    words = [block["text"]["text"].replace("*", "") for block in message.blocks if block["type"] == "section"]
    grey = message.blocks[-1]["elements"][0]["text"]
    assert "\n\n".join([*words, grey]) == message.text


def test_message_blocks_are_never_interactive_and_never_collapsed() -> None:
    """Sections that Slack shows whole and does not reinterpret, then one grey line; ids are ours."""
    draft = sample_drafts()[1]
    blocks, digest = draft.message.blocks, draft.package.digest
    assert [block["block_id"] for block in blocks] == [
        "bridge-headline",
        "bridge-capability-payments-api",
        "bridge-capability-reporting",
        "bridge-timeline",
        "bridge-held",
        "bridge-footer",
        "bridge-codes",
    ]
    assert {(block["type"], block["expand"], block["text"]["verbatim"]) for block in blocks[:-1]} == {
        ("section", True, True)
    }
    assert {key for block in blocks for key in block} == {"type", "block_id", "text", "expand", "elements"}
    assert [(part["type"], part["verbatim"], part["text"]) for part in blocks[-1]["elements"]] == [
        ("mrkdwn", True, f"SC3 SC1 SC0 · W2 · ref {digest[:4]} {digest[4:8]}"),
        ("mrkdwn", True, "In your time: <!date^1773325200^{date_short_pretty} {time}|2026-03-12 14:20 UTC>"),
    ]


def test_message_says_nothing_that_waiting_makes_untrue() -> None:
    """P13: the next update counts from the message, so that the bytes hold no due time; the package has it."""
    for draft in (*sample_drafts(), make_acknowledgement()):
        due = draft.package.next_update
        whole = "".join([draft.message.text, *block_texts(draft.message.blocks)])
        assert f"{due:%H:%M}" not in whole
        assert f"^{int(due.timestamp())}^" not in whole
        minutes_left = int((due - draft.package.as_of).total_seconds() / 60)
        assert f"within {minutes_left} minutes of this message" in draft.message.text


def test_message_has_codes_in_one_grey_line_only() -> None:
    """Words carry the meaning; a code never looks like a severity beside them."""
    for draft in sample_drafts():
        told = "".join(block_texts(draft.message.blocks[:-1]))
        assert [code for code in ("SC0", "SC1", "SC3", "W0", "W2", "W3", "T1") if code in told] == []


def test_message_of_an_unaffected_service_is_short() -> None:
    """Everything is operational: one sentence, no rows."""
    paragraphs = sample_drafts()[3].message.text.split("\n\n")
    assert paragraphs[1] == "Every part of the service that this bridge covers is operational."


def test_message_tells_two_or_more_unaffected_regions_as_elsewhere() -> None:
    """One unaffected region is named; several are elsewhere, after those that are affected."""
    wide = make_entitlement(regions=("EMEA", "AMER", "APAC"))
    two = make_draft(with_records(make_evidence(), wide, without=EntitlementRecord))
    one = make_draft()
    lines = [draft.message.text.split("\n\n")[1].split("\n")[1:3] for draft in (two, one)]
    assert lines == [
        ["• Europe: disrupted since 14:00. Most requests fail.", "• Elsewhere: operational"],
        ["• Europe: disrupted since 14:00. Most requests fail.", "• Americas: operational"],
    ]


def test_message_explains_each_status_once() -> None:
    """The sentence of a code stands beside the first cell that shows it; so does that of a marker."""
    text = sample_drafts()[1].message.text
    assert (text.count("Some requests fail"), text.count("Most requests fail")) == (1, 1)
    assert "• Workaround: ready to use. Ask here for the steps." in sample_drafts()[2].message.text


def test_message_names_the_regions_of_the_worst_status_in_its_headline() -> None:
    """Only where the worst status holds, in the profile's order."""
    alerts = (make_health(status="warning", region="us-east-1"), make_health(status="warning"))
    public = [
        make_public_health(component, status="degraded_performance") for component in ("8kbf7d35c070", "8kbf7d35c071")
    ]
    rest = [
        r
        for r in make_evidence().records
        if isinstance(r, HealthRecord) and r.component not in {p.component for p in public}
    ]
    rest = [record for record in rest if record.ref.source == "statuspage"]
    draft = make_draft(with_records(make_evidence(), *alerts, *public, *rest, without=HealthRecord))
    assert draft.message.text.startswith("Acme Corp: Payments API degraded in all your regions\nUpdate 1")


def test_message_names_no_region_where_the_service_is_operational_everywhere() -> None:
    """All regions are well, so none of them stands out."""
    well = (make_public_health(component, status="operational") for component in PUBLIC)
    draft = make_draft(with_records(make_evidence(), *well, without=HealthRecord))
    assert draft.message.text.startswith("Acme Corp: service operational\nUpdate 1 · 14:20 UTC\n")


def test_message_shows_the_date_of_what_was_another_day() -> None:
    """A state since yesterday says so."""
    evidence = with_records(make_evidence(), make_health(changed_at=AT - minutes(24 * 60)))
    assert "Europe: disrupted since 2026-03-11 14:20" in make_draft(evidence).message.text


def test_message_escapes_what_slack_reads_as_markup() -> None:
    """An ampersand in a label is an ampersand to the reader."""
    draft = make_draft(audience=make_audience(label="Acme & Sons"))
    assert draft.message.text.startswith("Acme &amp; Sons: Payments API disrupted")
    assert escape("a & b <c> &amp;") == "a &amp; b &lt;c&gt; &amp;amp;"


def test_message_of_the_acknowledgement_is_its_fixed_notice() -> None:
    """The first ten minutes: account, what we do, when to expect more; nothing that waiting makes untrue."""
    draft = make_acknowledgement()
    assert (draft.kind, draft.version, draft.holds) == (DraftKind.ACKNOWLEDGEMENT, None, ())
    assert draft.message.text == (
        "Acme Corp: we are investigating a problem that may affect your service. "
        "Next update within 20 minutes of this message."
    )
    assert [block["block_id"] for block in draft.message.blocks] == ["bridge-acknowledgement"]
    assert {entry.field for entry in draft.lineage} == {"headline/account", "footer/as-of", "footer/next-update"}
    assert draft.blocking == ()


@pytest.mark.parametrize(
    "overall", [("SC3", 30), ("SC1", 60), ("last SC3", 30), ("SC0", 120), ("held", 30), ("one", 30)]
)
def test_message_promises_the_next_update_at_the_cadence_of_the_worst_cell(overall) -> None:
    """The worse, the sooner, of what is told or was confirmed last; where a cell is unknown, the soonest."""
    code, cadence = overall
    calm = [make_public_health(component, status="operational") for component in PUBLIC]
    slow = [make_health(status="warning"), make_public_health("8kbf7d35c070", status="degraded_performance"), *calm[1:]]
    degraded = with_records(make_evidence(), *slow, without=HealthRecord)
    found = {
        "SC3": sample_drafts()[0],
        "SC1": make_draft(degraded),
        "last SC3": sample_drafts()[2],
        "SC0": sample_drafts()[3],
        "held": make_draft(holds=(make_field_hold("status"),)),
        "one": make_draft(degraded, holds=(make_field_hold("status/reporting/europe"),)),
    }[code]
    assert found.package.next_update - found.package.as_of == minutes(cadence)


def long_profile(extra: int) -> Profile:
    """A profile whose fixed contact line is longer by so many characters."""
    data = profile_data()
    data["phrases"]["footer"]["contact"] += "x" * extra
    return make_profile(phrases=data["phrases"])


def drafted(profile: Profile) -> Draft:
    """The default world under this profile."""
    return make_draft(profile=profile)


def test_message_at_its_limit_fits_and_one_character_more_blocks() -> None:
    """What does not fit one Slack message is an entry that nobody can waive; nothing is ever cut."""
    room = TEXT_LIMIT - len(drafted(long_profile(0)).message.text)
    fits, bursts = drafted(long_profile(room)), drafted(long_profile(room + 1))
    assert (len(fits.message.text), len(bursts.message.text)) == (TEXT_LIMIT, TEXT_LIMIT + 1)
    assert "package-too-large:message" not in entries(fits)
    assert entries(bursts)["package-too-large:message"] is True
    assert bursts.message.text.count("x" * (room + 1)) == 1
    assert bursts.message.excess == (f"{TEXT_LIMIT + 1} characters of text, at most {TEXT_LIMIT}",)


def test_message_limits_of_blocks_are_exact() -> None:
    """One section, all sections together, and their number: at the limit it fits, one more does not."""

    def excess(*sizes: int) -> tuple[str, ...]:
        return Message(text="x", blocks=tuple(section("b", "x" * size) for size in sizes)).excess

    many = (1,) * BLOCK_COUNT_LIMIT
    assert (excess(SECTION_LIMIT, SECTION_LIMIT), excess(*many), excess(2500, 2500, 2500)) == ((), (), ())
    assert excess(SECTION_LIMIT + 1) == (f"{SECTION_LIMIT + 1} characters in one block, at most {SECTION_LIMIT}",)
    assert excess(2500, 2500, 2501) == (f"{BLOCKS_LIMIT + 1} characters in blocks, at most {BLOCKS_LIMIT}",)
    assert excess(*many, 1) == (f"{BLOCK_COUNT_LIMIT + 1} blocks, at most {BLOCK_COUNT_LIMIT}",)


def test_message_limits_leave_room_below_those_of_slack() -> None:
    """A notice before the text, and the card around the blocks, still fit what Slack takes."""
    assert TEXT_LIMIT + 500 < 4000
    assert BLOCKS_LIMIT + 4000 < 13_200
    assert SECTION_LIMIT <= 3000
    assert BLOCK_COUNT_LIMIT + 8 < 50


def test_message_texts_of_blocks_are_all_that_a_reader_sees() -> None:
    """Texts at any depth are scanned, whatever kind of block holds them."""
    blocks = [section("a", "one"), {"type": "context", "elements": [{"type": "mrkdwn", "text": "two"}]}]
    assert sorted(block_texts(blocks)) == ["one", "two"]
    assert date_token(AT) == "<!date^1773325200^{date_short_pretty} {time}|2026-03-12 14:20 UTC>"


def test_message_that_was_replaced_says_so_above_itself() -> None:
    """The notice with version and time, the link where there is one, then the old message as it was."""
    original, profile = make_draft().message, make_profile()
    found = replaced_message(original, profile, safe("2"), safe("14:51"), "https://x.example/p1?a=1&b=2")
    assert found.text == f"Replaced at 14:51 UTC by update 2.\n\n{original.text}"
    assert found.blocks[1:] == original.blocks
    assert found.blocks[0]["text"]["text"] == (
        "*Replaced at 14:51 UTC by update 2.* <https://x.example/p1?a=1&amp;b=2|Read the current update>"
    )
    assert replaced_message(original, profile, safe("2"), safe("14:51"), None).blocks[0]["text"]["text"] == (
        "*Replaced at 14:51 UTC by update 2.*"
    )


def test_message_that_is_late_says_so_above_itself() -> None:
    """P12: the notice stands in bold above the message as it was."""
    original, profile = make_draft().message, make_profile()
    found, words = (
        overdue_message(original, profile, safe("15:40")),
        "The next update was due at 15:40 UTC and is late.",
    )
    assert found.text == f"{words} It follows here.\n\n{original.text}"
    assert found.blocks == (section("bridge-notice", f"*{words} It follows here.*"), *original.blocks)


def test_message_that_is_closed_promises_nothing() -> None:
    """The notice above it, everything that it said of the state, and no word of an update to come."""
    original, profile = make_draft().message, make_profile()
    found = closed_message(original, safe("Acme & Sons"), profile, safe("16:02"))
    words = "Acme &amp; Sons: this bridge was closed at 16:02 UTC. No more updates follow here."
    footer = original.blocks[-2]["text"]["text"]
    kept = original.text.replace(f"{footer}\n\n", "")
    assert found.text == f"{words}\n\n{kept}"
    assert "Next update" not in "".join([found.text, *block_texts(found.blocks)])
    assert found.blocks == (section("bridge-notice", f"*{words}*"), *original.blocks[:-2], original.blocks[-1])
    notice = closed_message(make_acknowledgement().message, safe("Acme"), profile, safe("16:02"))
    assert (notice.text, len(notice.blocks)) == (
        "Acme: this bridge was closed at 16:02 UTC. No more updates follow here.",
        1,
    )


def test_message_that_was_withdrawn_says_that_and_nothing_else() -> None:
    """P11: neither a word nor a block of what was taken back remains."""
    found = withdrawn_message(safe("Acme & Sons"), make_profile(), safe("15:02"))
    assert found.text == ("Acme &amp; Sons: this message was withdrawn at 15:02 UTC. Please do not rely on it.")
    assert [block["text"]["text"] for block in found.blocks] == [found.text]
    assert found.excess == ()


def test_message_read_back_is_the_same_but_for_what_slack_adds() -> None:
    """Defaults that mean nothing are no difference; a word, a missing block or a real setting is."""
    sent = make_draft().message
    blocks = sent.model_dump(mode="json")["blocks"]
    added = [block | {"accessory": None, "optional": False} for block in blocks]
    assert reads_the_same(sent, sent.text, added)
    assert not reads_the_same(sent, f"{sent.text} ", added)
    assert not reads_the_same(sent, sent.text, added[:-1])
    assert not reads_the_same(sent, sent.text, [blocks[0] | {"accessory": {"type": "button"}}, *blocks[1:]])
    assert not reads_the_same(sent, sent.text, [blocks[0] | {"expand": False}, *blocks[1:]])
