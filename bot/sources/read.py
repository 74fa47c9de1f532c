"""Read every configured source of one incident, side by side, into the evidence (stage one: retrieve)."""

from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from pathlib import Path
from typing import Annotated, Literal, NamedTuple, TypeVar

from pydantic import Field

from bot.sources.boundary import Reading
from bot.sources.file import Export, Page, UnavailableError, incident_path, read_exports
from bot.sources.mapping import Mapped, to_coverage, to_records
from bot.sources.presets import BOUND, Preset, Scope, load_preset, place_of
from bot.sources.roster import RolesOf, Roster
from bot.sources.searching import MalformedError
from profiles.codes import SourceState
from profiles.documents import DocumentError
from profiles.frozen import Frozen, Key, Name, Time
from transforms.model.evidence import CoveredCell, Evidence, SourceHealth
from transforms.model.records import Record, Tag, UnplacedItem

MOST_AT_ONCE = 8
LONGEST_PROBLEM = 600
AnyRecord = TypeVar("AnyRecord", Record, UnplacedItem)


class Cover(Frozen):
    """A component that a source watches, in these regions; none where the source knows no regions.

    `scope` names what its sign of life vouches for beside the region: `{cluster: a}`.
    """

    component: Key
    regions: tuple[Key, ...] = ()
    scope: dict[Key, Key] = Field(default_factory=dict)


class FileSource(Frozen):
    """A source read from a file or folder of exports, relative to the configuration's `sources_folder`.

    `boundary` are labels and the values that lie inside; an item that lacks the label lies inside.
    """

    connector: Literal["file"]
    preset: Annotated[str, Field(min_length=1)]
    path: Annotated[str, Field(min_length=1)]
    scope: Scope | None = None
    covers: tuple[Cover, ...] = ()
    boundary: dict[Key, tuple[Key, ...]] = Field(default_factory=dict)

    @property
    def cells(self) -> tuple[CoveredCell, ...]:
        """Every component and region for which silence means health."""
        return tuple(
            CoveredCell(component=cover.component, region=region, scope=_tags(cover.scope))
            for cover in self.covers
            for region in cover.regions or (None,)
        )


def _tags(scope: dict[str, str]) -> tuple[Tag, ...]:
    return tuple(Tag(name=name, value=value) for name, value in sorted(scope.items()))


class Sources(Frozen):
    """The configured sources, where their exports and presets of one's own lie, and who fills which role."""

    folder: Path
    presets: Path
    by_name: tuple[tuple[Name, FileSource], ...]
    roster: Roster = Roster()


class SourceRead(NamedTuple):
    """What one source said: how it was read, its records, and the items that became none."""

    health: SourceHealth
    records: list[Record]
    unplaced: list[UnplacedItem]


def read_evidence(
    sources: Sources,
    incident: str,
    *,
    at: datetime,
    fetched_at: datetime | None = None,
    arrived: Callable[[SourceHealth], None] = lambda _health: None,
    roles_of: RolesOf | None = None,
) -> Evidence:
    """Everything the sources say now. `arrived` hears of each source as it comes in, in any order.

    `fetched_at` is the moment of reading where it is later than `at`, as for a release of what was approved then.
    `roles_of` is the directory of the house; without one, configuration and exports say who may mark.
    """
    asked = Asked(incident, fetched_at or at, roles_of)

    def read(entry: tuple[str, FileSource]) -> SourceRead:
        result = read_source(*entry, sources, asked)
        arrived(result.health)
        return result

    with ThreadPoolExecutor(max_workers=MOST_AT_ONCE, thread_name_prefix="source") as pool:
        results = list(pool.map(read, sources.by_name))
    return Evidence(
        incident=incident,
        at=at,
        sources=tuple(result.health for result in results),
        records=tuple(_sorted(record for result in results for record in result.records)),
        unplaced=tuple(_sorted(item for result in results for item in result.unplaced)),
    )


def _sorted(records: Iterable[AnyRecord]) -> list[AnyRecord]:
    """Records in an order of their own, so that the evidence's digest does not depend on how an export was listed."""
    return sorted(records, key=lambda r: (r.ref.source, r.ref.key, r.ref.revision, r.model_dump_json()))


