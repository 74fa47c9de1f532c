"""What a profile is: rendering tables, disclosure rules, freshness limits, entitlement, gates, notices and wording.

A profile is data for one audience. Every outward word stands in it, so that approving a profile's digest approves
every word that a release can contain. The YAML files beside this module are the tutorial (seed: "approved rendering
tables", "exact profile rules"; mission M2, M5, M6, M12).
"""

from collections.abc import Iterable
from typing import Annotated, Final, Literal, Self

from pydantic import ConfigDict, Field, model_validator

from profiles.codes import DraftKind, FieldClass, HoldReason, RegisterCode
from profiles.disclosure import DetailCategory, DisclosureRule, GeneraliseRule, WithholdRule
from profiles.frozen import Frozen, Key, Name, Role
from profiles.tables import (
    Capability,
    CheckpointTable,
    Material,
    Minutes,
    ProfileSource,
    ReadinessTable,
    Region,
    StatusTable,
    TierRow,
)
from profiles.wording import NeverRow, Notices, Phrases, ReasonWording

SCHEMA: Final = "bridgepkg.profile/1"
PACKAGE_SCHEMA: Final = "service-state/1"


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
    material: Material = Material()
    tiers: tuple[TierRow, ...] = Field(min_length=1)
    categories: tuple[DetailCategory, ...]
    disclosure: tuple[DisclosureRule, ...]
    never: tuple[NeverRow, ...] = ()
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
    rows += [row.id for row in profile.status.shares]
    rules = [row.id for rules in (profile.tiers, profile.disclosure, profile.never) for row in rules]
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
        "tier value": ((t.source, t.value, t.account) for t in profile.tiers),
        "status code": (c.code for c in profile.status.codes),
        "status rank": (c.rank for c in profile.status.codes),
        "status share": (s.at_least for s in profile.status.shares),
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
        *(r for t in profile.tiers for r in (*(t.regions or ()), *t.required_regions)),
    ]
    capabilities = {c.id for c in profile.capabilities}
    bought = [c for t in profile.tiers for c in (*(t.capabilities or ()), *t.required_capabilities)]
    categories = {c.id for c in profile.categories}
    return [
        *(f"source {s} is not listed under sources" for s in dict.fromkeys(named) if s not in sources),
        *(f"region {r} is not listed under regions" for r in dict.fromkeys(placed) if r not in regions),
        *(f"capability {c} is not listed under capabilities" for c in dict.fromkeys(bought) if c not in capabilities),
        *(
            f"category {rule.category} of {rule.id} is not listed"
            for rule in profile.disclosure
            if isinstance(rule, GeneraliseRule | WithholdRule) and rule.category not in categories
        ),
        *_codes_dangling(profile),
    ]


def _codes_dangling(profile: Profile) -> list[str]:
    none = profile.readiness.none_recorded
    used = [
        *(({c.code for c in profile.status.codes}, r.code, r.id) for r in profile.status.rows),
        *(({c.code for c in profile.status.codes}, s.code, s.id) for s in profile.status.shares),
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
