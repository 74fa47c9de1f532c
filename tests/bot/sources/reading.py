"""Reads one export the way the bot does: a file in a folder, through a preset, as one source."""

import json
import os
from pathlib import Path
from typing import Any

from bot.sources.read import Asked, Cover, FileSource, SourceRead, Sources, read_source
from tests.builders import AT, INCIDENT
from transforms.model.evidence import SourceHealth
from transforms.model.records import Record

PRESETS = (
    "alertmanager",
    "backstage",
    "csaf",
    "jira",
    "pagerduty",
    "salesforce",
    "salesforce-contracts",
    "slack-timeline",
    "statuspage",
    "statuspage-incidents",
)


def read_whole(path: Path, preset: str, incident: str = INCIDENT, **source: Any) -> SourceRead:
    """What becomes of reading this file or folder at `AT`: its health, its records, and what became none."""
    sources = Sources(folder=path.parent, presets=path.parent, by_name=())
    chosen = FileSource(connector="file", preset=preset, path=path.name, **source)
    return read_source("source", chosen, sources, Asked(incident, AT))


def read_path(path: Path, preset: str, incident: str = INCIDENT, **source: Any) -> tuple[SourceHealth, list[Record]]:
    """The health and the records of this file or folder."""
    read = read_whole(path, preset, incident, **source)
    return read.health, read.records


def read_text(
    folder: Path, preset: str, content: str | bytes, name: str = "export.json", **source: Any
) -> tuple[SourceHealth, list[Record]]:
    """What becomes of reading this content, written at `AT`."""
    return read_path(written(folder, content, name), preset, **source)


def written(folder: Path, content: str | bytes, name: str = "export.json") -> Path:
    """A file with this content, written at `AT`."""
    path = folder / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    os.utime(path, (AT.timestamp(), AT.timestamp()))
    return path


def read_data(folder: Path, preset: str, data: Any, **source: Any) -> tuple[SourceHealth, list[Record]]:
    """What becomes of reading these JSON data."""
    return read_text(folder, preset, json.dumps(data), **source)


def problem_of(folder: Path, preset: str, content: str | bytes, name: str = "export.json") -> str:
    """Why this export could not be read; a source that fails gives no record at all."""
    health, records = read_text(folder, preset, content, name)
    assert (records, health.observed_at, health.coverage) == ([], None, None)
    return f"{health.state}: {health.problem}"


def covering(**regions: tuple[str, ...]) -> tuple[Cover, ...]:
    """What a source that lists only what is broken is said to watch."""
    return tuple(Cover(component=name, regions=places) for name, places in regions.items())


def read_items(folder: Path, preset: str, data: Any, **source: Any) -> SourceRead:
    """What becomes of these JSON data, with the items that became no record."""
    return read_whole(written(folder, json.dumps(data)), preset, **source)


def why(read: SourceRead) -> list[tuple[str, str]]:
    """Each unplaced item by its key, and why it is unplaced."""
    return [(item.ref.key, item.why) for item in read.unplaced]
