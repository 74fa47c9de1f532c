"""Clearance: exact words that a role approved for one withheld fact, until a time (promise P2, mission M6).

People clear in Slack and systems of record clear in their own notes; both become one type, bound to the fact by a keyed
digest of all its withheld values. When the fact changes, the clearance no longer fits and the detail is held again.
This is the only way from somebody's own words to a customer; they are checked and scanned like all others.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from profiles.codes import SECURITY
from profiles.frozen import Digest, Role
from profiles.safetext import SafeText
from transforms.model.canonical import keyed_digest
from transforms.model.directives import Clearance, Directives
from transforms.model.evidence import Evidence
from transforms.model.records import DependencyRecord, SecurityNoteRecord


def subject_of(record: DependencyRecord | SecurityNoteRecord, key: str) -> Digest:
    """What a clearance names instead of the fact itself. Another value, label or subject makes another fact of it.

    Revision and times are not part of it, so that a fact that is only read again stays cleared.
    """
    said = record.model_dump(mode="json", exclude={"ref", "cleared", "unmapped"})
    return keyed_digest(key, [record.ref.source, record.ref.key, said])


@dataclass(frozen=True, slots=True)
class Clearances:
    """The clearances in force, and the bridge's key under which each names its fact."""

    given: tuple[Clearance, ...]
    key: str

    def fitting(self, record: DependencyRecord | SecurityNoteRecord, role: Role) -> Clearance | None:
        """The clearance for one fact by the role that may give it; the first that people gave, else a source's."""
        subject = subject_of(record, self.key)
        return next((c for c in self.given if c.subject == subject and c.role == role and cleared_words(c)), None)


def clearances(evidence: Evidence, directives: Directives, key: str) -> Clearances:
    """Every clearance that is in force at the evidence's moment, from people first, then from sources."""
    given = (*directives.clearances, *_of_sources(evidence, key))
    return Clearances(tuple(c for c in given if c.at <= evidence.at < c.until), key)


def _of_sources(evidence: Evidence, key: str) -> Iterator[Clearance]:
    """A note's own clearance counts for the revision that it names, so that an edited note is not cleared."""
    for record in evidence.of(SecurityNoteRecord):
        cleared = record.cleared
        if cleared and cleared.revision == record.ref.revision:
            yield Clearance(
                subject=subject_of(record, key),
                wording=cleared.wording,
                by=record.ref,
                role=SECURITY,
                at=min(record.ref.changed_at or evidence.at, evidence.at),
                until=cleared.until,
            )


def cleared_words(clearance: Clearance) -> SafeText | None:
    """The wording as customer text, or none when it holds a character that may not leave; then nothing is shown."""
    try:
        return SafeText.of_clearance(clearance.wording)
    except ValueError:
        return None
