"""Where every outward word comes from: sources, rule and table rows for each field and each hold (promise P5)."""

from collections.abc import Iterable
from typing import Annotated, Literal

from pydantic import Field

from profiles.frozen import Frozen, Name, Time, replace
from transforms.model.canonical import keyed_digest
from transforms.model.package import FieldId
from transforms.model.records import SourceRef

RuleName = Annotated[str, Field(min_length=1, max_length=200)]


class Origin(Frozen):
    """The evidence for one value: the facts read, the profile rule applied, and the table rows used.

    `silent` names sources that were expected here and gave no fact: not read, or read and without an entry. `until` is
    when the permission behind a cleared wording ends.
    """

    rule: RuleName
    rows: tuple[str, ...] = ()
    refs: tuple[SourceRef, ...] = ()
    silent: tuple[Name, ...] = ()
    until: Time | None = None

    def with_more(self, other: "Origin") -> "Origin":
        """Both origins as one, each row, fact and silent source once, in a fixed order."""
        return Origin(
            rule=self.rule,
            rows=tuple(dict.fromkeys((*self.rows, *other.rows))),
            refs=distinct((*self.refs, *other.refs)),
            silent=tuple(sorted({*self.silent, *other.silent})),
        )


class LineageEntry(Frozen):
    """How one outward value came to be, or why it is held."""

    field: FieldId
    disposition: Literal["shown", "held", "derived"]
    origin: Origin
    derived_from: tuple[FieldId, ...] = ()


def seal_lineage(entries: Iterable[LineageEntry], key: str) -> tuple[LineageEntry, ...]:
    """The same lineage with the native keys of withheld facts as keyed digests: a key can be a name or a ticket."""
    return tuple(entry if entry.disposition != "held" else _sealed(entry, key) for entry in entries)


def _sealed(entry: LineageEntry, key: str) -> LineageEntry:
    refs = (replace(ref, key=f"sealed:{keyed_digest(key, ref.key)[:16]}") for ref in entry.origin.refs)
    return replace(entry, origin=replace(entry.origin, refs=tuple(refs)))


def distinct(refs: Iterable[SourceRef]) -> tuple[SourceRef, ...]:
    """Each fact once, ordered by source, key and revision."""
    return tuple(sorted(set(refs), key=lambda ref: (ref.source, ref.key, ref.revision, ref.model_dump_json())))


def unexplained(outward: Iterable[FieldId], lineage: Iterable[LineageEntry]) -> tuple[FieldId, ...]:
    """The outward fields without a whole explanation: no entry, or neither a fact nor a source that should give one.

    A derived value (headline, footer) is explained by its rule and by what it derives from.
    """
    explained = {e.field for e in lineage if e.disposition == "derived" or e.origin.refs or e.origin.silent}
    return tuple(field for field in outward if field not in explained)
