"""What a change of a profile changes, in itself and for a customer."""

import pytest

from authoring.changes import AREAS, evidence_changes, profile_moves
from profiles.models import Profile
from tests.authoring.linting import make_trial
from tests.builders import make_draft, make_profile, profile_data, sample_drafts, sample_evidence
from transforms.model.package import Package

SIGNER = "component:default/edge-signer"


def altered(path: str, value: object) -> Profile:
    """The shipped profile with one value changed; `None` removes the entry, a list's end is `+`."""
    data = profile_data()
    *parents, last = [int(step) if step.isdigit() else step for step in path.split(".")]
    part = data
    for step in parents:
        part = part[step]
    if last == "+":
        part.append(value)
    elif value is None:
        del part[last]
    else:
        part[last] = value
    return make_profile(**data)


def moved(new: Profile) -> list[tuple]:
    """Area, place, kind and both values of each difference from the shipped profile."""
    return [(m.area, m.where, m.move, m.before, m.after) for m in profile_moves(make_profile(), new)]


ALERTS = "sources[alertmanager]"
EDGE = "capabilities[payments-api].components[alertmanager pay-edge]"
FIRST = "*gutschrift*"
ROW = {"id": "WR-9", "source": "jira", "value": "Parked", "code": "W0"}


@pytest.mark.parametrize(
    ("path", "value", "expected"),
    [
        ("status.codes.2.label", "slow", [("rows", "status.codes[SC1].label", "changed", "degraded", "slow")]),
        ("status.codes.2.next_update", 50, [("rows", "status.codes[SC1].next_update", "changed", 60, 50)]),
        ("sources.0.max_age_at_build", 20, [("limits", "sources[pagerduty].max_age_at_build", "changed", 30, 20)]),
        (
            "gates.2",
            None,
            [
                ("gates", "gates[account_leadership].role", "removed", "account_leadership", None),
                ("gates", "gates[account_leadership].quorum", "removed", 1, None),
            ],
        ),
        (
            "readiness.rows.+",
            ROW,
            [
                ("rows", f"readiness.rows[WR-9].{key}", "added", None, ROW[key])
                for key in ("id", "source", "value", "code")
            ],
        ),
        ("disclosure.0.then", "annex", [("rules", "disclosure[DR-1].then", "changed", "hold", "annex")]),
        ("register.0.blocks", True, [("register", "register[uncleared-detail].blocks", "changed", False, True)]),
        (
            "reasons.0.wording",
            "being checked",
            [("words", "reasons[exploitability-restricted].wording", "changed", "under review", "being checked")],
        ),
        ("phrases.detail.heading", "More", [("words", "phrases.detail.heading", "changed", "Details", "More")]),
        (
            "tiers.1.permitted",
            ["status"],
            [("entitlement", "tiers[TR-2].permitted[timeline]", "removed", "timeline", None)],
        ),
        ("version", 3, [("profile", "version", "changed", 2, 3)]),
        (
            "commitments.1.words.+",
            "hilfspaket",
            [("rules", "commitments[de].words[hilfspaket]", "added", None, "hilfspaket")],
        ),
        ("commitments.1.words.0", None, [("rules", f"commitments[de].words[{FIRST}]", "removed", FIRST, None)]),
        ("settle", 9, [("limits", "settle", "changed", 5, 9)]),
        ("all_clear.dwell", 20, [("limits", "all_clear.dwell", "changed", 15, 20)]),
        ("incident.rows.2.state", "watched", [("rows", "incident.rows[IN-3].state", "changed", "resolved", "watched")]),
        ("checkpoints.codes.5.restored", False, [("rows", "checkpoints.codes[T6].restored", "changed", True, False)]),
        (
            "sources.1.counts_as",
            "check",
            [("limits", "sources[alertmanager].counts_as", "changed", "primary", "check")],
        ),
        (
            "capabilities.0.components.0.runs_in",
            ["eu-west-1"],
            [
                (
                    "rows",
                    "capabilities[payments-api].components[alertmanager pay-edge].runs_in[eu-west-1]",
                    "added",
                    None,
                    "eu-west-1",
                )
            ],
        ),
        ("reasons.5.confirming", False, [("words", "reasons[source-unavailable].confirming", "changed", True, False)]),
        ("languages.+", "de", [("words", "languages[de]", "added", None, "de")]),
    ],
)
def test_profile_moves_name_what_was_changed(path, value, expected) -> None:
    """Rows, rules, words, gates and limits, each by what names it."""
    assert moved(altered(path, value)) == expected


def test_every_part_of_a_profile_is_about_something() -> None:
    """A new key is told as what it is, not as the profile at large."""
    names = {field.alias or name for name, field in Profile.model_fields.items()}
    assert names - set(AREAS) == {"schema", "name", "version", "package"}


def test_profile_moves_are_none_for_the_same_profile_and_mirrored_backwards() -> None:
    """Added one way is removed the other way."""
    new = altered("readiness.rows.+", ROW)
    assert profile_moves(make_profile(), make_profile()) == ()
    assert [m.move for m in profile_moves(new, make_profile())] == ["removed"] * 4


