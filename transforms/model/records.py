"""One typed fact of a system of record, in the seven kinds of the seed, with its three times.

What a connector maps stands in typed fields. What it reads but does not map survives only as `unmapped`: scan terms
that can block a leak and never become wording. Every `str` here is foreign text: it is looked up in tables, compared,
sealed or scanned, and never printed to a customer.
"""

from typing import Annotated, Literal

from pydantic import Field, model_validator

from profiles.codes import RecordKind, Side, Tlp
from profiles.frozen import Frozen, Key, Name, Time

Text = Annotated[str, Field(max_length=20_000)]


class SourceRef(Frozen):
    """Where a fact stands: source, native key, revision, and when it changed, was confirmed, and was read."""

    source: Name
    key: Key
    revision: Key
    changed_at: Time
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


class _Record(Frozen):
    ref: SourceRef
    withheld: tuple[Withheld, ...] = ()
    unmapped: tuple[Text, ...] = ()


class IncidentRecord(_Record):
    """The declared case itself."""

    kind: Literal[RecordKind.INCIDENT] = RecordKind.INCIDENT
    severity: Key
    status: Key


class HealthRecord(_Record):
    """The state of one component, and of one region where the source tells regions apart."""

    kind: Literal[RecordKind.HEALTH] = RecordKind.HEALTH
    side: Side
    component: Key
    region: Key | None = None
    status: Key


class EntitlementRecord(_Record):
    """What one account has bought: tier, products and regions, as the contract system spells them."""

    kind: Literal[RecordKind.ENTITLEMENT] = RecordKind.ENTITLEMENT
    account: Key
    tier: Key
    products: tuple[Key, ...]
    regions: tuple[Key, ...]


class WorkaroundRecord(_Record):
    """One tracked workaround for one component."""

    kind: Literal[RecordKind.WORKAROUND] = RecordKind.WORKAROUND
    component: Key
    readiness: Key


class DependencyRecord(_Record):
    """One node of the dependency map."""

    kind: Literal[RecordKind.DEPENDENCY] = RecordKind.DEPENDENCY
    component: Key
    depends_on: tuple[Key, ...] = ()
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
    """One moment of the incident's timeline; `ref.changed_at` is when it happened."""

    kind: Literal[RecordKind.TIMELINE] = RecordKind.TIMELINE
    checkpoint: Key


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
