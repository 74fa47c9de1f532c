"""The synthetic house of one record: its profile, its three customers, and what every system says at a moment.

Nothing is tuned to an incident. The alerts say the truth of the moment; the page says what the public updates had said
by then; the map and the notes hold the terms that must not leave; the incident channel has the record's own times.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any, Final

import orjson

from benchmarks.over_held.records import Incident, Update, Window
from profiles.codes import INCIDENT_COMMAND, Side, SourceState, Tlp
from profiles.documents import load_yaml
from profiles.loader import SHIPPED
from profiles.models import Profile
from transforms.model.audience import Audience
from transforms.model.evidence import Coverage, CoveredCell, Evidence, SignOfLife, SourceHealth
from transforms.model.records import (
    DependencyRecord,
    EntitlementRecord,
    HealthRecord,
    IncidentRecord,
    Record,
    SecurityNoteRecord,
    SourceRef,
    Tag,
    TimelineRecord,
    Withheld,
    WorkaroundRecord,
)

CALM: Final = "Everything else"
"""A capability that no record affects: what the third customer bought."""

ALERT_OF: Final = {"degraded": "warning", "unknown": "warning", "partial_outage": "major", "major_outage": "critical"}
"""How bad an alert is; the mildest where the account does not state the degree, because degrees are lower bounds."""

PAGE_OF: Final = {"degraded": "degraded_performance"}
RANK_OF: Final = {None: 0, "quiet": 0, "warning": 2, "major": 3, "critical": 4}
"""The rank of each alert in the table of the shipped profile, by which it is told whether good news was too good."""

CHECKPOINTS: Final = {
    "detected": "impact-detected",
    "declared": "investigating",
    "identified": "identified",
    "mitigated": "recovering",
    "resolved": "restored",
}
READ_BEFORE: Final = timedelta(seconds=30)
"""How long before a stage every system confirmed what it says."""

PAGE_INCIDENTS: Final = "page-incidents"
SOURCES: Final = (
    "pagerduty",
    PAGE_INCIDENTS,
    "alertmanager",
    "statuspage",
    "backstage",
    "jira",
    "salesforce",
    "security-notes",
    "incident-channel",
)
CUSTOMERS: Final = ("everything", "two in one region", "not affected")


@dataclass(frozen=True)
class World:
    """One record as a house: what it sells, to whom, and what its systems say at any moment."""

    incident: Incident
    more: tuple[datetime, ...] = ()

    @cached_property
    def stages(self) -> tuple[datetime, ...]:
        """The record's stages, and those that a trap adds."""
        return tuple(sorted({*self.incident.stages, *self.more}))

    @cached_property
    def parts(self) -> dict[str, str]:
        """The id of each capability, by its name in the record; last the one that nothing affects."""
        return {name: f"c{number}" for number, name in enumerate((*self.incident.capabilities, CALM), 1)}

    @cached_property
    def places(self) -> dict[str, str]:
        """The id of each region, by its name in the record."""
        return {name: f"r{number}" for number, name in enumerate(self.incident.regions, 1)}

    @cached_property
    def profile(self) -> Profile:
        """The shipped profile with the record's capabilities and regions."""
        return Profile.model_validate_json(orjson.dumps(_profile(self)))

    @cached_property
    def audiences(self) -> dict[str, Audience]:
        """One bridge for each customer."""
        return {name: _audience(f"a{number}") for number, name in enumerate(CUSTOMERS, 1)}

    @cached_property
    def bought(self) -> dict[str, tuple[tuple[str, ...], tuple[str, ...]]]:
        """Rule 5: all capabilities; two of them in one region; none that is affected."""
        parts, places = tuple(self.parts.values()), tuple(self.places.values())
        return dict(zip(CUSTOMERS, ((parts, places), (parts[:2], places[:1]), (parts[-1:], places)), strict=True))

    def truth(self, capability: str, region: str, at: datetime) -> str | None:
        """The alert that fires for a cell at a moment, by the later account; the worst where windows overlap."""
        firing = [ALERT_OF[w.state] for w in self._windows(capability, region) if w.begins <= at < w.ends]
        return max(firing, key=lambda alert: RANK_OF[alert], default=None)

    def rank(self, capability: str, region: str, at: datetime) -> int:
        """How bad a cell is at a moment, by the later account."""
        return RANK_OF[self.truth(capability, region, at)]

    def was_worse(self, capability: str, region: str, at: datetime) -> bool:
        """Whether a cell has been in trouble by a moment."""
        return any(window.begins <= at for window in self._windows(capability, region))

    @cached_property
    def known_by(self) -> dict[tuple[str, str], str]:
        """How the account knows of the trouble of each cell that has any."""
        return {(self.parts[w.capability], self.places[w.region]): w.by for w in self.incident.windows}

    def stated(self, at: datetime) -> dict[tuple[str, str], tuple[str, Update]]:
        """What the page says of each cell at a moment: each statement stands until the next."""
        said: dict[tuple[str, str], tuple[str, Update]] = {}
        for update in self.incident.updates:
            for name, state in update.components.items() if update.at <= at else ():
                for region in update.regions or self.places:
                    said[name, region] = (PAGE_OF.get(state, state), update)
        return said

    def good_since(self, capability: str, region: str, at: datetime) -> datetime | None:
        """Since when alerts and page have both called a cell good, by account and updates; none where it always was."""
        names = {part: name for name, part in self.parts.items()}
        mine = [
            w
            for w in self.incident.windows
            if (self.parts[w.capability], self.places[w.region]) == (capability, region)
        ]
        since, well = [window.ends for window in mine if window.ends <= at], True
        for update in self.incident.updates:
            state = update.components.get(names[capability])
            if state and update.at <= at and region in map(self.places.get, update.regions or self.places):
                since += [update.at] if state == "operational" and not well else []
                well = state == "operational"
        return max(since, default=None)

    def phase(self, at: datetime) -> str | None:
        """The phase of the page's incident at a moment; none while it has no entry."""
        told = [update.phase for update in self.incident.updates if update.at <= at]
        return next((phase for phase in reversed(told) if phase != "update"), "investigating") if told else None

    def evidence(self, at: datetime) -> Evidence:
        """What every system says at a moment."""
        return Evidence(
            incident=self.incident.id,
            at=at,
            sources=tuple(self._source(name, at) for name in SOURCES),
            records=tuple(self._records(at)),
        )

    def _source(self, name: str, at: datetime) -> SourceHealth:
        coverage = None
        if name == "alertmanager":
            cells = tuple(CoveredCell(component=c, region=r) for c in self.parts.values() for r in self.places.values())
            signs = tuple(_sign(region, at) for region in self.places.values())
            coverage = Coverage(side=Side.INTERNAL, cells=cells, silent_status="quiet", signs=signs)
        state = SourceState.READ
        return SourceHealth(source=name, state=state, fetched_at=at, observed_at=at - READ_BEFORE, coverage=coverage)

    def _records(self, at: datetime) -> Iterator[Record]:
        yield from self._cases(at)
        yield from self._alerts(at)
        yield from self._page(at)
        yield from self._contracts(at)
        yield from self._withheld(at)
        yield from self._workarounds(at)
        for name, checkpoint in CHECKPOINTS.items():
            moment = self.incident.times.get(name)
            if moment and moment <= at:
                ref = _ref("incident-channel", checkpoint, at, moment)
                yield TimelineRecord(ref=ref, checkpoint=checkpoint, marked=True, roles=(INCIDENT_COMMAND,))

    def _cases(self, at: datetime) -> Iterator[IncidentRecord]:
        """The case inside, and the page's own entry once it has one."""
        status = "resolved" if at >= self.incident.ended else "acknowledged"
        ref = _ref("pagerduty", "P1042", at, self.incident.began)
        yield IncidentRecord(ref=ref, severity="P1", status=status, started=self.incident.began)
        if phase := self.phase(at):
            first = self.incident.updates[0].at
            ref = _ref(PAGE_INCIDENTS, "entry", at, first)
            yield IncidentRecord(ref=ref, side=Side.CUSTOMER, severity="major", status=phase, started=first)

    def _alerts(self, at: datetime) -> Iterator[HealthRecord]:
        for part in self.parts.values():
            for place in self.places.values():
                if alert := self.truth(part, place, at):
                    ref = _ref("alertmanager", f"fp-{part}-{place}", at, self._since(part, place, at))
                    yield HealthRecord(ref=ref, side=Side.INTERNAL, component=part, region=place, status=alert)

    def _since(self, part: str, place: str, at: datetime) -> datetime:
        return min(w.begins for w in self._windows(part, place) if w.begins <= at < w.ends)

    def _windows(self, part: str, place: str) -> list[Window]:
        """The trouble of one cell."""
        return [w for w in self.incident.windows if (self.parts[w.capability], self.places[w.region]) == (part, place)]

    def _page(self, at: datetime) -> Iterator[HealthRecord]:
        """Every component of the page in every region; one of which no update spoke is still green."""
        stated = self.stated(at)
        for name, part in self.parts.items():
            for region, place in self.places.items():
                status, update = stated.get((name, region), ("operational", None))
                ref = _ref("statuspage", f"{part}-{place}", at, update.at if update else at - timedelta(days=30))
                yield HealthRecord(ref=ref, side=Side.CUSTOMER, component=part, region=place, status=status)

    def _contracts(self, at: datetime) -> Iterator[EntitlementRecord]:
        for name, (parts, places) in self.bought.items():
            account = self.audiences[name].account
            ref = _ref("salesforce", f"contract-{account}", at, at - timedelta(days=90))
            yield EntitlementRecord(ref=ref, account=account, tier="Premier", products=parts, regions=places)

    def _withheld(self, at: datetime) -> Iterator[Record]:
        """Rule 3: the terms as nodes of the map under everything that is affected, and one note about the first."""
        nodes = {term: f"component:default/{slug(term)}" for term in self.incident.hold_terms}
        old = at - timedelta(days=90)
        for part in self.parts.values():
            ref = _ref("backstage", f"uses-{part}", at, old)
            yield DependencyRecord(ref=ref, component=f"component:default/{part}", depends_on=tuple(nodes.values()))
        for term, node in nodes.items():
            secret = (Withheld(name="title", text=term), Withheld(name="host", text=f"{slug(term)}.internal.example"))
            ref = _ref("backstage", node, at, old)
            yield DependencyRecord(ref=ref, component=node, labels=("restricted",), withheld=secret)
        for term, node in list(nodes.items())[:1]:
            ref = _ref("security-notes", "note-1", at, self.incident.began)
            title = (Withheld(name="title", text=term),)
            yield SecurityNoteRecord(ref=ref, tlp=Tlp.RED, subjects=(node,), withheld=title)

    def _workarounds(self, at: datetime) -> Iterator[WorkaroundRecord]:
        """Rule 5: only where an update mentions one."""
        for update in self.incident.updates:
            for name in update.components if update.names_workaround and update.at <= at else ():
                ref = _ref("jira", f"way-{self.parts[name]}", at, update.at)
                yield WorkaroundRecord(ref=ref, component=self.parts[name], readiness="In Review")


