"""The answers that one person sees: what they tell, at which level, and that Slack takes them."""

import pytest

from blocks import answers, say
from blocks.answers import DraftLine
from blocks.diff import diff_lines
from blocks.drawing import lines, modal
from blocks.ids import Reference
from profiles.codes import NEVER_WAIVED, RegisterCode
from tests.blocks.builders import hostile_draft, hostile_entry, make_entry, states
from tests.blocks.hostile import HOSTILE
from tests.blocks.rules import assert_message, assert_text_tells, assert_view, said
from tests.builders import AT, make_draft, make_profile, minutes, sample_drafts
from transforms.diff import Diff, SourceMove
from transforms.model.lineage import seal_lineage
from transforms.publish.message import date_token

PROFILE = make_profile()
REFERENCE = f"C0INC1042|d7||{'a' * 64}"
STANDS = "The customer reads version 3, as of 14:40 UTC. Next update due 15:10 UTC, in 50 min."


def line_of(state, number=7, draft=None):
    """A draft in a list."""
    return DraftLine(number, draft or sample_drafts()[2], state, AT)


STATUS = {
    "waiting": ["Draft 7 (version 3) waits for: Security, Account leadership."],
    "blocked": ["Draft 7 (version 3) is blocked: see /bridgepkg exceptions."],
    "held": ["Draft 7 (version 3) was held by Security at 14:20 UTC: draft again when its cause is removed."],
    "replaced": [],
    "approved": ["Draft 7 (version 3) is approved by every gate. It is being posted."],
    "stopped": ["Draft 7 (version 3) is approved by every gate. Not posted: the bridge channel is archived."],
    "posting": ["Draft 7 (version 3) is being posted."],
    "ambiguous": ["Draft 7 (version 3) may be visible to the customer; somebody must answer its card."],
    "not-posted": [f"Draft 7 (version 3) was not posted: {say.bridge.looked('Kim')}. Draft again to go on."],
    "superseded": [],
}


@pytest.mark.parametrize("name", STATUS)
def test_status_tells_what_is_on_the_way(name):
    """Whatever a draft waits for is said; nothing that is stuck is passed over in silence."""
    why = {"stopped": "Not posted: the bridge channel is archived.", "not-posted": say.bridge.looked("Kim")}
    state = states(why.get(name, ""))[name]
    drawn = answers.status_drawing("INC-1042", "Acme Corp", [line_of(state)], AT)
    assert_text_tells(drawn)
    assert list(said(drawn.blocks)) == ["Acme Corp · INC-1042", say.read.NOTHING_POSTED, *STATUS[name]]


@pytest.mark.parametrize(
    ("name", "now", "told"),
    [
        ("released", AT, STANDS),
        ("released", AT + minutes(50), STANDS.replace("50 min", "0 min")),
        ("released", AT + minutes(65), STANDS.replace("in 50 min", "overdue by 15 min")),
        ("withdrawn", AT, "Version 3 was withdrawn at 14:20 UTC: the customer reads its notice."),
    ],
)
def test_status_tells_what_stands(name, now, told):
    """What the customer reads now, and when the next update is due or since when it is late."""
    drawn = answers.status_drawing("INC-1042", "Acme Corp", [line_of(states()[name])], now)
    assert list(said(drawn.blocks)) == ["Acme Corp · INC-1042", told]


def test_status_of_a_closed_bridge_tells_that_alone():
    """Nothing is due any more; what the customer still reads is said where something stands."""
    told = "The bridge was closed at 14:20 UTC; /bridgepkg reopen opens it again."
    reads = " The customer reads version 3 under a notice that says so."
    for name, expected in (("released", told + reads), ("waiting", told), ("withdrawn", told)):
        drawn = answers.status_drawing("INC-1042", "Acme Corp", [line_of(states()[name])], AT, AT)
        assert list(said(drawn.blocks)) == ["Acme Corp · INC-1042", expected]


