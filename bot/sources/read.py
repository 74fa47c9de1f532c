"""Read every configured source of one incident, side by side, into the evidence (stage one: retrieve)."""

from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field

from bot.sources.file import UnavailableError, read_exports
from bot.sources.mapping import MalformedError, Reading, to_coverage, to_records
from bot.sources.presets import load_preset
from profiles.codes import SourceState
from profiles.documents import DocumentError
from profiles.frozen import Frozen, Key, Name, Time
from transforms.model.evidence import CoveredCell, Evidence, SourceHealth
from transforms.model.records import Record

MOST_AT_ONCE = 8


class Cover(Frozen):
    """A component that a source watches, in these regions; none where the source knows no regions."""

    component: Key
    regions: tuple[Key, ...] = ()


class FileSource(Frozen):
    """A source read from a file or folder of exports, relative to the configuration's `sources_folder`."""

    connector: Literal["file"]
    preset: Annotated[str, Field(min_length=1)]
    path: Annotated[str, Field(min_length=1)]
    covers: tuple[Cover, ...] = ()

    @property
    def cells(self) -> tuple[CoveredCell, ...]:
        """Every component and region for which silence means health."""
        return tuple(
            CoveredCell(component=cover.component, region=region)
            for cover in self.covers
            for region in cover.regions or (None,)
        )


class Sources(Frozen):
    """The configured sources, where their exports lie, and where presets of one's own lie."""

    folder: Path
    presets: Path
    by_name: tuple[tuple[Name, FileSource], ...]


SourceRead = tuple[SourceHealth, list[Record]]


def read_evidence(
    sources: Sources,
    incident: str,
    *,
    at: datetime,
    arrived: Callable[[SourceHealth], None] = lambda _health: None,
) -> Evidence:
    """Everything the sources say now. `arrived` hears of each source as it comes in, in any order."""

    def read(entry: tuple[str, FileSource]) -> SourceRead:
        result = read_source(*entry, sources, incident, at)
        arrived(result[0])
        return result

    with ThreadPoolExecutor(max_workers=MOST_AT_ONCE, thread_name_prefix="source") as pool:
        results = list(pool.map(read, sources.by_name))
    return Evidence(
        incident=incident,
        at=at,
        sources=tuple(health for health, _ in results),
        records=tuple(_sorted(record for _, records in results for record in records)),
    )


def _sorted(records: Iterable[Record]) -> list[Record]:
    """Records in an order of their own, so that the evidence's digest does not depend on how an export was listed."""
    return sorted(records, key=lambda r: (r.ref.source, r.ref.key, r.ref.revision, r.model_dump_json()))


def read_source(name: str, source: FileSource, sources: Sources, incident: str, at: datetime) -> SourceRead:
    """One source's health and records; whatever goes wrong is its health, in words that say how to fix it."""
    try:
        preset = load_preset(source.preset, sources.presets)
        document, written = read_exports(sources.folder / source.path)
        reading = Reading(source=name, incident=incident, observed_at=min(written, at), fetched_at=at)
        records = to_records(document, preset, reading)
        coverage = to_coverage(document, preset, reading, source.cells)
    except UnavailableError as problem:
        return _failed(name, SourceState.UNAVAILABLE, at, problem), []
    except (MalformedError, DocumentError) as problem:
        return _failed(name, SourceState.MALFORMED, at, problem), []
    alive = [sign.ref.observed_at for sign in coverage.signs] if coverage else []
    observed = max(alive, default=reading.observed_at)
    health = SourceHealth(source=name, state=SourceState.READ, fetched_at=at, observed_at=observed, coverage=coverage)
    return health, records


def _failed(name: str, state: SourceState, at: Time, problem: Exception) -> SourceHealth:
    return SourceHealth(source=name, state=state, fetched_at=at, problem=str(problem)[:600])
