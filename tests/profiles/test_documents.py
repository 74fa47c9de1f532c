"""YAML documents: data and nothing else, and every fault in one line with its place."""

import pytest

from profiles.documents import MAX_BYTES, DocumentError, load_model, load_yaml, load_yaml_stream, read_document
from profiles.loader import SHIPPED
from profiles.models import Profile
from tests.growth import IN_PROPORTION, growth

NOT_DATA = "write the value out where it is needed"
HEADLINE = "phrases.headline.unaffected"
UNAFFECTED = 'unaffected: "{account}'


def problem_of(content: bytes) -> str:
    """What is said of this document."""
    with pytest.raises(DocumentError) as caught:
        load_yaml(content, "f.yaml")
    return str(caught.value)


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b"", "f.yaml: is empty; write the document, or point to another file"),
        (b"# only a comment\n", "f.yaml: is empty; write the document, or point to another file"),
        (b"{a: [1, 2", "f.yaml:2:1: is not YAML: did not find expected ',' or ']'"),
        (b"a: 'x\n", "f.yaml:2:1: is not YAML: found unexpected end of stream"),
        (b"a:\tb\n\tc: d", "f.yaml:2:1: is not YAML: found a tab character that violates indentation"),
        (b"- a\n b: c\n", "f.yaml:2:3: is not YAML: mapping values are not allowed in this context"),
        (b"a: 1\n--- \nb: 2\n", "f.yaml:2:1: is not YAML: but found another document"),
        (b"a: \xff", "f.yaml: is not UTF-8 text (byte 3); save it as UTF-8"),
        ("a: x".encode("utf-16"), "f.yaml: is not UTF-8 text (byte 0); save it as UTF-8"),
        (b'a: "\\ud800"', "f.yaml:1:7: is not YAML: found invalid Unicode character escape code"),
        (b'a: "\\U00110000"', "f.yaml:1:7: is not YAML: found invalid Unicode character escape code"),
        (b"a: 1\na: 2\n", "f.yaml:2:1: duplicate key 'a'; remove one"),
        (b"a: {b: 1, c: 2, b: 3}\n", "f.yaml:1:17: duplicate key 'b'; remove one"),
        (b"? [a]\n: 1\n", "f.yaml:1:3: a key must be plain text"),
        (b"a: &x 1\nb: 2\n", f"f.yaml:1:4: uses an anchor or alias; {NOT_DATA}"),
        (b"a: !!int 3", "f.yaml:1:4: uses the tag tag:yaml.org,2002:int; write plain text"),
        (b"a: !!int abc", "f.yaml:1:4: uses the tag tag:yaml.org,2002:int; write plain text"),
        (b"!!set {a}", "f.yaml:1:1: uses the tag tag:yaml.org,2002:set; write plain text"),
        (b"a: !local x", "f.yaml:1:4: uses the tag !local; write plain text"),
        (b"[" * 200, "f.yaml:1:51: is nested deeper than 50 levels"),
        (b"a: " + b"{a: " * 60, "f.yaml:1:200: is nested deeper than 50 levels"),
    ],
)
def test_yaml_that_is_not_data_is_refused_in_one_line_with_its_place(content, problem) -> None:
    """Damage, foreign encodings, duplicate keys, anchors, tags and depth: each is named where it stands."""
    assert problem_of(content) == problem


def test_yaml_with_a_control_character_is_refused() -> None:
    """A file that is not text says so."""
    assert problem_of(b"a: \x00").startswith("f.yaml: is not YAML that can be read (")


@pytest.mark.parametrize(
    "content", ["python/object/apply:os.system [true]", "python/name:os.system ''", "timestamp 2026"]
)
def test_yaml_tags_never_make_objects(content) -> None:
    """A tag that other loaders turn into an object or a call is refused before anything is built."""
    assert problem_of(f"a: !!{content}".encode()).endswith("; write plain text")


def bomb(levels: int) -> bytes:
    """Levels of tenfold aliases."""
    more = (f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]\n" for n in range(1, levels + 1))
    return ("a0: &a0 [x]\n" + "".join(more)).encode()


