"""Renew: a newer reading under an open draft that still says what the sources say, so that its approvals stand (P13).

Whoever asks for a draft while one waits would else void decisions for nothing but a later time.
"""

import dataclasses

from profiles.frozen import Digest, Time, replace
from transforms.build import build
from transforms.model.evidence import Evidence, evidence_id
from transforms.model.package import Package
from transforms.publish.dossier import BuildResult
from transforms.publish.draft import Draft


def says_the_same(draft: Draft, newer: Draft) -> bool:
    """Whether a draft of now would differ from an open one in nothing but its times."""
    old, new = draft.package, newer.package
    if not isinstance(old, Package) or not isinstance(new, Package):
        return False
    told = [
        (p.version, p.placed, p.overall, p.changes, [replace(h, told_at=None) for h in p.holds]) for p in (old, new)
    ]
    return told[0] == told[1] and draft.blocking == newer.blocking


def has_time_left(draft: Draft, now: Time) -> bool:
    """Whether more than half of the time until its next update is left: else a later as-of serves the customer more."""
    package = draft.package
    return now - package.as_of < package.next_update - now


def renewed(built: BuildResult, newest: BuildResult, incident_key: Digest) -> BuildResult | None:
    """An open draft on the newest reading, if no byte that people approve differs; `newest` is a draft of now.

    1. It says the same, and has time left. 2. The newest reading is rendered as of the open draft's own moment, from
    the history that it was built on. 3. The release digests are equal, and the same exceptions block.
    """
    draft, newer = built.draft, newest.draft
    if not says_the_same(draft, newer) or not has_time_left(draft, newest.evidence.at):  # 1
        return None
    evidence = _as_of(built.evidence.at, newest.evidence)
    again = build(evidence, newer.audience, newest.profile, built.history, newest.directives)  # 2
    if again.release_digest != draft.release_digest or again.blocking != draft.blocking:  # 3
        return None
    name = evidence_id(incident_key, evidence)
    number, history = built.number, built.history
    return dataclasses.replace(newest, number=number, evidence=evidence, evidence_id=name, history=history, draft=again)


def _as_of(moment: Time, evidence: Evidence) -> Evidence:
    """The same reading for an earlier moment: what was read keeps its own times."""
    return replace(evidence, at=moment)
