"""The tables of a profile: sources, regions, capabilities, and what maps a source's raw values to customer-safe codes.

A value that no row maps becomes a hold; nothing is passed through (promise P4; seed: "approved rendering tables").
"""

from typing import Annotated, Literal

from pydantic import Field

from profiles.codes import INCIDENT_COMMAND, FieldClass, IncidentState, RecordKind
from profiles.frozen import Code, Frozen, Key, Name, Role, RowId
from profiles.safetext import SafeText

Minutes = Annotated[int, Field(ge=1, le=7 * 24 * 60)]
Settlement = Literal["hold", "worst", "authority"]


CountsAs = Literal["primary", "check"]


class ProfileSource(Frozen):
    """One source inside this profile's boundary, and how old its evidence may be (promise P13).

    A `primary` health source decides a cell, and without it the cell is held. A `check` holds a cell only where it is
    fresh and disagrees; it never speaks alone.
    """

    name: Name
    kind: RecordKind
    counts_as: CountsAs = "primary"
    max_age_at_build: Minutes
    max_age_at_release: Minutes


class SourceKey(Frozen):
    """How one source spells a thing: the join is by source and native key, exact, never by display name."""

    source: Name
    key: Key


class ComponentKey(SourceKey):
    """How one source spells a component; `region` where that source has one component per region.

    `runs_in` are the native regions that it runs in, where the source's own coverage does not say so: a bucket is heard
    only when each of them was. `counts_as` goes before what the source counts as.
    """

    region: Name | None = None
    runs_in: tuple[Key, ...] = ()
    counts_as: CountsAs | None = None


class Capability(Frozen):
    """What the customer calls a part of the service, and every component that it rests on."""

    id: Name
    label: SafeText
    regions: tuple[Name, ...] = Field(min_length=1)
    components: tuple[ComponentKey, ...] = Field(min_length=1)
    products: tuple[SourceKey, ...] = Field(min_length=1)


class Region(Frozen):
    """A region bucket and the native regions in it."""

    id: Name
    label: SafeText
    members: tuple[SourceKey, ...]


class StatusCode(Frozen):
    """A customer-safe status: the words carry the meaning, the code supports it, a higher rank is worse.

    `short` is how the headline says it, where the label is too long for one line.
    """

    code: Code
    label: SafeText
    short: SafeText | None = None
    sentence: SafeText | None = None
    rank: Annotated[int, Field(ge=0, le=99)]
    next_update: Minutes


class TableRow(Frozen):
    """One approved mapping of a source's raw value to a code."""

    id: RowId
    source: Name
    value: Key
    code: Code


class Conflicts(Frozen):
    """What becomes of a cell whose sources disagree: held, or settled by the worst word or by the source listed first.

    `same_side` is about sources that face the same side, `sides` about what is seen inside and what the customer is
    shown elsewhere. Whatever settles a disagreement, it stands in the register; it is never flattened silently. Starts
    that lie more than `minutes` apart disagree too.
    """

    same_side: Settlement = "hold"
    sides: Settlement = "hold"
    minutes: Minutes = 15


class ShareRow(Frozen):
    """A bucket of the share of a cell's components that are affected: from `at_least` percent on it reads as `code`."""

    id: RowId
    at_least: Annotated[int, Field(ge=1, le=100)]
    code: Code


class StatusTable(Frozen):
    """Component state to customer-safe status: the worst of a cell's components, or the bucket of their share.

    With `shares`, a cell reads as the highest bucket that its share reaches, and never worse than its worst component.
    """

    codes: tuple[StatusCode, ...] = Field(min_length=1)
    rows: tuple[TableRow, ...] = Field(min_length=1)
    conflicts: Conflicts = Conflicts()
    shares: tuple[ShareRow, ...] = ()


class ReadinessCode(Frozen):
    """A workaround-readiness marker; a higher rank is more ready. The sentence says what the customer can do."""

    code: Code
    label: SafeText
    sentence: SafeText | None = None
    rank: Annotated[int, Field(ge=0, le=99)]


class NoneRecorded(Frozen):
    """What a customer reads when a fresh tracker lists no workaround. Without it, that slot is held."""

    id: RowId
    code: Code


class ReadinessTable(Frozen):
    """Tracker state to workaround readiness."""

    codes: tuple[ReadinessCode, ...] = Field(min_length=1)
    rows: tuple[TableRow, ...]
    none_recorded: NoneRecorded | None = None


class CheckpointCode(Frozen):
    """A timeline checkpoint in the customer's words. `restored` says that the service is whole again (promise P17)."""

    code: Code
    label: SafeText
    restored: bool = False


class CheckpointTable(Frozen):
    """Timeline entries to checkpoints. One that people mark counts from somebody who fills a role of `marked_by`."""

    codes: tuple[CheckpointCode, ...] = Field(min_length=1)
    rows: tuple[TableRow, ...]
    marked_by: tuple[Role, ...] = Field(default=(INCIDENT_COMMAND,), min_length=1)


class IncidentRow(Frozen):
    """One approved mapping of an incident system's raw status to how the incident stands."""

    id: RowId
    source: Name
    value: Key
    state: IncidentState


class IncidentTable(Frozen):
    """How incidents stand by their own account. A status that no row maps counts as open: nobody called it resolved."""

    rows: tuple[IncidentRow, ...] = ()


class AllClear(Frozen):
    """When good news may follow bad news (promise P17).

    A cell of which a version said worse reads as `code` ("working again, we are watching it") once all evidence has
    been good for `dwell` minutes, and as unaffected only when the incident and the customer-facing page agree.
    """

    dwell: Minutes
    code: Code


class Material(Frozen):
    """From which difference on a released value counts as no longer true: ranks of a code, minutes of a time."""

    ranks: Annotated[int, Field(ge=1, le=99)] = 1
    minutes: Minutes = 30


class TierRow(Frozen):
    """What one contract tier, or one `account` of it, permits and requires: kinds of field, capabilities and regions.

    A row for an account goes before its tier's. What was not bought is never shown, whatever is permitted here; left
    out, `capabilities` and `regions` permit everything that was bought. `required` fields must be shown, of the
    `required_capabilities` and in the `required_regions` where those are given, else of all.
    """

    id: RowId
    source: Name
    value: Key
    account: Key | None = None
    permitted: tuple[FieldClass, ...]
    required: tuple[FieldClass, ...]
    capabilities: tuple[Name, ...] | None = None
    regions: tuple[Name, ...] | None = None
    required_capabilities: tuple[Name, ...] = ()
    required_regions: tuple[Name, ...] = ()
