"""The command line without Slack: whatever is wrong with its input ends in exit 2 and one line, without a traceback."""

import pytest

from tests.bot.shell import AT, DRAFT, SEALING, make_place, make_run


@pytest.fixture
def place(tmp_path, monkeypatch):
    """A folder with the sample's configuration over its second stage, and keys in the environment."""
    return make_place(tmp_path, monkeypatch)


@pytest.fixture
def run(capsys, monkeypatch):
    """Runs the command line in this process: exit code, standard output, standard error."""
    return make_run(capsys, monkeypatch)


HOW = "make a pair of keys with: bridgepkg keys new"
FIX = "make keys with: bridgepkg keys new"
ENVIRONMENTS = {
    ("BRIDGEPKG_SEALING_KEYS", ""): "BRIDGEPKG_SEALING_KEYS is set but blank; give it a value or unset it",
    ("BRIDGEPKG_SEALING_KEYS", "  "): "BRIDGEPKG_SEALING_KEYS is set but blank; give it a value or unset it",
    ("BRIDGEPKG_SIGNING_KEY", ""): "BRIDGEPKG_SIGNING_KEY is set but blank; give it a value or unset it",
    ("BRIDGEPKG_CONFIG", " "): "BRIDGEPKG_CONFIG is set but blank; give it a value or unset it",
    ("BRIDGEPKG_SEALING_KEYS", None): f"BRIDGEPKG_SEALING_KEYS is not set; {HOW}",
    ("BRIDGEPKG_SIGNING_KEY", None): f"BRIDGEPKG_SIGNING_KEY is not set; {HOW}",
    ("BRIDGEPKG_SEALING_KEYS", "k1:AAAA"): f"BRIDGEPKG_SEALING_KEYS holds 3 bytes where 32 are needed; {FIX}",
    ("BRIDGEPKG_SIGNING_KEY", "AAAA"): f"BRIDGEPKG_SIGNING_KEY holds 3 bytes where 32 are needed; {FIX}",
    ("BRIDGEPKG_SEALING_KEYS", "k1:é"): f"BRIDGEPKG_SEALING_KEYS is not base64; {FIX}",
    ("BRIDGEPKG_SEALING_KEYS", f"{SEALING},{SEALING}"): (
        "BRIDGEPKG_SEALING_KEYS needs a distinct id before each key; write id:base64,id:base64"
    ),
    ("BRIDGEPKG_SIGNING_KEY", "none.pem"): (
        "BRIDGEPKG_SIGNING_KEY names none.pem, which is no readable, unencrypted PEM key"
    ),
    ("BRIDGEPKG_CONFIG", "none.yaml"): "none.yaml: cannot be read (No such file or directory); check the path",
}


@pytest.mark.parametrize(("name", "value"), ENVIRONMENTS)
def test_environment_that_is_blank_missing_or_wrong_refuses_to_run(name, value, place, run, monkeypatch) -> None:
    """A blank security setting is never no setting."""
    monkeypatch.setenv(name, value) if value is not None else monkeypatch.delenv(name)
    assert run(*DRAFT) == (2, "", f"bridgepkg: {ENVIRONMENTS[name, value]}\n")


CONFIGURATIONS = [
    (
        "bridges:\n  acme:",
        "brigdes:\n  acme:",
        "brigdes",
        "brigdes: is not a known key; remove it or correct its spelling",
    ),
    ("channel: C0ACME", "chanel: C0ACME", "chanel", "bridges.acme.chanel: is not a known key; remove it or correct"),
    ("teams: [T0ACME]", "teams: []", "teams: []", "bridges.acme.teams: Tuple should have at least 1 item"),
    (
        "label: Acme Corp",
        "label: '<!here>'",
        "label: '<",
        "bridges.acme.label: wording holds characters that may not leave",
    ),
    (
        "connector: file, preset: jira",
        "connector: ftp, preset: jira",
        "connector: ftp",
        "sources.jira.connector: Input should",
    ),
    (
        "security: C0REVSEC",
        "sekurity: C0REVSEC",
        "schema",
        "document: role sekurity is not defined under roles; add it",
    ),
    ("cleared_roles: [", "cleared_roles: [[", "cleared_roles", "is not YAML"),
]


@pytest.mark.parametrize(("right", "wrong", "where", "problem"), CONFIGURATIONS)
def test_configuration_with_a_fault_names_line_and_column(right, wrong, where, problem, place, run) -> None:
    """The place in the file, the path of the value, and how to fix it, in one line."""
    text = (place / "bridgepkg.yaml").read_text()
    assert right in text
    changed = text.replace(right, wrong, 1)
    (place / "bridgepkg.yaml").write_text(changed)
    before = changed[: changed.index(where, changed.index("schema:"))].split("\n")
    code, out, err = run(*DRAFT)
    assert (code, out, err.count("\n")) == (2, "", 1)
    if problem == "is not YAML":
        assert err.startswith("bridgepkg: bridgepkg.yaml:")
        return
    assert err.startswith(f"bridgepkg: bridgepkg.yaml:{len(before)}:{len(before[-1]) + 1}: {problem}")


