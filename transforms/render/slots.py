"""Render: evidence, profile, history and directives to slots, each shown by a table or barred for a reason (stage two).

One rule for every slot: each source that the profile expects here must have been read, be fresh, and map; sources that
face the same side must agree (else `source-conflict`), and both sides must agree (else `timing-disagreement`), unless
the profile says how to settle it. Anything less is a hold, never a default (promise P4).
"""

from profiles.codes import Section
from profiles.frozen import replace
from profiles.models import Profile
from transforms.model.directives import Directives
from transforms.model.evidence import Evidence
from transforms.model.history import History
from transforms.model.holds import AnnexItem, HeldSlot, Slot
from transforms.model.package import Coded, Worded
from transforms.model.records import Withheld
from transforms.render.allclear import with_all_clear
from transforms.render.clearance import clearances
from transforms.render.disclosure import detail_slots
from transforms.render.entitlement import NoScope, Scope
from transforms.render.status import affected, status_slots
from transforms.render.tables import Tables
from transforms.render.timeline import timeline_slots
from transforms.render.unexplained import unexplained_slots
from transforms.render.workaround import workaround_slots


def render(
    evidence: Evidence, profile: Profile, scope: Scope | NoScope, history: History, directives: Directives
) -> tuple[Slot, ...]:
    """Every slot of the update in the order in which the customer reads, with people's holds applied last."""
    if isinstance(scope, NoScope):
        return (_unscoped(scope),)
    tables = Tables(evidence, profile, directives)
    cleared = clearances(evidence, directives, history.digest_key)
    status = tuple(with_all_clear(tables, scope, history, status_slots(tables, scope)))
    hit = affected(status)
    slots = (
        *status,
        *workaround_slots(tables, scope, hit),
        *timeline_slots(tables, scope, history.last, all_good=not affected(status)),
        *detail_slots(tables, scope, hit, history, cleared),
    )
    held = tuple(held_by_people(slot, directives) for slot in slots)
    return (*held, *unexplained_slots(tables, history, cleared, directives, held))


def _unscoped(scope: NoScope) -> Slot:
    outcome = HeldSlot(reasons=(scope.reason,))
    return Slot(id="status/held", key="entitlement", section=Section.STATUS, outcome=outcome, origin=scope.origin)


def held_by_people(slot: Slot, directives: Directives) -> Slot:
    """The slot with every person's hold on it applied; what it would have shown goes to the annex."""
    holds = [h for h in directives.holds if slot.key == h.target or f"{slot.id}/".startswith(f"{h.target}/")]
    if not holds:
        return slot
    reasons = tuple(dict.fromkeys(hold.reason for hold in holds))
    items = tuple(
        AnnexItem(
            source="reviewers",
            kind=None,
            key=slot.id,
            values=(Withheld(name="hidden", text=_hidden(slot)), Withheld(name="note", text=hold.note)),
        )
        for hold in holds
    )
    earlier = slot.outcome if isinstance(slot.outcome, HeldSlot) else HeldSlot(reasons=reasons)
    barred = HeldSlot(
        reasons=tuple(dict.fromkeys((*reasons, *earlier.reasons))),
        role=earlier.role or holds[0].role,
        items=(*earlier.items, *items),
    )
    return replace(slot, outcome=barred)


def _hidden(slot: Slot) -> str:
    match slot.outcome:
        case Coded(code=code, words=words):
            return f"{code} {words}"
        case Worded(words=words):
            return str(words)
    return "held already"
