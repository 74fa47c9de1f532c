"""Builders of the core's types: a whole, consistent world by default, and only what a test is about as an argument.

The default world fits the shipped profile: Payments is disrupted in Europe, everything else is well, one dependency is
restricted and one security note is RED. Every record carries withheld and unmapped texts, so that a leak could show.
"""

import copy
import os
import shutil
import tempfile
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import orjson
from pydantic import TypeAdapter

from bot.settings import Deployment, load_deployment
from bot.sources.read import read_evidence
from profiles.codes import HoldReason, Side, SourceState, Tlp
from profiles.documents import load_yaml
from profiles.frozen import replace
from profiles.loader import SHIPPED
from profiles.models import Profile
from profiles.safetext import SafeText
from tests.canaries import assert_no_canary, canaries
from transforms.build import build
from transforms.model.audience import Audience
from transforms.model.canonical import digest
from transforms.model.directives import Directives, FieldHold, Person
from transforms.model.evidence import Coverage, CoveredCell, Evidence, SignOfLife, SourceHealth
from transforms.model.history import History
from transforms.model.package import Package
from transforms.model.records import (
    DependencyRecord,
    EntitlementRecord,
    HealthRecord,
    IncidentRecord,
    Record,
    SecurityNoteRecord,
    SourceRef,
    TimelineRecord,
    Withheld,
    WorkaroundRecord,
)
from transforms.publish.draft import Draft

__all__ = ["assert_no_canary", "canaries"]

REPOSITORY = Path(__file__).parent.parent
EXAMPLE = REPOSITORY / "examples" / "managed-outage"
SHARED_DATA = REPOSITORY.parent / "shared" / "data"

AT = datetime(2026, 3, 12, 14, 20, tzinfo=UTC)
INCIDENT = "INC-1042"
BRIDGE = "acme"
ACCOUNT = "0015g00000AcMe1AAB"
DIGEST_KEY = "ab" * 32
STAGES = ("1-declared", "2-identified", "3-mitigating", "4-recovering", "5-resolved")
SOURCES = (
    "pagerduty",
    "alertmanager",
    "statuspage",
    "backstage",
    "jira",
    "salesforce",
    "security-notes",
    "incident-channel",
)
WATCHED = {
    "pay-edge": ("eu-west-1", "us-east-1", "ap-southeast-1"),
    "pay-ledger": ("eu-west-1", "us-east-1", "ap-southeast-1"),
    "rpt-query": ("eu-west-1", "us-east-1"),
    "hook-relay": ("eu-west-1", "us-east-1"),
    "frd-score": ("eu-west-1", "us-east-1"),
}
PUBLIC = {
    "8kbf7d35c070": "major_outage",
    "8kbf7d35c071": "operational",
    "8kbf7d35c072": "operational",
    "3vwq1m90zx41": "operational",
    "3vwq1m90zx42": "operational",
    "5tnc8r22fd51": "operational",
    "5tnc8r22fd52": "operational",
}
"""What the status page says of each of its components in the default world."""

_SAFE = TypeAdapter(SafeText)


def safe(text: str) -> SafeText:
    """Approved text, read as JSON like all approved text."""
    return _SAFE.validate_json(orjson.dumps(text))


def minutes(count: float) -> timedelta:
    """So many minutes."""
    return timedelta(minutes=count)


def rebuilt(value: Any, **changes) -> Any:
    """The value with these fields changed, validated and without what it cached."""
    fields = type(value).model_fields
    return type(value)(**{name: getattr(value, name) for name in fields} | changes)


def make_ref(source: str = "alertmanager", key: str = "fp-7c1e", **changes) -> SourceRef:
    """A fact that changed 20 minutes ago and was confirmed a minute ago."""
    times = {"changed_at": AT - minutes(20), "observed_at": AT - minutes(1), "fetched_at": AT}
    return SourceRef(**{"source": source, "key": key, "revision": "r-1"} | times | changes)


def _secrets(kind: str, key: str) -> dict[str, tuple]:
    """What a record of this kind withholds, and what of it no mapping knows."""
    title = f"Zanzibar {kind} overheats on host-77.{key}.internal, ask Quentin Oduya"
    return {
        "withheld": (Withheld(name="title", text=title), Withheld(name="owner", text="Quentin Oduya")),
        "unmapped": (f"quokka-{kind}-4711", "the vendor Umbracorp was paged"),
    }


