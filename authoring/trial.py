"""What a profile is tried on: a reading of the sources, whose package is made of it, and what was before it."""

from dataclasses import dataclass

from transforms.model.audience import Audience
from transforms.model.evidence import Evidence
from transforms.model.history import History


@dataclass(frozen=True, slots=True)
class Trial:
    """One reading for one bridge."""

    evidence: Evidence
    audience: Audience
    history: History
