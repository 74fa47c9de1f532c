"""Damaged exports: real payloads with bytes flipped, cut and repeated, and with values that break readers."""

import json
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from random import Random
from typing import Any

from tests.bot.sources.reading import PRESETS
from tests.builders import EXAMPLE, SHARED_DATA, STAGES

LARGEST = 60_000
"""Bytes beyond which a payload is left out here: it is read whole elsewhere, and 1,500 times would take minutes."""

RAW = (
    "NaN",
    "Infinity",
    "-Infinity",
    "1e999999",
    "-0",
    "9" * 5000,
    "-1" + "0" * 400,
    '"\\ud800"',
    '"\\udfff\\ud800"',
    '"\\u0000"',
    "[" * 3000 + "]" * 3000,
    '{"a":' * 900 + "1" + "}" * 900,
    '{"a": 1, "a": 2}',
    '""',
    "null",
    "true",
    "[]",
    "{}",
    "[[]]",
    "[null]",
    '"' + "A" * 30_000 + '"',
    '"9999-99-99T99:99:99Z"',
    '"0001-01-01T00:00:00+14:00"',
    '"9999-12-31T23:59:59-14:00"',
    '"2026-03-12T14:00:00"',
    "253402300800",
    '"1e308"',
    '"\\u202e\\u0000<!channel>"',
)
"""Values as they stand in JSON: no numbers, too large, too deep, twice, half a character, no time."""

BYTES = (
    b"\x00",
    b"\xff\xfe",
    b"\xef\xbb\xbf",
    b"&a ",
    b"*a",
    b"!!python/name:os.system ",
    b"{",
    b"]",
    b'"',
    b"\t",
    b"\n---\n",
)


@cache
def payloads() -> tuple[tuple[Path, str | None], ...]:
    """Every payload with the preset that it is meant for; the public ones, where they are at hand, with none."""
    presets = {"incident-channel": "slack-timeline", "mc-sa-2026-0091": "csaf"}
    ours = [path for stage in STAGES for path in sorted((EXAMPLE / stage).rglob("*.*"))]
    public = [path for path in sorted(SHARED_DATA.rglob("*.*")) if path.suffix in {".json", ".yaml"}]
    public = [path for path in public if "JSONTestSuite" not in path.parts and path.stat().st_size <= LARGEST]
    return (*((path, presets.get(path.stem, path.stem)) for path in ours), *((path, None) for path in public))


def mutant(seed: int) -> tuple[str, str, bytes]:
    """The suffix, the preset and the content of one damaged payload."""
    rng = Random(seed)  # noqa: S311
    path, preset = rng.choice(payloads())
    content = path.read_bytes()
    for _ in range(rng.choice((1, 1, 1, 2, 5))):
        if path.suffix == ".json" and rng.random() < 0.6:
            content = with_value(content, rng)
        else:
            content = with_bytes(content, rng)
    return path.suffix, preset or rng.choice(PRESETS), content


def with_value(content: bytes, rng: Random) -> bytes:
    """The JSON with one value, one key or one item replaced, left out or repeated; bytes where it is JSON no more."""
    try:
        document = json.loads(content)
    except (ValueError, RecursionError):
        return with_bytes(content, rng)
    places = list(_places(document))
    if not places:
        return rng.choice(RAW).encode()
    holder, key = rng.choice(places)
    way = rng.randrange(4)
    if way == 0:
        del holder[key]
    elif way == 1 and isinstance(holder, dict):
        holder[str(key) * 2] = holder.pop(key)
    else:
        holder[key] = "@raw@"
    try:
        return json.dumps(document).replace('"@raw@"', rng.choice(RAW)).encode()
    except RecursionError:
        return with_bytes(content, rng)


def _places(document: Any) -> Iterator[tuple[Any, Any]]:
    """Every place in the document: its holder and its key."""
    pending = [document]
    while pending:
        holder = pending.pop()
        if isinstance(holder, dict | list):
            for key in list(holder) if isinstance(holder, dict) else range(len(holder)):
                yield holder, key
                pending.append(holder[key])


def with_bytes(content: bytes, rng: Random) -> bytes:
    """The bytes with a few flipped, or a part cut, repeated, moved, or replaced."""
    first, second = sorted((rng.randrange(len(content) + 1), rng.randrange(len(content) + 1)))
    way = rng.randrange(6)
    if way == 0:
        return content[:first]
    if way == 1:
        return content[:first] + content[min(second, first + 40) :]
    if way == 2:
        return content[:second] + content[first:second][:2000] + content[second:]
    if way == 3:
        return content[:first] + rng.choice(BYTES) + content[first:]
    if way == 4:
        return content[:first] + rng.randbytes(rng.randrange(1, 9)) + content[first:]
    flipped = bytearray(content)
    for _ in range(min(len(flipped), 3)):
        flipped[rng.randrange(len(flipped))] ^= 1 << rng.randrange(8)
    return bytes(flipped)
