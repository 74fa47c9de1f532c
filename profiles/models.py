"""What a profile is: rendering tables, disclosure rules, freshness limits, entitlement, gates, notices and wording.

A profile is data for one audience. Every outward word stands in it, so that approving a profile's digest approves
every word that a release can contain. The YAML files beside this module are the tutorial (seed: "approved rendering
tables", "exact profile rules"; mission M2, M5, M6, M12).
"""

from collections.abc import Iterable
from typing import Annotated, Final, Literal, Self

from pydantic import ConfigDict, Field, model_validator

from profiles.codes import DraftKind, FieldClass, HoldReason, RecordKind, RegisterCode, Tlp
from profiles.frozen import Code, Frozen, Key, Name, Role, RowId
from profiles.safetext import SafeText
from profiles.wording import Notices, Phrases, ReasonWording

SCHEMA: Final = "bridgepkg.profile/1"
PACKAGE_SCHEMA: Final = "service-state/1"

Minutes = Annotated[int, Field(ge=1, le=7 * 24 * 60)]


class ProfileSource(Frozen):
    """One source inside this profile's boundary, and how old its evidence may be (promise P13)."""

    name: Name
    kind: RecordKind
    max_age_at_build: Minutes
    max_age_at_release: Minutes


class SourceKey(Frozen):
    """How one source spells a thing: the join is by source and native key, exact, never by display name."""

    source: Name
    key: Key


class ComponentKey(SourceKey):
    """How one source spells a component; `region` where that source has one component per region."""

    region: Name | None = None


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
    """A customer-safe status: the words carry the meaning, the code supports it, a higher rank is worse."""

    code: Code
    label: SafeText
    sentence: SafeText | None = None
    rank: Annotated[int, Field(ge=0, le=99)]
    next_update: Minutes


class TableRow(Frozen):
    """One approved mapping of a source's raw value to a code."""

    id: RowId
    source: Name
    value: Key
    code: Code


class StatusTable(Frozen):
    """Component state to customer-safe status."""

    codes: tuple[StatusCode, ...] = Field(min_length=1)
    rows: tuple[TableRow, ...] = Field(min_length=1)


class ReadinessCode(Frozen):
    """A workaround-readiness marker; a higher rank is more ready."""

    code: Code
    label: SafeText
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
    """A timeline checkpoint in the customer's words."""

    code: Code
    label: SafeText


class CheckpointTable(Frozen):
    """Timeline entries to checkpoints."""

    codes: tuple[CheckpointCode, ...] = Field(min_length=1)
    rows: tuple[TableRow, ...]


class TierRow(Frozen):
    """What one contract tier permits and requires."""

    id: RowId
    source: Name
    value: Key
    permitted: tuple[FieldClass, ...]
    required: tuple[FieldClass, ...]


class DetailCategory(Frozen):
    """The public name of a kind of withheld detail. It is neutral: the category itself may tell too much."""

    id: Name
    label: SafeText


class Match(Frozen):
    """Which records a disclosure rule is about; every given condition must hold."""

    kind: Literal[RecordKind.DEPENDENCY, RecordKind.SECURITY_NOTE]
    labels: tuple[Key, ...] = ()
    tlp: tuple[Tlp, ...] = ()


class DisclosureRule(Frozen):
    """Hold the detail of matching records, as one placeholder per category; `role` may clear it."""

    id: RowId
    match: Match
    reason: HoldReason
    category: Name
    role: Role


class Gate(Frozen):
    """One review that a release needs, by a person of this role."""

    role: Role


class RegisterRule(Frozen):
    """Whether an exception blocks a release, and which role decides it."""

    code: RegisterCode
    blocks: bool
    role: Role


class Acknowledgement(Frozen):
    """The review of the first ten minutes' notice: one gate, and when to expect more (promise P12)."""

    gates: tuple[Gate, ...] = Field(min_length=1, max_length=1)
    next_update: Minutes


class Profile(Frozen):
    """One audience's whole disclosure policy; usable only while its digest stands approved."""

    model_config = ConfigDict(title="bridgepkg profile")

    schema_: Literal["bridgepkg.profile/1"] = Field(alias="schema")
    name: Name
    version: Annotated[int, Field(ge=1)]
    package: Literal["service-state/1"]
    severities: tuple[Key, ...] = Field(min_length=1)
    sources: tuple[ProfileSource, ...] = Field(min_length=1)
    regions: tuple[Region, ...] = Field(min_length=1)
    capabilities: tuple[Capability, ...] = Field(min_length=1)
    status: StatusTable
    readiness: ReadinessTable
    checkpoints: CheckpointTable
    tiers: tuple[TierRow, ...] = Field(min_length=1)
    categories: tuple[DetailCategory, ...]
    disclosure: tuple[DisclosureRule, ...]
    reasons: tuple[ReasonWording, ...]
    register_: tuple[RegisterRule, ...] = Field(alias="register")
    gates: tuple[Gate, ...] = Field(min_length=1)
    acknowledgement: Acknowledgement
    notices: Notices
    phrases: Phrases

    @model_validator(mode="after")
    def _is_whole(self) -> Self:
        problems = [*_duplicates(self), *_dangling(self), *_incomplete(self)]
        if problems:
            raise ValueError("; ".join(problems))
        return self

    def gates_for(self, kind: DraftKind) -> tuple[Role, ...]:
        """The roles that must approve a draft of this kind, in the order in which cards show them."""
        gates = self.gates if kind is DraftKind.UPDATE else self.acknowledgement.gates
        return tuple(gate.role for gate in gates)


