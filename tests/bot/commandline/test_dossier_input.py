"""P8, P9: a dossier file is foreign input: whatever stands in it, it is refused in a sentence or it is the dossier."""

import time
from pathlib import Path
from random import Random

import orjson
import pytest

from bot.commandline.offline import DossierError, check, read_dossier
from profiles.documents import DocumentError
from tests.bot.sources.mutants import RAW, with_bytes, with_value
from tests.builders import SHARED_DATA
from tests.transforms.dossiers import SIGNING, make_dossier
from transforms.publish.manifest import NotVerifiedError

PARSING = sorted((SHARED_DATA / "JSONTestSuite").rglob("*.json"))
NAUGHTY = SHARED_DATA / "blns" / "blns.json"
WHOLE = orjson.dumps(orjson.loads(make_dossier().model_dump_json()))
SAME = make_dossier().model_dump(mode="json", exclude={"manifest", "sealed"})


def outcome(path: Path) -> str:
    """What becomes of this file, within a second of work: refused, altered, or intact."""
    started = time.thread_time()
    said = judged(path)
    assert time.thread_time() - started < 1
    assert "\n" not in said
    return said.split(":")[0]


def judged(path: Path) -> str:
    """What `verify` says of this file."""
    try:
        check(read_dossier(path), SIGNING.public_key())
    except (DossierError, DocumentError) as problem:
        return f"refused: {problem}"
    except NotVerifiedError as problem:
        return f"altered: {problem}"
    return "intact"


@pytest.mark.skipif(not PARSING, reason="the parsing suite lies beside the repository")
def test_dossier_reader_refuses_every_file_of_the_parsing_suite() -> None:
    """Damaged, strange or merely not a dossier: 340 files, each refused in a sentence."""
    assert len(PARSING) == 340
    assert {path.name: outcome(path) for path in PARSING} == {path.name: "refused" for path in PARSING}


@pytest.mark.parametrize("raw", range(len(RAW)))
def test_dossier_with_a_value_that_breaks_readers_is_refused_or_altered(raw, tmp_path) -> None:
    """Not a number, too large, too deep, half a character, twice: in ten places each."""
    for place, whole in enumerate(
        (b'"draft":7', b'"version":', b'"text":', b'"blocks":', b'"fields":[', b'"payload":"')
    ):
        damaged = WHOLE.replace(whole, whole.split(b":")[0] + b":" + RAW[raw].encode() + b',"x":', 1)
        path = tmp_path / f"{place}.json"
        path.write_bytes(damaged)
        assert outcome(path) in {"refused", "altered"}, whole


@pytest.mark.parametrize("rounds", [300, pytest.param(10_000, marks=pytest.mark.torture)])
def test_mutant_of_a_dossier_is_refused_altered_or_means_the_same(rounds, tmp_path) -> None:
    """Whatever bytes or values were changed: intact is said only of a dossier that says the same."""
    path = tmp_path / "dossier.json"
    seen = set()
    for seed in range(rounds):
        rng = Random(seed)  # noqa: S311
        path.write_bytes((with_value, with_bytes)[seed % 2](WHOLE, rng))
        seen.add(said := outcome(path))
        if said == "intact":
            data = read_dossier(path).model_dump(mode="json", exclude={"manifest", "sealed"})
            assert data == SAME, seed
    assert {"refused", "altered"} <= seen


@pytest.mark.skipif(not NAUGHTY.is_file(), reason="the list of naughty strings lies beside the repository")
def test_dossier_with_naughty_strings_in_its_text_is_altered_or_refused(tmp_path) -> None:
    """Every sixth of five hundred strings, in the place of the message's text or of the incident's key."""
    path = tmp_path / "dossier.json"
    for number, text in enumerate(orjson.loads(NAUGHTY.read_bytes())[::6]):
        data = orjson.loads(WHOLE)
        data |= {"message": data["message"] | {"text": text}} if number % 2 else {"incident": text}
        path.write_bytes(orjson.dumps(data))
        assert outcome(path) in {"refused", "altered"}, text
