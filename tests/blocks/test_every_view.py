"""Every view of `blocks/`, found by itself, drawn from arbitrary values: none may go beyond what Slack documents."""

import inspect
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from blocks import answers, holds, home, place, progress, review, withdraw
from blocks.answers import DraftLine
from blocks.drawing import Block, Drawing, lines, modal, sentence
from blocks.ids import Reference
from bot.intake.opener import LOADING
from profiles.codes import DraftKind, HoldReason
from profiles.safetext import SafeText
from sandbox.blockkit.check import message_problems, total_text, view_problems
from sandbox.blockkit.limits import LIMITS
from tests.blocks.builders import LINK, endless, hostile_draft, make_card, make_entry, states
from tests.blocks.hostile import HOSTILE, naughty
from tests.blocks.placings import make_group, make_line, make_proposal, make_wish
from tests.blocks.rules import assert_message, assert_surface, assert_view
from tests.builders import AT, make_field_hold, make_profile, sample_drafts
from tests.transforms.dossiers import make_release
from transforms.publish.message import closed_message, date_token, overdue_message, replaced_message, withdrawn_message

MODULES = (answers, holds, home, place, progress, review, withdraw)
PROFILE = make_profile()
RELEASE = make_release()
REFERENCE = f"C0INC1042|d7|security|{'a' * 64}"
LANE = "C0INC1042"


def drafts_of(foreign):
    """A draft in every state, with this value wherever it is not ours."""
    return [DraftLine(n, hostile_draft(foreign), state, AT) for n, state in enumerate(states(foreign).values())]


def status(foreign, closed=None):
    """The status, of an open and of a closed bridge."""
    return answers.status_drawing(foreign, foreign, drafts_of(foreign), AT, closed)


def kinds(foreign, count=9):
    """Sources of such a kind."""
    return progress.Arrivals((foreign,) * count, (foreign,) * count, (foreign,) * count, foreign)


def holds_of(foreign):
    """What is held, with people's notes."""
    notes = [make_field_hold(hold.key, note=foreign[:2000]) for hold in hostile_draft(foreign).holds]
    return holds.holds_drawing(hostile_draft(foreign).holds, notes, {}, AT, about=Reference(LANE), profile=PROFILE)


def tab(foreign):
    """A Home tab on which everything is called so."""
    bridge = home.BridgeLine(foreign, foreign, foreign, foreign, (foreign,) * 5)
    return home.home_view([home.Task(foreign, LINK)] * 20, [bridge] * 20, AT)


def about(number: int) -> Reference:
    """One of several bridges."""
    return Reference(LANE, bridge=f"bridge-{number}")


def asking(foreign):
    """The line for each gate of a draft that asks something of it."""
    found = [review.asks_again(hostile_draft(foreign), 7, role, LINK) for role in PROFILE.gates_for(DraftKind.UPDATE)]
    return filter(None, found)


def place_forms(foreign):
    """The form to place, with one kind, with more than it can list, and as somebody's words filled it."""
    many = [make_group(foreign, number, others=1) for number in range(1, 130)]
    for found, wish in ((many[:1], None), (many, None), (many[:1], make_wish(foreign)), (many[:1], make_wish("x", ""))):
        yield place.place_form(found, PROFILE, foreign, REFERENCE, wish)


def placings(foreign):
    """Everything that stands placed, under a capability, under one that is gone, and under none."""
    targets = ("payments-api", "no-longer-there", None)
    told = [make_line(n, foreign, to, who=foreign) for n, to in enumerate(targets * 20)]
    return [place.placings_drawing(foreign, told, PROFILE), place.placings_drawing(foreign, [], PROFILE)]


