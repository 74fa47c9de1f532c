"""Dossiers with keys of their own, as drafts and as approved versions."""

from functools import cache

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from profiles.codes import DraftKind
from profiles.models import Profile
from storage.sealing import Keys, evidence_place, seal, sealed_place
from tests.builders import (
    AT,
    DIGEST_KEY,
    make_audience,
    make_directives,
    make_evidence,
    make_field_hold,
    make_history,
    make_person,
    make_profile,
)
from transforms.build import build, build_acknowledgement
from transforms.model.approvals import Decision
from transforms.model.audience import Audience
from transforms.model.directives import Directives
from transforms.model.evidence import Evidence, evidence_id
from transforms.model.package import Package
from transforms.publish.dossier import BuildResult, Dossier, SealedInputs, release_of, to_dossier
from transforms.publish.draft import Draft
from transforms.publish.manifest import ReleaseStatement, Supersedes, sign

SIGNING = Ed25519PrivateKey.from_private_bytes(b"s" * 32)
STRANGER = Ed25519PrivateKey.from_private_bytes(b"x" * 32)
KEYS = Keys(active="k1", by_id=(("k1", b"k" * 32), ("k2", b"l" * 32)))
PEOPLE = {"incident_command": "U0KIM", "security": "U0SAM", "account_leadership": "U0ANA"}


def make_result(
    evidence: Evidence | None = None, directives: Directives | None = None, *, number: int = 1, **others
) -> BuildResult:
    """One build of an update for Acme with all that it stands on; `others` are a profile, a last release or a draft."""
    evidence, directives = evidence or make_evidence(), directives or make_directives()
    profile, history = others.get("profile") or make_profile(), make_history(others.get("last"))
    draft = others.get("draft") or build(evidence, make_audience(), profile, history, directives)
    return BuildResult(number, evidence, evidence_id(DIGEST_KEY, evidence), profile, history, directives, draft)


def make_acknowledgement(
    evidence: Evidence | None = None, profile: Profile | None = None, audience: Audience | None = None
) -> Draft:
    """The first notice of the default world."""
    world = (evidence or make_evidence(), audience or make_audience(), profile or make_profile())
    return build_acknowledgement(*world, make_history(), make_directives())


@cache
def make_built(kind: DraftKind = DraftKind.UPDATE, number: int = 7, prior: Package | None = None) -> BuildResult:
    """Draft 7 of the default world with a hold on the workaround, or its acknowledgement."""
    directives = make_directives(holds=(make_field_hold("workaround"),))
    again = build if kind is DraftKind.UPDATE else build_acknowledgement
    draft = again(make_evidence(), make_audience(), make_profile(), make_history(prior), directives)
    return make_result(directives=directives, number=number, last=prior, draft=draft)


def approvals_of(built: BuildResult) -> tuple[Decision, ...]:
    """One approval for each gate, by distinct people, on what this draft shows."""
    gates = built.profile.gates_for(built.draft.kind)
    return tuple(
        Decision(
            answer="approve", person=make_person(PEOPLE[role]), role=role, digest=built.draft.release_digest, at=AT
        )
        for role in gates
    )


def seal_inside(built: BuildResult) -> SealedInputs:
    """The sealed parts of a draft; every sealing is different."""
    place = sealed_place(built.draft.incident, built.draft.audience.bridge, built.number)
    reading = seal(KEYS, built.evidence.model_dump_json().encode(), evidence_place(built.evidence_id))
    inside = seal(KEYS, built.inside.model_dump_json().encode(), place)
    return SealedInputs(evidence_id=built.evidence_id, evidence=reading, draft=inside)


def make_release(**changes) -> ReleaseStatement:
    """What the manifest of an approved version states."""
    built = make_built()
    return release_of(built, seal_inside(built), **{"approvals": approvals_of(built)} | changes)


def make_dossier(kind: DraftKind = DraftKind.UPDATE, *, approved: bool = True, prior: Package | None = None) -> Dossier:
    """A signed dossier of the default world."""
    built = make_built(kind, prior=prior)
    sealed, approvals = seal_inside(built), approvals_of(built) if approved else ()
    supersedes = Supersedes(version=prior.version, manifest="d" * 64) if prior else None
    release = release_of(built, sealed, approvals, supersedes)
    return to_dossier(built, release, sign(release, SIGNING), sealed)
