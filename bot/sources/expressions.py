"""JMESPath with the few functions that real exports need. A mapping is data; these are the whole of its language."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final

import jmespath
from jmespath import functions
from jmespath.exceptions import JMESPathError

from bot.sources.times import ISO, as_moment, read_time
from transforms.model.canonical import strings

MOST_COPIES: Final = 1_000
"""How many times over an expression may write out what it is given: `[@, @]` twice in a row is four times."""


class Functions(functions.Functions):
    """Functions beyond the JMESPath standard; each tolerates null, because exports leave fields out.

    `document` is the export in which the item stands that is being read.
    """

    document: Any = None

    @functions.signature({"types": ["string", "null"]}, {"types": ["string"]})
    def _func_split(self, text: str | None, separator: str) -> list[str]:
        """The parts of a multi-select value."""
        return [part.strip() for part in (text or "").split(separator) if part.strip()]

    @functions.signature({"types": ["string"]}, {"types": ["string", "null"]}, {"types": ["string"]})
    def _func_entity_ref(self, kind: str, namespace: str | None, name: str) -> str:
        """A Backstage entity reference in full, `component:default/name`."""
        return f"{kind}:{namespace or 'default'}/{name}".lower()

    @functions.signature({"types": ["array", "string", "null"]}, {"types": ["string"]}, {"types": ["string", "null"]})
    def _func_entity_refs(self, refs: list[Any] | str | None, kind: str, namespace: str | None) -> list[Any]:
        """Backstage references in full: a kind and a namespace that one leaves out are these."""
        several = refs if isinstance(refs, list) else [refs]
        return [_full_ref(ref, kind, namespace) for ref in several if ref is not None]

    @functions.signature({"types": []})
    def _func_texts(self, value: Any) -> list[str]:
        """Every text of an Atlassian document, or of a plain string."""
        return list(strings(value))

    @functions.signature({"types": []}, {"types": ["string"]})
    def _func_nested(self, value: Any, key: str) -> list[Any]:
        """What stands under this key at any depth, in document order."""
        return list(under_key(value, key))

    @functions.signature()
    def _func_document(self) -> Any:
        """The whole document in which the item stands."""
        return self.document

    @functions.signature({"types": ["string", "null"]})
    def _func_lower(self, text: str | None) -> str | None:
        """The text in lower case."""
        return text.lower() if text is not None else None

    @functions.signature({"types": []}, {"types": []})
    def _func_before(self, first: Any, second: Any) -> bool | None:
        """Whether one time lies before another, both in ISO 8601; null where one of them is no time."""
        one, other = read_time(first, (ISO,)), read_time(second, (ISO,))
        return None if one is None or other is None else one < other

    @functions.signature({"types": ["string", "null"]})
    def _func_day_start(self, text: str | None) -> str | None:
        """A date as its first moment in UTC."""
        return as_moment(text, "00:00:00") if text is not None else None

    @functions.signature({"types": ["string", "null"]})
    def _func_day_end(self, text: str | None) -> str | None:
        """A date as its last second in UTC."""
        return as_moment(text, "23:59:59") if text is not None else None


def _full_ref(ref: Any, default_kind: str, default_namespace: str | None) -> Any:
    """One reference in full; what is none is left as it is, for the item to be found unreadable."""
    if not isinstance(ref, str):
        return ref
    kind, _, rest = ref.rpartition(":")
    namespace, _, name = rest.rpartition("/")
    return f"{kind or default_kind}:{namespace or default_namespace or 'default'}/{name}".lower()


def under_key(value: Any, key: str) -> Iterator[Any]:
    """What stands under a key at any depth, without recursion."""
    pending = [value]
    while pending:
        one = pending.pop()
        if isinstance(one, dict):
            if one.get(key) is not None:
                yield one[key]
            pending.extend(reversed(one.values()))
        elif isinstance(one, list):
            pending.extend(reversed(one))


Tree = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Compiled:
    """An expression's tree, and each of its names by node: the path from the item or document, `fields.status.name`."""

    tree: Tree
    paths: dict[int, str]


@lru_cache(maxsize=1024)
def compiled(expression: str) -> Compiled:
    """The expression, ready to run; an error when it is none."""
    tree: Any = jmespath.compile(expression).parsed
    paths: dict[int, str] = {}
    _walk(tree, "", paths)
    return Compiled(tree, paths)


def _walk(node: Tree, prefix: str, found: dict[int, str]) -> str:
    """Note the paths of a node, and say where what it finds stands; nothing where that is in several places."""
    kind, children = node["type"], node.get("children", [])
    if kind == "field":
        found[id(node)] = f"{prefix}.{node['value']}".lstrip(".")
        return found[id(node)]
    if kind in {"subexpression", "pipe", "index_expression", "projection", "value_projection", "flatten"}:
        for child in children:
            prefix = _walk(child, prefix, found)
        return prefix
    if kind == "filter_projection":
        base = _walk(children[0], prefix, found)
        _walk(children[2], base, found)
        return _walk(children[1], base, found)
    if kind in {"identity", "current", "index", "slice"}:
        return prefix
    return _walk_apart(node, prefix, found)


def _walk_apart(node: Tree, prefix: str, found: dict[int, str]) -> str:
    """The same for what starts again for each of its parts, or elsewhere."""
    children = [child for child in node.get("children", []) if isinstance(child, dict)]
    places = [_walk(child, "" if node["type"] == "expref" else prefix, found) for child in children]
    if node.get("value") == "nested" and node["type"] == "function_expression":
        place = f"{places[0]}.**.{children[1].get('value')}"
        found[id(node)] = place
        return place
    return "document()" if node.get("value") == "document" and node["type"] == "function_expression" else ""


def problem(expression: str) -> str | None:
    """Why this is not an expression that can be used, in one line; none when it is."""
    try:
        tree = compiled(expression).tree
        return _misused(tree) or _too_wide(tree)
    except JMESPathError as fault:
        return str(fault).splitlines()[0]
    except RecursionError:
        return "is nested too deeply; write a shorter one"


def _misused(tree: Tree) -> str | None:
    """The first call of a function that is not known, or with another number of values."""
    table = Functions.FUNCTION_TABLE
    for node in _nodes(tree):
        if node["type"] == "function_expression":
            name, given = node["value"], len(node["children"])
            if name not in table:
                return f"{name}() is no function; docs/configuration.md lists them"
            wanted = table[name]["signature"]
            enough = given >= len(wanted) if wanted and wanted[-1].get("variadic") else given == len(wanted)
            if not enough:
                return f"{name}() takes {len(wanted)} values, not {given}"
            if name == "nested" and node["children"][1]["type"] != "literal":
                return "nested() takes its key as a text in quotes"
    return None


def _nodes(tree: Tree) -> Iterator[Tree]:
    pending = [tree]
    while pending:
        node = pending.pop()
        yield node
        pending.extend(child for child in reversed(node.get("children", [])) if isinstance(child, dict))


def _too_wide(tree: Tree) -> str | None:
    return f"writes its input out more than {MOST_COPIES} times" if _copies(tree) > MOST_COPIES else None


def _copies(node: Tree) -> int:
    """At most how many times what a node finds holds what it was given."""
    inner = [_copies(child) for child in node.get("children", []) if isinstance(child, dict)]
    if node["type"] in {"multi_select_list", "multi_select_dict", "function_expression", "or_expression"}:
        return max(1, sum(inner))
    product = 1
    for copies in inner:
        product = min(product * copies, MOST_COPIES + 1)
    return product
