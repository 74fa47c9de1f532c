"""The tables. A row is a few columns to look things up by and one document; documents are validated on the way out.

SQLModel tables do not validate on construction, so core types go in and come out as canonical JSON, sealed where they
hold anything withheld. No cascading deletes: history only grows (promise P8).
"""

from datetime import UTC, datetime
from typing import Any, Final

from sqlalchemy import JSON, BigInteger, Column, DateTime, Index, Integer, Table, TypeDecorator, UniqueConstraint, text
from sqlalchemy.engine import Dialect
from sqlmodel import Field, SQLModel


class Moment(TypeDecorator[datetime]):
    """An aware UTC moment: SQLite keeps no zone, so it is written and read as UTC."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, _dialect: Dialect) -> datetime | None:
        """The moment in UTC; a naive one is our own fault."""
        if value is not None and value.tzinfo is None:
            raise ValueError("a stored moment needs a zone")
        return value.astimezone(UTC) if value else None

    def process_result_value(self, value: datetime | None, _dialect: Dialect) -> datetime | None:
        """The moment with its zone."""
        return value.replace(tzinfo=UTC) if value and value.tzinfo is None else value


def _sequence() -> Any:
    """A growing number; SQLite numbers only plain INTEGER keys by itself."""
    return Column(BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=True)


class IncidentRow(SQLModel, table=True):
    """One incident and the internal channel where it is worked; `sealed` holds its key for keyed digests."""

    __tablename__ = "incident"

    key: str = Field(primary_key=True)
    channel: str = Field(unique=True)
    kind: str = "live"
    opened_at: datetime = Field(sa_column=Column(Moment, nullable=False))
    sealed: dict[str, Any] = Field(sa_column=Column(JSON, nullable=False))


class BridgeCaseRow(SQLModel, table=True):
    """One bridge of an incident, tied to it by `open`; `history` is what its next draft follows, sealed."""

    __tablename__ = "bridge_case"
    __table_args__ = (UniqueConstraint("incident", "bridge"),)

    id: str = Field(primary_key=True, max_length=32)
    incident: str = Field(foreign_key="incident.key")
    bridge: str
    state: str = "open"
    opened_by_team: str
    opened_by_user: str
    opened_at: datetime = Field(sa_column=Column(Moment, nullable=False))
    override: bool = False
    drafts: int = 0
    history: dict[str, Any] | None = Field(default=None, sa_column=Column(JSON, nullable=True))


class ProfileText(SQLModel, table=True):
    """A profile as it was used, by digest, so that a draft does not repeat it."""

    __tablename__ = "profile"

    digest: str = Field(primary_key=True, max_length=64)
    document: dict[str, Any] = Field(sa_column=Column(JSON, nullable=False))


class EvidenceRow(SQLModel, table=True):
    """One reading of the sources, sealed; `id` is its keyed digest, so that drafts of several bridges share it."""

    __tablename__ = "evidence"

    id: str = Field(primary_key=True, max_length=64)
    at: datetime = Field(sa_column=Column(Moment, nullable=False))
    sealed: dict[str, Any] = Field(sa_column=Column(JSON, nullable=False))


_ON_THE_BRIDGE = text("state IN ('posting', 'ambiguous', 'released', 'superseded', 'withdrawn')")


_UNDRAWN = text("drawn < revision")


class DraftRow(SQLModel, table=True):
    """One draft as one document, its sealed side, and its review state. `revision` is what compare-and-set compares.

    `drawn` is the revision that its cards show, and `facts` is what they show beside it.
    """

    __tablename__ = "draft"
    __table_args__ = (
        UniqueConstraint("bridge_case", "number"),
        Index("draft_by_state", "bridge_case", "state"),
        # The database itself refuses a second draft on the bridge under one version (promise P6).
        Index(
            "draft_on_the_bridge",
            "bridge_case",
            "version",
            unique=True,
            sqlite_where=_ON_THE_BRIDGE,
            postgresql_where=_ON_THE_BRIDGE,
        ),
        Index("draft_undrawn", "bridge_case", sqlite_where=_UNDRAWN, postgresql_where=_UNDRAWN),
    )

    id: str = Field(primary_key=True, max_length=32)
    bridge_case: str = Field(foreign_key="bridge_case.id")
    number: int
    kind: str
    version: int | None = None
    profile: str = Field(foreign_key="profile.digest")
    evidence: str = Field(foreign_key="evidence.id")
    prior: str | None = None
    drafter_team: str
    drafter_user: str
    release_digest: str = Field(max_length=64)
    state: str
    revision: int = 0
    state_document: dict[str, Any] = Field(sa_column=Column(JSON, nullable=False))
    drawn: int = -1
    facts: dict[str, Any] = Field(sa_column=Column(JSON, nullable=False))
    document: dict[str, Any] = Field(sa_column=Column(JSON, nullable=False))
    sealed: dict[str, Any] = Field(sa_column=Column(JSON, nullable=False))
    manifest: dict[str, Any] | None = Field(default=None, sa_column=Column(JSON, nullable=True))
    created_at: datetime = Field(sa_column=Column(Moment, nullable=False))


class DecisionRow(SQLModel, table=True):
    """One person's answer at one gate, on one release digest of a bridge case; `act` is the request that gave it."""

    __tablename__ = "decision"
    __table_args__ = (UniqueConstraint("bridge_case", "digest", "gate", "team", "user", "act"),)

    id: int | None = Field(default=None, sa_column=_sequence())
    bridge_case: str = Field(foreign_key="bridge_case.id")
    digest: str = Field(max_length=64)
    gate: str
    team: str
    user: str
    answer: str
    act: str | None = Field(default=None, max_length=32)
    reason: str = ""
    at: datetime = Field(sa_column=Column(Moment, nullable=False))
    until: datetime | None = Field(default=None, sa_column=Column(Moment, nullable=True))