VIEWS = {
    "status_drawing": lambda x: [status(x), status(x, AT)],
    "history_drawing": lambda x: [answers.history_drawing(x, x, drafts_of(x))],
    "preview_drawing": lambda x: [answers.preview_drawing(hostile_draft(x), 7)],
    "exceptions_drawing": lambda x: [answers.exceptions_drawing(hostile_draft(x).register_, REFERENCE, 7, x)],
    "lineage_drawing": lambda x: [
        answers.lineage_drawing(entry, PROFILE, hostile_draft(x), cleared=True) for entry in hostile_draft(x).lineage
    ],
    "details_blocks": lambda x: [
        modal(
            x,
            answers.details_blocks(hostile_draft(x), hostile_draft(x).lineage, PROFILE, cleared=True),
            callback="details",
        )
    ],
    "manifest_drawing": lambda x: [
        answers.manifest_drawing(RELEASE, "f" * 64, {a.person: x for a in RELEASE.approvals})
    ],
    "trace_drawing": lambda x: [answers.trace_drawing(hostile_draft(x), 7)],
    "help_drawing": lambda x: [answers.help_drawing([(x, x)] * 9, [(x, x)] * 9, whole=True)],
    "menu_drawing": lambda x: [answers.menu_drawing(status(x), [(x, "draft"), (x, "holds")], Reference(LANE))],
    "together": lambda x: [
        answers.together([answers.menu_drawing(status(x), [(x, "draft")], about(n)) for n in (1, 2)])
    ],
    "hold_form": lambda x: [holds.hold_form(hostile_draft(x), REFERENCE, PROFILE, [HoldReason.REVIEWER_HOLD])],
    "holds_drawing": lambda x: [holds_of(x)],
    "place_form": lambda x: [*place_forms(x)],
    "placings_drawing": placings,
    "placed_drawing": lambda x: [place.placed_drawing(x, [x] * 9, None, make_proposal(x, 9, 3))],
    "home_view": lambda x: [tab(x)],
    "line_view": lambda x: [home.line_view(x)],
    "progress_drawing": lambda x: [progress.progress_drawing(x, kinds(x))],
    "ended_drawing": lambda x: [progress.ended_drawing(x)],
    "asks_again": lambda x: [*asking(x)],
    "review_card": lambda x: [review.review_card(make_card(state, x)) for state in states(x).values()],
    "withdraw_form": lambda x: [withdraw.withdraw_form(hostile_draft(x), REFERENCE)],
}
"""Every view with what draws it from a value that is not ours."""


def assert_within_limits(view):
    """A message or view that Slack takes as it is and as an update."""
    package = sample_drafts()[2].package
    links = (f"<{LINK}|Open the message>", f"<{LINK}|Open the card>")
    ours = (date_token(package.as_of), date_token(package.next_update), *links)
    if isinstance(view, Drawing):
        assert_message(view, *ours)
    elif view["type"] == "home":
        assert_surface(view, f"<{LINK}|Open the card>")
    else:
        assert_view(view)


def test_every_view_is_known_to_this_test():
    """A new view must be fuzzed too: whatever draws a message, a modal or a tab stands in the table."""
    drawn = {Drawing, Block, list[Block], Drawing | None}
    found = {
        name
        for module in MODULES
        for name, value in inspect.getmembers(module, inspect.isfunction)
        if value.__module__ == module.__name__
        and not name.startswith("_")
        and inspect.signature(value).return_annotation in drawn
    }
    assert found == set(VIEWS)


@pytest.mark.parametrize("name", VIEWS)
@settings(max_examples=15, deadline=None)
@given(foreign=st.one_of(st.text(max_size=300), st.sampled_from(HOSTILE)))
def test_view_stays_within_the_limits_of_slack(name, foreign):
    """From arbitrary text in every place that is not ours, nothing is forged and nothing grows beyond a limit."""
    for view in VIEWS[name](foreign):
        assert_within_limits(view)


def test_views_bear_naughty_strings():
    """The big list, in every view, a fifth of it each: together they see all of it."""
    found = naughty()
    for index, draws in enumerate(VIEWS.values()):
        for text in found[index % 5 :: 25]:
            for view in draws(text):
                assert_within_limits(view)


@pytest.mark.parametrize("drawn", [sentence("x" * 90_000), lines("t", ["y" * 5000] * 900), lines("t", ["z"] * 9000)])
def test_answer_of_any_length_stays_within_the_limits(drawn):
    """What is endless is cut where Slack would refuse it, and says so."""
    assert_message(drawn)


def test_loading_view_is_one_that_slack_takes():
    """What is opened within three seconds, before anything is known."""
    assert view_problems({**LOADING, "external_id": "a" * 32}) == []


def test_notices_fit_over_the_longest_message():
    """Over a message of every character and block that it may have, each notice is still one update for Slack."""
    message = endless(sample_drafts()[2]).message
    assert message.excess == ()
    account, number, at = (
        sample_drafts()[2].package.account,
        SafeText.of_number(99),
        SafeText.of_clock(AT, AT.replace(year=2025)),
    )
    for notice in (
        replaced_message(message, PROFILE, number, at, LINK),
        overdue_message(message, PROFILE, at),
        closed_message(message, account, PROFILE, at),
        withdrawn_message(account, PROFILE, at),
    ):
        assert message_problems(list(notice.blocks)) == []
        assert total_text(list(notice.blocks)) <= LIMITS["block text per message"]
        assert len(notice.text) < LIMITS["updated message text"]
        ids = [block["block_id"] for block in notice.blocks]
        assert len(set(ids)) == len(ids)


def test_longest_card_under_every_name_stays_within_the_limits():
    """The longest draft on a card whose every name is endless too."""
    for state in states("n" * 400).values():
        card = make_card(state, "n" * 400)
        assert_within_limits(review.review_card(replace(card, draft=endless(sample_drafts()[2]))))
    assert len(answers.exceptions_drawing([make_entry(n) for n in range(90)], REFERENCE, 7).blocks) <= 50
