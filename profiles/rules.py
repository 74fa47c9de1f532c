"""Rules in the gitleaks format, which a profile brings: somebody else's expressions, matched in linear time.

Gitleaks writes RE2, and RE2 itself reads its rules: as they stand, and in time that grows with the text alone, whatever
was written. A rule that cannot be read is an error, never dropped (sources: gitleaks configuration reference; RE2's
syntax page).
"""

import tomllib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any, Final

from pydantic import BaseModel, BeforeValidator, Field, ValidationError

from profiles.errors import UserFixableError

if TYPE_CHECKING:
    from re2 import Pattern


class RuleError(UserFixableError):
    """A rule file or a rule in it cannot be used; the scan must not run without it."""


def _listed(value: Any) -> Any:
    """Older files have one allow list where newer ones have several."""
    return [value] if isinstance(value, dict) else value


class _Allowlist(BaseModel):
    """Values that are no secret, by expression or by a word in them; paths and commits say nothing of a text."""

    regexes: list[str] = []
    stopwords: list[str] = []


class _Allowing(BaseModel):
    allowlist: Annotated[list[_Allowlist], BeforeValidator(_listed)] = []
    allowlists: Annotated[list[_Allowlist], BeforeValidator(_listed)] = []

    def allowed(self) -> tuple[list[str], list[str]]:
        """Expressions and stop words of every list."""
        lists = self.allowlists or self.allowlist
        return [text for found in lists for text in found.regexes], [w for found in lists for w in found.stopwords]


class _Entry(_Allowing):
    """One rule of the file. Without an expression it is about names of files: kept, counted, and finds nothing."""

    id: str = "rule"
    regex: str = r"[^\x00-\x{10FFFF}]"
    keywords: list[str] = []
    entropy: float = 0.0
    group: Annotated[int, Field(alias="secretGroup", ge=0)] = 0


class _Configuration(_Allowing):
    rules: list[_Entry] = []


@dataclass(frozen=True, slots=True)
class SecretRule:
    """One form of secret as a rule file gives it. `entropy` is the least Shannon entropy in bits for each character."""

    id: str
    pattern: "Pattern"
    keywords: tuple[str, ...]
    entropy: float
    group: int
    allowed: tuple["Pattern", ...]
    stopwords: tuple[str, ...]


def read_rules(document: str) -> tuple[SecretRule, ...]:
    """The rules of a gitleaks configuration (TOML text); `RuleError` when one of them cannot be used."""
    try:
        configuration = _Configuration.model_validate(tomllib.loads(document))
    except tomllib.TOMLDecodeError as problem:
        raise RuleError(f"the rule file is not TOML: {problem}; write it as gitleaks does") from problem
    except ValidationError as problem:
        fault = problem.errors(include_url=False, include_context=False, include_input=False)[0]
        where = ".".join(map(str, fault["loc"])) or "the rule file"
        raise RuleError(f"{where}: {fault['msg']}; write it as gitleaks does") from problem
    patterns, stopwords = configuration.allowed()
    shared = _compiled("the allow list of all rules", patterns)
    return tuple(_rule(entry, shared, stopwords) for entry in configuration.rules)


def _rule(entry: _Entry, shared: tuple["Pattern", ...], stopwords: list[str]) -> SecretRule:
    patterns, own = entry.allowed()
    name = f"rule {entry.id!r}"
    (pattern,) = _compiled(name, [entry.regex])
    if entry.group > pattern.groups:
        raise RuleError(
            f"{name}: secretGroup is {entry.group}, but its regex has {pattern.groups}; name one that it has"
        )
    return SecretRule(
        id=entry.id,
        pattern=pattern,
        keywords=tuple(entry.keywords),
        entropy=entry.entropy,
        group=entry.group,
        allowed=(*_compiled(f"the allow list of {name}", patterns), *shared),
        stopwords=tuple(word.lower() for word in (*own, *stopwords)),
    )


MOST_SHOWN: Final = 60
"""Characters of what RE2 says of an expression, which repeats it."""


NO_ENGINE: Final = (
    "the rules need google-re2, which this Python does not have; "
    "pip install google-re2, or use a Python that it has a wheel for"
)


def _compiled(where: str, patterns: list[str]) -> tuple["Pattern", ...]:
    """Expressions as RE2 reads them. It is loaded here, because only a profile that brings such rules needs it."""
    if not patterns:
        return ()
    try:
        import re2  # noqa: PLC0415
    except ImportError as problem:
        raise RuleError(NO_ENGINE) from problem
    options = re2.Options()
    options.log_errors = False
    try:
        return tuple(re2.compile(pattern, options) for pattern in patterns)
    except re2.error as problem:
        said = problem.args[0].decode("utf-8", "replace")
        shown = said if len(said) <= MOST_SHOWN else f"{said[:MOST_SHOWN]}…"
        raise RuleError(f"{where} has an expression that RE2 cannot read ({shown}); correct it") from problem
