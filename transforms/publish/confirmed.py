"""Last confirmed: what a customer may still read of a cell that is being confirmed (promise P3).

It is what the last released package told of the cell, never more: the trouble that it showed, or the one that it named
as last confirmed itself. Good news is left out, because nobody confirms it now; so is what newer evidence makes look
better than it is. A version that was taken back is no last release, so nothing of it comes here.
"""

from typing import Final

from profiles.codes import Section
from profiles.models import Profile
from transforms.model.holds import HeldSlot, Slot
from transforms.model.package import Coded, Held, LastConfirmed, Package

WORST: Final = 100
"""Above every rank of a profile, for a code that it no longer has."""


def last_confirmed(slot: Slot, prior: Package | None, profile: Profile) -> LastConfirmed | None:
    """What was last confirmed of a held cell; none where nothing may be said of it."""
    last = _told(slot, prior)
    if last is None or not isinstance(slot.outcome, HeldSlot):
        return None
    codes = {code.code: code for code in profile.status.codes}
    code = codes.get(last.code)
    watched = profile.all_clear.code if profile.all_clear else None
    if code is None or code.rank == 0 or code.code == watched:
        return None
    known = [codes[one].rank if one in codes else WORST for one in slot.outcome.evidence_codes]
    if max(known, default=0) > code.rank:
        return None
    return LastConfirmed(code=code.code, words=code.label, at=last.at)


def _told(slot: Slot, prior: Package | None) -> LastConfirmed | None:
    """What the last release said of a cell. A workaround that may no longer be ready would be good news: never that."""
    if prior is None or slot.section is not Section.STATUS:
        return None
    match next((field.value for field in prior.fields if field.id == slot.id), None):
        case Coded(code=code, words=words):
            return LastConfirmed(code=code, words=words, at=prior.as_of)
        case Held(last=last):
            return last
    return None
