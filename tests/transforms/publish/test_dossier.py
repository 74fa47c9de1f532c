"""A dossier is exactly what its manifest states; whatever was altered is found and named."""

from typing import Any

import orjson
import pytest

from profiles.codes import DraftKind, HoldReason
from storage.sealing import unseal
from tests.builders import (
    AT,
    assert_no_canary,
    canaries,
    make_audience,
    make_draft,
    make_evidence,
    make_person,
    make_profile,
    minutes,
    rebuilt,
    safe,
    sample_drafts,
    sample_evidence,
)
from tests.transforms.dossiers import KEYS, SIGNING, STRANGER, approvals_of, make_built, make_dossier
from transforms.publish.dossier import Dossier, SealedContents, SealedInputs, alterations, release_of
from transforms.publish.manifest import ReleaseStatement, sign, verify

DOSSIER = make_dossier(prior=make_draft(make_evidence(at=AT - minutes(30))).package)
RELEASE = verify(DOSSIER.manifest, SIGNING.public_key())
HOLD = DOSSIER.holds[0]
ENTRY = DOSSIER.register_[0]
FIRST = DOSSIER.decisions[0]


def altered(**changes: Any) -> tuple[str, ...]:
    """The parts that are named when this much of the dossier was changed."""
    return alterations(rebuilt(DOSSIER, **changes), RELEASE)


def resealed(**changes) -> SealedInputs:
    """The sealed parts with the draft's own changed."""
    return rebuilt(DOSSIER.sealed, draft=rebuilt(DOSSIER.sealed.draft, **changes))


def first(values: tuple, **changes: Any) -> tuple:
    """The values with the first one changed."""
    return (rebuilt(values[0], **changes), *values[1:])


ALTERED = {
    "incident": ({"incident": "INC-1"}, ("incident",)),
    "bridge": ({"bridge": make_audience(teams=["T0ACME", "T0SPY"])}, ("bridge", "release digest")),
    "kind": ({"kind": DraftKind.ACKNOWLEDGEMENT}, ("kind",)),
    "draft": ({"draft": 8}, ("draft",)),
    "version": ({"version": 9}, ("version",)),
    "profile": ({"profile": make_profile(version=9)}, ("profile", "release digest")),
    "package": ({"package": rebuilt(DOSSIER.package, account=safe("Globex"))}, ("package",)),
    "message text": ({"message": rebuilt(DOSSIER.message, text="All is well")}, ("message", "release digest")),
    "message block": ({"message": rebuilt(DOSSIER.message, blocks=())}, ("message", "release digest")),
    "hold reason": (
        {"holds": first(DOSSIER.holds, reason=HoldReason.LEGAL_REVIEW_PENDING)},
        ("holds", "release digest"),
    ),
    "hold number": ({"holds": first(DOSSIER.holds, number=99)}, ("holds", "release digest")),
    "hold since": ({"holds": first(DOSSIER.holds, since=9)}, ("holds", "release digest")),
    "hold left out": ({"holds": DOSSIER.holds[1:]}, ("holds", "release digest")),
    "hold wording": ({"holds": first(DOSSIER.holds, wording=safe("fine"))}, ("holds", "release digest")),
    "hold fields": ({"holds": first(DOSSIER.holds, fields=("status/x",))}, ("holds", "release digest")),
    "annex digest": ({"annex_digests": ("0" * 64, *DOSSIER.annex_digests[1:])}, ("annex_digests", "release digest")),
    "annex left out": ({"annex_digests": DOSSIER.annex_digests[:-1]}, ("annex_digests", "release digest")),
    "annex more": ({"annex_digests": (*DOSSIER.annex_digests, "0" * 64)}, ("annex_digests", "release digest")),
    "register left out": ({"register_": DOSSIER.register_[1:]}, ("register", "register sentences")),
    "register blocks": (
        {"register_": first(DOSSIER.register_, blocks=not ENTRY.blocks)},
        ("register", "register sentences"),
    ),
    "register sentence": ({"register_": first(DOSSIER.register_, sentence="fine")}, ("register sentences",)),
    "register role": ({"register_": first(DOSSIER.register_, role="legal")}, ("register sentences",)),
    "lineage left out": ({"lineage": DOSSIER.lineage[1:]}, ("lineage",)),
    "lineage rule": (
        {"lineage": first(DOSSIER.lineage, origin=rebuilt(DOSSIER.lineage[0].origin, rule="magic"))},
        ("lineage",),
    ),
    "outside audience": ({"outside_audience": 0}, ("outside_audience",)),
    "stage": ({"stages": first(DOSSIER.stages, output="0" * 64)}, ("stages",)),
    "stage left out": ({"stages": DOSSIER.stages[:-1]}, ("stages",)),
    "decision by another": ({"decisions": first(DOSSIER.decisions, person=make_person("U0EVE"))}, ("decisions",)),
    "decision left out": ({"decisions": DOSSIER.decisions[1:]}, ("decisions",)),
    "prior": ({"prior": rebuilt(DOSSIER.prior, version=3)}, ("prior",)),
    "prior left out": ({"prior": None}, ("prior",)),
    "sealed nonce": ({"sealed": resealed(nonce="AAAA")}, ("sealed",)),
    "sealed text": ({"sealed": resealed(ciphertext=DOSSIER.sealed.draft.ciphertext[4:])}, ("sealed",)),
    "sealed evidence": ({"sealed": rebuilt(DOSSIER.sealed, evidence=DOSSIER.sealed.draft)}, ("sealed",)),
    "name of the evidence": ({"sealed": rebuilt(DOSSIER.sealed, evidence_id="0" * 64)}, ("sealed",)),
    "history": ({"history": "0" * 64}, ("history",)),
    "sealed key": ({"sealed": resealed(key="k2")}, ("sealed",)),
}