def slug(text: str) -> str:
    """A term as a component's name."""
    return re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-") or "term"


def _ref(source: str, key: str, at: datetime, changed: datetime) -> SourceRef:
    return SourceRef(
        source=source,
        key=key,
        revision=f"r-{changed:%H%M}",
        changed_at=changed,
        observed_at=at - READ_BEFORE,
        fetched_at=at,
    )


def _sign(region: str, at: datetime) -> SignOfLife:
    return SignOfLife(ref=_ref("alertmanager", f"watchdog-{region}", at, at), scope=(Tag(name="region", value=region),))


def _audience(account: str) -> Audience:
    data = {"bridge": account, "account": account, "label": "Acme Corp", "channel": "C0ACME", "teams": ["T0ACME"]}
    return Audience.model_validate_json(orjson.dumps(data))


def _profile(world: World) -> dict[str, Any]:
    """The shipped profile, with other sources, regions and capabilities, and rows for the page's incidents."""
    data: dict[str, Any] = load_yaml((SHIPPED / "customer-bridge.yaml").read_bytes(), "customer-bridge.yaml")[0]
    page = {"name": PAGE_INCIDENTS, "kind": "incident", "max_age_at_build": 30, "max_age_at_release": 120}
    states = {"investigating": "open", "identified": "open", "monitoring": "watched", "resolved": "resolved"}
    rows = [
        {"id": f"PI-{number}", "source": PAGE_INCIDENTS, "value": value, "state": state}
        for number, (value, state) in enumerate(states.items(), 1)
    ]
    watched = ("alertmanager", "statuspage", "salesforce")
    regions = [
        {"id": place, "label": f"Region {place[1:]}", "members": [{"source": s, "key": place} for s in watched]}
        for place in world.places.values()
    ]
    return data | {
        "name": "replayed",
        "sources": [*data["sources"], page],
        "regions": regions,
        "capabilities": [_capability(part, list(world.places.values())) for part in world.parts.values()],
        "incident": {"rows": [*data["incident"]["rows"], *rows]},
    }


def _capability(part: str, places: list[str]) -> dict[str, Any]:
    sources = {"alertmanager": part, "statuspage": part, "jira": part, "backstage": f"component:default/{part}"}
    return {
        "id": part,
        "label": f"Part {part[1:]}",
        "regions": places,
        "products": [{"source": "salesforce", "key": part}],
        "components": [{"source": source, "key": key} for source, key in sources.items()],
    }
