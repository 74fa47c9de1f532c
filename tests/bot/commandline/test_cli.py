"""The command line without Slack: what each command does, and 1 where the answer is no."""

import json
import os
import pty
import re
import subprocess
import sys
from random import Random

import pytest
from cryptography.hazmat.primitives.serialization import load_pem_public_key

from bot.commandline.cli import COMMANDS, cli
from bot.settings import sealing_keys, signing_key
from profiles.codes import DraftKind
from tests.bot.shell import DRAFT, make_place, make_run
from tests.builders import EXAMPLE, STAGES, assert_no_canary, canaries, lay_out, sample_evidence, stage_clock
from tests.transforms.dossiers import make_dossier
from transforms.publish.dossier import Dossier


@pytest.fixture
def place(tmp_path, monkeypatch):
    """A folder with the sample's configuration over its second stage, and keys in the environment."""
    return make_place(tmp_path, monkeypatch)


@pytest.fixture
def run(capsys, monkeypatch):
    """Runs the command line in this process: exit code, standard output, standard error."""
    return make_run(capsys, monkeypatch)


@pytest.fixture
def dossier(place, run):
    """A dossier that `draft --out` wrote."""
    assert run(*DRAFT, "--out", "d.json")[0] == 0
    return place / "d.json"


def edit(path, change) -> None:
    """Change a dossier's JSON in place."""
    data = json.loads(path.read_text())
    change(data)
    path.write_text(json.dumps(data))


def test_draft_with_out_shows_the_message_and_writes_the_dossier(place, run) -> None:
    """What the customer would read on standard output, a summary beside it, the dossier in the file."""
    code, out, err = run(*DRAFT, "--out", "d.json")
    written = Dossier.model_validate_json((place / "d.json").read_bytes())
    assert (code, out, err) == (0, f"{written.message.text}\n", "\nd.json: 3 holds\n")
    assert out.startswith("Acme Corp: Payments API disrupted in Europe")
    assert out.splitlines()[1] == "Update 1 · 14:20 UTC"
    assert (written.draft, written.version, written.decisions) == (1, 1, ())


def test_draft_writes_a_dossier_for_the_owner_alone(place, run) -> None:
    """A dossier holds what was withheld, sealed: whatever the umask lets through, nobody else opens the file."""
    before = os.umask(0)
    try:
        assert run(*DRAFT, "--out", "d.json")[0] == 0
    finally:
        os.umask(before)
    assert (place / "d.json").stat().st_mode & 0o777 == 0o600


def test_draft_prints_the_dossier_as_json(place, run) -> None:
    """Nothing but JSON on standard output, so that it can be piped; nothing withheld in it."""
    code, out, err = run(*DRAFT)
    assert (code, err) == (0, "")
    assert Dossier.model_validate_json(out).incident == "INC-1042"
    held = {"Hexacore", "SignGate", "CVE-2026-41877", "sgn-07", "Priya Raman", "MC-SA-2026-0091"}
    assert held <= canaries(sample_evidence())
    assert_no_canary(out, held)


def test_draft_says_which_sources_it_could_not_read(place, run) -> None:
    """Each with its fix on standard error; the draft holds what they would have said."""
    (place / "exports" / "jira.json").write_text("{")
    code, out, err = run(*DRAFT, "--out", "d.json")
    assert (code, err.splitlines()[0]) == (0, "source jira: jira.json:1:2: is not JSON; export it again")
    assert "Workaround: we are confirming this (H1)" in out


def test_draft_names_what_blocks(place, run) -> None:
    """The summary says what stands in the way of a release."""
    lay_out(place / "exports", STAGES[2])
    code, _, err = run(*DRAFT[:-1], stage_clock(STAGES[2]).isoformat(), "--out", "d.json")
    held = "timing-disagreement:status/payments-api, required-field-held:status/payments-api"
    assert (code, err) == (0, f"\nd.json: 3 holds, blocked by {held}\n")


