"""Clearance: exact words that a role approved for one withheld fact, until a time (promise P2, mission M6).

People clear in Slack and systems of record clear in their own notes; both become one type, bound to the fact by a keyed
digest of all its withheld values. When the fact changes, the clearance no longer fits and the detail is held again.
This is the only way from somebody's own words to a customer; they are checked and scanned like all others.
"""

from collections.abc import Iterable, Iterator

from profiles.codes import SECURITY
from profiles.frozen import Digest, Role
from profiles.safetext import SafeText
from transforms.model.bundle import Bundle
from transforms.model.canonical import keyed_digest
from transforms.model.directives import Clearance, Directives
from transforms.model.records import DependencyRecord, SecurityNoteRecord


def subject_of(record: DependencyRecord | SecurityNoteRecord, key: str) -> Digest:
    """What a clearance names instead of the fact itself. Another value, label or subject makes another fact of it.

    Revision and times are not part of it, so that a fact that is only read again stays cleared.
    """
    said = record.model_dump(mode="json", exclude={"ref", "cleared", "unmapped"})
    return keyed_digest(key, [record.ref.source, record.ref.key, said])


def clearances(bundle: Bundle, directives: Directives) -> tuple[Clearance, ...]:
    """Every clearance that is in force at the bundle's moment, from people first, then from sources."""
    return tuple(c for c in (*directives.clearances, *_of_sources(bundle)) if c.at <= bundle.at < c.until)


def _of_sources(bundle: Bundle) -> Iterator[Clearance]:
    """A note's own clearance counts for the revision that it names, so that an edited note is not cleared."""
    for record in bundle.of(SecurityNoteRecord):
        cleared = record.cleared
        if cleared and cleared.revision == record.ref.revision:
            yield Clearance(
                subject=subject_of(record, bundle.digest_key),
                wording=cleared.wording,
                by=record.ref,
                role=SECURITY,
                at=min(record.ref.changed_at, bundle.at),
                until=cleared.until,
            )


def cleared_words(clearance: Clearance) -> SafeText | None:
    """The wording as customer text, or none when it holds a character that may not leave; then nothing is shown."""
    try:
        return SafeText.of_clearance(clearance.wording)
    except ValueError:
        return None


def fitting(
    found: Iterable[Clearance], record: DependencyRecord | SecurityNoteRecord, role: Role, key: str
) -> Clearance | None:
    """The clearance for one fact by the role that may give it; the first that people gave, else a source's."""
    subject = subject_of(record, key)
    return next((c for c in found if c.subject == subject and c.role == role and cleared_words(c)), None)
