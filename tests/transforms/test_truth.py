"""P14: nothing that goes missing, and nothing bad that comes, ever makes a word to the customer better.

Order of codes: a held place is never better than a shown one; good news is only the unaffected code and the code of the
all-clear. Drawn worlds; the long run is `make torture`.
"""

from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from profiles.codes import RecordKind, SourceState, Unplaced
from tests.builders import make_field_hold, make_ref, minutes, rebuilt
from tests.transforms.worlds import NOW, Case, make_case, rebuild
from transforms.model.directives import Directives
from transforms.model.evidence import Evidence
from transforms.model.package import Coded
from transforms.model.records import HealthRecord, UnplacedItem
from transforms.publish.draft import Draft

CASES, LONG = 500, 50_000
SOME = 0.4


def ranks(draft: Draft) -> dict[str, int | None]:
    """How bad each cell reads; none where it is held or not told."""
    cells = (field for field in draft.package.fields if field.id.startswith("status/") and field.region)
    return {cell.id: cell.value.rank if isinstance(cell.value, Coded) else None for cell in cells}


def readiness(draft: Draft) -> dict[str, int | None]:
    """How ready each workaround reads; none where it is held or not spoken of."""
    fields = (field for field in draft.package.fields if field.id.startswith("workaround/"))
    return {field.id: field.value.rank if isinstance(field.value, Coded) else None for field in fields}


def is_better(before: Draft, after: Draft) -> list[str]:
    """The cells and workarounds that read better than before: less bad, more ready, or told where they were held."""
    then, now = ranks(before), ranks(after)
    cells = [key for key, rank in now.items() if rank is not None and (then.get(key) is None or rank < then[key])]
    then, now = readiness(before), readiness(after)
    ready = [key for key, rank in now.items() if rank is not None and then.get(key) is not None and rank > then[key]]
    return sorted(cells + ready)


def nowhere(rng: Random) -> UnplacedItem:
    """An item of trouble of one of the sources that stands in no table."""
    source, kind = rng.choice(
        (("north", RecordKind.HEALTH), ("south", RecordKind.HEALTH), ("board", RecordKind.WORKAROUND))
    )
    return UnplacedItem(
        ref=make_ref(source, f"item-{rng.randrange(10**6)}", fetched_at=NOW, observed_at=NOW),
        kind=kind,
        why=rng.choice(tuple(Unplaced)),
        region=rng.choice((None, "e1", "w1", "nowhere")),
        status=rng.choice((None, "crit", "weird")),
    )


def worse(record: HealthRecord, rng: Random) -> HealthRecord:
    """The same component or a strange one, here or nowhere, as bad as can be or in words that no table knows."""
    value = {"north": "crit", "south": "down", "page": "out"}[record.ref.source]
    ref = rebuilt(record.ref, key=f"more-{rng.randrange(10**6)}", observed_at=NOW)
    stranger = rng.choice((record.component, record.component, "stranger"))
    region = rng.choice((record.region, record.region, record.region and "nowhere"))
    return rebuilt(record, ref=ref, status=rng.choice((value, value, "weird")), component=stranger, region=region)


def with_trouble(evidence: Evidence, rng: Random) -> Evidence:
    """One thing more that is wrong: an alert, or an item that nobody can place."""
    healths = [r for r in evidence.records if isinstance(r, HealthRecord) and r.ref.source != "page"]
    if healths and rng.random() > SOME:
        return rebuilt(evidence, records=(*evidence.records, worse(rng.choice(healths), rng)))
    return rebuilt(evidence, unplaced=(*evidence.unplaced, nowhere(rng)))


def with_less(evidence: Evidence, rng: Random) -> Evidence:
    """A page less, a sign of life less, the reading of one region less, or a field of a record less."""
    ways = (_page_less, _sign_less, _field_less)
    return rng.choice(ways)(evidence, rng)


def _page_less(evidence: Evidence, rng: Random) -> Evidence:
    """Some records of a source are on a page that nobody read, and the source says so."""
    name = rng.choice([h.source for h in evidence.sources if h.source not in {"crm", "pager", "page"}])
    kept = tuple(r for r in evidence.records if r.ref.source != name or rng.random() > SOME)
    sources = tuple(
        rebuilt(h, state=SourceState.INCOMPLETE) if h.source == name and h.readable else h for h in evidence.sources
    )
    return rebuilt(evidence, records=kept, sources=sources)


def _sign_less(evidence: Evidence, rng: Random) -> Evidence:
    """No sign of life; or one that vouches for a single region alone."""
    del rng
    sources = tuple(rebuilt(h, coverage=h.coverage and rebuilt(h.coverage, signs=())) for h in evidence.sources)
    return rebuilt(evidence, sources=sources)