def test_draft_goes_on_from_a_prior_of_the_same_bridge(place, run, dossier) -> None:
    """The next version replaces the first; another incident's dossier is refused."""
    code, out, _ = run(*DRAFT, "--prior", dossier, "--out", "e.json")
    assert (code, out.splitlines()[2]) == (0, "Nothing has changed since 14:20 UTC.")
    edit(dossier, lambda data: data.update(incident="INC-7"))
    assert run(*DRAFT, "--prior", dossier) == (
        2,
        "",
        "bridgepkg: --prior is no update of incident INC-1042 on bridge acme; name the one to replace\n",
    )


def test_verify_says_intact_and_for_whom_to_whoever_has_the_public_key(place, run, dossier) -> None:
    """With our own key from the environment, or with the public one from a file alone."""
    assert run("verify", dossier) == (0, f"{dossier}: draft, intact\n", "")
    _, _, pem = run("keys", "new")
    (place / "other.pem").write_text(pem[pem.index("-----BEGIN") :])
    code, out, _ = run("verify", dossier, "--public-key", place / "other.pem")
    assert (code, out) == (1, f"{dossier}: manifest signature: not signed once with this key\n")


def test_verify_names_who_approved_a_version(place, run) -> None:
    """Every gate with its person, for an update and for the first notice."""
    (place / "v.json").write_text(make_dossier().model_dump_json())
    people = "incident_command (U0KIM), security (U0SAM), account_leadership (U0ANA)"
    assert run("verify", "v.json") == (0, f"v.json: version 1, intact, approved by {people}\n", "")
    (place / "a.json").write_text(make_dossier(DraftKind.ACKNOWLEDGEMENT).model_dump_json())
    expected = "a.json: acknowledgement, intact, approved by account_leadership (U0ANA)\n"
    assert run("verify", "a.json") == (0, expected, "")


ALTERATIONS = {
    "message": lambda data: data["message"].update(text="All is well"),
    "package": lambda data: data["package"].update(version=9),
    "profile": lambda data: data["profile"]["gates"].pop(),
    "bridge": lambda data: data["bridge"]["teams"].append("T0SPY"),
    "register": lambda data: data["register"].clear(),
    "holds": lambda data: data["holds"].pop(),
    "annex_digests": lambda data: data["annex_digests"].pop(),
    "lineage": lambda data: data["lineage"].pop(),
    "stages": lambda data: data["stages"].pop(),
    "sealed": lambda data: data["sealed"]["draft"].update(nonce="AAAAAAAAAAAAAAAA"),
    "incident": lambda data: data.update(incident="INC-7"),
    "draft": lambda data: data.update(draft=2),
    "version": lambda data: data.update(version=2),
    "outside_audience": lambda data: data.update(outside_audience=0),
    "manifest signature": lambda data: data["manifest"].update(payload="e30=" + data["manifest"]["payload"]),
}


@pytest.mark.parametrize("part", ALTERATIONS)
def test_verify_names_what_was_altered(part, run, dossier) -> None:
    """Exit 1, and the part in words."""
    edit(dossier, ALTERATIONS[part])
    code, out, err = run("verify", dossier)
    assert (code, err) == (1, "")
    assert part in out.removeprefix(f"{dossier}: ").replace("altered: ", "").replace(":", ",").strip().split(", ")


def test_verify_finds_a_changed_byte_anywhere(run, dossier) -> None:
    """Two hundred places of the file, one byte each: altered or unreadable, never intact, never a traceback."""
    whole, rng = dossier.read_bytes(), Random(7)  # noqa: S311
    before = json.loads(whole)
    for place in rng.sample(range(len(whole)), 200):
        changed = bytearray(whole)
        changed[place] ^= 1 << rng.randrange(8)
        dossier.write_bytes(changed)
        code, _, err = run("verify", dossier)
        assert code in {1, 2} or json.loads(changed) == before
        assert err.count("\n") == (code == 2)


def test_replay_agrees_or_names_what_differs(run, dossier) -> None:
    """Exit 0 when every byte agrees, 1 with the parts that do not."""
    assert run("replay", dossier) == (0, f"{dossier}: built again, every byte agrees\n", "")
    edit(dossier, lambda data: data["message"].update(text="All is well"))
    assert run("replay", dossier) == (1, f"{dossier}: differs when built again: message\n", "")


