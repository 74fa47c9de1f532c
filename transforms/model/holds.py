"""Holds: what is not released, why, under which number, and the annex that keeps it (mission M3, M4; promise P3).

A slot that may not be shown is a `HeldSlot`. Held slots with one key (section, approved label, category) become one
hold; how many records stand behind it is known only inside the annex. Numbers and "since" come from the last released
package; new holds follow in slot order.
"""

from collections.abc import Iterable, Iterator
from typing import Annotated, Literal

from pydantic import Field

from profiles.codes import HoldReason, RecordKind, Section
from profiles.frozen import Code, Digest, Frozen, Key, Name, Role, Time
from profiles.models import Profile
from profiles.safetext import SafeText
from transforms.model.canonical import keyed_digest
from transforms.model.lineage import Origin
from transforms.model.package import Coded, FieldId, Number, Package, PublicHold, Worded
from transforms.model.records import Withheld


class AnnexItem(Frozen):
    """One withheld fact: which record, or which person's hold, and the values that stay inside."""

    source: Name
    kind: RecordKind | None
    key: Key
    values: tuple[Withheld, ...]


class HeldSlot(Frozen):
    """The outcome of a slot that may not be shown. `role` may resolve it; `items` go to the annex.

    `decided` means that the profile put it into the annex for good, so that nobody is asked. `says` are the codes that
    the evidence maps to all the same: never shown, but compared with what the last version told.
    """

    type: Literal["barred"] = "barred"
    reasons: tuple[HoldReason, ...] = Field(min_length=1)
    role: Role | None = None
    decided: bool = False
    evidence_codes: tuple[Code, ...] = ()
    items: tuple[AnnexItem, ...] = ()


class Slot(Frozen):
    """A place of the package schema with what rendering made of it. `key` names the hold it would share.

    `settled` are disagreements behind a shown value that the profile's own rule settled; `settled_from` is what each
    source or side said of it.
    """

    id: FieldId
    key: FieldId
    section: Section
    capability: Name | None = None
    region: Name | None = None
    outcome: Annotated[Coded | Worded | HeldSlot, Field(discriminator="type")]
    settled: tuple[HoldReason, ...] = ()
    settled_from: tuple[str, ...] = ()
    origin: Origin


def facts_of(slots: Iterable[Slot]) -> Iterator[str]:
    """What somebody decides about slots, whichever records say so: field, rule, rows, silent sources, and outcome."""
    for slot in slots:
        yield from (f"field:{slot.id}", f"rule:{slot.origin.rule}")
        yield from (f"row:{row}" for row in slot.origin.rows)
        yield from (f"silent:{source}" for source in slot.origin.silent)
        match slot.outcome:
            case Coded() as shown:
                yield f"shown:{shown.stated}"
            case Worded(words=words):
                yield f"shown:{words}"
            case HeldSlot(reasons=reasons, evidence_codes=evidence_codes):
                yield from (f"reason:{reason}" for reason in reasons)
                yield from (f"says:{code}" for code in evidence_codes)


class Hold(Frozen):
    """One hold as people inside know it. `annex` names the sealed sibling; `fields` are the slots that it covers.

    `confirming` where every reason behind it is one of not knowing for sure: one that is kept makes the whole kept.
    """

    number: Number
    key: FieldId
    what: SafeText
    wording: SafeText
    reason: HoldReason
    role: Role
    since: Number
    annex: str
    fields: tuple[FieldId, ...]
    confirming: bool = False


class Annex(Frozen):
    """The sealed side of one hold."""

    id: str
    hold: Number
    items: tuple[AnnexItem, ...]

    def keyed(self, key: str) -> Digest:
        """The keyed digest of the withheld values alone: neither revision nor times, so that a re-read keeps it."""
        return keyed_digest(key, [item.model_dump(mode="json") for item in self.items])


def hold_slots(
    slots: Iterable[Slot], profile: Profile, prior: Package | None, version: int
) -> tuple[tuple[Hold, ...], tuple[Annex, ...]]:
    """One hold and one annex for each key among the barred slots, numbered in continuity with the last release."""
    grouped: dict[FieldId, list[Slot]] = {}
    for slot in slots:
        if isinstance(slot.outcome, HeldSlot):
            grouped.setdefault(slot.key, []).append(slot)
    standing = {hold.key: hold for hold in prior.holds} if prior else {}
    used = prior.numbers_used if prior else 0
    holds, annexes = [], []
    for key, members in grouped.items():
        known = standing.get(key)
        used += known is None
        number, since = (known.number, known.since) if known else (used, version)
        holds.append(_hold(number, since, members, profile))
        annexes.append(Annex(id=f"A{number}", hold=number, items=_items(members)))
    return tuple(holds), tuple(annexes)


def _hold(number: int, since: int, members: list[Slot], profile: Profile) -> Hold:
    barred = [slot.outcome for slot in members if isinstance(slot.outcome, HeldSlot)]
    reason = _most_serious(reason for outcome in barred for reason in outcome.reasons)
    wordings = {row.reason: row for row in profile.reasons}
    wording = wordings[reason]
    return Hold(
        number=number,
        key=members[0].key,
        what=_what(members[0], profile),
        wording=wording.wording,
        reason=reason,
        role=next((outcome.role for outcome in barred if outcome.role), wording.role),
        since=since,
        annex=f"A{number}",
        fields=tuple(slot.id for slot in members),
        confirming=all(wordings[reason].confirming for outcome in barred for reason in outcome.reasons),
    )


def _most_serious(reasons: Iterable[HoldReason]) -> HoldReason:
    return min(reasons, key=list(HoldReason).index)


def _items(members: list[Slot]) -> tuple[AnnexItem, ...]:
    items = {item for slot in members if isinstance(slot.outcome, HeldSlot) for item in slot.outcome.items}
    return tuple(sorted(items, key=lambda item: (item.source, item.kind or "", item.key, item.model_dump_json())))


def _what(slot: Slot, profile: Profile) -> SafeText:
    """The approved public name of what is held; never taken from a source."""
    words = profile.phrases.hold
    if slot.section is Section.TIMELINE:
        return words.timeline
    if slot.section is Section.DETAIL:
        return next(c.label for c in profile.categories if f"detail/{c.id}" == slot.key)
    if slot.capability is None:
        return words.entitlement
    label = next(c.label for c in profile.capabilities if c.id == slot.capability)
    return (words.status if slot.section is Section.STATUS else words.workaround).fill(capability=label)


def public_hold(hold: Hold, prior: Package | None, as_of: Time) -> PublicHold:
    """What the customer reads of a hold; since when comes from the last release, like its number."""
    known = next((told for told in prior.holds if told.key == hold.key), None) if prior else None
    return PublicHold(
        number=hold.number,
        key=hold.key,
        what=hold.what,
        reason=hold.wording,
        since=hold.since,
        confirming=hold.confirming,
        told_at=(known.told_at or prior.as_of) if known and prior else as_of,
    )
