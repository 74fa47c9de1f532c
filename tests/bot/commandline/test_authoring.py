"""`profile lint` and `profile diff` on the command line: what they print, and 1 where there is something to fix."""

import json
import os
import pty
import re
import subprocess
import sys

import pytest

from profiles.loader import SHIPPED, load_profile
from tests.authoring.linting import TEXT, edited
from tests.bot.shell import AT, DRAFT, make_place, make_run
from tests.builders import EXAMPLE, REPOSITORY
from transforms.model.canonical import digest

WORSE = ("label: degraded,", "label: degraded because of load,")
SAID = '"because of" promises, explains or blames; a package stops before that'
FIX = "say only what the state is and when more will be said"
READ = ("--incident", "INC-1042", "--at", AT)


@pytest.fixture
def place(tmp_path, monkeypatch):
    """A folder with the sample's configuration, the shipped profile as mine.yaml and a worse one."""
    (tmp_path / "mine.yaml").write_text(TEXT)
    (tmp_path / "worse.yaml").write_text(edited(WORSE))
    return make_place(tmp_path, monkeypatch)


@pytest.fixture
def run(capsys, monkeypatch):
    """Runs the command line in this process: exit code, standard output, standard error."""
    return make_run(capsys, monkeypatch)


def on_terminal(*arguments: str) -> tuple[int, str]:
    """Exit code and what a person at a wide terminal reads, by the program in a process of its own."""
    ours, theirs = pty.openpty()
    environment = os.environ | {"PYTHONPATH": str(REPOSITORY), "COLUMNS": "250", "TERM": "xterm"}
    done = subprocess.run(
        [sys.executable, "-m", "bot.commandline.cli", *arguments], stdout=theirs, env=environment, check=False
    )
    os.close(theirs)
    shown = os.read(ours, 65536).decode()
    os.close(ours)
    return done.returncode, re.sub(r"\x1b\[[?0-9;]*[A-Za-z]", "", shown)


def test_lint_of_a_clean_profile_gives_its_digest(place, run) -> None:
    """Exit 0, and what to write into the configuration once it is read; a shipped one by its name."""
    clean = digest(load_profile(SHIPPED / "customer-bridge.yaml"))
    expected = f"mine.yaml: nothing to fix; once it is read, its digest is {clean}\n"
    assert run("profile", "lint", "mine.yaml") == (0, expected, "")
    assert run("profile", "lint", "customer-bridge")[0] == 0


def test_lint_names_line_column_and_fix(place, run) -> None:
    """Exit 1, one line for each finding; the clean file beside it is named as well."""
    line = edited(WORSE).splitlines().index(next(row for row in edited(WORSE).splitlines() if WORSE[1] in row)) + 1
    code, out, err = run("profile", "lint", "worse.yaml", "mine.yaml")
    told = out.splitlines()
    assert (code, err, told[0]) == (1, "", f"worse.yaml:{line}:28: error commitment-wording: {SAID}; {FIX}")
    assert [row.partition(":")[0] for row in told] == ["worse.yaml", "mine.yaml"]


def test_lint_prints_data_for_a_program(place, run) -> None:
    """Every part of a finding under its name."""
    code, out, _ = run("profile", "lint", "worse.yaml", "--json")
    (found,) = json.loads(out)
    assert (code, found["code"], found["severity"], found["file"]) == (1, "commitment-wording", "error", "worse.yaml")
    assert (found["sentence"], found["fix"], found["column"]) == (SAID, FIX, 28)
    assert json.loads(run("profile", "lint", "mine.yaml", "--json")[1]) == []


def test_lint_is_a_table_on_a_terminal(place) -> None:
    """A person reads columns."""
    code, shown = on_terminal("profile", "lint", "worse.yaml")
    assert code == 1
    assert shown.split("\r\n")[0].split() == ["Where", "Code", "What,", "and", "how", "to", "fix", "it"]
    assert f"{SAID}; {FIX}" in shown


def test_lint_reads_the_configured_sources_and_roles(place, run) -> None:
    """The sample's second stage says one value that nothing maps, and nobody fills the role of admins."""
    code, out, err = run("profile", "lint", "mine.yaml", "--sources", "bridgepkg.yaml", *READ)
    assert (code, err) == (1, "")
    assert [row.split(": ")[1] for row in out.splitlines()] == ["error unmapped-value", "warning empty-role"]
    assert run("profile", "lint", "mine.yaml", "--config", ".")[0] == 0
    assert run("profile", "lint", "mine.yaml", "--config", ".", *READ, "--bridge", "acme")[:2] == (code, out)


def test_lint_reads_the_evidence_of_a_dossier(place, run) -> None:
    """The same finding, without any source, for whoever has the keys."""
    run(*DRAFT, "--out", "d.json")
    code, out, _ = run("profile", "lint", "mine.yaml", "--dossier", "d.json")
    assert (code, out.count("\n")) == (1, 1)
    assert 'jira says the readiness "Parked", which nothing here maps' in out


def test_lint_fixes_a_profile_that_its_own_configuration_names(place, run) -> None:
    """A broken profile does not keep the configuration from being read."""
    config = (place / "bridgepkg.yaml").read_text()
    (place / "bridgepkg.yaml").write_text(config.replace("profile: customer-bridge", "profile: worse.yaml"))
    (place / "worse.yaml").write_text(edited(("gates:\n", "gats:\n")))
    code, out, err = run("profile", "lint", "worse.yaml", "--config", "bridgepkg.yaml", *READ)
    assert (code, err, out.count("no-profile")) == (1, "", 2)


