"""P5: the same inputs give the same bytes on any machine, in any order, and every stage can be checked."""

import json
import os
import subprocess
import sys
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.sources.read import Sources, read_bundle
from profiles.codes import StageName
from tests.builders import (
    BRIDGE,
    DIGEST_KEY,
    EXAMPLE,
    INCIDENT,
    REPOSITORY,
    STAGES,
    lay_out,
    make_bundle,
    make_draft,
    make_incident,
    make_profile,
    rebuilt,
    sample_bundle,
    sample_deployment,
    sample_drafts,
    stage_clock,
    with_records,
)
from tests.transforms.worlds import make_case
from transforms.build import build
from transforms.model.bundle import Bundle
from transforms.model.canonical import canonical
from transforms.publish.draft import Draft, StageRecord

MACHINES = [
    {"PYTHONHASHSEED": "0", "TZ": "UTC", "LC_ALL": "C"},
    {"PYTHONHASHSEED": "1", "TZ": "Asia/Kathmandu", "LC_ALL": "C.UTF-8"},
    {"PYTHONHASHSEED": "4711", "TZ": "America/St_Johns", "LC_ALL": "tr_TR.UTF-8"},
]
SCRIPT = """
import json, sys
from random import Random
from tests.builders import DIGEST_KEY, rebuilt, sample_bundle, sample_drafts, STAGES
from transforms.model.canonical import digest
from tests.transforms.test_replay import shuffled, comparable
drafts = sample_drafts()
mixed = shuffled(sample_bundle(STAGES[1]), Random(int(sys.argv[1])))
print(json.dumps([[digest(draft) for draft in drafts], digest(comparable(mixed, drafts[0].package))]))
"""


def shuffled(bundle: Bundle, rng: Random) -> Bundle:
    """The same records and sources in another order."""
    records, sources = list(bundle.records), list(bundle.sources)
    rng.shuffle(records)
    rng.shuffle(sources)
    return rebuilt(bundle, records=tuple(records), sources=tuple(sources))


def comparable(bundle: Bundle, prior=None) -> dict:
    """All of a draft but the digests of its inputs, which say in which order they came."""
    return make_draft(bundle, prior).model_dump(mode="json", exclude={"bundle_digest", "stages"})


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
    mixed = shuffled(case.bundle, Random(seed))  # noqa: S311
    drafts = [build(bundle, case.profile, case.prior, case.directives) for bundle in (case.bundle, mixed)]
    dumps = [draft.model_dump(mode="json", exclude={"bundle_digest", "stages"}) for draft in drafts]
    assert dumps[0] == dumps[1]


@pytest.mark.parametrize("stage", STAGES)
def test_reading_gives_one_bundle_however_the_exports_list_their_items(stage, tmp_path) -> None:
    """An export that lists the same items in another order is the same bundle, to the byte."""
    folder = lay_out(tmp_path, stage)
    for file in folder.glob("*.json"):
        written = file.stat().st_mtime
        file.write_text(json.dumps(_turned(json.loads(file.read_text()))))
        os.utime(file, (written, written))
    deployment = sample_deployment()
    sources = Sources(folder=folder, presets=EXAMPLE, by_name=tuple(deployment.config.sources.items()))
    audience, at = deployment.audience(BRIDGE), stage_clock(stage)
    bundle = read_bundle(sources, INCIDENT, audience, at=at, digest_key=DIGEST_KEY)
    assert canonical(bundle) == canonical(sample_bundle(stage))


def _turned(value):
    """The list of items of an export the other way round; the lists inside an item stay."""
    if isinstance(value, dict):
        return {key: list(reversed(item)) if isinstance(item, list) else item for key, item in value.items()}
    return list(reversed(value))


def by_stage(draft: Draft) -> dict[StageName, StageRecord]:
    """The stage records of a draft by name."""
    return {record.stage: record for record in draft.stages}


def test_stages_are_four_and_each_takes_what_the_one_before_gave() -> None:
    """Retrieve gives the bundle, publish the release digest; in between each input is the output before."""
    draft = make_draft()
    retrieve, render, validate, publish = draft.stages
    assert [record.stage for record in draft.stages] == ["retrieve", "render", "validate", "publish"]
    assert (retrieve.output, publish.output) == (draft.bundle_digest, draft.release_digest)
    assert (validate.input, publish.input) == (render.output, validate.output)


def test_stage_records_differ_when_and_only_when_their_inputs_do() -> None:
    """What nobody sees still changes the bundle; what changes the profile changes the rendering."""
    base = by_stage(make_draft())
    unseen = by_stage(make_draft(with_records(make_bundle(), make_incident(key="pd-2"))))
    reworded = by_stage(make_draft(profile=make_profile(version=2)))
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
    mine, other = by_stage(make_draft()), by_stage(make_draft(make_bundle(digest_key="cd" * 32)))
    assert all(mine[stage].output != other[stage].output for stage in mine if stage is not StageName.PUBLISH)


def test_build_again_gives_an_equal_draft() -> None:
    """A draft is a value: the second build equals the first in everything."""
    assert [make_draft(sample_bundle(stage)) for stage in STAGES[:1]] == [sample_drafts()[0]]
