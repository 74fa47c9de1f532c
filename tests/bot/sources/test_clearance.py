"""Clearance and sensitivity as systems of record write them, from the file through the connector to the customer."""

import json
import os
from pathlib import Path
from typing import Any

import pytest

from bot.sources.read import read_evidence
from profiles.codes import RegisterCode, SourceState
from profiles.frozen import replace
from tests.bot.sources.reading import read_data, read_text
from tests.builders import (
    EXAMPLE,
    INCIDENT,
    STAGES,
    assert_no_canary,
    lay_out,
    make_draft,
    make_profile,
    profile_data,
    sample_deployment,
    sample_evidence,
    stage_clock,
)
from transforms.model.evidence import Evidence
from transforms.publish.draft import Draft

STAGE = STAGES[1]
WORDS = "A part that signs requests answers too slowly"
UNTIL = "2026-03-12T18:00:00Z"
FILE = "security-notes/mc-sa-2026-0091.json"


def advisory(**changes: Any) -> dict[str, Any]:
    """The sample's security note, with these changes of its document."""
    note = json.loads((EXAMPLE / STAGE / FILE).read_text())
    note["document"] |= changes
    return note


def cleared(text: str = WORDS, revision: str = "2", until: str = UNTIL, **more: Any) -> dict[str, Any]:
    """The note with the words that security cleared for one of its versions."""
    note = advisory(**more)
    told = {"category": "other", "title": "customer wording", "text": text}
    note["document"]["notes"].append(told | {"x_bridgepkg": {"revision": revision, "until": until}})
    return note


def version(number: str) -> dict[str, Any]:
    """The tracking of another version of the note."""
    return {"tracking": advisory()["document"]["tracking"] | {"version": number}}


def evidence_with(folder: Path, note: dict[str, Any]) -> Evidence:
    """The sample's second stage with another security note, read by the real connectors."""
    lay_out(folder, STAGE)
    (folder / FILE).write_text(json.dumps(note))
    at = stage_clock(STAGE)
    os.utime(folder / FILE, (at.timestamp(), at.timestamp()))
    deployment = sample_deployment()
    sources = replace(deployment.sources, folder=folder)
    return read_evidence(sources, INCIDENT, at=at)


def told(draft: Draft) -> list[tuple[str, str]]:
    """The details that the customer reads."""
    return [(str(detail.what), str(detail.value.words)) for detail in draft.package.details]


def held(draft: Draft) -> list[str]:
    """What is held of details."""
    return [hold.key for hold in draft.holds if hold.key.startswith("detail/")]


def test_words_that_a_security_note_clears_reach_the_customer(tmp_path) -> None:
    """Word for word, in the detail's place; nothing else of the note, and the scan finds nothing in it."""
    draft = make_draft(evidence_with(tmp_path, cleared()))
    assert told(draft) == [("technical detail", WORDS)]
    assert held(draft) == ["detail/dependency"]
    assert f"technical detail: {WORDS}" in draft.message.text
    assert_no_canary(draft.message.text, {"SignGate", "CVE-2026-41877", "Jonas Weber", "sgn-07"})
    assert [entry.code for entry in draft.register_ if entry.code is RegisterCode.LEAK_SUSPECTED] == []


def test_edited_note_is_held_again_and_the_release_is_remembered(tmp_path) -> None:
    """A new version of the note is another fact: its words are no longer cleared, and the customer has read them."""
    released = make_draft(evidence_with(tmp_path / "one", cleared()))
    edited = evidence_with(tmp_path / "two", cleared(title="SignGate stalls, and worse", **version("3")))
    draft = make_draft(edited, released.package)
    assert (told(draft), held(draft)) == ([], ["detail/dependency", "detail/technical"])
    assert WORDS not in draft.message.text
    narrowed = [entry for entry in draft.register_ if entry.code is RegisterCode.CLEARANCE_NARROWED]
    assert [(entry.blocks, entry.role) for entry in narrowed] == [(True, "security")]


@pytest.mark.parametrize(
    "note",
    [
        cleared(revision="3"),
        cleared(until="2026-03-12T14:20:00Z"),
        cleared(**version("3")),
        advisory(),
    ],
    ids=["another version's", "expired", "an older version's", "none"],
)
def test_note_without_a_clearance_in_force_is_held(note, tmp_path) -> None:
    """For exactly this version, and until a time."""
    draft = make_draft(evidence_with(tmp_path, note))
    assert (told(draft), held(draft)) == ([], ["detail/dependency", "detail/technical"])


