"""Compose: slots and holds to the package, and the lineage of each of its values."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from profiles.codes import Section
from profiles.frozen import replace, to_minute
from profiles.models import Profile
from transforms.diff import field_changes
from transforms.model.audience import Audience
from transforms.model.evidence import Evidence
from transforms.model.holds import HeldSlot, Hold, Slot, public_hold
from transforms.model.lineage import LineageEntry, Origin
from transforms.model.package import (
    ACCOUNT,
    AS_OF,
    CHANGED,
    NEXT_UPDATE,
    OVERALL,
    REFERENCE,
    REPLACES,
    VERSION,
    Coded,
    Held,
    Package,
    PackageField,
    SharedDetail,
    Value,
    Worded,
)
from transforms.publish.confirmed import last_confirmed
from transforms.render.entitlement import NoScope, Scope


@dataclass(frozen=True, slots=True)
class Frame:
    """What stands around the fields comes from here: the moment of the evidence, the account, the last release."""

    evidence: Evidence
    audience: Audience
    prior: Package | None


def compose(frame: Frame, profile: Profile, slots: Iterable[Slot], holds: tuple[Hold, ...]) -> Package:
    """The outward values of one draft: fields, overall status, changes against the prior, placeholders."""
    by_key = {hold.key: hold for hold in holds}
    slots, prior = tuple(slots), frame.prior
    as_of = to_minute(frame.evidence.at)
    fields = tuple(_field(slot, by_key, prior, profile) for slot in _spoken(slots))
    shown = overall(fields)
    package = Package(
        account=frame.audience.label,
        version=prior.version + 1 if prior else 1,
        replaces=prior.version if prior else None,
        replaces_at=prior.as_of if prior else None,
        as_of=as_of,
        next_update=as_of + timedelta(minutes=_cadence(profile, fields)),
        overall=shown,
        fields=fields,
        details=tuple(_details(slots, profile)),
        changes=(),
        holds=tuple(sorted((public_hold(hold, prior, as_of) for hold in holds), key=lambda hold: hold.number)),
        numbers_used=max([prior.numbers_used if prior else 0, *(hold.number for hold in holds)]),
    )
    return replace(package, changes=field_changes(prior, package))


def _spoken(slots: tuple[Slot, ...]) -> Iterator[Slot]:
    """The slots that make a field. Where no state of a capability is told, neither is a workaround for it (P3)."""
    told = {s.capability for s in slots if s.section is Section.STATUS and isinstance(s.outcome, Coded)}
    for slot in slots:
        unspoken = slot.section is Section.WORKAROUND and slot.capability not in told
        if slot.section is not Section.DETAIL and not unspoken:
            yield slot


def _field(slot: Slot, by_key: dict[str, Hold], prior: Package | None, profile: Profile) -> PackageField:
    value: Value
    if isinstance(slot.outcome, Coded):
        value = slot.outcome
    else:
        hold = by_key[slot.key]
        last = last_confirmed(slot, prior, profile) if hold.confirming else None
        value = Held(number=hold.number, confirming=hold.confirming, last=last)
    return PackageField(id=slot.id, section=slot.section, capability=slot.capability, region=slot.region, value=value)


def _details(slots: Iterable[Slot], profile: Profile) -> Iterator[SharedDetail]:
    """Details in approved words; withheld ones stand among the holds alone."""
    labels = {category.id: category.label for category in profile.categories}
    for slot in slots:
        if isinstance(slot.outcome, Worded):
            yield SharedDetail(id=slot.id, what=labels[slot.key.split("/")[1]], value=slot.outcome)


def overall(fields: Iterable[PackageField]) -> Value:
    """The worst status shown. While a cell is held, "unaffected" is never claimed for the whole: that is held too."""
    cells = [field.value for field in fields if field.section is Section.STATUS]
    shown = [value for value in cells if isinstance(value, Coded)]
    held = [value for value in cells if isinstance(value, Held)]
    worst = max(shown, key=lambda value: value.rank, default=None)
    if worst is None or (held and worst.rank == 0):
        # Where one is kept, the whole is: that we are confirming it would be untrue.
        return replace(next((value for value in held if not value.confirming), held[0]), last=None)
    return replace(worst, at=None)


def _cadence(profile: Profile, fields: Iterable[PackageField]) -> int:
    """Minutes to the next update: that of the worst state told or last confirmed; the shortest where one is unknown."""
    codes = {code.code: code for code in profile.status.codes}
    known = [_known(field.value) for field in fields if field.section is Section.STATUS]
    if not known or not all(known):
        return min(code.next_update for code in codes.values())
    return max((codes[code] for code in known if code), key=lambda code: code.rank).next_update


def _known(value: Value) -> str | None:
    """The code that the customer reads of a cell, or read last."""
    if isinstance(value, Coded):
        return value.code
    return value.last.code if value.last else None


def trace(
    slots: Iterable[Slot], holds: Iterable[Hold], package: Package, scope: Scope | NoScope
) -> tuple[LineageEntry, ...]:
    """One entry for every outward value: fields, holds, headline and footer (promise P5)."""
    slots = tuple(slots)
    return (
        *_slot_entries(_explained(slots, package), scope),
        *_hold_entries(slots, holds),
        *_frame_entries(package, scope.origin),
    )


def _explained(slots: tuple[Slot, ...], package: Package) -> Iterator[Slot]:
    """The slots that the customer reads of. A workaround that is not spoken of has nothing to explain."""
    fields = {field.id for field in package.placed}
    return (slot for slot in slots if slot.id in fields or isinstance(slot.outcome, HeldSlot))


def _slot_entries(slots: Iterable[Slot], scope: Scope | NoScope) -> Iterator[LineageEntry]:
    for slot in slots:
        held = isinstance(slot.outcome, HeldSlot)
        rows = tuple(dict.fromkeys((*slot.origin.rows, *scope.origin.rows)))
        origin = replace(slot.origin, rows=rows)
        yield LineageEntry(field=slot.id, disposition="held" if held else "shown", origin=origin)


def _hold_entries(slots: tuple[Slot, ...], holds: Iterable[Hold]) -> Iterator[LineageEntry]:
    by_id = {slot.id: slot.origin for slot in slots}
    for hold in holds:
        origin = by_id[hold.fields[0]]
        for field in hold.fields[1:]:
            origin = origin.with_more(by_id[field])
        rows = (*origin.rows, f"reason:{hold.reason}")
        yield LineageEntry(
            field=f"hold/H{hold.number}",
            disposition="held",
            origin=replace(origin, rows=rows),
            derived_from=hold.fields,
        )


FRAME: Final = {
    ACCOUNT: "bridge configuration: account label",
    OVERALL: "status: worst shown",
    VERSION: "last released version plus one",
    CHANGED: "diff of codes against the last released version",
    AS_OF: "the moment of the evidence, to the minute",
    NEXT_UPDATE: "cadence of the overall status",
    REPLACES: "last released version",
    REFERENCE: "short digest of the package",
}
"""The values around the fields, each with the rule that makes it."""


def _frame_entries(package: Package, origin: Origin) -> Iterator[LineageEntry]:
    cells = tuple(field.id for field in package.fields if field.section is Section.STATUS)
    changed = tuple(change.field for change in package.changes)
    from_fields = {OVERALL: cells, NEXT_UPDATE: cells, CHANGED: changed, REFERENCE: (AS_OF,), REPLACES: (VERSION,)}
    for field in frame_fields(package):
        yield LineageEntry(
            field=field,
            disposition="derived",
            origin=Origin(rule=FRAME[field], refs=origin.refs),
            derived_from=from_fields.get(field, ()),
        )


def frame_fields(package: Package) -> tuple[str, ...]:
    """The values around the fields that this package shows."""
    absent = set() if package.replaces else {CHANGED, REPLACES}
    return tuple(field for field in FRAME if field not in absent)


def outward_fields(package: Package) -> tuple[str, ...]:
    """The id of everything that a customer reads: what lineage must explain, without exception."""
    holds = (f"hold/H{hold.number}" for hold in package.holds)
    return (*frame_fields(package), *(field.id for field in package.placed), *holds)


def acknowledgement_trace() -> tuple[LineageEntry, ...]:
    """The lineage of an acknowledgement: account, as-of and next update come from configuration and profile alone."""
    rules = {**FRAME, NEXT_UPDATE: "the acknowledgement's own cadence"}
    return tuple(
        LineageEntry(field=field, disposition="derived", origin=Origin(rule=rules[field]))
        for field in (ACCOUNT, AS_OF, NEXT_UPDATE)
    )
