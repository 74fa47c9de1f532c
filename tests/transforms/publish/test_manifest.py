"""M4: the manifest is a signed statement that other people's tools can verify, and any change of it is found."""

import base64

import orjson
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError
from securesystemslib.dsse import Envelope as Dsse
from securesystemslib.exceptions import VerificationError
from securesystemslib.signer import SSlibKey

from profiles.codes import DraftKind
from tests.builders import assert_no_canary, canaries, make_evidence, rebuilt
from tests.transforms.dossiers import SIGNING, STRANGER, make_built, make_dossier, make_release
from transforms.publish.manifest import (
    PAYLOAD_TYPE,
    PREDICATE_TYPE,
    STATEMENT_TYPE,
    Envelope,
    NotVerifiedError,
    Signature,
    key_id,
    pre_authentication,
    sign,
    statement,
    verify,
)

PUBLIC = SIGNING.public_key()
ENVELOPE = sign(make_release(), SIGNING)
NOT_SIGNED = "manifest signature: not signed once with this key"
ALTERED = "manifest signature: the signed bytes were altered"


def signed(payload: bytes, key: Ed25519PrivateKey = SIGNING, authenticated: bytes | None = None) -> Envelope:
    """Any payload in an envelope that this key signed."""
    signature = base64.b64encode(key.sign(authenticated or pre_authentication(payload))).decode()
    return Envelope(
        payload=base64.b64encode(payload).decode(),
        signatures=(Signature(keyid=key_id(key.public_key()), sig=signature),),
    )


def problem_of(envelope: Envelope) -> str:
    """Why this envelope is not verified."""
    with pytest.raises(NotVerifiedError) as caught:
        verify(envelope, PUBLIC)
    return str(caught.value)


def test_manifest_states_what_was_released() -> None:
    """The release comes out of the envelope as it went in; signing again gives the same bytes."""
    release = make_release()
    assert verify(sign(release, SIGNING), PUBLIC) == release
    assert sign(release, SIGNING) == sign(release, SIGNING)


def test_manifest_is_an_in_toto_statement_about_message_and_package() -> None:
    """Subjects are the exact bytes; the predicate says what is held and which annexes remain internal only."""
    release, built = make_release(), make_built()
    found = orjson.loads(statement(release))
    assert (found["_type"], found["predicateType"]) == (STATEMENT_TYPE, PREDICATE_TYPE)
    assert found["subject"] == [
        {"name": "message", "digest": {"sha256": built.draft.message.digest}},
        {"name": "package", "digest": {"sha256": built.draft.package.digest}},
    ]
    predicate = found["predicate"]
    assert predicate["internal_annexes"] == ["A1", "A2", "A3"]
    assert [(held["number"], held["key"], held["reason"]) for held in predicate["holds"]] == [
        (1, "workaround/payments-api", "reviewer-hold"),
        (2, "detail/dependency", "exploitability-restricted"),
        (3, "detail/technical", "security-review-pending"),
    ]
    assert predicate["stops_at"].startswith("The workflow stops at this package and manifest")


def test_manifest_holds_nothing_withheld() -> None:
    """It may be shown to an auditor: no name, key or note of any record is in it, not even encoded."""
    assert_no_canary(ENVELOPE.model_dump(mode="json"), canaries(make_evidence()))
    with pytest.raises(AssertionError, match="withheld"):
        assert_no_canary(base64.b64encode(make_built().inside.model_dump_json().encode()), canaries(make_evidence()))


def test_manifest_is_verified_by_another_implementation() -> None:
    """The reference library for DSSE accepts our envelope with our key, and refuses it with another."""
    keys = [SSlibKey.from_crypto(key.public_key(), keyid=key_id(key.public_key())) for key in (SIGNING, STRANGER)]
    read = Dsse.from_dict(orjson.loads(ENVELOPE.model_dump_json()))
    assert read.pae() == pre_authentication(statement(make_built_release()))
    assert list(read.verify([keys[0]], 1)) == [key_id(PUBLIC)]
    with pytest.raises(VerificationError):
        read.verify([keys[1]], 1)


def make_built_release():
    """The release that the module's envelope states."""
    return verify(ENVELOPE, PUBLIC)


