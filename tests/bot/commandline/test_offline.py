"""The product without Slack: what is drafted, sealed, read back, checked, replayed and compared."""

import json
import os
from dataclasses import replace

import orjson
import pytest

from bot.commandline.offline import (
    DossierError,
    build_again,
    check,
    diff_dossiers,
    dossier_of,
    draft_offline,
    open_inside,
    open_reading,
    read_dossier,
    replay_differences,
)
from profiles.codes import DraftKind
from profiles.documents import DocumentError
from storage.sealing import Keys, SealedError
from tests.builders import (
    BRIDGE,
    EXAMPLE,
    INCIDENT,
    STAGES,
    lay_out,
    make_evidence,
    make_profile,
    minutes,
    rebuilt,
    safe,
    sample_deployment,
    stage_clock,
)
from tests.transforms.dossiers import KEYS, SIGNING, STRANGER, make_built, make_dossier
from transforms.model.package import Package
from transforms.publish.dossier import BuildResult, Dossier
from transforms.publish.manifest import NotVerifiedError

PUBLIC = SIGNING.public_key()


def deployment_of(folder, stage: str = STAGES[1]):
    """The sample's deployment over one stage laid out in this folder."""
    deployment = sample_deployment()
    lay_out(folder, stage)
    return rebuilt(deployment, config=deployment.config.model_copy(update={"sources_folder": str(folder)}))


def drafted(folder, stage: str = STAGES[1], **changes) -> BuildResult:
    """A draft of one stage of the sample."""
    arguments = {"at": stage_clock(stage)} | changes
    incident, bridge = arguments.pop("incident", INCIDENT), arguments.pop("bridge", BRIDGE)
    return draft_offline(deployment_of(folder, stage), incident, bridge, **arguments)


def written(folder, dossier: Dossier, change=lambda text: text):
    """The dossier as a file, after a change of its text."""
    path = folder / "dossier.json"
    path.write_text(change(dossier.model_dump_json(indent=2)))
    return path


@pytest.mark.parametrize("stage", STAGES)
def test_offline_draft_is_what_its_dossier_replays(stage, tmp_path) -> None:
    """Drafted, sealed, signed, written, read, checked, opened, built again: every byte agrees."""
    built = drafted(tmp_path / "exports", stage)
    dossier = read_dossier(written(tmp_path, dossier_of(built, KEYS, SIGNING)))
    assert check(dossier, PUBLIC).approvals == ()
    assert replay_differences(dossier, KEYS) == ()
    assert build_again(dossier, open_reading(dossier, KEYS), open_inside(dossier, KEYS)) == built.draft
    assert dossier.message == built.draft.message


def test_offline_draft_goes_on_from_a_prior(tmp_path) -> None:
    """The second stage replaces the first: version two, with the numbers of the first."""
    first = drafted(tmp_path / "1", STAGES[0]).draft.package
    second = drafted(tmp_path / "2", STAGES[1], prior=first).draft.package
    assert isinstance(second, Package)
    assert (second.version, second.replaces, second.holds[0].since) == (2, 1, 1)


def test_offline_drafts_have_keys_of_their_own(tmp_path) -> None:
    """Two drafts of one state cannot be compared by the digests of what they withhold."""
    deployment = deployment_of(tmp_path)
    one, two = (draft_offline(deployment, INCIDENT, BRIDGE, at=stage_clock(STAGES[1])) for _ in range(2))
    assert one.draft.message == two.draft.message
    assert set(one.draft.annex_digests).isdisjoint(two.draft.annex_digests)


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"bridge": "globex"}, "bridge globex is not in the configuration; it has acme"),
        ({"incident": "INC-9"}, "incident INC-9 is in no incident source; check the key as that system spells it"),
        ({"incident": ""}, "an incident key has 1 to 500 printable characters; check --incident"),
        ({"incident": "x" * 501}, "an incident key has 1 to 500 printable characters; check --incident"),
        ({"incident": "a\nb"}, "an incident key has 1 to 500 printable characters; check --incident"),
        ({"incident": "\udcff"}, "an incident key has 1 to 500 printable characters; check --incident"),
    ],
)
def test_offline_draft_of_what_is_not_known_is_refused(changes, problem, tmp_path) -> None:
    """Nothing is drafted for a guess."""
    with pytest.raises(DossierError) as caught:
        drafted(tmp_path, **changes)
    assert str(caught.value) == problem


