"""The register's entries: exceptions found while building or releasing, and whether they block."""

from typing import Annotated

from pydantic import Field

from profiles.codes import RegisterCode
from profiles.frozen import Digest, Frozen, Role
from transforms.model.directives import EntryId, Waiver


class RegisterEntry(Frozen):
    """One exception. `sentence` names nothing withheld; `evidence` and `decided` are what a waiver binds.

    `decided` is the sentence without the numbers of holds, which may shift from draft to draft.
    """

    id: EntryId
    code: RegisterCode
    blocks: bool
    role: Role
    sentence: Annotated[str, Field(max_length=600)]
    decided: Annotated[str, Field(max_length=600)]
    evidence: Digest
    waived: Waiver | None = None


class Finding(Frozen):
    """An exception before the profile's rule and people's waivers are applied to it.

    `facts` say everything that somebody who waives it decides: subjects, direction, since which version, what each side
    says. They may be withheld. `hold` is the number of the hold that it is about. One that is `advisory` blocks
    nothing, whatever the profile says of its code: it bars no word of this message.
    """

    code: RegisterCode
    about: str
    sentence: str
    facts: tuple[str, ...] = ()
    hold: int | None = None
    advisory: bool = False

    @property
    def numbered(self) -> str:
        """The sentence as people read it, with the number of the hold."""
        return f"H{self.hold} {self.sentence}" if self.hold else self.sentence
