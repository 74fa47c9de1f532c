"""P5: the same inputs give the same bytes on any machine, in any order, and every stage can be checked."""

import json
import os
import subprocess
import sys
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.sources.read import Sources, read_evidence
from profiles.codes import StageName
from tests.builders import (
    EXAMPLE,
    INCIDENT,
    REPOSITORY,
    STAGES,
    lay_out,
    make_draft,
    make_evidence,
    make_incident,
    make_profile,
    rebuilt,
    sample_deployment,
    sample_drafts,
    sample_evidence,
    stage_clock,
    with_records,
)
from tests.transforms.worlds import make_case, rebuild
from transforms.model.canonical import canonical
from transforms.model.evidence import Evidence
from transforms.publish.draft import Draft, StageRecord

MACHINES = [
    {"PYTHONHASHSEED": "0", "TZ": "UTC", "LC_ALL": "C"},
    {"PYTHONHASHSEED": "1", "TZ": "Asia/Kathmandu", "LC_ALL": "C.UTF-8"},
    {"PYTHONHASHSEED": "4711", "TZ": "America/St_Johns", "LC_ALL": "tr_TR.UTF-8"},
]
SCRIPT = """
import json, sys
from random import Random
from tests.builders import DIGEST_KEY, rebuilt, sample_evidence, sample_drafts, STAGES
from transforms.model.canonical import digest
from tests.transforms.test_replay import shuffled, comparable
drafts = sample_drafts()
mixed = shuffled(sample_evidence(STAGES[1]), Random(int(sys.argv[1])))
print(json.dumps([[digest(draft) for draft in drafts], digest(comparable(mixed, drafts[0].package))]))
"""


def shuffled(evidence: Evidence, rng: Random) -> Evidence:
    """The same records and sources in another order."""
    records, sources = list(evidence.records), list(evidence.sources)
    rng.shuffle(records)
    rng.shuffle(sources)
    return rebuilt(evidence, records=tuple(records), sources=tuple(sources))


def comparable(evidence: Evidence, prior=None) -> dict:
    """All of a draft but the digests of its inputs, which say in which order they came."""
    return make_draft(evidence, prior).model_dump(mode="json", exclude={"evidence_digest", "stages"})


def test_build_gives_the_same_bytes_on_every_machine() -> None:
    """Hash seeds, zones, locales and the order of records change no byte of any stage of the sample."""
    running = [
        subprocess.Popen(
            [sys.executable, "-c", SCRIPT, str(number)],
            cwd=REPOSITORY,
            env=os.environ | machine,
            stdout=subprocess.PIPE,
            text=True,
        )
        for number, machine in enumerate(MACHINES)
    ]
    found = [json.loads(process.communicate(timeout=60)[0]) for process in running]
    assert found == [found[0]] * len(MACHINES)
    assert len(set(found[0][0])) == len(STAGES)


@settings(max_examples=40)
@given(st.integers(0, 2**48))
def test_build_does_not_depend_on_the_order_of_records(seed) -> None:
    """Message, package, holds, annexes, register and lineage are the same however the records arrived."""
    case = make_case(seed)
    mixed = shuffled(case.evidence, Random(seed))  # noqa: S311
    drafts = [rebuild(case, evidence) for evidence in (case.evidence, mixed)]
    dumps = [draft.model_dump(mode="json", exclude={"evidence_digest", "stages"}) for draft in drafts]
    assert dumps[0] == dumps[1]


@pytest.mark.parametrize("stage", STAGES)
def test_reading_gives_one_evidence_however_the_exports_list_their_items(stage, tmp_path) -> None:
    """An export that lists the same items in another order is the same evidence, to the byte."""
    folder = lay_out(tmp_path, stage)
    for file in folder.glob("*.json"):
        written = file.stat().st_mtime
        file.write_text(json.dumps(_turned(json.loads(file.read_text()))))
        os.utime(file, (written, written))
    deployment = sample_deployment()
    sources = Sources(folder=folder, presets=EXAMPLE, by_name=tuple(deployment.config.sources.items()))
    evidence = read_evidence(sources, INCIDENT, at=stage_clock(stage))
    assert canonical(evidence) == canonical(sample_evidence(stage))


def _turned(value):
    """The list of items of an export the other way round; the lists inside an item stay."""
    if isinstance(value, dict):
        return {key: list(reversed(item)) if isinstance(item, list) else item for key, item in value.items()}
    return list(reversed(value))


def by_stage(draft: Draft) -> dict[StageName, StageRecord]:
    """The stage records of a draft by name."""
    return {record.stage: record for record in draft.stages}


def test_stages_are_four_and_each_takes_what_the_one_before_gave() -> None:
    """Retrieve gives the evidence, publish the release digest; in between each input is the output before."""
    draft = make_draft()
    retrieve, render, validate, publish = draft.stages
    assert [record.stage for record in draft.stages] == ["retrieve", "render", "validate", "publish"]
    assert (retrieve.output, publish.output) == (draft.evidence_digest, draft.release_digest)
    assert (validate.input, publish.input) == (render.output, validate.output)


def test_stage_records_differ_when_and_only_when_their_inputs_do() -> None:
    """What nobody sees still changes the evidence; what changes the profile changes the rendering."""
    base = by_stage(make_draft())
    unseen = by_stage(make_draft(with_records(make_evidence(), make_incident(key="pd-2"))))
    reworded = by_stage(make_draft(profile=make_profile(version=9)))
    changed = {
        name: sorted(stage for stage in base if getattr(base[stage], side) != getattr(other[stage], side))
        for name, other, side in (
            ("unseen record, outputs", unseen, "output"),
            ("unseen record, inputs", unseen, "input"),
            ("profile, inputs", reworded, "input"),
        )
    }
    assert changed == {
        "unseen record, outputs": ["retrieve"],
        "unseen record, inputs": ["render"],
        "profile, inputs": ["publish", "render"],
    }


def test_stage_digests_cannot_be_guessed_without_the_incident_key() -> None:
    """The same world under another key has other digests at every stage of what is withheld."""
    mine, other = by_stage(make_draft()), by_stage(make_draft(key="cd" * 32))
    assert all(mine[stage].output != other[stage].output for stage in mine if stage is not StageName.PUBLISH)


def test_build_again_gives_an_equal_draft() -> None:
    """A draft is a value: the second build equals the first in everything."""
    assert [make_draft(sample_evidence(stage)) for stage in STAGES[:1]] == [sample_drafts()[0]]
