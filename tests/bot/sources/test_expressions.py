"""The language of mappings: JMESPath and a few functions that tolerate what exports leave out."""

import pytest

from bot.sources.expressions import problem
from bot.sources.searching import MOST_STEPS, MalformedError, Search, ShapeError


@pytest.mark.parametrize(
    ("expression", "data", "found"),
    [
        ("split(a, ';')", {"a": "x; y;;z "}, ["x", "y", "z"]),
        ("split(a, ';')", {"a": None}, []),
        ("split(a, ';')", {}, []),
        ("entity_ref(kind, ns, name)", {"kind": "Component", "ns": None, "name": "X"}, "component:default/x"),
        ("entity_ref(kind, ns, name)", {"kind": "API", "ns": "Team", "name": "x"}, "api:team/x"),
        (
            "entity_refs(a, 'component', ns)",
            {"a": ["x", "b:x", "ns/x", "b:ns/X", 5, None], "ns": "Team"},
            ["component:team/x", "b:team/x", "component:ns/x", "b:ns/x", 5],
        ),
        ("entity_refs(a, 'api', `null`)", {"a": "x"}, ["api:default/x"]),
        ("entity_refs(a, 'api', `null`)", {}, []),
        ("nested(a, 'p')", {"a": {"p": 1, "b": [{"p": {"p": 2}}]}}, [1, {"p": 2}, 2]),
        ("nested(a, 'p')", {}, []),
        ("lower(a)", {"a": "TLP"}, "tlp"),
        ("lower(a)", {}, None),
        ("before(a, b)", {"a": "2026-03-12T14:00:00Z", "b": "2026-03-12T14:00:00+01:00"}, False),
        ("before(b, a)", {"a": "2026-03-12T14:00:00Z", "b": "2026-03-12T14:00:00+01:00"}, True),
        ("before(a, b)", {"a": "2026-03-12T14:00:00Z", "b": "soon"}, None),
        ("day_start(a)", {"a": "2026-12-31"}, "2026-12-31T00:00:00Z"),
        ("day_end(a)", {"a": "2026-12-31"}, "2026-12-31T23:59:59Z"),
        ("day_end(a)", {"a": "2026-12-31T08:00:00Z"}, "2026-12-31T08:00:00Z"),
        ("day_end(a)", {}, None),
        ("document().all[?id == 'x'].name | [0]", {"id": "x"}, "beside"),
        ("texts(a)", {"a": {"content": [{"text": "one"}, {"content": [{"text": "two"}]}, 5]}}, ["one", "two"]),
        ("texts(a)", {"a": "plain"}, ["plain"]),
        ("texts(a)", {}, []),
        ("a.b.c", {"a": [1]}, None),
    ],
)
def test_expression_finds_or_gives_nothing(expression, data, found) -> None:
    """What exports leave out is null, never an error."""
    search = Search()
    search.enter({"all": [{"id": "x", "name": "beside"}]})
    assert search.find(expression, data) == found


@pytest.mark.parametrize(
    ("expression", "data"),
    [
        ("split(a, ';')", {"a": 5}),
        ("entity_ref(kind, ns, name)", {"name": "x"}),
        ("length(a)", {"a": 5}),
        ("a[::0]", {"a": [1]}),
    ],
)
def test_expression_on_data_of_another_kind_says_so(expression, data) -> None:
    """It found nothing because it could not look; that is not the same as nothing being there."""
    with pytest.raises(ShapeError):
        Search().find(expression, data)
    assert Search().maybe(expression, data) is None


@pytest.mark.parametrize(
    ("expression", "optional", "missing"),
    [
        ("fields.status.name", (), []),
        ("fields.sttaus.name", (), ["fields.sttaus"]),
        ("feilds.status.name", (), ["feilds"]),
        ("not_null(fields.stat, fields.status.name)", (), ["fields.stat"]),
        ("not_null(fields.stat, fields.status.name)", ("fields.stat",), []),
        ("fields.parts[].nam", (), ["fields.parts.nam"]),
        ("fields.parts[?naem == 'x'].name", (), ["fields.parts.naem"]),
        ("nested(fields, 'nmae')", (), ["fields.**.nmae"]),
        ("fields.none[].name", (), []),
        ("document().fields.x", (), ["document().fields"]),
    ],
)
def test_name_that_stands_nowhere_is_noted(expression, optional, missing) -> None:
    """By its path, and only where it was looked for in something: of an empty list nothing can be said."""
    search = Search()
    search.enter({"other": {}})
    search.maybe(expression, {"fields": {"status": {"name": "Done"}, "parts": [{"name": "x"}], "none": []}})
    assert search.unheard(optional) == [(expression, path) for path in missing]


def test_expression_that_would_never_end_is_stopped() -> None:
    """A product of lists, and one list that doubles: each ends in a sentence that names the expression."""
    search = Search()
    many = {"a": list(range(4_000))}
    search.enter(many)
    with pytest.raises(MalformedError, match=f"takes more than {MOST_STEPS} steps with a\\[\\]"):
        search.find("a[].[document().a[?@ == `-1`]]", many)
    with pytest.raises(MalformedError, match="makes more than"):
        Search().find("a | [@,@,@,@,@][] | [@,@,@,@,@][] | [@,@,@,@,@][] | [@,@,@][]", many)
    assert problem("|".join(["[@,@]"] * 12)) == "writes its input out more than 1000 times"
    assert problem("(" * 1_900) == "is nested too deeply; write a shorter one"


@pytest.mark.parametrize("expression", ["[?", "a..b", "{", "`", "foo(", "a ||"])
def test_expression_that_does_not_parse_is_named_in_one_line(expression) -> None:
    """A mapping file is refused when it is read, not when an incident is on."""
    found = problem(expression)
    assert found
    assert "\n" not in found
    assert problem("a.b") is None