def test_offline_draft_of_an_unknown_incident_is_refused_beside_a_broken_source(tmp_path) -> None:
    """The incident system answered and does not know it; that a tracker is broken excuses nothing."""
    deployment = deployment_of(tmp_path)
    (tmp_path / "jira.json").write_text("{")
    with pytest.raises(DossierError, match="incident INC-9 is in no incident source"):
        draft_offline(deployment, "INC-9", BRIDGE, at=stage_clock(STAGES[1]))


def test_offline_draft_goes_on_when_the_incident_system_is_down(tmp_path) -> None:
    """Then nobody can say that the incident does not exist; the register says that its source was not read."""
    deployment = deployment_of(tmp_path)
    (tmp_path / "pagerduty.json").unlink()
    heard = {}
    built = draft_offline(
        deployment,
        INCIDENT,
        BRIDGE,
        at=stage_clock(STAGES[1]),
        arrived=lambda health: heard.update({health.source: health}),
    )
    assert "source-unavailable:source/pagerduty" in {entry.id for entry in built.draft.register_}
    assert heard["pagerduty"].problem == "pagerduty.json cannot be read (No such file or directory); export it again"


@pytest.mark.parametrize(("severity", "drafts"), [("P1", True), ("SEV1", True), ("P2", False), ("p1", False)])
def test_offline_draft_is_for_the_severities_of_the_profile(severity, drafts, tmp_path) -> None:
    """Below severity one nothing is packaged."""
    deployment = deployment_of(tmp_path)
    export = json.loads((tmp_path / "pagerduty.json").read_text())
    export["incidents"][0]["priority"]["summary"] = severity
    (tmp_path / "pagerduty.json").write_text(json.dumps(export))
    os.utime(tmp_path / "pagerduty.json", (stage_clock(STAGES[1]).timestamp(),) * 2)
    if drafts:
        assert draft_offline(deployment, INCIDENT, BRIDGE, at=stage_clock(STAGES[1])).draft.version == 1
        return
    with pytest.raises(DossierError, match=f"incident INC-1042 is {severity}; this profile packages P1, SEV1 only"):
        draft_offline(deployment, INCIDENT, BRIDGE, at=stage_clock(STAGES[1]))


def test_offline_draft_of_exports_that_aged_holds_instead_of_repeating(tmp_path) -> None:
    """The same files half a day later say nothing about now."""
    built = drafted(tmp_path, at=stage_clock(STAGES[1]) + minutes(720))
    assert built.draft.message.text.startswith("Acme Corp: we are confirming the state of the service (H1)")
    assert "disrupted" not in built.draft.message.text


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        (lambda _: "", "document: Invalid JSON: EOF while parsing a value at line 1 column 0; is this a file that"),
        (lambda text: text[:-200], "document: Invalid JSON: "),
        (lambda _: "[]", "document: Input should be an object; is this a file that bridgepkg draft wrote?"),
        (
            lambda _: '{"schema": "bridgepkg.dossier/1"}',
            "incident: Field required; is this a file that bridgepkg draft",
        ),
        (lambda text: text.replace("dossier/1", "dossier/2"), "schema: Input should be 'bridgepkg.dossier/1'; is this"),
        (
            lambda text: text.replace('"draft":', '"drafts":'),
            "draft: Field required; is this a file that bridgepkg draft",
        ),
        (
            lambda text: text.replace('"incident": "INC', '"incident": "X", "incident": "INC'),
            "differs from what bridgepkg",
        ),
        (
            lambda text: text.replace("2026-03-12T14:20:00Z", "2026-03-12 14:20:00Z"),
            "differs from what bridgepkg writes",
        ),
        (lambda text: text.replace("14:20:00Z", "14:20:00.0Z"), "differs from what bridgepkg writes though it means"),
    ],
)
def test_file_that_is_no_dossier_says_so(change, problem, tmp_path) -> None:
    """Empty, cut, another document, another version, or another spelling of the same: one sentence."""
    path = written(tmp_path, make_dossier(), change)
    with pytest.raises(DossierError) as caught:
        read_dossier(path)
    assert str(caught.value).startswith(f"{path}: {problem}")
    assert "\n" not in str(caught.value)


