"""Disclosure rules: what becomes of the detail that may not simply be said, as data (mission M3, M6).

Rules are tried in their order and the first that matches a record decides. No rule lets a source's own words through:
`allow` means that no placeholder is needed, `generalise` shows the rule's approved wording instead of the detail,
`hold` and `annex` show a neutral placeholder, and only a clearance of exact words ends those early.
"""

from typing import Annotated, Literal, Self

from pydantic import Field, StringConstraints, model_validator

from profiles.codes import HoldReason, RecordKind, Tlp
from profiles.frozen import Frozen, Key, Name, Role, RowId
from profiles.safetext import SafeText

Glob = Annotated[str, StringConstraints(pattern=r"^[^\[\]]+$", min_length=1, max_length=200)]
"""A name with `*` for any run of characters and `?` for one; upper and lower case differ."""


class DetailCategory(Frozen):
    """The public name of a kind of withheld detail. It is neutral: the category itself may tell too much."""

    id: Name
    label: SafeText


class Match(Frozen):
    """Which records a rule is about: every given condition must hold, each by any of its values.

    `names` and `globs` are about a dependency's component or a note's subjects, as the source spells them. A rule about
    health or workarounds holds the very cell or readiness that the record would have told; it generalises nothing.
    """

    kind: Literal[RecordKind.DEPENDENCY, RecordKind.SECURITY_NOTE, RecordKind.HEALTH, RecordKind.WORKAROUND]
    names: tuple[Key, ...] = ()
    globs: tuple[Glob, ...] = ()
    labels: tuple[Key, ...] = ()
    sensitivity: tuple[Key, ...] = ()
    tlp: tuple[Tlp, ...] = ()


class AllowRule(Frozen):
    """Matching records need no placeholder: the customer does not miss them."""

    id: RowId
    match: Match
    then: Literal["allow"]


class GeneraliseRule(Frozen):
    """Matching records are told in this wording, which says no more than was approved with the profile."""

    id: RowId
    match: Match
    then: Literal["generalise"]
    category: Name
    wording: SafeText

    @model_validator(mode="after")
    def _is_about_a_detail(self) -> Self:
        if self.match.kind in {RecordKind.HEALTH, RecordKind.WORKAROUND}:
            raise ValueError(f"{self.match.kind} is told by its own table; use then: hold, annex or allow")
        return self


class WithholdRule(Frozen):
    """Matching records are withheld, as one placeholder per category, and `role` may clear exact words for them.

    `hold` asks that role to decide; `annex` is decided already: the placeholder stands and nobody is asked.
    """

    id: RowId
    match: Match
    then: Literal["hold", "annex"]
    reason: HoldReason
    category: Name
    role: Role


DisclosureRule = Annotated[AllowRule | GeneraliseRule | WithholdRule, Field(discriminator="then")]
