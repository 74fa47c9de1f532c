"""P1, P13: the release digest moves with everything that people approve, and with nothing else."""

import pytest

from profiles.codes import HoldReason
from profiles.models import Profile
from tests.builders import (
    AT,
    DIGEST_KEY,
    make_audience,
    make_directives,
    make_draft,
    make_evidence,
    make_field_hold,
    make_health,
    make_history,
    make_note,
    make_person,
    make_profile,
    make_records,
    make_source,
    make_workaround,
    minutes,
    profile_data,
    rebuilt,
    with_records,
)
from tests.transforms.dossiers import make_acknowledgement
from transforms.build import build
from transforms.model.directives import Directives, Waiver
from transforms.model.evidence import Evidence
from transforms.model.records import Record, SecurityNoteRecord, Withheld, WorkaroundRecord
from transforms.publish.draft import Draft

HELD = make_field_hold("workaround/payments-api", reason=HoldReason.SECURITY_REVIEW_PENDING)
BLOCKED = make_field_hold("status/reporting")


def draft_of(**changes) -> Draft:
    """One draft with a hold of a person on the workaround; any input may be another."""
    evidence: Evidence = changes.get("evidence", make_evidence())
    profile: Profile = changes.get("profile", make_profile())
    directives: Directives = changes.get("directives", make_directives(holds=(HELD,)))
    history = make_history(changes.get("prior"), digest_key=changes.get("key", DIGEST_KEY))
    return build(evidence, changes.get("audience", make_audience()), profile, history, directives)


def newer(record: Record) -> Record:
    """The same fact, read again: another revision, confirmed and fetched later."""
    return rebuilt(record, ref=rebuilt(record.ref, revision="r-99", observed_at=AT, fetched_at=AT + minutes(9)))


def noted(**changes) -> Evidence:
    """The default world with another security note."""
    return with_records(make_evidence(), make_note(**changes), without=SecurityNoteRecord)


def waived() -> Directives:
    """A blocking entry that incident command waived for what it saw."""
    entry = next(entry for entry in make_draft(holds=(BLOCKED,)).register_ if entry.blocks)
    what = {"entry": entry.id, "evidence": entry.evidence, "decided": entry.decided}
    waiver = Waiver(**what, by=make_person(), role="account_leadership", at=AT)
    return make_directives(holds=(BLOCKED,), waivers=(waiver,))


def reworded(wording: str) -> Profile:
    """The profile with other public words of one reason."""
    reasons = [
        row | {"wording": wording} if row["reason"] == "unmapped-value" else row for row in profile_data()["reasons"]
    ]
    return make_profile(reasons=reasons)


MOVES = {
    "a status that the customer reads": {"evidence": with_records(make_evidence(), make_health(region="us-east-1"))},
    "a minute that the customer reads": {
        "evidence": make_evidence(records=(*make_records(), make_health(changed_at=AT - minutes(60)))),
    },
    "the moment of the evidence": {"evidence": make_evidence(at=AT + minutes(1))},
    "the account's label": {"audience": make_audience(label="Acme Corporation")},
    "the channel": {"audience": make_audience(channel="C0OTHER")},
    "one more outside team": {"audience": make_audience(teams=["T0ACME", "T0SPY"])},
    "another outside team": {"audience": make_audience(teams=["T0SPY"])},
    "the bridge": {"audience": make_audience(bridge="globex")},
    "the profile's version": {"profile": make_profile(version=9)},
    "words of the profile that this message does not use": {"profile": reworded("under discussion")},
    "a release limit": {
        "profile": make_profile(sources=[s | {"max_age_at_release": 9999} for s in profile_data()["sources"]]),
    },
    "a hold's reason with the same public words": {
        "directives": make_directives(holds=(rebuilt(HELD, reason=HoldReason.LEGAL_REVIEW_PENDING),)),
    },
    "who can resolve a hold": {"directives": make_directives(holds=(rebuilt(HELD, role="legal"),))},
    "a hold more": {"directives": make_directives(holds=(HELD, make_field_hold("status/webhooks")))},
    "a hold less": {"directives": make_directives()},
    "a person's note in an annex": {"directives": make_directives(holds=(rebuilt(HELD, note="Other"),))},
    "a withheld text": {"evidence": noted(withheld=(Withheld(name="title", text="Another title"),))},
    "a withheld record more": {"evidence": with_records(make_evidence(), make_note(key="sn-2"))},
    "a withheld record's key": {"evidence": noted(key="sn-2")},
    "what a held slot would have said": {
        "evidence": with_records(make_evidence(), make_workaround(readiness="Done"), without=WorkaroundRecord),
    },
    "the bridge's key for digests": {"key": "cd" * 32},
    "the last release": {"prior": make_draft(make_evidence(at=AT - minutes(30))).package},
}