def test_dossier_that_is_not_there_or_endless_says_so(tmp_path, monkeypatch) -> None:
    """A missing file, and one that no draft could have written."""
    with pytest.raises(DocumentError, match="cannot be read"):
        read_dossier(tmp_path / "none.json")
    monkeypatch.setattr("bot.commandline.offline.MAX_DOSSIER_BYTES", 10)
    with pytest.raises(DocumentError, match="is larger than 10 bytes"):
        read_dossier(written(tmp_path, make_dossier()))


def test_dossier_of_large_exports_is_read_again(tmp_path) -> None:
    """What draft writes, verify reads, also beyond a megabyte."""
    records = make_evidence().records
    heavy = tuple(rebuilt(r, unmapped=tuple(f"{n} " + "x" * 10_000 for n in range(20))) for r in records)
    built = rebuilt_built(make_built(), heavy)
    path = written(tmp_path, dossier_of(built, KEYS, SIGNING))
    assert path.stat().st_size > 1_000_000
    assert check(read_dossier(path), PUBLIC).incident == INCIDENT


def rebuilt_built(built: BuildResult, records: tuple) -> BuildResult:
    """The same draft over the evidence with other records."""
    return replace(built, evidence=rebuilt(built.evidence, records=records))


def test_check_names_what_was_altered_and_whose_signature_it_is_not() -> None:
    """The first question is who signed, the second what is different."""
    dossier = make_dossier()
    altered = rebuilt(dossier, incident="INC-1", package=rebuilt(dossier.package, account=safe("Globex")))
    with pytest.raises(NotVerifiedError, match=r"^altered: incident, package$"):
        check(altered, PUBLIC)
    with pytest.raises(NotVerifiedError, match="not signed once with this key"):
        check(dossier, STRANGER.public_key())


@pytest.mark.parametrize("kind", DraftKind)
def test_replay_of_either_kind_agrees(kind) -> None:
    """Updates and acknowledgements are built again from what is recorded."""
    assert replay_differences(make_dossier(kind), KEYS) == ()


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"profile": make_profile(version=9)}, {"register", "stages"}),
        ({"message": rebuilt(make_dossier().message, text="All is well")}, {"message"}),
        ({"prior": make_dossier().package}, {"prior"}),
        ({"history": "0" * 64}, {"history"}),
        ({"annex_digests": ()}, {"annex_digests"}),
        ({"register_": ()}, {"register"}),
        ({"stages": ()}, {"stages"}),
        ({"holds": ()}, {"holds"}),
    ],
)
def test_replay_names_what_comes_out_differently(change, named) -> None:
    """Whatever was recorded wrongly, or built by another program, is found by building again."""
    assert set(replay_differences(rebuilt(make_dossier(), **change), KEYS)) == named


def test_replay_needs_the_key_and_the_place() -> None:
    """Without the sealing key, or under another incident, the sealed part does not open."""
    dossier = make_dossier()
    with pytest.raises(SealedError, match="sealed with key k1, which is not in BRIDGEPKG_SEALING_KEYS"):
        replay_differences(dossier, Keys(active="k9", by_id=(("k9", b"k" * 32),)))
    for moved in ({"incident": "INC-1"}, {"draft": 8}):
        with pytest.raises(SealedError, match="it was altered or moved"):
            replay_differences(rebuilt(dossier, **moved), KEYS)


def test_diff_of_dossiers_is_for_one_bridge_and_for_updates() -> None:
    """Two customers, two incidents, or a notice without fields have no difference."""
    dossier = make_dossier()
    assert diff_dossiers(dossier, dossier).customer == ()
    for other in (
        rebuilt(dossier, incident="INC-1"),
        rebuilt(dossier, bridge=rebuilt(dossier.bridge, bridge="globex")),
    ):
        with pytest.raises(DossierError, match="different incidents or bridges"):
            diff_dossiers(dossier, other)
    with pytest.raises(DossierError, match="an acknowledgement has no fields to compare"):
        diff_dossiers(dossier, make_dossier(DraftKind.ACKNOWLEDGEMENT))


def test_offline_reads_exports_relative_to_the_configuration() -> None:
    """The sample's folder is found from wherever the command runs."""
    assert sample_deployment().sources.folder == EXAMPLE.resolve() / "1-declared"
    assert orjson.loads(make_dossier().model_dump_json())["incident"] == INCIDENT
