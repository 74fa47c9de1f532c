"""Holds that stay: a cause that can no longer be found is a question for its role, not an answer (promise P15).

A hold that the customer reads of ends when fresh evidence shows its value, or when what stood behind it is still read
and now allowed. When the facts are gone, nobody can say that there is nothing to hold any more.
"""

from collections.abc import Iterable, Iterator

from profiles.codes import HoldReason, RecordKind, Section
from profiles.disclosure import WithholdRule
from transforms.model.directives import Directives
from transforms.model.history import History, HoldAge, cause
from transforms.model.holds import HeldSlot, Slot
from transforms.model.lineage import Origin
from transforms.model.records import DependencyRecord, SecurityNoteRecord, TimelineRecord
from transforms.render.clearance import Clearances
from transforms.render.disclosure import rule_for
from transforms.render.tables import Tables

LASTING = {Section.DETAIL: "detail/", Section.TIMELINE: "timeline"}
"""The sections whose holds rest on facts that can vanish; a cell of status is always shown or held by what is read."""


def unexplained_slots(
    tables: Tables, history: History, cleared: Clearances, directives: Directives, slots: Iterable[Slot]
) -> Iterator[Slot]:
    """One held slot for each hold of the last version whose cause is gone, and that no role has ended."""
    standing = {slot.key for slot in slots if isinstance(slot.outcome, HeldSlot)}
    told = {hold.key for hold in history.last.holds} if history.last else set()
    ended = {(end.key, end.since) for end in directives.ended_holds}
    for age in history.holds:
        lasting = age.key.startswith(LASTING[Section.DETAIL]) or age.key == LASTING[Section.TIMELINE]
        waits = age.key in told - standing and lasting and (age.key, age.since) not in ended
        if waits and age.causes and not _accounted_for(tables, history, cleared, age):
            yield _slot(tables, age)


def _accounted_for(tables: Tables, history: History, cleared: Clearances, age: HoldAge) -> bool:
    """Whether every fact that stood behind the hold is still read, and may now be told or passed over."""
    open_facts = {
        cause(history.digest_key, record.ref.source, record.ref.key)
        for record in tables.evidence.records
        if isinstance(record, TimelineRecord) or _is_allowed(tables, cleared, record)
    }
    return set(age.causes) <= open_facts


def _is_allowed(tables: Tables, cleared: Clearances, record: object) -> bool:
    if not isinstance(record, DependencyRecord | SecurityNoteRecord):
        return False
    rule = rule_for(tables.profile.disclosure, record)
    return not isinstance(rule, WithholdRule) or cleared.fitting(record, rule.role) is not None


def _slot(tables: Tables, age: HoldAge) -> Slot:
    timeline = age.key == LASTING[Section.TIMELINE]
    kinds = (RecordKind.TIMELINE,) if timeline else (RecordKind.DEPENDENCY, RecordKind.SECURITY_NOTE)
    silent = tuple(sorted(source.name for kind in kinds for source in tables.of_kind(kind)))
    return Slot(
        id="timeline/held" if timeline else age.key,
        key=age.key,
        section=Section.TIMELINE if timeline else Section.DETAIL,
        outcome=HeldSlot(reasons=(age.reason or HoldReason.REVIEWER_HOLD,), role=age.role, unexplained=True),
        origin=Origin(rule="hold: its cause can no longer be found", silent=silent),
    )