def test_profile_moves_tell_a_changed_order_of_rules_and_gates_and_of_nothing_else() -> None:
    """Where order decides it is a change; where rows are looked up by value it is none."""
    data = profile_data()
    data["disclosure"].reverse()
    data["gates"].reverse()
    data["status"]["rows"].reverse()
    assert moved(make_profile(**data)) == [
        ("rules", "disclosure", "reordered", "DR-1, DR-2, DR-3", "DR-3, DR-2, DR-1"),
        (
            "gates",
            "gates",
            "reordered",
            "incident_command, security, account_leadership",
            "account_leadership, security, incident_command",
        ),
    ]


def places(new: Profile, evidence=None, prior: Package | None = None) -> list[tuple]:
    """Place, outcome and both readings of each place that would read otherwise."""
    found = evidence_changes(make_profile(), new, make_trial(evidence, prior))
    return [(p.place, p.outcome, p.before, p.after) for p in found.places]


def test_evidence_changes_tell_what_is_newly_disclosed() -> None:
    """A rule that tells approved words instead of holding."""
    rule = {"id": "DR-1", "match": {"kind": "dependency", "labels": ["restricted"]}, "then": "generalise"}
    new = altered("disclosure.0", rule | {"category": "dependency", "wording": "a part that signs requests"})
    assert [place[1:] for place in places(new)] == [("newly-disclosed", None, "a part that signs requests")]
    back = evidence_changes(new, make_profile(), make_trial())
    assert [(p.outcome, p.before, p.after) for p in back.places] == [
        ("newly-withheld", "a part that signs requests", None)
    ]


def test_evidence_changes_tell_what_is_newly_held_and_newly_withheld() -> None:
    """A row that is gone holds its cells; a rule that is new brings a placeholder."""
    new = altered("status.rows.0", None)
    cells = {place[0]: place[1:] for place in places(new)}
    assert cells["status/payments-api/americas"] == ("newly-withheld", "operational (SC0)", "held (unmapped-value)")
    rule = profile_data()["disclosure"][0]
    more = altered(
        "disclosure.+",
        rule | {"id": "DR-9", "match": {"kind": "dependency", "labels": ["tier-1"]}, "reason": "legal-review-pending"},
    )
    assert places(more, sample_evidence()) == []
    other = altered("categories.+", {"id": "other", "label": "other detail"}).model_dump(mode="json")
    other["disclosure"].append(
        rule | {"id": "DR-9", "match": {"kind": "dependency", "labels": ["tier-1"]}, "category": "other"}
    )
    assert places(make_profile(**other)) == [("detail/other", "newly-held", None, "held (exploitability-restricted)")]


def test_evidence_changes_tell_a_rule_that_lets_a_restricted_detail_vanish() -> None:
    """No word is disclosed, and yet the customer is not told any more that something is held."""
    new = altered("disclosure.0.match.labels", ["secret"])
    assert places(new) == [("detail/dependency", "no-longer-mentioned", "held (exploitability-restricted)", None)]
    found = evidence_changes(make_profile(), new, make_trial())
    assert [(e.entry, e.move) for e in found.exceptions] == [("uncleared-detail:detail/dependency", "removed")]


def test_evidence_changes_tell_other_words_and_codes() -> None:
    """A label counts, although the code is the same; so do a code and a phrase around them."""
    relabelled = altered("status.codes.4.label", "down")
    assert (
        "status/payments-api/europe",
        "reads-differently",
        "disrupted (SC3) since 14:00",
        "down (SC3) since 14:00",
    ) in places(relabelled)
    milder = altered("status.rows.3.code", "SC2")
    assert ("overall",) not in places(milder)
    phrase = evidence_changes(make_profile(), altered("phrases.footer.contact", "Ask here."), make_trial())
    assert (phrase.places, len(phrase.lines)) == ((), 1)
    assert phrase.lines[0].after[0].endswith("Ask here.")


def test_evidence_changes_tell_a_hold_for_another_reason_and_what_blocks_now() -> None:
    """The placeholder may read the same; who must decide is another."""
    new = altered("disclosure.0.reason", "legal-review-pending")
    assert places(new) == [
        ("detail/dependency", "held-otherwise", "held (exploitability-restricted)", "held (legal-review-pending)")
    ]
    blocking = evidence_changes(make_profile(), altered("register.0.blocks", True), make_trial())
    assert [(e.entry, e.move, e.blocks) for e in blocking.exceptions] == [
        ("uncleared-detail:detail/dependency", "changed", True),
        ("uncleared-detail:detail/technical", "changed", True),
    ]


def test_evidence_changes_are_none_where_nothing_outward_changes() -> None:
    """A gate, or a rule about something that is not there; the reference alone is no difference."""
    for new in (altered("gates.2", None), altered("disclosure.2.match.tlp", ["CLEAR"]), make_profile()):
        found = evidence_changes(make_profile(), new, make_trial())
        assert (found.places, found.lines, found.exceptions) == ((), (), ())


def test_evidence_changes_go_on_from_what_was_released() -> None:
    """With a prior, the update that would replace it is compared."""
    released = sample_drafts()[0].package
    found = evidence_changes(
        make_profile(),
        altered("phrases.headline.replaces", "instead of {time}"),
        make_trial(sample_evidence(), released),
    )
    assert [line for move in found.lines for line in move.after] == ["Update 2 · 14:20 UTC · instead of 14:02"]
    assert make_draft(sample_evidence(), released).version == 2
