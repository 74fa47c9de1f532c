"""A draft: what one build of the next update or acknowledgement gives, and its release digest (promise P1)."""

from typing import Annotated

from pydantic import ConfigDict, Field

from profiles.codes import DraftKind, StageName
from profiles.frozen import Digest, Frozen
from transforms.model.audience import Audience
from transforms.model.canonical import digest
from transforms.model.holds import Annex, Hold
from transforms.model.lineage import LineageEntry
from transforms.model.package import Acknowledgement, Package
from transforms.model.register import RegisterEntry
from transforms.publish.message import Message


class StageRecord(Frozen):
    """What one stage took and gave, by digest; keyed where a guess could be tried."""

    stage: StageName
    input: Digest
    output: Digest


class Draft(Frozen):
    """One build: the package, exactly how it reads, and everything that explains it. Annexes are sealed at rest."""

    kind: DraftKind
    incident: str
    audience: Audience
    profile: str
    profile_digest: Digest
    evidence_digest: Digest
    package: Annotated[Package | Acknowledgement, Field(discriminator="schema_")]
    message: Message
    holds: tuple[Hold, ...]
    annexes: tuple[Annex, ...]
    annex_digests: tuple[Digest, ...]
    register_: tuple[RegisterEntry, ...] = Field(alias="register")
    lineage: tuple[LineageEntry, ...]
    outside_audience: Annotated[int, Field(ge=0)]
    stages: tuple[StageRecord, ...]
    release_digest: Digest

    model_config = ConfigDict(populate_by_name=True)

    @property
    def version(self) -> int | None:
        """The version that this draft would become; none for an acknowledgement."""
        return self.package.version if isinstance(self.package, Package) else None

    @property
    def title(self) -> str:
        """What it is called where people read of it: `version 2`, or `the acknowledgement`."""
        return title_of(self.version)

    @property
    def blocking(self) -> tuple[str, ...]:
        """The ids of the register entries that forbid a release."""
        return tuple(entry.id for entry in self.register_ if entry.blocks)


def title_of(version: int | None) -> str:
    """What a version, or a draft without one, is called where people read of it."""
    return f"version {version}" if version else "the acknowledgement"


def release_digest(
    *,
    message: Message,
    audience: Audience,
    schema: str,
    profile_digest: Digest,
    holds: tuple[Hold, ...],
    entries: tuple[RegisterEntry, ...],
) -> Digest:
    """The digest that people approve: any change of what it covers voids their decisions.

    It covers the message bytes, the audience, the package schema, the profile, every hold with its internal reason and
    what is decided about it, and the waivers in force. It does not cover revisions, times or the number of records, so
    that more evidence of the same voids nothing (promise P13); the annexes' digests stand in the manifest.
    """
    return digest(
        {
            "message": message.digest,
            "audience": audience.model_dump(mode="json"),
            "schema": schema,
            "profile": profile_digest,
            "holds": [hold.model_dump(mode="json") for hold in holds],
            "waivers": [entry.waived.model_dump(mode="json") for entry in entries if entry.waived],
        }
    )