def test_diff_is_json_where_it_is_piped(place, run, dossier) -> None:
    """What changed for the customer and internally, as data."""
    lay_out(place / "exports", STAGES[2])
    run(*DRAFT[:-1], stage_clock(STAGES[2]).isoformat(), "--prior", dossier, "--out", "e.json")
    code, out, err = run("diff", dossier, "e.json")
    found = json.loads(out)
    assert (code, err, sorted(found)) == (0, "", ["customer", "holds", "sources"])
    assert [change["field"] for change in found["customer"]][:2] == [
        "status/payments-api/europe",
        "status/payments-api/asia-pacific",
    ]
    assert run("diff", dossier, "e.json", "--json")[1] == out


def test_diff_is_text_on_a_terminal(place, run, dossier) -> None:
    """A person reads the three parts in words; the program itself runs, in a process of its own."""
    lay_out(place / "exports", STAGES[2])
    run(*DRAFT[:-1], stage_clock(STAGES[2]).isoformat(), "--prior", dossier, "--out", "e.json")
    ours, theirs = pty.openpty()
    command = [sys.executable, "-m", "bot.commandline.cli", "diff", str(dossier), "e.json"]
    paths = os.environ | {"PYTHONPATH": str(EXAMPLE.parent.parent)}
    ran = subprocess.run(command, stdout=theirs, stderr=subprocess.PIPE, env=paths, check=False)
    os.close(theirs)
    shown = os.read(ours, 65536).decode().splitlines()
    os.close(ours)
    assert (ran.returncode, ran.stderr) == (0, b"")
    assert shown[0] == "What the customer now reads differently"
    assert {"What is held", "Why"} < set(shown)
    assert "  Payments API, Europe: disrupted (SC3) → held (H4)" in shown


def test_keys_new_makes_keys_that_work(place, run, monkeypatch) -> None:
    """Lines for an environment file on standard output, the public key beside them; new ones every time."""
    code, out, err = run("keys", "new")
    made = dict(line.split("=", 1) for line in out.splitlines())
    public = load_pem_public_key(err[err.index("-----BEGIN") :].encode())
    assert (code, sorted(made)) == (0, ["BRIDGEPKG_SEALING_KEYS", "BRIDGEPKG_SIGNING_KEY"])
    assert signing_key(made).public_key().public_bytes_raw() == public.public_bytes_raw()
    assert len(sealing_keys(made).by_id[0][1]) == 32
    assert run("keys", "new")[1] != out


def test_help_and_version_are_answers(run) -> None:
    """Exit 0 on standard output."""
    code, out, err = run("--help")
    assert (code, err) == (0, "")
    assert "draft" in out
    assert run("--version")[0] == 0


def test_help_lists_every_command_with_its_own_first_sentence(run) -> None:
    """The table says what each command says of itself, in the order of the table."""
    own = {name: " ".join(command(name).help.split()).partition(". ")[0].removesuffix(".") + "." for name in COMMANDS}
    assert own == {name: sentence for name, (_, sentence) in COMMANDS.items()}
    code, out, _ = run("--help")
    shown = [line.split()[0] for line in out.partition("Commands:")[2].splitlines() if re.match(r"  \w", line)]
    assert (code, shown) == (0, list(COMMANDS))


@pytest.mark.parametrize("words", [["--help"], ["-h"], [], ["--version"]])
def test_help_loads_no_command(words) -> None:
    """Neither Bolt nor the database nor pydantic is imported, so that the answer is there at once."""
    program = f"""
import sys
from bot.commandline.cli import main
sys.argv = ["bridgepkg", *{words!r}]
try:
    main()
finally:
    heavy = ("slack_bolt", "slack_sdk", "sqlalchemy", "sqlmodel", "pydantic", "starlette", "structlog")
    print("loaded", [name for name in heavy if name in sys.modules], file=sys.stderr)
"""
    paths = os.environ | {"PYTHONPATH": str(EXAMPLE.parent.parent)}
    done = subprocess.run([sys.executable, "-c", program], env=paths, capture_output=True, text=True, check=True)
    assert (done.stderr, "ridge" in done.stdout) == ("loaded []\n", True)


def command(name):
    """A command as the command line finds it."""
    return cli.get_command(None, name)
