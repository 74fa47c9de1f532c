"""The allowed projection's part about details, written without the core's functions: rules, clearances, placeholders.

`world` answers the questions of `tests.transforms.projection.World`.
"""

import re
from collections.abc import Iterator
from typing import Any

from profiles.codes import RecordKind
from profiles.disclosure import DisclosureRule
from profiles.tables import Capability
from transforms.model.records import DependencyRecord, SecurityNoteRecord


def details(world: Any, capabilities: list[Capability], affected: list[Capability]) -> Iterator[tuple]:
    """For each category: the words that are told, and the reasons of its placeholder."""
    told = [*world.prior.holds, *world.prior.details] if world.prior else []
    standing = {"/".join(getattr(one, "key", getattr(one, "id", "")).split("/")[:2]) for one in told}
    for category in world.profile.categories:
        slot = f"detail/{category.id}"
        concerned = capabilities if slot in standing else affected
        rules = [r for r in world.profile.disclosure if r.then != "allow" and r.category == category.id]
        ruled = [(record, rule) for record, rule in _ruled(world, concerned) if rule in rules]
        withheld = [(record, rule) for record, rule in ruled if rule.then in {"hold", "annex"}]
        words = {str(rule.wording) for _, rule in ruled if rule.then == "generalise"}
        words |= {_cleared(world, record, rule) for record, rule in withheld} - {""}
        reasons = {rule.reason for record, rule in withheld if not _cleared(world, record, rule)}
        kinds = {rule.match.kind for rule in rules if rule.then in {"hold", "annex"} and concerned}
        reasons |= {reason for kind in kinds for reason in world.hiding(kind)}
        if words:
            yield f"{slot}/words", (slot, ("words", tuple(sorted(words))))
        if reasons:
            yield slot, (slot, frozenset(reasons))


def _ruled(world: Any, concerned: list[Capability]) -> Iterator[tuple[Any, DisclosureRule]]:
    """Every record that matters here, with the first rule that matches it."""
    maps = world.of(RecordKind.DEPENDENCY)
    under = {key.key for capability in concerned for key in capability.components}
    while more := {used for node in maps if node.component in under for used in node.depends_on} - under:
        under |= more
    known = {node.component for node in maps}
    for record in (*maps, *world.of(RecordKind.SECURITY_NOTE)) if concerned else ():
        rule = next((rule for rule in world.profile.disclosure if _matches(record, rule)), None)
        if rule and _concerns(record, under, known):
            yield record, rule


def _cleared(world: Any, record: Any, rule: DisclosureRule) -> str:
    """The words that a note of the security team says may be told, while they are in force and can be printed."""
    cleared = getattr(record, "cleared", None)
    if cleared is None or rule.role != "security" or cleared.revision != record.ref.revision:
        return ""
    return cleared.wording if world.evidence.at < cleared.until and cleared.wording.isprintable() else ""


def _matches(record: DependencyRecord | SecurityNoteRecord, rule: DisclosureRule) -> bool:
    match, names = rule.match, [getattr(record, "component", None), *getattr(record, "subjects", ())]
    globs = [re.compile(re.escape(glob).replace(r"\*", ".*").replace(r"\?", ".")) for glob in match.globs]
    return all(
        (
            record.kind is match.kind,
            not match.names or set(match.names) & set(names),
            not globs or any(glob.fullmatch(name) for glob in globs for name in names if name),
            not match.labels or set(match.labels) & set(record.labels),
            not match.sensitivity or record.sensitivity in match.sensitivity,
            not match.tlp or getattr(record, "tlp", None) in match.tlp,
        )
    )


def _concerns(record: DependencyRecord | SecurityNoteRecord, under: set[str], known: set[str]) -> bool:
    if isinstance(record, DependencyRecord):
        return record.component in under
    about = set(record.subjects) & known
    return not about or bool(about & under)