def _make(model: Callable[..., Any], kind: str, source: str, changes: dict[str, Any], **defaults) -> Any:
    """One record: the kind's defaults, its reference (`key`, times and revision go there), and the changes."""
    named = changes.get("component", defaults.get("component", kind))
    ref = {name: changes.pop(name) for name in (*SourceRef.model_fields,) if name in changes}
    source = ref.get("source", source)
    ref = {"source": source, "key": f"{source}-{named}-{changes.get('region') or 'x'}"} | ref
    return model(**{"ref": make_ref(**ref)} | _secrets(kind, named) | defaults | changes)


def make_incident(**changes) -> IncidentRecord:
    """The declared case, severity P1."""
    return _make(IncidentRecord, "incident", "pagerduty", changes, severity="P1", status="acknowledged")


def make_health(**changes) -> HealthRecord:
    """Pay-edge in eu-west-1 is critical, seen from inside."""
    return _make(
        HealthRecord,
        "health",
        "alertmanager",
        {"region": "eu-west-1"} | changes,
        side=Side.INTERNAL,
        component="pay-edge",
        status="critical",
    )


def make_public_health(component: str = "8kbf7d35c070", **changes) -> HealthRecord:
    """What the status page says of one of its components; it tells regions apart by component."""
    mine = {"source": "statuspage", "side": Side.CUSTOMER, "region": None, "status": PUBLIC[component]}
    return make_health(component=component, **mine | changes)


def make_entitlement(**changes) -> EntitlementRecord:
    """Acme: Premier, three products, Europe and the Americas."""
    products, regions = ("MC-PAY-100", "MC-REP-200", "MC-HOOK-300"), ("EMEA", "AMER")
    defaults = {"account": ACCOUNT, "tier": "Premier", "products": products, "regions": regions}
    return _make(EntitlementRecord, "entitlement", "salesforce", changes, **defaults)


def make_workaround(**changes) -> WorkaroundRecord:
    """The workaround for pay-edge is in review."""
    return _make(WorkaroundRecord, "workaround", "jira", changes, component="pay-edge", readiness="In Review")


def make_dependency(**changes) -> DependencyRecord:
    """Edge-signer, restricted."""
    defaults = {"component": "component:default/edge-signer", "labels": ("restricted",)}
    return _make(DependencyRecord, "dependency", "backstage", changes, **defaults)


def make_note(**changes) -> SecurityNoteRecord:
    """A RED note about edge-signer."""
    subjects = ("component:default/edge-signer",)
    return _make(SecurityNoteRecord, "note", "security-notes", changes, tlp=Tlp.RED, subjects=subjects)


def make_timeline(**changes) -> TimelineRecord:
    """Impact was detected."""
    return _make(TimelineRecord, "timeline", "incident-channel", changes, checkpoint="impact-detected")


def make_records() -> tuple[Record, ...]:
    """The records of the default world."""
    uses = make_dependency(
        component="component:default/pay-edge", labels=("tier-1",), depends_on=("component:default/edge-signer",)
    )
    return (
        make_incident(),
        make_health(),
        *(make_public_health(component) for component in PUBLIC),
        make_entitlement(),
        make_workaround(),
        uses,
        make_dependency(),
        make_note(),
        make_timeline(),
    )


def make_source(source: str, **changes) -> SourceHealth:
    """A source that was read and confirmed a minute ago."""
    defaults = {"state": SourceState.READ, "fetched_at": AT, "observed_at": AT - minutes(1)}
    if source == "alertmanager":
        defaults["coverage"] = make_coverage()
    return SourceHealth(**{"source": source} | defaults | changes)


def make_coverage(**changes) -> Coverage:
    """What the alert source watches, with a living heartbeat."""
    cells = tuple(CoveredCell(component=name, region=region) for name, regions in WATCHED.items() for region in regions)
    signs = (SignOfLife(ref=make_ref("alertmanager", "fp-watchdog")),)
    return Coverage(**{"side": Side.INTERNAL, "cells": cells, "silent_status": "quiet", "signs": signs} | changes)


def make_audience(**changes) -> Audience:
    """Acme's bridge."""
    data = {"bridge": BRIDGE, "account": ACCOUNT, "label": "Acme Corp", "channel": "C0ACME", "teams": ["T0ACME"]}
    return Audience.model_validate_json(orjson.dumps(data | changes))


def make_evidence(**changes) -> Evidence:
    """The default world at `AT`."""
    defaults = {
        "incident": INCIDENT,
        "at": AT,
        "sources": tuple(map(make_source, SOURCES)),
        "records": make_records(),
    }
    return Evidence(**defaults | changes)