def test_dossier_as_written_is_intact() -> None:
    """Nothing is named where nothing was altered, read back from JSON too."""
    again = Dossier.model_validate_json(DOSSIER.model_dump_json())
    assert (alterations(DOSSIER, RELEASE), alterations(again, RELEASE)) == ((), ())


@pytest.mark.parametrize("part", ALTERED)
def test_dossier_with_a_part_altered_names_it(part) -> None:
    """Each part is covered by the manifest, and the answer says which one."""
    changes, named = ALTERED[part]
    assert altered(**changes) == named


def test_dossier_parts_are_all_tried() -> None:
    """The table above alters every top-level part but the schema and the manifest itself."""
    tried = {name for changes, _ in ALTERED.values() for name in changes}
    assert tried == set(Dossier.model_fields) - {"schema_", "manifest"}


def stated(**changes: Any) -> ReleaseStatement:
    """What a manifest would state with other approvals, signed by our key all the same."""
    return rebuilt(RELEASE, **changes)


@pytest.mark.parametrize(
    "approvals",
    [
        DOSSIER.decisions[:2],
        (*DOSSIER.decisions, rebuilt(FIRST, role="legal", person=make_person("U0JO"))),
        first(DOSSIER.decisions, person=DOSSIER.decisions[1].person),
        first(DOSSIER.decisions, role="security"),
        first(DOSSIER.decisions, answer="hold"),
        first(DOSSIER.decisions, digest="0" * 64),
    ],
)
def test_dossier_that_claims_approvals_has_every_gate_by_distinct_people_on_its_digest(approvals) -> None:
    """Signed approvals that leave out a gate, repeat a person, or judged other bytes are no approval."""
    claimed = stated(approvals=approvals)
    assert alterations(rebuilt(DOSSIER, decisions=approvals), claimed) == ("approvals",)


def test_dossier_of_a_draft_claims_no_approvals() -> None:
    """A draft that nobody approved is intact as such."""
    draft = make_dossier(approved=False)
    release = verify(draft.manifest, SIGNING.public_key())
    assert (alterations(draft, release), draft.decisions, release.approvals) == ((), (), ())


