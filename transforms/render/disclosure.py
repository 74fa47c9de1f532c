"""Detail slots: what disclosure rules make of the detail that may not simply be said (mission M3, M6).

A rule speaks of records that matter here: nodes of the dependency map under a capability that is affected, and
security notes about those nodes or about nothing in particular. The first rule that matches a record decides. Whether a
placeholder or a rule's wording stands may depend on withheld records; nothing else of the outward text does (P2).
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from fnmatch import fnmatchcase

from profiles.codes import HoldReason, Section
from profiles.disclosure import DetailCategory, DisclosureRule, GeneraliseRule, Match, WithholdRule
from profiles.frozen import Role
from profiles.safetext import SafeText
from transforms.model.canonical import digest
from transforms.model.directives import Clearance
from transforms.model.history import History
from transforms.model.holds import HeldSlot, Slot
from transforms.model.lineage import Origin, distinct
from transforms.model.package import Package, Worded
from transforms.model.records import (
    DependencyRecord,
    HealthRecord,
    Record,
    SecurityNoteRecord,
    SourceRef,
    WorkaroundRecord,
)
from transforms.render.clearance import Clearances, cleared_words
from transforms.render.entitlement import Scope
from transforms.render.tables import Tables, annex_item

DetailRecord = DependencyRecord | SecurityNoteRecord
CellRecord = HealthRecord | WorkaroundRecord


@dataclass(frozen=True, slots=True)
class Matched:
    """One record and the rule that decides about it, with the clearance of exact words where there is one."""

    record: DetailRecord
    rule: GeneraliseRule | WithholdRule
    clearance: Clearance | None = None


@dataclass(frozen=True, slots=True)
class WithheldCell:
    """Rules that withhold the very record that a cell or a readiness would be told from."""

    reasons: tuple[HoldReason, ...]
    rows: tuple[str, ...]
    role: Role


def withheld_cell(tables: Tables, records: Iterable[Record]) -> WithheldCell | None:
    """What disclosure rules withhold of the facts behind one place: a workaround that security has not reviewed."""
    facts = [record for record in records if isinstance(record, CellRecord)]
    deciding = {rule.id for fact in facts if (rule := rule_for(tables.profile.disclosure, fact))}
    rules = [rule for rule in tables.profile.disclosure if isinstance(rule, WithholdRule) and rule.id in deciding]
    if not rules:
        return None
    reasons = tuple(dict.fromkeys(rule.reason for rule in rules))
    return WithheldCell(reasons, tuple(rule.id for rule in rules), rules[0].role)


def detail_slots(
    tables: Tables, scope: Scope, hit: frozenset[str], history: History, cleared: Clearances
) -> Iterator[Slot]:
    """For each category, in the profile's order: details in approved words, then at most one placeholder."""
    for category in tables.profile.categories:
        key = f"detail/{category.id}"
        concerned = _concerned(scope, hit, history.last, key)
        found = [m for m in _matched(tables, scope, concerned, cleared) if m.rule.category == category.id]
        yield from _worded(key, found)
        withheld = [m for m in found if isinstance(m.rule, WithholdRule) and not m.clearance]
        unread = list(_unread(tables, category)) if concerned else []
        if withheld or unread:
            yield _placeholder(tables, key, withheld, unread)


def _concerned(scope: Scope, hit: frozenset[str], prior: Package | None, key: str) -> frozenset[str]:
    """A detail once announced stays while its record stands, although the service has recovered."""
    announced = {hold.key for hold in prior.holds} | {detail.id for detail in prior.details} if prior else set()
    known = any(f"{one}/".startswith(f"{key}/") for one in announced)
    return frozenset(capability.id for capability in scope.capabilities) if known else hit


def _unread(tables: Tables, category: DetailCategory) -> Iterator[tuple[WithholdRule, str, HoldReason]]:
    """A source that could not be read may hide what this category withholds."""
    for rule in tables.profile.disclosure:
        if isinstance(rule, WithholdRule) and rule.category == category.id:
            for source in tables.of_kind(rule.match.kind):
                if problem := tables.problems[source.name] or tables.partly_read(source.name):
                    yield rule, source.name, problem


def _matched(tables: Tables, scope: Scope, concerned: frozenset[str], cleared: Clearances) -> Iterator[Matched]:
    """Every record that matters and that a rule withholds or generalises, in the order of the rules."""
    if not concerned:
        return
    under = _closure(tables, scope, concerned)
    known = {record.component for record in tables.evidence.of(DependencyRecord)}
    details: tuple[DetailRecord, ...] = (*tables.evidence.of(DependencyRecord), *tables.evidence.of(SecurityNoteRecord))
    about = [
        (record, rule_for(tables.profile.disclosure, record)) for record in details if _is_about(record, under, known)
    ]
    for rule in tables.profile.disclosure:
        if isinstance(rule, GeneraliseRule | WithholdRule):
            for record in (record for record, decides in about if decides is rule):
                yield Matched(record, rule, _clearance(cleared, record, rule))


