"""Presets: how one kind of export becomes records, as YAML data. A new source is a mapping file, not code."""

from functools import lru_cache
from pathlib import Path
from typing import Annotated, Final, Self

from pydantic import AfterValidator, Field, model_validator

from bot.sources.expressions import problem
from profiles.codes import RecordKind, Side
from profiles.documents import DocumentError, load_model, read_document
from profiles.frozen import Frozen, Key

SHIPPED: Final = Path(__file__).parent / "mappings"


def _parses(expression: str) -> str:
    if fault := problem(expression):
        raise ValueError(f"is not a JMESPath expression: {fault}")
    return expression


Expression = Annotated[str, Field(min_length=1, max_length=2000), AfterValidator(_parses)]


class Preset(Frozen):
    """A mapping: which items an export holds, and where each field of a record stands in an item.

    `fields` are the record's own; `values` translates raw values, `otherwise` gives the value for one outside the
    translation, and `drop` lists fields whose untranslated values mean nothing. `split` makes one record for each value
    of a field that is a list. `withheld` is what is kept for annexes and for the leak scan.
    """

    kind: RecordKind
    side: Side | None = None
    items: Expression
    belongs: Expression | None = None
    key: Expression
    revision: Expression | None = None
    changed_at: Expression | None = None
    observed_at: Expression | None = None
    heartbeat: Expression | None = None
    silent_status: Key | None = None
    split: str | None = None
    fields: dict[str, Expression]
    values: dict[str, dict[str, str]] = Field(default_factory=dict)
    otherwise: dict[str, str] = Field(default_factory=dict)
    drop: tuple[str, ...] = ()
    withheld: dict[str, Expression] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _is_whole(self) -> Self:
        if self.split is not None and self.split not in self.fields:
            raise ValueError(f"split names {self.split}, which is not among fields; add it there")
        if self.kind is RecordKind.HEALTH and self.side is None:
            raise ValueError("a mapping to health says which side it faces; add side: internal or side: customer")
        return self


@lru_cache(maxsize=64)
def load_preset(name: str, near: Path) -> Preset:
    """A shipped preset by name, or a mapping file beside the configuration; `DocumentError` when it is neither."""
    path = near / name if name.endswith((".yaml", ".yml")) else SHIPPED / f"{name}.yaml"
    if not path.is_file() and path.parent == SHIPPED:
        known = ", ".join(sorted(file.stem for file in SHIPPED.glob("*.yaml")))
        raise DocumentError(str(near), f"preset {name} is not known; use one of {known}, or a path ending in .yaml")
    return load_model(Preset, read_document(path), str(path))
