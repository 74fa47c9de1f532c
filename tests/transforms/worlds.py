"""Drawn worlds: evidence of all seven kinds, small, under a small profile, with every way in which sources fail.

Two alert sources and a status page speak of two capabilities in two regions; most of what they say agrees, and some is
unknown, too old, absent or contradicted, so that every disposition and every reason comes up.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from random import Random
from typing import Any

from hypothesis import strategies as st

from profiles.codes import HoldReason, Side, SourceState, Tlp
from profiles.models import Profile
from tests.builders import (
    ACCOUNT,
    AT,
    INCIDENT,
    make_audience,
    make_coverage,
    make_dependency,
    make_directives,
    make_entitlement,
    make_field_hold,
    make_health,
    make_history,
    make_incident,
    make_note,
    make_ref,
    make_timeline,
    make_workaround,
    minutes,
    rebuilt,
)
from tests.transforms.small_profiles import KINDS, RAW, VARIANTS, small_profile
from transforms.build import build
from transforms.model.audience import Audience
from transforms.model.directives import Directives
from transforms.model.evidence import CoveredCell, Evidence, SignOfLife, SourceHealth
from transforms.model.history import GoodCell, History, HoldAge, Observation
from transforms.model.package import Package
from transforms.model.records import ClearedWording, Record
from transforms.publish.draft import Draft

NOW = AT + timedelta(seconds=59)
"""The last second of a minute, so that moving a time within its minute never crosses it."""

ONE_IN = 25
AUDIENCE = make_audience()
PLACES = (
    ("north", "pay-a", "e1", "east"),
    ("north", "pay-a", "w1", "west"),
    ("north", "pay-b", "e1", "east"),
    ("north", "pay-b", "w1", "west"),
    ("south", "pay", "E", "east"),
    ("south", "pay", "W", "west"),
    ("page", "pg-pay-e", None, "east"),
    ("page", "pg-pay-w", None, "west"),
    ("north", "rep-a", "e1", "rep"),
    ("page", "pg-rep", None, "rep"),
)
TARGETS = (
    "status",
    "status/pay",
    "status/pay/east",
    "workaround/rep",
    "timeline",
    "timeline/T1",
    "detail/technical",
    "x",
)
WORDINGS = ("A certificate had to be renewed.", "A supplier confirmed the problem.", "Not \u202eallowed")
"""What notes say may be told; the last has a character that may not leave."""


@dataclass(frozen=True)
class Case:
    """The inputs of one build under the small profile."""

    evidence: Evidence
    history: History
    directives: Directives
    variant: int = 0
    audience: Audience = AUDIENCE

    @property
    def prior(self) -> Package | None:
        """The last release."""
        return self.history.last

    @property
    def profile(self) -> Profile:
        """The profile of this world."""
        return small_profile(self.variant)


def rebuild(case: Case, evidence: Evidence | None = None) -> Draft:
    """The draft of a world, or of other evidence in it."""
    return build(evidence or case.evidence, case.audience, case.profile, case.history, case.directives)


def cases() -> st.SearchStrategy[Case]:
    """Worlds with all that a build depends on. Drawn from a seed: evenly, and five times as fast as piece by piece."""
    return st.integers(0, 2**48).map(make_case)


def make_case(seed: int) -> Case:
    """The world of this seed."""
    rng = Random(seed)  # noqa: S311
    variant = rng.randrange(len(VARIANTS))
    last = rng.choice((None, *_released(variant)))
    return Case(make_world(rng), _history(rng, last), _directives(rng), variant)


def make_world(rng: Random) -> Evidence:
    """Evidence at `NOW`."""
    failing = rng.choice((None, None, *KINDS))
    records = [
        *_healths(rng),
        *_entitlements(rng),
        *(_workaround(rng) for _ in range(rng.randrange(3))),
        *_map(rng),
        *(_note(rng) for _ in range(rng.randrange(3))),
        *(_moment(rng) for _ in range(rng.randrange(4))),
        make_incident(source="pager", fetched_at=NOW),
    ]
    return _evidence(tuple(_source(rng, name, failing) for name in KINDS), records)


def _evidence(sources: tuple[SourceHealth, ...], records: list[Record]) -> Evidence:
    return Evidence(incident=INCIDENT, at=NOW, sources=sources, records=tuple(records))


def _history(rng: Random, last: Package | None) -> History:
    """What was before: ages of holds, observations of sources and good cells of all kinds, known and unknown."""
    before = [NOW - minutes(rng.randrange(1, 500)) for _ in range(3)]
    ages = {rng.choice(TARGETS): before[0] for _ in range(rng.randrange(4))}
    good = {(rng.choice(("pay", "rep")), rng.choice(("east", "west"))): before[2] for _ in range(rng.randrange(3))}
    return make_history(
        last,
        holds=tuple(HoldAge(key=key, since=at) for key, at in sorted(ages.items())),
        observed=tuple(Observation(source=name, at=before[1]) for name in rng.sample(sorted(KINDS), k=2)),
        good=tuple(GoodCell(capability=c, region=r, since=at, seen=at) for (c, r), at in sorted(good.items())),
    )


def _seldom(rng: Random, usual: Any, *others: Any) -> Any:
    """The usual value most of the time, and one of the others now and then."""
    return rng.choice(others) if rng.randrange(ONE_IN) == 0 else usual


def _age(rng: Random) -> datetime:
    return NOW - minutes(_seldom(rng, rng.choice((1, 29)), 31, 400))


def _source(rng: Random, name: str, failing: str | None) -> SourceHealth:
    state, age = SourceState.READ, rng.choice((1, 29))
    if name == failing:
        ways = ((SourceState.UNAVAILABLE, None), (SourceState.MALFORMED, 1), (state, 31), (state, None))
        state, age = rng.choice(ways)
    observed = None if age is None else NOW - minutes(age)
    coverage = None
    if name == "north":
        cells = tuple(
            CoveredCell(component=key, region=region) for source, key, region, _ in PLACES if source == "north"
        )
        beat = _seldom(rng, make_ref("north", "watchdog", observed_at=NOW - minutes(1), fetched_at=NOW), None)
        coverage = make_coverage(cells=cells, signs=(SignOfLife(ref=beat),) if beat else ())
    return SourceHealth(source=name, state=state, fetched_at=NOW, observed_at=observed, coverage=coverage)


def _healths(rng: Random) -> list[Record]:
    truth = {place: rng.choice((0, 0, 1, 2)) for place in ("east", "west", "rep")}
    found = []
    for source, component, region, place in PLACES:
        usual = RAW[source][truth[place]]
        other = RAW[source][rng.randrange(3)]
        said = _seldom(rng, (usual,), (), ("weird",), (other,), (usual, other))
        said = () if source == "north" and said == ("quiet",) else said
        placed = region and _seldom(rng, region, "nowhere")
        observed, changed = _age(rng), NOW - minutes(rng.choice((0, 3, 17, 95, 0, 3, 17, 95, -1, -7)))
        found += [_health(source, component, placed, value, observed, changed) for value in said]
    return found


def _health(source: str, component: str, region: str | None, status: str, *times: datetime) -> Record:
    side = Side.CUSTOMER if source == "page" else Side.INTERNAL
    placed = {"component": component, "region": region, "status": status, "side": side}
    return make_health(source=source, **placed, observed_at=times[0], changed_at=times[1], fetched_at=NOW)


def _entitlements(rng: Random) -> list[Record]:
    base = {"source": "crm", "observed_at": _age(rng), "fetched_at": NOW}
    mine = base | {
        "account": _seldom(rng, ACCOUNT, "nobody"),
        "tier": _seldom(rng, rng.choice(("gold", "gold", "silver")), "bronze"),
        "products": _seldom(rng, rng.choice((("P-pay", "P-rep"), ("P-pay",), ("P-rep",))), ("P-other",)),
        "regions": _seldom(rng, rng.choice((("e1", "w1"), ("e1",))), ("w1",), ("x9",)),
    }
    conflicting = _seldom(rng, [], [make_entitlement(**mine | {"tier": "silver"})])
    return [make_entitlement(**mine), *conflicting, make_entitlement(**base, account="globex", tier="bronze")]


def _workaround(rng: Random) -> Record:
    component, value = rng.choice(("b-pay", "b-rep", "b-other")), rng.choice(("todo", "doing", "done", "Parked"))
    return make_workaround(source="board", component=component, readiness=value, observed_at=_age(rng), fetched_at=NOW)


def _map(rng: Random) -> list[Record]:
    uses = {"m-pay": ("d1",), "m-rep": rng.choice(((), ("d1",), ("d2",))), "d1": ("d2",), "d2": ("d1",)}
    labels = ((), (), ("restricted",), ("contract",), ("restricted", "contract"))
    labelled = {name: rng.choice(labels) if name in {"d1", "d2"} else () for name in uses}
    sensitive = {name: rng.choice((None, "high", "low")) if name in {"d1", "d2"} else None for name in uses}
    return [
        make_dependency(
            source="map",
            component=name,
            depends_on=used,
            labels=labelled[name],
            sensitivity=sensitive[name],
            fetched_at=NOW,
        )
        for name, used in uses.items()
    ]


def _note(rng: Random) -> Record:
    subjects = rng.choice(((), ("d1",), ("d2",), ("m-rep",), ("unknown",)))
    key = f"n{rng.randrange(10**6)}"
    note = make_note(source="notes", key=key, tlp=rng.choice(tuple(Tlp)), subjects=subjects, fetched_at=NOW)
    revision, until = rng.choice((note.ref.revision, "another")), NOW + minutes(rng.choice((30, 30, 0, -5)))
    cleared = ClearedWording(wording=rng.choice(WORDINGS), revision=revision, until=until)
    return rebuilt(note, cleared=rng.choice((None, cleared)))


def _moment(rng: Random) -> Record:
    changed = NOW - minutes(rng.choice((0, 3, 17, 95, -7)))
    said = _seldom(rng, rng.choice(("hit", "look", "fix")), "weird")
    times = {"changed_at": changed, "observed_at": _age(rng), "fetched_at": NOW}
    return make_timeline(source="room", checkpoint=said, **times)


def _directives(rng: Random) -> Directives:
    chosen = rng.sample(TARGETS, k=rng.choice((0, 0, 1, 2)))
    return make_directives(holds=tuple(make_field_hold(t, reason=rng.choice(tuple(HoldReason))) for t in chosen))


@cache
def _released(variant: int) -> tuple[Package, ...]:
    """Three versions after one another, with different holds."""
    rng = Random(0)  # noqa: S311
    sources = tuple(_source(rng, name, None) for name in KINDS)
    calm = [_health(source, name, region, RAW[source][0], NOW, NOW - minutes(95)) for source, name, region, _ in PLACES]
    sold = {"products": ("P-pay", "P-rep"), "regions": ("e1", "w1"), "tier": "gold"}
    mine = make_entitlement(source="crm", fetched_at=NOW, **sold)
    node = make_dependency(source="map", component="m-pay", fetched_at=NOW)
    found: list[Package] = []
    for records in ([*calm, mine], [*calm[1:], mine, node], [*calm[:-1], mine]):
        case = Case(_evidence(sources, records), make_history(found[-1] if found else None), make_directives(), variant)
        found.append(rebuild(case).package)
    return tuple(found)
