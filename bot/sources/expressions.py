"""JMESPath with the few functions that real exports need. A mapping is data; these are the whole of its language.

Beyond the standard's functions (https://jmespath.org/specification.html) there are `split`, `entity_ref`,
`entity_refs`, `texts`, `before` and `document`. Steps and lists are bounded, so that no expression can hang a reading.
"""

from collections.abc import Callable
from functools import lru_cache
from typing import Any, Final

import jmespath
from jmespath import functions
from jmespath.exceptions import JMESPathError
from jmespath.visitor import TreeInterpreter

from bot.sources.times import parse_time
from profiles.errors import UserFixableError
from transforms.model.canonical import strings

MOST_STEPS: Final = 5_000_000
MOST_IN_A_LIST: Final = 1_000_000
"""Far above what an export of a real system takes: 50,000 alerts take about half a million steps."""


class ExpressionLimitError(UserFixableError):
    """An expression takes more steps, or makes a longer list, than any real export needs."""


class _Functions(functions.Functions):
    """Functions beyond the JMESPath standard; each tolerates null, because exports leave fields out."""

    def __init__(self, document: Any = None) -> None:
        self._document = document

    @functions.signature({"types": ["string", "null"]}, {"types": ["string"]})
    def _func_split(self, text: str | None, separator: str) -> list[str]:
        """The parts of a multi-select value."""
        return [part.strip() for part in (text or "").split(separator) if part.strip()]

    @functions.signature({"types": ["string"]}, {"types": ["string", "null"]}, {"types": ["string"]})
    def _func_entity_ref(self, kind: str, namespace: str | None, name: str) -> str:
        """A Backstage entity reference in full, `component:default/name`."""
        return f"{kind}:{namespace or 'default'}/{name}".lower()

    @functions.signature({"types": []}, {"types": ["string"]}, {"types": ["string", "null"]})
    def _func_entity_refs(self, refs: Any, kind: str, namespace: str | None) -> list[str]:
        """Backstage references, one or many, with the parts that may be left out filled in (kind, namespace)."""
        several = refs if isinstance(refs, list) else [refs]
        return [_full_ref(ref, kind, namespace or "default") for ref in several if isinstance(ref, str)]

    @functions.signature({"types": []})
    def _func_texts(self, document: Any) -> list[str]:
        """Every text of an Atlassian document, or of a plain string."""
        return list(strings(document))

    @functions.signature({"types": []}, {"types": ["string"]})
    def _func_within(self, tree: Any, name: str) -> list[Any]:
        """Every value under a name, however deep it stands in a tree (CSAF `product_tree.branches`)."""
        return list(_within(tree, name))

    @functions.signature({"types": ["string", "number", "null"]}, {"types": ["string", "number", "null"]})
    def _func_before(self, one: Any, other: Any) -> bool | None:
        """Whether one time lies before another; null where one of them is no time."""
        try:
            return parse_time(one) < parse_time(other)
        except (ValueError, OverflowError, OSError):
            return None

    @functions.signature()
    def _func_document(self) -> Any:
        """The whole export around an item."""
        return self._document


def _full_ref(ref: str, default_kind: str, default_namespace: str) -> str:
    kind, _, rest = ref.rpartition(":")
    namespace, _, name = rest.rpartition("/")
    return f"{kind or default_kind}:{namespace or default_namespace}/{name}".lower()


def _within(tree: Any, name: str) -> Any:
    pending = [tree]
    while pending:
        node = pending.pop()
        if isinstance(node, dict):
            if name in node:
                yield node[name]
            pending.extend(node.values())
        elif isinstance(node, list):
            pending.extend(node)


class _Bounded(TreeInterpreter):
    """The library's interpreter, which stops an expression that grows without end."""

    def __init__(self, options: Any) -> None:
        super().__init__(options)
        self._steps = 0

    def visit(self, node: Any, *args: Any, **kwargs: Any) -> Any:
        self._steps += 1
        found = super().visit(node, *args, **kwargs)
        if self._steps > MOST_STEPS or (isinstance(found, list) and len(found) > MOST_IN_A_LIST):
            raise ExpressionLimitError("takes more steps than any export needs; simplify it, or export less")
        return found


@lru_cache(maxsize=512)
def _compiled(expression: str) -> Any:
    return jmespath.compile(expression).parsed


def search(expression: str, data: Any, document: Any = None) -> Any:
    """What the expression finds, or null where the data has another shape than it expects."""
    options = jmespath.Options(custom_functions=_Functions(document))
    try:
        return _Bounded(options).visit(_compiled(expression), data)
    except (JMESPathError, ValueError, RecursionError):
        return None


def problem(expression: str) -> str | None:
    """Why this is no expression of the language, in one line; none when it is."""
    try:
        used = set(_functions_of(_compiled(expression)))
    except (JMESPathError, RecursionError) as fault:
        return f"is not a JMESPath expression: {str(fault).splitlines()[0]}"
    known = set(_Functions.FUNCTION_TABLE)
    if unknown := sorted(used - known):
        return f"uses the function {unknown[0]}, which does not exist; it may use {', '.join(sorted(known))}"
    return None


def _functions_of(node: Any) -> Any:
    if node["type"] == "function_expression":
        yield node["value"]
    for child in node.get("children", ()):
        if isinstance(child, dict):
            yield from _functions_of(child)


Search = Callable[[str, Any], Any]