def make_history(last: Package | None = None, **changes) -> History:
    """Nothing was before but, where it is given, a last release."""
    return History(**{"digest_key": DIGEST_KEY, "last": last} | changes)


def with_source(evidence: Evidence, source: str, **changes) -> Evidence:
    """The evidence with another account of how one source was read."""
    sources = tuple(rebuilt(health, **changes) if health.source == source else health for health in evidence.sources)
    return rebuilt(evidence, sources=sources)


def with_records(evidence: Evidence, *records: Record, without: type | tuple[type, ...] = ()) -> Evidence:
    """The evidence with these records more, and without those of some types."""
    kept = tuple(record for record in evidence.records if not isinstance(record, without))
    return rebuilt(evidence, records=(*kept, *records))


def make_profile(**changes) -> Profile:
    """The shipped profile; a mapping given for a top-level key changes only the keys that it holds."""
    data = copy.deepcopy(_shipped_profile())
    for name, change in changes.items():
        data[name] = data.get(name, {}) | change if isinstance(change, dict) else change
    return Profile.model_validate_json(orjson.dumps(data))


def profile_data(**changes) -> dict[str, Any]:
    """The shipped profile as JSON data, for a test that changes it before it is checked."""
    return copy.deepcopy(_shipped_profile()) | changes


@cache
def _shipped_profile() -> dict[str, Any]:
    return load_yaml((SHIPPED / "customer-bridge.yaml").read_bytes(), "customer-bridge.yaml")[0]


@cache
def _shipped_digest() -> str:
    return digest(make_profile())


def make_directives(**changes) -> Directives:
    """Nothing was held or waived; the shipped profile is approved."""
    return Directives(**{"approved_profiles": (_shipped_digest(),)} | changes)


def make_person(user: str = "U0KIM", team: str = "T0MERIDIAN") -> Person:
    """Somebody inside."""
    return Person(team=team, user=user)


def make_field_hold(target: str, **changes) -> FieldHold:
    """One person's hold on a field."""
    defaults = {"reason": HoldReason.REVIEWER_HOLD, "by": make_person(), "role": "incident_command", "at": AT}
    return FieldHold(**{"target": target, "note": "Quentin Oduya says wait"} | defaults | changes)


def make_draft(
    evidence: Evidence | None = None, prior: Package | None = None, profile: Profile | None = None, **given
) -> Draft:
    """One build; of the default world where nothing else is given. `audience` and `key` may be others."""
    audience, history = given.pop("audience", None), make_history(prior, digest_key=given.pop("key", DIGEST_KEY))
    world = (evidence or make_evidence(), audience or make_audience(), profile or make_profile())
    return build(*world, history, make_directives(**given))


@cache
def sample_deployment() -> Deployment:
    """The sample's configuration."""
    return load_deployment(EXAMPLE / "bridgepkg.yaml")


@cache
def _story() -> dict[str, Any]:
    stages = load_yaml((EXAMPLE / "sample.yaml").read_bytes(), "sample.yaml")[0]["stages"]
    return {stage["folder"]: stage for stage in stages}


def stage_clock(stage: str) -> datetime:
    """The moment at which a stage of the sample plays."""
    return datetime.fromisoformat(_story()[stage]["clock"])


def lay_out(folder: Path, stage: str) -> Path:
    """A stage's exports in this folder, as old as the sample says: a file's time is when it was exported."""
    shutil.copytree(EXAMPLE / stage, folder, dirs_exist_ok=True)
    for file in folder.rglob("*"):
        written = (stage_clock(stage) - minutes(_story()[stage]["ages"].get(file.name, 0))).timestamp()
        os.utime(file, (written, written))
    return folder


@cache
def sample_evidence(stage: str = "2-identified", at: datetime | None = None) -> Evidence:
    """What the sample's sources say in one stage, read by the real connectors."""
    deployment = sample_deployment()
    with tempfile.TemporaryDirectory() as folder:
        sources = replace(deployment.sources, folder=lay_out(Path(folder), stage))
        return read_evidence(sources, INCIDENT, at=at or stage_clock(stage))


@cache
def sample_drafts() -> tuple[Draft, ...]:
    """The sample's five stages built one after the other, each as if the one before had been released."""
    drafts: list[Draft] = []
    for stage in STAGES:
        drafts.append(make_draft(sample_evidence(stage), drafts[-1].package if drafts else None))
    return tuple(drafts)
