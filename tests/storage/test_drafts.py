"""Drafts: read back as they were stored, hiding what is withheld, and moved by one of many at a time."""

from pathlib import Path

import pytest
from sqlalchemy import func, select, text, update
from sqlalchemy.exc import IntegrityError

from storage.cases import move_case
from storage.drafts import (
    CurrentDrafts,
    MovedError,
    NewDraft,
    StoreAlteredError,
    StoredDraft,
    built_of,
    current_drafts,
    draft_by_id,
    drafts_of,
    last_released,
    mark_drawn,
    profile_of,
    save_draft,
    standing_drafts,
    undrawn_drafts,
    version_draft,
)
from storage.evidence import keep_evidence
from storage.sealing import SealedError
from storage.steps import move
from storage.tables import drafts, profiles, readings
from tests.builders import assert_no_canary, canaries, make_evidence, make_person, rebuilt
from tests.storage.stored import (
    BRIDGE_CASE,
    NOW,
    a_step,
    bind,
    forced,
    in_state,
    later,
    make_built,
    opaque,
    refreshed,
    save,
)
from tests.transforms.dossiers import make_acknowledgement, make_result
from transforms.model.approvals import Attempt


def test_draft_comes_back_with_everything_it_was_built_from(bound):
    """Evidence, directives, annexes and lineage open equal to what was built; the profile is kept by its digest."""
    stored = save(bound)
    with bound.read() as transaction:
        built, sealed = built_of(transaction, stored)
        assert profile_of(transaction, stored) == make_built().profile
    assert built == make_built()
    assert (stored.number, stored.revision, stored.state) == (1, 0, in_state("waiting"))
    assert (stored.draft.annexes, stored.draft.lineage) == ((), make_built().open_lineage)
    assert {*sealed.evidence.model_dump()} == {*sealed.draft.model_dump()} == {"key", "nonce", "ciphertext"}


def test_raw_database_holds_nothing_withheld(bound):
    """Whoever copies the files or dumps the tables reads no annex, no note, and no native key of a held fact."""
    save(bound)
    assert_no_canary(raw(bound), withheld())
    with bound.read() as transaction:
        row = transaction.execute(select(drafts)).mappings().one()
    assert [name for name in ("annexes", "directives") if row["document"].get(name)] == []


def withheld() -> frozenset[str]:
    """What must be sealed: everything withheld but the profile's own words and the keys of facts that are shown."""
    built = make_built()
    shown = [e.origin.refs for e in built.open_lineage if e.disposition != "held"]
    spoken = built.profile.model_dump_json() + " ".join(ref.key for refs in shown for ref in refs)
    hidden = frozenset(canary for canary in canaries(built.evidence) if canary not in spoken)
    assert {"jira-pay-edge-x", "backstage-component:default/edge-signer-x", "Quentin Oduya"} <= hidden
    return hidden | {"Quentin Oduya says wait"}


def raw(store) -> bytes:
    """Every byte of a SQLite database, or every row of a Postgres one as text."""
    if store.url.startswith("sqlite"):
        folder = Path(store.url.partition("///")[2]).parent
        return b"".join(file.read_bytes() for file in sorted(folder.glob("bridgepkg.db*")))
    with store.read() as transaction:
        names = transaction.execute(text("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")).scalars()
        rows = [row[0] for name in names for row in transaction.execute(text(f'SELECT t::text FROM "{name}" t'))]
    return "\n".join(rows).encode()


def test_sealed_part_of_a_draft_does_not_open_as_another(bound):
    """The sealed side is bound to incident, bridge and number."""
    first, second = save(bound, 1), save(bound, 2)
    with bound.write() as transaction:
        sealed = select(drafts.c.sealed).where(drafts.c.id == first.id).scalar_subquery()
        transaction.execute(update(drafts).where(drafts.c.id == second.id).values(sealed=sealed))
    with bound.read() as transaction, pytest.raises(SealedError):
        built_of(transaction, second)


@pytest.mark.parametrize("part", ["version", "phrases", "notices"])
def test_profile_row_that_was_altered_is_refused(bound, part):
    """A profile is kept under its digest: another document there is read by nobody, and no draft is stored on it."""
    stored = save(bound)
    with bound.write() as transaction:
        document = transaction.execute(select(profiles.c.document)).scalar_one()
        transaction.execute(update(profiles).values(document=document | {part: 7}))
    for reading in (profile_of, built_of):
        with bound.read() as transaction, pytest.raises(StoreAlteredError, match="restore that row from a backup"):
            reading(transaction, stored)
    with pytest.raises(StoreAlteredError):
        save(bound, 2)


def test_reading_of_two_bridges_is_kept_once(bound):
    """Drafts of both refer to one sealed row; a draft that is pointed at another reading is refused."""
    bind(bound, id=opaque(2), bridge="globex")
    first, second = save(bound, 1), save(bound, 2)
    with bound.write() as transaction:
        assert transaction.execute(select(func.count()).select_from(readings)).scalar_one() == 1
        later_reading = rebuilt(make_evidence(), incident="INC-7")
        keep_evidence(transaction, "7" * 64, later_reading)
        transaction.execute(update(drafts).where(drafts.c.id == second.id).values(evidence="7" * 64))
    with bound.read() as transaction:
        assert built_of(transaction, first)[0].evidence == make_evidence()
        with pytest.raises(StoreAlteredError, match="another reading than it was built on"):
            built_of(transaction, second)