class ShownRow(SQLModel, table=True):
    """One outward act, begun before the call and settled after it: bytes by digest, place, from when until when."""

    __tablename__ = "shown"

    id: int | None = Field(default=None, sa_column=_sequence())
    bridge_case: str = Field(foreign_key="bridge_case.id", index=True)
    draft: str = Field(foreign_key="draft.id", index=True)
    is_post: bool
    digest: str = Field(max_length=64)
    ts: str | None = None
    state: str
    shown_from: datetime = Field(sa_column=Column(Moment, nullable=False))
    shown_until: datetime | None = Field(default=None, sa_column=Column(Moment, nullable=True))


class DirectiveRow(SQLModel, table=True):
    """What one person decided that shapes builds; sealed, because a note may say what is withheld."""

    __tablename__ = "directive"

    id: str = Field(primary_key=True, max_length=32)
    bridge_case: str = Field(foreign_key="bridge_case.id", index=True)
    kind: str
    sealed: dict[str, Any] = Field(sa_column=Column(JSON, nullable=False))
    at: datetime = Field(sa_column=Column(Moment, nullable=False))
    ended_at: datetime | None = Field(default=None, sa_column=Column(Moment, nullable=True))


class InboxRow(SQLModel, table=True):
    """One request of a person or of Slack, sealed; rows of one lane are worked one after the other."""

    __tablename__ = "inbox"
    __table_args__ = (
        Index(
            "inbox_unfinished",
            "lane",
            "seq",
            sqlite_where=text("state <> 'done'"),
            postgresql_where=text("state <> 'done'"),
        ),
    )

    seq: int | None = Field(default=None, sa_column=_sequence())
    id: str = Field(unique=True, max_length=32)
    lane: str
    dedupe: str | None = Field(default=None, unique=True)
    sealed: dict[str, Any] = Field(sa_column=Column(JSON, nullable=False))
    received_at: datetime = Field(sa_column=Column(Moment, nullable=False))
    state: str = "new"
    owner: str | None = None
    fence: int = 0
    claimed_until: datetime | None = Field(default=None, sa_column=Column(Moment, nullable=True))


