"""P4, P9: an export that is damaged, hostile or absent is a source that could not be read, with one clear sentence."""

import json
import os
from datetime import datetime

import pytest

from bot.sources.file import read_exports
from tests.bot.sources.reading import problem_of, read_data, read_items, read_path, read_text, why
from tests.builders import AT, minutes
from tests.growth import IN_PROPORTION, growth

ALERT = {
    "fingerprint": "fp-1",
    "updatedAt": "2026-03-12T14:19:00Z",
    "startsAt": "2026-03-12T14:00:00Z",
    "labels": {"alertname": "SignErrors", "service": "pay-edge", "region": "eu-west-1", "severity": "major"},
}
DEEP = "[" * 300 + "]" * 300
NODE = "kind: Component\nmetadata: {name: x}\n"


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        ("", "export.json is empty; export it again"),
        (" \n\t", "export.json is empty; export it again"),
        ("{", "export.json:1:2: is not JSON; export it again"),
        ('[{"a": 1},\n {"a": 2]', "export.json:2:9: is not JSON; export it again"),
        ("[NaN]", "export.json:1:2: is not JSON; export it again"),
        ("[Infinity]", "export.json:1:2: is not JSON; export it again"),
        ('["\\ud800"]', "export.json:1:3: is not JSON; export it again"),
        (b'["\xed\xa0\x80"]', "export.json:1:1: is not JSON; export it again"),
        (b"\xff\xfe[", "export.json is not utf-16 text, as it begins; save it as UTF-8"),
        ("<!DOCTYPE html><html>", "export.json is an HTML page, perhaps of a login; export it again with an account"),
        ("<?xml version='1.0'?><a/>", "export.json is XML; export it as JSON"),
        ("id,name\n1,x\n", "export.json looks like CSV; export it as JSON"),
        ('{"a": 1}\n{"a": \n', "export.json:2:1: is not JSON; export it again"),
        ('[{"id": "a", "id": "b"}]', "export.json: an object has a duplicate key; export it again"),
        (DEEP, "export.json is nested too deeply; export it again"),
        (f'[{{"fingerprint": "f", "x": {DEEP}}}]', "export.json is nested too deeply; export it again"),
        ("[" * 100_000, "export.json:1:1026: is not JSON; export it again"),
    ],
)
def test_json_export_that_is_damaged_is_malformed(content, problem, tmp_path) -> None:
    """Truncated, empty, not JSON, foreign encodings, duplicate keys, bottomless nesting: named with file and place."""
    assert problem_of(tmp_path, "alertmanager", content).startswith(f"malformed: {problem}")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
def test_export_of_a_windows_shell_is_read(encoding, tmp_path) -> None:
    """PowerShell's `>` writes UTF-16 with a byte order mark; editors write one before UTF-8."""
    marks = {"utf-16-le": b"\xff\xfe", "utf-16-be": b"\xfe\xff"}
    content = marks.get(encoding, b"") + json.dumps([ALERT]).encode(encoding)
    health, records = read_text(tmp_path, "alertmanager", content)
    assert (health.state, len(records)) == ("read", 1)
    health, records = read_text(tmp_path, "backstage", NODE.encode("utf-16"), "export.yaml")
    assert (health.state, len(records)) == ("read", 1)


def test_export_of_one_object_a_line_is_read(tmp_path) -> None:
    """JSON lines are the list of their objects, whatever the file is called."""
    lines = "\n".join(json.dumps(ALERT | {"fingerprint": f"f{number}"}) for number in range(3))
    for name in ("export.json", "export.jsonl", "export.ndjson"):
        health, records = read_text(tmp_path, "alertmanager", f"{lines}\n", name)
        assert (health.state, len(records)) == ("read", 3)


