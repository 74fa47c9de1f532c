"""The few kinds of rule that Slack's block schema is made of. Each finds the problems of one value."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple, Protocol

BOTH_TEXTS = ("plain_text", "mrkdwn")
PLAIN = ("plain_text",)
TEXT_FLAGS = {"plain_text": "emoji", "mrkdwn": "verbatim"}


class Problem(NamedTuple):
    """One fault in a document, in Slack's words, and where it is."""

    message: str
    pointer: str

    def __str__(self) -> str:
        return f"{self.message} [json-pointer:{self.pointer}]"


class Rule(Protocol):
    """Something that a value must satisfy."""

    def problems(self, value: Any, pointer: str) -> Iterator[Problem]:
        """What is wrong with the value that stands at this JSON pointer."""


@dataclass(frozen=True)
class Word:
    """A string of limited length; an empty one only where Slack takes it."""

    most: int
    may_be_empty: bool = False

    def problems(self, value: Any, pointer: str) -> Iterator[Problem]:
        """Wrong type, too short or too long."""
        if not isinstance(value, str):
            yield Problem("must provide a string", pointer)
        elif len(value) > self.most:
            yield Problem(f"must be less than {self.most + 1} characters", pointer)
        elif not value and not self.may_be_empty:
            yield Problem("must be more than 0 characters", pointer)


@dataclass(frozen=True)
class Text:
    """A text object. Where Slack takes both kinds it also complains about the object as a whole."""

    most: int
    kinds: tuple[str, ...] = BOTH_TEXTS

    def problems(self, value: Any, pointer: str) -> Iterator[Problem]:
        """Wrong kind, wrong flag, too short or too long."""
        if not isinstance(value, dict) or value.get("type") not in self.kinds:
            yield Problem(f"unsupported type: {_type_of(value)}", f"{pointer}/type")
            return
        found = list(Word(self.most).problems(value.get("text"), f"{pointer}/text"))
        allowed = {"type", "text", TEXT_FLAGS[value["type"]]}
        found += [Problem(f"invalid additional property: {name}", pointer) for name in value if name not in allowed]
        if found and len(self.kinds) > 1:
            yield Problem("failed to match all allowed schemas", pointer)
        yield from found


@dataclass(frozen=True)
class OneOf:
    """One of a closed list of values."""

    values: tuple[Any, ...]

    def problems(self, value: Any, pointer: str) -> Iterator[Problem]:
        """A value that is not on the list."""
        if value not in self.values:
            yield Problem("must be a valid enum value", pointer)


@dataclass(frozen=True)
class Anything:
    """A value that the sandbox does not look into."""

    def problems(self, value: Any, pointer: str) -> Iterator[Problem]:  # noqa: ARG002 -- the protocol has both
        """Nothing."""
        yield from ()


@dataclass(frozen=True)
class Items:
    """A list with a least and a greatest length."""

    of: Rule
    most: int
    least: int = 1

    def problems(self, value: Any, pointer: str) -> Iterator[Problem]:
        """A wrong length, or what is wrong with the items."""
        if not isinstance(value, list):
            yield Problem("must provide an array", pointer)
            return
        if len(value) > self.most:
            yield Problem(f"no more than {self.most} items allowed", pointer)
        if len(value) < self.least:
            yield Problem(f"no less than {self.least} items allowed", pointer)
        for index, item in enumerate(value):
            yield from self.of.problems(item, f"{pointer}/{index}")


@dataclass(frozen=True)
class Shape:
    """An object with required and optional fields and no others."""

    required: Mapping[str, Rule] = field(default_factory=dict)
    optional: Mapping[str, Rule] = field(default_factory=dict)

    def problems(self, value: Any, pointer: str) -> Iterator[Problem]:
        """Missing and unknown fields, and what is wrong with the others."""
        if not isinstance(value, dict):
            yield Problem("must provide an object", pointer)
            return
        rules = {**self.required, **self.optional}
        for name in self.required:
            if value.get(name) is None:
                yield Problem(f"missing required field: {name}", pointer)
        for name, held in value.items():
            if name not in rules and name != "type":
                yield Problem(f"invalid additional property: {name}", pointer)
            elif name != "type" and held is not None:
                yield from rules[name].problems(held, f"{pointer}/{name}")


@dataclass(frozen=True)
class Typed:
    """An object whose `type` says which shape it has."""

    shapes: Mapping[str, Rule]

    def problems(self, value: Any, pointer: str) -> Iterator[Problem]:
        """An unknown type, or what is wrong with the shape."""
        kind = _type_of(value)
        if kind not in self.shapes:
            yield Problem(f"unsupported type: {kind}", pointer)
        else:
            yield from self.shapes[kind].problems(value, pointer)


def _type_of(value: Any) -> str:
    return str(value.get("type")) if isinstance(value, dict) else type(value).__name__
