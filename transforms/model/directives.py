"""What people decided that shapes a build: holds, clearances, waivers, placings, approved profiles.

A clearance alone carries words for the customer; they pass `transforms.clearance` and every scan.
"""

from collections.abc import Iterable
from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from profiles.codes import HoldReason
from profiles.estate import Estate
from profiles.frozen import Digest, Frozen, Name, Role, Time
from transforms.model.package import FieldId
from transforms.model.records import SourceRef, Tag

EntryId = Annotated[str, StringConstraints(pattern=r"^[a-z-]+:[A-Za-z0-9/-]*$")]


class Person(Frozen):
    """Somebody, as Slack knows them: the workspace and the user. Names are looked up when drawn."""

    team: Annotated[str, StringConstraints(pattern=r"^[TE][A-Z0-9]+$")]
    user: Annotated[str, StringConstraints(pattern=r"^[UW][A-Z0-9]+$")]


class FieldHold(Frozen):
    """One person's hold on a field, or on everything under it (`status/payments-api`). The note stays in the annex."""

    target: FieldId
    reason: HoldReason
    by: Person
    role: Role
    at: Time
    note: Annotated[str, Field(max_length=2000)] = ""


class Waiver(Frozen):
    """One person's decision that a register entry need not block, for exactly the evidence that they saw.

    `decided` is what they read and decided, in the clear; it names nothing withheld. `evidence` covers the facts.
    """

    entry: EntryId
    evidence: Digest
    decided: Annotated[str, Field(min_length=1, max_length=600)]
    by: Person
    role: Role
    at: Time


class Clearance(Frozen):
    """Wording approved word for word for one withheld fact (`subject`, a keyed digest), from `at` until `until`.

    `by` is the person who cleared it, or the note of a system of record that says so.
    """

    subject: Digest
    wording: Annotated[str, Field(min_length=1, max_length=300)]
    by: Person | SourceRef
    role: Role
    at: Time
    until: Time


class Placing(Frozen):
    """Incident command's word on evidence that no table places: every item with these labels is meant (promise P14).

    It belongs to `capability`, in the item's own region, or with none is unrelated to this bridge. It holds for the
    incident, so that the forty-first alert of the kind is placed too.
    """

    source: Name
    tags: tuple[Tag, ...] = Field(min_length=1)
    capability: Name | None = None
    by: Person
    role: Role
    at: Time

    def fits(self, source: str, tags: Iterable[Tag]) -> bool:
        """Whether an item of a source has every one of the labels."""
        return source == self.source and set(self.tags) <= set(tags)


class EndedHold(Frozen):
    """One person's word that a hold whose cause can no longer be found may end: it was solved, or moved elsewhere."""

    key: FieldId
    since: Time
    why: Literal["solved", "moved"]
    by: Person
    role: Role
    at: Time


class ProfileApproval(Frozen):
    """One person's approval of a profile's digest. Two roles must give it before the profile can build for release."""

    profile: Digest
    by: Person
    role: Role
    at: Time


class Directives(Frozen):
    """Everything that people decided for one bridge of one incident, and the installer's trust root.

    `estate` are the components that the house is known to have, approved by digest like a profile.
    """

    holds: tuple[FieldHold, ...] = ()
    clearances: tuple[Clearance, ...] = ()
    waivers: tuple[Waiver, ...] = ()
    approved_profiles: tuple[Digest, ...] = ()
    profile_approvals: tuple[ProfileApproval, ...] = ()
    placings: tuple[Placing, ...] = ()
    ended_holds: tuple[EndedHold, ...] = ()
    estate: Estate | None = None
