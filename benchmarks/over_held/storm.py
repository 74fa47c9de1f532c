"""A storm of unrelated alerts while people review, and a noisy estate: what of it stops a version (P13, P14)."""

from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final

from benchmarks.over_held.chain import KEY, KIM, waivers_for
from benchmarks.over_held.traps import BATCH, strange_alert
from profiles.codes import INCIDENT_COMMAND, RegisterCode
from profiles.estate import Estate
from profiles.frozen import replace
from profiles.models import Profile
from profiles.tables import SourceKey
from tests.builders import sample_deployment, sample_evidence, stage_clock
from transforms.build import build
from transforms.history import follow
from transforms.model.audience import Audience
from transforms.model.canonical import digest
from transforms.model.directives import Directives, Placing
from transforms.model.evidence import Evidence, SourceHealth, stale_at_release
from transforms.model.history import History, with_holds
from transforms.model.package import Package
from transforms.model.records import HealthRecord, Record, SourceRef
from transforms.placing import groups
from transforms.publish.draft import Draft
from transforms.render.unplaced import without_young_trouble

A_MINUTE: Final = 20
LASTS: Final = 60
REVIEW: Final = 10
"""Unrelated alerts that begin each minute, for how many minutes, and the minutes that each of three reviewers takes."""

DECIDES: Final = 2
"""Minutes until incident command has placed what a draft asks about."""

PLACES = True
"""Whether incident command places a kind; else whoever may waives the exception, and the good news stays held."""

STAGE: Final = "2-identified"


@dataclass
class Storm:
    """What an hour of it gave: when versions went out, when what was approved was void, and what people decided."""

    released: list[int] = field(default_factory=list)
    voided: list[int] = field(default_factory=list)
    placed: int = 0
    waived: int = 0
    alerts: int = 0

    def lines(self) -> Iterator[str]:
        """For people."""
        yield (
            f"storm: {self.alerts} unrelated alerts in {LASTS} minutes; versions released in minutes {self.released}, "
            f"approvals void in {self.voided or 'none'}; placed {self.placed} times, {self.waived} exceptions waived"
        )

    def data(self) -> dict[str, Any]:
        """As JSON data."""
        return asdict(self)


@dataclass(frozen=True)
class House:
    """The sample's bridge, and its sources as a live system keeps them: read again at any moment, under a storm."""

    profile: Profile
    audience: Audience
    began: datetime
    a_minute: int = A_MINUTE

    def now(self, minute: int) -> datetime:
        """The moment so many minutes after the storm began."""
        return self.began + timedelta(minutes=minute)

    def reading(self, minute: int, as_of: int | None = None) -> Evidence:
        """What the sources say in a minute, rendered as of that minute or of an earlier one."""
        now, moved = self.now(minute), timedelta(minutes=minute)
        calm = sample_evidence(STAGE)
        sources = tuple(_read_later(one, now, moved) for one in calm.sources)
        records: Iterable[Record] = (replace(one, ref=_moved(one.ref, moved)) for one in calm.records)
        unplaced = tuple(replace(one, ref=_moved(one.ref, moved)) for one in calm.unplaced)
        at = now if as_of is None else self.now(as_of)
        return replace(calm, at=at, sources=sources, records=(*records, *self._storm(minute)), unplaced=unplaced)

    def _storm(self, minute: int) -> Iterator[HealthRecord]:
        for since in range(min(minute, LASTS) + 1):
            for number in range(self.a_minute):
                yield strange_alert(f"job-{since}-{number}", self.now(minute), self.now(since))


def _moved(ref: SourceRef, by: timedelta) -> SourceRef:
    return replace(ref, observed_at=ref.observed_at + by, fetched_at=ref.fetched_at + by)


def _read_later(health: SourceHealth, now: datetime, by: timedelta) -> SourceHealth:
    """A source that was read now, as old as it was, and as alive."""
    coverage, observed = health.coverage, health.observed_at
    if coverage:
        signs = tuple(replace(sign, ref=_moved(sign.ref, by)) for sign in coverage.signs)
        coverage = replace(coverage, signs=signs)
    return replace(health, fetched_at=now, observed_at=observed + by if observed else None, coverage=coverage)


def house(a_minute: int = A_MINUTE) -> House:
    """The sample's house in the stage that the storm falls on."""
    deployment = sample_deployment()
    return House(deployment.profiles["acme"], deployment.audience("acme"), stage_clock(STAGE), a_minute)


