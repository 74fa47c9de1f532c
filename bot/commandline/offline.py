"""The product without Slack: draft from the configured sources, replay, verify, diff. Nothing is stored."""

import json
import secrets
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from pydantic import ValidationError

from bot.clock import SYSTEM_CLOCK
from bot.settings import Deployment
from bot.sources.read import read_evidence
from profiles.codes import DraftKind
from profiles.documents import read_document
from profiles.errors import UserFixableError
from storage.sealing import Keys, evidence_place, seal, sealed_place, unseal
from transforms.build import build, build_acknowledgement
from transforms.diff import Diff, diff_of
from transforms.history import follow
from transforms.model.canonical import bridge_key, canonical
from transforms.model.directives import Directives
from transforms.model.evidence import (
    Evidence,
    SourceHealth,
    declared_severities,
    evidence_id,
    incident_unread,
    too_mild,
)
from transforms.model.history import History, history_digest
from transforms.model.package import Package
from transforms.publish.dossier import (
    BuildResult,
    Dossier,
    SealedContents,
    SealedInputs,
    alterations,
    release_of,
    to_dossier,
)
from transforms.publish.draft import Draft
from transforms.publish.manifest import NotVerifiedError, ReleaseStatement, sign, verify

MAX_DOSSIER_BYTES: Final = 50_000_000
LONGEST_KEY: Final = 500


class DossierError(UserFixableError):
    """A file is no dossier, or the request does not fit it."""


def draft_offline(
    deployment: Deployment,
    incident: str,
    bridge: str,
    *,
    at: datetime | None = None,
    prior: Package | None = None,
    arrived: Callable[[SourceHealth], None] = lambda _health: None,
) -> BuildResult:
    """A draft of the next update from what the sources say; `DossierError` when incident or bridge are not known."""
    if not (0 < len(incident) <= LONGEST_KEY and incident.isprintable()):
        raise DossierError(f"an incident key has 1 to {LONGEST_KEY} printable characters; check --incident")
    if bridge not in deployment.profiles:
        known = ", ".join(deployment.profiles)
        raise DossierError(f"bridge {bridge} is not in the configuration; it has {known}")
    profile = deployment.profiles[bridge]
    evidence = read_evidence(deployment.sources, incident, at=at or SYSTEM_CLOCK.now(), arrived=arrived)
    if not declared_severities(evidence, profile) and not incident_unread(evidence, profile):
        raise DossierError(f"incident {incident} is in no incident source; check the key as that system spells it")
    if severity := too_mild(evidence, profile):
        allowed = ", ".join(profile.severities)
        raise DossierError(f"incident {incident} is {severity}; this profile packages {allowed} only")
    approved = deployment.config.bridges[bridge].approved_profiles
    directives = Directives(approved_profiles=approved, estate=deployment.estate)
    audience, key = deployment.audience(bridge), secrets.token_hex(32)
    before = History(digest_key=bridge_key(key, bridge))
    history = follow(before, prior, evidence, audience=audience, profile=profile, directives=directives)
    return BuildResult(
        number=1,
        evidence=evidence,
        evidence_id=evidence_id(key, evidence),
        profile=profile,
        history=history,
        directives=directives,
        draft=build(evidence, audience, profile, history, directives),
    )


def dossier_of(built: BuildResult, keys: Keys, signing: Ed25519PrivateKey) -> Dossier:
    """The dossier of a draft that nobody approved: signed, so that `verify` can call it intact."""
    place = sealed_place(built.draft.incident, built.draft.audience.bridge, built.number)
    sealed = SealedInputs(
        evidence_id=built.evidence_id,
        evidence=seal(keys, built.evidence.model_dump_json().encode(), evidence_place(built.evidence_id)),
        draft=seal(keys, built.inside.model_dump_json().encode(), place),
    )
    release = release_of(built, sealed)
    return to_dossier(built, release, sign(release, signing), sealed)