@pytest.mark.parametrize("kind", ["fifo", "device", "loop", "inside a folder"])
def test_source_that_is_no_plain_file_is_refused_without_waiting(kind, tmp_path) -> None:
    """A pipe that nobody writes into would hold a draft for ever."""
    path = tmp_path / "export.json"
    if kind == "fifo":
        os.mkfifo(path)
    elif kind == "device":
        path.symlink_to("/dev/zero")
    elif kind == "loop":
        path.symlink_to(path)
    else:
        path.mkdir()
        os.mkfifo(path / "a.json")
    health, records = read_path(path, "alertmanager")
    assert (health.state, records) == ("unavailable", [])
    assert "is no plain file; export into a file" in health.problem or "cannot be read" in health.problem


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        ("---\n", "export.yaml is empty; export it again"),
        ("kind: [a\n", "export.yaml:2:1: is not YAML: did not find expected ',' or ']'; export it again"),
        (
            f"{NODE}---\n{NODE}spec: &a {{}}\n",
            "export.yaml:6:7: uses an anchor or alias; write the value out where it is",
        ),
        (
            f"{NODE}---\nkind: !!python/name:os.system ''\n",
            "export.yaml:4:7: uses the tag tag:yaml.org,2002:python/name:os",
        ),
        (f'{NODE}---\nkind: "\\ud800"\n', "export.yaml:4:10: is not YAML: found invalid Unicode character escape code"),
        ("[" * 20_000, "export.yaml:1:51: is nested deeper than 50 levels; export it again"),
        (b"kind: \xe9", "export.yaml: is not UTF-8 text (byte 6); save it as UTF-8; export it again"),
        ("a: \0", "export.yaml: is not YAML that can be read (unacceptable character #x0000"),
    ],
)
def test_yaml_export_that_is_damaged_is_malformed(content, problem, tmp_path) -> None:
    """The same rules as for every document of ours, with the line in the whole file."""
    assert problem_of(tmp_path, "backstage", content, "export.yaml").startswith(f"malformed: {problem}")


def test_yaml_export_may_have_documents_without_content(tmp_path) -> None:
    """Comments and end marks between documents are no entities."""
    health, records = read_text(tmp_path, "backstage", f"# map\n---\n{NODE}---\n# nothing\n...\n", "export.yaml")
    assert (health.state, [record.component for record in records]) == ("read", ["component:default/x"])


def test_yaml_export_with_windows_line_ends_and_a_byte_order_mark_is_read(tmp_path) -> None:
    """Editors write them; they change nothing."""
    content = b"\xef\xbb\xbf" + f"{NODE}---\n{NODE}".replace("\n", "\r\n").encode()
    health, records = read_text(tmp_path, "backstage", content, "export.yaml")
    assert (health.state, len(records)) == ("read", 2)


@pytest.mark.parametrize(
    "number", ["9" * 30, "-" + "9" * 30, "1e400", "1.5", "18446744073709551616", "0.1", "9" * 5000]
)
def test_json_export_may_hold_any_number_that_is_not_mapped(number, tmp_path) -> None:
    """A revenue of thirty digits is no reason to be without a contract; it used to end the reading."""
    alert = str({**ALERT, "value": 0}).replace("'", '"').replace('"value": 0', f'"value": {number}')
    health, records = read_text(tmp_path, "alertmanager", f"[{alert}]")
    expected = "malformed" if number in {"1e400", "9" * 5000} else "read"
    assert (health.state, len(records)) == (expected, expected == "read")


def test_json_export_keeps_fractions_as_their_text(tmp_path) -> None:
    """A time in seconds keeps its last digit; canonical data hold no floats."""
    export = read_exports(_file(tmp_path, '{"ts": 1773325030.000300, "n": 7, "big": 99999999999999999999}'))
    assert export.pages[0].document == {"ts": "1773325030.000300", "n": 7, "big": "99999999999999999999"}


def _file(folder, content: str):
    path = folder / "export.json"
    path.write_text(content)
    return path


def test_export_that_is_not_there_is_unavailable(tmp_path) -> None:
    """Absent, an empty folder, a name that no file system takes: unavailable, with how to fix it."""
    (tmp_path / "empty").mkdir()
    (tmp_path / "empty" / "notes.txt").write_text("x")
    found = [read_path(tmp_path / name, "csaf") for name in ("none.json", "empty", "x" * 300)]
    assert [(health.state, health.problem, records) for health, records in found] == [
        ("unavailable", "none.json cannot be read (No such file or directory); export it again", []),
        ("unavailable", "folder empty holds no .json or .yaml file; export into it", []),
        ("unavailable", f"{'x' * 300} cannot be read (File name too long); export it again", []),
    ]