IS_WAITING: Final = text("state = 'new'")
"""Which outbox rows wait. Literal, because Postgres matches a partial index with its words, not with parameters."""


IS_UNFINISHED: Final = text("state <> 'done'")
IS_UNSENT: Final = text("state IN ('new', 'claimed')")
"""The same for what is counted: rows that are not finished, of the inbox and of the outbox."""


class OutboxRow(SQLModel, table=True):
    """One thing to say to Slack. `target` names what to draw; a target waits at most once and is sent in order."""

    __tablename__ = "outbox"
    __table_args__ = (
        Index(
            "outbox_waiting",
            "target",
            unique=True,
            sqlite_where=IS_WAITING,
            postgresql_where=IS_WAITING,
        ),
        Index("outbox_due", "state", "due_at"),
    )

    seq: int | None = Field(default=None, sa_column=_sequence())
    kind: str
    target: str
    priority: int = 0
    sealed: dict[str, Any] = Field(sa_column=Column(JSON, nullable=False))
    state: str = "new"
    due_at: datetime = Field(sa_column=Column(Moment, nullable=False))
    attempts: int = 0
    owner: str | None = None
    fence: int = 0
    claimed_until: datetime | None = Field(default=None, sa_column=Column(Moment, nullable=True))
    problem: str = ""


class Card(SQLModel, table=True):
    """Where a drawn message stands in Slack, by target, and under which attempt it was posted."""

    target: str = Field(primary_key=True)
    channel: str
    ts: str | None = None
    attempt: str = Field(max_length=32)
    drawn: str = ""


class LogRow(SQLModel, table=True):
    """One entry of a hash chain; the payload lies elsewhere, so that purging it keeps the chain (promise P8)."""

    __tablename__ = "log"
    __table_args__ = (UniqueConstraint("stream", "seq"),)

    id: int | None = Field(default=None, sa_column=_sequence())
    stream: str
    seq: int
    kind: str
    subject: str
    payload_digest: str = Field(max_length=64)
    at: datetime = Field(sa_column=Column(Moment, nullable=False))
    act: str | None = Field(default=None, max_length=32, index=True)
    previous: str = Field(max_length=64)
    hash: str = Field(max_length=64)


class LogHead(SQLModel, table=True):
    """The end of each chain, signed; appending moves it by compare-and-set."""

    __tablename__ = "log_head"

    stream: str = Field(primary_key=True)
    seq: int
    hash: str = Field(max_length=64)
    key: str = Field(default="", max_length=64)
    signature: str = Field(default="", max_length=128)


class LogPayload(SQLModel, table=True):
    """What a log entry says, sealed; may be purged by retention."""

    __tablename__ = "log_payload"

    stream: str = Field(primary_key=True)
    seq: int = Field(primary_key=True)
    sealed: dict[str, Any] = Field(sa_column=Column(JSON, nullable=False))


class Lease(SQLModel, table=True):
    """Who does a named periodic job until when, so that many replicas do it once."""

    name: str = Field(primary_key=True)
    owner: str
    until: datetime = Field(sa_column=Column(Moment, nullable=False))


def _table(model: type[SQLModel]) -> Table:
    return SQLModel.metadata.tables[str(model.__tablename__)]


# Statements are written on these, because a column of a SQLModel class has the type of its value, not of a column.
incidents: Final = _table(IncidentRow)
bridge_cases: Final = _table(BridgeCaseRow)
profiles: Final = _table(ProfileText)
readings: Final = _table(EvidenceRow)
drafts: Final = _table(DraftRow)
decisions: Final = _table(DecisionRow)
directives: Final = _table(DirectiveRow)
shown: Final = _table(ShownRow)
inbox: Final = _table(InboxRow)
outbox: Final = _table(OutboxRow)
cards: Final = _table(Card)
log_entries: Final = _table(LogRow)
log_heads: Final = _table(LogHead)
log_payloads: Final = _table(LogPayload)
leases: Final = _table(Lease)
