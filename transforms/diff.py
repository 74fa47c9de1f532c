"""What changed between two versions: for the customer, from codes alone, and internally, from holds and evidence."""

from collections.abc import Iterable, Mapping
from typing import Literal, Protocol

from profiles.codes import HoldReason
from profiles.frozen import Frozen
from transforms.model.holds import Hold
from transforms.model.lineage import LineageEntry
from transforms.model.package import (
    Acknowledgement,
    Change,
    Coded,
    FieldId,
    FieldValue,
    Held,
    Package,
    Placed,
    Worded,
)


class HoldMove(Frozen):
    """A hold that opened, closed, or stands for another reason than before."""

    key: FieldId
    number: int
    move: Literal["opened", "closed", "stays", "reason-changed"]
    before: HoldReason | None = None
    after: HoldReason | None = None


class SourceMove(Frozen):
    """One source whose facts behind a field have another revision than before."""

    field: FieldId
    source: str
    before: tuple[str, ...]
    after: tuple[str, ...]
    rows: tuple[str, ...]


class Diff(Frozen):
    """Both views of one step: what the customer reads differently, and why, for people inside."""

    customer: tuple[Change, ...]
    holds: tuple[HoldMove, ...]
    sources: tuple[SourceMove, ...]


def changes(before: Iterable[Placed], after: Iterable[Placed]) -> tuple[Change, ...]:
    """The fields and details whose code or words, or whose being shown, differ, in the order of the new package.

    The minute since which a state holds is not a change of the state, and a hold keeps its number.
    """
    old: dict[FieldId, FieldValue] = {field.id: field.value for field in before}
    new: dict[FieldId, FieldValue] = {field.id: field.value for field in after}
    ids = [*new, *(field for field in old if field not in new)]
    found = (Change(field=field, before=old.get(field), after=new.get(field)) for field in ids)
    return tuple(change for change in found if _meaning(change.before) != _meaning(change.after))


def tells_less(before: Package | Acknowledgement, after: Package | Acknowledgement) -> bool:
    """Whether a version told a detail in words that a later one does not tell: then they must not be read any more."""
    if not isinstance(before, Package) or not isinstance(after, Package):
        return False
    told, now = ({(detail.id, str(detail.value.words)) for detail in one.details} for one in (before, after))
    return bool(told - now)


def _meaning(value: FieldValue | None) -> str | int | None:
    match value:
        case Coded(code=code):
            return code
        case Worded(words=words):
            return str(words)
        case Held(number=number):
            return number
    return None


def hold_moves(before: Iterable[Hold], after: Iterable[Hold]) -> tuple[HoldMove, ...]:
    """What became of every hold of either version, by number."""
    old, new = ({(hold.key, hold.number): hold for hold in holds} for holds in (before, after))
    moves = (_hold_move(old.get(key), new.get(key)) for key in dict.fromkeys([*old, *new]))
    return tuple(sorted((move for move in moves if move), key=lambda move: move.number))


def _hold_move(old: Hold | None, new: Hold | None) -> HoldMove | None:
    if old and new:
        same = old.reason is new.reason
        move: Literal["stays", "reason-changed"] = "stays" if same else "reason-changed"
        return HoldMove(key=new.key, number=new.number, move=move, before=old.reason, after=new.reason)
    if new:
        return HoldMove(key=new.key, number=new.number, move="opened", after=new.reason)
    return HoldMove(key=old.key, number=old.number, move="closed", before=old.reason) if old else None


def source_moves(
    moved: Iterable[FieldId], before: Iterable[LineageEntry], after: Iterable[LineageEntry]
) -> tuple[SourceMove, ...]:
    """For each field that moved, the sources whose revisions behind it are different."""
    old, new = {entry.field: entry for entry in before}, {entry.field: entry for entry in after}
    return tuple(move for field in moved for move in _source_moves(field, old.get(field), new.get(field)))


def _source_moves(field: FieldId, old: LineageEntry | None, new: LineageEntry | None) -> Iterable[SourceMove]:
    then, now = _revisions(old), _revisions(new)
    for source in dict.fromkeys([*then, *now]):
        if then.get(source) != now.get(source):
            yield SourceMove(
                field=field,
                source=source,
                before=then.get(source, ()),
                after=now.get(source, ()),
                rows=new.origin.rows if new else (),
            )


def _revisions(entry: LineageEntry | None) -> Mapping[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for ref in entry.origin.refs if entry else ():
        found[ref.source] = (*found.get(ref.source, ()), ref.revision)
    return found


def field_changes(before: Package | None, after: Package) -> tuple[Change, ...]:
    """The customer's differences between the last released package and this one; none without a last one."""
    return changes(before.placed, after.placed) if before else ()


class Comparable(Protocol):
    """A draft or a dossier: outward values, holds, and where everything comes from."""

    @property
    def package(self) -> Package | Acknowledgement:
        """The outward values."""

    @property
    def holds(self) -> tuple[Hold, ...]:
        """The holds."""

    @property
    def lineage(self) -> tuple[LineageEntry, ...]:
        """The origins."""


def diff_of(before: Comparable, after: Comparable) -> Diff:
    """Both views of the step from one to the other; an acknowledgement has no fields, so nothing of it differs."""
    old = before.package.placed if isinstance(before.package, Package) else ()
    new = after.package.placed if isinstance(after.package, Package) else ()
    customer = changes(old, new)
    moved = [change.field for change in customer]
    return Diff(
        customer=customer,
        holds=hold_moves(before.holds, after.holds),
        sources=source_moves(moved, before.lineage, after.lineage),
    )
