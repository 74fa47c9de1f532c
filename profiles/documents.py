"""YAML documents that are data and nothing else, read with the position of every value.

Refused: aliases (a 342-byte file can expand to gigabytes), duplicate keys (the last one would silently win), tags, and
anything that YAML turns into a date, a float or a binary. Errors say file, line, column, and how to fix.
"""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final, TypeVar

import orjson
import yaml
from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from profiles.errors import UserFixableError

MAX_BYTES: Final = 1_000_000
MAX_DEPTH: Final = 50

Model = TypeVar("Model", bound=BaseModel)
Path_ = tuple[str | int, ...]
Places = dict[Path_, tuple[int, int]]


class DocumentError(UserFixableError):
    """A document that people can fix. `str()` is one line: where, what, how."""

    def __init__(self, name: str, problem: str, line: int | None = None, column: int | None = None) -> None:
        self.name, self.problem, self.line, self.column = name, problem, line, column
        place = f"{name}:{line}:{column}" if line else name
        super().__init__(f"{place}: {problem}")


_Base: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
"""libyaml where PyYAML was built with it: eight times as fast, and the same documents."""


class _Loader(_Base):  # type: ignore[misc]
    """Only strings, whole numbers, true, false and null: what JSON has, without floats."""

    yaml_implicit_resolvers: dict[str, list[tuple[str, Any]]] = {}  # noqa: RUF012


for _tag, _pattern, _first_characters in (
    ("bool", r"^(?:true|false)$", "tf"),
    ("null", r"^(?:null|~|)$", ("n", "~", "")),
    ("int", r"^-?(?:0|[1-9][0-9]{0,17})$", "-0123456789"),
):
    _Loader.add_implicit_resolver(f"tag:yaml.org,2002:{_tag}", re.compile(_pattern), list(_first_characters))


def read_document(path: Path, most: int = MAX_BYTES) -> bytes:
    """The bytes of a document file; `DocumentError` when it is missing, unreadable or too large."""
    try:
        content = path.read_bytes()
    except OSError as problem:
        raise DocumentError(str(path), f"cannot be read ({problem.strerror}); check the path") from problem
    if len(content) > most:
        raise DocumentError(str(path), f"is larger than {most} bytes; a document of this kind is small")
    return content


def load_model(
    model: type[Model], content: bytes, name: str, completed: Callable[[Any, Places], Any] = lambda data, _: data
) -> Model:
    """The document, completed by what it names elsewhere, as a core type.

    Strict types come from JSON, so the YAML goes through it.
    """
    data, places = load_yaml(content, name)
    try:
        return model.model_validate_json(orjson.dumps(completed(data, places)))
    except ValidationError as problem:
        raise _first(problem, places, name) from problem


def load_yaml(content: bytes, name: str) -> tuple[Any, dict[Path_, tuple[int, int]]]:
    """The document as JSON data, and the line and column of every value by its path."""
    node = _composed(content, name, lambda text: yaml.compose(text, Loader=_Loader))
    if node is None:
        raise DocumentError(name, "is empty; write the document, or point to another file")
    places: dict[Path_, tuple[int, int]] = {}
    return _value(node, (), places, name), places


def load_yaml_stream(content: bytes, name: str) -> list[Any]:
    """Each document of a YAML stream as JSON data, under the same rules; documents without content are left out."""
    nodes = _composed(content, name, lambda text: list(yaml.compose_all(text, Loader=_Loader)))
    return [value for node in nodes if (value := _value(node, (), {}, name)) is not None]


def _composed(content: bytes, name: str, compose: Callable[[str], Any]) -> Any:
    """The nodes of this text, once it is known to hold data and nothing else."""
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError as problem:
        raise DocumentError(name, f"is not UTF-8 text (byte {problem.start}); save it as UTF-8") from problem
    try:
        _refuse_all_but_data(text, name)
        return compose(text)
    except yaml.MarkedYAMLError as problem:
        mark = problem.problem_mark
        line, column = (mark.line + 1, mark.column + 1) if mark else (None, None)
        raise DocumentError(name, f"is not YAML: {problem.problem or problem.context}", line, column) from problem
    except (yaml.YAMLError, RecursionError, ValueError) as problem:
        what = str(problem).partition("\n")[0]
        raise DocumentError(name, f"is not YAML that can be read ({what}); write it as plain text") from problem


def _refuse_all_but_data(text: str, name: str) -> None:
    """Anchors, aliases, tags and bottomless nesting, found while reading, before anything is built from them."""
    depth = 0
    for event in yaml.parse(text, Loader=_Loader):
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        problem = ""
        if depth > MAX_DEPTH:
            problem = f"is nested deeper than {MAX_DEPTH} levels"
        if tag := getattr(event, "tag", None):
            problem = f"uses the tag {tag}; write plain text"
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
            problem = "uses an anchor or alias; write the value out where it is needed"
        if problem and event.start_mark:
            raise DocumentError(name, problem, event.start_mark.line + 1, event.start_mark.column + 1)


def _value(node: yaml.Node, path: Path_, places: dict[Path_, tuple[int, int]], name: str) -> Any:
    line, column = node.start_mark.line + 1, node.start_mark.column + 1
    places[path] = (line, column)
    if isinstance(node, yaml.SequenceNode):
        return [_value(item, (*path, index), places, name) for index, item in enumerate(node.value)]
    if isinstance(node, yaml.MappingNode):
        return _mapping(node, path, places, name)
    plain: dict[str, Any] = {"int": int, "bool": lambda text: text == "true", "null": lambda _: None, "str": str}
    return plain[node.tag.rpartition(":")[2]](node.value)


def _mapping(node: yaml.MappingNode, path: Path_, places: dict[Path_, tuple[int, int]], name: str) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key_node, value_node in node.value:
        line, column = key_node.start_mark.line + 1, key_node.start_mark.column + 1
        if not isinstance(key_node, yaml.ScalarNode):
            raise DocumentError(name, "a key must be plain text", line, column)
        if key_node.value in found:
            raise DocumentError(name, f"duplicate key {key_node.value!r}; remove one", line, column)
        found[key_node.value] = _value(value_node, (*path, key_node.value), places, name)
        places[*path, key_node.value] = (line, column)
    return found


def _first(problem: ValidationError, places: dict[Path_, tuple[int, int]], name: str) -> DocumentError:
    """The first fault with the nearest position that the document has for it; a misspelt key before its absence."""
    errors = problem.errors(include_url=False, include_context=False)
    error = next((error for error in errors if error["type"] == "extra_forbidden"), errors[0])
    more = problem.error_count() - 1
    tail = f" (and {more} more)" if more else ""
    return DocumentError(name, f"{fault_of(error)}{tail}", *nearest(tuple(error["loc"]), places))


def nearest(path: Path_, places: dict[Path_, tuple[int, int]]) -> tuple[int, int]:
    """Line and column of the nearest thing to a path that the document has; a union's tag is no step of it."""
    found: Path_ = ()
    for step in path:
        found = (*found, step) if (*found, step) in places else found
    return places.get(found, (1, 1))


def fault_of(error: ErrorDetails) -> str:
    """One fault of a model in one sentence: which value, and what is wrong with it."""
    where = ".".join(map(str, error["loc"])) or "document"
    return f"{where}: {_sentence(error['type'], error['msg'])}"


def _sentence(kind: str, message: str) -> str:
    known = {
        "missing": "is missing; add it",
        "extra_forbidden": "is not a known key; remove it or correct its spelling",
    }
    return known.get(kind, message.removeprefix("Value error, "))
