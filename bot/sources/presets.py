"""Presets: how one kind of export becomes records, as YAML data. A new source is a mapping file, not code."""

from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import Annotated, Final, Literal, Self, get_args

from pydantic import AfterValidator, Field, StringConstraints, model_validator

from bot.sources.expressions import compiled, problem
from bot.sources.times import TimeFormat
from profiles.codes import RecordKind, Side
from profiles.documents import DocumentError, load_model, load_yaml, nearest, read_document
from profiles.frozen import Frozen, Key, Name
from transforms.model.records import Record

SHIPPED: Final = Path(__file__).parent / "mappings"
BOUND: Final = frozenset({RecordKind.WORKAROUND, RecordKind.TIMELINE})
"""Kinds of which every item belongs to one incident: without saying which, a source of them cannot be used."""

NOT_MAPPED: Final = frozenset({"kind", "ref", "side", "tags", "withheld", "unmapped", "marked", "roles"})
MARKS: Final = frozenset({"marked_by", "marked_times"})
"""What an item of a timeline may say beside its fields: the ids of the users who marked it, and how many they are."""

RECORDS: Final = {model.model_fields["kind"].default: model for model in get_args(get_args(Record)[0])}


def _parses(expression: str) -> str:
    if fault := problem(expression):
        raise ValueError(f"is not a JMESPath expression: {fault}")
    return expression


Expression = Annotated[str, Field(min_length=1, max_length=2000), AfterValidator(_parses)]
WithheldName = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_-]{0,62}$")]
Scope = Literal["incident", "estate"]


class Signs(Frozen):
    """Proofs that the source is alive: the items that are, and the labels of the scope that each vouches for."""

    items: Expression
    scope: dict[str, Expression] = Field(default_factory=dict)


class Members(Frozen):
    """Where an export names its own people: users, and user groups with theirs, as Slack writes them."""

    users: Expression
    groups: Expression


class Preset(Frozen):
    """A mapping: which items an export holds, and where each field of a record stands in an item.

    `fields` are the record's own; `values` translates raw values, `otherwise` gives the value for one outside the
    translation, and `drop` lists fields whose untranslated values mean nothing. `split` makes one record for each value
    of a field that is a list. `withheld` is what is kept for annexes and for the leak scan. What an export may leave
    out stands under `optional`, by its path; of anything else it is told when it is found nowhere.
    """

    kind: RecordKind
    side: Side | None = None
    scope: Scope | None = None
    items: Expression
    complete: Expression | None = None
    total: Expression | None = None
    offset: Expression | None = None
    belongs: Expression | None = None
    belongs_by: Literal["key", "label"] = "key"
    ignore: dict[Name, Expression] = Field(default_factory=dict)
    key: Expression
    revision: Expression | None = None
    changed_at: Expression | None = None
    observed_at: Expression | None = None
    times: tuple[TimeFormat, ...] = ("iso8601",)
    signs: Signs | None = None
    silent_status: Key | None = None
    members: Members | None = None
    tags: Expression | None = None
    split: str | None = None
    fields: dict[str, Expression]
    values: dict[str, dict[str, str]] = Field(default_factory=dict)
    otherwise: dict[str, str] = Field(default_factory=dict)
    drop: tuple[str, ...] = ()
    withheld: dict[WithheldName, Expression] = Field(default_factory=dict)
    optional: tuple[str, ...] = ()

    @model_validator(mode="after")
    def _is_whole(self) -> Self:
        if self.split is not None and self.split not in self.fields:
            raise ValueError(f"split names {self.split}, which is not among fields; add it there")
        if self.kind is RecordKind.HEALTH and self.side is None:
            raise ValueError("a mapping to health says which side it faces; add side: internal or side: customer")
        known = set(RECORDS[self.kind].model_fields) - NOT_MAPPED
        if strange := sorted(set(self.fields) - known - MARKS):
            raise ValueError(f"fields.{strange[0]} is no field of {self.kind}; it has {', '.join(sorted(known))}")
        needed = {name for name in known if RECORDS[self.kind].model_fields[name].is_required()}
        if missing := sorted(needed - set(self.fields)):
            raise ValueError(f"fields.{missing[0]} is missing, and every {self.kind} needs one; say where it stands")
        for key in ("values", "otherwise", "drop"):
            if strange := sorted(set(getattr(self, key)) - set(self.fields) - known):
                raise ValueError(f"{key} names {strange[0]}, which is not among fields; correct its spelling")
        return self

    @model_validator(mode="after")
    def _reads_what_it_calls_optional(self) -> Self:
        read = {path for _, text in self.expressions() for path in compiled(text).paths.values()}
        if strange := [path for path in self.optional if path not in read]:
            raise ValueError(
                f"optional lists {strange[0]}, which no expression of this mapping reads; "
                "correct its spelling there or in the expression"
            )
        return self

    def expressions(self) -> Iterator[tuple[tuple[str, ...], str]]:
        """Every expression with where it stands in the mapping."""
        plain = ("items", "complete", "total", "offset", "belongs", "key", "revision", "changed_at", "observed_at")
        for name in (*plain, "tags"):
            if (text := getattr(self, name)) is not None:
                yield (name,), text
        for group in ("ignore", "fields", "withheld"):
            for name, text in getattr(self, group).items():
                yield (group, name), text
        if self.signs:
            yield ("signs", "items"), self.signs.items
            for name, text in self.signs.scope.items():
                yield ("signs", "scope", name), text
        if self.members:
            yield ("members", "users"), self.members.users
            yield ("members", "groups"), self.members.groups

    def may_be_absent(self, expression: str) -> bool:
        """Whether everything that an expression ends in stands under `optional`, itself or what holds it."""
        return _all_optional(expression, self.optional)


@lru_cache(maxsize=1024)
def _all_optional(expression: str, optional: tuple[str, ...]) -> bool:
    paths = set(compiled(expression).paths.values())
    ends = [path for path in paths if not any(other.startswith(f"{path}.") for other in paths)]
    return all(any(path == one or path.startswith(f"{one}.") for one in optional) for path in ends)


@lru_cache(maxsize=64)
def load_preset(name: str, near: Path) -> Preset:
    """A shipped preset by name, or a mapping file beside the configuration; `DocumentError` when it is neither."""
    path = _file(name, near)
    return load_model(Preset, read_document(path), str(path))


def _file(name: str, near: Path) -> Path:
    own = name.endswith((".yaml", ".yml"))
    path = near / name if own else SHIPPED / f"{name}.yaml"
    if not own and (not path.is_file() or path.parent != SHIPPED):
        known = ", ".join(sorted(file.stem for file in SHIPPED.glob("*.yaml")))
        raise DocumentError(str(near), f"preset {name} is not known; use one of {known}, or a path ending in .yaml")
    if path.exists() and not path.is_file():
        raise DocumentError(str(path), "is no file; name the mapping's own file")
    return path


def places_of(name: str, near: Path) -> dict[tuple[str, ...], str]:
    """Where each expression stands in its mapping: file, line and column."""
    path = _file(name, near)
    places = load_yaml(read_document(path), str(path))[1]
    found = ((steps, nearest(steps, places)) for steps, _ in load_preset(name, near).expressions())
    return {steps: f"{path.name}:{line}:{column}" for steps, (line, column) in found}


def place_of(name: str, near: Path, expression: str) -> str:
    """Where an expression stands for the first time."""
    known = load_preset(name, near).expressions()
    return places_of(name, near)[next(steps for steps, text in known if text == expression)]