def test_dossier_with_the_manifest_of_another_is_altered() -> None:
    """Parts of two honest dossiers do not mix."""
    other = make_dossier(approved=False)
    mixed = alterations(rebuilt(DOSSIER, manifest=other.manifest), verify(other.manifest, SIGNING.public_key()))
    assert {"version", "message", "package", "decisions", "prior"} <= set(mixed)


def test_dossier_reads_without_anything_withheld() -> None:
    """Names, keys and notes of what is held stand in the sealed part alone."""
    text = DOSSIER.model_dump_json()
    shown = {ref.key for entry in DOSSIER.lineage if entry.disposition != "held" for ref in entry.origin.refs}
    mapped = {key.key for c in DOSSIER.profile.capabilities for key in (*c.components, *c.products)}
    places = {member.key for region in DOSSIER.profile.regions for member in region.members}
    forbidden = canaries(make_evidence()) - shown - mapped - places
    assert_no_canary(text, forbidden)
    inside = unseal(KEYS, DOSSIER.sealed.draft, "draft/INC-1042/acme/7")
    with pytest.raises(AssertionError, match="withheld"):
        assert_no_canary(inside, forbidden)


def test_dossier_seals_all_that_a_replay_needs() -> None:
    """Evidence, directives, annexes and whole lineage come out as they went in."""
    inside = SealedContents.model_validate_json(unseal(KEYS, DOSSIER.sealed.draft, "draft/INC-1042/acme/7"))
    assert inside == make_built(prior=DOSSIER.prior).inside


def test_release_names_what_it_supersedes_and_the_evidence_of_both_moments() -> None:
    """Versions form a chain, and a newer reading at release is recorded beside the approved one."""
    assert (RELEASE.version, RELEASE.supersedes.version, RELEASE.prior is not None) == (2, 1, True)
    assert RELEASE.approved_on == RELEASE.released_on
    built = make_built()
    later = rebuilt(built.reading, at=AT + minutes(20))
    assert release_of(built, DOSSIER.sealed, released_on=later).released_on == later


@pytest.mark.parametrize("stage", range(4))
def test_release_counts_what_is_outside_the_audience(stage) -> None:
    """What the account has not bought is counted in the manifest, and is no hold."""
    draft = sample_drafts()[stage]
    assert draft.outside_audience == 1
    assert len(sample_evidence().records) > len(draft.holds)


def test_dossier_is_what_its_schema_says() -> None:
    """The top level has exactly the names that the interface fixes, and some more."""
    data = orjson.loads(DOSSIER.model_dump_json())
    fixed = "schema incident bridge draft version profile package holds register lineage stages manifest message "
    assert set((fixed + "decisions prior sealed").split()) <= set(data)
    assert data["schema"] == "bridgepkg.dossier/1"
    assert set(data["manifest"]) == {"payloadType", "payload", "signatures"}


def test_dossier_signed_by_a_stranger_is_not_ours() -> None:
    """A whole new dossier, consistent in itself, fails at the signature."""
    forged = sign(rebuilt(RELEASE, approvals=approvals_of(make_built())), STRANGER)
    with pytest.raises(Exception, match="not signed once with this key"):
        verify(forged, SIGNING.public_key())


def test_altered_field_is_named() -> None:
    """Of an altered package the very fields are named: another value, one taken out, one put in."""
    one, *others = DOSSIER.package.fields
    another = one.model_copy(update={"value": rebuilt(one.value, words=safe("operational"))})
    assert altered(package=rebuilt(DOSSIER.package, fields=(another, *others))) == ("package", f"field {one.id}")
    assert altered(package=rebuilt(DOSSIER.package, fields=tuple(others))) == ("package", f"field {one.id}")
    more = rebuilt(one, id="status/payments-api/moon")
    expected = ("package", "field status/payments-api/moon")
    assert altered(package=rebuilt(DOSSIER.package, fields=(one, more, *others))) == expected
