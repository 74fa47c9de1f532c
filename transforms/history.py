"""Follow: the history on which the next draft is built, from the history before, the last release and a new reading."""

from profiles.codes import Section
from profiles.frozen import Name, Time
from profiles.models import Profile
from transforms.model.audience import Audience
from transforms.model.evidence import Evidence
from transforms.model.history import GoodCell, History, HoldAge, Observation
from transforms.model.package import Coded, Package
from transforms.render.entitlement import NoScope, entitle
from transforms.render.status import status_slots
from transforms.render.tables import Tables

Cell = tuple[Name, Name]


def follow(before: History, last: Package | None, evidence: Evidence, audience: Audience, profile: Profile) -> History:
    """The history of the next draft.

    1. The last release, and the holds that the customer reads of in it, are as old as they were first seen. 2. A source
    is as new as it ever was, so that one that goes back in time shows. 3. A cell is good since the first of all the
    readings without a gap that called it operational: one that is held, unknown or worse begins again.
    """
    return History(
        digest_key=before.digest_key,
        last=last,
        holds=_holds(before, last),
        observed=_observed(before, evidence),
        good=_good(before, last, evidence, audience, profile),
    )


def _holds(before: History, last: Package | None) -> tuple[HoldAge, ...]:
    told = {hold.key: last.as_of for hold in last.holds} if last else {}
    ages = {**told, **before.held_since}
    return tuple(HoldAge(key=key, since=ages[key]) for key in sorted(ages))


def _observed(before: History, evidence: Evidence) -> tuple[Observation, ...]:
    newest = dict(before.newest_of)
    for health in evidence.sources:
        if health.observed_at:
            newest[health.source] = max(health.observed_at, newest.get(health.source, health.observed_at))
    return tuple(Observation(source=source, at=newest[source]) for source in sorted(newest))


def _good(
    before: History, last: Package | None, evidence: Evidence, audience: Audience, profile: Profile
) -> tuple[GoodCell, ...]:
    since = _told_good(last) | before.good_since
    found = {cell: since.get(cell, evidence.at) for cell in _good_now(evidence, audience, profile)}
    return tuple(GoodCell(capability=c, region=r, since=found[c, r], seen=evidence.at) for c, r in sorted(found))


def _good_now(evidence: Evidence, audience: Audience, profile: Profile) -> set[Cell]:
    """The cells that this reading calls operational, whatever people hold."""
    scope = entitle(evidence, audience, profile)
    if isinstance(scope, NoScope):
        return set()
    slots = status_slots(Tables(evidence, profile), scope)
    return {
        (slot.capability, slot.region)
        for slot in slots
        if slot.capability and slot.region and isinstance(slot.outcome, Coded) and slot.outcome.rank == 0
    }


def _told_good(last: Package | None) -> dict[Cell, Time]:
    """The cells that the last release called operational, as of its own moment."""
    status = (field for field in last.fields if field.section is Section.STATUS) if last else ()
    return {
        (field.capability, field.region): last.as_of
        for field in status
        if last and field.capability and field.region and isinstance(field.value, Coded) and field.value.rank == 0
    }
