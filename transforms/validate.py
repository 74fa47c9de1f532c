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
from transforms.bundle import Bundle
from transforms.canonical import keyed_digest
from transforms.directives import Directives, EntryId, Waiver


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
    facts = sorted({fact for finding in found for fact in finding.facts})
    evidence = keyed_digest(bundle.digest_key, [entry_id, facts])
    fitting = [w for w in directives.waivers if (w.entry, w.evidence) == (entry_id, evidence)]
    waived = None if code in NEVER_WAIVED else next(iter(fitting), None)
    return RegisterEntry(
        id=entry_id,
        code=code,
        blocks=(rule.blocks or code in NEVER_WAIVED) and waived is None,
        role=rule.role,
        sentence="; ".join(dict.fromkeys(finding.sentence for finding in found))[:600],
        evidence=evidence,
        waived=waived,
    )
