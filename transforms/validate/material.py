"""Material change: what the last version told and what is now known, where the new version would not say it by itself.

Codes that are shown speak for themselves in the difference of versions. What does not is found here: a value that is
held now although the evidence says something else than was told, and a time that was corrected (mission M6). The
profile says from which difference on, so that noise does not cry wolf.
"""

from collections.abc import Iterable, Iterator
from datetime import timedelta

from profiles.codes import RegisterCode, Section
from profiles.models import Profile
from transforms.model.holds import HeldSlot, Slot, facts_of
from transforms.model.package import Coded, Package, PackageField
from transforms.model.register import Finding


def material_findings(slots: Iterable[Slot], prior: Package | None, profile: Profile) -> Iterator[Finding]:
    """One finding for each value of the last version that no longer holds, and that this draft does not show."""
    if prior is None:
        return
    known = {slot.id: slot for slot in slots}
    ranks = {(Section.STATUS, code.code): code.rank for code in profile.status.codes}
    ranks |= {(Section.WORKAROUND, code.code): code.rank for code in profile.readiness.codes}
    for field in prior.fields:
        slot = known.get(field.id)
        if isinstance(field.value, Coded) and (what := _moved(field, field.value, slot, ranks, profile)):
            yield Finding(
                code=RegisterCode.MATERIAL_CHANGE,
                about=field.id,
                sentence=f"version {prior.version} told {field.id} otherwise: {what}",
                facts=(
                    what,
                    f"version:{prior.version}",
                    f"told:{field.value.stated}",
                    *facts_of([slot] if slot else ()),
                ),
            )


def _moved(
    field: PackageField, told: Coded, slot: Slot | None, ranks: dict[tuple[Section, str], int], profile: Profile
) -> str | None:
    """In which way a told value no longer holds; none where it still does, or where the draft says so itself."""
    if slot is None:
        return "this checkpoint is no longer recorded" if field.section is Section.TIMELINE else None
    if isinstance(slot.outcome, HeldSlot) and slot.outcome.lacking:
        return None  # It only waits for an all-clear, and that exception says so.
    if isinstance(slot.outcome, HeldSlot):
        apart = [abs(ranks.get((field.section, code), told.rank) - told.rank) for code in slot.outcome.evidence_codes]
        away = bool(apart) and min(apart) >= profile.material.ranks
        return "it is held, and the evidence says something else than was told" if away else None
    return _corrected(told, slot.outcome, timedelta(minutes=profile.material.minutes))


def _corrected(told: Coded, now: object, least: timedelta) -> str | None:
    """A time of the same state that is another one now, by as much as matters."""
    if not isinstance(now, Coded) or now.code != told.code or now.at is None or told.at is None:
        return None
    return f"its time is {now.at:%H:%M}, told was {told.at:%H:%M}" if abs(now.at - told.at) >= least else None
