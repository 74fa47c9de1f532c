"""The sample incident, laid out in a folder with its times shifted to now.

A stage's own clock becomes now (evidence is fresh); every other time keeps its distance to the sample's end, which
becomes the moment at which the demo began, so that every stage tells the same past. File times follow, because an
export is as old as its file.
"""

import os
import re
import shutil
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Annotated, Final

from pydantic import Field

from bot.sources.times import parse_time
from profiles.documents import load_model, read_document
from profiles.frozen import Frozen
from profiles.loader import find_profile, load_profile
from transforms.model.canonical import digest

FOLDER: Final = Path(__file__).parent / "examples" / "managed-outage"
CURRENT: Final = "current"

_ISO: Final = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:?\d\d)")
_SLACK_TS: Final = re.compile(r'(?<="ts": ")\d{10}\.\d{6}(?=")')


class Stage(Frozen):
    """One moment of the sample: its folder, what it tells, its clock, and files that are older (minutes)."""

    folder: str
    title: str
    tells: str
    clock: str
    ages: dict[str, Annotated[int, Field(ge=0)]] = Field(default_factory=dict)


class Journey(Frozen):
    """Where a hint leads: to whom, in which channel."""

    person: str
    channel: str
    label: str


class Hint(Frozen):
    """One hint of a first visit: for one person or everybody inside, with what to type or where to go."""

    text: str
    person: str | None = None
    types: tuple[str, ...] = ()
    goes: Journey | None = None


class Sample(Frozen):
    """The sample's description, `sample.yaml`."""

    incident: str
    bridge: str
    end: str
    stages: tuple[Stage, ...] = Field(min_length=1)
    hints: tuple[Hint, ...] = ()


@cache
def load_sample(folder: Path = FOLDER) -> Sample:
    """The sample in a folder."""
    return load_model(Sample, read_document(folder / "sample.yaml"), str(folder / "sample.yaml"))


def prepare(target: Path, folder: Path = FOLDER, *, dwell: int = 0) -> Path:
    """Put the sample's configuration and profile beside a `current` folder, and return the configuration's path.

    The profile is the shipped one with another dwell time, in minutes: nobody wants to watch a demo for a quarter of an
    hour before it says that the service works again.
    """
    target.mkdir(parents=True, exist_ok=True)
    shipped = find_profile("customer-bridge", target).read_text(encoding="utf-8")
    profile = target / "profile.yaml"
    profile.write_text(re.sub(r"(?<=dwell: )\d+", str(dwell), shipped, count=1), encoding="utf-8")
    config = (folder / "bridgepkg.yaml").read_text(encoding="utf-8")
    config = re.sub(r"(?m)^sources_folder: .*$", f"sources_folder: {CURRENT}", config)
    config = re.sub(r"(?m)^    profile: customer-bridge$", "    profile: profile.yaml", config)
    config = re.sub(r"(?<=approved_profiles: \[)[0-9a-f]*", digest(load_profile(profile)), config)
    own = target / "bridgepkg.yaml"
    own.write_text(config, encoding="utf-8")
    return own


def lay_out(
    stage: Stage, sample: Sample, target: Path, *, began: datetime, now: datetime, folder: Path = FOLDER
) -> None:
    """Replace the `current` folder by a stage, shifted."""
    _swap(_write(stage, sample, target, began=began, now=now, folder=folder), target / CURRENT)


def lay_out_again(
    stage: Stage, sample: Sample, target: Path, *, began: datetime, now: datetime, folder: Path = FOLDER
) -> None:
    """Replace each file of the stage that is laid out by the same, observed now; a reader never misses one."""
    fresh = _write(stage, sample, target, began=began, now=now, folder=folder)
    for file in [file for file in fresh.rglob("*") if file.is_file()]:
        file.replace(target / CURRENT / file.relative_to(fresh))
    shutil.rmtree(fresh)


def _write(stage: Stage, sample: Sample, target: Path, *, began: datetime, now: datetime, folder: Path) -> Path:
    """The stage in a folder beside `current`: its clock is now, and the sample's end is when the demo began."""
    clock, end = parse_time(stage.clock), parse_time(sample.end)

    def shifted(moment: datetime) -> datetime:
        return now if abs(moment - clock) < timedelta(seconds=1) else moment + (began - end)

    fresh = target / f"{CURRENT}.new"
    shutil.rmtree(fresh, ignore_errors=True)
    for file in sorted((folder / stage.folder).rglob("*")):
        if file.is_file():
            place = fresh / file.relative_to(folder / stage.folder)
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_text(shift(file.read_text(encoding="utf-8"), shifted), encoding="utf-8")
            written = (now - timedelta(minutes=stage.ages.get(place.name, 0))).timestamp()
            os.utime(place, (written, written))
    return fresh


def _swap(fresh: Path, current: Path) -> None:
    """A reader sees the old stage or the new one; the moment between is short enough to be read as unavailable."""
    old = current.with_suffix(".old")
    shutil.rmtree(old, ignore_errors=True)
    if current.exists():
        current.rename(old)
    fresh.rename(current)
    shutil.rmtree(old, ignore_errors=True)


def shift(text: str, shifted: Callable[[datetime], datetime]) -> str:
    """The text with every ISO time and every Slack timestamp moved, each in its own spelling."""

    def iso(found: re.Match[str]) -> str:
        moved = shifted(parse_time(found[0]))
        seconds = moved.strftime("%Y-%m-%dT%H:%M:%S")
        fraction = f".{moved.microsecond // 1000:03d}" if "." in found[0] else ""
        return f"{seconds}{fraction}{'Z' if found[0].endswith('Z') else '+0000'}"

    def slack(found: re.Match[str]) -> str:
        moved = shifted(datetime.fromtimestamp(int(found[0][:10]), UTC))
        return f"{int(moved.timestamp())}{found[0][10:]}"

    return _SLACK_TS.sub(slack, _ISO.sub(iso, text))
