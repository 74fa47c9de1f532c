"""Follow: the history on which the next draft is built, from the history before, the last release and a new reading."""

from datetime import timedelta

from profiles.codes import RecordKind, Section
from profiles.frozen import Name
from profiles.models import Profile
from transforms.model.audience import Audience
from transforms.model.directives import Directives
from transforms.model.evidence import Evidence
from transforms.model.history import GoodCell, History, HoldAge, Observation, ToldCell
from transforms.model.package import Coded, Package
from transforms.render.entitlement import NoScope, entitle
from transforms.render.status import status_slots
from transforms.render.tables import Tables

Cell = tuple[Name, Name]


def follow(
    before: History,
    last: Package | None,
    evidence: Evidence,
    *,
    audience: Audience,
    profile: Profile,
    directives: Directives,
) -> History:
    """The history of the next draft.

    1. The last release, and the holds that the customer reads of in it, are as old as they were first seen. 2. A source
    is as new as it ever was, so that one that goes back in time shows. 3. A cell is good since the first of all the
    readings that called it operational, one soon after the other: one that is held, unknown, worse or too late begins
    again. 4. A cell of which a version said worse is remembered until one says that it works.
    """
    return History(
        digest_key=before.digest_key,
        last=last,
        holds=_holds(before, last),
        observed=_observed(before, evidence),
        good=_good(before, last, evidence, audience=audience, profile=profile, directives=directives),
        told_worse=_told_worse(before, last),
    )


def _holds(before: History, last: Package | None) -> tuple[HoldAge, ...]:
    told = {hold.key: HoldAge(key=hold.key, since=last.as_of) for hold in last.holds} if last else {}
    ages = told | {age.key: age for age in before.holds}
    return tuple(ages[key] for key in sorted(ages))


def _observed(before: History, evidence: Evidence) -> tuple[Observation, ...]:
    newest = dict(before.newest_of)
    for health in evidence.sources:
        if health.observed_at:
            newest[health.source] = max(health.observed_at, newest.get(health.source, health.observed_at))
    return tuple(Observation(source=source, at=newest[source]) for source in sorted(newest))


def _good(
    before: History,
    last: Package | None,
    evidence: Evidence,
    *,
    audience: Audience,
    profile: Profile,
    directives: Directives,
) -> tuple[GoodCell, ...]:
    since = _told_good(last) | {(cell.capability, cell.region): cell for cell in before.good}
    pause = _longest_pause(profile)
    found = []
    for capability, region in sorted(_good_now(evidence, audience, profile, directives)):
        known = since.get((capability, region))
        began = known.since if known and evidence.at - known.seen <= pause else evidence.at
        found.append(GoodCell(capability=capability, region=region, since=began, seen=evidence.at))
    return tuple(found)


def _longest_pause(profile: Profile) -> timedelta:
    """How far two readings may lie apart without a moment that nobody saw: as long as health may be old in a draft."""
    ages = [source.max_age_at_build for source in profile.sources if source.kind is RecordKind.HEALTH]
    return timedelta(minutes=min(ages, default=0))


def _good_now(evidence: Evidence, audience: Audience, profile: Profile, directives: Directives) -> set[Cell]:
    """The cells that this reading calls operational, whatever people hold."""
    scope = entitle(evidence, audience, profile)
    if isinstance(scope, NoScope):
        return set()
    slots = status_slots(Tables(evidence, profile, directives), scope)
    return {
        (slot.capability, slot.region)
        for slot in slots
        if slot.capability and slot.region and isinstance(slot.outcome, Coded) and slot.outcome.rank == 0
    }


def _told_good(last: Package | None) -> dict[Cell, GoodCell]:
    """The cells that the last release called operational, as of its own moment."""
    return {
        (capability, region): GoodCell(capability=capability, region=region, since=last.as_of, seen=last.as_of)
        for (capability, region), rank in _told_ranks(last).items()
        if last and rank == 0
    }


def _told_worse(before: History, last: Package | None) -> tuple[ToldCell, ...]:
    """A held cell neither works nor is worse, so that it changes nothing."""
    ranks = _told_ranks(last)
    cells = {cell for cell in before.recovering if ranks.get(cell) != 0} | {
        cell for cell, rank in ranks.items() if rank
    }
    return tuple(ToldCell(capability=capability, region=region) for capability, region in sorted(cells))


def _told_ranks(last: Package | None) -> dict[Cell, int]:
    """The rank that the last release told of each cell; none of a cell that it held."""
    status = (field for field in last.fields if field.section is Section.STATUS) if last else ()
    return {
        (field.capability, field.region): field.value.rank
        for field in status
        if field.capability and field.region and isinstance(field.value, Coded)
    }
