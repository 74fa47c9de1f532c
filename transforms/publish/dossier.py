"""The dossier: one draft or version with everything that explains and proves it, as one JSON document.

Withheld values stay in `sealed`; everything else can be read, and is covered by the signed manifest.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Annotated, Final, Literal

from pydantic import ConfigDict, Field

from profiles.codes import DraftKind
from profiles.frozen import Digest, Frozen
from profiles.models import Profile
from transforms.model.approvals import Decision
from transforms.model.audience import Audience
from transforms.model.canonical import digest
from transforms.model.directives import Directives
from transforms.model.evidence import Evidence
from transforms.model.history import History, history_digest
from transforms.model.holds import Annex, Hold
from transforms.model.lineage import LineageEntry, seal_lineage
from transforms.model.package import Acknowledgement, Package
from transforms.model.register import RegisterEntry
from transforms.publish.draft import Draft, StageRecord, release_digest
from transforms.publish.manifest import (
    Envelope,
    EvidenceRef,
    FieldDigest,
    HeldDetail,
    RegisterState,
    ReleaseStatement,
    Supersedes,
)
from transforms.publish.message import Message

SCHEMA: Final = "bridgepkg.dossier/1"


class Sealed(Frozen):
    """A value encrypted with AES-256-GCM: the id of its key, nonce and ciphertext in base64."""

    key: str
    nonce: str
    ciphertext: str


class SealedContents(Frozen):
    """What is sealed of one draft: everything withheld, and what a replay needs beside evidence and profile."""

    history: History
    directives: Directives
    annexes: tuple[Annex, ...]
    lineage: tuple[LineageEntry, ...]


class SealedInputs(Frozen):
    """The sealed side of a dossier: the evidence, sealed once under its own name for every bridge, and the draft's."""

    evidence_id: Digest
    evidence: Sealed
    draft: Sealed


class Dossier(Frozen):
    """See `docs/dossier.schema.json`, which is generated from this type."""

    model_config = ConfigDict(populate_by_name=True, title="bridgepkg dossier")

    schema_: Literal["bridgepkg.dossier/1"] = Field(default=SCHEMA, alias="schema")
    incident: str
    bridge: Audience
    kind: DraftKind
    draft: int
    version: int | None
    profile: Profile
    package: Annotated[Package | Acknowledgement, Field(discriminator="schema_")]
    message: Message
    holds: tuple[Hold, ...]
    annex_digests: tuple[Digest, ...]
    register_: tuple[RegisterEntry, ...] = Field(alias="register")
    lineage: tuple[LineageEntry, ...]
    outside_audience: int
    stages: tuple[StageRecord, ...]
    decisions: tuple[Decision, ...]
    prior: Package | None
    history: Digest
    manifest: Envelope
    sealed: SealedInputs


@dataclass(frozen=True, slots=True)
class BuildResult:
    """A draft with its number and everything that it was built from."""

    number: int
    evidence: Evidence
    evidence_id: Digest
    profile: Profile
    history: History
    directives: Directives
    draft: Draft

    @property
    def prior(self) -> Package | None:
        """The last released package when this was built."""
        return self.history.last

    @property
    def inside(self) -> SealedContents:
        """The part that is sealed."""
        return SealedContents(
            history=self.history,
            directives=self.directives,
            annexes=self.draft.annexes,
            lineage=self.draft.lineage,
        )

    @property
    def reading(self) -> EvidenceRef:
        """The reading of the sources that this draft was built on."""
        return EvidenceRef(at=self.evidence.at, evidence=self.draft.evidence_digest)

    @property
    def open_lineage(self) -> tuple[LineageEntry, ...]:
        """The lineage without the native keys of withheld facts."""
        return seal_lineage(self.draft.lineage, self.history.digest_key)


def release_of(
    built: BuildResult,
    sealed: SealedInputs,
    approvals: tuple[Decision, ...] = (),
    supersedes: Supersedes | None = None,
    released_on: EvidenceRef | None = None,
) -> ReleaseStatement:
    """What the manifest of this draft states. `released_on` is the reading at release; the approved one otherwise."""
    draft = built.draft
    digests = dict(zip((annex.id for annex in draft.annexes), draft.annex_digests, strict=True))
    return ReleaseStatement(
        incident=draft.incident,
        kind=draft.kind,
        draft=built.number,
        version=draft.version,
        audience=draft.audience,
        package_schema=draft.package.schema_,
        package=digest(draft.package),
        fields=tuple(_field_digests(draft.package)),
        message=draft.message.digest,
        release=draft.release_digest,
        profile=draft.profile,
        profile_digest=draft.profile_digest,
        approved_on=built.reading,
        released_on=released_on or built.reading,
        as_of=draft.package.as_of,
        refresh_due=draft.package.next_update,
        outside_audience=draft.outside_audience,
        holds=tuple(_held(hold, digests[hold.annex]) for hold in draft.holds),
        internal_annexes=tuple(annex.id for annex in draft.annexes),
        lineage=_of_all(built.open_lineage),
        entries=_of_all(draft.register_),
        stages=draft.stages,
        prior=digest(built.prior) if built.prior else None,
        history=history_digest(built.history),
        sealed=digest(sealed),
        register_=tuple(map(_state, draft.register_)),
        approvals=approvals,
        supersedes=supersedes,
    )


