"""The language of mappings: JMESPath and a few functions that tolerate what exports leave out."""

import pytest

from bot.sources.expressions import problem, search


@pytest.mark.parametrize(
    ("expression", "data", "found"),
    [
        ("split(a, ';')", {"a": "x; y;;z "}, ["x", "y", "z"]),
        ("split(a, ';')", {"a": None}, []),
        ("split(a, ';')", {}, []),
        ("split(a, ';')", {"a": 5}, None),
        ("entity_ref(kind, ns, name)", {"kind": "Component", "ns": None, "name": "X"}, "component:default/x"),
        ("entity_ref(kind, ns, name)", {"kind": "API", "ns": "Team", "name": "x"}, "api:team/x"),
        ("entity_ref(kind, ns, name)", {"name": "x"}, None),
        (
            "entity_refs(a)",
            {"a": ["x", "b:x", "ns/x", "b:ns/X", 5, None]},
            [
                "component:default/x",
                "b:default/x",
                "component:ns/x",
                "b:ns/x",
            ],
        ),
        ("entity_refs(a)", {}, []),
        ("texts(a)", {"a": {"content": [{"text": "one"}, {"content": [{"text": "two"}]}, 5]}}, ["one", "two"]),
        ("texts(a)", {"a": "plain"}, ["plain"]),
        ("texts(a)", {}, []),
        ("a.b.c", {"a": [1]}, None),
        ("length(a)", {"a": 5}, None),
        ("a[::0]", {"a": [1]}, None),
    ],
)
def test_expression_finds_or_gives_nothing(expression, data, found) -> None:
    """Data of another shape than expected are null, never an error."""
    assert search(expression, data) == found


@pytest.mark.parametrize("expression", ["[?", "a..b", "{", "`", "foo(", "a ||"])
def test_expression_that_does_not_parse_is_named_in_one_line(expression) -> None:
    """A mapping file is refused when it is read, not when an incident is on."""
    found = problem(expression)
    assert found
    assert "\n" not in found
    assert problem("a.b") is None
