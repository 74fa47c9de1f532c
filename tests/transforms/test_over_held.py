"""Not over-held: what may be told is told, good news that nobody said is never told, and a storm stops no version.

`make over-held` replays every record with every trap; here some records stand for all, and broken cores are found.
"""

from functools import cache

import orjson
import pytest

from benchmarks.over_held.__main__ import WHAT_COUNTS, Report, data, table
from benchmarks.over_held.chain import WAITING
from benchmarks.over_held.figure import ALONE, LEAST, SAME, changed_messages, own_sample, played, summed
from benchmarks.over_held.judging import Judge, Standing
from benchmarks.over_held.records import Update, groups, incidents
from benchmarks.over_held.storm import House, Storm, house, noisy_estate, storm
from benchmarks.over_held.tallies import TOLD
from benchmarks.over_held.traps import RUNS, SEED, strange_alert
from benchmarks.over_held.world import World
from profiles.codes import SourceState
from tests.builders import (
    AT,
    SHARED_DATA,
    make_draft,
    make_evidence,
    make_health,
    make_profile,
    make_public_health,
    minutes,
    rebuilt,
    with_records,
    with_source,
)
from transforms.model.directives import Directives
from transforms.render import status, unplaced

FILE = SHARED_DATA / "incidents" / "incidents.jsonl"
EACH = 12
"""Every twelfth record stands for all of them."""

ENDED = "the same, and watched"
needs_records = pytest.mark.skipif(not FILE.is_file(), reason="the public incidents are not beside the project")


@cache
def records():
    """Some of the records, by their place in the file alone."""
    return incidents(FILE)[0][::EACH]


@cache
def run(name):
    """One run of these records."""
    return [one for record in records() for one in played(record, (name,))]


@needs_records
def test_nine_in_ten_of_what_may_be_told_is_told():
    """Versions at each stage and at each promised update after it, with sources that are read in between."""
    whole = summed(run(ENDED))
    assert whole.counting > 100
    assert whole.share >= LEAST


@needs_records
def test_nothing_but_the_all_clear_holds_what_may_be_told():
    """At the stages alone, each cell that may be told is told, or waits because its trouble ended just now."""
    whole = summed(run(ALONE))
    held = {why for standing, why in whole.cells if standing is Standing.COUNTS} - {TOLD}
    assert held
    assert all(why.startswith(WAITING) for why in held)
    assert whole.told / (whole.counting - whole.dwelling) >= LEAST


@needs_records
@pytest.mark.xfail(strict=True, reason="an all-clear needs two readings within ten minutes; versions are further apart")
def test_hardly_anybody_waits_longer_than_the_dwell_for_an_all_clear():
    """Three promised updates after the end, everything good since, and nobody reads the sources in between."""
    whole = summed(run("promised updates after"))
    assert whole.told / (whole.counting - whole.dwelling) >= LEAST


@cache
def with_traps():
    """One record with every trap."""
    return played(records()[3])


@needs_records
def test_nothing_is_told_better_than_it_is():
    """At no stage, whatever the trap; everything goes out, and two traps change no byte."""
    found = with_traps()
    assert {(one.run, *one.tally.better) for one in found} == {(name,) for name in RUNS}
    assert [changed_messages(found, name) for name in SAME] == [0, 0]
    assert summed(found).released == summed(found).versions


@needs_records
def test_figure_is_printed_as_a_table_and_as_json():
    """Both name every run, what counts and the seed, and say the same of a run."""
    report = Report((records()[3],), {}, with_traps(), own_sample(), Storm(), noisy_estate(20, 2))
    lines, whole = list(table(report)), summed(one for one in with_traps() if one.run == ALONE)
    told = orjson.loads(orjson.dumps(data(report)))
    assert [line for line in lines if line.startswith((WHAT_COUNTS, f"\nseed {SEED}"))] == lines[:2]
    assert {line[:24].strip() for line in lines} > set(RUNS)
    assert [told["runs"][ALONE][name] for name in ("may_be_told", "told")] == [whole.counting, whole.told]
    assert (told["seed"], set(told["runs"])) == (SEED, set(RUNS))


@needs_records
def test_figure_sees_a_core_that_holds_too_much(monkeypatch):
    """Every cell counts as contradicted: the share falls below what is asked for."""
    monkeypatch.setattr(status, "_contradicted", lambda *_: True)
    assert summed(played(records()[1], (ALONE,))).share < LEAST


@needs_records
def test_figure_sees_good_news_that_nobody_said(monkeypatch):
    """A house whose alerts are lost reads operational where the account says otherwise."""
    monkeypatch.setattr(World, "_alerts", lambda *_: iter(()))
    assert summed(played(records()[1], ("page says normal",))).better


def test_sample_tells_what_may_be_told_but_for_the_all_clear():
    """The sample's stages are further apart than an all-clear allows; nothing else is held that may be told."""
    sample = own_sample()
    held = {why for standing, why in sample.cells if standing is Standing.COUNTS} - {TOLD}
    assert (held, sample.better) == ({WAITING}, 0)


