"""Detail slots: what disclosure rules withhold, one neutral placeholder per category (mission M3, M6).

A rule speaks of records that matter here: nodes of the dependency map under a capability that is affected, and
security notes about those nodes or about nothing in particular. Whether a placeholder stands may depend on withheld
records; nothing else of the outward text does (promise P2).
"""

from collections.abc import Iterable, Iterator

from profiles.codes import HoldReason, Section
from profiles.models import DisclosureRule, Match
from transforms.entitlement import Scope
from transforms.holds import Barred, Slot
from transforms.lineage import Origin, distinct
from transforms.package import Package
from transforms.records import DependencyRecord, Record, SecurityNoteRecord
from transforms.tables import Tables, annex_item


def detail_slots(tables: Tables, scope: Scope, hit: frozenset[str], prior: Package | None) -> Iterator[Slot]:
    """At most one slot for each category of withheld detail, in the profile's order, never shown."""
    standing = {hold.key for hold in prior.holds} if prior else set()
    for category in tables.profile.categories:
        key = f"detail/{category.id}"
        # A detail once announced as held stays so while its record stands, although the service has recovered.
        concerned = frozenset(c.id for c in scope.capabilities) if key in standing else hit
        rules = [rule for rule in tables.profile.disclosure if rule.category == category.id]
        found = [(rule, _matching(tables, rule, scope, concerned)) for rule in rules]
        unread = [entry for rule in rules if concerned for entry in _unread(tables, rule)]
        if unread or any(records for _, records in found):
            yield _detail_slot(key, [(rule, records) for rule, records in found if records], unread)


def _unread(tables: Tables, rule: DisclosureRule) -> Iterator[tuple[DisclosureRule, str, HoldReason]]:
    """A source that could not be read may hide what this rule withholds."""
    for source in tables.of_kind(rule.match.kind):
        if problem := tables.problems[source.name]:
            yield rule, source.name, problem


def _matching(tables: Tables, rule: DisclosureRule, scope: Scope, concerned: frozenset[str]) -> list[Record]:
    if not concerned:
        return []
    under = _closure(tables, scope, concerned)
    known = {record.component for record in tables.bundle.of(DependencyRecord)}
    return [r for r in _candidates(tables, rule.match) if _is_about(r, under, known)]


def _closure(tables: Tables, scope: Scope, concerned: frozenset[str]) -> set[str]:
    """Every node of the dependency map that a concerned capability rests on, itself included."""
    edges: dict[str, set[str]] = {}
    for record in tables.bundle.of(DependencyRecord):
        edges.setdefault(record.component, set()).update(record.depends_on)
    pending = [key.key for c in scope.capabilities if c.id in concerned for key in c.components]
    reached: set[str] = set()
    while pending:
        node = pending.pop()
        if node not in reached:
            reached.add(node)
            pending.extend(edges.get(node, ()))
    return reached


def _candidates(tables: Tables, match: Match) -> Iterator[DependencyRecord | SecurityNoteRecord]:
    records: Iterable[DependencyRecord | SecurityNoteRecord] = (
        *tables.bundle.of(DependencyRecord),
        *tables.bundle.of(SecurityNoteRecord),
    )
    for record in records:
        labelled = not match.labels or set(match.labels) & set(record.labels)
        marked = not match.tlp or (isinstance(record, SecurityNoteRecord) and record.tlp in match.tlp)
        if record.kind is match.kind and labelled and marked:
            yield record


def _is_about(record: DependencyRecord | SecurityNoteRecord, under: set[str], known: set[str]) -> bool:
    """Whether a record concerns what is affected; a note about nothing that the map knows could concern it."""
    if isinstance(record, DependencyRecord):
        return record.component in under
    placed = set(record.subjects) & known
    return not placed or bool(placed & under)


def _detail_slot(
    key: str,
    found: list[tuple[DisclosureRule, list[Record]]],
    unread: list[tuple[DisclosureRule, str, HoldReason]],
) -> Slot:
    rules = [*(rule for rule, _ in found), *(rule for rule, _, _ in unread)]
    records = [record for _, matching in found for record in matching]
    outcome = Barred(
        reasons=tuple(dict.fromkeys((*(rule.reason for rule, _ in found), *(reason for _, _, reason in unread)))),
        role=rules[0].role,
        items=tuple(annex_item(record) for record in records),
    )
    return Slot(
        id=key,
        key=key,
        section=Section.DETAIL,
        outcome=outcome,
        origin=Origin(
            rule="disclosure: withheld by rule",
            rows=tuple(dict.fromkeys(rule.id for rule in rules)),
            refs=distinct(record.ref for record in records),
            silent=tuple(sorted({source for _, source, _ in unread})),
        ),
    )
