"""Public incidents as facts: what one record of the shared data says, typed, and the stages that it gives by rule."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

import orjson

MERGED: Final = timedelta(minutes=5)
"""Public updates that lie no further apart than this are one stage."""

EVERYWHERE: Final = "everywhere"
"""The one region of a record that names none."""

MILESTONES: Final = ("identified", "mitigated")
"""The times of a record, beside that of its detection, that are stages of their own."""


@dataclass(frozen=True, slots=True)
class Window:
    """Trouble of one capability in one region, by the later account; `by` says how the account knows it."""

    capability: str
    region: str
    state: str
    begins: datetime
    ends: datetime
    by: str


@dataclass(frozen=True, slots=True)
class Update:
    """One public update: what it says of which capability, in which regions, and in which phase the incident is."""

    at: datetime
    phase: str
    components: dict[str, str]
    by: str | None
    regions: tuple[str, ...]
    unmapped: tuple[str, ...]
    toggles: bool
    names_workaround: bool


@dataclass(frozen=True, slots=True)
class Incident:
    """One record, with the moments that make its stages."""

    id: str
    capabilities: tuple[str, ...]
    regions: tuple[str, ...]
    times: dict[str, datetime]
    updates: tuple[Update, ...]
    windows: tuple[Window, ...]
    hold_terms: tuple[str, ...]
    uniform: int

    @property
    def began(self) -> datetime:
        """When the trouble began, by the account."""
        return min(window.begins for window in self.windows)

    @property
    def ended(self) -> datetime:
        """When the incident was closed, by its own time or else by the end of its last window."""
        known = [self.times[name] for name in ("resolved", "mitigated") if name in self.times]
        return known[0] if known else max(window.ends for window in self.windows)

    @property
    def stages(self) -> tuple[datetime, ...]:
        """Rule 1: one for each group of updates, at its last, and one when detected, identified and mitigated."""
        declared = self.times.get("declared") or self.times.get("detected")
        named = [self.times[name] for name in MILESTONES if name in self.times]
        moments = {*(group[-1].at for group in groups(self.updates)), *named, *([declared] if declared else [])}
        return tuple(sorted(moments))


def groups(updates: Iterable[Update]) -> Iterator[list[Update]]:
    """Updates within five minutes of the first of their group, or that only toggle the same component as the last."""
    group: list[Update] = []
    for update in updates:
        again = group and update.toggles and group[-1].toggles and set(update.components) == set(group[-1].components)
        if group and not again and update.at - group[0].at > MERGED:
            yield group
            group = []
        group.append(update)
    if group:
        yield group


def incidents(path: Path) -> tuple[tuple[Incident, ...], dict[str, int]]:
    """The records that can be replayed, and how many cannot, by reason."""
    found, left_out = [], {"no window of trouble is stated": 0, "no stage is stated": 0}
    for line in path.read_bytes().splitlines():
        record = orjson.loads(line)
        if not record.get("truth"):
            left_out["no window of trouble is stated"] += 1
        elif not (one := _incident(record)).stages:
            left_out["no stage is stated"] += 1
        else:
            found.append(one)
    return tuple(found), left_out


def _incident(record: dict[str, Any]) -> Incident:
    updates = tuple(sorted(filter(None, map(_update, record["updates"])), key=lambda update: update.at))
    truth = record["truth"]
    named = [
        *record["affected"]["regions"],
        *(one["region"] for one in truth),
        *(r for u in updates for r in u.regions),
    ]
    regions = tuple(dict.fromkeys(region for region in named if region)) or (EVERYWHERE,)
    told = [name for u in updates for name in u.components if name not in u.unmapped]
    capabilities = [*record["affected"]["capabilities"], *(one["capability"] for one in truth), *told]
    return Incident(
        id=record["id"],
        capabilities=tuple(dict.fromkeys(capabilities)),
        regions=regions,
        times={name: moment for name, at in record["times"].items() if (moment := _moment(at))},
        updates=updates,
        windows=tuple(window for one in truth for window in _windows(one, regions)),
        hold_terms=tuple(dict.fromkeys([*record["hold_terms"], *filter(None, [record["vendor"]])])),
        uniform=sum(bool(one.get("uniform")) for one in truth),
    )


def _windows(one: dict[str, Any], regions: tuple[str, ...]) -> Iterator[Window]:
    """A window without a region is one of every region."""
    begins, ends = _moment(one["from"]), _moment(one["to"])
    for region in [one["region"]] if one["region"] else regions:
        if begins and ends:
            yield Window(one["capability"], region, one["state"], begins, ends, one["by"])


def _update(data: dict[str, Any]) -> Update | None:
    """One update; none where it is dated to a day alone, or was made after the close."""
    at = _moment(data["at"])
    if at is None or data.get("after_close"):
        return None
    return Update(
        at=at,
        phase=data["phase"],
        components=data.get("components") or {},
        by=data.get("components_by"),
        regions=tuple(data.get("regions") or ()),
        unmapped=tuple(data.get("unmapped") or ()),
        toggles=bool(data.get("component_toggle")),
        names_workaround="workaround" in data["status"].lower(),
    )


def _moment(text: str | None) -> datetime | None:
    """A moment with its minute; none where only the day is known."""
    if not text or "T" not in text:
        return None
    return datetime.fromisoformat(text.split()[0]).astimezone(UTC)