@dataclass
class Bridge:
    """One bridge in the storm: its history, what people decided, and the draft that waits."""

    house: House
    found: Storm
    history: History = field(default_factory=lambda: History(digest_key=KEY))
    given: Directives = field(default_factory=Directives)
    last: Package | None = None

    def draft(self, minute: int) -> tuple[Draft, Evidence, History]:
        """A draft of now."""
        evidence, profile, audience = self.house.reading(minute), self.house.profile, self.house.audience
        history = follow(self.history, self.last, evidence, audience=audience, profile=profile, directives=self.given)
        made = build(evidence, audience, profile, history, self.given)
        self.history = with_holds(history, made.holds, made.annexes, evidence.at)
        return made, evidence, history

    def decide(self, draft: Draft, minute: int) -> None:
        """Incident command places the kind when the exception first stands there; others waive what is theirs."""
        now = self.house.now(minute)
        if PLACES and any(entry.startswith(RegisterCode.UNPLACED_EVIDENCE) for entry in draft.blocking):
            self.found.placed += 1
            self.given = replace(self.given, placings=(*self.given.placings, placing(now)))
        else:
            waivers = waivers_for(draft, now)
            self.found.waived += len(waivers)
            self.given = replace(self.given, waivers=(*self.given.waivers, *waivers))

    def may_go_out(self, draft: Draft, approved: Evidence, history: History, minute: int, drafted: int) -> bool:
        """What the bot asks at a release: the same digest on what the sources say now, as of the approved moment."""
        now, profile = self.house.now(minute), self.house.profile
        evidence = self.house.reading(minute, as_of=drafted)
        settled = without_young_trouble(evidence, approved, profile, self.given, now)
        again = build(settled, self.house.audience, profile, history, self.given)
        shown = {ref.source for entry in draft.lineage if entry.disposition == "shown" for ref in entry.origin.refs}
        if set(stale_at_release(evidence, profile, now)) & shown or again.blocking:
            return False
        return again.release_digest == draft.release_digest


def storm(a_minute: int = A_MINUTE) -> Storm:
    """An hour of it: drafts, decisions, three reviews of ten minutes side by side, and releases by the core's rules."""
    bridge = Bridge(house(a_minute), Storm())
    bridge.given = Directives(approved_profiles=(digest(bridge.house.profile),))
    minute = 0
    while minute <= LASTS:
        drafted = minute
        draft, evidence, history = bridge.draft(drafted)
        if draft.blocking:
            bridge.decide(draft, minute)
            minute += DECIDES
            continue
        minute += REVIEW
        if minute > LASTS:
            break
        if bridge.may_go_out(draft, evidence, history, minute, drafted):
            bridge.found.released.append(minute)
            bridge.last = draft.package if isinstance(draft.package, Package) else None
        else:
            bridge.found.voided.append(minute)
    bridge.found.alerts = (LASTS + 1) * a_minute
    return bridge.found


def placing(now: datetime) -> Placing:
    """Everything of one team has nothing to do with this bridge."""
    return Placing(source="alertmanager", tags=BATCH, by=KIM, role=INCIDENT_COMMAND, at=now)


@dataclass(frozen=True)
class Noise:
    """A noisy estate: what it asks of people, of how many kinds, and what is left once they decided."""

    alerts: int
    firing: int
    exceptions: int
    that_follow: int
    kinds: int
    after_one_placing: int
    with_estate_file: int

    def lines(self) -> Iterator[str]:
        """For people."""
        yield (
            f"noisy estate: {self.alerts} alerts, {self.firing} firing that have nothing to do with the account: "
            f"{self.exceptions} exception to decide, of {self.kinds} kind, and {self.that_follow} that follow from it; "
            f"{self.after_one_placing} after one placing, {self.with_estate_file} with an estate file"
        )

    def data(self) -> dict[str, Any]:
        """As JSON data."""
        return asdict(self)


def noisy_estate(alerts: int = 2000, firing: int = 40) -> Noise:
    """Alerts of components that nobody's table knows: most of them silent, some firing since an hour."""
    bridge = house(0)
    calm, now = bridge.reading(0), bridge.now(0)
    some = [strange_alert(f"estate-{number}", now, now - timedelta(hours=1)) for number in range(alerts)]
    some = [one if number < firing else replace(one, status="quiet") for number, one in enumerate(some)]
    noisy = replace(calm, records=(*calm.records, *some))
    given = Directives(approved_profiles=(digest(bridge.profile),))
    known = Estate(
        schema="bridgepkg.estate/1",
        components=tuple(SourceKey(source="alertmanager", key=one.component) for one in some),
    )

    def exceptions(evidence: Evidence, directives: Directives, *, blocking: bool = True) -> set[str]:
        made = build(evidence, bridge.audience, bridge.profile, History(digest_key=KEY), directives)
        return {entry.id for entry in made.register_ if entry.blocks or not blocking}

    before = exceptions(calm, given, blocking=False)
    return Noise(
        alerts=alerts,
        firing=firing,
        exceptions=len(exceptions(noisy, given) - before),
        that_follow=len(exceptions(noisy, given, blocking=False) - before) - len(exceptions(noisy, given) - before),
        kinds=len(groups(noisy, bridge.profile, given)),
        after_one_placing=len(exceptions(noisy, replace(given, placings=(placing(now),)), blocking=False) - before),
        with_estate_file=len(exceptions(noisy, replace(given, estate=known), blocking=False) - before),
    )
