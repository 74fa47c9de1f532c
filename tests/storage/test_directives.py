"""What people decided: sealed, kept in order, ended but never deleted."""

import pytest
from sqlalchemy import select, update

from profiles.codes import HoldReason
from storage.directives import add_directive, directives_of, end_hold, end_placing, standing_placings
from storage.sealing import SealedError
from storage.tables import directives
from tests.builders import make_field_hold, make_person
from tests.canaries import assert_no_canary
from tests.storage.stored import BRIDGE_CASE, NOW, bind, later, opaque
from transforms.model.directives import Directives, Placing, Waiver
from transforms.model.records import Tag

PROFILES = ("d" * 64,)


def make_waiver(number: int = 1) -> Waiver:
    """One decided exception."""
    return Waiver(
        entry=f"timing-disagreement:T{number}",
        evidence="e" * 64,
        decided="two sides disagree",
        by=make_person(),
        role="legal",
        at=later(number),
    )


def make_placing(team: str = "batch", number: int = 1) -> Placing:
    """Alerts of one team have nothing to do with this bridge."""
    labels = (Tag(name="team", value=team),)
    return Placing(source="alertmanager", tags=labels, by=make_person(), role="incident_command", at=later(number))


def add(store, number, value, bridge_case=BRIDGE_CASE):
    """Store one decision."""
    with store.write() as transaction:
        add_directive(transaction, opaque(number), bridge_case, value)


def read(store, bridge_case=BRIDGE_CASE) -> Directives:
    """What holds now."""
    with store.read() as transaction:
        return directives_of(transaction, bridge_case, PROFILES)


def test_directives_come_back_oldest_first(store):
    """Holds and waivers are read back equal, in the order in which they were decided, for their case alone."""
    bind(store)
    bind(store, id=opaque(90), incident="INC-7", channel="C0OTHER")
    holds = [make_field_hold("timeline/T2", at=later(5)), make_field_hold("status/payments-api", at=later(3))]
    for number, value in enumerate((*holds, make_waiver(2), make_waiver(1)), 1):
        add(store, number, value)
    add(store, 9, make_field_hold("timeline/T3"), opaque(90))
    expected = Directives(
        holds=(holds[1], holds[0]), waivers=(make_waiver(1), make_waiver(2)), approved_profiles=PROFILES
    )
    assert read(store) == expected
    assert read(store, opaque(90)).holds == (make_field_hold("timeline/T3"),)


def test_ended_hold_stays_in_the_database(store):
    """Ending takes every hold on that field, says how many, keeps the rows, and ends nothing twice."""
    bind(store)
    kept = make_field_hold("timeline/T3")
    people = make_person("U0SAM"), make_person("U0JO")
    for number, value in enumerate((*(make_field_hold("timeline/T2", by=by) for by in people), kept), 1):
        add(store, number, value)
    with store.write() as transaction:
        assert end_hold(transaction, BRIDGE_CASE, "timeline/T2", later(60)) == 2
    with store.write() as transaction:
        assert end_hold(transaction, BRIDGE_CASE, "timeline/T2", later(99)) == 0
        rows = transaction.execute(select(directives.c.id, directives.c.ended_at).order_by(directives.c.id)).all()
    assert read(store).holds == (kept,)
    assert [tuple(row) for row in rows] == [(opaque(1), later(60)), (opaque(2), later(60)), (opaque(3), None)]


def test_reason_and_note_are_sealed(store):
    """A note may say what is withheld: no column of the row shows it, nor whose field or reason it is."""
    bind(store)
    hold = make_field_hold("timeline/T2", reason=HoldReason.LEGAL_REVIEW_PENDING, note="Quentin Oduya: edge-signer")
    add(store, 1, hold)
    with store.read() as transaction:
        row = transaction.execute(select(directives)).mappings().one()
    assert_no_canary(str(dict(row)), ["Quentin Oduya", "edge-signer", "legal-review-pending", "timeline/T2"])


def test_directive_does_not_open_in_another_row(store):
    """One person's hold cannot be passed off as another's by copying its sealed column."""
    bind(store)
    add(store, 1, make_field_hold("timeline/T2"))
    add(store, 2, make_field_hold("timeline/T3", at=NOW))
    with store.write() as transaction:
        sealed = select(directives.c.sealed).where(directives.c.id == opaque(1)).scalar_subquery()
        transaction.execute(update(directives).where(directives.c.id == opaque(2)).values(sealed=sealed))
    with pytest.raises(SealedError):
        read(store)


def test_placing_keeps_its_number_when_another_ends(store):
    """Placings come back oldest first with their bridge's directives, each ends once, and no number is given again."""
    bind(store)
    bind(store, id=opaque(90), incident="INC-7", channel="C0OTHER")
    for number, team in enumerate(("batch", "web", "mail"), 1):
        add(store, number, make_placing(team, number))
    add(store, 9, make_placing("elsewhere"), opaque(90))
    with store.write() as transaction:
        assert [end_placing(transaction, opaque(2), later(60)) for _ in range(2)] == [True, False]
    add(store, 4, make_placing("late", 61))
    with store.read() as transaction:
        standing = standing_placings(transaction, BRIDGE_CASE)
        rows = transaction.execute(select(directives.c.ended_at).order_by(directives.c.id)).scalars().all()
    assert [(one.number, one.placing.tags[0].value) for one in standing] == [(1, "batch"), (3, "mail"), (4, "late")]
    assert read(store).placings == tuple(one.placing for one in standing)
    assert (len(rows), rows[1]) == (5, later(60))


def test_labels_of_a_placing_are_sealed(store):
    """A label may name what is restricted: no column of the row shows it."""
    bind(store)
    add(store, 1, make_placing("edge-signer"))
    with store.read() as transaction:
        row = transaction.execute(select(directives)).mappings().one()
    assert_no_canary(str(dict(row)), ["edge-signer", "alertmanager"])