def test_words_cleared_anew_are_told_again(tmp_path) -> None:
    """Security clears the next version of the note by naming it."""
    note = cleared("Another part answers slowly", "3", **version("3"))
    assert told(make_draft(evidence_with(tmp_path, note))) == [("technical detail", "Another part answers slowly")]


def test_cleared_words_pass_the_same_scan_as_all_others(tmp_path) -> None:
    """Clearing words that name what the note withholds does not get them out unseen."""
    draft = make_draft(evidence_with(tmp_path, cleared("SignGate on sgn-07 stalls")))
    assert RegisterCode.LEAK_SUSPECTED in {entry.code for entry in draft.register_ if entry.blocks}


@pytest.mark.parametrize(
    "note",
    [
        cleared(until="tomorrow"),
        cleared(until=None),
        cleared(revision=None),
        cleared(text="x" * 301),
        cleared(notes=[{"category": "other", "title": "customer wording", "text": "x"}]),
    ],
)
def test_clearance_that_is_not_whole_clears_nothing_and_is_told(note, tmp_path) -> None:
    """Nobody can say what was cleared, for what, or until when: the note is held, and the source says why."""
    health, (record,) = read_data(tmp_path, "csaf", note)
    said = "item 1: cleared is no clearance (wording, revision and until); it clears nothing until corrected"
    assert (health.state, health.problem, record.cleared) == (SourceState.INCOMPLETE, said, None)


def test_note_with_another_title_clears_nothing(tmp_path) -> None:
    """Only the one title says that words may be told; such a note is withheld like every other."""
    note = cleared()
    note["document"]["notes"][-1]["title"] = "Customer statement"
    _, (record,) = read_data(tmp_path, "csaf", note)
    assert record.cleared is None
    assert WORDS in {value.text for value in record.withheld}
    _, (record,) = read_data(tmp_path, "csaf", cleared())
    assert (record.cleared.wording, record.cleared.revision) == (WORDS, "2")
    assert WORDS not in {value.text for value in record.withheld} | set(record.unmapped)


def test_sensitivity_of_a_security_note_is_read(tmp_path) -> None:
    """In the document's own `x_bridgepkg`; a note without it has none."""
    _, (record,) = read_data(tmp_path, "csaf", advisory(x_bridgepkg={"sensitivity": "embargoed"}))
    assert record.sensitivity == "embargoed"
    assert read_data(tmp_path, "csaf", advisory())[1][0].sensitivity is None


CATALOGUE = """
kind: Component
metadata:
  name: pay-edge
spec: {dependsOn: [component:default/edge-signer]}
---
kind: Component
metadata:
  name: edge-signer
  annotations: {bridgepkg/sensitivity: confidential, meridian.example/hosts: sgn-07}
"""


def test_sensitivity_of_a_dependency_is_read_from_its_annotation(tmp_path) -> None:
    """The other annotations stay withheld; an entity without it has none."""
    health, records = read_text(tmp_path, "backstage", CATALOGUE, "catalog.yaml")
    assert health.state is SourceState.READ
    assert {record.component: record.sensitivity for record in records} == {
        "component:default/pay-edge": None,
        "component:default/edge-signer": "confidential",
    }


def test_rule_about_sensitivity_holds_what_the_catalogue_calls_so(tmp_path) -> None:
    """From the annotation in a file to the placeholder in the message."""
    data = profile_data()
    data["disclosure"][0]["match"] = {"kind": "dependency", "sensitivity": ["confidential"]}
    profile = make_profile(**data)
    without = make_draft(sample_evidence(STAGE), profile=profile)
    lay_out(tmp_path, STAGE)
    catalogue = tmp_path / "backstage.yaml"
    text = catalogue.read_text().replace(
        "    meridian.example/vendor", "    bridgepkg/sensitivity: confidential\n    meridian.example/vendor", 1
    )
    catalogue.write_text(text)
    at = stage_clock(STAGE)
    os.utime(catalogue, (at.timestamp(), at.timestamp()))
    deployment = sample_deployment()
    sources = replace(deployment.sources, folder=tmp_path)
    evidence = read_evidence(sources, INCIDENT, at=at)
    assert (held(without), held(make_draft(evidence, profile=profile))) == (
        ["detail/technical"],
        ["detail/dependency", "detail/technical"],
    )