def test_drafts_are_found_by_number_state_and_version(bound):
    """All, those in some states, and the one that became a version."""
    saved = [save(bound, number, state) for number, state in enumerate(("superseded", "waiting", "approved"), 1)]
    with bound.read() as transaction:
        assert drafts_of(transaction, BRIDGE_CASE) == saved
        assert drafts_of(transaction, BRIDGE_CASE, "waiting", "approved") == saved[1:]
        assert (last_released(transaction, BRIDGE_CASE), version_draft(transaction, BRIDGE_CASE, 1)) == (
            saved[0],
            saved[0],
        )
        assert (version_draft(transaction, BRIDGE_CASE, 2), draft_by_id(transaction, opaque(9))) == (None, None)


def save_acknowledgement(store, number: int) -> StoredDraft:
    """Store an acknowledgement that waits."""
    when = {"state": in_state("waiting"), "drafter": make_person(), "created_at": later(number)}
    with store.write() as transaction:
        new = NewDraft(id=opaque(number), bridge_case=BRIDGE_CASE, prior=None, **when)
        save_draft(transaction, new, make_result(number=number, draft=make_acknowledgement()))
    with store.read() as transaction:
        return draft_by_id(transaction, opaque(number))


def test_current_drafts_are_the_newest_of_each_kind_and_the_last_version(bound):
    """Where a case stands does not depend on what was drafted earlier, or waits between."""
    nothing = CurrentDrafts(update=None, acknowledgement=None, released=None, unclear=None)
    with bound.read() as transaction:
        assert current_drafts(transaction, BRIDGE_CASE) == nothing
    save_acknowledgement(bound, 1)
    acknowledgement = save_acknowledgement(bound, 2)
    last, _, newest = (save(bound, 3 + i, state) for i, state in enumerate(("superseded", "waiting", "approved")))
    with bound.read() as transaction:
        found = current_drafts(transaction, BRIDGE_CASE)
    assert found == CurrentDrafts(update=newest, acknowledgement=acknowledgement, released=last, unclear=None)


def test_current_drafts_name_the_one_that_may_be_visible(bound):
    """It is found although a newer one waits, and is no version yet."""
    posting, newest = save(bound, 1, "posting"), save(bound, 2)
    with bound.read() as transaction:
        found = current_drafts(transaction, BRIDGE_CASE)
    assert found == CurrentDrafts(update=newest, acknowledgement=None, released=None, unclear=posting)


def test_draft_is_undrawn_until_its_cards_show_its_state(bound):
    """A new draft and a moved one are behind; one that moved while it was drawn is behind all the same."""
    first, second = save(bound, 1), save(bound, 2)
    with bound.write() as transaction:
        assert undrawn_drafts(transaction, BRIDGE_CASE).drafts == [first, second]
        mark_drawn(transaction, first)
        moved = move(transaction, second, a_step(second))
        mark_drawn(transaction, second)
        assert undrawn_drafts(transaction, BRIDGE_CASE).drafts == [moved]
        mark_drawn(transaction, moved)
        assert undrawn_drafts(transaction, BRIDGE_CASE).drafts == []


def test_standing_drafts_are_released_ones_of_open_bridge_cases(bound):
    """What customers rely on: neither what waits, nor anything once the case is closed."""
    save(bound, 1, "waiting")
    stands = save(bound, 2, "released")
    with bound.read() as transaction:
        assert standing_drafts(transaction) == ([stands], [])
    with bound.write() as transaction:
        moved = [move_case(transaction, BRIDGE_CASE, *states) for states in (("closed", "open"), ("open", "closed"))]
    with bound.read() as transaction:
        assert (moved, standing_drafts(transaction).drafts) == ([False, True], [])


def test_draft_numbers_do_not_repeat(bound):
    """The database refuses a second draft under one number of a case."""
    save(bound)
    with pytest.raises(IntegrityError):
        save(bound)


@pytest.mark.parametrize("state", ["posting", "released", "superseded"])
def test_version_is_on_the_bridge_once(bound, state):
    """The database itself refuses a second draft of one version that is being posted or stands (promise P6)."""
    first, second = save(bound, 1, "approved"), save(bound, 2, "approved")
    forced(bound, first, state)
    attempt = Attempt(id="b" * 32, channel="C0ACME", started_at=NOW)
    with pytest.raises(IntegrityError), bound.write() as transaction:
        move(transaction, second, second.state.post(attempt))
    assert refreshed(bound, second).state == in_state("approved")


def test_move_takes_a_draft_from_where_it_was_read(bound):
    """A move counts once; from an outdated reading it is refused and changes nothing."""
    stored = save(bound)
    with bound.write() as transaction:
        moved = move(transaction, stored, a_step(stored))
    assert moved == refreshed(bound, stored)
    assert (moved.revision, moved.state) == (1, a_step(stored).after)
    with pytest.raises(MovedError), bound.write() as transaction:
        move(transaction, stored, a_step(stored))
    assert refreshed(bound, stored) == moved
