"""Changes of a world that lie outside the allowed projection: whatever they do, the customer must not see it."""

from datetime import datetime, timedelta
from random import Random
from typing import Any

from profiles.codes import Tlp
from tests.builders import (
    make_entitlement,
    make_health,
    make_history,
    make_incident,
    make_person,
    make_source,
    minutes,
    rebuilt,
)
from tests.transforms.small_profiles import LIMIT
from tests.transforms.worlds import NOW, Case
from transforms.model.audience import Audience
from transforms.model.directives import Directives
from transforms.model.evidence import Evidence, SourceHealth
from transforms.model.history import History
from transforms.model.records import (
    ClearedWording,
    DependencyRecord,
    EntitlementRecord,
    HealthRecord,
    IncidentRecord,
    Record,
    SecurityNoteRecord,
    SourceRef,
    TimelineRecord,
    Withheld,
    WorkaroundRecord,
)

TEXTS = (
    "Hexacore SignGate 7.2 on sgn-07.internal",
    "Payments API is operational",
    "<!channel> *now* <https://evil.example|status>",
    "\u202edesrever\u200b",
    "x" * 3000,
    "We will refund you, root cause: CVE-2026-41877",
    "{account} {status} {number}",
)
SAME_MEANING = {"crit": "dead", "dead": "crit"}
OPEN = {Tlp.CLEAR: Tlp.GREEN, Tlp.GREEN: Tlp.CLEAR}
SAME_RULE = (
    {Tlp.RED: Tlp.AMBER, Tlp.AMBER: Tlp.RED, **OPEN},
    {Tlp.RED: Tlp.AMBER, Tlp.AMBER: Tlp.RED, **OPEN},
    {Tlp.AMBER: Tlp.CLEAR, Tlp.AMBER_STRICT: Tlp.AMBER, **OPEN},
)
"""For each variant, labels that the same rule matches."""

UNHEARD = (HealthRecord, WorkaroundRecord, TimelineRecord, IncidentRecord)
"""Kinds of which a source outside the profile may say anything; of the others it counts, to be safe."""


def elsewhere(case: Case, rng: Random) -> Case:
    """The same to a customer, with what people decided told otherwise too."""
    audience = _audience(case, rng)
    evidence = _evidence(case, audience.account, rng)
    return Case(evidence, _history(case.history, rng), other_notes(case.directives, rng), case.variant, audience)


def _audience(case: Case, rng: Random) -> Audience:
    """The same label for other readers; another account where the contract is not looked up by it."""
    free = not any(tier.account for tier in case.profile.tiers)
    account = rng.choice((case.audience.account, f"acct-{rng.randrange(10**6)}")) if free else case.audience.account
    return rebuilt(case.audience, account=account, bridge="other", channel="C0OTHER", teams=("T0X", "T0Y"))


def _history(history: History, rng: Random) -> History:
    """The same release and the same good cells; other ages of holds, other observations, another key."""
    return make_history(
        history.last,
        digest_key=f"{rng.getrandbits(256):064x}",
        holds=tuple(rebuilt(age, since=NOW - minutes(rng.randrange(999))) for age in history.holds),
        observed=tuple(rebuilt(one, at=NOW - minutes(rng.randrange(999))) for one in history.observed),
        good=history.good,
    )


def _evidence(case: Case, account: str, rng: Random) -> Evidence:
    """Other texts, names, ids, revisions, order, times within limits, and more of what is withheld."""
    evidence = case.evidence
    names = {name: f"{name}-{rng.randrange(10**6)}" for name in ("d1", "d2", "unknown", "b-other")}
    names[case.audience.account] = account
    records = [_renamed(record, names) for record in (*evidence.records, *_strangers(evidence, rng))]
    records = [_retold(record, case, rng) for record in (*records, *_more(records, rng))]
    sources = [*(_reread(health, rng) for health in evidence.sources), make_source("strange")]
    rng.shuffle(records)
    rng.shuffle(sources)
    return Evidence(
        incident=f"INC-{rng.randrange(10**6)}",
        at=evidence.at,
        sources=tuple(sources),
        records=tuple(records),
    )


def other_notes(directives: Directives, rng: Random) -> Directives:
    """The same holds by other people, at other times, with other notes."""
    changes = {"note": rng.choice(TEXTS)[:2000], "by": make_person(f"U{rng.randrange(10**6)}"), "role": "legal"}
    holds = [rebuilt(hold, **changes, at=NOW - minutes(rng.randrange(99))) for hold in directives.holds]
    rng.shuffle(holds)
    return rebuilt(directives, holds=tuple(holds), approved_profiles=rng.choice(((), directives.approved_profiles)))


def _strangers(evidence: Evidence, rng: Random) -> list[Record]:
    """Copies of records as if a source outside the profile had said them."""
    heard = [record for record in evidence.records if isinstance(record, UNHEARD)]
    chosen = rng.sample(heard, k=min(2, len(heard)))
    return [rebuilt(record, ref=rebuilt(record.ref, source="strange")) for record in chosen]


