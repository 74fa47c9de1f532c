"""Drafts, states and cards whose every foreign value a test can choose."""

from typing import Any

from blocks.review import ReviewCard
from profiles.codes import RegisterCode
from tests.builders import AT, make_person, make_profile, sample_drafts
from tests.lives import life
from transforms.model.approvals import Decision
from transforms.model.lifecycle import ReviewState
from transforms.model.lineage import LineageEntry
from transforms.model.register import RegisterEntry
from transforms.publish.draft import Draft
from transforms.publish.message import Message

SAM, KIM, ANA = (make_person(user) for user in ("U0SAM", "U0KIM", "U0ANA"))
LINK = "https://meridian-cloud.slack.com/archives/C0ACME/p1"


def make_decision(person=SAM, role: str = "security", answer: str = "approve", digest: str = "a" * 64) -> Decision:
    """One person's answer."""
    return Decision.model_validate({"answer": answer, "person": person, "role": role, "digest": digest, "at": AT})


def states(foreign: str = "the reason", digest: str = "a" * 64) -> dict[str, ReviewState]:
    """Every state of a draft, with this value wherever people's words stand in one."""
    lived = life(digest, foreign, "b" * 32)
    waiting, approved = lived["waiting"], lived["approved"]
    held = lived.pop("held-back")
    return lived | {
        "blocked": waiting.model_copy(update={"blocking": ("leak-suspected:message",)}),
        "stopped": approved.model_copy(update={"problem": foreign}),
        "held": held,
    }


def hostile_draft(foreign: str, stage: int = 2) -> Draft:
    """A draft of the sample in which every value that a source or a person gave is this one."""
    draft = sample_drafts()[stage]
    lineage = tuple(hostile_entry(entry, foreign) for entry in draft.lineage)
    register = tuple(e.model_copy(update={"sentence": foreign[:600]}) for e in draft.register_)
    return draft.model_copy(update={"incident": foreign, "lineage": lineage, "register_": register})


def hostile_entry(entry: LineageEntry, foreign: str) -> LineageEntry:
    """Lineage whose facts are spelt so by their source."""
    refs = (r.model_copy(update={"key": foreign, "revision": foreign, "source": foreign}) for r in entry.origin.refs)
    origin = entry.origin.model_copy(update={"refs": tuple(refs), "silent": (foreign,)})
    return entry.model_copy(update={"origin": origin})


def make_card(state: ReviewState, foreign: str = "", **changes: Any) -> ReviewCard:
    """A card with this value in every place that is not ours."""
    values = {
        "draft": hostile_draft(foreign) if foreign else sample_drafts()[2],
        "number": 7,
        "state": state,
        "role": "security",
        "profile": make_profile(),
        "reference": f"C0INC1042|d7|security|{'a' * 64}",
        "channel_name": foreign or "bridge-acme",
        "readers": 14,
        "names": {SAM: foreign or "Sam", KIM: foreign or "Kim", ANA: foreign or "Ana"},
        "changed": (foreign,) if foreign else ("Payments API, Americas: disrupted (SC3) → degraded (SC1)",),
        "compared": "version 2",
        "sources": foreign or "Sources 8 of 8, oldest 2 min (health) · scanned",
        "unplaced": foreign,
        "problem": getattr(state, "problem", ""),
        "permalink": LINK if state.state in {"released", "superseded", "withdrawn"} else None,
    }
    return ReviewCard(**values | changes)


def endless(draft: Draft) -> Draft:
    """The longest draft that may stand on a card: a message of every block and character that it may have."""
    words = "disrupted in Europe, "
    sections = [
        {
            "type": "section",
            "block_id": f"bridge-{number}",
            "text": {"type": "mrkdwn", "text": (words * 10)[:187], "verbatim": True},
            "expand": True,
        }
        for number in range(40)
    ]
    message = Message(text=words * 100, blocks=tuple(sections))
    holds = tuple(draft.holds[index % len(draft.holds)] for index in range(60))
    register = tuple(make_entry(index) for index in range(40))
    return draft.model_copy(update={"message": message, "holds": holds, "register_": register})


def make_entry(index: int, code: RegisterCode = RegisterCode.TIMING_DISAGREEMENT, **changes: Any) -> RegisterEntry:
    """An exception with a long sentence."""
    values = {"id": f"{code}:status/{index}", "code": code, "blocks": False, "role": "incident_command"}
    said = "what we see disagrees; " * 20
    return RegisterEntry(**values | {"sentence": said, "decided": said, "evidence": "c" * 64} | changes)
