"""The release manifest: a signed statement about one version (mission M4).

An in-toto Statement v1 about the message and the package, in a DSSE envelope signed with Ed25519, so that other
people's tools can verify it. It records who approved which digest, what is held, which annexes remain internal, and
where the workflow stopped. Sources: in-toto attestation spec v1, DSSE protocol v1.
"""

import base64
import hashlib
from typing import Any, Final, Literal

import orjson
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from pydantic import ConfigDict, Field

from profiles.codes import DraftKind, HoldReason, RegisterCode
from profiles.frozen import Digest, Frozen, Role, Time
from profiles.safetext import SafeText
from transforms.model.approvals import Decision
from transforms.model.audience import Audience
from transforms.model.canonical import canonical
from transforms.model.directives import Person
from transforms.publish.draft import StageRecord

PAYLOAD_TYPE: Final = "application/vnd.in-toto+json"
STATEMENT_TYPE: Final = "https://in-toto.io/Statement/v1"
PREDICATE_TYPE: Final = "https://bridgepkg.dev/release/v1"
STOPS_AT: Final = (
    "The workflow stops at this package and manifest: it made no credit, commitment, remedy or system action, and "
    "inferred no cause."
)


class HeldDetail(Frozen):
    """One hold as the manifest records it; the annex stays inside and is named by its keyed digest."""

    number: int
    key: str
    what: SafeText
    wording: SafeText
    fields: tuple[str, ...]
    reason: HoldReason
    role: Role
    since: int
    annex: str
    annex_digest: Digest


class FieldDigest(Frozen):
    """The digest of one shown or held value, so that a single field can be proved, or compared after a purge."""

    field: str
    digest: Digest


class RegisterState(Frozen):
    """One register entry as it stood at release; where it was waived: by whom, in which role, and what was decided."""

    id: str
    code: RegisterCode
    blocks: bool
    waived_by: Person | None
    waived_as: Role | None
    decided: str | None
    evidence: Digest


class EvidenceRef(Frozen):
    """A reading of the sources: when, and its digest under the bridge's own key."""

    at: Time
    evidence: Digest


class Supersedes(Frozen):
    """The version before and the digest of its manifest, so that versions form a chain."""

    version: int
    manifest: Digest


class ReleaseStatement(Frozen):
    """The predicate: everything that one release digest stands for, and who approved it."""

    incident: str
    kind: DraftKind
    draft: int
    version: int | None
    audience: Audience
    package_schema: str
    package: Digest
    fields: tuple[FieldDigest, ...]
    message: Digest
    release: Digest
    profile: str
    profile_digest: Digest
    approved_on: EvidenceRef
    released_on: EvidenceRef
    as_of: Time
    refresh_due: Time
    outside_audience: int
    holds: tuple[HeldDetail, ...]
    internal_annexes: tuple[str, ...]
    lineage: Digest
    entries: Digest
    stages: tuple[StageRecord, ...]
    prior: Digest | None
    history: Digest
    sealed: Digest
    register_: tuple[RegisterState, ...] = Field(alias="register")
    approvals: tuple[Decision, ...]
    supersedes: Supersedes | None
    stops_at: Literal[
        "The workflow stops at this package and manifest: it made no credit, commitment, remedy or system action, and "
        "inferred no cause."
    ] = STOPS_AT

    model_config = ConfigDict(populate_by_name=True)


class Signature(Frozen):
    """One DSSE signature."""

    keyid: str
    sig: str


class Envelope(Frozen):
    """A DSSE envelope as it is stored and exported."""

    payload_type: Literal["application/vnd.in-toto+json"] = Field(default=PAYLOAD_TYPE, alias="payloadType")
    payload: str
    signatures: tuple[Signature, ...] = Field(min_length=1)

    model_config = ConfigDict(populate_by_name=True)


class NotVerifiedError(Exception):
    """The envelope is not what it claims; the message says which part was altered."""


def statement(release: ReleaseStatement) -> bytes:
    """The canonical bytes of the in-toto statement about this release."""
    subjects = [
        {"name": "message", "digest": {"sha256": release.message}},
        {"name": "package", "digest": {"sha256": release.package}},
    ]
    predicate = orjson.loads(canonical(release))
    return canonical(
        {"_type": STATEMENT_TYPE, "subject": subjects, "predicateType": PREDICATE_TYPE, "predicate": predicate}
    )


def key_id(public: Ed25519PublicKey) -> str:
    """SHA-256 of the raw public key, in hexadecimal."""
    return hashlib.sha256(public.public_bytes(Encoding.Raw, PublicFormat.Raw)).hexdigest()


def sign(release: ReleaseStatement, key: Ed25519PrivateKey) -> Envelope:
    """The signed manifest. Ed25519 is deterministic: the same release and key give the same envelope."""
    payload = statement(release)
    signature = key.sign(pre_authentication(payload))
    return Envelope(
        payload=base64.b64encode(payload).decode(),
        signatures=(Signature(keyid=key_id(key.public_key()), sig=base64.b64encode(signature).decode()),),
    )


def pre_authentication(payload: bytes) -> bytes:
    """DSSE's PAE: what is signed names its type and length, so that one kind cannot pass for another."""
    return b"DSSEv1 %d %b %d %b" % (len(PAYLOAD_TYPE), PAYLOAD_TYPE.encode(), len(payload), payload)


def verify(envelope: Envelope, public: Ed25519PublicKey) -> ReleaseStatement:
    """The release that this key signed; `NotVerifiedError` when signature, key or payload are not right."""
    wanted = [signature for signature in envelope.signatures if signature.keyid == key_id(public)]
    if len(wanted) != 1 or len(envelope.signatures) != 1:
        raise NotVerifiedError("manifest signature: not signed once with this key")
    try:
        payload = _decoded(envelope.payload)
        public.verify(_decoded(wanted[0].sig), pre_authentication(payload))
    except (InvalidSignature, ValueError) as problem:
        raise NotVerifiedError("manifest signature: the signed bytes were altered") from problem
    return predicate(payload)


def _decoded(text: str) -> bytes:
    """The bytes behind base64 in its one canonical spelling; `ValueError` for any other text."""
    value = base64.b64decode(text, validate=True)
    if base64.b64encode(value).decode() != text:
        raise ValueError("not in canonical base64")
    return value


def predicate(payload: bytes) -> ReleaseStatement:
    """The release inside a statement's bytes; `NotVerifiedError` when it is another kind of statement."""
    try:
        parsed: dict[str, Any] = orjson.loads(payload)
        kind = parsed["_type"], parsed["predicateType"]
        release = ReleaseStatement.model_validate_json(orjson.dumps(parsed["predicate"]))
    except (ValueError, LookupError, TypeError) as problem:
        raise NotVerifiedError("manifest payload: not a bridgepkg release statement") from problem
    if kind != (STATEMENT_TYPE, PREDICATE_TYPE):
        raise NotVerifiedError("manifest payload: not a bridgepkg release statement")
    if statement(release) != payload:
        raise NotVerifiedError("manifest payload: not in canonical form")
    return release
