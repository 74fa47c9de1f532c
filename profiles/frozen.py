"""The base of every core type: frozen, strict, closed; and the one form in which the core speaks of time."""

from datetime import UTC, datetime
from typing import Annotated, Any, TypeVar

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, StringConstraints


class Frozen(BaseModel):
    """A value: immutable, exactly typed, with no unknown keys. Collections inside are tuples."""

    model_config = ConfigDict(frozen=True, strict=True, extra="forbid", serialize_by_alias=True)


Value = TypeVar("Value", bound=Frozen)


def replace(value: Value, /, **changes: Any) -> Value:
    """The same value with other fields, checked as if it were new: `model_copy(update=…)` takes what it is given."""
    # Named, because a value's own dictionary also holds what it has worked out of itself once (`cached_property`).
    kept = {name: getattr(value, name) for name in type(value).model_fields}
    return type(value).model_validate({**kept, **changes}, by_name=True)


def to_utc(moment: datetime) -> datetime:
    """The same moment in UTC. The core never guesses a zone: a naive time does not get this far."""
    try:
        return moment.astimezone(UTC)
    except OverflowError as problem:
        raise ValueError("lies before the year 1 or after the year 9999 in UTC") from problem


def to_minute(moment: datetime) -> datetime:
    """The moment cut to the minute, the finest time that a customer reads."""
    return moment.replace(second=0, microsecond=0)


Time = Annotated[AwareDatetime, AfterValidator(to_utc)]
"""An aware moment, kept in UTC."""

Name = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9-]{0,62}$")]
"""A name that a profile or a configuration gives: lower case, digits, hyphens."""

RowId = Annotated[str, StringConstraints(pattern=r"^[A-Z][A-Z0-9]*(-[A-Z0-9]+)+$")]
"""The id of a table row or rule, as lineage quotes it: `ST-3`, `DR-1`."""

Code = Annotated[str, StringConstraints(pattern=r"^[A-Z]{1,3}[0-9]{1,2}$")]
"""A customer-safe code: `SC1`, `W3`, `T2`. Never a word that reads like a severity."""

Key = Annotated[str, StringConstraints(min_length=1, max_length=500)]
"""A native key as a system of record spells it."""

Language = Annotated[str, StringConstraints(pattern=r"^[a-z]{2,3}$")]
"""A language by its ISO 639 code: `en`, `de`."""

Role = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z_]{0,62}$")]
"""A role by name. Configuration may add roles, so this is open; the shipped names are in `profiles.codes`."""

Digest = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
"""A SHA-256 or HMAC-SHA-256 in hexadecimal."""