def test_manifest_of_another_key_is_not_verified() -> None:
    """A stranger's signature, even under our key's id, and no or two signatures, are refused."""
    stranger = sign(make_release(), STRANGER)
    renamed = rebuilt(stranger, signatures=(rebuilt(stranger.signatures[0], keyid=key_id(PUBLIC)),))
    twice = rebuilt(ENVELOPE, signatures=ENVELOPE.signatures * 2)
    both = rebuilt(ENVELOPE, signatures=(*ENVELOPE.signatures, *stranger.signatures))
    assert [problem_of(envelope) for envelope in (stranger, renamed, twice, both)] == [
        NOT_SIGNED,
        ALTERED,
        NOT_SIGNED,
        NOT_SIGNED,
    ]
    with pytest.raises(ValidationError):
        Envelope(payload=ENVELOPE.payload, signatures=())


@settings(max_examples=300)
@given(st.data())
def test_manifest_with_any_character_changed_is_not_verified(data) -> None:
    """A changed character of payload, signature or key id is found, wherever it stands and whatever it becomes."""
    part = data.draw(st.sampled_from(["payload", "sig", "keyid"]))
    signature = ENVELOPE.signatures[0]
    text = ENVELOPE.payload if part == "payload" else getattr(signature, part)
    place = data.draw(st.integers(0, len(text) - 1) | st.sampled_from([len(text) - 1, len(text) - 3, 0]))
    instead = data.draw(st.sampled_from("AQgw=09+/é \n") | st.characters(codec="ascii"))
    changed = text[:place] + instead + text[place + 1 :]
    if changed == text:
        return
    if part == "payload":
        assert problem_of(rebuilt(ENVELOPE, payload=changed)) == ALTERED
    else:
        bad = rebuilt(ENVELOPE, signatures=(rebuilt(signature, **{part: changed}),))
        assert problem_of(bad) == (ALTERED if part == "sig" else NOT_SIGNED)


@pytest.mark.parametrize("part", ["payload", "sig"])
def test_manifest_in_another_spelling_of_base64_is_not_verified(part) -> None:
    """Padding, white space, the URL alphabet and unused bits would be other bytes that mean the same."""
    signature = ENVELOPE.signatures[0]
    text = ENVELOPE.payload if part == "payload" else signature.sig
    twin = base64.b64encode(base64.b64decode(text)).decode().rstrip("=")
    unused = text.rstrip("=")[:-1] + chr(ord(text.rstrip("=")[-1]) + 1) + "=" * (len(text) - len(text.rstrip("=")))
    for changed in {twin, text + "=", text + "\n", f" {text}", text.replace("+", "-").replace("/", "_"), unused} - {
        text
    }:
        bad = rebuilt(ENVELOPE, payload=changed) if part == "payload" else _resigned(changed)
        assert problem_of(bad) == ALTERED


def _resigned(sig: str) -> Envelope:
    return rebuilt(ENVELOPE, signatures=(rebuilt(ENVELOPE.signatures[0], sig=sig),))


def test_manifest_of_another_type_is_not_verified() -> None:
    """A statement of another kind, a payload signed as another type, and a predicate in another form are refused."""
    inside = orjson.loads(statement(make_release()))
    other_statement = signed(orjson.dumps(inside | {"predicateType": "https://slsa.dev/provenance/v1"}))
    other_type = signed(orjson.dumps(inside | {"_type": "https://in-toto.io/Statement/v0.1"}))
    others = [
        signed(payload) for payload in (b"", b"[]", b"{", b'"text"', b"{}", orjson.dumps(inside | {"predicate": []}))
    ]
    pretty = signed(orjson.dumps(inside, option=orjson.OPT_INDENT_2))
    payload = statement(make_release())
    untyped = signed(payload, authenticated=payload)
    other_pae = b"DSSEv1 %d %b %d %b" % (4, b"text", len(payload), payload)
    retyped = signed(payload, authenticated=other_pae)
    foreign = {problem_of(envelope) for envelope in (other_statement, other_type, *others)}
    assert foreign == {"manifest payload: not a bridgepkg release statement"}
    assert problem_of(pretty) == "manifest payload: not in canonical form"
    assert {problem_of(untyped), problem_of(retyped)} == {ALTERED}
    with pytest.raises(ValidationError):
        Envelope.model_validate_json(ENVELOPE.model_dump_json().replace(PAYLOAD_TYPE, "text/plain"))


def test_manifest_of_an_acknowledgement_has_no_version_and_no_holds() -> None:
    """The first notice is proved by the same means."""
    release = verify(make_dossier(DraftKind.ACKNOWLEDGEMENT).manifest, PUBLIC)
    assert (release.kind, release.version, release.holds, release.internal_annexes) == ("acknowledgement", None, (), ())
    assert [approval.role for approval in release.approvals] == ["account_leadership"]