def _field_less(evidence: Evidence, rng: Random) -> Evidence:
    """A record of which nobody can read the component, the region or the start."""
    chosen = [i for i, r in enumerate(evidence.records) if isinstance(r, HealthRecord) and r.ref.source != "page"]
    if not chosen:
        return evidence
    at = rng.choice(chosen)
    record, rest = evidence.records[at], (*evidence.records[:at], *evidence.records[at + 1 :])
    if rng.random() < SOME:
        region, status = rng.choice((record.region, None)), rng.choice((record.status, None))
        item = UnplacedItem(
            ref=record.ref, kind=RecordKind.HEALTH, why=Unplaced.NO_COMPONENT, region=region, status=status
        )
        return rebuilt(evidence, records=rest, unplaced=(*evidence.unplaced, item))
    strange = rebuilt(record, component="stranger")
    unknown = rebuilt(record, ref=rebuilt(record.ref, changed_at=None))
    return rebuilt(evidence, records=(*rest, rng.choice((rebuilt(record, region=None), unknown, strange))))


def assert_no_better(seed: int, change) -> None:
    """The world of this seed reads no better after a change."""
    case, rng = make_case(seed), Random(seed)  # noqa: S311
    before, after = rebuild(case), rebuild(case, change(case.evidence, rng))
    assert is_better(before, after) == []


CHANGES = {"trouble more": with_trouble, "evidence less": with_less}
SEEDS = st.integers(0, 2**48)


@pytest.mark.parametrize("change", CHANGES)
@settings(max_examples=CASES)
@given(seed=SEEDS)
def test_nothing_reads_better_for(change, seed) -> None:
    """Trouble that comes and evidence that goes can hold a place or make it worse, never the other way."""
    assert_no_better(seed, CHANGES[change])


def held_more(case: Case, rng: Random) -> tuple[str, Directives]:
    """A field of the draft that somebody holds."""
    shown = [field.id for field in rebuild(case).package.fields if isinstance(field.value, Coded)]
    target = rng.choice(shown or ["status"])
    hold = make_field_hold(target, at=NOW - minutes(1))
    return target, rebuilt(case.directives, holds=(*case.directives.holds, hold))


@settings(max_examples=CASES)
@given(seed=SEEDS)
def test_a_hold_lets_no_other_value_through(seed) -> None:
    """What somebody holds is held, and whatever was held stays held; no state of another cell changes."""
    case, rng = make_case(seed), Random(seed)  # noqa: S311
    before = rebuild(case)
    target, directives = held_more(case, rng)
    after = rebuild(Case(case.evidence, case.history, directives, case.variant))
    assert is_better(before, after) == []
    then, now = ranks(before), ranks(after)
    assert {key: rank for key, rank in now.items() if key != target} == {k: r for k, r in then.items() if k != target}


@settings(max_examples=CASES)
@given(seed=SEEDS)
def test_one_label_moves_only_its_own_slot(seed) -> None:
    """Whoever writes one status can hold cells of its component or move them in their table, and end no other hold."""
    case, rng = make_case(seed), Random(seed)  # noqa: S311
    healths = [i for i, r in enumerate(case.evidence.records) if isinstance(r, HealthRecord)]
    if not healths:
        return
    at = rng.choice(healths)
    record = case.evidence.records[at]
    said = rng.choice(("quiet", "warn", "crit", "ok", "bad", "down", "up", "slow", "out", "operational", "<!channel>"))
    records = (*case.evidence.records[:at], rebuilt(record, status=said), *case.evidence.records[at + 1 :])
    before, after = rebuild(case), rebuild(case, rebuilt(case.evidence, records=records))
    homes = {c.id for c in case.profile.capabilities for k in c.components if (k.source, k.key) == _key(record)}
    other = [key for key in is_better(before, after) if key.split("/")[1] not in homes and key.startswith("status/")]
    assert other == [] or record.region == "nowhere"
    told = {hold.key for hold in case.prior.holds} if case.prior else set()
    lasting = {hold.key for hold in before.holds if hold.key in told and hold.key.startswith(("detail/", "timeline"))}
    assert lasting <= {hold.key for hold in after.holds}


def _key(record: HealthRecord) -> tuple[str, str]:
    return record.ref.source, record.component


@pytest.mark.torture
@pytest.mark.parametrize("change", CHANGES)
@settings(max_examples=LONG)
@given(seed=SEEDS)
def test_nothing_reads_better_in_many_worlds_for(change, seed) -> None:
    """The same, in fifty thousand worlds each."""
    assert_no_better(seed, CHANGES[change])