class Asked(NamedTuple):
    """For which incident sources are read, when, and who knows the roles of people."""

    incident: str
    at: datetime
    roles_of: RolesOf | None = None


def read_source(name: str, source: FileSource, sources: Sources, asked: Asked) -> SourceRead:
    """What one source says; whatever goes wrong is its health, in words that say how to fix it."""
    at = asked.at
    try:
        preset = bound_preset(source, sources.presets)
        export = read_exports(sources.folder / incident_path(source.path, asked.incident))
        mapped = map_export(name, source, export, sources, asked)
    except UnavailableError as problem:
        return SourceRead(_failed(name, SourceState.UNAVAILABLE, at, problem), [], [])
    except (MalformedError, DocumentError) as problem:
        return SourceRead(_failed(name, SourceState.MALFORMED, at, problem), [], [])
    coverage = to_coverage(mapped, preset, source.cells)
    alive = [sign.ref.observed_at for sign in coverage.signs] if coverage else []
    problems = [*unheard(mapped, source.preset, sources.presets), *mapped.problems]
    health = SourceHealth(
        source=name,
        state=SourceState.INCOMPLETE if problems else SourceState.READ,
        fetched_at=at,
        observed_at=max(alive, default=min(export.written, at)),
        problem=_told(problems),
        coverage=coverage,
        tally=mapped.tally,
    )
    return SourceRead(health, mapped.records, mapped.unplaced)


def map_export(name: str, source: FileSource, export: Export, sources: Sources, asked: Asked) -> Mapped:
    """The export through its preset."""
    preset = load_preset(source.preset, sources.presets)
    reading = Reading(
        source=name,
        incident=asked.incident,
        observed_at=min(export.written, asked.at),
        fetched_at=asked.at,
        boundary=source.boundary,
        roles_of=asked.roles_of or _roles_of(export.pages, preset, sources.roster),
    )
    return to_records(export.pages, preset, reading)


def bound_preset(source: FileSource, near: Path) -> Preset:
    """The preset, if what it reads can be told to be of this incident; `DocumentError` says how to make it so."""
    preset = load_preset(source.preset, near)
    if preset.kind in BOUND and scope_of(source, preset) is None:
        raise DocumentError(
            source.preset,
            f"a {preset.kind} source must say to which incident its items belong: add belongs to the mapping, "
            "or {incident} to the source's path, or scope: estate to the source",
        )
    return preset


def scope_of(source: FileSource, preset: Preset) -> Scope | None:
    """Whether a source is of one incident or of the whole estate; none where nothing says so."""
    if preset.belongs or "{incident}" in source.path:
        return "incident"
    return source.scope or preset.scope


def _roles_of(pages: Iterable[Page], preset: Preset, roster: Roster) -> RolesOf:
    """Who may mark by the export's own list of people, where it has one, else by the configuration."""
    if preset.members is None:
        return roster.roles_of
    search = Mapped().search
    users: list[object] = []
    groups: list[object] = []
    for page in pages:
        users.extend(search.maybe(preset.members.users, page.document) or [])
        groups.extend(search.maybe(preset.members.groups, page.document) or [])
    return roster.roles_by(users, groups)


def unheard(mapped: Mapped, preset: str, near: Path) -> list[str]:
    """Each expression that looks for something that stands nowhere in the export, with its place in the mapping."""
    optional = load_preset(preset, near).optional
    return [
        f"expression {expression[:120]} of mapping {place_of(preset, near, expression)} looks for {path}, "
        f"which is in none of {mapped.items} items; correct it, or list {path} under optional"
        for expression, path in mapped.search.unheard(optional)
    ]


def _told(problems: list[str]) -> str:
    """The first problem whole, and how many more there are."""
    more = f" (and {len(problems) - 1} more)" if len(problems) > 1 else ""
    return f"{problems[0][: LONGEST_PROBLEM - len(more)]}{more}" if problems else ""


def _failed(name: str, state: SourceState, at: Time, problem: Exception) -> SourceHealth:
    return SourceHealth(source=name, state=state, fetched_at=at, problem=str(problem)[:LONGEST_PROBLEM])
