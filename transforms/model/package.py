"""The package: the outward values of one draft and nothing else, in schema `service-state/1` (mission M2, M3).

Everything in it comes from the profile's tables, from times, from numbers, and from hold placeholders. Lineage,
register and annexes are siblings that refer to a field by its id, such as `status/payments-api/europe`.
"""

from typing import Annotated, Final, Literal, Self

from pydantic import ConfigDict, Field, StringConstraints, model_validator

from profiles.codes import Section
from profiles.frozen import Code, Digest, Frozen, Name, Time
from profiles.safetext import SafeText
from transforms.model.canonical import digest

FieldId = Annotated[str, StringConstraints(pattern=r"^[a-z]+(/[A-Za-z0-9-]+)*$")]
Number = Annotated[int, Field(ge=1)]

ACCOUNT: Final = "headline/account"
OVERALL: Final = "headline/overall"
VERSION: Final = "headline/version"
CHANGED: Final = "headline/changed"
AS_OF: Final = "footer/as-of"
NEXT_UPDATE: Final = "footer/next-update"
REPLACES: Final = "footer/replaces"
REFERENCE: Final = "footer/reference"


class Coded(Frozen):
    """A value that is shown: a code of a profile table with its words, and the minute since when it holds."""

    type: Literal["coded"] = "coded"
    code: Code
    words: SafeText
    rank: int
    at: Time | None = None

    @property
    def stated(self) -> str:
        """The code and, where one stands beside it, the day and minute."""
        return f"{self.code} {self.at.isoformat()}" if self.at else self.code


class Worded(Frozen):
    """A detail that is shown in approved words: a rule's own, or those that a role cleared for exactly this detail."""

    type: Literal["worded"] = "worded"
    words: SafeText


class LastConfirmed(Frozen):
    """The trouble that the customer was last told of a place that is being confirmed, and as of when (promise P3)."""

    code: Code
    words: SafeText
    at: Time


class Held(Frozen):
    """A value that is not shown: the number of the hold that stands in its place (promise P3).

    `confirming` where nobody keeps anything: it is not known for sure. Only there may `last` stand.
    """

    type: Literal["held"] = "held"
    number: Number
    confirming: bool = False
    last: LastConfirmed | None = None

    @model_validator(mode="after")
    def _keeps_what_is_kept(self) -> Self:
        if self.last and not self.confirming:
            raise ValueError("what was last confirmed never stands in the place of something that is kept")
        return self


Value = Annotated[Coded | Held, Field(discriminator="type")]
FieldValue = Annotated[Coded | Worded | Held, Field(discriminator="type")]


class PackageField(Frozen):
    """One customer-visible value in its place."""

    id: FieldId
    section: Section
    capability: Name | None = None
    region: Name | None = None
    value: Value


class SharedDetail(Frozen):
    """A detail that is told: under which public name, in which approved words."""

    id: FieldId
    what: SafeText
    value: Worded


Placed = PackageField | SharedDetail


class PublicHold(Frozen):
    """What the customer reads of a hold: its number, neutral words, and since when and which version it stands.

    `confirming` says that nobody keeps it; `told_at` is the as-of of the first version that told of it.
    """

    number: Number
    key: FieldId
    what: SafeText
    reason: SafeText
    since: Number
    confirming: bool = False
    told_at: Time | None = None


class Change(Frozen):
    """One difference between the last released package and this one; `None` where the field was or is absent."""

    field: FieldId
    before: FieldValue | None
    after: FieldValue | None


class Package(Frozen):
    """One would-be version of one bridge. `numbers_used` keeps hold numbers from ever being given twice.

    `replaces_at` is the as-of of the version that it replaces. `next_update` is absolute, for people inside; the
    customer reads how many minutes after the message it is due.
    """

    schema_: Literal["service-state/1"] = Field(default="service-state/1", alias="schema")
    account: SafeText
    version: Number
    replaces: Number | None
    replaces_at: Time | None = None
    as_of: Time
    next_update: Time
    overall: Value
    fields: tuple[PackageField, ...]
    details: tuple[SharedDetail, ...] = ()
    changes: tuple[Change, ...]
    holds: tuple[PublicHold, ...]
    numbers_used: Annotated[int, Field(ge=0)]

    model_config = ConfigDict(populate_by_name=True)

    @property
    def placed(self) -> tuple[Placed, ...]:
        """Everything that has a place of its own: fields, then shared details."""
        return (*self.fields, *self.details)

    @property
    def digest(self) -> Digest:
        """SHA-256 of the canonical bytes; its short form is the reference that the customer reads."""
        return digest(self)


class Acknowledgement(Frozen):
    """The first ten minutes' notice: no state, only who, when, and when more will come (promise P12)."""

    schema_: Literal["acknowledgement/1"] = Field(default="acknowledgement/1", alias="schema")
    account: SafeText
    as_of: Time
    next_update: Time

    model_config = ConfigDict(populate_by_name=True)
