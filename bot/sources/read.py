"""Read every configured source of one incident, side by side, into the evidence (stage one: retrieve)."""

import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Annotated, Final, Literal

from pydantic import Field

from bot.sources.expressions import ExpressionLimitError
from bot.sources.file import UnavailableError, read_exports
from bot.sources.mapped import MalformedError, Reading, RolesOf
from bot.sources.mapping import map_documents, to_coverage
from bot.sources.members import ConfiguredRoles, roles_offline
from bot.sources.presets import BOUND_KINDS, Preset, load_preset
from profiles.codes import SourceState
from profiles.documents import DocumentError
from profiles.frozen import Frozen, Key, Name, Time
from transforms.model.evidence import CoveredCell, Evidence, SourceHealth
from transforms.model.records import Record, Tag, UnplacedItem, _Record

MOST_AT_ONCE: Final = 8
LONGEST_PROBLEM: Final = 600
INCIDENT: Final = "{incident}"
"""The place of a path in which the incident's key stands."""


class Cover(Frozen):
    """A component that a source watches, in these regions; none where the source knows no regions.

    `scope` names further labels of the signs of life that it relies on: `{cluster: prod-1}`.
    """

    component: Key
    regions: tuple[Key, ...] = ()
    scope: dict[Key, Key] = Field(default_factory=dict)


class FileSource(Frozen):
    """A source read from a file or folder of exports, relative to the configuration's `sources_folder`.

    `boundary` are labels inside which its items count, each with its values; an item that lacks the label counts too.
    `scope` goes before what the preset says: whether the source belongs to one incident or to the whole estate.
    """

    connector: Literal["file"]
    preset: Annotated[str, Field(min_length=1)]
    path: Annotated[str, Field(min_length=1)]
    scope: Literal["incident", "estate"] | None = None
    boundary: dict[Key, tuple[Key, ...]] = Field(default_factory=dict)
    covers: tuple[Cover, ...] = ()

    @property
    def cells(self) -> tuple[CoveredCell, ...]:
        """Every component and region for which silence means health."""
        return tuple(
            CoveredCell(
                component=cover.component,
                region=region,
                scope=tuple(Tag(name=name, value=value) for name, value in sorted(cover.scope.items())),
            )
            for cover in self.covers
            for region in cover.regions or (None,)
        )


class Sources(Frozen):
    """The configured sources, where their exports lie, where presets of one's own lie, and who fills which role."""

    folder: Path
    presets: Path
    by_name: tuple[tuple[Name, FileSource], ...]
    roles: ConfiguredRoles = ConfiguredRoles()


@dataclass(frozen=True, slots=True)
class SourceRead:
    """One source's account, its records, and the items that stand in no table."""

    health: SourceHealth
    records: tuple[Record, ...] = ()
    unplaced: tuple[UnplacedItem, ...] = ()


def read_evidence(
    sources: Sources,
    incident: str,
    *,
    at: datetime,
    fetched_at: datetime | None = None,
    arrived: Callable[[SourceHealth], None] = lambda _health: None,
    roles_of: RolesOf | None = None,
) -> Evidence:
    """Everything the sources say now, for the moment `at`. `arrived` hears of each source as it comes in, in any order.

    `fetched_at` is the moment of reading where it is later than `at`, as for a release of what was approved then.
    `roles_of` says who fills which role; without it the configuration and the exports say what they can.
    """

    def read(entry: tuple[str, FileSource]) -> SourceRead:
        result = read_source(*entry, sources, incident, fetched_at or at, roles_of=roles_of)
        arrived(result.health)
        return result

    with ThreadPoolExecutor(max_workers=MOST_AT_ONCE, thread_name_prefix="source") as pool:
        results = list(pool.map(read, sources.by_name))
    return Evidence(
        incident=incident,
        at=at,
        sources=tuple(result.health for result in results),
        records=tuple(sorted((record for result in results for record in result.records), key=_order)),
        unplaced=tuple(sorted((item for result in results for item in result.unplaced), key=_order)),
    )


def _order(record: _Record) -> tuple[str, str, str, str]:
    """An order of their own, so that the evidence's digest does not depend on how an export was listed."""
    return record.ref.source, record.ref.key, record.ref.revision, record.model_dump_json()


def read_source(
    name: str,
    source: FileSource,
    sources: Sources,
    incident: str,
    at: datetime,
    *,
    roles_of: RolesOf | None = None,
) -> SourceRead:
    """One source's account and records; whatever goes wrong is its health, in words that say how to fix it."""
    try:
        preset = load_preset(source.preset, sources.presets)
        documents, written = read_exports(path_of(source, preset, sources.folder, incident))
        reading = Reading(
            source=name,
            incident=incident,
            observed_at=min(written, at),
            fetched_at=at,
            boundary=source.boundary,
            roles_of=roles_of or roles_offline(documents, sources.roles),
        )
        mapped = map_documents(documents, preset, reading)
    except UnavailableError as problem:
        return SourceRead(_failed(name, SourceState.UNAVAILABLE, at, problem))
    except ExpressionLimitError as problem:
        return SourceRead(_failed(name, SourceState.MALFORMED, at, f"preset {source.preset}: an expression {problem}"))
    except (MalformedError, DocumentError) as problem:
        return SourceRead(_failed(name, SourceState.MALFORMED, at, problem))
    coverage = to_coverage(mapped, preset, source.cells)
    alive = [sign.ref.observed_at for sign in coverage.signs] if coverage else []
    health = SourceHealth(
        source=name,
        state=SourceState.INCOMPLETE if mapped.incomplete else SourceState.READ,
        fetched_at=at,
        observed_at=max(alive, default=reading.observed_at),
        problem=_cut(f"preset {source.preset}: {mapped.incomplete}" if mapped.incomplete else ""),
        coverage=coverage,
        tally=mapped.tally,
    )
    return SourceRead(health, tuple(mapped.records), tuple(mapped.unplaced))


def path_of(source: FileSource, preset: Preset, folder: Path, incident: str) -> Path:
    """Where the export lies for an incident; `MalformedError` where a source of its kind belongs to no incident."""
    if preset.kind in BOUND_KINDS and not is_bound(source, preset):
        raise MalformedError(
            f"preset {source.preset} of kind {preset.kind} belongs to no incident; "
            "add belongs: or belongs_label: to it, or {incident} to the path"
        )
    if INCIDENT in source.path and not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._-]*", incident):
        raise MalformedError(f"incident {incident!r} cannot stand in a path; export it under a plain name")
    return folder / source.path.replace(INCIDENT, incident)


def is_bound(source: FileSource, preset: Preset) -> bool:
    """Whether what the source says belongs to one incident: by its items, by its path, or by its nature."""
    return (preset.bound and source.scope != "estate") or INCIDENT in source.path or source.scope == "incident"


def _failed(name: str, state: SourceState, at: Time, problem: Exception | str) -> SourceHealth:
    return SourceHealth(source=name, state=state, fetched_at=at, problem=_cut(str(problem)))


def _cut(text: str) -> str:
    return text if len(text) <= LONGEST_PROBLEM else f"{text[: LONGEST_PROBLEM - 1]}…"
