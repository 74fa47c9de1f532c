"""What a profile is: rendering tables, disclosure rules, freshness limits, entitlement, gates, notices and wording.

A profile is data for one audience. Every outward word stands in it, so that approving a profile's digest approves
every word that a release can contain. The YAML files beside this module are the tutorial (seed: "approved rendering
tables", "exact profile rules"; mission M2, M5, M6, M12).
"""

from typing import Annotated, Final, Literal, Self

from pydantic import ConfigDict, Field, model_validator

from profiles.codes import DraftKind, RegisterCode
from profiles.consistency import consistency_errors
from profiles.disclosure import DetailCategory, DisclosureRule
from profiles.frozen import Frozen, Key, Language, Name, Role
from profiles.tables import (
    AllClear,
    Capability,
    CheckpointTable,
    IncidentTable,
    Material,
    Minutes,
    ProfileSource,
    ReadinessTable,
    Region,
    StatusTable,
    TierRow,
)
from profiles.wording import CommitmentWords, NeverRow, Notices, Phrases, ReasonWording, Scan

SCHEMA: Final = "bridgepkg.profile/2"
PACKAGE_SCHEMA: Final = "service-state/1"


class Gate(Frozen):
    """One review that a release needs, by as many different people of this role as `quorum` says."""

    role: Role
    quorum: Annotated[int, Field(ge=1, le=5)] = 1


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
    """One audience's whole disclosure policy; usable only while its digest stands approved.

    `settle` is for how many minutes new unplaced trouble may have fired without stopping a release: younger one goes to
    the next draft. `dependency_depth` is how many edges of the dependency map are followed from an affected component.
    """

    model_config = ConfigDict(title="bridgepkg profile")

    schema_: Literal["bridgepkg.profile/2"] = Field(alias="schema")
    name: Name
    version: Annotated[int, Field(ge=1)]
    package: Literal["service-state/1"]
    languages: tuple[Language, ...] = Field(min_length=1)
    severities: tuple[Key, ...] = Field(min_length=1)
    sources: tuple[ProfileSource, ...] = Field(min_length=1)
    regions: tuple[Region, ...] = Field(min_length=1)
    capabilities: tuple[Capability, ...] = Field(min_length=1)
    status: StatusTable
    readiness: ReadinessTable
    checkpoints: CheckpointTable
    incident: IncidentTable = IncidentTable()
    all_clear: AllClear | None = None
    settle: Minutes = 5
    dependency_depth: Annotated[int, Field(ge=1, le=50)] = 12
    material: Material = Material()
    tiers: tuple[TierRow, ...] = Field(min_length=1)
    categories: tuple[DetailCategory, ...]
    disclosure: tuple[DisclosureRule, ...]
    commitments: tuple[CommitmentWords, ...] = Field(min_length=1)
    never: tuple[NeverRow, ...] = ()
    scan: Scan = Scan()
    reasons: tuple[ReasonWording, ...]
    register_: tuple[RegisterRule, ...] = Field(alias="register")
    gates: tuple[Gate, ...] = Field(min_length=1)
    acknowledgement: Acknowledgement
    notices: Notices
    phrases: Phrases

    @model_validator(mode="after")
    def _is_whole(self) -> Self:
        if problems := consistency_errors(self):
            raise ValueError("; ".join(map(str, problems)))
        return self

    @property
    def committing(self) -> tuple[str, ...]:
        """Words of every language that no message may hold."""
        return tuple(word for row in self.commitments for word in row.words)

    @property
    def telling(self) -> tuple[str, ...]:
        """Words of every language that no reason and no category may hold."""
        return tuple(word for row in self.commitments for word in row.telling)

    def required_gates(self, kind: DraftKind) -> tuple[Gate, ...]:
        """The reviews that a draft of this kind needs before it is released."""
        return self.gates if kind is DraftKind.UPDATE else self.acknowledgement.gates

    def gates_for(self, kind: DraftKind) -> tuple[Role, ...]:
        """The roles of these reviews, in the order in which cards name them."""
        return tuple(gate.role for gate in self.required_gates(kind))
