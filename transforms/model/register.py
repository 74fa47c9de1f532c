"""The register's entries: exceptions found while building or releasing, and whether they block."""

from typing import Annotated

from pydantic import Field

from profiles.codes import RegisterCode
from profiles.frozen import Digest, Frozen, Role
from transforms.model.directives import EntryId, Waiver


class RegisterEntry(Frozen):
    """One exception. `sentence` names nothing withheld; `evidence` is what a waiver binds."""

    id: EntryId
    code: RegisterCode
    blocks: bool
    role: Role
    sentence: Annotated[str, Field(max_length=600)]
    evidence: Digest
    waived: Waiver | None = None


class Finding(Frozen):
    """An exception before the profile's rule and people's waivers are applied to it."""

    code: RegisterCode
    about: str
    sentence: str
    facts: tuple[str, ...] = ()