def test_export_beyond_the_size_limit_is_malformed(tmp_path, monkeypatch) -> None:
    """A file that nobody exported on purpose is not read at all."""
    monkeypatch.setattr("bot.sources.file.MAX_BYTES", 100)
    assert problem_of(tmp_path, "csaf", "x" * 101) == "malformed: export.json is larger than 100 bytes; export less"


def test_export_was_confirmed_when_it_was_written_and_never_later_than_read(tmp_path) -> None:
    """The file's time counts; one in the future is clamped to the moment of reading."""
    path = tmp_path / "export.json"
    path.write_text("[]")
    found = []
    for written in (AT - minutes(7), AT + minutes(7)):
        os.utime(path, (written.timestamp(), written.timestamp()))
        found.append(read_path(path, "jira")[0].observed_at)
    assert found == [AT - minutes(7), AT]


def test_export_of_a_folder_is_as_old_as_its_oldest_file(tmp_path) -> None:
    """A note that was not exported again may have changed since."""
    for name, age in (("b.json", 1), ("a.json", 30), ("c.yaml", 2)):
        path = tmp_path / name
        path.write_text('{"a": 1}' if name.endswith("json") else "a: 2")
        os.utime(path, ((AT - minutes(age)).timestamp(),) * 2)
    export = read_exports(tmp_path)
    assert [(page.name, page.document) for page in export.pages] == [
        ("a.json", {"a": 1}),
        ("b.json", {"a": 1}),
        ("c.yaml", {"a": 2}),
    ]
    assert export.written == AT - minutes(30)


def test_export_of_a_folder_with_one_damaged_file_is_malformed_whole(tmp_path) -> None:
    """Half a source would look like health."""
    for name, content in (("a.json", '{"document": {}}'), ("b.json", "{")):
        (tmp_path / name).write_text(content)
    health, records = read_path(tmp_path, "csaf")
    assert (health.state, health.problem, records) == ("malformed", "b.json:1:2: is not JSON; export it again", [])


def test_export_with_one_item_that_cannot_be_read_keeps_the_others(tmp_path) -> None:
    """Nobody can say what that item was about: it is unplaced, with all that could be read of it."""
    read = read_items(tmp_path, "alertmanager", [ALERT, {**ALERT, "fingerprint": None}])
    assert (read.health.state, len(read.records), why(read)) == ("read", 1, [("item 2", "unreadable")])
    (item,) = read.unplaced
    assert (item.region, item.status) == ("eu-west-1", "major")
    assert ("service", "pay-edge") in {(tag.name, tag.value) for tag in item.tags}
    assert (read.health.tally.items, read.health.tally.placed, read.health.tally.unplaced) == (2, 1, 1)


def test_export_of_a_large_catalog_costs_in_proportion(tmp_path) -> None:
    """Entities of YAML, one after the other: up to three thousand, half a megabyte."""

    def read(size: int) -> None:
        documents = "---\n".join(
            f"kind: Component\nmetadata: {{name: c-{n}}}\nspec: {{dependsOn: [c-{n + 1}]}}\n" for n in range(size)
        )
        health, records = read_text(tmp_path, "backstage", documents, "export.yaml")
        assert (health.state, len(records)) == ("read", size)

    assert growth(read, 375) < IN_PROPORTION


def test_export_times_of_every_usual_form_are_read(tmp_path) -> None:
    """Nanoseconds, offsets with and without colon, seconds where a mapping declares them: all the same moment."""
    expected = datetime.fromisoformat("2026-03-12T13:20:00+00:00")
    forms = (
        "2026-03-12T13:20:00Z",
        "2026-03-12T13:20:00.000000000Z",
        "2026-03-12T14:20:00+01:00",
        "2026-03-12T14:20:00.000+0100",
        "2026-03-12 08:20:00-0500",
    )
    _, records = read_data(tmp_path, "alertmanager", [{**ALERT, "startsAt": form} for form in forms])
    assert [record.ref.changed_at for record in records] == [expected] * len(forms)
    seconds = [{"ts": form, "reactions": [{"name": "mag"}]} for form in ("1773321600", "1773321600.000000")]
    _, records = read_data(tmp_path, "slack-timeline", {"messages": seconds, "has_more": False})
    assert [record.ref.changed_at for record in records] == [expected] * len(seconds)