def read_dossier(path: Path) -> Dossier:
    """The dossier in a file; `DossierError` says what is wrong with it."""
    content = read_document(path, MAX_DOSSIER_BYTES)
    try:
        dossier = Dossier.model_validate_json(content)
        canonical(dossier)
    except ValidationError as problem:
        error = problem.errors(include_url=False, include_context=False)[0]
        where = ".".join(map(str, error["loc"])) or "document"
        raise DossierError(f"{path}: {where}: {error['msg']}; is this a file that bridgepkg draft wrote?") from problem
    except TypeError as problem:
        # A fraction, or a number beyond 64 bits: it has no canonical bytes, so nothing of it can have been signed.
        raise DossierError(f"{path}: holds a number that no dossier holds; was it edited?") from problem
    # A second key of one name, or a value in another spelling, would show a reader what nobody signed.
    if json.loads(content, object_pairs_hook=_pairs) != json.loads(dossier.model_dump_json(), object_pairs_hook=_pairs):
        raise DossierError(f"{path}: differs from what bridgepkg writes though it means the same; was it edited?")
    return dossier


def _pairs(pairs: list[tuple[str, Any]]) -> list[tuple[str, Any]]:
    return sorted(pairs, key=lambda pair: pair[0])


def check(dossier: Dossier, public: Ed25519PublicKey) -> ReleaseStatement:
    """What the manifest states, if the dossier is exactly that; `NotVerifiedError` names what was altered."""
    release = verify(dossier.manifest, public)
    if altered := alterations(dossier, release):
        raise NotVerifiedError(f"altered: {', '.join(altered)}")
    return release


def open_inside(dossier: Dossier, keys: Keys) -> SealedContents:
    """The sealed part of a dossier; `SealedError` when the key is missing or the part was altered."""
    place = sealed_place(dossier.incident, dossier.bridge.bridge, dossier.draft)
    return SealedContents.model_validate_json(unseal(keys, dossier.sealed.draft, place))


def open_reading(dossier: Dossier, keys: Keys) -> Evidence:
    """The evidence sealed in a dossier; `SealedError` when the key is missing or it was altered."""
    place = evidence_place(dossier.sealed.evidence_id)
    return Evidence.model_validate_json(unseal(keys, dossier.sealed.evidence, place))


def build_again(dossier: Dossier, evidence: Evidence, inside: SealedContents) -> Draft:
    """The draft from the recorded evidence, audience, profile, history and directives."""
    again = build_acknowledgement if dossier.kind is DraftKind.ACKNOWLEDGEMENT else build
    return again(evidence, dossier.bridge, dossier.profile, inside.history, inside.directives)


def replay_differences(dossier: Dossier, keys: Keys) -> tuple[str, ...]:
    """The parts that come out differently when built again; empty when every byte agrees (promise P5)."""
    inside = open_inside(dossier, keys)
    again = build_again(dossier, open_reading(dossier, keys), inside)
    pairs = {
        "prior": (inside.history.last, dossier.prior),
        "history": (history_digest(inside.history), dossier.history),
        "message": (again.message, dossier.message),
        "package": (again.package, dossier.package),
        "holds": (again.holds, dossier.holds),
        "annexes": (again.annexes, inside.annexes),
        "annex_digests": (again.annex_digests, dossier.annex_digests),
        "register": (again.register_, dossier.register_),
        "lineage": (again.lineage, inside.lineage),
        "stages": (again.stages, dossier.stages),
    }
    return tuple(name for name, (rebuilt, recorded) in pairs.items() if rebuilt != recorded)


def diff_dossiers(before: Dossier, after: Dossier) -> Diff:
    """What changed from one dossier to another of the same bridge, for the customer and internally."""
    if (before.incident, before.bridge.bridge) != (after.incident, after.bridge.bridge):
        raise DossierError("the two dossiers are of different incidents or bridges; give two of one bridge")
    if not isinstance(before.package, Package) or not isinstance(after.package, Package):
        raise DossierError("an acknowledgement has no fields to compare; give two updates")
    return diff_of(before, after)
