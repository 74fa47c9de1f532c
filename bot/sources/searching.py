"""One reading of one export: runs its mapping's expressions, counts what each finds, and stops one that never ends.

A name that stands in no object where it was looked for is noted: that is how a misspelt expression is found, which
otherwise would be a fact that nobody states (promise P14).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final

from jmespath.exceptions import JMESPathError
from jmespath.visitor import TreeInterpreter

from bot.sources.expressions import Functions, Tree, compiled
from profiles.errors import UserFixableError

MOST_STEPS: Final = 10_000_000
"""Steps of all expressions on one export together: some seconds."""

MOST_FOUND: Final = 1_000_000
"""Values of one list, or characters of one text, that an expression may make."""


class MalformedError(UserFixableError):
    """The export has not the shape that its preset expects; `str()` says where and how to fix."""


class ShapeError(Exception):
    """A function of an expression was given something of another kind than it takes."""


@dataclass(slots=True)
class Count:
    """How often something was looked for, and how often it was there."""

    asked: int = 0
    found: int = 0


class Search:
    """Runs expressions on an item, with the document beside it."""

    def __init__(self) -> None:
        self.counts: dict[str, Count] = {}
        self.names: dict[tuple[str, str], Count] = {}
        self._functions = Functions()
        self._runs: dict[str, _Run] = {}
        self.steps = 0

    def enter(self, document: Any) -> None:
        """From now on this is the document."""
        self._functions.document = document

    def find(self, expression: str, data: Any) -> Any:
        """What the expression finds; `ShapeError` for data of another kind, `MalformedError` when it never ends."""
        run = self._runs.get(expression) or self._runs.setdefault(expression, _Run(self, expression, self._functions))
        count = self.counts.setdefault(expression, Count())
        count.asked += 1
        try:
            found = run.along(data) if run.chain else run.visit(run.tree, data)
        except (JMESPathError, ValueError, TypeError, AttributeError) as problem:
            raise ShapeError(expression) from problem
        except RecursionError as problem:
            raise MalformedError(f"is nested too deeply for the expression {expression}; export less") from problem
        count.found += found not in (None, [], {}, "")
        return found

    def maybe(self, expression: str | None, data: Any) -> Any:
        """The same, or nothing where there is no expression or the data has another shape."""
        if expression is None:
            return None
        try:
            return self.find(expression, data)
        except ShapeError:
            return None

    def unheard(self, optional: Iterable[str]) -> list[tuple[str, str]]:
        """Each expression with a name that stood nowhere, although the mapping does not call its path optional."""
        may_be_absent = set(optional)
        return [
            (expression, path)
            for (expression, path), count in self.names.items()
            if count.asked and not count.found and path not in may_be_absent
        ]


# What its type stubs say of nodes is narrower than what they are.
_Interpreter: Any = TreeInterpreter


class _Run(_Interpreter):  # type: ignore[misc]
    """The interpreter of one expression, which counts its steps and the names that it finds."""

    def __init__(self, search: Search, expression: str, own: Functions) -> None:
        super().__init__()
        self._functions = own
        self._search, self._expression = search, expression
        ready = compiled(expression)
        self.tree = ready.tree
        counts = search.names
        self._names = {node: counts.setdefault((expression, path), Count()) for node, path in ready.paths.items()}

        self.chain = tuple((node["value"], self._names[id(node)]) for node in _chain(ready.tree))

    def along(self, value: Any) -> Any:
        """What stands at the end of plain names one after the other, which is most of what mappings ask for."""
        self._search.steps += len(self.chain)
        for name, count in self.chain:
            if not isinstance(value, dict):
                return None
            count.asked += 1
            count.found += name in value
            value = value.get(name)
        return value

    def visit(self, node: Tree, value: Any) -> Any:
        self._search.steps += 1
        if self._search.steps > MOST_STEPS:
            raise MalformedError(f"takes more than {MOST_STEPS} steps with {self._expression}; write it more simply")
        found = super().visit(node, value)
        if isinstance(found, list | str) and len(found) > MOST_FOUND:
            raise MalformedError(f"makes more than {MOST_FOUND} values with {self._expression}; write it more simply")
        return found

    def visit_field(self, node: Tree, value: Any) -> Any:
        if not isinstance(value, dict):
            return None
        count = self._names[id(node)]
        count.asked += 1
        count.found += node["value"] in value
        return value.get(node["value"])

    def visit_function_expression(self, node: Tree, value: Any) -> Any:
        found = super().visit_function_expression(node, value)
        if (count := self._names.get(id(node))) is not None:
            count.asked += 1
            count.found += bool(found)
        return found


def _chain(tree: Tree) -> list[Tree]:
    """The names of an expression that is nothing but names with dots between them; none of any other."""
    if tree["type"] == "field":
        return [tree]
    if tree["type"] != "subexpression":
        return []
    parts = [_chain(child) for child in tree["children"]]
    return [node for part in parts for node in part] if all(parts) else []
