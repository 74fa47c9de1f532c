"""What people decided that shapes a build: holds, waivers, approved profiles. Never a word for the customer."""

from typing import Annotated

from pydantic import Field, StringConstraints

from profiles.codes import HoldReason
from profiles.frozen import Digest, Frozen, Role, Time
from transforms.package import FieldId

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
    """One person's decision that a register entry need not block, for exactly the evidence that they saw."""

    entry: EntryId
    evidence: Digest
    by: Person
    role: Role
    at: Time


class Directives(Frozen):
    """Everything that people decided for one bridge of one incident."""

    holds: tuple[FieldHold, ...] = ()
    waivers: tuple[Waiver, ...] = ()
    approved_profiles: tuple[Digest, ...] = ()