def test_configuration_that_names_an_unknown_profile_says_so(place, run) -> None:
    """A profile that is neither shipped nor beside the configuration."""
    text = (place / "bridgepkg.yaml").read_text().replace("profile: customer-bridge", "profile: own.yaml")
    (place / "bridgepkg.yaml").write_text(text)
    code, _, err = run(*DRAFT)
    assert (code, err) == (
        2,
        f"bridgepkg: {place / 'own.yaml'}: cannot be read (No such file or directory); check the path\n",
    )


@pytest.mark.parametrize(
    ("arguments", "problem"),
    [
        (("drat",), "No such command 'drat'. Did you mean draft?"),
        (("replai", "x"), "No such command 'replai'. Did you mean replay?"),
        (("xyzzy",), "No such command 'xyzzy'. See bridgepkg --help."),
        (("draft",), "Missing option '--incident'."),
        (("draft", "--bridge", "acme"), "Missing option '--incident'."),
        ((*DRAFT, "--colour", "red"), "No such option '--colour'"),
        (
            ("draft", "--incident", "INC-9", "--bridge", "acme", "--at", AT),
            "incident INC-9 is in no incident source; check the key as that system spells it",
        ),
        (
            ("draft", "--incident", "INC-1042", "--bridge", "globex"),
            "bridge globex is not in the configuration; it has acme",
        ),
        (
            ("draft", "--incident", "", "--bridge", "acme"),
            "an incident key has 1 to 500 printable characters; check --incident",
        ),
        (
            (*DRAFT[:-1], "2026-03-12T14:03"),
            "Invalid value for '--at': 2026-03-12T14:03 is no time with a zone; write it like 2026-11-23T14:02:00Z",
        ),
        (
            (*DRAFT[:-1], "9999-12-31T23:59:59Z"),
            "Invalid value for '--at': 9999-12-31T23:59:59Z lies outside the years 2000 to 2999",
        ),
        (
            (*DRAFT, "--out", "none/d.json"),
            "none/d.json cannot be written (No such file or directory); name another file",
        ),
        ((*DRAFT, "--prior", "none.json"), "none.json: cannot be read (No such file or directory); check the path"),
        (("verify", "none.json"), "none.json: cannot be read (No such file or directory); check the path"),
        (("verify", "exports"), "Invalid value for 'DOSSIER...': File 'exports' is a directory."),
        (
            ("verify", "bridgepkg.yaml"),
            "bridgepkg.yaml: document: Invalid JSON: expected value at line 1 column 1; is this a file that bridgepkg",
        ),
        (
            ("replay", "exports/jira.json"),
            "exports/jira.json: incident: Field required; is this a file that bridgepkg draft wrote?",
        ),
        (("diff", "none.json", "none.json"), "none.json: cannot be read (No such file or directory); check the path"),
        (("diff", "none.json"), "Missing argument 'AFTER'."),
        (("keys", "old"), "No such command 'old'."),
    ],
)
def test_bad_input_ends_in_one_line(arguments, problem, place, run) -> None:
    """Exit 2, nothing on standard output, and what to do."""
    code, out, err = run(*arguments)
    assert (code, out) == (2, "")
    assert err.startswith(f"bridgepkg: {problem}")
    assert err.count("\n") == 1


def test_severity_below_the_profile_ends_in_one_line(place, run) -> None:
    """A P3 is not packaged."""
    export = place / "exports" / "pagerduty.json"
    export.write_text(export.read_text().replace('"summary": "P1"', '"summary": "P3"'))
    problem = "bridgepkg: incident INC-1042 is P3; this profile packages P1, SEV1 only\n"
    assert run(*DRAFT) == (2, "", problem)


@pytest.mark.parametrize("content", ["", "no key", "-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n"])
def test_public_key_that_is_none_ends_in_one_line(content, place, run) -> None:
    """An empty file, a text, a damaged PEM, and a file that is not there."""
    assert run(*DRAFT, "--out", "d.json")[0] == 0
    (place / "key.pem").write_text(content)
    for name in ("key.pem", "none.pem"):
        expected = f"bridgepkg: {name} is no readable PEM public key; bridgepkg keys new prints one\n"
        assert run("verify", "d.json", "--public-key", name) == (2, "", expected)