def _renamed(record: Record, names: dict[str, str]) -> Record:
    """The record with the names that no table knows changed wherever they stand."""
    changes: dict[str, Any] = {}
    for field in ("component", "account"):
        if hasattr(record, field):
            changes[field] = names.get(getattr(record, field), getattr(record, field))
    for field in ("depends_on", "subjects"):
        if hasattr(record, field):
            changes[field] = tuple(names.get(name, name) for name in getattr(record, field))
    return rebuilt(record, **changes)


def _more(records: list[Record], rng: Random) -> list[Record]:
    """More of what is withheld or not in audience: twins of withheld records, other accounts, unknown components."""
    twins = [r for r in records if isinstance(r, DependencyRecord | SecurityNoteRecord | HealthRecord)]
    chosen = rng.sample(twins, k=min(3, len(twins)))
    unknown = {"component": f"pay-{rng.randrange(10**6)}", "fetched_at": NOW}
    return [
        *chosen,
        make_incident(source="pager", severity=rng.choice(("P1", "P5")), fetched_at=NOW),
        make_entitlement(source="crm", account="initech", tier="gold", products=("P-rep",), fetched_at=NOW),
        make_health(source="north", status="quiet", region="e1", **unknown),
        *_deeper([record for record in chosen if isinstance(record, DependencyRecord)], rng),
    ]


def _deeper(nodes: list[DependencyRecord], rng: Random) -> list[Record]:
    """New nodes under nodes that are known, with no label more than those above them."""
    found: list[Record] = []
    for node in nodes:
        name = f"{node.component}-host-{rng.randrange(10**6)}"
        found.append(rebuilt(node, depends_on=(*node.depends_on, name)))
        found.append(rebuilt(node, component=name, depends_on=()))
    return found


def _retold(record: Record, case: Case, rng: Random) -> Record:
    """The same fact in another revision, by other people, with other texts, at another time that counts the same."""
    changes: dict[str, Any] = {"ref": _moved(record, rng), "unmapped": tuple(rng.sample(TEXTS, k=rng.randrange(4)))}
    texts = rng.sample(TEXTS, k=rng.randrange(3))
    changes["withheld"] = tuple(Withheld(name=f"w{number}", text=text) for number, text in enumerate(texts))
    if isinstance(record, HealthRecord):
        changes["status"] = rng.choice((record.status, SAME_MEANING.get(record.status, record.status)))
    if isinstance(record, SecurityNoteRecord):
        changes["tlp"] = rng.choice((record.tlp, SAME_RULE[case.variant].get(record.tlp, record.tlp)))
        changes["cleared"] = _cleared_again(record, changes["ref"].revision, rng)
    if isinstance(record, EntitlementRecord):
        changes["products"] = tuple(rng.sample(record.products, k=len(record.products)))
    if isinstance(record, IncidentRecord):
        changes["status"] = rng.choice(("acknowledged", "resolved"))
    return rebuilt(record, **changes)


def _cleared_again(record: SecurityNoteRecord, revision: str, rng: Random) -> ClearedWording | None:
    """The same clearance of the note's new revision, until another time that lies on the same side."""
    cleared = record.cleared
    if cleared is None:
        return None
    named = revision if cleared.revision == record.ref.revision else f"{revision}-older"
    away = minutes(rng.randrange(1, 500))
    return rebuilt(cleared, revision=named, until=NOW + away if cleared.until > NOW else NOW - away)


def _moved(record: Record, rng: Random) -> SourceRef:
    changed = record.ref.changed_at
    if isinstance(record, HealthRecord | TimelineRecord):
        changed = changed.replace(second=rng.randrange(60))
    else:
        changed -= timedelta(seconds=rng.randrange(10**5))
    return SourceRef(
        source=record.ref.source,
        key=f"k-{rng.randrange(10**9)}",
        revision=f"r-{rng.randrange(10**9)}",
        changed_at=changed,
        observed_at=_as_old(record.ref.observed_at, rng),
        # Read later, a time of the future could become one that can be: that is another fact.
        fetched_at=record.ref.fetched_at if changed > NOW else NOW + minutes(rng.randrange(9)),
    )


def _as_old(observed_at: datetime, rng: Random) -> datetime:
    """Another time on the same side of the limit."""
    old = NOW - observed_at > minutes(LIMIT)
    return NOW - minutes(rng.randrange(LIMIT + 1, 600) if old else rng.randrange(LIMIT))


def _reread(health: SourceHealth, rng: Random) -> SourceHealth:
    """The same reading of a source at another time, in other words."""
    observed = health.observed_at and _as_old(health.observed_at, rng)
    coverage = health.coverage
    if coverage and coverage.signs:
        beat = coverage.signs[0].ref
        beat = rebuilt(beat, key=f"k-{rng.randrange(10**9)}", observed_at=_as_old(beat.observed_at, rng))
        coverage = rebuilt(coverage, signs=(rebuilt(coverage.signs[0], ref=beat),))
    cells = coverage and tuple(rng.sample(coverage.cells, k=len(coverage.cells)))
    coverage = coverage and rebuilt(coverage, cells=cells)
    problem, fetched = rng.choice(TEXTS)[:600], NOW + minutes(rng.randrange(9))
    return rebuilt(health, observed_at=observed, coverage=coverage, problem=problem, fetched_at=fetched)