def _field_digests(package: Package | Acknowledgement) -> Iterator[FieldDigest]:
    for field in package.placed if isinstance(package, Package) else ():
        yield FieldDigest(field=field.id, digest=digest(field.value))


def _of_all(values: Iterable[Frozen]) -> Digest:
    return digest([value.model_dump(mode="json") for value in values])


def _held(hold: Hold, annex_digest: Digest) -> HeldDetail:
    return HeldDetail(
        number=hold.number,
        key=hold.key,
        what=hold.what,
        wording=hold.wording,
        fields=hold.fields,
        reason=hold.reason,
        role=hold.role,
        since=hold.since,
        annex=hold.annex,
        annex_digest=annex_digest,
    )


def _state(entry: RegisterEntry) -> RegisterState:
    waived = entry.waived
    return RegisterState(
        id=entry.id,
        code=entry.code,
        blocks=entry.blocks,
        waived_by=waived.by if waived else None,
        waived_as=waived.role if waived else None,
        decided=waived.decided if waived else None,
        evidence=entry.evidence,
    )


def to_dossier(built: BuildResult, release: ReleaseStatement, manifest: Envelope, sealed: SealedInputs) -> Dossier:
    """The document of one draft or version."""
    draft = built.draft
    return Dossier(
        incident=draft.incident,
        bridge=draft.audience,
        kind=draft.kind,
        draft=built.number,
        version=draft.version,
        profile=built.profile,
        package=draft.package,
        message=draft.message,
        holds=draft.holds,
        annex_digests=draft.annex_digests,
        register_=draft.register_,
        lineage=built.open_lineage,
        outside_audience=draft.outside_audience,
        stages=draft.stages,
        decisions=release.approvals,
        prior=built.prior,
        history=release.history,
        manifest=manifest,
        sealed=sealed,
    )


def alterations(dossier: Dossier, release: ReleaseStatement) -> tuple[str, ...]:
    """The parts of a dossier that are not what its manifest states, by name; empty when it is intact."""
    recomputed = release_digest(
        message=dossier.message,
        audience=dossier.bridge,
        schema=dossier.package.schema_,
        profile_digest=digest(dossier.profile),
        holds=dossier.holds,
        entries=dossier.register_,
    )
    digests = {held.annex: held.annex_digest for held in release.holds}
    pairs = {
        "incident": (dossier.incident, release.incident),
        "bridge": (dossier.bridge, release.audience),
        "kind": (dossier.kind, release.kind),
        "draft": (dossier.draft, release.draft),
        "version": (dossier.version, release.version),
        "profile": (digest(dossier.profile), release.profile_digest),
        "package": (digest(dossier.package), release.package),
        "message": (dossier.message.digest, release.message),
        "holds": (tuple(_held(hold, digests.get(hold.annex, "0" * 64)) for hold in dossier.holds), release.holds),
        "annex_digests": (dossier.annex_digests, tuple(digests.values())),
        "register": (tuple(map(_state, dossier.register_)), release.register_),
        "register sentences": (_of_all(dossier.register_), release.entries),
        "lineage": (_of_all(dossier.lineage), release.lineage),
        "outside_audience": (dossier.outside_audience, release.outside_audience),
        "stages": (dossier.stages, release.stages),
        "decisions": (dossier.decisions, release.approvals),
        "prior": (digest(dossier.prior) if dossier.prior else None, release.prior),
        "history": (dossier.history, release.history),
        "sealed": (digest(dossier.sealed), release.sealed),
        "release digest": (recomputed, release.release),
    }
    altered = (name for name, (found, stated) in pairs.items() if found != stated)
    return (*altered, *_altered_fields(dossier.package, release), *_unapproved(dossier, release))


def _altered_fields(package: Package | Acknowledgement, release: ReleaseStatement) -> Iterator[str]:
    """Each field whose value is not the one that was released, that is gone, or that is new."""
    found, stated = ({one.field: one.digest for one in many} for many in (_field_digests(package), release.fields))
    return (f"field {field}" for field in sorted({*found, *stated}) if found.get(field) != stated.get(field))


def _unapproved(dossier: Dossier, release: ReleaseStatement) -> tuple[str, ...]:
    """Whether a version that claims approvals has every gate, by distinct people, on the release digest."""
    approvals = release.approvals
    if not approvals:
        return ()
    gates = dossier.profile.gates_for(release.kind)
    whole = (
        {approval.role for approval in approvals} == set(gates)
        and len({approval.person for approval in approvals}) == len(approvals) == len(gates)
        and all(approval.answer == "approve" and approval.digest == release.release for approval in approvals)
    )
    return () if whole else ("approvals",)
