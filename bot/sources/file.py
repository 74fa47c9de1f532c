"""The file connector: exports that lie in a folder, as JSON, as JSON lines, or as YAML documents.

Reading never raises: what cannot be read becomes the source's health, which becomes holds (promise P4, P9).
"""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import orjson

from bot.sources.mapped import MalformedError
from profiles.documents import DocumentError, load_yaml_stream
from profiles.errors import UserFixableError

MAX_BYTES: Final = 20_000_000
PATTERNS: Final = ("*.json", "*.jsonl", "*.ndjson", "*.yaml", "*.yml")
LINES: Final = frozenset({".jsonl", ".ndjson"})
MARKS: Final = (("\ufeff".encode("utf-8"), "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))
"""Byte order marks, and how text behind each is read: PowerShell's `>` writes UTF-16."""
LONGEST_WHOLE: Final = 20


class UnavailableError(UserFixableError):
    """The export is not there or cannot be opened; `str()` says what and how to fix."""


def read_exports(path: Path) -> tuple[list[Any], datetime]:
    """The documents of an export, one for each page, and when it was written: as old as its oldest file."""
    try:
        files = [path]
        if path.is_dir():
            files = sorted(file for pattern in PATTERNS for file in path.glob(pattern))
            if not files:
                raise UnavailableError(f"folder {path.name} holds no .json or .yaml file; export into it")
        return [document for file in files for document in _documents(file)], min(map(_written, files))
    except OSError as problem:
        raise UnavailableError(f"{path.name} cannot be read ({problem.strerror}); export it again") from problem


def _written(path: Path) -> datetime:
    return datetime.fromtimestamp(path.stat().st_mtime, UTC)


def _documents(path: Path) -> Iterator[Any]:
    content = _content(path)
    if path.suffix in {".yaml", ".yml"}:
        yield from _yaml_documents(content, path.name)
    elif path.suffix in LINES:
        yield [_json_document(line, f"{path.name}:{number}") for number, line in _lines(content)]
    else:
        yield _json_document(content, path.name)


def _lines(content: bytes) -> Iterator[tuple[int, bytes]]:
    return ((number, line) for number, line in enumerate(content.splitlines(), 1) if line.strip())


def _content(path: Path) -> bytes:
    """The bytes of one file as UTF-8, whatever marks stand before them."""
    if path.exists() and not path.is_file():
        raise UnavailableError(f"{path.name} is no regular file; export into a file")
    if path.stat().st_size > MAX_BYTES:
        raise MalformedError(f"{path.name} is larger than {MAX_BYTES} bytes; export less")
    content = path.read_bytes()
    if not content.strip():
        raise MalformedError(f"{path.name} is empty; export it again")
    coding = next((coding for mark, coding in MARKS if content.startswith(mark)), None)
    try:
        return content.decode(coding).encode() if coding else content
    except UnicodeDecodeError as problem:
        raise MalformedError(f"{path.name} begins like {coding} and is not; save it as UTF-8") from problem


def _json_document(content: bytes, name: str) -> Any:
    """Strict JSON: UTF-8, no NaN, no lone surrogates, no duplicate keys, no bottomless nesting."""
    try:
        orjson.loads(content)
        document = json.loads(content, object_pairs_hook=_unique, parse_float=str, parse_int=_whole)
        orjson.dumps(document)
    except orjson.JSONDecodeError as problem:
        what = _not_json(content)
        raise MalformedError(f"{name}:{problem.lineno}:{problem.colno}: is not JSON{what}") from problem
    except _DuplicateKeyError as problem:
        raise MalformedError(f"{name}: {problem}; export it again") from problem
    except (RecursionError, orjson.JSONEncodeError) as problem:
        raise MalformedError(f"{name} is nested too deeply; export it again") from problem
    return document


def _not_json(content: bytes) -> str:
    """What it is instead, where that can be seen, and what to do."""
    start = content.lstrip()[:200]
    if start[:1] == b"<":
        return ", but a page of HTML or XML; export the data, and see whether the system asks for a login"
    if _is_json_lines(content):
        return ", but JSON lines; name the file .jsonl"
    if b"{" not in start and b"[" not in start and (b"," in start or b";" in start or b"\t" in start):
        return ", but looks like CSV; export it as JSON"
    return "; export it again"


def _is_json_lines(content: bytes) -> bool:
    try:
        return len([orjson.loads(line) for _, line in _lines(content)]) > 1
    except orjson.JSONDecodeError:
        return False


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
