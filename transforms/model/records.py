"""One typed fact of a system of record, in the seven kinds of the seed, with its three times.

What a connector maps stands in typed fields. What it reads but does not map survives only as `unmapped`: scan terms
that can block a leak and never become wording. Every `str` here is foreign text: it is looked up in tables, compared,
sealed or scanned, and never printed to a customer.
"""

from typing import Annotated, Literal

from pydantic import Field, model_validator

from profiles.codes import RecordKind, Side, Tlp, Unplaced
from profiles.frozen import Frozen, Key, Name, Role, Time

Text = Annotated[str, Field(max_length=20_000)]


class SourceRef(Frozen):
    """Where a fact stands: source, native key, revision, and when it changed, was confirmed, and was read.

    `changed_at` is none where the source gives no time that can be one: then nobody is told since when.
    """

    source: Name
    key: Key
    revision: Key
    changed_at: Time | None
    observed_at: Time
    fetched_at: Time

    @model_validator(mode="after")
    def _is_read_after_it_was_observed(self) -> "SourceRef":
        if self.observed_at > self.fetched_at:
            raise ValueError("observed_at lies after fetched_at; nothing is confirmed after it was read")
        return self


class Withheld(Frozen):
    """A mapped value that never leaves: a title, a host, a person, a ticket key, a description."""

    name: Name
    text: Text


class ClearedWording(Frozen):
    """What a system of record says may be told of a note: exact words, for exactly this revision, until a time."""

    wording: Annotated[str, Field(min_length=1, max_length=300)]
    revision: Key
    until: Time


class Tag(Frozen):
    """One label of an item as its source writes it, by which people can say what the item is about."""

    name: Key
    value: Key


class _Record(Frozen):
    ref: SourceRef
    tags: tuple[Tag, ...] = ()
    withheld: tuple[Withheld, ...] = ()
    unmapped: tuple[Text, ...] = ()

    @property
    def known_by(self) -> tuple[Tag, ...]:
        """The labels by which people can say what it is about: its own; without any, its component or its key."""
        if self.tags:
            return self.tags
        component: str | None = getattr(self, "component", None)
        return (Tag(name="component", value=component) if component else Tag(name="key", value=self.ref.key),)


class UnplacedItem(_Record):
    """An item that was read and became no record, because nobody can say what it is about (promise P14).

    It counts as trouble wherever it could belong: in `region`, where the item names one, else everywhere.
    """

    kind: RecordKind
    why: Unplaced
    region: Key | None = None
    status: Key | None = None


class IncidentRecord(_Record):
    """The declared case itself, or on the customer's side an incident of the customer-facing page.

    `started` is when its trouble began, where the system says so: it may lie before the record was made.
    """

    kind: Literal[RecordKind.INCIDENT] = RecordKind.INCIDENT
    side: Side = Side.INTERNAL
    severity: Key
    status: Key
    started: Time | None = None


class HealthRecord(_Record):
    """The state of one component, and of one region where the source tells regions apart.

    `tlp`, `labels` and `sensitivity` are what the source says of who may read it.
    """

    kind: Literal[RecordKind.HEALTH] = RecordKind.HEALTH
    side: Side
    component: Key
    region: Key | None = None
    status: Key
    tlp: Tlp | None = None
    labels: tuple[Key, ...] = ()
    sensitivity: Key | None = None


class EntitlementRecord(_Record):
    """What one contract of an account bought: tier, and each of its products in each of its regions.

    Several contracts of one account add up. One that is deleted, not yet valid or no longer valid gives nothing.
    `permitted`, `required` and `update_minutes` are what the contract itself says of fields and of the cadence.
    """

    kind: Literal[RecordKind.ENTITLEMENT] = RecordKind.ENTITLEMENT
    account: Key
    tier: Key
    products: tuple[Key, ...]
    regions: tuple[Key, ...]
    valid_from: Time | None = None
    valid_until: Time | None = None
    deleted: bool = False
    permitted: tuple[Key, ...] | None = None
    required: tuple[Key, ...] | None = None
    update_minutes: Annotated[int, Field(ge=1)] | None = None


class WorkaroundRecord(_Record):
    """One tracked workaround for one component."""

    kind: Literal[RecordKind.WORKAROUND] = RecordKind.WORKAROUND
    component: Key
    readiness: Key
    tlp: Tlp | None = None
    labels: tuple[Key, ...] = ()
    sensitivity: Key | None = None


class DependencyRecord(_Record):
    """One node of the dependency map. `needed_by` are edges that this node declares from its own end."""

    kind: Literal[RecordKind.DEPENDENCY] = RecordKind.DEPENDENCY
    component: Key
    depends_on: tuple[Key, ...] = ()
    needed_by: tuple[Key, ...] = ()
    labels: tuple[Key, ...] = ()
    sensitivity: Key | None = None


class SecurityNoteRecord(_Record):
    """One security review note; `subjects` are the components that it is about."""

    kind: Literal[RecordKind.SECURITY_NOTE] = RecordKind.SECURITY_NOTE
    tlp: Tlp
    subjects: tuple[Key, ...] = ()
    labels: tuple[Key, ...] = ()
    sensitivity: Key | None = None
    cleared: ClearedWording | None = None


class TimelineRecord(_Record):
    """One moment of the incident's timeline; `ref.changed_at` is when it happened.

    `roles` are those of the people who marked it, as the house knows them: empty where none of them fills any, none
    where nobody could say. A record of a system that people do not mark has `marked` false.
    """

    kind: Literal[RecordKind.TIMELINE] = RecordKind.TIMELINE
    checkpoint: Key
    marked: bool = False
    roles: tuple[Role, ...] | None = None


Record = Annotated[
    IncidentRecord
    | HealthRecord
    | EntitlementRecord
    | WorkaroundRecord
    | DependencyRecord
    | SecurityNoteRecord
    | TimelineRecord,
    Field(discriminator="kind"),
]
