"""The file connector: exports that lie in a folder, as JSON, as JSON lines, or as YAML documents.

Reading never raises anything else: what cannot be read becomes the source's health, which becomes holds (P4, P9).
"""

import codecs
import json
import re
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import orjson

from bot.sources.searching import MalformedError
from profiles.documents import DocumentError, load_yaml_stream
from profiles.errors import UserFixableError

MAX_BYTES: Final = 20_000_000
MOST_FILES: Final = 2_000
YAML: Final = frozenset({".yaml", ".yml"})
SUFFIXES: Final = frozenset({".json", ".jsonl", ".ndjson", *YAML})
LONGEST_WHOLE: Final = 20
_INCIDENT: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9 ._#-]{0,199}", re.ASCII)
_MARKS: Final = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


class UnavailableError(UserFixableError):
    """The export is not there or cannot be opened; `str()` says what and how to fix."""


@dataclass(frozen=True, slots=True)
class Page:
    """One document of an export, and the file in which it stands."""

    name: str
    document: Any


@dataclass(frozen=True, slots=True)
class Export:
    """Everything that was exported, and when it was written: as old as its oldest file."""

    pages: tuple[Page, ...]
    written: datetime


def incident_path(path: str, incident: str) -> str:
    """The path with the incident's key in it; `UnavailableError` for a key that could name another place."""
    if "{incident}" not in path:
        return path
    if not _INCIDENT.fullmatch(incident) or ".." in incident:
        raise UnavailableError(
            f"incident {incident[:60]} cannot be part of a file's name; give a key of letters, digits and -_.#"
        )
    return path.replace("{incident}", incident)


def read_exports(path: Path) -> Export:
    """The parsed export; `UnavailableError` or `MalformedError` says why not."""
    try:
        files = _files(path)
        pages = tuple(Page(file.name, document) for file in files for document in _documents(file))
        return Export(pages, min(map(_written, files)))
    except OSError as problem:
        raise UnavailableError(f"{path.name} cannot be read ({problem.strerror}); export it again") from problem


def _files(path: Path) -> list[Path]:
    if not stat.S_ISDIR(path.stat().st_mode):
        return [_regular(path)]
    files = sorted(file for file in path.iterdir() if file.suffix in SUFFIXES)
    if not files:
        raise UnavailableError(f"folder {path.name} holds no .json or .yaml file; export into it")
    if len(files) > MOST_FILES:
        raise MalformedError(f"folder {path.name} holds more than {MOST_FILES} files; export less")
    return [_regular(file) for file in files]


def _regular(path: Path) -> Path:
    """The path of a plain file; to open anything else could wait for ever."""
    if not stat.S_ISREG(path.stat().st_mode):
        raise UnavailableError(f"{path.name} is no plain file; export into a file")
    return path


def _written(path: Path) -> datetime:
    return datetime.fromtimestamp(path.stat().st_mtime, UTC)


def _documents(path: Path) -> Iterator[Any]:
    content = _content(path)
    if path.suffix in YAML:
        yield from _yaml_documents(content, path.name)
    else:
        yield _json_document(content, path.name)


def _content(path: Path) -> bytes:
    if path.stat().st_size > MAX_BYTES:
        raise MalformedError(f"{path.name} is larger than {MAX_BYTES} bytes; export less")
    content = _utf8(path.read_bytes(), path.name)
    if not content.strip():
        raise MalformedError(f"{path.name} is empty; export it again")
    return content


def _utf8(content: bytes, name: str) -> bytes:
    """The text without a byte order mark and in UTF-8, whatever a Windows shell made of it."""
    encoding = next((encoding for mark, encoding in _MARKS if content.startswith(mark)), None)
    try:
        return content.decode(encoding).encode() if encoding else content
    except UnicodeError as problem:
        raise MalformedError(f"{name} is not {encoding} text, as it begins; save it as UTF-8") from problem


def _json_document(content: bytes, name: str) -> Any:
    """One JSON document, or a list of those that stand one on each line."""
    try:
        return _strict_json(content, name)
    except MalformedError:
        if (lines := _json_lines(content, name)) is not None:
            return lines
        if seen := _not_json(content):
            raise MalformedError(f"{name} {seen}") from None
        raise


def _json_lines(content: bytes, name: str) -> list[Any] | None:
    """One object for each line; none where it is anything else."""
    lines = [line for line in content.splitlines() if line.strip()]
    if len(lines) < 2 or not all(line.strip().startswith(b"{") and line.strip().endswith(b"}") for line in lines):  # noqa: PLR2004 -- one line is a document
        return None
    try:
        return [_strict_json(line, name) for line in lines]
    except MalformedError:
        return None


def _not_json(content: bytes) -> str | None:
    """What text that is not JSON looks like."""
    start = content.lstrip()[:200].lower()
    if start.startswith((b"<!doctype html", b"<html")):
        return "is an HTML page, perhaps of a login; export it again with an account that may read it"
    if start.startswith(b"<"):
        return "is XML; export it as JSON"
    first, _, rest = content.partition(b"\n")
    if rest and first.count(b",") and not start.startswith((b"{", b"[", b'"{')):
        return "looks like CSV; export it as JSON"
    return None


def _strict_json(content: bytes, name: str) -> Any:
    """Strict JSON: UTF-8, no NaN, no lone surrogates, no duplicate keys, no bottomless nesting."""
    try:
        orjson.loads(content)
        document = json.loads(content, object_pairs_hook=_unique, parse_float=str, parse_int=_whole)
        orjson.dumps(document)
    except orjson.JSONDecodeError as problem:
        raise MalformedError(f"{name}:{problem.lineno}:{problem.colno}: is not JSON; export it again") from problem
    except _DuplicateKeyError as problem:
        raise MalformedError(f"{name}: {problem}; export it again") from problem
    except (RecursionError, orjson.JSONEncodeError) as problem:
        raise MalformedError(f"{name} is nested too deeply; export it again") from problem
    return document


class _DuplicateKeyError(Exception):
    pass


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise _DuplicateKeyError("an object has a duplicate key")
    return found


def _whole(text: str) -> int | str:
    """A whole number; beyond 64 bits its text, like every fraction: canonical data holds neither."""
    fits = len(text) <= LONGEST_WHOLE and -(2**63) <= int(text) < 2**63
    return int(text) if fits else text


def _yaml_documents(content: bytes, name: str) -> list[Any]:
    """Each document of a YAML stream, under the same rules as every YAML of ours."""
    try:
        documents = load_yaml_stream(content, name)
    except DocumentError as problem:
        raise MalformedError(f"{problem}; export it again") from problem
    if not documents:
        raise MalformedError(f"{name} is empty; export it again")
    return documents