def _clearance(cleared: Clearances, record: DetailRecord, rule: GeneraliseRule | WithholdRule) -> Clearance | None:
    if isinstance(rule, GeneraliseRule):
        return None
    return cleared.fitting(record, rule.role)


def rule_for(rules: Iterable[DisclosureRule], record: DetailRecord | CellRecord) -> DisclosureRule | None:
    """The first rule that matches a record."""
    return next((rule for rule in rules if matches(rule.match, record)), None)


def matches(match: Match, record: DetailRecord | CellRecord) -> bool:
    """Whether every condition that is given holds for a record."""
    spelled = set(record.subjects) if isinstance(record, SecurityNoteRecord) else {record.component}
    tlp = None if isinstance(record, DependencyRecord) else record.tlp
    return (
        record.kind is match.kind
        and (not match.names or bool(set(match.names) & spelled))
        and (not match.globs or any(fnmatchcase(name, glob) for glob in match.globs for name in spelled))
        and (not match.labels or bool(set(match.labels) & set(record.labels)))
        and (not match.sensitivity or record.sensitivity in match.sensitivity)
        and (not match.tlp or tlp in match.tlp)
    )


def _closure(tables: Tables, scope: Scope, concerned: frozenset[str]) -> set[str]:
    """Every node of the dependency map that a concerned capability rests on, itself included.

    Edges count from both ends, as many of them as the profile follows.
    """
    edges: dict[str, set[str]] = {}
    for record in tables.evidence.of(DependencyRecord):
        edges.setdefault(record.component, set()).update(record.depends_on)
        for dependent in record.needed_by:
            edges.setdefault(dependent, set()).add(record.component)
    newest = {key.key for c in scope.capabilities if c.id in concerned for key in c.components}
    reached = set(newest)
    for _ in range(tables.profile.dependency_depth):
        newest = {node for found in newest for node in edges.get(found, ())} - reached
        reached |= newest
    return reached


def _is_about(record: DetailRecord, under: set[str], known: set[str]) -> bool:
    """Whether a record concerns what is affected; a note about nothing that the map knows could concern it."""
    if isinstance(record, DependencyRecord):
        return record.component in under
    about = set(record.subjects) & known
    return not about or bool(about & under)


def _worded(key: str, found: list[Matched]) -> Iterator[Slot]:
    """One slot for each approved wording, in alphabetical order, so that no record's order or number shows."""
    told: dict[SafeText, list[Matched]] = {}
    for one in found:
        words = (
            one.rule.wording if isinstance(one.rule, GeneraliseRule) else one.clearance and cleared_words(one.clearance)
        )
        if words:
            told.setdefault(words, []).append(one)
    for words in sorted(told):
        yield Slot(
            id=f"{key}/{digest(str(words))[:8]}",
            key=key,
            section=Section.DETAIL,
            outcome=Worded(words=words),
            origin=_origin_of_words(told[words]),
        )


def _origin_of_words(told: list[Matched]) -> Origin:
    given = [one.clearance for one in told if one.clearance]
    by = dict.fromkeys("clearance:source" if isinstance(c.by, SourceRef) else f"clearance:{c.role}" for c in given)
    return Origin(
        rule="disclosure: approved words",
        rows=(*dict.fromkeys(one.rule.id for one in told), *by),
        refs=distinct(one.record.ref for one in told),
        until=_first_end(given),
    )


def _first_end(given: Iterable[Clearance]) -> datetime | None:
    return min((clearance.until for clearance in given), default=None)


def _placeholder(
    tables: Tables, key: str, withheld: list[Matched], unread: list[tuple[WithholdRule, str, HoldReason]]
) -> Slot:
    ruling = [one.rule for one in withheld if isinstance(one.rule, WithholdRule)]
    rules = sorted([*ruling, *(rule for rule, _, _ in unread)], key=list(tables.profile.disclosure).index)
    outcome = HeldSlot(
        reasons=tuple(dict.fromkeys((*(rule.reason for rule in ruling), *(problem for *_, problem in unread)))),
        role=rules[0].role,
        decided=not unread and all(rule.then == "annex" for rule in rules),
        items=tuple(annex_item(one.record) for one in withheld),
    )
    origin = Origin(
        rule="disclosure: withheld by rule",
        rows=tuple(dict.fromkeys(rule.id for rule in rules)),
        refs=distinct(one.record.ref for one in withheld),
        silent=tuple(sorted({source for _, source, _ in unread})),
    )
    return Slot(id=key, key=key, section=Section.DETAIL, outcome=outcome, origin=origin)
