"""Presets: how one kind of export becomes records, as YAML data. A new source is a mapping file, not code."""

from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import Annotated, Final, Literal, Self

from pydantic import AfterValidator, Field, model_validator

from bot.sources.expressions import problem
from bot.sources.times import ISO, NAMED
from profiles.codes import RecordKind, Side
from profiles.documents import DocumentError, load_model, read_document
from profiles.frozen import Frozen, Key

SHIPPED: Final = Path(__file__).parent / "mappings"
BOUND_KINDS: Final = frozenset({RecordKind.WORKAROUND, RecordKind.TIMELINE})
"""Kinds whose records mean something for one incident alone: a source of them says to which they belong."""


def _parses(expression: str) -> str:
    if fault := problem(expression):
        raise ValueError(fault)
    return expression


def _is_format(form: str) -> str:
    if form not in NAMED and not ("%Y" in form and ("%Z" in form or "%z" in form)):
        raise ValueError(f"{form!r} is no format of times; use {', '.join(NAMED)}, or a pattern with %Y and %Z or %z")
    return form


Expression = Annotated[str, Field(min_length=1, max_length=2000), AfterValidator(_parses)]
TimeFormat = Annotated[str, AfterValidator(_is_format)]
RuleName = Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]*$", max_length=60)]


class Signs(Frozen):
    """The items of an export that prove that its system is alive, and the labels of the scope each vouches for.

    One whose scope finds nothing vouches for the whole source, so write the labels that your signs carry.
    """

    items: Expression
    scope: dict[Key, Expression] = Field(default_factory=dict)


class Preset(Frozen):
    """A mapping: which items an export holds, and where each field of a record stands in an item.

    `fields` are the record's own; `values` translates raw values, `otherwise` gives the value for one outside the
    translation, and `drop` lists fields whose untranslated values mean nothing. `split` makes one record for each value
    of a field that is a list; with `parts` each entry of a list inside the item stands beside it as `part`. `withheld`
    is what is kept for annexes and for the leak scan. `tags` are the labels by which people place an item. `ignore`
    names rules for items that mean nothing here.

    What an expression does not find is unknown, unless `optional` lists it. `complete`, `total` and `more` say from the
    export itself whether it is whole; `belongs` (identities) and `belongs_label` (labels) to which incident an item
    belongs; `times` in which formats times are written.
    """

    kind: RecordKind
    side: Side | None = None
    scope: Literal["incident", "estate"] | None = None
    items: Expression
    ignore: dict[RuleName, Expression] = Field(default_factory=dict)
    belongs: Expression | None = None
    belongs_label: Expression | None = None
    complete: Expression | None = None
    total: Expression | None = None
    more: Expression | None = None
    key: Expression
    revision: Expression | None = None
    changed_at: Expression | None = None
    observed_at: Expression | None = None
    times: tuple[TimeFormat, ...] = Field(default=(ISO,), min_length=1)
    signs: Signs | None = None
    silent_status: Key | None = None
    tags: Expression | None = None
    marked_by: Expression | None = None
    parts: Expression | None = None
    split: str | None = None
    fields: dict[str, Expression]
    values: dict[str, dict[str, str]] = Field(default_factory=dict)
    otherwise: dict[str, str] = Field(default_factory=dict)
    drop: tuple[str, ...] = ()
    optional: tuple[str, ...] = ()
    withheld: dict[str, Expression] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _is_whole(self) -> Self:
        if self.split is not None and self.split not in self.fields:
            raise ValueError(f"split names {self.split}, which is not among fields; add it there")
        if self.kind is RecordKind.HEALTH and self.side is None:
            raise ValueError("a mapping to health says which side it faces; add side: internal or side: customer")
        if strange := sorted(set(self.optional) - {name for name, _ in self.expressions()}):
            raise ValueError(
                f"optional names {strange[0]}, which is no expression of this mapping; correct its spelling"
            )
        spelled = self.signs.scope.get("region") if self.signs else None
        if spelled and self.fields.get("region", spelled) != spelled:
            raise ValueError(
                "signs.scope.region is not the expression of fields.region; a sign and an alert name alike"
            )
        return self

    def expressions(self) -> Iterator[tuple[str, str]]:
        """Every expression that is tried on an item, by the name under which `optional` and people speak of it."""
        for name in ("belongs", "belongs_label", "key", "revision", "changed_at", "observed_at", "tags", "marked_by"):
            if expression := getattr(self, name):
                yield name, expression
        yield from self.fields.items()

    @property
    def bound(self) -> bool:
        """Whether what it maps belongs to one incident by itself."""
        return self.belongs is not None or self.belongs_label is not None or self.scope == "incident"


@lru_cache(maxsize=64)
def load_preset(name: str, near: Path) -> Preset:
    """A shipped preset by name, or a mapping file beside the configuration; `DocumentError` when it is neither."""
    path = preset_file(name, near)
    if not path.is_file() and path.parent == SHIPPED:
        known = ", ".join(sorted(file.stem for file in SHIPPED.glob("*.yaml")))
        raise DocumentError(str(near), f"preset {name} is not known; use one of {known}, or a path ending in .yaml")
    return load_model(Preset, read_document(path), str(path))


def preset_file(name: str, near: Path) -> Path:
    """Where a mapping lies: beside the configuration, or among those that ship."""
    return near / name if name.endswith((".yaml", ".yml")) else SHIPPED / f"{name}.yaml"
