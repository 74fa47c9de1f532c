"""Validate: the register of exceptions found while building, with what blocks and which role decides (stage three)."""

from collections.abc import Iterable
from typing import Annotated

from pydantic import Field

from profiles.codes import (
    NEVER_WAIVED,
    RegisterCode,
)
from profiles.frozen import Digest, Frozen, Role
from profiles.models import Profile
from transforms.model.bundle import Bundle
from transforms.model.canonical import keyed_digest
from transforms.model.directives import Directives, EntryId, Waiver


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
    says. They may be withheld. `hold` is the number of the hold that it is about.
    """

    code: RegisterCode
    about: str
    sentence: str
    facts: tuple[str, ...] = ()
    hold: int | None = None

    @property
    def numbered(self) -> str:
        """The sentence as people read it, with the number of the hold."""
        return f"H{self.hold} {self.sentence}" if self.hold else self.sentence


def register(
    findings: Iterable[Finding], bundle: Bundle, profile: Profile, directives: Directives
) -> tuple[RegisterEntry, ...]:
    """The findings as entries, one for each code and subject, blocking ones first."""
    grouped: dict[str, list[Finding]] = {}
    for finding in findings:
        grouped.setdefault(f"{finding.code}:{finding.about}", []).append(finding)
    entries = [_entry(entry_id, found, bundle, profile, directives) for entry_id, found in grouped.items()]
    return (*(entry for entry in entries if entry.blocks), *(entry for entry in entries if not entry.blocks))


def _entry(
    entry_id: str, found: list[Finding], bundle: Bundle, profile: Profile, directives: Directives
) -> RegisterEntry:
    code = found[0].code
    rule = next(rule for rule in profile.register_ if rule.code is code)
    # The facts of each finding stay together, and in their order: the same words in other pairs mean something else.
    facts = [list(one) for one in sorted({finding.facts for finding in found})]
    evidence = keyed_digest(bundle.digest_key, [entry_id, bundle.audience.model_dump(mode="json"), facts])
    decided = _joined(finding.sentence for finding in found)
    binds = (entry_id, evidence, decided)
    fitting = [w for w in directives.waivers if (w.entry, w.evidence, w.decided) == binds]
    waived = None if code in NEVER_WAIVED else next(iter(fitting), None)
    return RegisterEntry(
        id=entry_id,
        code=code,
        blocks=(rule.blocks or code in NEVER_WAIVED) and waived is None,
        role=rule.role,
        sentence=_joined(finding.numbered for finding in found),
        decided=decided,
        evidence=evidence,
        waived=waived,
    )


def _joined(sentences: Iterable[str]) -> str:
    """Each sentence once, in one line of a length that can be shown."""
    return "; ".join(dict.fromkeys(sentences))[:600]