STANDS = {
    "every source only got newer": {
        "evidence": make_evidence(
            records=tuple(map(newer, make_records())),
            sources=tuple(
                rebuilt(health, observed_at=AT, fetched_at=AT + minutes(9)) for health in make_evidence().sources
            ),
        ),
    },
    "the records came in another order": {"evidence": make_evidence(records=make_records()[::-1])},
    "what no mapping knows": {"evidence": noted(unmapped=("something else",))},
    "withheld texts of what is shown": {
        "evidence": with_records(make_evidence(), make_workaround(withheld=()), without=WorkaroundRecord),
        "directives": make_directives(),
        "base": {"directives": make_directives()},
    },
    "a source outside the profile": {
        "evidence": rebuilt(make_evidence(), sources=(*make_evidence().sources, make_source("strange"))),
    },
    "the problem text of a source": {
        "evidence": rebuilt(
            make_evidence(), sources=tuple(rebuilt(health, problem="slow today") for health in make_evidence().sources)
        ),
    },
    "when somebody held": {"directives": make_directives(holds=(rebuilt(HELD, at=AT + minutes(5)),))},
    "profiles approved besides": {
        "directives": make_directives(
            holds=(HELD,), approved_profiles=(*make_directives().approved_profiles, DIGEST_KEY)
        ),
    },
    "the incident's own key": {"evidence": make_evidence(incident="INC-2")},
}


@pytest.mark.parametrize("change", MOVES)
def test_release_digest_moves_with(change) -> None:
    """What people approve: message, audience, profile, holds with reasons, annex contents."""
    assert draft_of(**MOVES[change]).release_digest != draft_of().release_digest


@pytest.mark.parametrize("change", STANDS)
def test_release_digest_stands_when(change) -> None:
    """What nobody approves: revisions, times, order, and whatever neither leaves nor is withheld behind a hold."""
    changes = dict(STANDS[change])
    base = changes.pop("base", {})
    assert draft_of(**changes).release_digest == draft_of(**base).release_digest
    assert draft_of(**changes).message == draft_of(**base).message


def test_release_digest_moves_with_a_waiver() -> None:
    """A decision that an exception need not block is part of what is approved."""
    draft = draft_of(directives=waived())
    assert draft.blocking == ()
    assert draft.message == draft_of(directives=make_directives(holds=(BLOCKED,))).message
    assert draft.release_digest != draft_of(directives=make_directives(holds=(BLOCKED,))).release_digest


def test_release_digest_of_an_acknowledgement_moves_with_its_message_audience_and_profile() -> None:
    """The first notice is approved by the same rule; no record of any source is in it.

    Nor is any time, so that it does not lapse while people wake up (promise P12).
    """
    base = make_acknowledgement()
    moved = [
        make_acknowledgement(audience=make_audience(channel="C0X")),
        make_acknowledgement(profile=make_profile(version=9)),
    ]
    same = make_acknowledgement(make_evidence(records=()))
    assert len({draft.release_digest for draft in (base, *moved)}) == len(moved) + 1
    later = make_acknowledgement(make_evidence(at=AT + minutes(1)))
    assert {same.release_digest, later.release_digest} == {base.release_digest}
    assert later.package.next_update > base.package.next_update
    assert base.release_digest != draft_of().release_digest
