"""The life of one bridge: readings one after the other, each draft decided by those who may, and what was told."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from benchmarks.over_held.judging import Judge, Judged
from profiles.codes import NEVER_WAIVED, HoldReason, Section
from profiles.frozen import replace
from profiles.models import Profile
from transforms.build import build
from transforms.history import follow
from transforms.model.audience import Audience
from transforms.model.canonical import digest
from transforms.model.directives import Directives, Person, Placing, Waiver
from transforms.model.evidence import Evidence
from transforms.model.history import History, with_holds
from transforms.model.holds import HeldSlot, Slot
from transforms.model.package import Coded, Held, Package, PackageField
from transforms.publish.draft import Draft
from transforms.render.entitlement import entitle
from transforms.render.slots import render

KIM: Final = Person(team="T0MERIDIAN", user="U0KIM")
KEY: Final = "ab" * 32
WAITING: Final = "waiting for the all-clear"


@dataclass(frozen=True, slots=True)
class Told:
    """One entitled cell of one version: what was shown, or why not, and whether it may be told."""

    capability: str
    region: str
    judged: Judged
    rank: int | None
    reason: str | None
    confirming: bool


@dataclass(frozen=True, slots=True)
class Version:
    """One draft that people decided: the cells that it tells, whether it went out, and what was waived for it."""

    evidence: Evidence
    draft: Draft
    cells: tuple[Told, ...]
    released: bool
    stopped_by: tuple[str, ...]

    @property
    def at(self) -> datetime:
        """The moment of its reading."""
        return self.evidence.at


@dataclass(frozen=True, slots=True)
class Stage:
    """A reading that becomes a version, the readings before it that only kept watch, and what people placed by then."""

    evidence: Evidence
    watched: tuple[Evidence, ...] = ()
    placings: tuple[Placing, ...] = ()


def play(stages: Iterable[Stage], audience: Audience, profile: Profile) -> Iterator[Version]:
    """Every stage becomes a version: whoever may waives what blocks, and what then still blocks is not released.

    A waiver stands for later drafts too, as long as what was decided is the same.
    """
    given = Directives(approved_profiles=(digest(profile),))
    before, last = History(digest_key=KEY), None
    for stage in stages:
        given = replace(given, placings=stage.placings)
        for reading in stage.watched:
            before = follow(before, last, reading, audience=audience, profile=profile, directives=given)
        history = follow(before, last, stage.evidence, audience=audience, profile=profile, directives=given)
        first = build(stage.evidence, audience, profile, history, given)
        waivers = waivers_for(first, stage.evidence.at)
        given = replace(given, waivers=(*given.waivers, *waivers))
        draft = build(stage.evidence, audience, profile, history, given) if waivers else first
        cells = tuple(_told(draft, stage.evidence, audience, profile, history, given))
        yield Version(stage.evidence, draft, cells, not draft.blocking, first.blocking)
        before = with_holds(history, draft.holds, draft.annexes, stage.evidence.at)
        if not draft.blocking and isinstance(draft.package, Package):
            last = draft.package


def waivers_for(draft: Draft, at: datetime) -> tuple[Waiver, ...]:
    """Each blocking entry that its role may wave through."""
    return tuple(
        Waiver(entry=entry.id, evidence=entry.evidence, decided=entry.decided, by=KIM, role=entry.role, at=at)
        for entry in draft.register_
        if entry.blocks and entry.code not in NEVER_WAIVED
    )


def _told(  # noqa: PLR0917
    draft: Draft, evidence: Evidence, audience: Audience, profile: Profile, history: History, directives: Directives
) -> Iterator[Told]:
    """Each cell of a draft. Why a cell is held stands in its slot alone: a hold is of a whole capability."""
    fields = [f for f in _fields(draft) if f.section is Section.STATUS and f.capability and f.region]
    slots: dict[str, Slot] = {}
    if any(isinstance(field.value, Held) for field in fields):
        scope = entitle(evidence, audience, profile)
        slots = {slot.id: slot for slot in render(evidence, profile, scope, history, directives)}
    judge = Judge(evidence, profile)
    for field in fields:
        value = field.value
        yield Told(
            capability=field.capability or "",
            region=field.region or "",
            judged=judge.judge(field.capability or "", field.region or ""),
            rank=value.rank if isinstance(value, Coded) else None,
            reason=_reason(slots[field.id]) if isinstance(value, Held) else None,
            confirming=isinstance(value, Held) and value.confirming,
        )


def _fields(draft: Draft) -> tuple[PackageField, ...]:
    return draft.package.fields if isinstance(draft.package, Package) else ()


def _reason(slot: Slot) -> str:
    """The most serious reason of a held cell, or that it only lacks time or agreement for an all-clear."""
    if not isinstance(slot.outcome, HeldSlot):
        raise TypeError(f"{slot.id} is not held")
    if slot.outcome.lacking:
        return WAITING
    return str(min(slot.outcome.reasons, key=list(HoldReason).index))