def test_exceptions_offer_a_button_only_where_a_role_may_decide():
    """Notes need no decision, and what nobody may decide away has no button."""
    codes = (RegisterCode.TIMING_DISAGREEMENT, RegisterCode.LINEAGE_INCOMPLETE, RegisterCode.SOURCE_STALE)
    entries = [make_entry(1, code, blocks=code is not codes[2], sentence="why") for code in codes]
    drawn = answers.exceptions_drawing(entries, REFERENCE, 7)
    assert_message(drawn)
    assert_text_tells(drawn)
    assert list(said(drawn.blocks)) == [
        "Exceptions of draft 7",
        "BLOCKS · timing-disagreement: why. Incident command decides.",
        "BLOCKS · lineage-incomplete: why. Nobody can decide it away.",
        "Note · source-stale: why.",
    ]
    buttons = [e for block in drawn.blocks if block["type"] == "actions" for e in block["elements"]]
    assert [(e["action_id"], e["value"]) for e in buttons] == [
        ("exception_waive", f"C0INC1042|d7|timing-disagreement:status/1|{'a' * 64}")
    ]


def test_no_entry_that_is_never_waived_has_a_button():
    """The closed list of what nobody waives, whole."""
    entries = [make_entry(n, code, blocks=True) for n, code in enumerate(sorted(NEVER_WAIVED))]
    drawn = answers.exceptions_drawing(entries, REFERENCE, 7)
    assert [block["type"] for block in drawn.blocks] == ["section"] * (1 + len(NEVER_WAIVED))


def test_history_tells_what_was_shared_and_withheld_at_each_stage():
    """A paragraph for each version: when, what became of it, what was withheld, and its digest."""
    names = ("superseded", "withdrawn", "released", "waiting")
    drafts = [line_of(states()[name], n, sample_drafts()[n]) for n, name in enumerate(names)]
    title, *told = said(answers.history_drawing("INC-1042", "Acme Corp", drafts).blocks)
    ends = (", replaced by version 4 at 14:20", ", withdrawn at 14:20", "")
    held = [", ".join(f"H{h.number} {h.what} ({h.annex})" for h in draft.holds) for draft in sample_drafts()]
    assert title == "Acme Corp · INC-1042: what was shared"
    assert told == [
        line
        for n, end in enumerate(ends)
        for line in (
            f"Version {n + 1}: posted 2026-03-12 14:20 UTC{end}.",
            f"Withheld: {held[n]}. Digest aaaa aaaa.",
        )
    ]


def test_lineage_names_sources_only_to_the_cleared():
    """At support level neither native key nor source stands in any field's lineage; to the cleared both do."""
    for draft in sample_drafts():
        for entry in draft.lineage:
            names = {text for ref in entry.origin.refs for text in (ref.source, ref.key)} | {*entry.origin.silent}
            support, cleared = (
                "\n".join(said(answers.lineage_drawing(entry, PROFILE, draft, cleared=level).blocks))
                for level in (False, True)
            )
            assert [name for name in names if name in support] == []
            assert [name for name in names if name not in cleared] == []


def test_lineage_tells_field_value_rule_and_times():
    """A field by its words and value; a hold by its number and what it is; a time of another day with its date."""
    draft = sample_drafts()[0]
    entries = {entry.field: entry for entry in draft.lineage}
    told = list(said(answers.lineage_drawing(entries["hold/H1"], PROFILE, draft, cleared=True).blocks))
    assert told == [
        "H1 Payments API workaround (held)",
        "Rule: workaround: least ready of those tracked",
        "Rows: capability:payments-api, WR-2, reason:source-stale",
        "From: Payments API workaround",
        "jira PAY-3317, revision 2026-03-12T14:01:00.000+0000: changed 14:01:00, confirmed 11:02:00, read 14:02:00 UTC",
    ]
    shown = list(
        said(answers.lineage_drawing(entries["status/payments-api/europe"], PROFILE, draft, cleared=False).blocks)
    )
    assert shown[0] == "Payments API, Europe = disrupted (SC3) (shown)"
    assert [line for line in shown if line.startswith("fact 2")] == [
        "fact 2 (names for the cleared): changed 2026-03-01 00:00:00, confirmed 14:02:00, read 14:02:00 UTC"
    ]