@pytest.mark.parametrize(
    ("arguments", "problem"),
    [
        (("lint", "none.yaml"), "none.yaml: cannot be read (No such file or directory); check the path"),
        (("lint", "broken.yaml"), "broken.yaml:1:1: uses an anchor or alias; write the value out where it is needed"),
        (("lint", "mine.yaml", *READ), "--incident reads the sources of a configuration; name it with --config"),
        (
            ("lint", "mine.yaml", "--config", ".", *READ, "--dossier", "d.json"),
            "--dossier and --incident both give the evidence; keep one",
        ),
        (
            ("lint", "mine.yaml", "--config", ".", *READ, "--bridge", "x"),
            "bridge x is not in the configuration; it has acme",
        ),
        (
            ("diff", "mine.yaml", "mine.yaml", *READ, "--dossier", "d.json"),
            "--dossier and --incident both give the evidence; keep one",
        ),
        (("diff", "mine.yaml", "broken.yaml"), "broken.yaml:1:1: uses an anchor or alias"),
    ],
)
def test_authoring_that_cannot_run_says_why_in_one_line(arguments, problem, place, run) -> None:
    """Exit 2 and nothing on standard output."""
    (place / "broken.yaml").write_text("&x 1")
    code, out, err = run("profile", *arguments)
    assert (code, out, err.count("\n")) == (2, "", 1)
    assert problem in err


def test_diff_of_the_same_profile_is_nothing(place, run) -> None:
    """Exit 0; comments are no difference."""
    (place / "other.yaml").write_text(f"# read again\n{TEXT}")
    assert run("profile", "diff", "mine.yaml", "other.yaml") == (0, "In the profile\n  nothing\n", "")
    assert json.loads(run("profile", "diff", "mine.yaml", "other.yaml", "--json")[1]) == {
        "profile": [],
        "evidence": None,
    }


def test_diff_without_a_evidence_tells_the_change_itself(place, run) -> None:
    """Exit 1, one line for each difference."""
    code, out, err = run("profile", "diff", "mine.yaml", "worse.yaml")
    change = "rows · status.codes[SC1].label · changed · degraded · degraded because of load"
    assert (code, err, out) == (1, "", f"In the profile\n  {change}\n")


def test_diff_on_a_evidence_tells_what_a_customer_would_read(place, run) -> None:
    """From the sources or from a dossier: what is newly held, how it reads, what stands in the way."""
    (place / "less.yaml").write_text(edited(("    - {id: WR-3, source: jira, value: In Review, code: W2}\n", "")))
    sources = run("profile", "diff", "mine.yaml", "less.yaml", *READ)
    run(*DRAFT, "--out", "d.json")
    dossier = run("profile", "diff", "mine.yaml", "less.yaml", "--dossier", "d.json")
    assert dossier == sources
    code, out, _ = sources
    assert code == 1
    assert "  Payments API workaround · newly withheld · being tested (W2) · held (unmapped-value)\n" in out
    assert "  - • Workaround: being tested\n" in out
    assert "  unmapped-value:workaround/payments-api · added\n" in out


def test_diff_prints_data_for_a_program(place, run) -> None:
    """Both halves under their names."""
    code, out, _ = run("profile", "diff", "mine.yaml", "worse.yaml", "--json", *READ)
    found = json.loads(out)
    assert (code, [move["where"] for move in found["profile"]]) == (1, ["status.codes[SC1].label"])
    assert {place["outcome"] for place in found["evidence"]["places"]} == {"reads-differently"}


def test_diff_is_tables_on_a_terminal(place) -> None:
    """A person reads columns under headings."""
    code, shown = on_terminal("profile", "diff", "mine.yaml", "worse.yaml", *READ)
    lines = [line.strip() for line in shown.split("\r\n")]
    assert code == 1
    assert {
        "In the profile",
        "For the customer, on this evidence",
        "In the message",
        "For the people who approve",
    } < set(lines)
    assert ["About", "Where", "What", "Before", "After"] in [line.split() for line in lines]


def test_make_check_lints_every_shipped_profile() -> None:
    """The quick part of make test refuses a shipped profile with errors."""
    recipe = (REPOSITORY / "Makefile").read_text().partition("\ncheck:\n")[2].partition("\n\n")[0]
    assert "\t@$(BIN)/bridgepkg profile lint profiles/*.yaml" in recipe.splitlines()
    assert EXAMPLE.is_dir()


def test_rules_of_a_profile_without_their_engine_end_in_one_line(place, run, monkeypatch) -> None:
    """A Python for which google-re2 has no wheel: exit 2 where a profile brings rules, and help as ever."""
    monkeypatch.setitem(sys.modules, "re2", None)
    (place / "rules.toml").write_text("[[rules]]\nid = 'lone'\nregex = 'lone-[0-9]'\n")
    (place / "mine.yaml").write_text(f"{TEXT}\nscan: {{gitleaks_file: rules.toml}}\n")
    code, out, err = run("profile", "digest", "mine.yaml")
    line = len(TEXT.splitlines()) + 2
    assert (code, out) == (2, "")
    assert err == (
        f"bridgepkg: {place}/mine.yaml:{line}:8: scan.gitleaks_file: {place}/rules.toml: the rules need google-re2, "
        "which this Python does not have; pip install google-re2, or use a Python that it has a wheel for\n"
    )
    assert run("--help")[0] == 0
    assert run("profile", "lint", "customer-bridge")[0] == 0