def _repeated(values: Iterable[object]) -> list[object]:
    seen: set[object] = set()
    return [value for value in values if value in seen or seen.add(value)]  # type: ignore[func-returns-value]


def _duplicates(profile: Profile) -> list[str]:
    """Everything that must be unique, so that a look-up has one answer."""
    rows = [r.id for t in (profile.status, profile.readiness, profile.checkpoints) for r in t.rows]
    rules = [*(t.id for t in profile.tiers), *(d.id for d in profile.disclosure)]
    unique: dict[str, Iterable[object]] = {
        "source": (s.name for s in profile.sources),
        "region": (r.id for r in profile.regions),
        "capability": (c.id for c in profile.capabilities),
        "capability label": (c.label for c in profile.capabilities),
        "region label": (r.label for r in profile.regions),
        "row or rule id": [*rows, *rules],
        "status value": ((r.source, r.value) for r in profile.status.rows),
        "readiness value": ((r.source, r.value) for r in profile.readiness.rows),
        "checkpoint value": ((r.source, r.value) for r in profile.checkpoints.rows),
        "tier value": ((t.source, t.value) for t in profile.tiers),
        "status code": (c.code for c in profile.status.codes),
        "status rank": (c.rank for c in profile.status.codes),
        "readiness code": (c.code for c in profile.readiness.codes),
        "readiness rank": (c.rank for c in profile.readiness.codes),
        "checkpoint code": (c.code for c in profile.checkpoints.codes),
        "region member": ((m.source, m.key) for r in profile.regions for m in r.members),
        "component": ((k.source, k.key) for c in profile.capabilities for k in c.components),
        "product": ((p.source, p.key) for c in profile.capabilities for p in c.products),
        "category": (c.id for c in profile.categories),
        "reason": (r.reason for r in profile.reasons),
        "register code": (r.code for r in profile.register_),
        "gate": (g.role for g in profile.gates),
    }
    return [f"{what} {value} stands twice; keep one" for what, values in unique.items() for value in _repeated(values)]


def _dangling(profile: Profile) -> list[str]:
    """Every name that refers to something must find it."""
    sources = {s.name for s in profile.sources}
    named = [
        *(k.source for c in profile.capabilities for k in (*c.components, *c.products)),
        *(m.source for r in profile.regions for m in r.members),
        *(r.source for t in (profile.status, profile.readiness, profile.checkpoints) for r in t.rows),
        *(t.source for t in profile.tiers),
    ]
    regions = {r.id for r in profile.regions}
    placed = [
        *(r for c in profile.capabilities for r in c.regions),
        *(k.region for c in profile.capabilities for k in c.components if k.region),
    ]
    categories = {c.id for c in profile.categories}
    return [
        *(f"source {s} is not listed under sources" for s in dict.fromkeys(named) if s not in sources),
        *(f"region {r} is not listed under regions" for r in dict.fromkeys(placed) if r not in regions),
        *(f"category {d.category} of {d.id} is not listed" for d in profile.disclosure if d.category not in categories),
        *_codes_dangling(profile),
    ]


def _codes_dangling(profile: Profile) -> list[str]:
    none = profile.readiness.none_recorded
    used = [
        *(({c.code for c in profile.status.codes}, r.code, r.id) for r in profile.status.rows),
        *(({c.code for c in profile.readiness.codes}, r.code, r.id) for r in profile.readiness.rows),
        *(({c.code for c in profile.checkpoints.codes}, r.code, r.id) for r in profile.checkpoints.rows),
        *([({c.code for c in profile.readiness.codes}, none.code, none.id)] if none else []),
    ]
    return [f"code {code} of row {row} is not in its table" for known, code, row in used if code not in known]


def _incomplete(profile: Profile) -> list[str]:
    """Closed lists that a build may need must be covered whole."""
    worded = {r.reason for r in profile.reasons}
    ruled = {r.code for r in profile.register_}
    return [
        *(f"hold reason {r} has no public wording under reasons" for r in HoldReason if r not in worded),
        *(f"register code {c} has no rule under register" for c in RegisterCode if c not in ruled),
        *(
            []
            if any(c.rank == 0 for c in profile.status.codes)
            else ["no status code has rank 0; one must mean unaffected"]
        ),
        *(
            f"tier {t.id} does not permit status; without it there is no package"
            for t in profile.tiers
            if FieldClass.STATUS not in t.permitted
        ),
        *(
            f"tier {t.id} requires {f} but does not permit it"
            for t in profile.tiers
            for f in t.required
            if f not in t.permitted
        ),
    ]