@pytest.mark.parametrize(
    ("changes", "standing"),
    [
        ({}, Standing.COUNTS),
        ({"state": SourceState.INCOMPLETE}, Standing.INCOMPLETE),
        ({"state": SourceState.UNAVAILABLE, "observed_at": None}, Standing.UNREAD),
        ({"observed_at": AT - minutes(11)}, Standing.STALE),
        ({"coverage": None}, Standing.UNHEARD),
    ],
)
def test_cell_counts_only_where_its_primary_can_be_used(changes, standing):
    """Reporting in Europe, of which only the silence of a covered and living source speaks."""
    evidence = with_source(make_evidence(), "alertmanager", **changes)
    assert Judge(evidence, make_profile()).judge("reporting", "europe").standing is standing


def test_cell_that_a_fresh_check_contradicts_does_not_count():
    """A check that is too old contradicts nothing; a value in no table cannot be compared."""
    kept = make_evidence()
    fresh = with_records(kept, make_public_health("3vwq1m90zx41", key="again", status="major_outage"))
    old = make_public_health("3vwq1m90zx41", key="again", status="major_outage", observed_at=AT - minutes(31))
    strange = with_records(kept, make_health(component="rpt-query", status="purple"))
    found = [
        Judge(evidence, make_profile()).judge("reporting", "europe").standing
        for evidence in (fresh, with_records(kept, old), strange)
    ]
    assert found == [Standing.DISPUTED, Standing.COUNTS, Standing.UNMAPPED]


def test_updates_become_stages_by_rule():
    """Those within five minutes of the first, and those that only toggle the same component, are one stage."""

    def update(minute, *toggled):
        components = dict.fromkeys(toggled, "degraded")
        return Update(AT + minutes(minute), "update", components, None, (), (), bool(toggled), False)

    moments = [update(0), update(4), update(6), update(20, "api"), update(40, "api"), update(60, "web")]
    told = [[(one.at - AT) // minutes(1) for one in group] for group in groups(moments)]
    assert told == [[0, 4], [6], [20, 40], [60]]


def test_storm_of_unrelated_alerts_stops_no_version():
    """Twenty new ones a minute for an hour, three people who take ten minutes each: one placing, no approval void."""
    found = storm()
    assert found.alerts == 1220
    assert len(found.released) >= 3
    assert (found.placed, found.voided) == (1, [])


def test_storm_that_is_never_placed_but_accepted_as_held_stops_no_version(monkeypatch):
    """Whoever waives instead of placing decided about all of the kind: more of the same voids nothing."""
    monkeypatch.setattr("benchmarks.over_held.storm.PLACES", False)
    found = storm()
    assert len(found.released) >= 3
    assert (found.placed, found.voided) == (0, [])


def test_storm_that_begins_while_people_review_waits_for_the_next_version():
    """Without the rule for young trouble every approval would be void, as soon as something new fires."""
    bridge = house()
    first = House(bridge.profile, bridge.audience, bridge.began, 0)
    approved, again = first.reading(0), bridge.reading(4, as_of=0)
    given, now = Directives(), bridge.now(4)
    settled = unplaced.without_young_trouble(again, approved, bridge.profile, given, now)
    assert unplaced.unplaced(settled, bridge.profile, given) == ()
    assert len(unplaced.unplaced(again, bridge.profile, given)) == 100


def test_noisy_estate_is_decided_in_one_act():
    """Two thousand alerts, forty firing that have nothing to do with the account: one exception, or none."""
    noise = noisy_estate()
    assert (noise.alerts, noise.firing) == (2000, 40)
    assert (noise.exceptions, noise.kinds) == (1, 1)
    assert (noise.after_one_placing, noise.with_estate_file) == (0, 0)


@pytest.mark.parametrize("component", ["pay-edge", "pay-ledger"])
def test_alert_in_a_cell_that_is_held_anyway_voids_nothing(component):
    """Both sides disagree about it already; one alert more, of the same component or of another, says the same."""
    green = rebuilt(make_public_health(), status="operational")
    records = tuple(r for r in make_evidence().records if r.ref.key != green.ref.key)
    held = rebuilt(make_evidence(), records=(*records, green))
    more = with_records(held, make_health(component=component, key="fp-new", changed_at=AT - minutes(1)))
    before, after = make_draft(held), make_draft(more)
    assert "status/payments-api/europe" in {field for hold in before.holds for field in hold.fields}
    assert (after.release_digest, after.blocking) == (before.release_digest, before.blocking)


def test_unplaced_alert_in_a_house_whose_good_news_is_held_voids_nothing():
    """The second of its kind asks nobody anything new."""
    one, two = (strange_alert(name, AT, AT - minutes(20)) for name in ("job-1", "job-2"))
    before = make_draft(with_records(make_evidence(), one))
    after = make_draft(with_records(make_evidence(), one, two))
    assert any(entry.startswith("unplaced-evidence") for entry in before.blocking)
    assert (after.release_digest, after.blocking) == (before.release_digest, before.blocking)
