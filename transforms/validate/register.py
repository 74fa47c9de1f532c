"""Validate: the register of exceptions found while building, with what blocks and which role decides (stage three)."""

from collections.abc import Iterable
from dataclasses import dataclass

from profiles.codes import (
    NEVER_WAIVED,
)
from profiles.frozen import Digest
from profiles.models import Profile
from transforms.model.audience import Audience
from transforms.model.canonical import keyed_digest
from transforms.model.directives import Directives
from transforms.model.history import History
from transforms.model.register import Finding, RegisterEntry


@dataclass(frozen=True, slots=True)
class _Bridge:
    """What a decision is bound to beside its facts: the audience, under the bridge's own key."""

    key: str
    audience: Audience

    def digest(self, entry_id: str, facts: list[list[str]]) -> Digest:
        """What somebody decides about, in this bridge alone."""
        return keyed_digest(self.key, [entry_id, self.audience.model_dump(mode="json"), facts])


def register(
    findings: Iterable[Finding], audience: Audience, profile: Profile, history: History, directives: Directives
) -> tuple[RegisterEntry, ...]:
    """The findings as entries, one for each code and subject, blocking ones first."""
    grouped: dict[str, list[Finding]] = {}
    for finding in findings:
        grouped.setdefault(f"{finding.code}:{finding.about}", []).append(finding)
    bridge = _Bridge(history.digest_key, audience)
    entries = [_entry(entry_id, found, bridge, profile, directives) for entry_id, found in grouped.items()]
    return (*(entry for entry in entries if entry.blocks), *(entry for entry in entries if not entry.blocks))


def _entry(
    entry_id: str, found: list[Finding], bridge: _Bridge, profile: Profile, directives: Directives
) -> RegisterEntry:
    code = found[0].code
    rule = next(rule for rule in profile.register_ if rule.code is code)
    # The facts of each finding stay together, and in their order: the same words in other pairs mean something else.
    facts = [list(one) for one in sorted({finding.facts for finding in found})]
    facts_digest = bridge.digest(entry_id, facts)
    decided = _joined(finding.sentence for finding in found)
    binds = (entry_id, facts_digest, decided)
    fitting = [w for w in directives.waivers if (w.entry, w.evidence, w.decided) == binds]
    waived = None if code in NEVER_WAIVED else next(iter(fitting), None)
    return RegisterEntry(
        id=entry_id,
        code=code,
        blocks=(rule.blocks or code in NEVER_WAIVED) and waived is None and not all(one.advisory for one in found),
        role=rule.role,
        sentence=_joined(finding.numbered for finding in found),
        decided=decided,
        evidence=facts_digest,
        waived=waived,
    )


def _joined(sentences: Iterable[str]) -> str:
    """Each sentence once, in one line of a length that can be shown."""
    return "; ".join(dict.fromkeys(sentences))[:600]