def test_details_show_every_field_of_a_draft():
    """The whole lineage is in the modal, at either level, with the digest that people approve."""
    draft = sample_drafts()[2]
    for cleared, lineage in ((True, draft.lineage), (False, seal_lineage(draft.lineage, "ab" * 32))):
        blocks = answers.details_blocks(draft, lineage, PROFILE, cleared=cleared)
        assert_view(modal("Draft 7", blocks, callback="details"))
        told = list(said(blocks))
        assert told[:2] == [f"Release digest {draft.release_digest}", "Where every field comes from"]
        assert len([line for line in told if line.endswith(("(shown)", "(held)", "(derived)"))]) == len(draft.lineage)


def test_menu_offers_its_choices_for_this_channel():
    """Each button carries the channel's lane and nothing else."""
    status = answers.status_drawing("INC-1042", "Acme Corp", [], AT)
    drawn = answers.menu_drawing(
        status, [("Draft the next update", "draft"), ("What is held", "holds")], Reference("C0INC1042")
    )
    assert_message(drawn)
    assert [(e["action_id"], e["value"]) for e in drawn.blocks[-1]["elements"]] == [
        ("menu_draft", "C0INC1042|||"),
        ("menu_holds", "C0INC1042|||"),
    ]


def drawn_of(foreign):
    """Every answer, of a draft and an incident with this value wherever it is not ours."""
    draft = hostile_draft(foreign)
    entry = hostile_entry(draft.lineage[0], foreign)
    moves = tuple(SourceMove(field="status/x", source=foreign, before=(foreign,), after=(), rows=()) for _ in range(3))
    drafts = [line_of(state, n, draft) for n, state in enumerate(states(foreign).values())]
    return [
        answers.status_drawing(foreign, foreign, drafts, AT),
        answers.history_drawing(foreign, foreign, drafts),
        answers.preview_drawing(draft, 7),
        answers.exceptions_drawing(draft.register_, REFERENCE, 7),
        answers.lineage_drawing(entry, PROFILE, draft, cleared=True),
        answers.lineage_drawing(entry, PROFILE, draft, cleared=False),
        answers.trace_drawing(draft, 7),
        answers.help_drawing([(foreign, foreign)], [(foreign, foreign)], whole=True),
        lines(foreign, diff_lines(Diff(customer=(), holds=(), sources=moves), PROFILE)),
    ]


def test_answers_bear_hostile_values():
    """No answer forges anything or breaks Slack's limits, and the details and menus neither."""
    package = sample_drafts()[2].package
    times = (date_token(package.as_of), date_token(package.next_update))
    for foreign in HOSTILE:
        for drawn in drawn_of(foreign):
            assert_message(drawn, *times)
        draft = hostile_draft(foreign)
        blocks = answers.details_blocks(draft, draft.lineage, PROFILE, cleared=True)
        assert_view(modal("Draft 7", blocks, callback="details"))


def test_answers_bear_many_entries():
    """A long night, with hundreds of versions and exceptions, still has answers, which say what does not fit."""
    many = [line_of(states()["superseded"], n) for n in range(300)]
    history = answers.history_drawing("INC-1042", "Acme Corp", many)
    exceptions = answers.exceptions_drawing([make_entry(n, blocks=True) for n in range(60)], REFERENCE, 7)
    for drawn in (history, exceptions):
        assert_message(drawn)
        assert [line for line in said(drawn.blocks) if "that do not fit into one message" in line] != []


def test_preview_is_what_the_customer_reads():
    """The preview's blocks are the message's own, byte for byte."""
    draft = make_draft()
    drawn = answers.preview_drawing(draft, 7)
    assert drawn.blocks[1:] == draft.message.blocks
    assert drawn.text == f"Draft 7 (version 1) would read exactly:\n\n{draft.message.text}"
