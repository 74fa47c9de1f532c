"""The demo's sources: an hour later they were observed a moment ago, and tell the same past."""

from datetime import UTC, datetime, timedelta

import pytest

from bot.commandline.offline import draft_offline
from bot.settings import load_deployment
from demo.running import Demo, wait_until
from demo.sample import CURRENT, load_sample, prepare
from demo.staging import Staging
from profiles.codes import HoldReason

STAGES = range(len(load_sample().stages))
BEGAN = datetime(2026, 10, 5, 9, 0, tzinfo=UTC)


class Clock:
    """A time that a test moves."""

    def __init__(self):
        self.now = BEGAN

    def __call__(self):
        """What time it is."""
        return self.now

    def pass_by(self, minutes):
        """Let minutes pass."""
        self.now += timedelta(minutes=minutes)


class Desk:
    """The sample's sources in a folder, and drafts of what they say."""

    def __init__(self, folder, stage):
        self.clock, self.config, self.folder = Clock(), prepare(folder), folder / CURRENT
        self.staging = Staging(load_sample(), folder, self.clock)
        self.staging.move_to(stage)

    def draft(self):
        """What would be drafted now."""
        return draft_offline(load_deployment(self.config), "INC-1042", "acme", at=self.clock())


def holds(built):
    """Each hold's slot and reason."""
    return [(hold.key, hold.reason) for hold in built.draft.holds]


def past(built):
    """When what each record states changed; the catalogue's export tells nothing of it but the time of its file."""
    refs = [record.ref for record in built.evidence.records if record.ref.source != "backstage"]
    return [(ref.source, ref.key, ref.changed_at) for ref in refs]


@pytest.mark.parametrize("stage", STAGES)
def test_demo_drafts_the_same_after_an_hour(tmp_path, stage):
    """An hour later the same is held for the same reasons, and every record tells of the same past."""
    desk = Desk(tmp_path, stage)
    before = desk.draft()
    for _ in range(60):
        desk.clock.pass_by(minutes=1)
        desk.staging.keep_fresh()
    after = desk.draft()
    assert (holds(after), past(after)) == (holds(before), past(before))
    assert after.draft.package.as_of - before.draft.package.as_of == timedelta(hours=1)
    aged = {health.source for health in after.evidence.sources if desk.clock() - health.observed_at > timedelta(0)}
    assert aged == ({"jira"} if stage == 0 else set())


def test_demo_that_nobody_keeps_fresh_goes_stale(tmp_path):
    """Without new exports an hour holds what the exports said: the test above would see it."""
    desk = Desk(tmp_path, 1)
    desk.clock.pass_by(minutes=60)
    assert (HoldReason.SOURCE_STALE in dict(map(reversed, holds(desk.draft())))) is True


def test_stages_tell_the_same_past_whenever_they_are_reached(tmp_path):
    """The next stage, reached at once or an hour later, tells of the same past."""
    at_once, late = Desk(tmp_path / "at-once", 0), Desk(tmp_path / "late", 0)
    late.clock.pass_by(minutes=60)
    for stage in STAGES:
        at_once.staging.move_to(stage)
        late.staging.move_to(stage)
        assert past(late.draft()) == past(at_once.draft())


def test_exports_stay_in_place_while_they_are_renewed(tmp_path):
    """A file is replaced as a whole, within a minute not at all, and nothing else lies beside the exports."""
    desk = Desk(tmp_path, 0)
    folder, names = desk.folder.stat().st_ino, sorted(file.name for file in desk.folder.rglob("*"))
    inode = (desk.folder / "alertmanager.json").stat().st_ino
    desk.clock.pass_by(minutes=0.9)
    desk.staging.keep_fresh()
    assert (desk.folder / "alertmanager.json").stat().st_ino == inode
    desk.clock.pass_by(minutes=0.1)
    desk.staging.keep_fresh()
    assert (desk.folder / "alertmanager.json").stat().st_ino != inode
    assert (desk.folder.stat().st_ino, sorted(file.name for file in desk.folder.rglob("*"))) == (folder, names)
    assert sorted(file.name for file in tmp_path.iterdir()) == ["bridgepkg.yaml", CURRENT, "profile.yaml"]


def test_running_demo_keeps_its_sources_fresh():
    """The demo itself renews the exports as its clock goes on, without being asked."""
    clock = Clock()
    with Demo(clock=clock) as demo:
        export = demo.folder / CURRENT / "alertmanager.json"
        assert export.stat().st_mtime == BEGAN.timestamp()
        clock.pass_by(minutes=60)
        assert wait_until(lambda: export.stat().st_mtime == clock().timestamp(), 30.0)