def test_yaml_bombs_cost_nothing() -> None:
    """Levels of tenfold aliases, and thousands of open brackets, are refused at the first."""

    def refused(size: int) -> None:
        assert problem_of(bomb(size)) == f"f.yaml:1:5: uses an anchor or alias; {NOT_DATA}"
        assert problem_of(b"[" * size * 1_000) == "f.yaml:1:51: is nested deeper than 50 levels"

    assert growth(refused, 3) < IN_PROPORTION


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("1.5", "1.5"),
        ("1e3", "1e3"),
        (".inf", ".inf"),
        ("yes", "yes"),
        ("no", "no"),
        ("on", "on"),
        ("True", "True"),
        ("2026-03-12", "2026-03-12"),
        ("12:30:45", "12:30:45"),
        ("0x1f", "0x1f"),
        ("010", "010"),
        ("1_000", "1_000"),
        ("99999999999999999999", "99999999999999999999"),
        ("=", "="),
        ("'1'", "1"),
        ("true", True),
        ("false", False),
        ("-7", -7),
        ("null", None),
        ("~", None),
        ("", None),
    ],
)
def test_yaml_values_stay_text_unless_json_has_them(written, value) -> None:
    """Only whole numbers, true, false and null are more than text; merge keys merge nothing."""
    assert load_yaml(f"a: {written}\n<<: {{b: 1}}\n".encode(), "f.yaml")[0] == {"a": value, "<<": {"b": 1}}


def test_yaml_places_name_line_and_column_of_every_value() -> None:
    """A value in a list has its own place; a value under a key has the key's."""
    assert load_yaml(b"a:\n  - b: 1\n  - c\n", "f.yaml")[1] == {
        (): (1, 1),
        ("a",): (1, 1),
        ("a", 0): (2, 5),
        ("a", 0, "b"): (2, 5),
        ("a", 1): (3, 5),
    }


def test_yaml_stream_gives_each_document_and_places_in_the_whole_file() -> None:
    """Documents without content are left out, and a fault in a later one names the line in the file."""
    assert load_yaml_stream(b"a: 1\n---\n# nothing\n---\n- b\n...\n", "f.yaml") == [{"a": 1}, ["b"]]
    with pytest.raises(DocumentError) as caught:
        load_yaml_stream(b"a: 1\n---\nb: 1\nb: 2\n", "f.yaml")
    assert str(caught.value) == "f.yaml:4:1: duplicate key 'b'; remove one"


def test_document_that_is_not_there_or_is_too_large_says_so(tmp_path) -> None:
    """A missing file, a folder and a file beyond the limit end in one line that says how to fix it."""
    large = tmp_path / "large.yaml"
    large.write_bytes(b"#" * (MAX_BYTES + 1))
    problems = {}
    for path in (tmp_path / "none.yaml", tmp_path, large):
        with pytest.raises(DocumentError) as caught:
            read_document(path)
        problems[path.name] = caught.value.problem
    assert problems == {
        "none.yaml": "cannot be read (No such file or directory); check the path",
        tmp_path.name: "cannot be read (Is a directory); check the path",
        "large.yaml": "is larger than 1000000 bytes; a document of this kind is small",
    }


@pytest.mark.parametrize(
    ("right", "wrong", "place", "problem"),
    [
        ("severities:", "severitys:", "severitys:", "severitys: is not a known key; remove it or correct its spelling"),
        ("SC1, rank: 2, label", "SC1, rank: 2, lable", "lable", "status.codes.2.lable: is not a known key; remove it"),
        ("version: 2", "version: two", "version:", "version: Input should be a valid integer"),
        ("version: 2", "version: 2.0", "version:", "version: Input should be a valid integer"),
        ("blocks: false", "blocks: no", "blocks: no", "register.0.blocks: Input should be a valid boolean"),
        ("label: Europe", "label: '*Europe*'", "label: '*", "regions.0.label: wording holds characters that may not"),
        ("label: Europe", "label: ''", "label: ''", "regions.0.label: wording is empty; write what the customer"),
        (
            "service {status}",
            "service {state}",
            UNAFFECTED,
            "phrases.headline.unaffected: no place {state} here; it may use",
        ),
        (
            "service {status}",
            "service {status",
            UNAFFECTED,
            "phrases.headline.unaffected: a brace in a phrase belongs to no",
        ),
        (
            "service {status}",
            "service }{status}",
            UNAFFECTED,
            "phrases.headline.unaffected: a brace in a phrase belongs to",
        ),
        ("profile/2", "profile/3", "schema:", "schema: Input should be 'bridgepkg.profile/2'"),
        ("version: 2\n", "", "schema:", "version: is missing; add it"),
    ],
)
def test_model_fault_names_line_column_path_and_fix(right, wrong, place, problem) -> None:
    """A document that is data but no profile is refused at the value that is wrong."""
    text = (SHIPPED / "customer-bridge.yaml").read_text().replace(right, wrong, 1)
    before = text[: text.index(place)].split("\n")
    with pytest.raises(DocumentError) as caught:
        load_model(Profile, text.encode(), "p.yaml")
    assert str(caught.value).startswith(f"p.yaml:{len(before)}:{len(before[-1]) + 1}: {problem}")
