"""Reads one export the way the bot does: a file in a folder, through a preset, as one source."""

import json
import os
from pathlib import Path
from typing import Any

from bot.sources.read import Cover, FileSource, Sources, read_source
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
    "slack-timeline",
    "statuspage",
)


def read_path(path: Path, preset: str, incident: str = INCIDENT, **source: Any) -> tuple[SourceHealth, list[Record]]:
    """What becomes of reading this file or folder at `AT`."""
    sources = Sources(folder=path.parent, presets=path.parent, by_name=())
    chosen = FileSource(connector="file", preset=preset, path=path.name, **source)
    return read_source("source", chosen, sources, incident, AT)


def read_text(
    folder: Path, preset: str, content: str | bytes, name: str = "export.json", **source: Any
) -> tuple[SourceHealth, list[Record]]:
    """What becomes of reading this content, written at `AT`."""
    path = folder / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    os.utime(path, (AT.timestamp(), AT.timestamp()))
    return read_path(path, preset, **source)


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
