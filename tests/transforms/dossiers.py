"""Dossiers with keys of their own, as drafts and as approved versions."""

from functools import cache

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from profiles.codes import DraftKind
from storage.sealing import Keys, seal, sealed_place
from tests.builders import AT, make_bundle, make_directives, make_field_hold, make_person, make_profile
from transforms.build import build, build_acknowledgement
from transforms.model.approvals import Decision
from transforms.model.package import Package
from transforms.publish.dossier import BuildResult, Dossier, Sealed, release_of, to_dossier
from transforms.publish.manifest import ReleaseStatement, Supersedes, sign

SIGNING = Ed25519PrivateKey.from_private_bytes(b"s" * 32)
STRANGER = Ed25519PrivateKey.from_private_bytes(b"x" * 32)
KEYS = Keys(active="k1", by_id=(("k1", b"k" * 32), ("k2", b"l" * 32)))
PEOPLE = {"incident_command": "U0KIM", "security": "U0SAM", "account_leadership": "U0ANA"}


@cache
def make_built(kind: DraftKind = DraftKind.UPDATE, number: int = 7, prior: Package | None = None) -> BuildResult:
    """Draft 7 of the default world with a hold on the workaround, or its acknowledgement."""
    bundle, profile = make_bundle(), make_profile()
    directives = make_directives(holds=(make_field_hold("workaround"),))
    draft = (
        build(bundle, profile, prior, directives)
        if kind is DraftKind.UPDATE
        else build_acknowledgement(bundle, profile, directives)
    )
    return BuildResult(number=number, bundle=bundle, profile=profile, prior=prior, directives=directives, draft=draft)


def approvals_of(built: BuildResult) -> tuple[Decision, ...]:
    """One approval for each gate, by distinct people, on what this draft shows."""
    gates = built.profile.gates_for(built.draft.kind)
    return tuple(
        Decision(
            answer="approve", person=make_person(PEOPLE[role]), role=role, digest=built.draft.release_digest, at=AT
        )
        for role in gates
    )


def seal_inside(built: BuildResult) -> Sealed:
    """The sealed part of a draft; every sealing is different."""
    place = sealed_place(built.draft.incident, built.draft.audience.bridge, built.number)
    return seal(KEYS, built.inside.model_dump_json().encode(), place)


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
